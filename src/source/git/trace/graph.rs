//! Which trees lead where, and which commits there are.
//!
//! Holds: one pass over all trees and commits, of which only numbers are kept: four bytes for each
//! folder in a tree. Must not know: names.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::objs::{CommitRefIter, Kind, TreeRefIter};

use super::Asked;
use crate::source::git::store::{Damage, Met, Survey, Taker};

/// Folders in trees that are remembered: 256 MiB.
const MOST_EDGES: usize = 64 << 20;

/// A commit, as far as it tells where files stand.
pub(super) struct Commit {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// When it was committed, in seconds since 1970.
    pub(super) time: i64,
}

/// What was learned.
#[derive(Default)]
pub(super) struct Graph {
    /// Sorted by name.
    pub(super) commits: Vec<Commit>,
    /// The trees through which a file that is asked for is reached, or that have it.
    pub(super) leading: Vec<ObjectId>,
    /// Whether there was too much to remember.
    pub(super) is_cut: bool,
}

/// What one thread found: trees and, for each, where its folders begin in `edges`.
#[derive(Default)]
struct Part {
    trees: Vec<(u32, usize)>,
    edges: Vec<u32>,
    holders: Vec<u32>,
    commits: Vec<Commit>,
    is_cut: bool,
}

impl Graph {
    /// Goes through all trees and commits.
    pub(super) fn read(asked: &Asked<'_>, survey: &Survey<'_>, wanted: &BTreeMap<ObjectId, u32>) -> Self {
        let parts = Mutex::new(Vec::new());
        // What hides in 64 bits of a name is not worth a look-up in a map.
        let filter = Filter::new(wanted.keys());
        let takers = (0..asked.jobs.max(1)).map(|_| {
            let part = Part::default();
            Box::new(Collector { survey, wanted, filter: &filter, stop: asked.stop, part, parts: &parts })
                as Box<dyn Taker + Send>
        });
        survey.run(takers.collect());
        let mut parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut graph = Self { is_cut: parts.iter().any(|part| part.is_cut), ..Self::default() };
        graph.commits = parts.iter_mut().flat_map(|part| std::mem::take(&mut part.commits)).collect();
        graph.commits.sort_unstable_by_key(|commit| commit.id);
        if !graph.is_cut {
            graph.leading = leading(&parts, survey);
        }
        graph
    }

    /// The place of a commit in `commits`.
    pub(super) fn place(&self, id: &gix::oid) -> Option<usize> {
        self.commits.binary_search_by(|commit| commit.id.as_ref().cmp(id)).ok()
    }
}

/// The trees from which those that hold a file are reached.
fn leading(parts: &[Part], survey: &Survey<'_>) -> Vec<ObjectId> {
    let mut lead = Bits::new(survey.numbers());
    parts.iter().flat_map(|part| &part.holders).for_each(|tree| lead.set(*tree));
    // As many rounds as folders are deep.
    loop {
        let mut grown = false;
        for part in parts {
            let ends = part.trees.iter().skip(1).map(|(_, start)| *start).chain([part.edges.len()]);
            for ((tree, start), end) in part.trees.iter().zip(ends) {
                if !lead.has(*tree) && part.edges[*start..end].iter().any(|kid| lead.has(*kid)) {
                    lead.set(*tree);
                    grown = true;
                }
            }
        }
        if !grown {
            break;
        }
    }
    let mut all: Vec<ObjectId> = lead.iter().filter_map(|number| survey.name(number)).collect();
    all.sort_unstable();
    all
}

/// One thread.
struct Collector<'c> {
    survey: &'c Survey<'c>,
    wanted: &'c BTreeMap<ObjectId, u32>,
    filter: &'c Filter,
    stop: &'c AtomicBool,
    part: Part,
    parts: &'c Mutex<Vec<Part>>,
}

impl Collector<'_> {
    fn tree(&mut self, met: &Met<'_>, bytes: &[u8]) {
        let id = met.name();
        let Some(number) = self.survey.number(&id) else { return };
        let (start, mut holds) = (self.part.edges.len(), false);
        for entry in TreeRefIter::from_bytes(bytes, id.kind()).map_while(Result::ok) {
            if entry.mode.is_tree() {
                self.part.edges.extend(self.survey.number(entry.oid));
            } else if self.filter.may_have(entry.oid) {
                holds |= self.wanted.contains_key(entry.oid);
            }
        }
        if self.part.edges.len() > MOST_EDGES {
            self.part = Part { is_cut: true, commits: std::mem::take(&mut self.part.commits), ..Part::default() };
        }
        if holds {
            self.part.holders.push(number);
        }
        if self.part.edges.len() > start {
            self.part.trees.push((number, start));
        }
    }
}

impl Taker for Collector<'_> {
    fn wants(&mut self, kind: Kind) -> bool {
        matches!(kind, Kind::Tree | Kind::Commit)
    }

    fn take(&mut self, met: &Met<'_>, bytes: &[u8]) -> bool {
        if !met.is_first {
            return false;
        }
        match met.kind {
            Kind::Tree if !self.part.is_cut => self.tree(met, bytes),
            Kind::Commit => {
                let id = met.name();
                self.part.commits.extend(commit(id, bytes));
            }
            _ => {}
        }
        false
    }

    fn part_is_still(&mut self, _: Kind, _: &[u8], _: bool, _: bool) -> bool {
        false
    }

    fn pass(&mut self, _: &Met<'_>, _: u64) {}

    // What cannot be read was told at the first look, and so was the rest.
    fn stream(&mut self, _: &Met<'_>, _: u64, _: &mut dyn Read) {}

    fn damaged(&mut self, _: &Met<'_>, _: Damage) {}

    fn panicked(&mut self) {}

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Drop for Collector<'_> {
    fn drop(&mut self) {
        let part = std::mem::take(&mut self.part);
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).push(part);
    }
}

fn commit(id: ObjectId, bytes: &[u8]) -> Option<Commit> {
    let mut parts = CommitRefIter::from_bytes(bytes, id.kind());
    let tree = parts.tree_id().ok()?;
    let parents = CommitRefIter::from_bytes(bytes, id.kind()).parent_ids().collect();
    let time = CommitRefIter::from_bytes(bytes, id.kind()).committer().map_or(0, |committer| committer.seconds());
    Some(Commit { id, tree, parents, time })
}

/// Says quickly of most names that they are not among some.
struct Filter(Vec<u64>);

impl Filter {
    fn new<'n>(names: impl Iterator<Item = &'n ObjectId>) -> Self {
        let mut bits = vec![0; 1 << 14];
        names.for_each(|name| {
            let bit = Self::bit(name);
            bits[bit >> 6] |= 1 << (bit & 63);
        });
        Self(bits)
    }

    fn bit(name: &gix::oid) -> usize {
        let bytes = name.as_bytes();
        usize::from(bytes[0]) << 12 | usize::from(bytes[1]) << 4 | usize::from(bytes[2] >> 4)
    }

    fn may_have(&self, name: &gix::oid) -> bool {
        let bit = Self::bit(name);
        self.0[bit >> 6] & 1 << (bit & 63) != 0
    }
}

/// A set of numbers.
struct Bits(Vec<u64>);

impl Bits {
    fn new(count: u32) -> Self {
        Self(vec![0; count as usize / 64 + 1])
    }

    fn set(&mut self, number: u32) {
        self.0[number as usize / 64] |= 1 << (number % 64);
    }

    fn has(&self, number: u32) -> bool {
        self.0[number as usize / 64] & 1 << (number % 64) != 0
    }

    fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.0.len() as u32 * 64).filter(|number| self.has(*number))
    }
}
