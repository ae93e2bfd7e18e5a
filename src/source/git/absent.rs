//! What a repository names and has not.
//!
//! Holds: the way through all trees, commits and tags for what they name. A tree that is a delta names
//! what its base names, but for its own part, so only that is looked at. Must not know: what becomes of the
//! answer.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::io::Read;
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::objs::{CommitRefIter, Kind, TagRefIter, TreeRefIter};

use super::store::{Damage, Met, REACH, Store, Survey, Taker};

/// Names that are remembered of what is absent; so many are told as that many and more.
pub(super) const MOST_ABSENT: usize = 1_000_000;

/// What modes look like in a tree, with the blank behind them.
const MODES: [&[u8]; 6] = [b"100644 ", b"40000 ", b"100755 ", b"120000 ", b"160000 ", b"100664 "];

/// Parts of digests, which are as good as random.
#[derive(Default)]
struct Digest(u64);

type Digests = BuildHasherDefault<Digest>;

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// An entry of a tree.
struct Entry<'t> {
    id: &'t [u8],
    is_commit: bool,
}

/// The entry that bytes begin with, and what follows it.
fn split(bytes: &[u8], width: usize) -> Option<(Entry<'_>, &[u8])> {
    let mode = MODES.iter().find(|mode| bytes.starts_with(mode))?;
    let end = mode.len() + memchr::memchr(0, &bytes[mode.len()..])?;
    let (id, rest) = bytes.get(end + 1..)?.split_at_checked(width)?;
    Some((Entry { id, is_commit: **mode == *b"160000 " }, rest))
}

/// Where in a part of a tree that is cut off before the first whole entry begins: where one begins after
/// which there is nothing but entries.
fn synchronise(part: &[u8], width: usize, cut_behind: bool) -> Option<usize> {
    (0..part.len().min(REACH)).filter(|at| matches!(part[*at], b'1' | b'4')).find(|at| {
        let (mut rest, mut count) = (&part[*at..], 0);
        while let Some((_, behind)) = split(rest, width) {
            rest = behind;
            count += 1;
        }
        // What is left is the beginning of an entry, or there are so many before that it is a mode of old.
        count > 0 && (rest.is_empty() || (cut_behind && rest.len() < 300))
    })
}

/// What some trees, commits and tags name and is not here.
pub(super) fn of(store: &Store, some: &[ObjectId], shallow: bool) -> BTreeSet<ObjectId> {
    let (mut absent, mut bytes) = (BTreeSet::new(), Vec::new());
    for id in some {
        let Ok(Some(kind)) = store.find(id, &mut bytes) else { continue };
        named(kind, &bytes, id.kind(), !shallow, &mut |name| {
            if !store.has(name) {
                absent.insert(name.to_owned());
            }
        });
    }
    absent
}

/// All that a tree, a commit or a tag names.
fn named(kind: Kind, bytes: &[u8], hash: gix::hash::Kind, parents: bool, take: &mut dyn FnMut(&gix::oid)) {
    match kind {
        Kind::Tree => {
            let entries = TreeRefIter::from_bytes(bytes, hash).map_while(Result::ok);
            entries.filter(|entry| !entry.mode.is_commit()).for_each(|entry| take(entry.oid));
        }
        Kind::Commit => {
            if let Ok(tree) = CommitRefIter::from_bytes(bytes, hash).tree_id() {
                take(&tree);
            }
            if parents {
                CommitRefIter::from_bytes(bytes, hash).parent_ids().for_each(|parent| take(&parent));
            }
        }
        Kind::Tag => {
            if let Ok(target) = TagRefIter::from_bytes(bytes, hash).target_id() {
                take(&target);
            }
        }
        Kind::Blob => {}
    }
}

