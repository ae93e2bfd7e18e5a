//! What a person is told to do first.
//!
//! Holds: which lines are shown, and in which order. Must not know: how it is concluded what is to be done, or how
//! lines are set.

use std::io;

use super::page::Page;
use crate::base::Outcome;
use crate::report::steps::{self, Part};

/// Lines that are shown of one step unless more is asked for.
const LISTED: usize = 20;

/// Every step that anything asks for.
pub(super) fn tell(page: &mut Page<'_>, outcome: &Outcome) -> io::Result<()> {
    if outcome.actions.is_empty() {
        return Ok(());
    }
    page.title("What to do first")?;
    steps::parts(outcome, true).iter().try_for_each(|part| step(page, part))?;
    if let (Some(bases), false) = (steps::bases(outcome), page.style.quiet) {
        page.sentence(&bases)?;
    }
    page.blank()
}

fn step(page: &mut Page<'_>, part: &Part<'_>) -> io::Result<()> {
    page.sentence(&part.said)?;
    let all: usize = part.heads.iter().map(|head| head.lines.len()).sum();
    let mut room = if page.style.verbose > 0 { all } else { LISTED };
    for head in &part.heads {
        if room == 0 {
            break;
        }
        page.item(&head.place)?;
        call(page, head.call)?;
        for line in head.lines.iter().take(room) {
            page.entry(&line.text)?;
            call(page, line.call)?;
        }
        room = room.saturating_sub(head.lines.len());
    }
    match all.saturating_sub(if page.style.verbose > 0 { all } else { LISTED }) {
        0 => Ok(()),
        more => page.item(&format!("and {more} more; -v lists them all")),
    }
}

fn call(page: &mut Page<'_>, call: Option<&str>) -> io::Result<()> {
    call.filter(|_| !page.style.quiet).map_or(Ok(()), |call| page.copied(call))
}
