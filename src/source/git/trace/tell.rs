//! Tracks as reports tell them.
//!
//! Holds: from answers to words: refs, commits with their authors, the file that speaks for all
//! versions. Must not know: how answers are found.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::{CommitRefIter, Kind};

use super::graph::Graph;
use super::history::{Answers, History, Leads};
use super::paths::{Paths, To};
use super::{Asked, Line, Track};
use crate::base::{CommitMark, GitPlace, Instant, ObjectName, PathName, Reachable, Role};
use crate::source::git::refs::Holder;

/// Refs that are told of one track.
const MOST_REFS: usize = 20;

/// Commits that are told of one track: half of them the oldest, half the newest.
const MOST_COMMITS: usize = 20;

/// Commits whose versions of a file are looked at.
const MOST_VERSIONS: usize = 1000;

/// All that is known.
pub(super) struct Teller<'t> {
    asked: &'t Asked<'t>,
    graph: &'t Graph,
    paths: &'t Paths,
    history: &'t History,
    /// The files by their numbers.
    files: Vec<ObjectId>,
    /// For each commit how many come before it.
    ranks: Vec<u32>,
    /// The paths of what the index holds.
    index: HashMap<ObjectId, BTreeSet<Vec<u8>>>,
}

impl<'t> Teller<'t> {
    pub(super) fn new(
        asked: &'t Asked<'t>,
        graph: &'t Graph,
        paths: &'t Paths,
        history: &'t History,
        wanted: &BTreeMap<ObjectId, u32>,
    ) -> Self {
        let mut index: HashMap<ObjectId, BTreeSet<Vec<u8>>> = HashMap::new();
        asked.repo.each_index_entry(|id, path| {
            if wanted.contains_key(id) {
                index.entry(*id).or_default().insert(path.to_vec());
            }
        });
        let ranks = history.ranks();
        Self { asked, graph, paths, history, files: wanted.keys().copied().collect(), ranks, index }
    }

    /// Tells 64 lines at most.
    pub(super) fn tell(&self, lines: &[&Line]) -> Vec<Track> {
        let (has, trees) = self.has(lines);
        let answers = self.history.answer(has, trees);
        lines.iter().enumerate().map(|(bit, line)| self.track(line, 1 << bit, &answers)).collect()
    }

    /// Which commits have which of the lines, and which trees that are named without one.
    fn has(&self, lines: &[&Line]) -> (Vec<u64>, HashMap<ObjectId, u64>) {
        let mut trie = Trie::default();
        let mut has = vec![0; self.graph.commits.len()];
        for (bit, line) in lines.iter().enumerate() {
            match line {
                Line::Path { path, blobs } => trie.add(&self.paths.names_of(*path), blobs, bit),
                Line::Object(id) => {
                    if let Some(place) = self.graph.place(id) {
                        has[place] |= 1 << bit;
                    }
                }
            }
        }
        let mut known = HashMap::new();
        for (commit, has) in self.graph.commits.iter().zip(&mut has) {
            if let Some(tree) = self.paths.number(&commit.tree) {
                *has |= trie.look(self.paths, tree, &mut known);
            }
        }
        let named = self.history.leads.iter().filter_map(|lead| lead.to.err());
        let trees = named.filter_map(|id| Some((id, trie.look(self.paths, self.paths.number(&id)?, &mut known))));
        (has, trees.collect())
    }

