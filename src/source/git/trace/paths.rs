//! At which paths the files stand that are asked for.
//!
//! Holds: the trees that lead to them, with only those of their entries that do; the way down from where
//! trees begin. Must not know: commits, but for the trees they begin with.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};

use super::Asked;
use super::graph::Graph;
use crate::source::Body;
use crate::source::git::store::{Damage, Each, Survey};

/// Paths that are told of, and steps that are taken to find them: trees can be made in which the
/// same few folders stand in each other a million times.
const MOST_PATHS: usize = 100_000;
const MOST_STEPS: usize = 50_000_000;

/// No file system has deeper folders.
const DEEPEST: usize = 1_000;

/// What an entry of a leading tree leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    /// To another leading tree, by its number here.
    Tree(u32),
    /// To a file that is asked for, by its number.
    Blob(u32),
}

/// The way to the files that are asked for.
#[derive(Default)]
pub(super) struct Paths {
    /// Numbers of the leading trees.
    numbers: HashMap<ObjectId, u32>,
    /// What leads on in each, by name.
    trees: Vec<Vec<(u32, To)>>,
    /// The names of entries, by number.
    names: Vec<Vec<u8>>,
    /// Each path as the number of the one above it and that of a name; the first is the top.
    steps: Vec<(u32, u32)>,
    /// Below each path: a name and the path it leads to.
    below: HashMap<(u32, u32), u32>,
    /// The paths of each file.
    of: BTreeMap<u32, Vec<u32>>,
    /// Whether there were more than are told.
    pub(super) is_cut: bool,
}

impl Paths {
    /// Reads the leading trees and walks down from where they begin.
    pub(super) fn read(
        asked: &Asked<'_>,
        survey: &Survey<'_>,
        graph: &Graph,
        wanted: &BTreeMap<ObjectId, u32>,
    ) -> Self {
        let mut paths = Self { steps: vec![(0, 0)], ..Self::default() };
        paths.numbers = graph.leading.iter().copied().zip(0..).collect();
        paths.trees = vec![Vec::new(); graph.leading.len()];
        let met = Mutex::new(Vec::new());
        let is_over = || asked.stop.load(Ordering::Relaxed);
        survey.some(&graph.leading, Some(Kind::Tree), asked.jobs, &is_over, &|| {
            Box::new(Reader { numbers: &paths.numbers, wanted, met: &met }) as Box<dyn Each>
        });
        let mut names: HashMap<Vec<u8>, u32> = HashMap::new();
        for (number, entries) in met.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let mut tree: Vec<(u32, To)> = Vec::with_capacity(entries.len());
            for (name, to) in entries {
                let next = paths.names.len() as u32;
                let name = *names.entry(name).or_insert_with_key(|name| {
                    paths.names.push(name.clone());
                    next
                });
                tree.push((name, to));
            }
            tree.sort_unstable_by_key(|(name, _)| *name);
            paths.trees[number as usize] = tree;
        }
        paths.walk_all(graph);
        paths
    }

    /// Walks down from every tree of a commit, then from those that no other tree has.
    fn walk_all(&mut self, graph: &Graph) {
        let mut tops: Vec<u32> = graph.commits.iter().filter_map(|commit| self.number(&commit.tree)).collect();
        tops.sort_unstable();
        tops.dedup();
        let mut met: HashSet<(u32, u32)> = HashSet::new();
        tops.iter().for_each(|top| self.walk(*top, &mut met));
        let reached: HashSet<u32> = met.iter().map(|(tree, _)| *tree).collect();
        let inner: HashSet<u32> = self
            .trees
            .iter()
            .flatten()
            .filter_map(|(_, to)| match to {
                To::Tree(tree) => Some(*tree),
                To::Blob(_) => None,
            })
            .collect();
        let loose = (0..self.trees.len() as u32).filter(|tree| !reached.contains(tree) && !inner.contains(tree));
        loose.collect::<Vec<_>>().into_iter().for_each(|top| self.walk(top, &mut met));
        self.of.values_mut().for_each(|paths| {
            paths.sort_unstable();
            paths.dedup();
        });
    }

    fn walk(&mut self, top: u32, met: &mut HashSet<(u32, u32)>) {
        let mut stack = vec![(top, 0_u32, 0_usize)];
        while let Some((tree, path, depth)) = stack.pop() {
            if met.len() > MOST_STEPS || self.steps.len() > MOST_PATHS || depth > DEEPEST {
                self.is_cut = true;
                return;
            }
            if !met.insert((tree, path)) {
                continue;
            }
            for (name, to) in self.trees[tree as usize].clone() {
                let next = self.steps.len() as u32;
                let below = *self.below.entry((path, name)).or_insert_with(|| {
                    self.steps.push((path, name));
                    next
                });
                match to {
                    To::Tree(kid) => stack.push((kid, below, depth + 1)),
                    To::Blob(blob) => self.of.entry(blob).or_default().push(below),
                }
            }
        }
    }

    /// The number of a leading tree.
    pub(super) fn number(&self, tree: &gix::oid) -> Option<u32> {
        self.numbers.get(tree).copied()
    }

    /// The paths of a file that is asked for.
    pub(super) fn of(&self, blob: u32) -> &[u32] {
        self.of.get(&blob).map_or(&[], Vec::as_slice)
    }

    /// What an entry of a tree leads to.
    pub(super) fn entry(&self, tree: u32, name: u32) -> Option<To> {
        let entries = &self.trees[tree as usize];
        entries.binary_search_by_key(&name, |(name, _)| *name).ok().map(|index| entries[index].1)
    }

    /// The names of a path, from the top.
    pub(super) fn names_of(&self, path: u32) -> Vec<u32> {
        let (mut names, mut at) = (Vec::new(), path);
        while at != 0 {
            let (above, name) = self.steps[at as usize];
            names.push(name);
            at = above;
        }
        names.reverse();
        names
    }

    /// A path as it is written.
    pub(super) fn text(&self, path: u32) -> Vec<u8> {
        let names: Vec<&[u8]> = self.names_of(path).iter().map(|name| self.names[*name as usize].as_slice()).collect();
        names.join(&b'/')
    }

    /// The file that a path leads to from a tree, by its number.
    pub(super) fn blob_at(&self, tree: u32, names: &[u32]) -> Option<u32> {
        let (last, folders) = names.split_last()?;
        let mut at = tree;
        for name in folders {
            let Some(To::Tree(next)) = self.entry(at, *name) else { return None };
            at = next;
        }
        match self.entry(at, *last) {
            Some(To::Blob(blob)) => Some(blob),
            _ => None,
        }
    }
}

