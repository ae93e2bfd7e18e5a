//! Several credentials in a row, and what stands above each.
//!
//! Holds: the numbers of credentials of which a row has nothing else, each made into a claim of its own, and the
//! environments that headings tell. Must not know: what a row says of the credentials that stand in it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::block::Cells;
use super::{Plan, met};
use crate::inventory::value::{environment_above, read};
use crate::inventory::{Claim, Field, Met, Row, Voice};

/// A number that KSeF gave to a credential.
struct Number {
    field: Field,
    text: String,
    column: usize,
}

impl Number {
    fn sort(&self) -> &'static str {
        if self.field == Field::Serial { "certificate" } else { "token" }
    }
}

/// The credentials of which a row has nothing but a number, beside another one: the certificate of a token's row, the token
/// of a certificate's, the tokens of other columns. What is said of all in the row is said of them too.
pub(super) fn apart(
    plan: &Plan,
    row: &Row,
    cells: &Cells,
    said: &mut BTreeMap<Field, String>,
    voice: Voice,
) -> Vec<Claim> {
    let mut numbers: Vec<Number> = [Field::Reference, Field::Serial]
        .into_iter()
        .filter_map(|field| {
            let column = cells.iter().find(|(_, other, _)| *other == field)?.0;
            Some(Number { field, text: said.get(&field)?.clone(), column })
        })
        .collect();
    let own = numbers.len();
    further(plan, row, &mut numbers);
    let several = numbers.len() > 1;
    let is_apart = |index: usize, number: &Number| {
        if row.met.is_empty() {
            return several;
        }
        // A token in one column and the number of another one in the next.
        let told = row.met.iter().filter_map(|met| met.fields.get(&number.field));
        let is_other = told.clone().count() > 0 && told.clone().all(|own| *own != number.text);
        index >= own || met::is_of_none(&row.met, number.field) || is_other && above(plan, number.column).is_some()
    };
    if row.met.is_empty()
        && let [one] = &*numbers
    {
        said.insert(one.field, one.text.clone());
        if let Some(environment) = above(plan, one.column) {
            said.entry(Field::Environment).or_insert_with(|| environment.to_owned());
        }
    }
    let mut index = 0;
    numbers.retain(|number| {
        index += 1;
        is_apart(index - 1, number)
    });
    if numbers.is_empty() {
        return Vec::new();
    }
    said.retain(|field, _| !met::is_of_one(*field) && (*field != Field::Sort || !row.met.is_empty()));
    let mut made: Vec<Claim> = Vec::new();
    for number in numbers {
        if said.get(&number.field) == Some(&number.text) {
            said.remove(&number.field);
        }
        let sort = number.sort();
        let same =
            made.iter().filter(|claim| claim.fields.get(&Field::Sort).is_some_and(|other| other == sort)).count();
        let place =
            if same == 0 { format!("{}, {sort}", row.place) } else { format!("{}, {sort} {}", row.place, same + 1) };
        let mut fields = said.clone();
        fields.retain(|field, _| !matches!(field, Field::Reference | Field::Serial));
        if let Some(environment) = above(plan, number.column) {
            fields.entry(Field::Environment).or_insert_with(|| environment.to_owned());
        }
        fields.insert(number.field, number.text);
        fields.insert(Field::Sort, sort.to_owned());
        made.push(Claim { fields, ..Claim::new(&place, voice) });
    }
    if row.met.is_empty() {
        // Nothing is left that would be one more.
        said.clear();
    }
    made
}

/// The references of tokens in columns that were passed over, since another one is that of references; without an environment
/// above it such a column may tell which token another one replaced.
fn further(plan: &Plan, row: &Row, numbers: &mut Vec<Number>) {
    let Some(own) = plan.column(Field::Reference) else { return };
    for (column, text) in row.cells.iter().enumerate() {
        let is_passed = plan.columns.get(column).is_some_and(|column| column.is_passed(own));
        if !is_passed || above(plan, column).is_none() {
            continue;
        }
        let Ok(Some(text)) = read(Field::Reference, text) else { continue };
        let is_met = row.met.iter().any(|met| met.fields.get(&Field::Reference) == Some(&text));
        if !is_met && numbers.iter().all(|number| number.text != text) {
            numbers.push(Number { field: Field::Reference, text, column });
        }
    }
}

/// The credentials of a row, with the environments that stand above them: `Token PROD`, `Token TEST`. What the row says is
/// said of all of them.
pub(super) fn headed<'r>(plan: &Plan, row: &'r Row, said: &BTreeMap<Field, String>) -> Cow<'r, [Met]> {
    let mut met = Cow::Borrowed(&*row.met);
    if said.contains_key(&Field::Environment) {
        return met;
    }
    for (index, own) in row.met.iter().enumerate().filter(|(_, own)| !own.fields.contains_key(&Field::Environment)) {
        // Of one that stands in several columns they must all say the same.
        let mut told = own.columns.iter().map(|column| above(plan, *column));
        let Some(Some(environment)) = told.next() else { continue };
        if !told.all(|other| other == Some(environment)) {
            continue;
        }
        if let Some(own) = met.to_mut().get_mut(index) {
            own.fields.insert(Field::Environment, environment.to_owned());
        }
    }
    met
}

/// The environment that stands above a column.
fn above(plan: &Plan, column: usize) -> Option<&'static str> {
    environment_above(&plan.columns.get(column)?.heading)
}
