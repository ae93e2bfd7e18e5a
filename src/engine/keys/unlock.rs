//! Passwords tried on sealed keys, at a cost that is bounded and known before.
//!
//! Holds: the tries that go on beside the reading, those that come after it, and what may be spent. What comes out does
//! not depend on the number of threads: what may be spent on a key is settled before any is tried. Must not know: what
//! becomes of a key that is open.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::tries::{By, Index, on_all};
use super::vault::Kept;
use crate::base::{Fingerprint, Limits, Secret, share_out};
use crate::detect::{Contents, Effort, Sealed, Unlocked, cost_of, memory_of, unlock};
use crate::engine::Session;

/// Passwords found near one key that are tried on it.
const NEAR: usize = 1_000;

/// Tries of passwords found near that are held for all keys together: where there are more keys than passwords are worth,
/// the last ones are tried with less.
const ALL_NEAR: usize = 2_000_000;

/// How many times as much as on one key may be spent on all of them.
const KEYS: u64 = 20;

/// What came of the passwords that are tried on every key.
#[derive(Clone)]
pub(super) struct Common {
    opened: Opened,
    end: End,
    spent: u64,
}

/// What was opened of a key or a store, and by what.
#[derive(Clone, Default)]
struct Opened {
    contents: Option<Contents>,
    openers: Vec<Opener>,
}

impl Opened {
    /// Takes what one more password opened; whether that is all.
    fn take(&mut self, contents: Contents, opener: Opener) -> bool {
        self.openers.push(opener);
        let known = self.contents.get_or_insert_with(|| Contents { left: contents.left, ..Contents::default() });
        for key in contents.keys {
            if !known.keys.contains(&key) {
                known.keys.push(key);
            }
        }
        known.certificates.extend(contents.certificates);
        known.certificates.sort();
        known.certificates.dedup();
        // Each key is opened by one password.
        known.left = if self.openers.len() == 1 { contents.left } else { known.left.min(contents.left) };
        known.left == 0
    }
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
    /// What reads it failed.
    Panicked,
    /// The run was broken off, or it was not to be tried.
    Stopped,
}

/// What came of one key.
pub(super) struct Tried {
    /// What was in it, and what opened it.
    pub(super) opened: Option<(Contents, Vec<Opener>)>,
    pub(super) end: End,
}

/// What opened a key.
#[derive(Clone, Copy)]
pub(super) struct Opener {
    /// The password.
    pub(super) print: Fingerprint,
    /// Who names it, where it is one of those that are tried on every key.
    pub(super) by: Option<By>,
}

/// One key to be opened.
struct Job<'v> {
    print: Fingerprint,
    kept: &'v Kept,
    near: Vec<(Fingerprint, Arc<Secret>)>,
    /// Whether there are more than are tried.
    is_cut: bool,
    rounds: u64,
}

/// Tries those passwords that are tried on every key while the rest is still being read, until `session` says that this
/// is over.
pub(in crate::engine) fn beside(session: &Session) {
    let passwords = on_all(&session.plan.passwords);
    let mut left = session.plan.limits.max_rounds.saturating_mul(KEYS);
    while let Some((print, sealed)) = session.queue.next() {
        if is_refused(&sealed, &session.plan.limits) {
            continue;
        }
        let common = try_all(&sealed, &passwords, session, session.plan.limits.max_rounds);
        left = left.saturating_sub(common.spent);
        session.unlocked_one();
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
    let tries =
        passwords.iter().map(|(by, secret)| (Opener { print: Fingerprint::of(secret), by: Some(*by) }, &**secret));
    let mut opened = Opened::default();
    let end = try_each(sealed, tries, &mut opened, &mut effort, session);
    Common { opened, end, spent: rounds - effort.rounds }
}

/// Tries passwords until all is open.
fn try_each<'p>(
    sealed: &Sealed,
    passwords: impl Iterator<Item = (Opener, &'p Secret)>,
    opened: &mut Opened,
    effort: &mut Effort,
    session: &Session,
) -> End {
    for (opener, password) in passwords {
        // A parser that fails costs only the key that made it fail.
        let tried = catch_unwind(AssertUnwindSafe(|| attempt(sealed, password, effort, session)));
        match tried.unwrap_or(Err(End::Panicked)) {
            Ok(Some(contents)) => {
                if opened.take(contents, opener) {
                    return End::Done;
                }
            }
            Ok(None) => {}
            Err(end) => return end,
        }
    }
    End::Done
}

fn effort(limits: &Limits, rounds: u64) -> Effort {
    Effort { rounds, memory: limits.max_kdf_memory }
}

/// Whether one try would cost more than any may.
fn is_refused(sealed: &Sealed, limits: &Limits) -> bool {
    cost_of(sealed) > limits.max_rounds || memory_of(sealed) > limits.max_kdf_memory
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
            let is_refused = before >= cost || is_refused(sealed, &session.plan.limits);
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
    let done = Mutex::new(Vec::new());
    share_out(session.plan.jobs, jobs.len(), &|indices| {
        for job in indices.filter_map(|index| jobs.get(index)) {
            let tried = open(job, &passwords, session);
            session.unlocked_one();
            done.lock().unwrap_or_else(PoisonError::into_inner).push((job.print, tried));
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(print, _)| *print);
    done
}

/// What may be spent on each key: as much as its tries cost, as long as there is something left.
fn share<'v>(session: &Session, kept: &'v BTreeMap<Fingerprint, Kept>, index: &Index<'_>, all: u64) -> Vec<Job<'v>> {
    let limits = &session.plan.limits;
    let mut left = limits.max_rounds.saturating_mul(KEYS);
    let (mut jobs, mut held) = (Vec::new(), ALL_NEAR);
    for (print, kept) in kept {
        let most = if left == 0 { 0 } else { NEAR.min(held) };
        let mut near = index.near(kept.reaches.iter(), most + 1);
        let is_cut = near.len() > most;
        near.truncate(most);
        held -= near.len();
        let near: Vec<_> = near.iter().map(|near| (near.rank.print, Arc::clone(&near.candidate.secret))).collect();
        let cost = cost_of(&kept.sealed).saturating_mul(all + near.len() as u64);
        // Its first try tells what it really costs. What is refused takes nothing from the others.
        let rounds = cost.max(1_000).saturating_mul(2).min(limits.max_rounds).min(left);
        left -= if is_refused(&kept.sealed, limits) { 0 } else { rounds };
        jobs.push(Job { print: *print, kept, near, is_cut, rounds });
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
    let Common { mut opened, mut end, spent } = common;
    let is_open = opened.contents.as_ref().is_some_and(|contents| contents.left == 0);
    if end == End::Done && !is_open {
        let mut effort = effort(&session.plan.limits, job.rounds - spent);
        let near = job.near.iter().map(|(print, secret)| (Opener { print: *print, by: None }, &**secret));
        end = try_each(sealed, near, &mut opened, &mut effort, session);
        if end == End::Done && job.is_cut && opened.contents.as_ref().is_none_or(|contents| contents.left > 0) {
            end = End::Rounds;
        }
    }
    Tried { opened: opened.contents.map(|contents| (contents, opened.openers)), end }
}
