//! The text of sheets, in pieces that can be held.
//!
//! Holds: `Grid`, which lays cells out as rows that readers of tables understand, and `Notes`, for what is said of
//! cells. Must not know: any format of sheets.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::parts::PART;
use crate::base::{Cells, Places, Trouble};
use crate::unpack::{Content, Flow, Member, Sink};

/// How much text makes a piece, of how many cells.
const TEXT: usize = 512 << 10;
const CELLS: usize = 16 << 10;

/// What a grid holds at most, of rows and remarks.
pub(super) const ROOM: u64 = 4 << 20;

/// How long the text of one cell may be.
pub(super) const CELL: usize = 256 << 10;

/// How many empty cells a row shows at most, so that what follows stands below its heading.
const GAP: u32 = 256;

/// Among how many rows at the beginning the headings are looked for, and how long they may be.
const FIRST: u32 = 32;
const HEADING: usize = 4000;

/// Cells of one sheet.
pub(super) struct Grid {
    rows: Notes,
    /// Text of cells as it stands there where a row shows it otherwise, formulas: cells have it in the rows already.
    aside: Notes,
    /// What is said of the sheet.
    around: Notes,
    /// The row that is being written, where it begins, and how many cells of it are filled.
    row: u64,
    begin: Option<(usize, usize)>,
    filled: u32,
    /// The next column.
    column: u32,
    /// Rows that were written, and whether one of them had several cells.
    count: u32,
    wide: bool,
    /// The row that has the headings: how many, their text, where they begin.
    heading: Option<Heading>,
}

struct Heading {
    filled: u32,
    text: Vec<u8>,
    starts: Vec<(u64, u64, u32)>,
}

impl Grid {
    /// The cells of a sheet of that name. What it needs is held until `end`.
    pub(super) fn new(sheet: Arc<str>, sink: &mut dyn Sink) -> Result<Self, Trouble> {
        sink.hold(ROOM)?;
        Ok(Self {
            rows: Notes::new(Arc::clone(&sheet)),
            aside: Notes::new(Arc::clone(&sheet)),
            around: Notes::new(sheet),
            row: 0,
            begin: None,
            filled: 0,
            column: 0,
            count: 0,
            wide: false,
            heading: None,
        })
    }

    /// Puts a cell behind those before it.
    pub(super) fn cell(&mut self, row: u64, column: u32, value: &[u8], sink: &mut dyn Sink) -> Flow {
        if value.is_empty() {
            return Continue(());
        }
        if row != self.row {
            self.end_row(sink)?;
        }
        if self.begin.is_none() {
            self.begin = Some((self.rows.text.len(), self.rows.starts.len()));
            (self.row, self.column, self.filled) = (row, 0, 0);
        }
        let gap = column.saturating_sub(self.column);
        let tabs = if gap > GAP { 1 } else { gap };
        self.rows.text.extend(std::iter::repeat_n(b'\t', tabs as usize));
        if column < self.column {
            self.rows.text.push(b'\t');
        }
        self.rows.repeated = false;
        self.rows.starts.push((self.rows.text.len() as u64, row, column));
        if lay(value, &mut self.rows.text) {
            self.aside.put(Some((row, column)), value);
        }
        self.rows.text.push(b'\t');
        self.column = column.saturating_add(1);
        self.filled += 1;
        self.relieve(sink)
    }

    /// Puts text that a cell has besides what it shows.
    pub(super) fn beside(&mut self, row: u64, column: u32, text: &[u8], sink: &mut dyn Sink) -> Flow {
        self.aside.put(Some((row, column)), text);
        self.relieve(sink)
    }

    /// Puts text that no cell has.
    pub(super) fn remark(&mut self, text: &[u8], sink: &mut dyn Sink) -> Flow {
        self.around.put(None, text);
        self.relieve(sink)
    }

    /// Hands over what cannot wait for the end of a row; a row itself is torn only where no sheet has one as long.
    fn relieve(&mut self, sink: &mut dyn Sink) -> Flow {
        if self.rows.text.len() >= 2 * TEXT || self.rows.starts.len() > 2 * CELLS {
            return self.end_row(sink);
        }
        if self.aside.is_full() || self.around.is_full() {
            self.around.flush(false, sink)?;
            self.aside.flush(true, sink)?;
        }
        Continue(())
    }

