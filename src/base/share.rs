//! Work that is shared out among threads.
//!
//! Holds: how threads are had, and how each takes what is next. Must not know: what the work is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Runs `work` on as many threads as there are jobs, each with its own source of indices below
/// `count`. The calling thread is one of them; threads that cannot be had are done without.
pub fn share_out(jobs: usize, count: usize, work: &(dyn Fn(&mut dyn Iterator<Item = usize>) + Sync)) {
    let next = AtomicUsize::new(0);
    let claim = || {
        let index = next.fetch_add(1, Ordering::Relaxed);
        (index < count).then_some(index)
    };
    thread::scope(|scope| {
        for _ in 1..jobs.min(count) {
            let hired = thread::Builder::new().spawn_scoped(scope, || work(&mut std::iter::from_fn(claim)));
            if hired.is_err() {
                break;
            }
        }
        work(&mut std::iter::from_fn(claim));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_index_is_worked_on_once() {
        for (jobs, count) in [(1, 3), (4, 1000), (8, 0), (0, 2)] {
            let met: Vec<AtomicUsize> = (0..count).map(|_| AtomicUsize::new(0)).collect();
            share_out(jobs, count, &|indices| {
                for index in indices {
                    met[index].fetch_add(1, Ordering::Relaxed);
                }
            });
            assert!(met.iter().all(|times| times.load(Ordering::Relaxed) == 1), "{jobs} jobs, {count} items");
        }
    }
}
