//! Containers that could not be opened, tried again with the passwords that were found near them.
//!
//! Holds: which of them are read once more, and with what. Must not know: any format.

use std::collections::{BTreeMap, HashMap};

use super::tries::{Index, copy};
use super::vault::{Locked, Top};
use crate::base::{Notice, Origin, Secret};
use crate::engine::Session;
use crate::source::ObjectKey;

/// Passwords that are tried on one container.
const MOST: usize = 50;

/// Passwords that are tried on all of them.
const ALL: usize = 5_000;

/// How often what was found in one container may open another.
const ROUNDS: usize = 3;

/// What is to be looked at once more, of all that is in a file or an object.
#[derive(Default)]
pub(in crate::engine) struct Second {
    again: HashMap<Top, Again>,
}

/// What is looked at once more in one of them, and with what.
pub(in crate::engine) struct Again {
    /// What is tried.
    pub(in crate::engine) passwords: Vec<Secret>,
    /// The containers; all else was looked at before.
    pub(in crate::engine) only: Vec<Origin>,
}

impl Second {
    /// What is looked at in a file or an object.
    pub(in crate::engine) fn of(&self, top: &Top) -> Option<&Again> {
        self.again.get(top)
    }
}

impl Again {
    /// Whether a place is in what is looked at.
    pub(in crate::engine) fn has(&self, origin: &Origin) -> bool {
        self.only.iter().any(|only| only.path == origin.path && origin.inner.starts_with(&only.inner))
    }
}

/// Opens what can be opened with what was found near it; tells what stays closed.
pub(super) fn open_again(session: &Session) {
    let (mut left, mut tried) = (ALL, HashMap::new());
    for _ in 0..ROUNDS {
        let locked = session.vault().take_locked();
        if locked.is_empty() {
            return;
        }
        let (second, closed) = plan(session, locked, &mut left, &mut tried);
        closed.into_iter().for_each(|notice| session.notice(notice));
        if second.again.is_empty() {
            return;
        }
        let files: Vec<String> = second.again.keys().filter_map(file).collect();
        let objects: Vec<ObjectKey> = second.again.keys().filter_map(object).collect();
        session.look_again(&second, files, &objects);
    }
    // What is locked in what was locked in what was locked.
    for locked in session.vault().take_locked().into_values().flatten() {
        session.notice(locked.notice);
    }
}

fn file(top: &Top) -> Option<String> {
    match top {
        Top::File(path) => Some(path.clone()),
        Top::Object(_) => None,
    }
}

fn object(top: &Top) -> Option<ObjectKey> {
    match top {
        Top::Object(key) => Some(*key),
        Top::File(_) => None,
    }
}

/// What is tried on which container; those near which there is nothing are told.
fn plan(
    session: &Session,
    locked: BTreeMap<Top, Vec<Locked>>,
    left: &mut usize,
    tried: &mut HashMap<Top, usize>,
) -> (Second, Vec<Notice>) {
    let (mut second, mut closed) = (Second::default(), Vec::new());
    let vault = session.vault();
    let index = Index::new(&vault.candidates);
    for (top, mut all) in locked {
        for locked in &mut all {
            locked.reach.lie_in(&vault.repositories);
        }
        let near = index.near(all.iter().map(|locked| &locked.reach), MOST.min(*left));
        // What was opened may hold other passwords; else there is nothing new to try.
        let is_new = tried.insert(top.clone(), near.len()) != Some(near.len());
        if near.is_empty() || !is_new || session.stopped() {
            closed.extend(all.into_iter().map(|locked| locked.notice));
            continue;
        }
        *left -= near.len();
        let passwords = near.iter().map(|near| copy(&near.candidate.secret)).collect();
        let only = all.into_iter().map(|locked| locked.origin).collect();
        second.again.insert(top, Again { passwords, only });
    }
    (second, closed)
}
