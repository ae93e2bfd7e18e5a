//! Places inside of documents and mails, which lines and offsets do not tell.
//!
//! Holds: `Inside` (sheet, cell, page), `Places` (from the offset in decoded text to the place it
//! was decoded from) and `Mail` (what a message says of itself). Must not know: any format.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A place in a document, as its readers name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Inside {
    /// The sheet of a workbook, or the table of a database.
    pub sheet: Option<Arc<str>>,
    /// The cell in it: `C7`, or the column and the row of a table.
    pub cell: Option<String>,
    /// The page, the slide, from 1.
    pub page: Option<u32>,
}

/// Where decoded text stood in the document that it comes from.
#[derive(Clone, Debug, Default)]
pub enum Places {
    /// The bytes are as they stand there: lines, columns and offsets hold.
    #[default]
    Verbatim,
    /// Text made of a document: only its lines mean something.
    Lines,
    /// Text of pages: each entry is the offset where one begins, and its number.
    Pages(Vec<(u64, u32)>),
    /// Text of a sheet.
    Cells(Cells),
}

/// The cells of a sheet in the order of their text.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// The name of the sheet, or of the table.
    pub sheet: Option<Arc<str>>,
    /// The names of its columns, where they have names of their own; else they are letters.
    pub columns: Vec<String>,
    /// Where the text of each cell begins, its row and its column, both from 0; sorted.
    pub starts: Vec<(u64, u64, u32)>,
}

impl Places {
    /// The place of an offset in the text.
    pub fn at(&self, offset: u64) -> Inside {
        match self {
            Self::Verbatim | Self::Lines => Inside::default(),
            Self::Pages(starts) => {
                let page = last_before(starts, offset, |entry| entry.0).map(|entry| entry.1);
                Inside { page, ..Inside::default() }
            }
            Self::Cells(cells) => Inside {
                sheet: cells.sheet.clone(),
                cell: last_before(&cells.starts, offset, |entry| entry.0).map(|entry| cells.name(entry.1, entry.2)),
                page: None,
            },
        }
    }
}

impl Cells {
    fn name(&self, row: u64, column: u32) -> String {
        match self.columns.get(column as usize) {
            Some(name) => format!("{name}, row {}", row.saturating_add(1)),
            None => format!("{}{}", letters(column), row.saturating_add(1)),
        }
    }
}

fn last_before<T>(starts: &[T], offset: u64, start: impl Fn(&T) -> u64) -> Option<&T> {
    let behind = starts.partition_point(|entry| start(entry) <= offset);
    starts.get(behind.checked_sub(1)?)
}

/// The letters of a column: A, B, … Z, AA.
fn letters(column: u32) -> String {
    let mut name = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        name.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    name.iter().rev().map(|letter| char::from(*letter)).collect()
}

/// What a message says of itself, so that it is known who has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mail {
    /// The folder of a mailbox that it lies in.
    pub folder: Option<String>,
    /// Who sent it.
    pub from: Option<String>,
    /// Who got it.
    pub to: Vec<String>,
    /// Who got a copy.
    pub cc: Vec<String>,
    /// When it was sent, in RFC 3339 where that can be read.
    pub date: Option<String>,
    /// The name it bears all over the world.
    pub message_id: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn an_offset_belongs_to_what_began_last() {
        let cells = Cells { sheet: Some("Tokeny".into()), starts: vec![(0, 0, 0), (5, 6, 2)], ..Cells::default() };
        let cell = |offset| Places::Cells(cells.clone()).at(offset).cell;
        assert_eq!([0, 4, 5, 99].map(cell), ["A1", "A1", "C7", "C7"].map(|name| Some(name.to_owned())));
        let pages = Places::Pages(vec![(3, 1), (9, 2)]);
        assert_eq!([0, 3, 8, 9].map(|offset| pages.at(offset).page), [None, Some(1), Some(1), Some(2)]);
        let named = Cells { columns: vec!["token".to_owned()], starts: vec![(0, 11, 0)], ..Cells::default() };
        assert_eq!(Places::Cells(named).at(7).cell.as_deref(), Some("token, row 12"));
    }
}
