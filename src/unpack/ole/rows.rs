//! Cells laid out as lines, so that headings stand above what they name.
//!
//! Holds: the layout, in pieces of about a megabyte. Must not know: how cells are stored.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::base::{Cells, Places};
use crate::unpack::{Content, Flow, Member, Sink};

/// Bytes of text that are handed over at once.
const PIECE: usize = 1 << 20;

/// Cells that are handed over at once.
const CELLS: usize = 1 << 16;

/// Columns that keep their distance; there were 256 of them.
const COLUMNS: u32 = 256;

/// Bytes of a line of headings.
const HEADING: usize = 4096;

/// Where the text of each cell begins, its row and its column.
type Starts = Vec<(u64, u64, u32)>;

/// The cells of a sheet, row after row.
pub(super) struct Rows {
    sheet: Arc<str>,
    text: Zeroizing<Vec<u8>>,
    starts: Starts,
    /// The row that is being laid out.
    row: Option<u64>,
    /// Where its text and its cells begin.
    begin: (usize, usize),
    /// How many separators it has.
    column: u32,
    texts: usize,
    /// Whether rows have several cells.
    wide: bool,
    heading: Option<(Vec<u8>, Starts)>,
    /// How many of the cells are only its repetition.
    repeated: usize,
    /// Cells of several lines once more, as they are.
    broken: Zeroizing<Vec<u8>>,
    broken_starts: Starts,
}

impl Rows {
    /// An empty sheet.
    pub(super) fn new(sheet: &str) -> Self {
        Self {
            sheet: sheet.into(),
            text: Zeroizing::default(),
            starts: Vec::new(),
            row: None,
            begin: (0, 0),
            column: 0,
            texts: 0,
            wide: false,
            heading: None,
            repeated: 0,
            broken: Zeroizing::default(),
            broken_starts: Vec::new(),
        }
    }

    /// Adds a cell.
    pub(super) fn add(&mut self, row: u64, column: u32, value: &str, is_text: bool) {
        let place = column.min(COLUMNS);
        let filled = self.starts.len() > self.begin.1;
        if self.row != Some(row) || (filled && place < COLUMNS && place <= self.column) {
            self.end_row();
            self.row = Some(row);
        } else if filled && place == self.column {
            self.text.push(b'\t');
        }
        while self.column < place {
            self.text.push(b'\t');
            self.column += 1;
        }
        self.starts.push((self.text.len() as u64, row, column));
        self.texts += usize::from(is_text);
        self.wide |= self.column > 0;
        let quote = quote_for(value);
        self.text.extend(quote);
        self.text.extend(value.bytes().map(|byte| if matches!(byte, b'\t' | b'\n' | b'\r') { b' ' } else { byte }));
        self.text.extend(quote);
        if value.contains(['\n', '\r']) {
            self.broken_starts.push((self.broken.len() as u64, row, column));
            self.broken.extend_from_slice(value.as_bytes());
            self.broken.extend_from_slice(b"\n\n");
        }
    }

    /// Adds what stands at a cell on a line of its own: a comment.
    pub(super) fn remark(&mut self, row: u64, column: u32, value: &str) {
        self.end_row();
        self.starts.push((self.text.len() as u64, row, column));
        self.text.extend_from_slice(value.as_bytes());
        self.text.push(b'\n');
        self.begin = (self.text.len(), self.starts.len());
    }

    fn end_row(&mut self) {
        if self.row.take().is_none() {
            return;
        }
        // A line without separators would end the table.
        if self.wide && self.column == 0 {
            self.text.push(b'\t');
        }
        self.text.push(b'\n');
        let line = self.text.get(self.begin.0..).unwrap_or_default();
        // Headings have no figures; so nothing that is looked for is told twice because of them.
        if self.heading.is_none() && self.texts > 1 && line.len() <= HEADING && !line.iter().any(u8::is_ascii_digit) {
            let starts = self.starts.get(self.begin.1..).unwrap_or_default();
            let starts = starts.iter().map(|(at, row, column)| (at - self.begin.0 as u64, *row, *column)).collect();
            self.heading = Some((line.to_vec(), starts));
        }
        self.begin = (self.text.len(), self.starts.len());
        (self.column, self.texts) = (0, 0);
    }