/// Entries of a leading tree by their names.
type Named = Vec<(Vec<u8>, To)>;

/// One thread that reads leading trees.
struct Reader<'r> {
    numbers: &'r HashMap<ObjectId, u32>,
    wanted: &'r BTreeMap<ObjectId, u32>,
    met: &'r Mutex<Vec<(u32, Named)>>,
}

impl Each for Reader<'_> {
    fn take(&mut self, _: Kind, id: &ObjectId, _: u64, body: Body<'_>) {
        let (Body::Whole(bytes), Some(number)) = (body, self.numbers.get(id)) else { return };
        let entries = leading_entries(id, bytes, self.numbers, self.wanted);
        self.met.lock().unwrap_or_else(PoisonError::into_inner).push((*number, entries));
    }

    // What cannot be read was told when it was looked at.
    fn damaged(&mut self, _: Kind, _: &ObjectId, _: Damage) {}

    fn panicked(&mut self) {}
}

fn leading_entries(
    id: &ObjectId,
    bytes: &[u8],
    numbers: &HashMap<ObjectId, u32>,
    wanted: &BTreeMap<ObjectId, u32>,
) -> Vec<(Vec<u8>, To)> {
    let mut entries = Vec::new();
    for entry in TreeRefIter::from_bytes(bytes, id.kind()).map_while(Result::ok) {
        let to = if entry.mode.is_tree() {
            numbers.get(entry.oid).map(|tree| To::Tree(*tree))
        } else {
            wanted.get(entry.oid).map(|blob| To::Blob(*blob))
        };
        entries.extend(to.map(|to| (entry.filename.to_vec(), to)));
    }
    entries
}