/// What any tree, commit or tag names and is not here. What shallow commits name as their parents is
/// not meant to be.
pub(super) fn everywhere(
    survey: &Survey<'_>,
    jobs: usize,
    is_over: &(dyn Fn() -> bool + Sync),
    shallow: bool,
) -> BTreeSet<ObjectId> {
    let absent = Mutex::new(BTreeSet::new());
    let takers = (0..jobs.max(1)).map(|_| {
        Box::new(Checker { survey, known: HashSet::default(), absent: &absent, is_over, shallow })
            as Box<dyn Taker + Send>
    });
    survey.run(takers.collect());
    absent.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// One thread of the search for what is absent.
struct Checker<'c> {
    survey: &'c Survey<'c>,
    /// What was met and is here, by 64 bits of its name: trees name the same things over and over.
    known: HashSet<u64, Digests>,
    absent: &'c Mutex<BTreeSet<ObjectId>>,
    is_over: &'c (dyn Fn() -> bool + Sync),
    shallow: bool,
}

impl Checker<'_> {
    fn check(&mut self, id: &gix::oid) {
        let Some(key) = id.as_bytes().first_chunk().map(|bytes| u64::from_le_bytes(*bytes)) else { return };
        if self.known.contains(&key) || *id == *ObjectId::empty_tree(id.kind()) {
            return;
        }
        if self.survey.number(id).is_some() {
            self.known.insert(key);
            return;
        }
        let mut absent = self.absent.lock().unwrap_or_else(PoisonError::into_inner);
        if absent.len() <= MOST_ABSENT {
            absent.insert(id.to_owned());
        }
    }
}

impl Taker for Checker<'_> {
    fn wants(&mut self, kind: Kind) -> bool {
        kind != Kind::Blob
    }

    fn take(&mut self, met: &Met<'_>, bytes: &[u8]) -> bool {
        if !met.is_first {
            return false;
        }
        let (hash, parents) = (self.survey.hash(), !self.shallow);
        named(met.kind, bytes, hash, parents, &mut |id| self.check(id));
        met.kind == Kind::Tree
    }

    /// Here nothing is worth a closer look in a tree all of whose names were checked.
    fn part_is_still(&mut self, kind: Kind, part: &[u8], cut_before: bool, cut_behind: bool) -> bool {
        let width = self.survey.hash().len_in_bytes();
        let start = if cut_before { synchronise(part, width, cut_behind) } else { Some(0) };
        if kind != Kind::Tree {
            return false;
        }
        // What stands before is no part of what was changed.
        let Some(start) = start.filter(|start| *start <= REACH / 2) else { return false };
        let mut rest = &part[start..];
        while let Some((entry, behind)) = split(rest, width) {
            if !entry.is_commit {
                self.check(gix::oid::from_bytes_unchecked(entry.id));
            }
            rest = behind;
        }
        rest.is_empty() || cut_behind
    }

    fn pass(&mut self, _: &Met<'_>, _: u64) {}

    // What cannot be read is told by whoever reads all of it.
    fn stream(&mut self, _: &Met<'_>, _: u64, _: &mut dyn Read) {}

    fn damaged(&mut self, _: &Met<'_>, _: Damage) {}

    fn panicked(&mut self) {}

    fn is_over(&self) -> bool {
        (self.is_over)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_wherever_a_part_begins() {
        let mut tree = Vec::new();
        for index in 0..60_u8 {
            let mode: &[u8] = if index % 7 == 0 { b"40000 " } else { b"100644 " };
            tree.extend([mode, format!("name-{index}.txt\0").as_bytes(), &[index; 20]].concat());
        }
        for start in 0..600 {
            for end in [tree.len(), tree.len() - 17] {
                let part = &tree[start..end];
                let at = synchronise(part, 20, end < tree.len()).unwrap();
                assert!(at < 48 && MODES.iter().any(|mode| part[at..].starts_with(mode)), "{start}: {at}");
                assert!(start + at == 0 || tree[start + at - 1] == tree[start + at - 20], "{start}: {at}");
            }
        }
        assert_eq!(synchronise(b"no tree at all, 100644 of 40000 words", 20, false), None);
    }
}
