//! What must be held until all is read: sealed keys, what may be their passwords, certificates, and containers that
//! could not be opened.
//!
//! Holds: the only place where secrets outlive the file they were met in. It is bounded, what it lets go of is wiped,
//! and what it keeps does not depend on the order in which things are met. Must not know: what is done with them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::reach::{Nearness, Reach};
use super::unlock::Common;
use crate::base::{CertificateFacts, Fingerprint, Notice, Origin, PathName, Secret};
use crate::detect::{Sealed, Strength};
use crate::engine::collect::Met;
use crate::source::ObjectKey;

/// Bytes of sealed keys and stores that are held. One has some hundred, a store some thousand.
const SEALED: usize = 32 << 20;

/// Places of passwords that are held.
const CANDIDATES: usize = 50_000;

/// Objects of one repository that are held of one password: most are versions of one file.
const OBJECTS: usize = 100;

/// Certificates that are held.
const CERTIFICATES: usize = 100_000;

/// Certificates of one key that are held: it is renewed every two years.
const RENEWED: usize = 64;

/// Places that are remembered of one sealed key, and of all certificates of KSeF.
const REACHES: usize = 1_000;
const MARKS: usize = 1_000_000;

/// Containers that could not be opened, held to be tried again.
const LOCKED: usize = 10_000;

/// A sealed key, and where it was met.
pub(super) struct Kept {
    pub(super) sealed: Arc<Sealed>,
    pub(super) reaches: BTreeSet<Reach>,
    /// What came of those passwords that are tried on each key, once they were.
    pub(super) common: Option<Common>,
}

/// By what candidates are sorted, those first that are kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) strength: Reverse<Strength>,
    pub(super) print: Fingerprint,
    pub(super) stand: Stand,
}

/// Where a candidate stands: of all versions of a file in a repository one speaks for all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stand {
    File(PathName, Arc<[String]>),
    Object(u32, Arc<[String]>),
}

/// What may be a password.
pub(super) struct Candidate {
    pub(super) secret: Arc<Secret>,
    /// Whether something near it speaks of KSeF.
    pub(super) evidence: bool,
    pub(super) met: Met,
    /// Where else in the same repository it stands.
    pub(super) others: BTreeSet<Met>,
    pub(super) reach: Reach,
}

impl Candidate {
    /// The same in another place of the same document or repository.
    fn join(&mut self, other: Self) {
        self.evidence |= other.evidence;
        let is_object = matches!(other.met, Met::Object(..));
        let later = if other.met < self.met { std::mem::replace(&mut self.met, other.met) } else { other.met };
        if is_object && later != self.met {
            self.others.insert(later);
            if self.others.len() > OBJECTS {
                self.others.pop_last();
            }
        }
    }

    /// All places of it that are held.
    pub(super) fn places(&self) -> impl Iterator<Item = &Met> {
        [&self.met].into_iter().chain(&self.others)
    }
}

/// What can be read once more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::engine) enum Top {
    /// A file, by its name.
    File(String),
    /// An object of a repository.
    Object(ObjectKey),
}

/// A container that could not be opened.
pub(super) struct Locked {
    pub(super) origin: Origin,
    pub(super) reach: Reach,
    pub(super) notice: Notice,
}

/// What is held.
#[derive(Default)]
pub(in crate::engine) struct Vault {
    pub(super) sealed: BTreeMap<Fingerprint, Kept>,
    bytes: usize,
    pub(super) candidates: BTreeMap<Rank, Candidate>,
    pub(super) certificates: BTreeMap<Fingerprint, BTreeSet<CertificateFacts>>,
    /// The marks of places in which a certificate of KSeF stands.
    pub(super) of_ksef: BTreeSet<u64>,
    pub(super) locked: BTreeMap<Top, Vec<Locked>>,
    held: usize,
    /// Repositories that were met, by where they lie, and their numbers where their objects are read.
    pub(super) repositories: BTreeMap<String, Option<u32>>,
    /// Whether sealed keys, candidates or certificates were let go of.
    pub(super) lost: [bool; 3],
}