    fn track(&self, line: &Line, bit: u64, answers: &Answers) -> Track {
        let leads: Vec<(&Leads, Reachable)> = self.leads(line, bit, answers).collect();
        let (versions, path) = match line {
            Line::Object(id) => (vec![*id], self.path_of(id)),
            Line::Path { path, blobs } => (self.versions(*path, blobs, bit, answers), self.paths.text(*path)),
        };
        let object = versions.first().copied().unwrap_or_else(|| self.asked.repo.hash.null());
        let others = versions.iter().skip(1).filter_map(|id| ObjectName::new(id.as_bytes())).collect();
        let staged = self.index.contains_key(&object).then_some(Reachable::Index);
        let reachable = leads.iter().map(|(_, how)| *how).chain(staged).min().unwrap_or(Reachable::None);
        let mut refs: Vec<String> =
            leads.iter().filter(|(lead, _)| lead.is_now).map(|(lead, _)| lead.name.clone()).collect();
        refs.sort();
        refs.dedup();
        refs.truncate(MOST_REFS);
        let name = ObjectName::new(object.as_bytes()).unwrap_or_default();
        let git = GitPlace {
            repo: self.asked.repo.shown.display().to_string(),
            object: Some(name),
            reachable: Some(reachable),
            refs,
            commits: self.commits(line, bit, answers),
        };
        let twin = self.twin(&object, &path);
        Track { path: PathName::of_bytes(&path), object: name, others, git: Arc::new(git), twin }
    }

    /// The file of the work tree that is the object.
    fn twin(&self, object: &ObjectId, path: &[u8]) -> Option<PathName> {
        let is_staged = self.index.get(object).is_some_and(|paths| paths.contains(path));
        let path = std::str::from_utf8(path).ok().filter(|_| self.asked.worktree && is_staged)?;
        Some(PathName::of(&self.asked.repo.shown_work_tree(Path::new(path))))
    }

    /// The refs that lead to it, and how.
    fn leads<'l>(
        &'l self,
        line: &'l Line,
        bit: u64,
        answers: &'l Answers,
    ) -> impl Iterator<Item = (&'l Leads, Reachable)> {
        self.history.leads.iter().filter_map(move |lead| {
            let is_itself = |id: &ObjectId| match line {
                Line::Object(own) => own == id,
                Line::Path { blobs, .. } => {
                    self.files.binary_search(id).is_ok_and(|number| blobs.contains(&(number as u32)))
                }
            };
            let how = match lead.to {
                _ if is_itself(&lead.itself) => Reachable::Tip,
                Ok(commit) if answers.has[commit as usize] & bit != 0 => Reachable::Tip,
                Ok(commit) if answers.ever[commit as usize] & bit != 0 => Reachable::History,
                Err(object) if is_itself(&object) => Reachable::Tip,
                Err(tree) if answers.trees.get(&tree).is_some_and(|bits| bits & bit != 0) => Reachable::Tip,
                _ => return None,
            };
            let how = match lead.holder {
                Holder::Branch => how,
                Holder::Stash => Reachable::Stash,
                Holder::Log => Reachable::Reflog,
            };
            Some((lead, how))
        })
    }

    /// The name of a place that no path of a commit leads to.
    fn path_of(&self, id: &ObjectId) -> Vec<u8> {
        if let Some(path) = self.index.get(id).and_then(BTreeSet::first) {
            return path.clone();
        }
        let kind = self.asked.store.find(id, &mut Vec::new()).ok().flatten().unwrap_or(Kind::Blob);
        format!("{kind} {id}").into_bytes()
    }

    /// The versions that stand at the tips of refs, that of the newest commit first; where there is none, that
    /// of the newest commit; where no commit has one, the first by name.
    fn versions(&self, path: u32, blobs: &BTreeSet<u32>, bit: u64, answers: &Answers) -> Vec<ObjectId> {
        let names = self.paths.names_of(path);
        let has = |commit: &u32| answers.has[*commit as usize] & bit != 0;
        let leads = self.history.leads.iter().filter(|lead| lead.holder == Holder::Branch);
        let mut commits: Vec<u32> = leads.filter_map(|lead| lead.to.ok()).filter(has).collect();
        if commits.is_empty() {
            commits.extend((0..self.graph.commits.len() as u32).filter(has));
        }
        let age = |commit: &u32| (self.graph.commits[*commit as usize].time, self.graph.commits[*commit as usize].id);
        commits.sort_unstable_by_key(|commit| Reverse(age(commit)));
        commits.truncate(MOST_VERSIONS);
        let blob = |commit: &u32| {
            let tree = self.paths.number(&self.graph.commits[*commit as usize].tree)?;
            self.paths.blob_at(tree, &names)
        };
        let mut met = BTreeSet::new();
        let mut found: Vec<u32> = commits.iter().filter_map(blob).filter(|blob| met.insert(*blob)).collect();
        if found.is_empty() {
            found.extend(blobs.first());
        }
        found.into_iter().filter_map(|blob| self.files.get(blob as usize)).copied().collect()
    }

    fn commits(&self, line: &Line, bit: u64, answers: &Answers) -> Vec<CommitMark> {
        // Scripts make many commits within a second; then the parent comes first.
        let mut did: Vec<(i64, u32, ObjectId, Role)> = Vec::new();
        for (place, commit) in self.graph.commits.iter().enumerate() {
            let roles: &[(u64, Role)] = if matches!(line, Line::Object(_)) {
                &[(answers.has[place], Role::Holds)]
            } else {
                &[(answers.added[place], Role::Added), (answers.removed[place], Role::Removed)]
            };
            let own = roles.iter().filter(|(bits, _)| bits & bit != 0);
            did.extend(own.map(|(_, role)| (commit.time, self.ranks[place], commit.id, *role)));
        }
        did.sort_unstable();
        if did.len() > MOST_COMMITS {
            did.drain(MOST_COMMITS / 2..did.len() - MOST_COMMITS / 2);
        }
        did.into_iter().map(|(_, _, id, role)| self.mark(&id, role)).collect()
    }

    fn mark(&self, id: &ObjectId, role: Role) -> CommitMark {
        let mut bytes = Vec::new();
        let (mut author, mut date) = (None, None);
        if let Ok(Some(Kind::Commit)) = self.asked.store.find(id, &mut bytes)
            && let Ok(signature) = CommitRefIter::from_bytes(&bytes, id.kind()).author()
        {
            author = Some(format!("{} <{}>", signature.name, signature.email));
            date = Instant::from_seconds(signature.seconds());
        }
        CommitMark { id: ObjectName::new(id.as_bytes()).unwrap_or_default(), role, author, date }
    }
}

