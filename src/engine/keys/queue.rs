//! Locked keys on their way to the thread that tries passwords while the rest is being read.
//!
//! Holds: `Queue`. Must not know: what is tried.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::base::Fingerprint;
use crate::detect::Sealed;

/// A locked key, by its name.
type Named = (Fingerprint, Arc<Sealed>);

/// Those that wait.
#[derive(Default)]
pub(in crate::engine) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    keys: VecDeque<Named>,
    /// Whether nobody waits for them any more.
    is_over: bool,
}

impl Queue {
    /// One more.
    pub(in crate::engine) fn push(&self, key: Named) {
        let mut waiting = self.lock();
        if !waiting.is_over {
            waiting.keys.push_back(key);
            self.arrived.notify_one();
        }
    }

    /// The next one, waited for; nothing when all is read.
    pub(super) fn next(&self) -> Option<Named> {
        let mut waiting = self.lock();
        loop {
            if waiting.is_over {
                return None;
            }
            if let Some(next) = waiting.keys.pop_front() {
                return Some(next);
            }
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// All is read: what waits is tried with the rest.
    pub(in crate::engine) fn end(&self) {
        let mut waiting = self.lock();
        waiting.is_over = true;
        waiting.keys.clear();
        self.arrived.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
