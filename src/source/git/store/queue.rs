//! What threads have to do, and how they share it.
//!
//! Holds: the roots that nobody has taken yet, and what a busy thread gave away. Must not know: what is
//! done with a task.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use gix::objs::Kind;

/// So many roots are taken at once.
const CHUNK: usize = 64;

/// An object that is held for its deltas.
pub(super) struct Held {
    buffer: Vec<u8>,
    count: usize,
    pub(super) kind: Kind,
    /// Whether nothing in it is worth a closer look.
    pub(super) is_still: bool,
}

impl Held {
    /// The first bytes of a buffer.
    pub(super) fn new(buffer: Vec<u8>, count: usize, kind: Kind, is_still: bool) -> Self {
        Self { buffer, count, kind, is_still }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.count]
    }

    pub(super) fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

/// Something to do.
pub(super) enum Task {
    /// Some of the roots of a pack, with all their deltas.
    Roots { pack: usize, range: Range<usize> },
    /// Some deltas of a base.
    Kids { pack: usize, base: Arc<Held>, kids: Vec<u32> },
}

/// What is to be done.
pub(super) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
    /// How many wait; read without the lock.
    hungry: AtomicUsize,
    large: Mutex<()>,
}

struct State {
    /// How many roots each pack has, and how many were taken.
    packs: Vec<(usize, usize)>,
    given: Vec<Task>,
    /// How many tasks are under way.
    busy: usize,
}

impl Queue {
    /// The roots of packs: how many each has.
    pub(super) fn new(roots: impl Iterator<Item = usize>) -> Self {
        let state = State { packs: roots.map(|count| (count, 0)).collect(), given: Vec::new(), busy: 0 };
        Self { state: Mutex::new(state), wake: Condvar::new(), hungry: AtomicUsize::new(0), large: Mutex::new(()) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next task; waits while others may still give some. Nothing when all is done.
    pub(super) fn next(&self) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if let Some(task) = state.next() {
                state.busy += 1;
                return Some(task);
            }
            if state.busy == 0 {
                self.wake.notify_all();
                return None;
            }
            self.hungry.fetch_add(1, Ordering::Relaxed);
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            self.hungry.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Tells that a task is done.
    pub(super) fn done(&self) {
        let mut state = self.lock();
        state.busy -= 1;
        if state.busy == 0 {
            self.wake.notify_all();
        }
    }

    /// Whether somebody waits for a part of what one has.
    pub(super) fn is_hungry(&self) -> bool {
        self.hungry.load(Ordering::Relaxed) > 0
    }

    /// Gives a part of it.
    pub(super) fn give(&self, task: Task) {
        self.lock().given.push(task);
        self.wake.notify_one();
    }

    /// Waits until no other thread has a large object.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self) -> Option<Task> {
        if let Some(task) = self.given.pop() {
            return Some(task);
        }
        let (pack, (count, taken)) = self.packs.iter_mut().enumerate().find(|(_, (count, taken))| taken < count)?;
        let range = *taken..(*taken + CHUNK).min(*count);
        *taken = range.end;
        Some(Task::Roots { pack, range })
    }
}
