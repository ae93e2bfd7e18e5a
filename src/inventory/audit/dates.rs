//! Rules about time: reviews, validity, use, the end that the law sets.
//!
//! Must not know: the other rules, and the clock; the books say what day it is. A new one is a function here and a line
//! in the registry.

use crate::base::{Instant, Severity};
use crate::inventory::statute::tokens_end;
use crate::inventory::{Field, Voice};

use super::Said;
use super::desk::{DAY, Desk, Entry, Sort, State, day};

/// Days of a quarter, the longest that there is.
const QUARTER: i64 = 92;

/// Days without use after which nobody needs a credential.
const DORMANT: i64 = 180;

/// Days before the end of tokens from which on it is told.
const NOTICE: i64 = 90;

pub(super) fn not_reviewed(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let reviewed = past(desk, entry, Field::Reviewed);
    let born = past(desk, entry, Field::Issued).or_else(|| past(desk, entry, Field::ValidFrom));
    if reviewed.max(born).is_some_and(|last| desk.days_since(last) <= QUARTER) {
        return None;
    }
    Some(match (reviewed, entry.credential.instant(Field::Reviewed)) {
        (Some(last), _) => {
            Said::new(format!("It was last reviewed on {}, {} days ago.", day(last), desk.days_since(last)))
        }
        (None, Some(ahead)) => Said::new(format!("Its last review is dated in the future: {}.", day(ahead))),
        (None, None) => Said::new("It was never reviewed."),
    })
}

/// The instant that a field tells, unless it is still to come. A day ahead is another time zone.
fn past(desk: &Desk<'_>, entry: &Entry<'_>, field: Field) -> Option<Instant> {
    entry.credential.instant(field).filter(|instant| desk.days_since(*instant) >= -1)
}

pub(super) fn expired(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let end = entry.end.as_ref().filter(|end| end.at <= desk.now)?;
    let listed = match entry.credential.get(Field::Status) {
        Some(status) => format!("is listed as {status}"),
        None => "is listed without a status".to_owned(),
    };
    let said = Said::new(format!("Its validity ended on {}, and it still {listed}.", end.day));
    // Nothing ends a token but its revocation.
    let stays = entry.state == State::Live;
    Some(if stays { said.remedy("KSeF does not end a token by itself: revoke it, or correct valid-to.") } else { said })
}

pub(super) fn expiring(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let end = entry.end.as_ref()?;
    let left = end.at.millis().saturating_sub(desk.now.millis());
    let soon = left > 0 && left <= i64::from(desk.expiring_days).saturating_mul(DAY);
    soon.then(|| Said::new(format!("Its validity ends on {}, {}.", end.day, until(left))))
}

/// How long it is until then, in words.
fn until(millis: i64) -> String {
    match millis.div_euclid(DAY) {
        0 => "in less than a day".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    }
}

pub(super) fn no_validity(_: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let missing = entry.sort == Sort::Certificate && entry.credential.instant(Field::ValidTo).is_none();
    missing.then(|| Said::new("It is not known until when the certificate is valid."))
}

pub(super) fn statutory_end(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let (end, law) = tokens_end().filter(|_| entry.sort == Sort::Token)?;
    let last = Instant::from_millis(end.millis().saturating_sub(1)).map(day)?;
    let left = end.millis().saturating_sub(desk.now.millis());
    if left > NOTICE * DAY {
        return None;
    }
    if left <= 0 {
        let text = format!("By {law} tokens worked until {last}: it may not work any more.");
        let remedy = "Check with KSeF whether it still works and whether the date was moved; \
                      let the system log in with a certificate.";
        return Some(Said::new(text).at(Severity::High).remedy(remedy));
    }
    Some(Said::new(format!("By {law} tokens work until {last}, which ends {}.", until(left))))
}

pub(super) fn dormant(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let status = entry.credential.fields.get(&Field::Status).filter(|status| status.text == "Active")?;
    // What signs invoices issued offline never logs in.
    if entry.credential.get(Field::Scope) == Some("Offline") {
        return None;
    }
    if let Some(used) = entry.credential.instant(Field::LastUsed) {
        let days = desk.days_since(used);
        return (days >= DORMANT)
            .then(|| Said::new(format!("It is active, and was last used on {}, {days} days ago.", day(used))));
    }
    // Only KSeF knows that it was never used; people leave the field empty.
    let born = entry.credential.instant(Field::Issued).or_else(|| entry.credential.instant(Field::ValidFrom));
    let never = status.voice == Voice::Ksef && born.is_none_or(|born| desk.days_since(born) >= DORMANT);
    never.then(|| match born {
        Some(born) => Said::new(format!("It is active since {}, and was never used.", day(born))),
        None => Said::new("It is active, and was never used."),
    })
}
