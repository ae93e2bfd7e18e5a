//! Rules about how a credential stands in the books: whose, by which name, confirmed or not, leaked or not.
//!
//! Must not know: the other rules. A new one is a function here and a line in the registry.

use crate::base::Severity;
use crate::inventory::{Field, Voice};

use super::Said;
use super::desk::{Desk, Entry, Sort, State, day};
use super::words::list;

pub(super) fn no_nip(_: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    entry.said(Field::Nip).is_none().then(|| Said::new("The NIP of the company it belongs to is not known."))
}

pub(super) fn duplicate_name(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let same = desk.namesakes(entry)?;
    let other = if same.first == entry.at { same.second } else { same.first };
    let number = desk.entries.get(other)?.credential.number;
    let others = match same.count.saturating_sub(2) {
        0 => format!("Credential {number} of the same NIP and environment has"),
        more => format!("Credential {number} and {more} more of the same NIP and environment have"),
    };
    Some(Said::new(format!("{others} its name.")))
}

pub(super) fn unknown_status(_: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    // KSeF lists no keys, only their certificates. What has ended needs no listing to be over.
    if entry.sort == Sort::Key || entry.is_proved || entry.state == State::Ended {
        return None;
    }
    let text = match entry.credential.fields.get(&Field::Status) {
        Some(status) if status.voice == Voice::Ksef => return None,
        Some(status) => format!("Its status {} was not confirmed by a listing of KSeF.", status.text),
        None => "Its status is not known: no listing of KSeF named it.".to_owned(),
    };
    let said = Said::new(text);
    let known = [Field::Reference, Field::Serial].into_iter().any(|field| entry.said(field).is_some());
    Some(if known {
        said
    } else {
        said.remedy(
            "Write down its reference or serial number, by which KSeF lists it; then import the listing of KSeF.",
        )
    })
}

pub(super) fn leaked(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let leak = desk.kin(entry)?.leak.as_ref()?;
    let place = match (leak.places.len(), leak.first) {
        (1, Some(first)) => format!(": {}", list([first])),
        (count, Some(first)) => format!(" in {count} places, first {}", list([first])),
        _ => String::new(),
    };
    let finding = match leak.finding {
        "" => String::new(),
        id => format!(" (finding {id})"),
    };
    if leak.is_over {
        let text = format!("It was found{place}{finding}, and opens nothing any more.");
        let remedy = "Take it out of where it was found, and close the way by which it came there. \
                      If it was found while it was live, review the invoices of that time.";
        return Some(Said::new(text).at(Severity::Low).whatever_environment().remedy(remedy));
    }
    let known = if entry.state == State::Live {
        "nothing says that it is revoked".to_owned()
    } else {
        format!("may be live: {}", leak.reason.unwrap_or("nothing proves that it is over"))
    };
    let text = format!("It has leaked: it was found{place}{finding}, and {known}.");
    if entry.is_proved {
        let remedy =
            "What was found may be another one than this, which is over: find out which it is, and revoke that.";
        return Some(Said::new(text).remedy(remedy));
    }
    let since = leak.since.map(|since| format!(" since {}", day(since))).unwrap_or_default();
    let remedy = format!(
        "{} End its sessions with DELETE /auth/sessions/{{reference}}, replace it, test the new one, and review the \
         invoices{since}.",
        revoke(entry)
    );
    Some(Said::new(text).remedy(remedy))
}

/// How it is revoked.
fn revoke(entry: &Entry<'_>) -> String {
    match (entry.sort, entry.said(Field::Reference), entry.said(Field::Serial)) {
        (Sort::Certificate | Sort::Key, _, Some(serial)) => {
            format!("Revoke it now: POST /certificates/{serial}/revoke with the reason KeyCompromise.")
        }
        (Sort::Token, Some(reference), _) => {
            format!("Revoke it now: DELETE /tokens/{reference}, or the list of tokens in the taxpayer application.")
        }
        _ => "Revoke it now in the taxpayer application.".to_owned(),
    }
}
