//! Sheets of `OpenDocument`.
//!
//! Holds: how tables become cells, one after the other. Must not know: other documents.

use std::ops::ControlFlow::Continue;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::grid::{CELL, Grid, Notes};
use super::parts::{PART, Parts, settle};
use super::words::{down, up};
use super::xml::{Event, Tag};
use crate::base::Trouble;
use crate::unpack::titles::Titles;
use crate::unpack::{Flow, Sink};

/// Equal cells side by side that are each told.
const NEIGHBOURS: u32 = 16;

/// Bytes of a cell that is told again for its neighbours.
const SHORT: usize = 160;

/// What is said of a table's cells besides; elements have it as attributes.
const SAID: [&str; 4] = ["expression", "href", "title", "cell-range-address"];

/// Tables that are being read, one at a time.
struct Reading {
    titles: Titles,
    grid: Option<Grid>,
    /// Remarks on cells of the table.
    remarks: Notes,
    /// What belongs to no table.
    around: Notes,
    /// Whether a table could not be held.
    refused: Option<Trouble>,
    /// How many tables are open, of which the inner ones are parts of cells.
    tables: u32,
    row: u64,
    rows: u64,
    column: u32,
    columns: u32,
    cells: u32,
    /// Remarks and paragraphs that are open.
    annotations: u32,
    texts: u32,
    value: Zeroizing<Vec<u8>>,
    remark: Zeroizing<Vec<u8>>,
    formula: Zeroizing<Vec<u8>>,
    number: Zeroizing<Vec<u8>>,
    cut: bool,
}

/// Hands over the tables of a body.
pub(super) fn tell(parts: &Parts<'_>, name: &str, sink: &mut dyn Sink) -> Flow {
    let Some(mut part) = parts.read(name, sink) else { return Continue(()) };
    let mut reading = Reading::new();
    let mut flow = Continue(());
    while flow.is_continue() {
        flow = match part.next() {
            Ok(Some(event)) => reading.apply(&event, sink),
            Ok(None) => break,
            Err(error) => {
                sink.tell(Some(name), PART, Trouble::of(&error));
                break;
            }
        };
    }
    if reading.cut {
        sink.tell(Some(name), PART, Trouble::malformed("has a cell of more than 256 KiB, which was cut"));
    }
    if let Some(trouble) = reading.refused.take() {
        sink.tell(Some(name), PART, trouble);
    }
    let ended = reading.end_table(sink);
    flow?;
    ended?;
    reading.around.flush(false, sink)?;
    settle(part.source(), name, sink)
}

impl Reading {
    fn new() -> Self {
        Self {
            titles: Titles::default(),
            grid: None,
            remarks: Notes::new(Arc::from("")),
            around: Notes::new(Arc::from("")),
            refused: None,
            tables: 0,
            row: 0,
            rows: 1,
            column: 0,
            columns: 1,
            cells: 0,
            annotations: 0,
            texts: 0,
            value: Zeroizing::default(),
            remark: Zeroizing::default(),
            formula: Zeroizing::default(),
            number: Zeroizing::default(),
            cut: false,
        }
    }

    fn apply(&mut self, event: &Event<'_>, sink: &mut dyn Sink) -> Flow {
        match event {
            Event::Open(tag) => self.open(tag, sink),
            Event::Close(name) => self.close(name, sink),
            Event::Text(text) if self.texts > 0 => {
                self.put(text);
                Continue(())
            }
            Event::Text(_) => Continue(()),
        }
    }

    /// Puts text into what is open.
    fn put(&mut self, text: &[u8]) {
        let into = if self.annotations > 0 || self.cells == 0 { &mut self.remark } else { &mut self.value };
        let room = CELL.saturating_sub(into.len());
        self.cut |= text.len() > room;
        into.extend_from_slice(&text[..text.len().min(room)]);
    }

    fn open(&mut self, tag: &Tag<'_>, sink: &mut dyn Sink) -> Flow {
        match tag.name {
            b"table" => {
                up(&mut self.tables);
                if self.tables == 1 {
                    self.begin_table(&tag.text("name").unwrap_or_default(), sink);
                }
            }
            b"table-row" if self.cells == 0 => {
                self.rows = tag.number("number-rows-repeated").unwrap_or(1).max(1);
                self.column = 0;
            }
            b"table-cell" | b"covered-table-cell" => {
                up(&mut self.cells);
                if self.cells == 1 {
                    self.begin_cell(tag);
                }
            }
            b"annotation" => up(&mut self.annotations),
            b"p" | b"h" => {
                up(&mut self.texts);
                let into = if self.annotations > 0 { &self.remark } else { &self.value };
                if !into.is_empty() {
                    self.put(b"\n");
                }
            }
            b"s" if self.texts > 0 => {
                let count = tag.number("c").unwrap_or(1).min(1000);
                (0..count).for_each(|_| self.put(b" "));
            }
            b"tab" => self.put(b"\t"),
            b"line-break" => self.put(b"\n"),
            _ => {}
        }
        for name in SAID {
            match tag.value(name) {
                Some(text) if self.cells > 0 && self.grid.is_some() => self.beside(&text, sink)?,
                Some(text) => self.remark_on(&text, sink)?,
                None => {}
            }
        }
        Continue(())
    }

