//! Headings in two rows: those of groups of columns above those of the columns.
//!
//! Holds: which rows are such a pair, and what a heading means below that of its group. The heading of a group stands
//! above its first column, as merged cells come. Must not know: which columns are taken for what.

use super::divide::Weight;
use super::heading::{Meaning, Sense, Vocabulary};
use super::{Column, GROUPED, Plan, Use, WIDEST, cell};
use crate::inventory::value::{clean, words};
use crate::inventory::{Field, Row};

/// Words that the heading of a group may have besides: `Dane podmiotu`, `Informacje o tokenie`.
const BESIDE: [&str; 8] = ["dane", "informacje", "info", "o", "szczegoly", "details", "about", "of"];

/// The lower row, where a row and the one below it are a pair; the row itself otherwise.
pub(super) fn lowest(vocabulary: &Vocabulary, rows: &[Row], index: usize) -> usize {
    index + usize::from(is_pair(vocabulary, rows, index))
}

/// Whether a row has the headings of groups, and the one below it those of their columns.
pub(super) fn is_pair(vocabulary: &Vocabulary, rows: &[Row], index: usize) -> bool {
    let Some([upper, lower]) = rows.get(index..index + 2) else { return false };
    let groups = groups(upper, lower);
    // One heading at least stands above several columns.
    let spread = groups.iter().enumerate().any(|(column, group)| group.is_some_and(|group| group != column));
    if !spread || !upper.met.is_empty() || !lower.met.is_empty() {
        return false;
    }
    let texts = |row| (0..WIDEST.min(groups.len())).map(move |column| cell(row, column));
    let named = Weight::of(texts(upper), |text| vocabulary.meaning(&subject(text)));
    let headed = Weight::of(texts(lower), |text| vocabulary.meaning(text));
    // A title stands above the first column.
    let titles = groups.first().is_some_and(Option::is_some);
    named.is_some_and(|named| named.is_headings() && (named.whole > 1 || !titles))
        && headed.is_some_and(|headed| headed.filled > 1 && headed.is_headings())
}

/// Joins the headings of a plan with those of their groups, where there are any.
pub(super) fn join(plan: &mut Plan, rows: &[Row]) {
    let Some(above) = plan.header.checked_sub(1) else { return };
    let Some([upper, lower]) = rows.get(above..above + 2) else { return };
    if upper.cells.iter().filter(|cell| !cell.trim().is_empty()).count() == 0
        || !is_pair(&Vocabulary::new(), rows, above)
    {
        return;
    }
    let groups = groups(upper, lower);
    for (index, (column, group)) in plan.columns.iter_mut().zip(groups).enumerate() {
        if let Some(group) = group {
            column.group = clean(cell(upper, group));
            column.heading = format!("{}{GROUPED}{}", column.group, column.heading);
        } else if column.heading.is_empty() {
            // A heading that takes both rows.
            column.heading = clean(cell(upper, index));
        }
    }
}

/// The column above which the heading of the group of each column stands.
fn groups(upper: &Row, lower: &Row) -> Vec<Option<usize>> {
    let is_filled = |row, column| !cell(row, column).trim().is_empty();
    let mut group = None;
    let width = upper.cells.len().max(lower.cells.len()).min(WIDEST);
    let columns = (0..width).map(|column| {
        let headed = is_filled(lower, column);
        if is_filled(upper, column) {
            // Above nothing it is a heading that takes both rows.
            group = headed.then_some(column);
        }
        group.filter(|_| headed)
    });
    columns.collect()
}

/// What a group is of, folded.
fn subject(text: &str) -> String {
    let words: Vec<String> = words(text).into_iter().filter(|word| !BESIDE.contains(&&**word)).collect();
    words.join(" ")
}

/// What a column means. A property says it by itself; a name, a number or a day is that of what the group is.
pub(super) fn meaning(vocabulary: &Vocabulary, column: &Column) -> Option<Meaning> {
    let own = vocabulary.meaning(column.own())?;
    if column.group.is_empty() || matches!(own.sense, Sense::One(Use::Field(_) | Use::Secret)) {
        return Some(own);
    }
    let subject = subject(&column.group);
    let group = vocabulary.meaning(&subject);
    let longer = |both: &Meaning| both.span > own.span.max(group.map_or(0, |group| group.span));
    if let Some(both) = vocabulary.meaning(&format!("{} {subject}", column.own())).filter(longer) {
        return Some(both);
    }
    let named = match group.map(|group| group.sense) {
        Some(Sense::One(Use::Field(field @ (Field::Entity | Field::System)))) => Some(field),
        Some(Sense::Credential | Sense::One(Use::Secret)) => Some(Field::Name),
        _ => None,
    };
    let sense = named.filter(|_| own.sense == Sense::Called).map_or(own.sense, |field| Sense::One(Use::Field(field)));
    Some(Meaning { sense, ..own })
}
