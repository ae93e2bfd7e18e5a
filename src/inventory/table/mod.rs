//! A table in the shape in which people keep it, made into claims.
//!
//! Holds: the plan, which says what each column holds; how it is guessed, corrected, and followed row by row. Must not
//! know: from what sort of file the rows come, or how a claim is merged. No message quotes a cell below the headings.

mod apart;
mod block;
mod claims;
mod divide;
mod guess;
mod heading;
mod join;
mod leave;
mod map;
mod met;
#[cfg(test)]
mod tests;
mod twice;

use std::fmt;
use std::str::FromStr;

pub use claims::{Taken, claims};
pub use divide::{divide, filled};
pub use guess::guess;
pub use map::map;

use super::{Field, Row};

/// Columns beyond these are not looked at; no person keeps as many.
const WIDEST: usize = 1024;

/// Characters of a heading that messages show.
const SHOWN: usize = 40;

/// What stands between the heading of a group and that of a column in it.
const GROUPED: &str = " / ";

/// What a column is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It tells a field.
    Field(Field),
    /// It holds tokens, keys or passwords themselves, of which nothing is kept but what the search made of them.
    Secret,
    /// It holds fingerprints, as an export of an inventory has them.
    Print,
    /// It says whether the credential is written down, or only a search has met it.
    Listed,
    /// It is left alone.
    Ignored,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// What stands above it, in one line; where headings have groups, the group first.
    pub heading: String,
    /// The heading of the group of columns in which it is; empty where there is none.
    pub group: String,
    /// What it is taken for; nothing where nothing tells.
    pub takes: Option<Use>,
    /// The column, from 0, that is taken for what this one could be too, so that this one is ignored.
    pub instead: Option<usize>,
}

/// How a table is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The row of the headings, from 0; the lower one of two.
    pub header: usize,
    /// Every column, from the first.
    pub columns: Vec<Column>,
}

impl Plan {
    /// The plan of a table whose headings say nothing: those of the first row of two cells, taken for nothing. `map`
    /// can say what they are.
    pub fn unread(rows: &[Row]) -> Option<Self> {
        let filled = |row: &Row| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        let header =
            rows.iter().position(|row| filled(row) > 1).or_else(|| rows.iter().position(|row| filled(row) > 0));
        Some(Self::headed(rows, header?))
    }

    /// The plan with its headings, and nothing taken for anything.
    fn headed(rows: &[Row], header: usize) -> Self {
        let width = rows.iter().skip(header).map(|row| row.cells.len()).max().unwrap_or(0).min(WIDEST);
        let heading = |index: usize| rows.get(header).map_or("", |row| cell(row, index));
        let columns =
            (0..width).map(|index| Column { heading: super::value::clean(heading(index)), ..Column::default() });
        let mut plan = Self { header, columns: columns.collect() };
        join::join(&mut plan, rows);
        plan
    }

    /// The column that is taken for a field.
    pub fn column(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|column| column.takes == Some(Use::Field(field)))
    }

    /// A column for people: `column C "Ważny do"`.
    pub fn name(&self, index: usize) -> String {
        let heading = self.columns.get(index).map_or("", |column| &*column.heading);
        let mut name = format!("column {}", letters(index));
        if !heading.is_empty() {
            name.extend([" ", &*shown(heading)]);
        }
        name
    }
}

impl Column {
    /// Whether it was passed over, though it might be what another one is taken for. The user may have said so.
    fn is_passed(&self, instead: usize) -> bool {
        self.takes.is_none() || self.instead == Some(instead)
    }

    /// The heading without that of its group.
    fn own(&self) -> &str {
        self.heading.strip_prefix(&*self.group).and_then(|own| own.strip_prefix(GROUPED)).unwrap_or(&self.heading)
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => field.fmt(f),
            Self::Secret => f.write_str("secret"),
            Self::Print => f.write_str("sha256"),
            Self::Listed => f.write_str("listed"),
            Self::Ignored => f.write_str("ignore"),
        }
    }
}

impl FromStr for Use {
    type Err = ();

    /// Reads the name of a field, `secret`, `sha256`, `listed` or `ignore`.
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "secret" => Ok(Self::Secret),
            "sha256" => Ok(Self::Print),
            "listed" => Ok(Self::Listed),
            "ignore" => Ok(Self::Ignored),
            _ => text.parse().map(Self::Field),
        }
    }
}

/// The letters under which a spreadsheet shows a column: `A`, `Z`, `AA`.
fn letters(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// A heading between quotes, as far as messages show it.
fn shown(heading: &str) -> String {
    let end = heading.char_indices().nth(SHOWN).map_or(heading.len(), |(at, _)| at);
    let (shown, more) = heading.split_at_checked(end).unwrap_or((heading, ""));
    format!("\"{shown}{}\"", if more.is_empty() { "" } else { "…" })
}

/// A cell of a row; an absent one is empty.
fn cell(row: &Row, index: usize) -> &str {
    row.cells.get(index).map_or("", |cell| &**cell)
}

/// Whether a cell says nothing.
fn is_empty(text: &str) -> bool {
    text.is_empty() || super::value::is_nothing(&super::value::clean(text))
}
