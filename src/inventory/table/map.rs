//! Corrects a plan by what its user says.
//!
//! Holds: `--map COLUMN=FIELD`. A column is called by its heading, by its letter or by its number from 1, tried in this
//! order. Must not know: how the plan was guessed.

use super::{Column, Plan, Use, letters, shown};
use crate::inventory::Field;
use crate::inventory::value::{clean, words};

/// The columns that a message lists.
const LISTED: usize = 40;

/// The plan in which columns are taken for what the user says; a column that was taken for the same is ignored. An
/// error is a clause that says what the table has, and lists its columns.
pub fn map(mut plan: Plan, wishes: &[(String, Use)]) -> Result<Plan, String> {
    let mut wished: Vec<usize> = Vec::new();
    let mut fields: Vec<Field> = Vec::new();
    for (name, takes) in wishes {
        let index = find(&plan, name)?;
        if wished.contains(&index) {
            return Err(format!("has {}, which is mapped twice", plan.name(index)));
        }
        if let Use::Field(field) = takes {
            if fields.contains(field) {
                return Err(format!("has two columns that are mapped to {field}"));
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
    let called = |heading: &dyn Fn(&Column) -> Vec<String>| -> Vec<usize> {
        let called = |column: &Column| !wanted.is_empty() && heading(column) == wanted;
        plan.columns.iter().enumerate().filter(|(_, column)| called(column)).map(|(index, _)| index).take(2).collect()
    };
    // Where headings have groups, one is called with its group, or without it if it is the only one.
    let mut same = called(&|column| words(&column.heading));
    if same.is_empty() {
        same = called(&|column| words(column.own()));
    }
    let mut same = same.into_iter();
    match (same.next(), same.next()) {
        (Some(index), None) => return Ok(index),
        (Some(one), Some(other)) => {
            let (one, other) = (letters(one), letters(other));
            return Err(format!(
                "has columns {one} and {other} with the heading {}; call them by letter; it has {}",
                quoted(name),
                listed(plan)
            ));
        }
        _ => {}
    }
    let name = name.trim();
    let number = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let lettered = || (0..plan.columns.len()).find(|index| letters(*index).eq_ignore_ascii_case(name));
    let index = number.or_else(lettered).filter(|index| *index < plan.columns.len());
    index.ok_or_else(|| format!("has no column {}; it has {}", quoted(name), listed(plan)))
}

/// What the user wrote, for people.
fn quoted(name: &str) -> String {
    shown(&clean(name))
}

/// The columns for people.
fn listed(plan: &Plan) -> String {
    let mut list: Vec<String> = (0..plan.columns.len().min(LISTED)).map(|index| plan.name(index)).collect();
    match plan.columns.len() {
        0 => return "no columns".to_owned(),
        many if many > LISTED => list.push(format!("{} more", many - LISTED)),
        _ => {}
    }
    list.join(", ")
}
