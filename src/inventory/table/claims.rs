//! Follows a plan row by row.
//!
//! Holds: which rows make claims, which are rejected, and of which something is to be told. Each reason names columns
//! and never a cell. Must not know: how the plan was made.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::block::{Above, Cells, Part};
use super::divide::Weight;
use super::heading::Vocabulary;
use super::leave::{Line, line, may_be_data};
use super::met::Flaw;
use super::twice::Seen;
use super::{Plan, Use, apart, is_empty, met};
use crate::base::Fingerprint;
use crate::codec::fold_name;
use crate::inventory::value::read;
use crate::inventory::{Claim, Field, Met, Rejected, Row, Voice};

const UNKNOWN: &str = "names no credential: no token or certificate, no reference or serial number, and not at least a \
                       name or a system together with a NIP or an entity";

/// What a table says.
#[derive(Debug, Default)]
pub struct Taken {
    /// What it says of credentials.
    pub claims: Vec<Claim>,
    /// Rows of which nothing was kept.
    pub rejected: Vec<Rejected>,
    /// What is to be told of rows that were kept.
    pub remarks: Vec<Rejected>,
    /// What stands in rows that were rejected: where it stands is told there.
    pub unkept: BTreeSet<Fingerprint>,
}

impl Taken {
    fn reject(&mut self, row: &Row, mut why: String) {
        if !row.met.is_empty() {
            let sort = sort(&row.met).unwrap_or("credentials");
            why = format!("{why}; nothing of the row was kept, nor the {sort} in it");
            self.unkept.extend(row.met.iter().flat_map(|met| &met.prints));
        }
        self.rejected.push(Rejected { place: row.place.clone(), why });
    }

    fn remark(&mut self, row: &Row, why: String) {
        self.remarks.push(Rejected { place: row.place.clone(), why });
    }

    /// The rows above those of the table, the last of which has its headings.
    fn above(&mut self, upper: &[Row]) {
        let vocabulary = Vocabulary::new();
        for (index, row) in upper.iter().enumerate() {
            if !row.met.is_empty() {
                // A credential there is one all the same, of which the table says nothing.
                self.claims.extend(claimed(row, row.met.iter().map(|met| met.fields.clone())));
                self.remark(row, "stands above the rows of the table: nothing but its credential was kept".to_owned());
                continue;
            }
            let texts = row.cells.iter().map(String::as_str);
            let is_headings =
                || Weight::of(texts, |text| vocabulary.meaning(text)).is_some_and(|weight| weight.is_headings());
            if index + 1 < upper.len() && may_be_data(row) && !is_headings() {
                let why =
                    "stands above the headings and was not read: put it below them, or give it headings of its own";
                self.reject(row, why.to_owned());
            }
        }
    }
}

/// What a table says, and the rows that cannot be read.
pub fn claims(plan: &Plan, rows: &[Row]) -> Taken {
    let (upper, below) = rows.split_at_checked(plan.header + 1).unwrap_or((rows, &[]));
    let mut taken = Taken::default();
    taken.above(upper);
    let mut above = Above::new(plan, below);
    let mut seen = Seen::default();
    // The title of a block that has no row yet.
    let mut title: Option<&Row> = None;
    for row in below {
        match line(plan, row) {
            Line::Headings => continue,
            Line::Break => {
                above.end();
                title.take().into_iter().for_each(|row| taken.reject(row, UNKNOWN.to_owned()));
                continue;
            }
            Line::Data => {}
        }
        match above.take(plan, row, |nip| is_nip_of(&row.met, nip)) {
            Part::Title => {
                if let Some(title) = title.replace(row) {
                    taken.reject(title, UNKNOWN.to_owned());
                }
            }
            Part::Row(cells) => {
                title = None;
                match read_row(plan, row, &cells) {
                    Ok((made, unread)) => {
                        unread.into_iter().for_each(|why| taken.remark(row, why));
                        let lost = |(_, field, text): &(usize, Field, String)| {
                            made.len() > 1 && met::is_of_one(*field) && !is_empty(text)
                        };
                        if cells.iter().any(lost) {
                            let why = "has several credentials: to which of them its status and its days belong is not \
                                       told, and they were not kept";
                            taken.remark(row, why.to_owned());
                        }
                        if let Some(why) = made.iter().find_map(|claim| seen.same(plan, row, claim)) {
                            taken.remark(row, why);
                        }
                        taken.claims.extend(made);
                    }
                    Err(why) => taken.reject(row, why),
                }
            }
        }
    }
    title.into_iter().for_each(|row| taken.reject(row, UNKNOWN.to_owned()));
    other_companies(plan, below, &mut taken);
    taken
}

/// Tells of columns with tax numbers of others than the companies that the rows were given to, unless the user left them
/// out.
fn other_companies(plan: &Plan, rows: &[Row], taken: &mut Taken) {
    let Some(own) = plan.column(Field::Nip) else { return };
    let nip = |row: &Row, column: usize| row.cells.get(column).and_then(|text| read(Field::Nip, text).ok().flatten());
    let rejected: HashSet<String> = taken.rejected.iter().map(|rejected| rejected.place.clone()).collect();
    let passed = plan.columns.iter().enumerate().filter(|(_, column)| column.is_passed(own));
    for (column, _) in passed {
        // Nearly all of it are such numbers: one in eleven of other numbers is one by chance.
        let filled = rows.iter().filter_map(|row| row.cells.get(column)).filter(|text| !is_empty(text)).count();
        let numbers = rows.iter().filter(|row| nip(row, column).is_some()).count();
        if numbers * 5 < filled * 4 {
            continue;
        }
        let mut others = rows.iter().filter(|row| {
            let other = nip(row, column);
            other.is_some() && nip(row, own).is_some_and(|own| Some(own) != other) && !rejected.contains(&row.place)
        });
        let Some(first) = others.next() else { continue };
        let more = match others.count() {
            0 => String::new(),
            1 => " and in 1 more row".to_owned(),
            more => format!(" and in {more} more rows"),
        };
        let why = format!(
            "{} holds other tax numbers than {}, by which the companies were taken, here{more}: say with --map which of \
             them is the company's, and COLUMN=ignore for the other",
            plan.name(column),
            plan.name(own)
        );
        taken.remark(first, why);
    }
}

