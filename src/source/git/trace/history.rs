//! What commits did, and what leads to them.
//!
//! Holds: the commits in an order in which parents come first, and 64 questions at a time: which of
//! them have a thing, which brought it, which took it away, which have it somewhere behind them. Must not know:
//! what the thing is.

use std::collections::HashMap;

use gix::ObjectId;
use gix::objs::{Kind, TagRefIter};

use super::Asked;
use super::graph::Graph;
use crate::source::git::refs::Holder;

/// No honest tag is a tag of so many tags.
const DEEPEST_TAG: usize = 16;

const NONE: u32 = u32::MAX;

/// A ref that leads to a commit.
pub(super) struct Leads {
    pub(super) name: String,
    pub(super) holder: Holder,
    /// The place of the commit, or the object where it is none.
    pub(super) to: Result<u32, ObjectId>,
    /// What it names itself, before tags were followed.
    pub(super) itself: ObjectId,
    /// Whether the name leads there now; else only its log remembers that it did.
    pub(super) is_now: bool,
}

/// The history of a repository.
pub(super) struct History {
    /// Places of commits, parents before their children.
    order: Vec<u32>,
    /// The parents of each commit, those that are there.
    parents: Vec<Vec<u32>>,
    pub(super) leads: Vec<Leads>,
}

/// The answers to 64 questions, for each commit a bit each.
pub(super) struct Answers {
    /// It has it.
    pub(super) has: Vec<u64>,
    /// It has it, and none of its parents.
    pub(super) added: Vec<u64>,
    /// A parent has it and it has not, and no parent's history explains that.
    pub(super) removed: Vec<u64>,
    /// It has it, or a commit behind it.
    pub(super) ever: Vec<u64>,
    /// Trees that a ref leads to without a commit, as far as they have it.
    pub(super) trees: HashMap<ObjectId, u64>,
}

impl History {
    /// Sorts the commits and follows the refs.
    pub(super) fn new(asked: &Asked<'_>, graph: &Graph) -> Self {
        let place = |id: &ObjectId| graph.place(id).map(|place| place as u32);
        let parents: Vec<Vec<u32>> =
            graph.commits.iter().map(|commit| commit.parents.iter().filter_map(place).collect()).collect();
        let leads = asked.names.tips.iter().map(|tip| {
            let target = peel(asked, tip.target);
            let to = place(&target).ok_or(target);
            let name = String::from_utf8_lossy(&tip.name).into_owned();
            // A stash is its log.
            let is_now = !tip.logged || tip.holder == Holder::Stash;
            Leads { name, holder: tip.holder, to, itself: tip.target, is_now }
        });
        Self { order: order(&parents), leads: leads.collect(), parents }
    }

    /// For each commit how many come before it where parents come first.
    pub(super) fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.parents.len()];
        self.order.iter().zip(0..).for_each(|(commit, rank)| ranks[*commit as usize] = rank);
        ranks
    }

    /// Answers questions about all commits, from what each of them has.
    pub(super) fn answer(&self, has: Vec<u64>, trees: HashMap<ObjectId, u64>) -> Answers {
        let count = has.len();
        let mut answers = Answers { has, added: vec![0; count], removed: vec![0; count], ever: vec![0; count], trees };
        for commit in self.order.iter().map(|commit| *commit as usize) {
            let (has, parents) = (answers.has[commit], &self.parents[commit]);
            let (mut any, mut explained, mut ever) = (0, 0, has);
            for parent in parents.iter().map(|parent| *parent as usize) {
                any |= answers.has[parent];
                explained |= answers.ever[parent] & !answers.has[parent];
                ever |= answers.ever[parent];
            }
            answers.added[commit] = has & !any;
            answers.removed[commit] = any & !has & !explained;
            answers.ever[commit] = ever;
        }
        answers
    }
}

/// Sorts so that parents come first, without going deeper for each of them.
fn order(parents: &[Vec<u32>]) -> Vec<u32> {
    let mut order = Vec::with_capacity(parents.len());
    // How many of its parents were gone through; NONE for a commit that is in the order.
    let mut next = vec![0_u32; parents.len()];
    for start in 0..parents.len() as u32 {
        let mut stack = if next[start as usize] == NONE { Vec::new() } else { vec![start] };
        while let Some(&commit) = stack.last() {
            let at = commit as usize;
            match parents[at].get(next[at] as usize) {
                Some(parent) => {
                    next[at] += 1;
                    // A commit under way can only be met again where names were forged.
                    if next[*parent as usize] == 0 {
                        stack.push(*parent);
                        if parents[*parent as usize].is_empty() {
                            stack.pop();
                            next[*parent as usize] = NONE;
                            order.push(*parent);
                        }
                    }
                }
                None => {
                    stack.pop();
                    if next[at] != NONE {
                        next[at] = NONE;
                        order.push(commit);
                    }
                }
            }
        }
    }
    order
}

/// What a tag is of, in the end.
fn peel(asked: &Asked<'_>, mut id: ObjectId) -> ObjectId {
    let mut bytes = Vec::new();
    for _ in 0..DEEPEST_TAG {
        let Ok(Some(Kind::Tag)) = asked.store.find(&id, &mut bytes) else { break };
        let Ok(target) = TagRefIter::from_bytes(&bytes, id.kind()).target_id() else { break };
        id = target;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(parents: &[&[u32]]) -> History {
        let parents: Vec<Vec<u32>> = parents.iter().map(|parents| parents.to_vec()).collect();
        History { order: order(&parents), parents, leads: Vec::new() }
    }

    #[test]
    fn parents_come_first() {
        let history = history(&[&[3], &[0, 2], &[3], &[], &[1]]);
        let place = |commit: u32| history.order.iter().position(|met| *met == commit).unwrap();
        assert_eq!(history.order.len(), 5);
        for (commit, parents) in history.parents.iter().enumerate() {
            assert!(parents.iter().all(|parent| place(*parent) < place(commit as u32)));
        }
    }

    #[test]
    fn a_circle_of_forged_commits_ends() {
        assert!(history(&[&[1], &[2], &[0], &[3]]).order.len() <= 4);
    }

    #[test]
    fn what_a_branch_took_away_is_not_told_of_the_merge() {
        // 0 has it; 1 takes it away, 2 keeps it; 3 merges both without it; 4 goes on.
        let answers = history(&[&[], &[0], &[0], &[1, 2], &[3]]).answer(vec![1, 0, 1, 0, 0], HashMap::new());
        assert_eq!(
            (answers.added, answers.removed, answers.ever),
            (vec![1, 0, 0, 0, 0], vec![0, 1, 0, 0, 0], vec![1; 5])
        );
    }

    #[test]
    fn a_merge_can_bring_it_and_take_it_away() {
        // 3 merges 1 and 2, which lack it, and brings it; 4 merges 3 with 2 and drops it.
        let answers = history(&[&[], &[0], &[0], &[1, 2], &[3, 2]]).answer(vec![0, 0, 0, 1, 0], HashMap::new());
        assert_eq!((answers.added, answers.removed), (vec![0, 0, 0, 1, 0], vec![0, 0, 0, 0, 1]));
    }
}
