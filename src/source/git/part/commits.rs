//! What some commits brought.
//!
//! Holds: `commits`, which chooses them and compares each with all its parents, on several threads.
//! Must not know: how commits are named, walked over or compared.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::objs::Kind;

use super::brought::{Brought, Place};
use super::gather::{Batch, Gather};
use super::objects::{Objects, Told};
use super::revision::Asked;
use super::walk::{Graph, History};
use super::{Commit, GitError, Picks, Repo};
use crate::base::{Instant, Notice, Reason, share_out};
use crate::source::git::Commits;
use crate::source::git::refs::Names;

/// Bytes of decoded objects that a thread keeps: commits that follow each other share their trees.
const KEPT: usize = 48 << 20;
/// Commits that a thread takes at a time, at most; each stretch begins with trees that are not kept.
const STRETCH: usize = 512;
/// Entries of trees that are looked at in all, and for each of the commits; the history of git itself
/// needs a hundredth of it.
const LOOKED: u64 = 100_000_000;
const LOOKED_A_COMMIT: u64 = 100_000;

/// What the commits brought that were asked for. Where `stop` is set meanwhile, what was found so far.
pub(in crate::source::git) fn commits(
    repo: &Repo,
    names: &Names,
    commits: &Commits,
    jobs: usize,
    stop: &AtomicBool,
) -> Result<Picks, GitError> {
    let asked = Asked::of(repo, names, commits)?;
    let told = Told::of(repo);
    let objects = Objects::of(repo);
    let mut graph = Graph::of(&objects, shallow(&objects.handle));
    for span in &asked.spans {
        graph.choose(span, &asked.hidden, stop);
    }
    let (history, mut chosen) = graph.finish(asked.since.map(|since| since.millis().div_euclid(1000)));
    tell(&history, &chosen, &told);
    chosen.retain(|place| history.node(*place).lack().is_none());
    let mut search = Search {
        repo,
        told: &told,
        left: AtomicU64::new(LOOKED + LOOKED_A_COMMIT * chosen.len() as u64),
        history,
        chosen,
        stretch: 1,
        gather: Mutex::default(),
        full: AtomicBool::new(false),
        stop,
    };
    search.stretch = (search.chosen.len() / (jobs.max(1) * 4)).clamp(1, STRETCH);
    let stretches = search.chosen.len().div_ceil(search.stretch);
    share_out(jobs, stretches, &|indices| search.stretches(indices));
    search.others(&asked.others);
    if search.full.load(Ordering::Relaxed) {
        told.keep(told.whole(Reason::TooMany, "the commits bring more than is looked at; the rest was not looked at"));
    }
    let gather = std::mem::take(search.gather.get_mut().unwrap_or_else(PoisonError::into_inner));
    let Search { history, chosen, .. } = search;
    let found = chosen.iter().map(|place| {
        let node = history.node(*place);
        Commit { id: node.id, author: node.author.clone(), date: node.written.and_then(Instant::from_seconds) }
    });
    let found = found.collect();
    Ok(Picks { blobs: gather.finish(), commits: found, tags: asked.tags, notices: told.notices() })
}

/// The commits at which a shallow clone ends.
fn shallow(handle: &gix::Repository) -> HashSet<ObjectId> {
    let ends = handle.shallow_commits().ok().flatten();
    ends.map(|ends| ends.iter().copied().collect()).unwrap_or_default()
}

/// Tells what of the history is not there.
fn tell(history: &History, chosen: &[u32], told: &Told) {
    for place in chosen {
        let node = history.node(*place);
        if let Some(lack) = node.lack() {
            told.lack("commit", node.id, lack);
        }
    }
    let cut = chosen.iter().filter(|place| history.node(**place).is_cut()).count();
    if cut > 0 {
        let remedy = "git fetch --unshallow";
        let text = format!("the clone is shallow: history ends at {cut} of the commits; `{remedy}` gets the rest");
        told.keep(Notice { remedy: Some(remedy.to_owned()), ..told.whole(Reason::MissingObjects, &text) });
    }
    if history.full {
        told.keep(told.whole(Reason::TooMany, "there are more commits than are looked at; the rest was not looked at"));
    }
}

/// What the threads share.
struct Search<'s> {
    repo: &'s Repo,
    told: &'s Told,
    history: History,
    /// The commits to look at, the newest first.
    chosen: Vec<u32>,
    /// How many of them a thread takes at a time.
    stretch: usize,
    gather: Mutex<Gather>,
    /// Entries that may still be looked at.
    left: AtomicU64,
    full: AtomicBool,
    stop: &'s AtomicBool,
}

impl Search<'_> {
    fn is_over(&self) -> bool {
        self.full.load(Ordering::Relaxed) || self.stop.load(Ordering::Relaxed)
    }

    /// Goes over stretches of commits.
    fn stretches(&self, indices: &mut dyn Iterator<Item = usize>) {
        let objects = Objects::of(self.repo).keeping(KEPT);
        let mut brought = Brought::of(&objects, self.told);
        for index in indices {
            let start = index * self.stretch;
            for (offset, commit) in self.chosen[start..].iter().take(self.stretch).enumerate() {
                if self.is_over() {
                    return;
                }
                if let Some(tree) = self.history.node(*commit).tree {
                    let beside = self.history.trees_of_parents(*commit);
                    self.place(&mut brought, Place { tree, beside, path: Vec::new() }, Some(start + offset));
                }
            }
        }
    }

    /// Takes what is new in a tree.
    fn place(&self, brought: &mut Brought<'_>, place: Place, commit: Option<usize>) {
        let mut batch = Batch::default();
        let before = brought.looked;
        let tree = place.tree;
        let many = brought.by(place, &mut |id, path| batch.add(id, path));
        let room = self.gather.lock().unwrap_or_else(PoisonError::into_inner).take(batch, commit);
        if many.is_err() {
            let id = commit.map_or(tree, |commit| self.history.node(self.chosen[commit]).id);
            let text = || format!("the trees of {id} have more entries than are looked at; the rest was not looked at");
            self.told.object(id, Reason::TooMany, text);
        }
        let looked = brought.looked - before;
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(looked));
        if !room || left.is_err() {
            self.full.store(true, Ordering::Relaxed);
        }
    }

    /// Takes trees and blobs that were named.
    fn others(&self, others: &[(ObjectId, Kind, Vec<u8>)]) {
        if others.is_empty() {
            return;
        }
        let objects = Objects::of(self.repo);
        let mut brought = Brought::of(&objects, self.told);
        for (id, kind, name) in others {
            if self.is_over() {
                return;
            }
            if *kind == Kind::Tree {
                self.place(&mut brought, Place { tree: *id, beside: Vec::new(), path: Vec::new() }, None);
            } else {
                let room = self.gather.lock().unwrap_or_else(PoisonError::into_inner).add(*id, name, None);
                self.full.fetch_or(!room, Ordering::Relaxed);
            }
        }
    }
}
