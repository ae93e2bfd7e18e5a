//! Tables in which a client stands once above the rows of its credentials.
//!
//! Holds: what a blank cell takes from above. A table is one of blocks if blank cells of the company, its name or NIP,
//! stand below filled ones regularly: below two companies at least and in a quarter of the rows, or in all rows but the
//! first. Only then does a blank cell of the company take the value above it, and only in a row that has other cells
//! and whose filled cells of the company are the same as above, those included that may be its name and are taken for
//! nothing. A cell that somebody forgot stays blank. A mark that says "as above" is followed in every column. Must not
//! know: what the values mean.

use super::leave::{Line, line};
use super::{Plan, Use, cell, is_empty};
use crate::inventory::value::{clean, fold, is_nothing, words};
use crate::inventory::{Field, Row};

/// Marks that say "as above", folded, without blanks.
const DITTO: [&str; 18] = [
    "\"", "''", "„", "”", "〃", "-\"-", "-„-", "-”-", "-||-", "-//-", "-ii-", "j.w.", "jw.", "jw", "j.w", "jakwyzej",
    "ditto", "asabove",
];

/// The columns of the company.
const COMPANY: [Field; 2] = [Field::Entity, Field::Nip];

/// The cells of a row that the plan takes for fields, as they are to be read.
pub(super) type Cells = Vec<(usize, Field, String)>;

/// What stands above.
pub(super) struct Above {
    grouped: bool,
    /// The cells of the last row.
    last: Cells,
    /// The cells of the company of the block; none after a row that ends it.
    company: Vec<(usize, String)>,
    /// Columns that may have a name of the company, and what they had last in the block.
    beside: Vec<(usize, Vec<String>)>,
}

/// What a row is to its block.
pub(super) enum Part {
    /// It tells a credential.
    Row(Cells),
    /// It tells the company of the rows below it and nothing else.
    Title,
}

impl Above {
    /// Looks through a table.
    pub(super) fn new(plan: &Plan, below: &[Row]) -> Self {
        let beside: Vec<_> = beside(plan).map(|column| (column, Vec::new())).collect();
        let mut above = Self { grouped: true, last: Vec::new(), company: Vec::new(), beside };
        let (mut rows, mut lacking, mut blocks, mut first) = (0_usize, 0_usize, 0_usize, true);
        for row in below {
            match line(plan, row) {
                Line::Break => above.end(),
                Line::Headings => {}
                Line::Data => {
                    let cells = above.resolved(plan, row);
                    let lacks = above.lacks(&cells, row) && has_more(&cells, plan, row);
                    blocks += usize::from(lacks && first);
                    (rows, lacking, first) = (rows + 1, lacking + usize::from(lacks), !lacks);
                    above.keep(&cells, row, lacks);
                }
            }
        }
        let regular = (blocks > 1 && lacking * 4 >= rows) || (lacking > 1 && lacking + 1 == rows);
        above.end();
        Self { grouped: regular, ..above }
    }

    /// A row ended what stands above it.
    pub(super) fn end(&mut self) {
        self.company.clear();
        self.last.clear();
        self.beside.iter_mut().for_each(|(_, words)| words.clear());
    }

    /// The cells of a row, with what they take from above. `fits` says whether a NIP from above can be that of the row.
    pub(super) fn take(&mut self, plan: &Plan, row: &Row, fits: impl Fn(&str) -> bool) -> Part {
        let mut cells = self.resolved(plan, row);
        let more = has_more(&cells, plan, row);
        let titled = cells.iter().any(|(_, field, text)| COMPANY.contains(field) && !text.is_empty());
        if self.grouped && titled && !more {
            self.keep(&cells, row, false);
            return Part::Title;
        }
        let lacks = self.grouped && more && self.lacks(&cells, row);
        let nip = plan.column(Field::Nip).and_then(|nip| self.company.iter().find(|(column, _)| *column == nip));
        // A credential of another company was not meant to stand in this block.
        let fits = nip.is_none_or(|(_, text)| fits(text));
        if lacks && fits {
            for (column, _, text) in cells.iter_mut().filter(|(.., text)| text.is_empty()) {
                if let Some((_, above)) = self.company.iter().find(|(other, _)| other == column) {
                    text.clone_from(above);
                }
            }
        }
        self.keep(&cells, row, lacks);
        Part::Row(cells)
    }