impl Vault {
    /// Keeps a sealed key, and gives it back if it is a new one.
    pub(in crate::engine) fn keep(&mut self, print: Fingerprint, sealed: Sealed, reach: Reach) -> Option<Arc<Sealed>> {
        if let Some(kept) = self.sealed.get_mut(&print) {
            kept.reaches.insert(reach);
            if kept.reaches.len() > REACHES {
                // Always the last goes, so that what is tried does not depend on the order.
                kept.reaches.pop_last();
                self.lost[0] = true;
            }
            return None;
        }
        self.bytes += sealed.bytes.len();
        let sealed = Arc::new(sealed);
        self.sealed.insert(print, Kept { sealed: Arc::clone(&sealed), reaches: BTreeSet::from([reach]), common: None });
        while self.bytes > SEALED {
            let Some((_, last)) = self.sealed.pop_last() else { break };
            self.bytes -= last.sealed.bytes.len();
            self.lost[0] = true;
        }
        Some(sealed)
    }

    /// Keeps what may be a password.
    pub(super) fn hear(&mut self, strength: Strength, candidate: Candidate) {
        let print = Fingerprint::of(&candidate.secret);
        let stand = match &candidate.met {
            Met::File(location, _) => Stand::File(location.origin.path.clone(), Arc::clone(&location.origin.inner)),
            Met::Object(key, spot) => Stand::Object(key.repository, Arc::clone(&spot.inner)),
            Met::Told => return,
        };
        let rank = Rank { strength: Reverse(strength), print, stand };
        match self.candidates.get_mut(&rank) {
            Some(known) => known.join(candidate),
            None => {
                self.candidates.insert(rank, candidate);
            }
        }
        if self.candidates.len() > CANDIDATES {
            self.candidates.pop_last();
            self.lost[1] = true;
        }
    }

    /// Keeps a certificate, by the public half of its key.
    pub(super) fn certify(&mut self, spki: &[u8], facts: CertificateFacts) {
        let renewed = self.certificates.entry(Fingerprint::of_public(spki)).or_default();
        renewed.insert(facts);
        if renewed.len() > RENEWED {
            // One of KSeF is kept before others, then those that end last, as one of them is told.
            let least = renewed.iter().min_by_key(|facts| (facts.environment.is_some(), *facts)).cloned();
            if let Some(least) = least {
                renewed.remove(&least);
            }
        }
        if self.certificates.len() > CERTIFICATES {
            self.certificates.pop_last();
            self.lost[2] = true;
        }
    }

    /// All certificates that were met, by the public halves of their keys.
    pub(in crate::engine) fn certificates(&self) -> &BTreeMap<Fingerprint, BTreeSet<CertificateFacts>> {
        &self.certificates
    }

    /// A certificate of KSeF stands there.
    pub(super) fn stands_by(&mut self, reach: &Reach) {
        if self.of_ksef.len() < MARKS {
            let near = reach.asks.iter().filter(|(nearness, _)| *nearness <= Nearness::Around);
            self.of_ksef.extend(near.map(|(_, mark)| *mark));
        }
    }

    /// Keeps a container that could not be opened; gives the notice back where there is no room, or no way to it.
    pub(in crate::engine) fn lock(
        &mut self,
        top: Option<Top>,
        reach: Reach,
        origin: Origin,
        notice: Notice,
    ) -> Option<Notice> {
        let Some(top) = top.filter(|_| self.held < LOCKED) else { return Some(notice) };
        self.held += 1;
        self.locked.entry(top).or_default().push(Locked { origin, reach, notice });
        None
    }