    fn begin_table(&mut self, name: &str, sink: &mut dyn Sink) {
        let title = self.titles.next(name);
        self.remarks = Notes::new(Arc::clone(&title));
        (self.row, self.rows, self.column, self.cells) = (0, 1, 0, 0);
        match Grid::new(title, sink) {
            Ok(grid) => self.grid = Some(grid),
            Err(trouble) => self.refused = Some(trouble),
        }
    }

    fn begin_cell(&mut self, tag: &Tag<'_>) {
        self.columns = tag.number("number-columns-repeated").and_then(|count| u32::try_from(count).ok()).unwrap_or(1);
        self.value.clear();
        let attribute = |name: &str| Zeroizing::new(tag.value(name).unwrap_or_default().into_owned());
        self.formula = attribute("formula");
        // A string may have its value as an attribute as well; a number has it only there, and its paragraph shows
        // it with the separators that people like.
        self.number = attribute("value");
        if self.number.is_empty() {
            self.number = attribute("string-value");
        }
    }

    fn close(&mut self, name: &[u8], sink: &mut dyn Sink) -> Flow {
        match name {
            b"table" => {
                down(&mut self.tables);
                if self.tables == 0 {
                    return self.end_table(sink);
                }
            }
            b"table-row" if self.cells == 0 => self.row = self.row.saturating_add(self.rows),
            b"table-cell" | b"covered-table-cell" => {
                down(&mut self.cells);
                if self.cells == 0 {
                    let flow = self.end_cell(sink);
                    self.column = self.column.saturating_add(self.columns.max(1));
                    return flow;
                }
            }
            b"annotation" => {
                down(&mut self.annotations);
                let text = std::mem::take(&mut self.remark);
                self.remarks.put(Some((self.row, self.column)), &text);
            }
            b"p" | b"h" => {
                down(&mut self.texts);
                if self.cells == 0 && self.annotations == 0 {
                    let text = std::mem::take(&mut self.remark);
                    return self.remark_on(&text, sink);
                }
            }
            _ => {}
        }
        Continue(())
    }

    fn end_cell(&mut self, sink: &mut dyn Sink) -> Flow {
        let shown = std::mem::take(&mut self.value);
        let (number, formula) = (std::mem::take(&mut self.number), std::mem::take(&mut self.formula));
        let Some(grid) = &mut self.grid else { return self.remark_on(&shown, sink) };
        let mut texts = [&number, &shown, &formula].into_iter().filter(|text| !text.is_empty());
        if let Some(text) = texts.next() {
            // Equal neighbours are written once. What is long would cost more than a second look at it is worth.
            let again = if text.len() <= SHORT { self.columns.clamp(1, NEIGHBOURS) } else { 1 };
            (0..again).try_for_each(|next| grid.cell(self.row, self.column.saturating_add(next), text, sink))?;
        }
        texts.filter(|text| **text != number).try_for_each(|text| grid.beside(self.row, self.column, text, sink))?;
        if self.remarks.is_full() { self.remarks.flush(false, sink) } else { Continue(()) }
    }

    fn beside(&mut self, text: &[u8], sink: &mut dyn Sink) -> Flow {
        let (row, column) = (self.row, self.column);
        self.grid.as_mut().map_or(Continue(()), |grid| grid.beside(row, column, text, sink))
    }

    /// Puts text that belongs to no cell.
    fn remark_on(&mut self, text: &[u8], sink: &mut dyn Sink) -> Flow {
        if let Some(grid) = &mut self.grid {
            return grid.remark(text, sink);
        }
        self.around.put(None, text);
        if self.around.is_full() { self.around.flush(false, sink) } else { Continue(()) }
    }

    fn end_table(&mut self, sink: &mut dyn Sink) -> Flow {
        if let Some(grid) = self.grid.take() {
            grid.end(sink)?;
        }
        self.remarks.flush(false, sink)
    }
}