/// Whether a NIP can be that of the credentials.
fn is_nip_of(met: &[Met], nip: &str) -> bool {
    let nip = read(Field::Nip, nip).ok().flatten();
    met.iter().filter_map(|met| met.fields.get(&Field::Nip)).all(|own| nip.as_ref() == Some(own))
}

/// The claims of a row, and what of it was not kept beside them.
fn read_row(plan: &Plan, row: &Row, cells: &Cells) -> Result<(Vec<Claim>, Vec<String>), String> {
    let mut said = BTreeMap::new();
    let (mut wrong, mut unread) = (Vec::new(), Vec::new());
    for (column, field, text) in cells {
        match read(*field, text) {
            Ok(Some(text)) => {
                said.insert(*field, text);
            }
            Ok(None) => {}
            // A credential is worth more than a word of which nobody knows what it says of it.
            Err(clause) if matches!(field, Field::Status | Field::Scope | Field::LastUsed | Field::Reviewed) => {
                unread.push(format!("{} {clause}; it was not kept, the rest of the row was", plan.name(*column)));
            }
            Err(clause) => wrong.push(format!("{} {clause}", plan.name(*column))),
        }
    }
    let (prints, voice) = exported(plan, row, &mut wrong);
    if row.met.is_empty() {
        wrong.extend(left_over(plan, row).map(|column| {
            format!("{} holds something that is no credential we know; nothing of it was kept", plan.name(column))
        }));
    }
    if !wrong.is_empty() {
        return Err(wrong.join("; "));
    }
    let mut others = apart::apart(plan, row, cells, &mut said, voice);
    if row.met.is_empty() {
        if !others.is_empty() && !prints.is_empty() {
            let why = "has fingerprints beside the numbers of several credentials; they were not kept, since it is not \
                       told to which of them they belong";
            unread.push(why.to_owned());
            return Ok((others, unread));
        }
        if !prints.is_empty() || is_known(&said) {
            others.insert(0, Claim { prints, fields: said, ..Claim::new(&row.place, voice) });
        }
        return if others.is_empty() { Err(UNKNOWN.to_owned()) } else { Ok((others, unread)) };
    }
    match met::together(&apart::headed(plan, row, &said), &said) {
        Ok(fields) => {
            let mut made = claimed(row, fields.into_iter());
            made.append(&mut others);
            Ok((made, unread))
        }
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

/// The fingerprints that a row of an export holds, and who says so.
fn exported(plan: &Plan, row: &Row, wrong: &mut Vec<String>) -> (BTreeSet<Fingerprint>, Voice) {
    let (mut prints, mut voice) = (BTreeSet::new(), Voice::Person);
    for (index, (text, column)) in row.cells.iter().zip(&plan.columns).enumerate() {
        match column.takes {
            Some(Use::Print) => match text.split_whitespace().map(str::parse).collect::<Result<Vec<Fingerprint>, ()>>()
            {
                Ok(all) => prints.extend(all),
                Err(()) => wrong.push(format!("{} takes fingerprints of 64 hexadecimal digits", plan.name(index))),
            },
            Some(Use::Listed) if matches!(fold_name(text).as_str(), "no" | "nie") => voice = Voice::Search,
            _ => {}
        }
    }
    (prints, voice)
}

/// The columns of secrets in which something stands that nothing was made of.
fn left_over<'a>(plan: &'a Plan, row: &'a Row) -> impl Iterator<Item = usize> + 'a {
    let filled = row.cells.iter().zip(&plan.columns).enumerate();
    filled.filter(|(_, (text, column))| column.takes == Some(Use::Secret) && !is_empty(text)).map(|(index, _)| index)
}

/// The credentials of a row for people.
fn stands(met: &[Met]) -> String {
    sort(met).map_or_else(
        || "the credentials that stand in the row".to_owned(),
        |sort| format!("the {sort} that stands in the row"),
    )
}

/// What the credential of a row is; nothing of several.
fn sort(met: &[Met]) -> Option<&str> {
    let [one] = met else { return None };
    Some(one.fields.get(&Field::Sort).map_or("credential", String::as_str))
}

/// Whether a credential can be known by what is said of it, where no fingerprint is.
fn is_known(said: &BTreeMap<Field, String>) -> bool {
    let says = |fields: [Field; 2]| fields.iter().any(|field| said.contains_key(field));
    says([Field::Reference, Field::Serial]) || (says([Field::Name, Field::System]) && says([Field::Nip, Field::Entity]))
}

/// A claim for each set of fields, with the fingerprints of the credentials in their order.
fn claimed(row: &Row, fields: impl ExactSizeIterator<Item = BTreeMap<Field, String>>) -> Vec<Claim> {
    let several = fields.len() > 1;
    let claim = |(index, fields): (usize, BTreeMap<Field, String>)| {
        let place = if several { format!("{}, credential {}", row.place, index + 1) } else { row.place.clone() };
        let prints = row.met.get(index).map_or_else(BTreeSet::new, |met| met.prints.clone());
        Claim { prints, fields, ..Claim::new(&place, Voice::Person) }
    };
    fields.enumerate().map(claim).collect()
}
