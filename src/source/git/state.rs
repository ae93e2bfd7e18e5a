//! What a repository lacks.
//!
//! Holds: the signs by which a shallow, a partial or a damaged repository is known, and what is told of
//! each; `absent` goes through all objects for it. Must not know: what is scanned.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use gix::ObjectId;
use gix::objs::{CommitRefIter, Kind, TreeRefIter};

use super::absent::{self, MOST_ABSENT};
use super::refs::{Holder, Names};
use super::repo::Repo;
use super::store::{Store, Survey};
use crate::base::{Notice, Origin, Reason};

/// In a repository of fewer objects all trees are gone through for what they name, in a larger one
/// without signs of damage only those of branches: all of them take half as long as everything else.
const SMALL: u64 = 100_000;

/// Objects that are looked at from the tips of branches.
const MOST_STEPS: usize = 100_000;

/// What is looked at for signs.
pub(super) struct Looked<'l> {
    pub(super) repo: &'l Repo,
    pub(super) survey: &'l Survey<'l>,
    pub(super) names: &'l Names,
    pub(super) jobs: usize,
    pub(super) is_over: &'l (dyn Fn() -> bool + Sync),
    /// What was absent the last time, and what came since; nothing where all is to be gone through.
    pub(super) since: Option<(&'l [ObjectId], &'l [ObjectId])>,
}

/// What is told of a repository besides what is in it; and what it names and has not.
pub(super) fn notices(looked: &Looked<'_>) -> (Vec<Notice>, BTreeSet<ObjectId>) {
    let Looked { repo, survey, names, .. } = looked;
    let store = survey.store();
    let mut told = Vec::new();
    let mut tell = |reason, text: String, remedy: Option<&str>| {
        let notice = Notice::new(Origin::file(&repo.shown), reason, text);
        told.push(Notice { remedy: remedy.map(str::to_owned), ..notice });
    };
    for (path, why) in repo.unread.iter().chain(&store.unread).chain(&survey.unread) {
        let name = path.strip_prefix(&repo.common_dir).unwrap_or(path).display();
        tell(Reason::Malformed, format!("{name} cannot be opened: {why}; what is in it was not scanned"), None);
    }
    for (path, count) in survey.circles() {
        let name = path.strip_prefix(&repo.common_dir).unwrap_or(path).display();
        tell(Reason::Malformed, format!("{count} objects of {name} are deltas of each other; not scanned"), None);
    }
    for (path, count) in survey.unlisted() {
        let name = path.strip_prefix(&repo.common_dir).unwrap_or(path).display();
        let text = format!("{count} objects of {name} are not where its index has them, or not in it; not scanned");
        tell(Reason::Malformed, text, Some("git index-pack"));
    }
    let shallow = lines(&repo.common_dir.join("shallow"));
    if shallow > 0 {
        let text = format!("is shallow: what was before {shallow} of its commits is not here");
        tell(Reason::MissingObjects, text, Some("git fetch --unshallow"));
    }
    let damaged = !repo.unread.is_empty() || !store.unread.is_empty() || survey.circles().next().is_some();
    let mut absent = at_tips(store, names);
    match looked.since {
        Some((before, since)) => {
            absent.extend(before.iter().filter(|id| !store.has(id)));
            absent.extend(absent::of(store, since, shallow > 0));
        }
        None if store.is_partial() || damaged || shallow > 0 || survey.len() < SMALL => {
            absent.extend(absent::everywhere(survey, looked.jobs, looked.is_over, shallow > 0));
        }
        None => {}
    }
    if !absent.is_empty() {
        let (count, more) = (absent.len().min(MOST_ABSENT), if absent.len() > MOST_ABSENT { " and more" } else { "" });
        let remedy = store.is_partial().then_some("git fetch --refetch --no-filter");
        let partial = if store.is_partial() { "is a partial clone: " } else { "" };
        let first = absent.first().map(ObjectId::to_string).unwrap_or_default();
        let text = format!("{partial}{count}{more} objects that it names are not here, {first} first; not scanned");
        tell(Reason::MissingObjects, text, remedy);
    }
    (told, absent)
}

/// How many lines a file has; none where there is no such file.
fn lines(path: &std::path::Path) -> u64 {
    let Ok(file) = File::open(path) else { return 0 };
    let (mut reader, mut count) = (BufReader::new(file), 0);
    let mut line = Vec::new();
    while (&mut reader).take(4096).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        count += 1;
        line.clear();
    }
    count
}

/// What refs name, and what the trees of branches name, and is not here.
fn at_tips(store: &Store, names: &Names) -> BTreeSet<ObjectId> {
    let mut absent: BTreeSet<ObjectId> = names
        .tips
        .iter()
        .filter(|tip| tip.holder == Holder::Branch && !store.has(&tip.target))
        .map(|tip| tip.target)
        .collect();
    let is_branch = |name: &[u8]| name == b"HEAD" || name.starts_with(b"refs/heads/");
    let mut stack: Vec<ObjectId> = names.tips.iter().filter(|tip| is_branch(&tip.name)).map(|tip| tip.target).collect();
    let (mut met, mut bytes) = (HashSet::new(), Vec::new());
    while let Some(id) = stack.pop() {
        if met.len() > MOST_STEPS || !met.insert(id) {
            continue;
        }
        match store.find(&id, &mut bytes) {
            Ok(Some(Kind::Commit)) => stack.extend(CommitRefIter::from_bytes(&bytes, id.kind()).tree_id().ok()),
            Ok(Some(Kind::Tree)) => {
                for entry in TreeRefIter::from_bytes(&bytes, id.kind()).map_while(Result::ok) {
                    if entry.mode.is_tree() {
                        stack.push(entry.oid.to_owned());
                    } else if !entry.mode.is_commit() && met.insert(entry.oid.to_owned()) && !store.has(entry.oid) {
                        absent.insert(entry.oid.to_owned());
                    }
                }
            }
            Ok(None) => drop(absent.insert(id)),
            // What cannot be read is told by whoever reads all of it.
            Ok(Some(_)) | Err(_) => {}
        }
    }
    absent
}
