//! Divides a sheet into the tables that stand in it one below the other.
//!
//! Holds: which rows can be nothing but headings. Each begins a table, with the titles above it; the same headings again
//! go on with the table, as they stand on every page. A row that may be either stays a row of the table above, where it
//! is told. Must not know: what is made of a table.

use super::guess::{HIGHEST, is_value, weaker};
use super::heading::{Meaning, Sense, Vocabulary};
use super::{Use, WIDEST, cell, is_empty, join};
use crate::inventory::value::{read, words};
use crate::inventory::{Field, Form, Row};

/// Tables of one sheet; what looks like the headings of another is a row of the last.
const MOST: usize = 200;

/// Digits of a cell that no heading has.
const DIGITS: usize = 6;

/// The tables of a sheet: each has its headings, or none has.
pub fn divide(rows: &[Row]) -> Vec<&[Row]> {
    let vocabulary = Vocabulary::new();
    let mut starts = vec![0];
    let mut last: Option<Headings> = None;
    let mut index = 0;
    while index < rows.len() && starts.len() < MOST {
        let meanings = last.as_ref().map(|last| &*last.meanings);
        let again = || last.as_ref().is_some_and(|last| last.rows().any(|own| is_same(rows.get(own), rows.get(index))));
        if !is_heading(&vocabulary, rows, index, meanings) || again() {
            index += 1;
            continue;
        }
        let floor = last.as_ref().map_or(0, |last| last.lowest + 1);
        let first = index.checked_sub(1).filter(|above| *above >= floor && join::is_pair(&vocabulary, rows, *above));
        let first = first.unwrap_or(index);
        let is_second = || last.is_some() || first >= HIGHEST || weaker(&vocabulary, rows, Some(first)).is_some();
        if first > 0 && is_second() {
            starts.push(titled(rows, floor, first));
        }
        let lowest = join::lowest(&vocabulary, rows, index);
        let headed = rows.get(lowest).into_iter().flat_map(|row| row.cells.iter().take(WIDEST));
        let meanings = headed.map(|cell| vocabulary.meaning(cell)).collect();
        last = Some(Headings { first, lowest, meanings });
        index = lowest + 1;
    }
    let ends = starts.iter().skip(1).copied().chain([rows.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| rows.get(*start..end)).collect()
}

/// The rows that are not blank.
pub fn filled(rows: &[Row]) -> impl Iterator<Item = &Row> {
    rows.iter().filter(|row| !row.met.is_empty() || row.cells.iter().any(|cell| !is_empty(cell)))
}

/// The headings of a table, and what they mean.
struct Headings {
    first: usize,
    lowest: usize,
    meanings: Vec<Option<Meaning>>,
}

impl Headings {
    fn rows(&self) -> impl Iterator<Item = usize> {
        [self.first, self.lowest].into_iter()
    }
}

/// A cell that is a value, which no heading is.
struct IsValue;

/// How much of a row is headings.
#[derive(Default)]
pub(super) struct Weight {
    pub(super) filled: usize,
    /// Cells that mean something.
    pub(super) meant: usize,
    /// Cells that say nothing but what they mean.
    pub(super) whole: usize,
}

impl Weight {
    /// Nothing of a row that holds a value, which no headings do.
    pub(super) fn of<'a>(
        cells: impl Iterator<Item = &'a str>,
        meaning: impl Fn(&str) -> Option<Meaning>,
    ) -> Option<Self> {
        let mut weight = Self::default();
        for cell in cells.filter(|cell| !cell.trim().is_empty()).take(WIDEST) {
            weight.add(cell, || meaning(cell)).ok()?;
        }
        Some(weight)
    }

    /// Adds a cell and what it means, if it means anything, and whether it says nothing else.
    fn add(&mut self, cell: &str, meaning: impl Fn() -> Option<Meaning>) -> Result<Option<(Sense, bool)>, IsValue> {
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        if digits >= DIGITS || (digits > 0 && is_value(cell)) {
            return Err(IsValue);
        }
        self.filled += 1;
        let Some(meaning) = meaning() else { return Ok(None) };
        let whole = meaning.whole && digits == 0;
        self.meant += 1;
        self.whole += usize::from(whole);
        Ok(Some((meaning.sense, whole)))
    }

    /// Whether what stands there is headings rather than values that have words of headings in them.
    pub(super) fn is_headings(&self) -> bool {
        self.filled > 0 && self.whole * 2 >= self.filled && self.meant * 4 >= self.filled * 3
    }
}

