//! The commits that are reached from some and not from others.
//!
//! Holds: `Graph`, which reads each commit once and knows those that were chosen, and `History`, which
//! is what remains of it. Must not know: what
//! is in their trees.
//!
//! It is not gix that walks: its walk ends at the first commit that is missing, believes a commit graph
//! that may be forged, and goes over all that waits for each commit where some are hidden.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;
use gix::objs::commit::ref_iter::Token;
use gix::objs::{CommitRefIter, Kind};

use super::objects::{Lack, Objects};
use super::revision::Span;

/// Commits that are read of one repository.
const MOST: usize = 10_000_000;
/// Parents of all of them.
const MOST_PARENTS: usize = 2 * MOST;
/// Commits that are still gone over when all that waits is hidden, and older than all that was
/// found: by clocks that are wrong, something found may yet turn out to be hidden. If it does so
/// only later it stays, and more is looked at than need be.
const SLACK: usize = 256;
/// Bytes of an author's name and mail.
const LONGEST_AUTHOR: usize = 1000;

/// A commit.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) id: ObjectId,
    pub(super) tree: Option<ObjectId>,
    pub(super) author: Option<Arc<str>>,
    /// When it was written, in seconds since 1970.
    pub(super) written: Option<i64>,
    /// When it was committed.
    pub(super) date: Option<i64>,
    /// Where its parents stand among those of all.
    parents: Range<usize>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Unread,
    Read,
    /// It is where a shallow clone ends.
    Cut,
    Lacking(Lack),
}

/// Commits and what leads to what.
#[derive(Debug, Default)]
pub(super) struct History {
    nodes: Vec<Node>,
    parents: Vec<u32>,
    /// Whether there were more commits than are read.
    pub(super) full: bool,
}

/// A history that is being read.
pub(super) struct Graph<'o> {
    objects: &'o Objects,
    /// Where a shallow clone ends.
    shallow: HashSet<ObjectId>,
    places: gix::hashtable::HashMap<ObjectId, u32>,
    history: History,
    authors: HashSet<Arc<str>>,
    chosen: Vec<bool>,
    buffer: Vec<u8>,
}

/// Reached from the one side,
const FROM: u8 = 1;
/// from the other side,
const OR: u8 = 2;
/// from what is hidden, or from both sides.
const HIDDEN: u8 = 4;
/// It waits to be gone over.
const WAITING: u8 = 8;
/// It was gone over.
const PASSED: u8 = 16;

impl<'o> Graph<'o> {
    /// No commits yet; `shallow` are those whose parents are not there.
    pub(super) fn of(objects: &'o Objects, shallow: HashSet<ObjectId>) -> Self {
        Self {
            objects,
            shallow,
            places: gix::hashtable::HashMap::default(),
            history: History::default(),
            authors: HashSet::new(),
            chosen: Vec::new(),
            buffer: Vec::new(),
        }
    }

    /// Chooses the commits of a span that are not reached from what is hidden, either.
    pub(super) fn choose(&mut self, span: &Span, hidden: &[ObjectId], stop: &AtomicBool) {
        let mut pass = Pass::default();
        for (ids, colour) in
            [(span.from.as_slice(), FROM), (span.or.as_slice(), OR), (span.hidden.as_slice(), HIDDEN), (hidden, HIDDEN)]
        {
            for id in ids {
                if let Some(place) = self.place(*id) {
                    pass.paint(self, place, colour);
                }
            }
        }
        while let Some(place) = pass.next() {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let colours = pass.flags[place] & (FROM | OR | HIDDEN);
            for at in self.history.nodes[place].parents.clone() {
                pass.paint(self, self.history.parents[at] as usize, colours);
            }
        }
        self.chosen.resize(self.history.nodes.len(), false);
        for (chosen, flags) in self.chosen.iter_mut().zip(&pass.flags) {
            *chosen |= flags & (PASSED | HIDDEN) == PASSED;
        }
    }

    /// The place of a commit, read or not.
    fn place(&mut self, id: ObjectId) -> Option<usize> {
        if let Some(place) = self.places.get(&id) {
            return Some(*place as usize);
        }
        let place = self.history.nodes.len();
        if place >= MOST {
            self.history.full = true;
            return None;
        }
        let (tree, author, written, date, parents) = (None, None, None, None, 0..0);
        self.history.nodes.push(Node { id, tree, author, written, date, parents, state: State::Unread });
        self.places.insert(id, place as u32);
        Some(place)
    }

    /// When a commit was committed, for which it is read.
    fn date(&mut self, place: usize) -> Option<i64> {
        let node = &self.history.nodes[place];
        if node.state == State::Unread {
            let mut buffer = std::mem::take(&mut self.buffer);
            let state = match self.objects.read(node.id, Kind::Commit, &mut buffer) {
                Ok(()) => self.read(place, &buffer),
                Err(lack) => State::Lacking(lack),
            };
            self.history.nodes[place].state = state;
            self.buffer = buffer;
        }
        self.history.nodes[place].date
    }

    fn read(&mut self, place: usize, commit: &[u8]) -> State {
        let id = self.history.nodes[place].id;
        let cut = self.shallow.contains(&id);
        let start = self.history.parents.len();
        for token in CommitRefIter::from_bytes(commit, id.kind()) {
            match token {
                Ok(Token::Tree { id }) => self.history.nodes[place].tree = Some(id),
                Ok(Token::Parent { .. }) if cut => {}
                Ok(Token::Parent { .. }) if self.history.parents.len() >= MOST_PARENTS => self.history.full = true,
                Ok(Token::Parent { id }) => {
                    let parent = self.place(id).map(|parent| parent as u32);
                    self.history.parents.extend(parent);
                }
                Ok(Token::Author { signature }) => {
                    let author = self.author(signature.name, signature.email);
                    let node = &mut self.history.nodes[place];
                    (node.author, node.written) = (Some(author), seconds(signature.time));
                }
                Ok(Token::Committer { signature }) => {
                    self.history.nodes[place].date = seconds(signature.time);
                    break;
                }
                Ok(_) | Err(_) => break,
            }
        }
        let node = &mut self.history.nodes[place];
        node.parents = start..self.history.parents.len();
        match node.tree {
            None => State::Lacking(Lack::Damaged),
            Some(_) if cut => State::Cut,
            Some(_) => State::Read,
        }
    }

