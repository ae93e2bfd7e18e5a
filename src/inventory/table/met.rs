//! Credentials that stand in a row, and what the row says of them.
//!
//! Holds: what the two tell together. What a credential says of itself is its own: the row may say the same, and a row
//! that says otherwise is no row of it. Must not know: where the cells come from.

use std::collections::BTreeMap;

use crate::base::Instant;
use crate::inventory::{Field, Met};

/// What a credential may say of itself.
const OWN: [Field; 8] = [
    Field::Reference,
    Field::Nip,
    Field::Serial,
    Field::Issued,
    Field::ValidFrom,
    Field::ValidTo,
    Field::Environment,
    Field::Sort,
];

/// What is wrong with what a row says of its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A credential says otherwise of itself.
    Contradicts,
    /// It is the number of one of several that could have it.
    Ambiguous,
}

/// What is said of a credential.
type Fields = BTreeMap<Field, String>;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// What a row says of each credential that stands in it, in their order; the fields that contradict them otherwise.
pub(super) fn together(met: &[Met], said: &Fields) -> Result<Vec<Fields>, Vec<(Field, Flaw)>> {
    let mut wrong = Vec::new();
    for (field, text) in said.iter().filter(|(field, _)| OWN.contains(field)) {
        let mut agreeing = tellers(met, *field).map(|own| agrees(*field, text, own));
        let told = tellers(met, *field).next().is_some();
        if told && !(if is_shared(*field) { agreeing.all(|agrees| agrees) } else { agreeing.any(|agrees| agrees) }) {
            wrong.push((*field, Flaw::Contradicts));
        } else if !told && bearers(met, *field) > 1 {
            wrong.push((*field, Flaw::Ambiguous));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let one = |own: &Met| {
        let mut fields = own.fields.clone();
        for (field, text) in said {
            // Of the old one and the new one in a row, a status or a day is that of one.
            if met.len() > 1 && is_of_one(*field) {
                continue;
            }
            let elsewhere = OWN.contains(field) && !is_shared(*field) && tellers(met, *field).next().is_some();
            if !fields.contains_key(field) && !elsewhere && bears(own, *field) {
                fields.insert(*field, text.clone());
            }
        }
        fields
    };
    Ok(met.iter().map(one).collect())
}

/// All in a row belong to one company and one environment; a number or a day is that of one of them.
fn is_shared(field: Field) -> bool {
    matches!(field, Field::Nip | Field::Environment)
}

/// What is said of one credential, and not of all that stand beside it.
pub(super) fn is_of_one(field: Field) -> bool {
    use Field::{Issued, LastUsed, Reviewed, Status, ValidFrom, ValidTo};
    matches!(field, Status | ValidFrom | ValidTo | Issued | LastUsed | Reviewed)
}

fn tellers(met: &[Met], field: Field) -> impl Iterator<Item = &String> {
    met.iter().filter_map(move |met| met.fields.get(&field))
}

/// Whether a credential can have a field; only numbers are those of one sort.
fn bears(met: &Met, field: Field) -> bool {
    let sort = met.fields.get(&Field::Sort).map(String::as_str);
    match field {
        Field::Reference => sort.is_none_or(|sort| sort == "token"),
        Field::Serial => sort != Some("token"),
        _ => true,
    }
}

/// Whether a number is that of no credential in the row.
pub(super) fn is_of_none(met: &[Met], field: Field) -> bool {
    tellers(met, field).next().is_none() && !met.iter().any(|met| bears(met, field))
}

/// How many credentials a number could be that of; what is no number may be said of several.
fn bearers(met: &[Met], field: Field) -> usize {
    if !matches!(field, Field::Reference | Field::Serial) {
        return 0;
    }
    met.iter().filter(|met| bears(met, field)).count()
}

/// Whether a cell says the same as the credential, as far as people say it.
fn agrees(field: Field, text: &str, own: &str) -> bool {
    match field {
        Field::Issued | Field::ValidFrom | Field::ValidTo => match (text.parse(), own.parse()) {
            (Ok(said), Ok(own)) => is_same_time(said, own),
            _ => text == own,
        },
        // People call a certificate by its key and the other way round.
        Field::Sort => (text == "token") == (own == "token"),
        _ => text == own,
    }
}

/// Whether somebody in Poland may have written an instant so: as its day, or by a clock that is up to two hours ahead.
fn is_same_time(said: Instant, own: Instant) -> bool {
    let day = said.millis().rem_euclid(24 * HOUR) == 0;
    let ahead = own.millis() - said.millis();
    let latest = if day { 24 * HOUR } else { MINUTE };
    (-(2 * HOUR + MINUTE)..latest).contains(&ahead)
}