    /// Whether there is enough to be handed over.
    pub(super) fn is_full(&self) -> bool {
        let rows = self.begin.0 >= PIECE || self.begin.1 >= CELLS || self.broken.len() >= PIECE;
        // No honest row is that long.
        rows || self.text.len() >= 4 * PIECE
    }

    /// Hands over what there is; a row that has not ended stays, unless it is too long.
    pub(super) fn flush(&mut self, ended: bool, name: &str, sink: &mut dyn Sink) -> Flow {
        if ended || self.text.len() >= 4 * PIECE {
            self.end_row();
        }
        let open = Zeroizing::new(self.text.split_off(self.begin.0));
        let open_starts = self.starts.split_off(self.begin.1);
        let before = self.begin.0 as u64;
        let text = std::mem::take(&mut self.text);
        let starts = std::mem::take(&mut self.starts);
        let broken = std::mem::take(&mut self.broken);
        let broken_starts = std::mem::take(&mut self.broken_starts);
        if let Some((line, starts)) = &self.heading {
            self.text.extend_from_slice(line);
            self.starts.extend_from_slice(starts);
        }
        self.begin = (self.text.len(), self.starts.len());
        let fresh = starts.len() > std::mem::replace(&mut self.repeated, self.begin.1);
        let moved = |(at, row, column): (u64, u64, u32)| (at - before + self.begin.0 as u64, row, column);
        self.starts.extend(open_starts.into_iter().map(moved));
        self.text.extend_from_slice(&open);
        if fresh {
            sink.take(self.member(name, starts), Content::Owned(text))?;
        }
        if !broken.is_empty() {
            sink.take(self.member(name, broken_starts).echo(), Content::Owned(broken))?;
        }
        Flow::Continue(())
    }

    fn member<'n>(&self, name: &'n str, starts: Starts) -> Member<'n> {
        let cells = Cells { sheet: Some(self.sheet.clone()), columns: Vec::new(), starts };
        let member = Member::named("worksheet", name).made(Places::Cells(cells));
        Member { words: vec![self.sheet.to_string()], ..member }
    }
}

/// The quote to put around a cell which has one itself that would hide the separators behind it.
fn quote_for(value: &str) -> Option<u8> {
    let odd = |quote: u8| value.bytes().filter(|byte| *byte == quote).count() % 2 == 1;
    let other = |quote: u8, other: u8| (odd(quote) && !value.as_bytes().contains(&other)).then_some(other);
    other(b'"', b'\'').or_else(|| other(b'\'', b'"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rows: &mut Rows) -> String {
        rows.end_row();
        String::from_utf8(rows.text.to_vec()).expect("text")
    }

    #[test]
    fn headings_stand_above_their_cells() {
        let mut rows = Rows::new("S");
        rows.add(0, 1, "NIP", true);
        rows.add(0, 3, "Token", true);
        rows.add(1, 3, "d'Or", true);
        rows.add(7, 0, "a\nb", true);
        rows.remark(1, 3, "remark");
        assert_eq!(text(&mut rows), "\tNIP\t\tToken\n\t\t\t\"d'Or\"\na b\t\nremark\n");
        assert_eq!(rows.starts, [(1, 0, 1), (6, 0, 3), (15, 1, 3), (22, 7, 0), (27, 1, 3)]);
        assert_eq!(&rows.broken[..], b"a\nb\n\n");
    }

    #[test]
    fn cells_out_of_order_or_far_away_cost_little() {
        let mut rows = Rows::new("S");
        for column in [5, 2, 60_000, 60_001, 65_535, 1] {
            rows.add(0, column, "x", true);
        }
        let text = text(&mut rows);
        assert_eq!(text.lines().map(str::len).collect::<Vec<_>>(), [6, 262, 2]);
    }
}
