//! Which passwords are tried on a key, in which order.
//!
//! Holds: those that are tried on every key, and those near one. Must not know: what is done with them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::reach::{Nearness, Reach};
use super::vault::{Candidate, Rank};
use crate::base::{Fingerprint, Secret};
use crate::detect::Strength;

/// Passwords that everybody tries first: those of Java's tools, of samples and of haste.
const COMMON: [&str; 14] = [
    "changeit", "changeme", "password", "haslo", "hasło", "ksef", "KSeF", "KSeF2026", "123456", "12345678", "1234",
    "qwerty", "test", "secret",
];

/// Who names a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Empty,
    Given,
    Common,
}

impl By {
    /// What reports call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Given => "given",
            Self::Common => "common",
        }
    }
}

/// What is tried on every key: none at all, what the user gave, what is common.
pub(super) fn on_all(given: &[Secret]) -> Vec<(By, Arc<Secret>)> {
    let empty = (By::Empty, Arc::new(Secret::new(Vec::new())));
    let given = given.iter().map(|secret| (By::Given, Arc::new(copy(secret))));
    let common = COMMON.iter().map(|text| (By::Common, Arc::new(Secret::new(text.as_bytes().to_vec()))));
    [empty].into_iter().chain(given).chain(common).collect()
}

/// A password once more, to be handed to what opens.
#[expect(clippy::disallowed_methods, reason = "it unlocks")]
pub(super) fn copy(secret: &Secret) -> Secret {
    Secret::new(secret.expose().to_vec())
}

/// All candidates by the marks that they left.
pub(super) struct Index<'v> {
    by_mark: HashMap<u64, Vec<(&'v Rank, &'v Candidate)>>,
    /// The same, of each password only the first.
    firsts: HashMap<u64, Vec<(&'v Rank, &'v Candidate)>>,
}

/// A candidate for something, and how near it is.
pub(super) struct Try<'v> {
    pub(super) nearness: Nearness,
    pub(super) rank: &'v Rank,
    pub(super) candidate: &'v Candidate,
}

impl<'v> Index<'v> {
    pub(super) fn new(candidates: &'v BTreeMap<Rank, Candidate>) -> Self {
        let (mut by_mark, mut firsts) = <(HashMap<u64, Vec<(&Rank, &Candidate)>>, HashMap<_, Vec<_>>)>::default();
        for (rank, candidate) in candidates {
            for mark in &candidate.reach.marks {
                by_mark.entry(*mark).or_default().push((rank, candidate));
                let firsts: &mut Vec<(&Rank, &Candidate)> = firsts.entry(*mark).or_default();
                if firsts.last().is_none_or(|(last, _)| last.print != rank.print) {
                    firsts.push((rank, candidate));
                }
            }
        }
        Self { by_mark, firsts }
    }

    /// The candidates within reach, the nearest first, each password once, so many at the most.
    pub(super) fn near<'r>(&self, reaches: impl Iterator<Item = &'r Reach>, most: usize) -> Vec<Try<'v>> {
        let mut asked: Vec<(Nearness, u64)> = reaches.flat_map(|reach| reach.asks.iter().copied()).collect();
        asked.sort_unstable();
        asked.dedup();
        let mut known: HashSet<Fingerprint> = HashSet::new();
        let mut tries: Vec<Try<'v>> = Vec::new();
        let mut from = 0;
        while from < asked.len() && tries.len() < most {
            let nearness = asked[from].0;
            let to = from + asked[from..].iter().take_while(|(other, _)| *other == nearness).count();
            let marks = asked[from..to].iter().filter_map(|(_, mark)| self.firsts.get(mark));
            // They stand in their order, each password once for each of its strengths, so what is far behind in one list
            // is not needed.
            let enough = most.saturating_add(known.len()).saturating_mul(3);
            let mut here: Vec<(&'v Rank, &'v Candidate)> =
                marks.flat_map(|list| list.iter().take(enough)).copied().collect();
            here.sort_by_key(|(rank, _)| *rank);
            let new = here.into_iter().filter(|(rank, _)| known.insert(rank.print));
            tries.extend(new.map(|(rank, candidate)| Try { nearness, rank, candidate }));
            from = to;
        }
        tries.truncate(most);
        tries
    }

    /// The places within reach where a password stands.
    pub(super) fn places<'r>(
        &self,
        reaches: impl Iterator<Item = &'r Reach>,
        print: Fingerprint,
    ) -> Vec<&'v Candidate> {
        let marks = reaches.flat_map(|reach| &reach.asks).filter_map(|(_, mark)| self.by_mark.get(mark));
        let here: BTreeMap<&Rank, &Candidate> =
            marks.flatten().filter(|(rank, _)| rank.print == print).copied().collect();
        here.into_values().collect()
    }
}

impl Try<'_> {
    /// Whether it says by its name that it belongs to a key, and stands beside it.
    pub(super) fn is_named_beside(&self) -> bool {
        self.rank.strength.0 >= Strength::Named && self.nearness <= Nearness::Around
    }
}
