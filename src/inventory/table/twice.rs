//! Rows that nothing tells apart.
//!
//! Holds: by what a credential is known that has no fingerprint and no number. Must not know: whether it is one that the
//! inventory has.

use std::collections::HashMap;

use super::{Plan, Use, cell};
use crate::inventory::value::{fold, words};
use crate::inventory::{Claim, Field, Row};

/// What tells credentials apart beside their company.
const APART: [Field; 5] = [Field::Name, Field::System, Field::Environment, Field::Sort, Field::Issued];

/// The rows so far, by what their credentials are known by.
#[derive(Default)]
pub(super) struct Seen<'r>(HashMap<[Option<String>; 6], &'r Row>);

impl<'r> Seen<'r> {
    /// What is to be told of a row of which an earlier one says the same.
    pub(super) fn same(&mut self, plan: &Plan, row: &'r Row, claim: &Claim) -> Option<String> {
        let own = [Field::Reference, Field::Serial].iter().any(|field| claim.fields.contains_key(field));
        if own || !claim.prints.is_empty() {
            return None;
        }
        let get = |field: Field| claim.fields.get(&field).map(|text| fold(text));
        let [name, system, environment, sort, issued] = APART.map(get);
        let company = get(Field::Nip).or_else(|| get(Field::Entity));
        let known_by = [company, name.or_else(|| get(Field::Description)), system, environment, sort, issued];
        let Some(first) = self.0.get(&known_by) else {
            self.0.insert(known_by, row);
            return None;
        };
        let place = &first.place;
        Some(if is_equal(plan, first, row) {
            format!("says the same as {place}: it stands there twice")
        } else {
            format!("looks the same as {place}: give both a name or a reference number to tell them apart")
        })
    }
}

/// Whether two rows have the same cells, numbers of rows aside.
fn is_equal(plan: &Plan, one: &Row, other: &Row) -> bool {
    plan.columns.iter().enumerate().all(|(index, column)| {
        let (one, other) = (cell(one, index), cell(other, index));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let is_ordinal = matches!(column.takes, None | Some(Use::Ignored)) && is_number(one) && is_number(other);
        is_ordinal || words(one) == words(other)
    })
}
