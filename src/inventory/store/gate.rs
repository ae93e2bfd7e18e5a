//! Writes that wait until they are needed.
//!
//! Holds: a backend of the database between it and the file. To open a file for writing, the database marks it, and to
//! close it, it writes again: a draft that changed nothing would change the file, and a program killed while it only
//! looked would leave it to be repaired. So the mark waits here until something else is written, and a gate that was
//! shut lets nothing through any more. Must not know: what is written.

use std::io::{self, ErrorKind};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{BackendError, StorageBackend};

/// The head of the file, which the mark is a part of.
const HEAD: u64 = 4096;

/// Marks and lengths that may wait; a handful does in practice.
const MOST: usize = 64;

/// What waits.
#[derive(Debug)]
enum Step {
    Write(u64, Vec<u8>),
    Length(u64),
    Sync,
}

#[derive(Debug)]
enum Way {
    Waiting(Vec<Step>),
    Open,
    Shut,
}

/// The handle of a gate, for the draft.
#[derive(Clone, Debug)]
pub(super) struct Gate(Arc<Mutex<Way>>);

/// The backend behind it.
#[derive(Debug)]
pub(super) struct Gated<B> {
    inner: B,
    gate: Gate,
}

impl Gate {
    /// A gate before a backend.
    pub(super) fn before<B: StorageBackend>(inner: B) -> (Self, Gated<B>) {
        let gate = Self(Arc::new(Mutex::new(Way::Waiting(Vec::new()))));
        (gate.clone(), Gated { inner, gate })
    }

    /// Lets nothing through any more, unless something went through already: then the rest must follow.
    pub(super) fn shut(&self) {
        let mut way = self.way();
        if matches!(*way, Way::Waiting(_)) {
            *way = Way::Shut;
        }
    }

    fn way(&self) -> MutexGuard<'_, Way> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B: StorageBackend> Gated<B> {
    /// Does a step, or lets it wait.
    fn step(&self, step: Step) -> io::Result<()> {
        let mut way = self.gate.way();
        let waits = match (&*way, &step) {
            (Way::Shut, _) => return Err(ErrorKind::BrokenPipe.into()),
            (Way::Open, _) => false,
            (Way::Waiting(steps), _) if steps.len() >= MOST => false,
            (Way::Waiting(_), Step::Write(offset, data)) => offset.saturating_add(data.len() as u64) <= HEAD,
            (Way::Waiting(steps), Step::Length(length)) => *length >= self.length(steps)?,
            (Way::Waiting(_), Step::Sync) => true,
        };
        match &mut *way {
            Way::Waiting(steps) if waits => {
                steps.push(step);
                return Ok(());
            }
            Way::Waiting(steps) => {
                let waited = std::mem::take(steps);
                *way = Way::Open;
                waited.iter().try_for_each(|step| self.go(step))?;
            }
            _ => {}
        }
        self.go(&step)
    }

    fn go(&self, step: &Step) -> io::Result<()> {
        match step {
            Step::Write(offset, data) => self.inner.write(*offset, data),
            Step::Length(length) => self.inner.set_len(*length),
            Step::Sync => self.inner.sync_data(),
        }
    }

    /// How long the file will be when all that waits is done.
    fn length(&self, steps: &[Step]) -> io::Result<u64> {
        let waiting = steps.iter().rev().find_map(|step| match step {
            Step::Length(length) => Some(*length),
            _ => None,
        });
        waiting.map_or_else(|| self.inner.len(), Ok)
    }

    /// Reads as if all that waits were done.
    fn foresee(&self, steps: &[Step], offset: u64, out: &mut [u8]) -> io::Result<()> {
        let end = offset.saturating_add(out.len() as u64);
        if end > self.length(steps)? {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        out.fill(0);
        let there = self.inner.len()?.min(end).saturating_sub(offset);
        if let Some(there) = out.get_mut(..usize::try_from(there).unwrap_or(usize::MAX)).filter(|out| !out.is_empty()) {
            self.inner.read(offset, there)?;
        }
        for step in steps {
            if let Step::Write(at, data) = step {
                for (place, byte) in (*at..).zip(data) {
                    let into = place.checked_sub(offset).and_then(|place| usize::try_from(place).ok());
                    if let Some(into) = into.and_then(|into| out.get_mut(into)) {
                        *into = *byte;
                    }
                }
            }
        }
        Ok(())
    }
}

impl<B: StorageBackend> StorageBackend for Gated<B> {
    fn len(&self) -> io::Result<u64> {
        match &*self.gate.way() {
            Way::Waiting(steps) => self.length(steps),
            Way::Open | Way::Shut => self.inner.len(),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        match &*self.gate.way() {
            Way::Waiting(steps) if !steps.is_empty() => self.foresee(steps, offset, out),
            _ => self.inner.read(offset, out),
        }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.step(Step::Length(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.step(Step::Sync)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.step(Step::Write(offset, data.to_vec()))
    }

    fn close(&self) -> io::Result<()> {
        self.inner.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.query_lock_range(start, end)
    }
}
