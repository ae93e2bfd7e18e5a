//! Rules about people: who answers for a credential, and who should not have it.
//!
//! Must not know: the other rules. A new one is a function here and a line in the registry.

use crate::inventory::Field;

use super::Said;
use super::desk::{Desk, Entry, Sort};
use super::words::{list, person, words};

/// Who looks after a credential.
const CARERS: [(Field, &str); 2] = [(Field::Owner, "owner"), (Field::Custodian, "custodian")];

/// Beginnings of two words that together mean an accountant outside of the company, folded.
const ACCOUNTANTS: &[(&str, &str)] = &[
    ("accounting", "compan"),
    ("accounting", "firm"),
    ("accounting", "office"),
    ("biur", "ksiegow"),
    ("biur", "rachunkow"),
    ("bookkeeping", "compan"),
    ("bookkeeping", "firm"),
    ("bookkeeping", "office"),
    ("external", "account"),
    ("external", "bookkeep"),
    ("firm", "ksiegow"),
    ("kancelari", "ksiegow"),
    ("kancelari", "rachunkow"),
    ("ksiegow", "zewnetrzn"),
    ("outsourced", "account"),
    ("uslug", "ksiegow"),
    ("zewnetrzn", "ksiegow"),
];

pub(super) fn no_owner(_: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    entry.said(Field::Owner).is_none().then(|| Said::new("No owner is named."))
}

pub(super) fn no_custodian(_: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    entry.said(Field::Custodian).is_none().then(|| Said::new("No custodian is named."))
}

pub(super) fn same_person(_: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let (owner, custodian) = (entry.said(Field::Owner)?, entry.said(Field::Custodian)?);
    (person(owner) == person(custodian)).then(|| Said::new(format!("«{owner}» is both its owner and its custodian.")))
}

pub(super) fn person_left(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let named = CARERS.iter().filter_map(|(field, what)| Some((entry.said(*field)?, *what)));
    let gone = named.filter_map(|(name, what)| match desk.names_who_left(name) {
        Some(false) => None,
        Some(true) => Some(format!("Its {what} «{name}» has left.")),
        None => Some(format!("Its {what} «{name}» may have left: of one who did the name begins so.")),
    });
    let gone: Vec<String> = gone.collect();
    (!gone.is_empty()).then(|| Said::new(gone.join(" ")))
}

pub(super) fn accountants_token(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    if entry.sort != Sort::Token {
        return None;
    }
    // An accounting office has tokens of its own.
    let names = [entry.said(Field::Entity), desk.entity(entry).and_then(|entity| entity.name.as_deref())];
    if names.into_iter().flatten().any(is_accountant) {
        return None;
    }
    let fields = [Field::Custodian, Field::System, Field::Home, Field::Owner];
    let (field, text) = fields.iter().find_map(|field| {
        let text = entry.said(*field)?;
        is_accountant(text).then_some((field, text))
    })?;
    Some(Said::new(format!("The token is in the hands of an accountant: its {field} is {}.", list([text]))))
}

fn is_accountant(text: &str) -> bool {
    // How Polish offices shorten `biuro rachunkowe` before their name.
    if text.trim_start().starts_with("BR ") {
        return true;
    }
    let words = words(text);
    words.windows(2).any(|pair| match pair {
        [one, two] => ACCOUNTANTS.iter().any(|(a, b)| one.starts_with(a) && two.starts_with(b)),
        _ => false,
    })
}