    /// The cells of a row, "as above" followed.
    fn resolved(&self, plan: &Plan, row: &Row) -> Cells {
        let taken = plan.columns.iter().enumerate().filter_map(|(index, column)| match column.takes {
            Some(Use::Field(field)) => Some((index, field)),
            _ => None,
        });
        let text = |(index, field): (usize, Field)| {
            let own = cell(row, index);
            let text = match self.last.iter().find(|(column, ..)| *column == index) {
                Some((.., above)) if is_ditto(own) => above.clone(),
                _ if is_empty(own) => String::new(),
                _ => own.to_owned(),
            };
            (index, field, text)
        };
        taken.map(text).collect()
    }

    /// Whether a row lacks a cell of its company and has none that is another's.
    fn lacks(&self, cells: &Cells, row: &Row) -> bool {
        let another = |(column, above): &(usize, Vec<String>)| name_in(row, *column).is_some_and(|own| own != *above);
        if self.beside.iter().any(another) {
            return false;
        }
        let mut lacks = false;
        for (column, _, text) in cells.iter().filter(|(_, field, _)| COMPANY.contains(field)) {
            let Some((_, above)) = self.company.iter().find(|(other, _)| other == column) else { return false };
            match text.is_empty() {
                true => lacks |= !above.is_empty(),
                false if words(text) != words(above) => return false,
                false => {}
            }
        }
        lacks
    }

    fn keep(&mut self, cells: &Cells, row: &Row, lacks: bool) {
        if !lacks {
            for (column, words) in &mut self.beside {
                *words = name_in(row, *column).unwrap_or_default();
            }
            let company = cells.iter().filter(|(_, field, _)| COMPANY.contains(field));
            self.company = company.map(|(column, _, text)| (*column, text.clone())).collect();
        }
        self.last.clone_from(cells);
    }
}

/// The columns that may have a name of the company though they are taken for nothing: those before its last column, and
/// where none is taken for its name, those that follow its number.
fn beside(plan: &Plan) -> impl Iterator<Item = usize> {
    let last = COMPANY.iter().filter_map(|field| plan.column(*field)).max();
    let company = |column: usize| {
        let takes = plan.columns.get(column).and_then(|column| column.takes);
        COMPANY.iter().any(|field| takes == Some(Use::Field(*field)))
    };
    let may_name = move |index: &usize| {
        let Some(column) = plan.columns.get(*index) else { return false };
        match column.takes {
            None => true,
            Some(Use::Ignored) => column.instead.is_some_and(company),
            Some(_) => false,
        }
    };
    let before = (0..last.unwrap_or(0)).filter(may_name);
    let named = plan.column(Field::Entity).is_some();
    let after = last.filter(|_| !named).map_or(plan.columns.len(), |last| last + 1)..plan.columns.len();
    before.chain(after.take_while(may_name))
}

/// The words of a cell that may be a name.
fn name_in(row: &Row, column: usize) -> Option<Vec<String>> {
    let text = cell(row, column);
    let is_name = text.contains(char::is_alphabetic) && !is_empty(text) && !is_ditto(text);
    is_name.then(|| words(text))
}

/// Whether a row says anything beside its company.
fn has_more(cells: &Cells, plan: &Plan, row: &Row) -> bool {
    let secret = |index: usize| plan.columns.get(index).is_some_and(|column| column.takes == Some(Use::Secret));
    !row.met.is_empty()
        || cells.iter().any(|(_, field, text)| !COMPANY.contains(field) && !text.is_empty())
        || row.cells.iter().enumerate().any(|(index, text)| secret(index) && !is_empty(text))
}

/// Whether a cell says "as above".
fn is_ditto(text: &str) -> bool {
    // The longest mark has eight letters.
    if text.len() > 24 {
        return false;
    }
    let text = clean(text);
    let mark: String = fold(&text).chars().filter(|letter| *letter != ' ').collect();
    !is_nothing(&text) && DITTO.contains(&&*mark)
}
