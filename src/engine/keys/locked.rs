//! Containers that could not be opened, tried again with the passwords that were found near them.
//!
//! Holds: which of them are read once more, and with what. Must not know: any format.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::tries::{Index, copy};
use super::vault::{Locked, Top};
use crate::base::{Fingerprint, Notice, Origin, Reason, Secret};
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
    only: Vec<Only>,
}

/// A container, and what was told of it.
struct Only {
    origin: Origin,
    notice: Notice,
    /// Whether it was looked at, or told of, since.
    is_over: AtomicBool,
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
        self.around(origin).next().is_some()
    }

    /// A place is looked at, or told of.
    pub(in crate::engine) fn enter(&self, origin: &Origin) {
        self.around(origin).for_each(|only| only.is_over.store(true, Ordering::Relaxed));
    }

    fn around<'o>(&'o self, origin: &'o Origin) -> impl Iterator<Item = &'o Only> {
        let is_in = |only: &&Only| only.origin.path == origin.path && origin.inner.starts_with(&only.origin.inner);
        self.only.iter().filter(is_in)
    }
}

/// What was tried on a file or an object until now.
type Tried = HashMap<Top, BTreeMap<Fingerprint, Arc<Secret>>>;

/// Opens what can be opened with what was found near it; tells what stays closed.
pub(super) fn open_again(session: &Session) {
    let (mut left, mut tried) = (ALL, Tried::new());
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
        // What the second look did not come to, for what is around it stayed closed, or all was broken off.
        for only in second.again.into_values().flat_map(|again| again.only) {
            if !only.is_over.into_inner() {
                session.notice(only.notice);
            }
        }
        session.vault().know_repositories();
    }
    // What is locked in what was locked in what was locked.
    leave(session);
}

/// Tells of all that stays closed.
pub(in crate::engine) fn leave(session: &Session) {
    let locked = session.vault().take_locked();
    locked.into_values().flatten().for_each(|locked| session.notice(locked.notice));
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

/// What is tried on which container; those near which there is nothing new are told.
fn plan(
    session: &Session,
    locked: BTreeMap<Top, Vec<Locked>>,
    left: &mut usize,
    tried: &mut Tried,
) -> (Second, Vec<Notice>) {
    let (mut second, mut closed) = (Second::default(), Vec::new());
    let vault = session.vault();
    let index = Index::new(&vault.candidates);
    for (top, mut all) in locked {
        for locked in &mut all {
            locked.reach.lie_in(&vault.repositories);
        }
        let known = tried.entry(top.clone()).or_default();
        // What was opened may hold other passwords; else there is nothing new to try.
        let near = index.near(all.iter().map(|locked| &locked.reach), usize::MAX);
        let mut new: Vec<_> = near.iter().filter(|near| !known.contains_key(&near.rank.print)).collect();
        let most = MOST.min(*left);
        if new.len() > most {
            let text = format!("more passwords were found near what is locked than the {most} that are tried on it");
            closed.push(Notice::new(all[0].notice.origin.clone(), Reason::TooMany, text));
            new.truncate(most);
        }
        if new.is_empty() || session.stopped() {
            closed.extend(all.into_iter().map(|locked| locked.notice));
            continue;
        }
        *left -= new.len();
        known.extend(new.iter().map(|near| (near.rank.print, Arc::clone(&near.candidate.secret))));
        let passwords = session.plan.passwords.iter().chain(known.values().map(|secret| &**secret)).map(copy).collect();
        let only = all
            .into_iter()
            .map(|Locked { origin, notice, .. }| Only { origin, notice, is_over: AtomicBool::new(false) })
            .collect();
        second.again.insert(top, Again { passwords, only });
    }
    (second, closed)
}
