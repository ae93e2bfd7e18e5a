//! What a listing says, in an order of its own.
//!
//! Holds: one entry for each credential, and which comes first. Neither depends on how the pages lie: a row that
//! somebody typed is joined to the first of two credentials that are called alike. Must not know: how entries are read.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::entry::Fields;
use crate::base::Instant;
use crate::inventory::{Field, Rejected};

/// The statuses, the one that opens most first.
const STATUSES: [&str; 7] = ["Active", "Pending", "Revoking", "Blocked", "Expired", "Failed", "Revoked"];

/// An entry and its place.
type Read = (String, Fields);

/// Puts together what is told twice, and what is left in order; tells what contradicts itself.
pub(super) fn settle(read: Vec<Read>) -> (Vec<Read>, Vec<Rejected>) {
    let mut same: BTreeMap<Option<String>, Vec<Read>> = BTreeMap::new();
    for entry in read {
        let number = entry.1.get(&Field::Reference).or(entry.1.get(&Field::Serial));
        same.entry(number.cloned()).or_default().push(entry);
    }
    let (mut settled, mut told) = (Vec::new(), Vec::new());
    for mut entries in same.into_values() {
        entries.sort_by_cached_key(|(_, fields)| {
            (rank(fields), Reverse(instant(fields, Field::LastUsed)), fields.clone())
        });
        let mut entries = entries.into_iter();
        if let Some((place, mut fields)) = entries.next() {
            told.extend(join(&place, &mut fields, entries));
            settled.push((place, fields));
        }
    }
    // Those of one status and one instant stay in the order of their numbers.
    settled.sort_by_cached_key(|(_, fields)| (rank(fields), Reverse(instant(fields, Field::Issued))));
    (settled, told)
}

/// Takes from other entries of a credential what the first one leaves out; tells where they say otherwise.
fn join(place: &str, fields: &mut Fields, others: impl Iterator<Item = Read>) -> Option<Rejected> {
    let (mut wrong, mut where_else) = (BTreeSet::new(), None);
    for (other, says) in others {
        for (field, text) in says {
            let known = fields.entry(field).or_insert_with(|| text.clone());
            if field == Field::LastUsed {
                if text.parse::<Instant>().ok() > known.parse().ok() {
                    *known = text;
                }
            } else if *known != text {
                wrong.insert(field.name());
                where_else.get_or_insert_with(|| other.clone());
            }
        }
    }
    let names = wrong.into_iter().collect::<Vec<_>>().join(", ");
    where_else.map(|other| Rejected {
        place: other,
        why: format!(
            "is {place} once more, with another {names}: which is right is not told, so what leaves it more open was \
             kept; import a new listing"
        ),
    })
}

fn rank(fields: &Fields) -> Option<usize> {
    let status = fields.get(&Field::Status)?;
    STATUSES.iter().position(|known| known == status)
}

fn instant(fields: &Fields, field: Field) -> Option<Instant> {
    fields.get(&field)?.parse().ok()
}