    /// Learns in which repositories things lie, of those that were met.
    pub(super) fn know_repositories(&mut self) {
        let Self { sealed, candidates, repositories, .. } = self;
        for kept in sealed.values_mut() {
            let placed = std::mem::take(&mut kept.reaches).into_iter().map(|mut reach| {
                reach.lie_in(repositories);
                reach
            });
            kept.reaches = placed.collect();
        }
        candidates.values_mut().for_each(|candidate| candidate.reach.lie_in(repositories));
    }

    /// The locked keys and what may open them, taken out.
    pub(super) fn take_keys(&mut self) -> (BTreeMap<Fingerprint, Kept>, BTreeMap<Rank, Candidate>) {
        self.bytes = 0;
        (std::mem::take(&mut self.sealed), std::mem::take(&mut self.candidates))
    }

    /// The containers, taken out.
    pub(super) fn take_locked(&mut self) -> BTreeMap<Top, Vec<Locked>> {
        self.held = 0;
        std::mem::take(&mut self.locked)
    }

    /// The work tree of a repository of that number lies there.
    pub(in crate::engine) fn work_tree(&mut self, path: String, number: u32) {
        self.repositories.insert(path, Some(number));
    }

    /// A repository lies there.
    pub(in crate::engine) fn repository(&mut self, path: &str) {
        self.repositories.entry(path.to_owned()).or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Location;

    fn candidate(path: &str, line: u64, password: &str) -> Candidate {
        let location = Location {
            origin: Origin::label(path),
            line: Some(line),
            column: None,
            offset: None,
            clothes: Vec::new(),
            inside: crate::base::Inside::default(),
            mail: None,
            git: None,
        };
        Candidate {
            secret: Arc::new(Secret::new(password.into())),
            evidence: false,
            met: Met::File(location, false),
            others: BTreeSet::new(),
            reach: Reach::default(),
        }
    }

    #[test]
    fn one_place_in_a_document_speaks_for_all_whatever_the_order() {
        let places = |order: [u64; 3]| {
            let mut vault = Vault::default();
            order.into_iter().for_each(|line| vault.hear(Strength::Plain, candidate("a", line, "tajne")));
            vault.hear(Strength::Plain, candidate("b", 9, "tajne"));
            vault.candidates.into_values().map(|candidate| candidate.met).collect::<Vec<_>>()
        };
        assert_eq!(places([3, 1, 2]), places([1, 2, 3]));
        assert_eq!(places([3, 1, 2]).len(), 2);
    }

    #[test]
    fn those_that_are_named_are_kept_before_others() {
        let mut vault = Vault::default();
        (0..CANDIDATES as u64).for_each(|line| vault.hear(Strength::Plain, candidate(&line.to_string(), 1, "x1")));
        assert!(!vault.lost[1]);
        vault.hear(Strength::Named, candidate("key", 1, "x2"));
        assert!(vault.lost[1] && vault.candidates.len() == CANDIDATES);
        assert_eq!(vault.candidates.first_key_value().map(|(rank, _)| rank.strength), Some(Reverse(Strength::Named)));
    }

    #[test]
    fn of_many_certificates_of_one_key_those_are_kept_that_may_be_told() {
        let facts = |day: i64, environment: Option<&str>| CertificateFacts {
            not_after: crate::base::Instant::from_seconds(day * 86_400).expect("a real day"),
            not_before: crate::base::Instant::from_seconds(0).expect("a real day"),
            issuer: None,
            serial: String::new(),
            environment: environment.map(str::to_owned),
            usage: None,
            nip: None,
            pesel: None,
        };
        let mut vault = Vault::default();
        vault.certify(b"key", facts(1, Some("test")));
        (2..1_000).for_each(|day| vault.certify(b"key", facts(day, None)));
        let kept: Vec<_> = vault.certificates.values().flatten().collect();
        assert_eq!(kept.len(), RENEWED);
        assert_eq!(kept[0], &facts(1, Some("test")));
        assert_eq!(kept[RENEWED - 1], &facts(999, None));
    }
}
