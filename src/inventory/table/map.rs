//! Corrects a plan by what its user says.
//!
//! Holds: `--map COLUMN=FIELD`. A column is called by its heading, by its letter or by its number from 1, tried in this
//! order. Must not know: how the plan was guessed.

use super::{Column, Plan, Use, letters};
use crate::inventory::Field;
use crate::inventory::value::words;

/// The columns that a message lists.
const LISTED: usize = 40;

/// The plan in which columns are taken for what the user says; a column that was taken for the same is ignored. An
/// error lists the columns that there are.
pub fn map(mut plan: Plan, wishes: &[(String, Use)]) -> Result<Plan, String> {
    let mut wished: Vec<usize> = Vec::new();
    let mut fields: Vec<Field> = Vec::new();
    for (name, takes) in wishes {
        let index = find(&plan, name)?;
        if wished.contains(&index) {
            return Err(format!("{} is mapped twice", plan.name(index)));
        }
        if let Use::Field(field) = takes {
            if fields.contains(field) {
                return Err(format!("two columns are mapped to {field}"));
            }
            fields.push(*field);
            for column in plan.columns.iter_mut().filter(|column| column.takes == Some(*takes)) {
                (column.takes, column.instead) = (Some(Use::Ignored), Some(index));
            }
        }
        if let Some(column) = plan.columns.get_mut(index) {
            (column.takes, column.instead) = (Some(*takes), None);
        }
        wished.push(index);
    }
    Ok(plan)
}

fn find(plan: &Plan, name: &str) -> Result<usize, String> {
    let wanted = words(name);
    let headed = |column: &Column| !wanted.is_empty() && words(&column.heading) == wanted;
    let mut same = plan.columns.iter().enumerate().filter(|(_, column)| headed(column)).map(|(index, _)| index);
    match (same.next(), same.next()) {
        (Some(index), None) => return Ok(index),
        (Some(one), Some(other)) => {
            let (one, other) = (letters(one), letters(other));
            return Err(format!(
                "columns {one} and {other} have that heading; call them by letter; there are {}",
                listed(plan)
            ));
        }
        _ => {}
    }
    let name = name.trim();
    let number = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let lettered = || (0..plan.columns.len()).find(|index| letters(*index).eq_ignore_ascii_case(name));
    let index = number.or_else(lettered).filter(|index| *index < plan.columns.len());
    index.ok_or_else(|| format!("the table has no such column; there are {}", listed(plan)))
}

/// The columns for people.
fn listed(plan: &Plan) -> String {
    let mut list: Vec<String> = (0..plan.columns.len().min(LISTED)).map(|index| plan.name(index)).collect();
    match plan.columns.len() {
        0 => return "none".to_owned(),
        many if many > LISTED => list.push(format!("{} more", many - LISTED)),
        _ => {}
    }
    list.join(", ")
}
