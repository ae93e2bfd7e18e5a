//! Follows a plan row by row.
//!
//! Holds: which rows make claims and which are rejected. Each reason names columns and never a cell. Must not know: how
//! the plan was made.

use std::collections::{BTreeMap, BTreeSet};

use super::block::{Above, Cells, Part};
use super::leave::{Line, line};
use super::met::Flaw;
use super::{Plan, Use, is_empty, met};
use crate::inventory::value::read;
use crate::inventory::{Claim, Field, Met, Rejected, Row, Voice};

const UNKNOWN: &str = "names no credential: no token or certificate, no reference or serial number, and not at least a \
                       name or a system together with a NIP or an entity";

/// What a table says, and the rows that cannot be read.
pub fn claims(plan: &Plan, rows: &[Row]) -> (Vec<Claim>, Vec<Rejected>) {
    let (upper, below) = rows.split_at_checked(plan.header + 1).unwrap_or((rows, &[]));
    let (mut claims, mut rejected) = (Vec::new(), Vec::new());
    // A credential above the headings is one all the same, of which the table says nothing.
    for row in upper.iter().filter(|row| !row.met.is_empty()) {
        claims.extend(claimed(row, row.met.iter().map(|met| met.fields.clone())));
    }
    let mut above = Above::new(plan, below);
    // The title of a block that has no row yet.
    let mut title: Option<&str> = None;
    let mut reject = |place: &str, why: String| rejected.push(Rejected { place: place.to_owned(), why });
    for row in below {
        match line(plan, row) {
            Line::Headings => continue,
            Line::Break => {
                above.end();
                title.take().into_iter().for_each(|place| reject(place, UNKNOWN.to_owned()));
                continue;
            }
            Line::Data => {}
        }
        match above.take(plan, row, |nip| is_nip_of(&row.met, nip)) {
            Part::Title => {
                if let Some(place) = title.replace(&row.place) {
                    reject(place, UNKNOWN.to_owned());
                }
            }
            Part::Row(cells) => {
                title = None;
                match read_row(plan, row, &cells) {
                    Ok(made) => {
                        let lost = |(_, field, text): &(usize, Field, &str)| {
                            made.len() > 1 && met::is_of_one(*field) && !is_empty(text)
                        };
                        if cells.iter().any(|cell| lost(&(cell.0, cell.1, &*cell.2))) {
                            let why = "has several credentials: to which of them its status and its days belong is not \
                                       told, and they were not kept";
                            reject(&row.place, why.to_owned());
                        }
                        claims.extend(made);
                    }
                    Err(why) => reject(&row.place, why),
                }
            }
        }
    }
    title.into_iter().for_each(|place| reject(place, UNKNOWN.to_owned()));
    (claims, rejected)
}

/// Whether a NIP can be that of the credentials.
fn is_nip_of(met: &[Met], nip: &str) -> bool {
    let nip = read(Field::Nip, nip).ok().flatten();
    met.iter().filter_map(|met| met.fields.get(&Field::Nip)).all(|own| nip.as_ref() == Some(own))
}

fn read_row(plan: &Plan, row: &Row, cells: &Cells) -> Result<Vec<Claim>, String> {
    let mut said = BTreeMap::new();
    let mut wrong = Vec::new();
    for (column, field, text) in cells {
        match read(*field, text) {
            Ok(Some(text)) => {
                said.insert(*field, text);
            }
            Ok(None) => {}
            Err(clause) => wrong.push(format!("{} {clause}", plan.name(*column))),
        }
    }
    if row.met.is_empty() {
        wrong.extend(left_over(plan, row).map(|column| {
            format!("{} holds something that is no credential we know; nothing of it was kept", plan.name(column))
        }));
    }
    if !wrong.is_empty() {
        return Err(wrong.join("; "));
    }
    if row.met.is_empty() {
        return if is_known(&said) { Ok(claimed(row, [said].into_iter())) } else { Err(UNKNOWN.to_owned()) };
    }
    match met::together(&row.met, &said) {
        Ok(fields) => Ok(claimed(row, fields.into_iter())),
        Err(wrong) => {
            let clauses = wrong.into_iter().map(|(field, flaw)| {
                let column = plan.column(field).map_or_else(|| field.to_string(), |column| plan.name(column));
                match flaw {
                    Flaw::Contradicts => format!("{column} contradicts {}", stands(&row.met)),
                    Flaw::Ambiguous => format!("{column} does not say to which credential of the row it belongs"),
                }
            });
            Err(clauses.collect::<Vec<_>>().join("; "))
        }
    }
}

/// The columns of secrets in which something stands that nothing was made of.
fn left_over<'a>(plan: &'a Plan, row: &'a Row) -> impl Iterator<Item = usize> + 'a {
    let filled = row.cells.iter().zip(&plan.columns).enumerate();
    filled.filter(|(_, (text, column))| column.takes == Some(Use::Secret) && !is_empty(text)).map(|(index, _)| index)
}

/// The credentials of a row for people.
fn stands(met: &[Met]) -> String {
    match met {
        [one] => {
            let sort = one.fields.get(&Field::Sort).map_or("credential", String::as_str);
            format!("the {sort} that stands in the row")
        }
        _ => "the credentials that stand in the row".to_owned(),
    }
}

/// Whether a credential can be known by what is said of it, where no fingerprint is.
fn is_known(said: &BTreeMap<Field, String>) -> bool {
    let says = |fields: [Field; 2]| fields.iter().any(|field| said.contains_key(field));
    says([Field::Reference, Field::Serial]) || (says([Field::Name, Field::System]) && says([Field::Nip, Field::Entity]))
}

/// A claim for each set of fields, with the fingerprints of the credentials in their order.
fn claimed(row: &Row, fields: impl ExactSizeIterator<Item = BTreeMap<Field, String>>) -> Vec<Claim> {
    let several = fields.len() > 1;
    let claim = |(index, fields): (usize, BTreeMap<Field, String>)| Claim {
        place: if several { format!("{}, credential {}", row.place, index + 1) } else { row.place.clone() },
        voice: Voice::Person,
        prints: row.met.get(index).map_or_else(BTreeSet::new, |met| met.prints.clone()),
        fields,
    };
    fields.enumerate().map(claim).collect()
}
