//! Lines made of running text.
//!
//! Holds: what a paragraph, a cell, a text box does to lines. Must not know: how documents write those.

/// How much of what stands beside a paragraph is kept for behind it.
const ASIDE: usize = 1 << 20;

/// Lays text out: a line a paragraph, a line a row. A document may be read twice: as it is shown, and then, where that
/// left something out, as it was before changes, with the lines that cells have.
#[derive(Default)]
pub(super) struct Layout {
    /// Whether it is the second reading.
    pub(super) before: bool,
    /// Whether something was left out.
    pub(super) differs: bool,
    /// How many elements are open of which the content is left out.
    pub(super) hidden: u32,
    /// How many are open of which the content stands beside the paragraph: text boxes, remarks.
    pub(super) beside: u32,
    aside: Vec<u8>,
    /// How many cells are open, each in one of another table.
    cells: u32,
    /// Cells of the row so far, and the most that a row of the table had.
    count: u32,
    widest: u32,
    /// Whether a line of the cell ended.
    split: bool,
}

impl Layout {
    /// Where text goes to now.
    fn out<'a>(&'a mut self, out: &'a mut Vec<u8>) -> &'a mut Vec<u8> {
        if self.beside > 0 && self.aside.len() < ASIDE { &mut self.aside } else { out }
    }

    /// Puts text behind what is there.
    pub(super) fn put(&mut self, text: &[u8], out: &mut Vec<u8>) {
        if self.hidden > 0 || text.is_empty() {
            return;
        }
        if self.beside == 0 && std::mem::take(&mut self.split) {
            // Rows are lines: a cell that has several is broken up in the second reading only.
            self.differs = true;
            out.push(if self.before { b'\n' } else { b' ' });
        }
        self.out(out).extend_from_slice(text);
    }

    /// Leaves text out of this reading.
    pub(super) fn omit(&mut self) {
        self.differs = true;
    }

    /// Puts a line behind the paragraph.
    pub(super) fn remark(&mut self, text: &[u8]) {
        if !text.is_empty() && self.aside.len() < ASIDE && self.hidden == 0 {
            self.line_beside();
            self.aside.extend_from_slice(text);
            self.aside.push(b'\n');
        }
    }

    /// Ends the line of what stands beside.
    pub(super) fn line_beside(&mut self) {
        if self.aside.last().is_some_and(|byte| *byte != b'\n') {
            self.aside.push(b'\n');
        }
    }

    /// A line is broken.
    pub(super) fn line(&mut self, out: &mut Vec<u8>) {
        if self.cells > 0 && self.beside == 0 { self.split = true } else { self.put(b"\n", out) }
    }

    /// A tab, which separates cells only where there are none.
    pub(super) fn tab(&mut self, out: &mut Vec<u8>) {
        self.put(if self.cells > 0 { b" " } else { b"\t" }, out);
    }

    /// A paragraph ends.
    pub(super) fn paragraph(&mut self, out: &mut Vec<u8>) {
        if self.hidden > 0 {
            return;
        }
        if self.beside > 0 {
            self.line_beside();
        } else if self.cells > 0 {
            self.split = true;
        } else {
            out.push(b'\n');
            self.flush(out);
        }
    }

    /// Puts what stood beside.
    pub(super) fn flush(&mut self, out: &mut Vec<u8>) {
        self.line_beside();
        out.append(&mut self.aside);
    }

    /// A table begins.
    pub(super) fn begin_table(&mut self) {
        if self.cells == 0 {
            self.widest = 0;
        }
    }

    /// A cell begins.
    pub(super) fn begin_cell(&mut self, out: &mut Vec<u8>) {
        self.cells = self.cells.saturating_add(1);
        self.split = false;
        if self.cells > 1 {
            self.out(out).push(b' ');
            return;
        }
        if self.count > 0 {
            self.out(out).push(b'\t');
        }
        self.count = self.count.saturating_add(1);
    }

    /// A cell ends.
    pub(super) fn end_cell(&mut self) {
        self.cells = self.cells.saturating_sub(1);
    }

    /// A row ends.
    pub(super) fn end_row(&mut self, out: &mut Vec<u8>) {
        if self.cells > 0 {
            return;
        }
        // A row without separators ends a table for whoever reads it.
        if self.count < 2 && self.widest > 1 {
            self.out(out).push(b'\t');
        }
        self.widest = self.widest.max(self.count);
        (self.count, self.split) = (0, false);
        self.out(out).push(b'\n');
        if self.beside == 0 {
            self.flush(out);
        }
    }

    /// Whether another reading is of use; gets ready for it.
    pub(super) fn again(&mut self) -> bool {
        let again = self.differs && !self.before;
        *self = Self { before: true, ..Self::default() };
        again
    }
}