/// Whether a row can be nothing but headings. `above` is what the headings of the table above mean.
pub(super) fn is_heading(
    vocabulary: &Vocabulary,
    rows: &[Row],
    index: usize,
    above: Option<&[Option<Meaning>]>,
) -> bool {
    let Some(row) = rows.get(index).filter(|row| row.met.is_empty()) else { return false };
    let count = |row: &Row| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    // Two cells may be anything within a table; below a blank row or a title they are less so.
    let apart = index.checked_sub(1).and_then(|above| rows.get(above)).is_none_or(|above| count(above) < 2);
    let least = if apart { 2 } else { 3 };
    let all = count(row);
    if all < least {
        return false;
    }
    let filled = row.cells.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()).take(WIDEST);
    let (mut weight, mut named, mut senses) = (Weight::default(), false, Vec::new());
    for (column, text) in filled {
        let above = above.and_then(|above| *above.get(column)?);
        let meaning = || {
            let meaning = vocabulary.meaning(text);
            meaning.filter(|_| !above.is_some_and(|above| may_be_value(above.sense, text)))
        };
        let Ok(told) = weight.add(text, meaning) else { return false };
        if let Some((sense, whole)) = told {
            named |= whole && names(sense, apart);
            if sense != Sense::One(Use::Ignored) && !senses.contains(&sense) {
                senses.push(sense);
            }
        }
        // Most rows end here, at the first cells of the table.
        if (weight.filled - weight.meant) * 4 > all {
            return false;
        }
    }
    named && senses.len() >= least && weight.is_headings()
}

/// Whether a table must have such a column for its rows to tell a credential.
fn names(sense: Sense, apart: bool) -> bool {
    use Field::{Entity, Nip, Reference, Serial};
    match sense {
        Sense::One(Use::Field(field)) => matches!(field, Entity | Nip | Reference | Serial),
        Sense::Called => true,
        // "token" may be the name of one.
        Sense::One(Use::Secret) | Sense::Credential => apart,
        Sense::One(Use::Print | Use::Listed | Use::Ignored) | Sense::Either(..) => false,
    }
}

/// Whether a cell may be a value of a column: "token" below "Rodzaj".
fn may_be_value(sense: Sense, text: &str) -> bool {
    let of = |takes: Use| match takes {
        Use::Field(field) => field.form() != Form::Words && matches!(read(field, text), Ok(Some(_))),
        Use::Secret | Use::Print | Use::Listed | Use::Ignored => false,
    };
    match sense {
        Sense::One(takes) => of(takes),
        Sense::Either(one, other) => of(one) || of(other),
        Sense::Called | Sense::Credential => false,
    }
}

/// Whether two rows say the same.
fn is_same(one: Option<&Row>, other: Option<&Row>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    let width = one.cells.len().max(other.cells.len()).min(WIDEST);
    (0..width).all(|column| words(cell(one, column)) == words(cell(other, column)))
}

/// Where a table begins: at the blank row above its titles, or else at its headings.
fn titled(rows: &[Row], floor: usize, first: usize) -> usize {
    let count = |row: &Row| row.met.len() * 2 + row.cells.iter().filter(|cell| !is_empty(cell)).count();
    let above = rows.get(floor..first).unwrap_or_default();
    let titles = above.iter().rev().take_while(|row| count(row) < 2).count();
    let blank = above.iter().skip(above.len() - titles).position(|row| count(row) == 0);
    blank.map_or(first, |blank| first - titles + blank)
}
