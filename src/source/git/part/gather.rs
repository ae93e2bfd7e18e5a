//! What was picked, each blob once a path.
//!
//! Holds: `Gather`, which the threads fill in any order and which ends in one order. Must not know:
//! why something was picked.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use gix::ObjectId;

use super::Picked;

/// Picks of a run.
const MOST: usize = 10_000_000;
/// Bytes of all paths of a run, each counted once.
const MOST_BYTES: usize = 256 << 20;

/// Blobs of one commit, and bytes of their paths, beyond which each blob is kept with one path only:
/// a small tree that holds itself many times over names as many places as it likes.
const MANY: usize = 1_000_000;
const MANY_BYTES: usize = 64 << 20;

/// What one commit brought.
#[derive(Default)]
pub(super) struct Batch {
    blobs: Vec<(ObjectId, Range<usize>)>,
    paths: Vec<u8>,
    /// The blobs, once there are many.
    seen: HashSet<ObjectId>,
    full: bool,
}

impl Batch {
    /// Adds a blob.
    pub(super) fn add(&mut self, id: ObjectId, path: &[u8]) {
        if self.blobs.len() >= MANY || self.paths.len() >= MANY_BYTES {
            if self.seen.is_empty() {
                self.seen = self.blobs.iter().map(|(id, _)| *id).collect();
            }
            if !self.seen.insert(id) {
                return;
            }
        }
        if self.blobs.len() >= MOST || self.paths.len() >= MOST_BYTES {
            self.full = true;
            return;
        }
        let start = self.paths.len();
        self.paths.extend_from_slice(path);
        self.blobs.push((id, start..self.paths.len()));
    }
}

struct Pick {
    id: ObjectId,
    path: u32,
    commit: Option<u32>,
}

/// What was picked so far.
#[derive(Default)]
pub(super) struct Gather {
    known: HashMap<Arc<[u8]>, u32>,
    paths: Vec<Arc<[u8]>>,
    bytes: usize,
    picks: Vec<Pick>,
}

impl Gather {
    /// Adds what a commit brought. Whether there was room for it.
    pub(super) fn take(&mut self, batch: Batch, commit: Option<usize>) -> bool {
        let paths = batch.paths;
        !batch.full && batch.blobs.into_iter().all(|(id, path)| self.add(id, &paths[path], commit))
    }

    /// Adds a blob. Whether there was room for it.
    pub(super) fn add(&mut self, id: ObjectId, path: &[u8], commit: Option<usize>) -> bool {
        if self.picks.len() >= MOST {
            return false;
        }
        let path = match self.known.get(path) {
            Some(known) => *known,
            None => {
                self.bytes += path.len();
                if self.bytes > MOST_BYTES {
                    return false;
                }
                let path: Arc<[u8]> = path.into();
                let place = self.paths.len() as u32;
                self.paths.push(Arc::clone(&path));
                self.known.insert(path, place);
                place
            }
        };
        self.picks.push(Pick { id, path, commit: commit.map(|commit| commit as u32) });
        true
    }

    /// All of it in order: by commit, what has none last; then by path.
    pub(super) fn finish(self) -> Vec<Picked> {
        let Self { known, paths, mut picks, .. } = self;
        drop(known);
        // Commits stand newest first, so that the last of them is the oldest.
        picks.sort_unstable_by_key(|pick| (pick.path, pick.id, Reverse(pick.commit)));
        picks.dedup_by_key(|pick| (pick.path, pick.id));
        let path = |pick: &Pick| &paths[pick.path as usize];
        picks.sort_unstable_by(|left, right| {
            let commits = |pick: &Pick| pick.commit.unwrap_or(u32::MAX);
            (commits(left), path(left), left.id).cmp(&(commits(right), path(right), right.id))
        });
        let picked = |pick: &Pick| Picked {
            id: pick.id,
            path: Arc::clone(path(pick)),
            commit: pick.commit.map(|commit| commit as usize),
        };
        picks.iter().map(picked).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_places_each_blob_keeps_one() {
        let id = |byte: u8| ObjectId::from_bytes_or_panic(&[byte; 20]);
        let mut batch = Batch::default();
        for place in 0..MANY as u32 + 5 {
            batch.add(id(1), &place.to_be_bytes());
        }
        batch.add(id(2), b"another");
        batch.add(id(2), b"and again");
        assert_eq!(batch.blobs.len(), MANY + 1);
        let mut gather = Gather::default();
        assert!(gather.take(batch, Some(0)));
        assert!(gather.finish().iter().any(|pick| *pick.path == *b"another"));
    }

    #[test]
    fn a_blob_is_kept_once_a_path_with_its_oldest_commit() {
        let id = |byte: u8| ObjectId::from_bytes_or_panic(&[byte; 20]);
        let mut gather = Gather::default();
        for (byte, path, commit) in
            [(1, "a", Some(3)), (2, "a", Some(0)), (1, "b", Some(1)), (1, "a", Some(7)), (1, "a", None), (9, "t", None)]
        {
            assert!(gather.add(id(byte), path.as_bytes(), commit));
        }
        let met: Vec<_> = gather.finish().into_iter().map(|p| (p.id, p.path.to_vec(), p.commit)).collect();
        let told = [(2, b"a", Some(0)), (1, b"b", Some(1)), (1, b"a", Some(7)), (9, b"t", None)];
        assert_eq!(met, told.map(|(byte, path, commit)| (id(byte), path.to_vec(), commit)));
    }
}
