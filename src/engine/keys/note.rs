//! What is known of a key besides its places.
//!
//! Holds: `Note`, kept with the entry of a key until it is graded. Must not know: how a key is graded.

use std::collections::BTreeSet;

use super::reach::{Nearness, Reach};
use super::unlock::End;
use crate::base::Fingerprint;
use crate::detect::{Form, Key, Protection, Sealed};

/// What reports call a password that was found near a key.
pub(super) const FOUND: &str = "found";

/// Marks of places that are kept of one key.
const ASKS: usize = 1_000;

/// What is known of a key.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Note {
    /// Its form; of several the first.
    pub(super) form: Form,
    pub(super) algorithm: Option<String>,
    /// The public halves that belong to it: one, or those of a store.
    pub(super) spki: BTreeSet<Fingerprint>,
    /// How it is locked where it is.
    pub(super) lock: Option<Protection>,
    /// Whether it lies open somewhere.
    pub(super) is_open: bool,
    /// Whether words near it, or a name, speak of KSeF.
    pub(super) evidence: bool,
    /// The marks of what is beside and around it.
    pub(super) asks: BTreeSet<u64>,
    /// What opened it.
    pub(super) opened: Option<&'static str>,
    /// The entries of the passwords that did.
    pub(super) passwords: BTreeSet<Fingerprint>,
    /// Why no more was tried.
    pub(super) end: Option<End>,
}

impl Note {
    /// Of a key that lies open.
    pub(super) fn open(form: Form, key: &Key, evidence: bool, reach: &Reach) -> Self {
        Self {
            form,
            algorithm: Some(key.algorithm.to_string()),
            spki: key.spki.iter().map(|_| key.fingerprint).collect(),
            lock: None,
            is_open: true,
            evidence,
            asks: asks(reach),
            opened: None,
            passwords: BTreeSet::new(),
            end: None,
        }
    }

    /// Of one that is locked.
    pub(super) fn sealed(sealed: &Sealed, evidence: bool, reach: &Reach) -> Self {
        Self {
            form: sealed.form,
            algorithm: None,
            spki: sealed.spki.iter().map(|spki| Fingerprint::of_public(spki)).collect(),
            lock: Some(sealed.protection.clone()),
            is_open: false,
            evidence,
            asks: asks(reach),
            opened: None,
            passwords: BTreeSet::new(),
            end: None,
        }
    }

    /// The same key, met once more.
    pub(in crate::engine) fn join(&mut self, other: Self) {
        self.form = self.form.min(other.form);
        self.algorithm = self.algorithm.take().or(other.algorithm);
        self.spki.extend(other.spki);
        self.lock = self.lock.take().or(other.lock);
        self.is_open |= other.is_open;
        self.evidence |= other.evidence;
        self.asks.extend(other.asks);
        while self.asks.len() > ASKS {
            self.asks.pop_last();
        }
        // What is told is the worst: that one lies near it.
        self.opened = self.opened.into_iter().chain(other.opened).max_by_key(|by| (*by == FOUND, *by));
        self.passwords.extend(other.passwords);
        self.end = self.end.or(other.end);
    }

    /// Whether nobody opened it and it lies open nowhere.
    pub(super) fn is_locked(&self) -> bool {
        !self.is_open && self.opened.is_none()
    }

    /// Whether it has the shape that the Ministry's application writes.
    pub(super) fn is_of_application(&self) -> bool {
        self.lock.as_ref().is_some_and(|lock| lock.application)
    }

    /// Whether it stands in a store rather than alone.
    pub(super) fn is_store(&self) -> bool {
        matches!(self.form, Form::Pfx | Form::Jks | Form::Jceks | Form::Bcfks)
    }

    /// The entries of the passwords that opened it.
    pub(in crate::engine) fn passwords(&self) -> impl Iterator<Item = &Fingerprint> {
        self.passwords.iter()
    }

    /// What it is called in place of itself.
    pub(in crate::engine) fn label(&self) -> String {
        let form = self.form.name();
        match (&self.algorithm, &self.lock) {
            (Some(algorithm), _) => format!("{algorithm} private key, {form}"),
            (None, Some(lock)) => format!("locked private key, {form}: {lock}"),
            (None, None) => format!("private key, {form}"),
        }
    }
}

fn asks(reach: &Reach) -> BTreeSet<u64> {
    reach.asks.iter().filter(|(nearness, _)| *nearness <= Nearness::Around).map(|(_, mark)| *mark).collect()
}
