//! The standing of what was found, in this run or an earlier one.
//!
//! Holds: what becomes of a whole outcome when the inventory is asked. Must not know: where it comes from, or how it is
//! told.

use super::standing::{self, Books};
use super::{first, merge};
use crate::base::{Instant, Outcome};

/// Sets the standing of all findings by as many threads as there are jobs, and says what to do first.
pub fn status(outcome: &mut Outcome, books: &Books, now: Instant, jobs: usize) {
    let known = outcome.suppressed.iter_mut().map(|suppressed| &mut suppressed.finding);
    let mut findings: Vec<_> = outcome.findings.iter_mut().chain(known).collect();
    if let Some(notice) = standing::set(&mut findings, books, now, jobs) {
        *outcome.summary.notices.entry(notice.reason.name().to_owned()).or_default() += 1;
        outcome.summary.complete = false;
        outcome.notices.push(notice);
    }
    merge::count(&outcome.findings, &mut outcome.summary);
    merge::sort(&mut outcome.findings);
    outcome.actions = first::actions(&outcome.findings);
}
