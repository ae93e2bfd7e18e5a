//! Passwords tried on sealed keys, at a cost that is bounded and known before.
//!
//! Holds: the tries that go on beside the reading, those that come after it, and what may be spent. What comes out does
//! not depend on the number of threads: what may be spent on a key is settled before any is tried. Must not know: what
//! becomes of a key that is open.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::tries::{By, Index, on_all};
use super::vault::Kept;
use crate::base::{Fingerprint, Limits, Secret};
use crate::detect::{Contents, Effort, Sealed, Unlocked, cost_of, unlock};
use crate::engine::Session;

/// Passwords found near one key that are tried on it.
const NEAR: usize = 1_000;

/// How many times as much as on one key may be spent on all of them.
const KEYS: u64 = 20;

/// What came of the passwords that are tried on every key.
#[derive(Clone)]
pub(super) struct Common {
    opened: Option<(By, Contents)>,
    end: End,
    spent: u64,
}

/// Why no more was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// All were, or one fitted.
    Done,
    /// The rounds were spent.
    Rounds,
    /// One try needs more rounds or memory than any may have.
    Refused,
    /// How it is sealed is not known.
    Unknown,
    /// The run was broken off, or it was not to be tried.
    Stopped,
}

/// What came of one key.
pub(super) struct Tried {
    /// What was in it, and what opened it.
    pub(super) opened: Option<(Contents, Opener)>,
    pub(super) end: End,
}

/// What opened a key.
pub(super) enum Opener {
    /// One of those that are tried on every key.
    All(By),
    /// One that was found near.
    Found(Fingerprint),
}

/// One key to be opened.
struct Job<'v> {
    print: Fingerprint,
    kept: &'v Kept,
    near: Vec<(Fingerprint, Arc<Secret>)>,
    rounds: u64,
}

/// Tries those passwords that are tried on every key while the rest is still being read, until `session` says that this
/// is over.
pub(in crate::engine) fn beside(session: &Session) {
    let passwords = on_all(&session.plan.passwords);
    let mut left = session.plan.limits.max_rounds.saturating_mul(KEYS);
    while let Some((print, sealed)) = session.queue.next() {
        let common = try_all(&sealed, &passwords, session, session.plan.limits.max_rounds);
        left = left.saturating_sub(common.spent);
        if common.end == End::Stopped {
            break;
        }
        if let Some(kept) = session.vault().sealed.get_mut(&print) {
            kept.common = Some(common);
        }
        if left == 0 {
            break;
        }
    }
}

fn try_all(sealed: &Sealed, passwords: &[(By, Arc<Secret>)], session: &Session, rounds: u64) -> Common {
    let mut effort = effort(&session.plan.limits, rounds);
    let (mut opened, mut end) = (None, End::Done);
    for (by, password) in passwords {
        match attempt(sealed, password, &mut effort, session) {
            Ok(Some(contents)) => {
                opened = Some((*by, contents));
                break;
            }
            Ok(None) => {}
            Err(other) => {
                end = other;
                break;
            }
        }
    }
    Common { opened, end, spent: rounds - effort.rounds }
}

fn effort(limits: &Limits, rounds: u64) -> Effort {
    Effort { rounds, memory: limits.max_kdf_memory }
}

/// Tries one password: nothing where it does not fit.
fn attempt(
    sealed: &Sealed,
    password: &Secret,
    effort: &mut Effort,
    session: &Session,
) -> Result<Option<Contents>, End> {
    if session.stopped() {
        return Err(End::Stopped);
    }
    let before = effort.rounds;
    match unlock(sealed, password, effort) {
        Unlocked::Opened(contents) if contents.keys.is_empty() && contents.certificates.is_empty() => Ok(None),
        Unlocked::Opened(contents) => Ok(Some(contents)),
        Unlocked::Wrong => Ok(None),
        Unlocked::TooCostly => {
            let cost = cost_of(sealed);
            // Where rounds enough are left it is memory that it asks for.
            let is_refused = before >= cost || cost > session.plan.limits.max_rounds;
            Err(if is_refused { End::Refused } else { End::Rounds })
        }
        Unlocked::Unknown => Err(End::Unknown),
    }
}

/// Tries all that is near on all keys that are sealed.
pub(super) fn unlock_all(
    session: &Session,
    kept: &BTreeMap<Fingerprint, Kept>,
    index: &Index<'_>,
) -> Vec<(Fingerprint, Tried)> {
    let passwords = on_all(&session.plan.passwords);
    let jobs = share(session, kept, index, passwords.len() as u64);
    session.begin_unlocking(jobs.len() as u64);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let labour = || {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let tried = open(job, &passwords, session);
            session.unlocked_one();
            done.lock().unwrap_or_else(PoisonError::into_inner).push((job.print, tried));
        }
    };
    thread::scope(|scope| {
        for _ in 1..session.plan.jobs.min(jobs.len()) {
            // A thread that cannot be had is done without.
            if thread::Builder::new().spawn_scoped(scope, labour).is_err() {
                break;
            }
        }
        labour();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(print, _)| *print);
    done
}

/// What may be spent on each key: as much as its tries cost, as long as there is something left.
fn share<'v>(session: &Session, kept: &'v BTreeMap<Fingerprint, Kept>, index: &Index<'_>, all: u64) -> Vec<Job<'v>> {
    let limits = &session.plan.limits;
    let mut left = limits.max_rounds.saturating_mul(KEYS);
    let mut jobs = Vec::new();
    for (print, kept) in kept {
        let near = index.near(kept.reaches.iter(), NEAR);
        let near: Vec<_> = near.iter().map(|near| (near.rank.print, Arc::clone(&near.candidate.secret))).collect();
        let cost = cost_of(&kept.sealed).saturating_mul(all + near.len() as u64);
        // Its first try tells what it really costs.
        let rounds = cost.max(1_000).saturating_mul(2).min(limits.max_rounds).min(left);
        left -= rounds;
        jobs.push(Job { print: *print, kept, near, rounds });
    }
    jobs
}

fn open(job: &Job<'_>, passwords: &[(By, Arc<Secret>)], session: &Session) -> Tried {
    let sealed = &job.kept.sealed;
    let common = match &job.kept.common {
        Some(common) => common.clone(),
        None => try_all(sealed, passwords, session, job.rounds),
    };
    if common.spent > job.rounds {
        return Tried { opened: None, end: End::Rounds };
    }
    if let Some((by, contents)) = common.opened {
        return Tried { opened: Some((contents, Opener::All(by))), end: End::Done };
    }
    if common.end != End::Done {
        return Tried { opened: None, end: common.end };
    }
    let mut effort = effort(&session.plan.limits, job.rounds - common.spent);
    for (print, secret) in &job.near {
        match attempt(sealed, secret, &mut effort, session) {
            Ok(Some(contents)) => {
                return Tried { opened: Some((contents, Opener::Found(*print))), end: End::Done };
            }
            Ok(None) => {}
            Err(end) => return Tried { opened: None, end },
        }
    }
    Tried { opened: None, end: End::Done }
}
