//! What a person is told to do first.
//!
//! Holds: the steps in their order, each credential on a line of its own. Must not know: how it is concluded what is to
//! be done, or how lines are set.

use std::io;

use super::page::Page;
use crate::base::{Action, Outcome, Step};
use crate::report::words::{self, count};

/// Credentials that are listed of one step unless more is asked for.
const LISTED: usize = 20;

/// Every step that anything asks for.
pub(super) fn tell(page: &mut Page<'_>, outcome: &Outcome) -> io::Result<()> {
    if outcome.actions.is_empty() {
        return Ok(());
    }
    page.title("What to do first")?;
    let mut number = 0;
    for step in Step::ALL {
        let actions: Vec<&Action> = outcome.actions.iter().filter(|action| action.step == step).collect();
        if actions.is_empty() {
            continue;
        }
        number += 1;
        page.sentence(&format!("{number}. {}", words::step(step, actions.len() as u64)))?;
        let listed = if page.style.verbose > 0 { actions.len() } else { LISTED };
        for action in actions.iter().take(listed) {
            page.item(&words::action(action, true))?;
            if let (Some(call), false) = (&action.call, page.style.quiet) {
                page.copied(call)?;
            }
        }
        if actions.len() > listed {
            page.item(&format!("and {}; -v lists them all", count((actions.len() - listed) as u64, "more", "more")))?;
        }
    }
    page.blank()
}