    fn end_row(&mut self, sink: &mut dyn Sink) -> Flow {
        let Some((text, starts)) = self.begin.take() else { return Continue(()) };
        // A lone cell is no row of a table, unless it stands below one: there it must not end it.
        if self.filled > 1 || !self.wide {
            self.rows.text.pop();
        }
        self.wide |= self.filled > 1;
        self.consider(text, starts);
        self.rows.text.push(b'\n');
        self.count = self.count.saturating_add(1);
        if self.rows.is_full() || self.aside.is_full() || self.around.is_full() {
            self.flush(sink)
        } else {
            Continue(())
        }
    }

    /// Keeps a row as the headings where it looks more like them than those before: many cells, and no digits.
    fn consider(&mut self, text: usize, starts: usize) {
        let row = &self.rows.text[text..];
        let best = self.heading.as_ref().map_or(1, |heading| heading.filled);
        if self.count < FIRST && self.filled > best && row.len() < HEADING && !row.iter().any(u8::is_ascii_digit) {
            let starts = self.rows.starts[starts..].iter();
            let starts = starts.map(|(at, row, column)| (at - text as u64, *row, *column)).collect();
            self.heading = Some(Heading { filled: self.filled, text: row.to_vec(), starts });
        }
    }

    /// Hands over what there is; what follows begins with the headings.
    fn flush(&mut self, sink: &mut dyn Sink) -> Flow {
        self.rows.flush(false, sink)?;
        self.around.flush(false, sink)?;
        self.aside.flush(true, sink)?;
        if let Some(heading) = &self.heading {
            self.rows.text.extend_from_slice(&heading.text);
            self.rows.text.push(b'\n');
            self.rows.starts.extend_from_slice(&heading.starts);
            self.rows.repeated = true;
        }
        Continue(())
    }

    /// Hands over the rest.
    pub(super) fn end(mut self, sink: &mut dyn Sink) -> Flow {
        let flow = self.end_row(sink);
        let flow = if flow.is_continue() { self.flush(sink) } else { Break(()) };
        sink.release(ROOM);
        flow
    }
}

/// Writes a cell of a row, where what breaks lines or columns would mislead; true if it does not stand there as it is.
fn lay(value: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut quote, mut before, mut broken) = (None, b'\t', false);
    for byte in value {
        let breaks = matches!(byte, b'\t' | b'\n' | b'\r');
        broken |= breaks;
        let byte = if breaks { b' ' } else { *byte };
        match (quote, byte) {
            (None, b'"' | b'\'') if matches!(before, b'\t' | b' ' | b'(') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        out.push(byte);
        before = byte;
    }
    // A quote that is left open would swallow the cells behind it.
    out.extend(quote);
    broken
}

/// Lines that belong to cells, or to a sheet.
pub(super) struct Notes {
    sheet: Arc<str>,
    text: Zeroizing<Vec<u8>>,
    starts: Vec<(u64, u64, u32)>,
    /// Whether all there is was there before.
    repeated: bool,
}

impl Notes {
    /// No lines yet.
    pub(super) fn new(sheet: Arc<str>) -> Self {
        Self { sheet, text: Zeroizing::default(), starts: Vec::new(), repeated: false }
    }

    /// Puts a line, of a cell if it has one.
    pub(super) fn put(&mut self, cell: Option<(u64, u32)>, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        self.starts.extend(cell.map(|(row, column)| (self.text.len() as u64, row, column)));
        self.text.extend_from_slice(text);
        self.text.push(b'\n');
        self.repeated = false;
    }

    /// Whether it is time to hand them over.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() >= TEXT || self.starts.len() >= CELLS
    }

    /// Hands them over.
    pub(super) fn flush(&mut self, echo: bool, sink: &mut dyn Sink) -> Flow {
        let (text, starts) = (std::mem::take(&mut self.text), std::mem::take(&mut self.starts));
        if text.is_empty() || self.repeated {
            return Continue(());
        }
        let sheet = Some(Arc::clone(&self.sheet)).filter(|sheet| !sheet.is_empty());
        let places = Places::Cells(Cells { sheet, columns: Vec::new(), starts });
        let member = Member::only(PART).made(places);
        sink.take(if echo { member.echo() } else { member }, Content::Owned(text))
    }
}

/// Row and column, both from 0, of a cell's name.
pub(super) fn cell(name: &[u8]) -> Option<(u64, u32)> {
    let name = name.strip_prefix(b"$").unwrap_or(name);
    let letters = name.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if letters == 0 || letters > 4 {
        return None;
    }
    let column = name[..letters].iter().fold(0, |sum, byte| sum * 26 + u32::from(byte.to_ascii_uppercase() - b'@'));
    let rest = name[letters..].strip_prefix(b"$").unwrap_or(&name[letters..]);
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let row: u64 = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    Some((row.checked_sub(1)?, column - 1))
}