    fn author(&mut self, name: &[u8], mail: &[u8]) -> Arc<str> {
        let cut = |text: &[u8]| String::from_utf8_lossy(&text[..text.len().min(LONGEST_AUTHOR)]).into_owned();
        let author = format!("{} <{}>", cut(name), cut(mail));
        if let Some(known) = self.authors.get(author.as_str()) {
            return Arc::clone(known);
        }
        let author: Arc<str> = author.into();
        self.authors.insert(Arc::clone(&author));
        author
    }

    /// All that was read, and the chosen commits, each before its parents and otherwise the newest
    /// first. Those that were committed before an instant are left out, but not those that do not
    /// say when they were.
    pub(super) fn finish(self, since: Option<i64>) -> (History, Vec<u32>) {
        let (history, chosen) = (self.history, self.chosen);
        drop((self.places, self.authors));
        let mut children = vec![0_u32; history.nodes.len()];
        let all = (0..chosen.len()).filter(|place| chosen[*place]);
        for parent in all.clone().flat_map(|place| history.parents(place)) {
            children[parent] += 1;
        }
        let key = |place: usize| (history.nodes[place].date, Reverse(history.nodes[place].id), place);
        let mut ready: BinaryHeap<_> = all.clone().filter(|place| children[*place] == 0).map(key).collect();
        let mut placed = vec![false; chosen.len()];
        let mut order = Vec::new();
        while let Some((.., place)) = ready.pop() {
            placed[place] = true;
            order.push(place as u32);
            for parent in history.parents(place) {
                children[parent] -= 1;
                if children[parent] == 0 && chosen[parent] {
                    ready.push(key(parent));
                }
            }
        }
        // Commits that lead to themselves are forged, and nevertheless commits.
        order.extend(all.filter(|place| !placed[*place]).map(|place| place as u32));
        order.retain(|place| {
            let date = history.nodes[*place as usize].date;
            since.is_none_or(|since| date.is_none_or(|date| date >= since))
        });
        (history, order)
    }
}

impl History {
    fn parents(&self, place: usize) -> impl Iterator<Item = usize> {
        self.parents[self.nodes[place].parents.clone()].iter().map(|parent| *parent as usize)
    }

    /// A commit.
    pub(super) fn node(&self, place: u32) -> &Node {
        &self.nodes[place as usize]
    }

    /// The trees of the parents of a commit, those that are there.
    pub(super) fn trees_of_parents(&self, place: u32) -> Vec<ObjectId> {
        self.parents(place as usize).filter_map(|parent| self.nodes[parent].tree).collect()
    }
}

impl Node {
    /// Why it cannot be looked at.
    pub(super) fn lack(&self) -> Option<Lack> {
        match self.state {
            State::Lacking(lack) => Some(lack),
            State::Unread => Some(Lack::Missing),
            State::Read | State::Cut => None,
        }
    }

    /// Whether its parents are not there, as the clone is shallow.
    pub(super) fn is_cut(&self) -> bool {
        self.state == State::Cut
    }
}

/// One way over the commits, from the newest to the oldest, which hands colours down to parents. What
/// is given a new colour after it was gone over is gone over again.
#[derive(Default)]
struct Pass {
    flags: Vec<u8>,
    queue: BinaryHeap<(Option<i64>, Reverse<usize>)>,
    /// How many wait that are not hidden.
    open: usize,
    /// The oldest that was gone over and was not hidden then.
    oldest: Option<i64>,
    slack: usize,
}

impl Pass {
    fn paint(&mut self, graph: &mut Graph<'_>, place: usize, colours: u8) {
        if self.flags.len() <= place {
            self.flags.resize((place + 1).max(graph.history.nodes.len()), 0);
        }
        let before = self.flags[place];
        let mut after = before | colours;
        if after & (FROM | OR) == FROM | OR {
            after |= HIDDEN;
        }
        if after == before {
            return;
        }
        if before & WAITING == 0 {
            self.queue.push((graph.date(place), Reverse(place)));
            after |= WAITING;
            self.open += usize::from(after & HIDDEN == 0);
        } else if before & HIDDEN == 0 && after & HIDDEN != 0 {
            self.open -= 1;
        }
        self.flags[place] = after;
    }

    fn next(&mut self) -> Option<usize> {
        if self.open == 0 {
            // Nothing was found that could yet be hidden, or nothing that is as old as what waits.
            let oldest = self.oldest?;
            let (newest, _) = self.queue.peek()?;
            if newest.is_some_and(|newest| newest < oldest) {
                self.slack += 1;
                if self.slack > SLACK {
                    return None;
                }
            }
        }
        let (date, Reverse(place)) = self.queue.pop()?;
        let flags = &mut self.flags[place];
        *flags &= !WAITING;
        *flags |= PASSED;
        if *flags & HIDDEN == 0 {
            self.open -= 1;
            let date = date.unwrap_or(i64::MIN);
            self.oldest = Some(self.oldest.map_or(date, |oldest| oldest.min(date)));
        }
        Some(place)
    }
}

/// The seconds of a date as commits have it; nothing where it is none.
fn seconds(date: &str) -> Option<i64> {
    date.trim().split(' ').next()?.parse().ok()
}