/// The paths of lines, name by name.
#[derive(Default)]
struct Trie {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    kids: BTreeMap<u32, usize>,
    /// The lines that end here: the files that count, and the bit.
    ends: Vec<(BTreeSet<u32>, u64)>,
}

impl Trie {
    fn add(&mut self, names: &[u32], blobs: &BTreeSet<u32>, bit: usize) {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let mut at = 0;
        for name in names {
            let next = self.nodes.len();
            let kid = *self.nodes[at].kids.entry(*name).or_insert(next);
            if kid == next {
                self.nodes.push(Node::default());
            }
            at = kid;
        }
        self.nodes[at].ends.push((blobs.clone(), 1 << bit));
    }

    /// Which lines a tree has. Trees that were looked at at the same place are not looked at again.
    fn look(&self, paths: &Paths, top: u32, known: &mut HashMap<(u32, usize), u64>) -> u64 {
        if self.nodes.is_empty() {
            return 0;
        }
        // Children first: what is below is known when a tree is met for the second time.
        let mut stack = vec![(top, 0, false)];
        while let Some((tree, node, ready)) = stack.pop() {
            if known.contains_key(&(tree, node)) {
                continue;
            }
            let kids = self.nodes[node].kids.iter().filter_map(|(name, kid)| Some((paths.entry(tree, *name)?, *kid)));
            if !ready {
                stack.push((tree, node, true));
                stack.extend(kids.filter_map(|(to, kid)| match to {
                    To::Tree(below) => Some((below, kid, false)),
                    To::Blob(_) => None,
                }));
                continue;
            }
            let mut bits = 0;
            for (to, kid) in kids {
                bits |= match to {
                    To::Tree(below) => known.get(&(below, kid)).copied().unwrap_or(0),
                    To::Blob(blob) => self.nodes[kid].bits(blob),
                };
            }
            known.insert((tree, node), bits);
        }
        known.get(&(top, 0)).copied().unwrap_or(0)
    }
}

impl Node {
    fn bits(&self, blob: u32) -> u64 {
        self.ends.iter().filter(|(blobs, _)| blobs.contains(&blob)).fold(0, |bits, (_, bit)| bits | bit)
    }
}
