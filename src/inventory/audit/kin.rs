//! Which entries and findings are one credential.
//!
//! Holds: `Kin`, all that share a fingerprint, a reference or a serial number, put together in one pass, so that a
//! thousand copies of one credential cost no more than a thousand others. Must not know: any rule.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::base::{Fingerprint, Instant};
use crate::inventory::{Credential, Field};

use super::Leak;
use super::words::fold;

/// What tells that two are one.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Print(Fingerprint),
    Reference(&'a str),
    Serial(&'a str),
}

/// What is known of one credential, however often it is written down.
#[derive(Default)]
pub(super) struct Kin<'a> {
    /// The systems that use it, by their folded names.
    pub(super) systems: BTreeMap<String, &'a str>,
    /// The findings that are it.
    pub(super) leak: Option<Leaked<'a>>,
}

/// Where a credential was found.
pub(super) struct Leaked<'a> {
    /// The finding that came first in the list.
    pub(super) finding: &'a str,
    /// Its first place.
    pub(super) first: Option<&'a str>,
    /// Every place, once.
    pub(super) places: HashSet<&'a str>,
    /// The earliest that anyone could have seen it.
    pub(super) since: Option<Instant>,
    /// Whether all that was found is over.
    pub(super) is_over: bool,
    /// What is said of the first that is not.
    pub(super) reason: Option<&'a str>,
}

/// Each credential and each finding, with the kin it belongs to.
pub(super) struct Families<'a> {
    /// By the place in the list of credentials.
    of: Vec<usize>,
    kin: Vec<Kin<'a>>,
}

impl<'a> Families<'a> {
    /// Puts credentials and findings together.
    pub(super) fn new(credentials: &'a [Credential], leaks: &'a [Leak]) -> Self {
        let count = credentials.len() + leaks.len();
        let mut sets = Sets { parent: (0..count).collect() };
        let mut first: HashMap<Key<'a>, usize> = HashMap::new();
        let keys = credentials.iter().map(of_credential).chain(leaks.iter().map(of_leak));
        for (at, keys) in keys.enumerate() {
            for key in keys {
                let other = *first.entry(key).or_insert(at);
                sets.join(at, other);
            }
        }
        let mut kin: Vec<Kin<'a>> = (0..count).map(|_| Kin::default()).collect();
        for (index, leak) in leaks.iter().enumerate() {
            let root = sets.root(credentials.len() + index);
            if let Some(kin) = kin.get_mut(root) {
                kin.add(leak);
            }
        }
        let of = (0..credentials.len()).map(|at| sets.root(at)).collect();
        Self { of, kin }
    }

    /// Notes that this credential is used by that system.
    pub(super) fn used_by(&mut self, at: usize, system: &'a str) {
        if let Some(kin) = self.of.get(at).and_then(|root| self.kin.get_mut(*root)) {
            kin.systems.entry(fold(system)).or_insert(system);
        }
    }

    /// All that is one with this credential.
    pub(super) fn kin(&self, at: usize) -> Option<&Kin<'a>> {
        self.kin.get(*self.of.get(at)?)
    }
}

impl<'a> Kin<'a> {
    fn add(&mut self, leak: &'a Leak) {
        let leaked = self.leak.get_or_insert_with(|| Leaked {
            finding: &leak.finding,
            first: None,
            places: HashSet::new(),
            since: None,
            is_over: true,
            reason: None,
        });
        if !leak.standing.is_over() {
            leaked.is_over = false;
            leaked.reason = leaked.reason.or(leak.standing.reason.as_deref());
        }
        leaked.first = leaked.first.or(leak.places.first().map(String::as_str));
        leaked.places.extend(leak.places.iter().map(String::as_str));
        leaked.since = match (leaked.since, leak.first_seen) {
            (Some(known), Some(seen)) => Some(known.min(seen)),
            (known, seen) => known.or(seen),
        };
    }
}

fn of_credential(credential: &Credential) -> Vec<Key<'_>> {
    keys(credential.prints.iter(), credential.get(Field::Reference), credential.get(Field::Serial))
}

fn of_leak(leak: &Leak) -> Vec<Key<'_>> {
    keys(leak.prints.iter(), leak.reference.as_deref(), leak.serial.as_deref())
}

fn keys<'a>(
    prints: impl Iterator<Item = &'a Fingerprint>,
    reference: Option<&'a str>,
    serial: Option<&'a str>,
) -> Vec<Key<'a>> {
    let empty = |text: &&str| !text.is_empty();
    let reference = reference.filter(empty).map(Key::Reference);
    prints.map(|print| Key::Print(*print)).chain(reference).chain(serial.filter(empty).map(Key::Serial)).collect()
}

/// Disjoint sets: every member knows the way to the one that stands for its set.
struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    /// Who stands for the set of this member.
    fn root(&mut self, mut at: usize) -> usize {
        while let Some(&up) = self.parent.get(at).filter(|up| **up != at) {
            // Each walk halves the way of those that come after.
            let over = self.parent.get(up).copied().unwrap_or(up);
            if let Some(parent) = self.parent.get_mut(at) {
                *parent = over;
            }
            at = over;
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        // The earlier one stands for both.
        if let Some(parent) = self.parent.get_mut(one.max(other)) {
            *parent = one.min(other);
        }
    }
}
