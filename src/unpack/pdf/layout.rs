//! The lines of a page, made of pieces of text that stand somewhere on it.
//!
//! Holds: `Layout`, which puts pieces in the order in which people read, and keeps the order in which they were
//! written. Must not know: fonts, operators, documents.

use std::fmt::Write;

use zeroize::Zeroizing;

/// A gap that is wider than this part of the size of the letters is a blank. Lines that are set tight have blanks of
/// not much more, and some kerning is wider: what it tears apart is whole in the order in which it was written.
const BLANK: f64 = 0.1;

/// A gap from which on pieces are of different columns.
pub(super) const COLUMN: f64 = 1.5;

/// How many pieces are put in order at once; no honest page has more.
const MOST: usize = 200_000;

/// How much text is held of pages; one page may have it all.
const LARGEST: usize = 8 << 20;

/// A run of text on one line.
struct Piece {
    /// Where its text stands.
    begin: usize,
    end: usize,
    /// Its direction in degrees; where it begins and ends along it, and its height across.
    turn: i16,
    from: f64,
    to: f64,
    height: f64,
    size: f64,
}

/// Where something is shown: its begin and end on the page, and how large its letters are.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) from: (f64, f64),
    pub(super) to: (f64, f64),
    /// The direction of the line, which also text without width has.
    pub(super) along: (f64, f64),
    pub(super) size: f64,
}

/// Gathers the text of a page.
#[derive(Default)]
pub(super) struct Layout {
    pieces: Vec<Piece>,
    text: Zeroizing<String>,
    /// The lines of a page, in the order of reading.
    pub(super) lines: Zeroizing<String>,
    /// The same as it was written, without blanks that only places tell.
    pub(super) written: Zeroizing<String>,
}

impl Layout {
    /// Whether no more text is taken before what is there was taken away.
    pub(super) fn is_full(&self) -> bool {
        self.text.len().max(self.written.len()).max(self.lines.len()) > LARGEST
    }

    /// Notes text that is shown.
    pub(super) fn show(&mut self, text: &str, spot: Spot) {
        if text.is_empty() || ![spot.from.0, spot.from.1, spot.to.0, spot.to.1, spot.size].iter().all(|n| n.is_finite())
        {
            return;
        }
        let angle = spot.along.1.atan2(spot.along.0);
        let turn = angle.to_degrees().round() as i16;
        let (sin, cos) = f64::from(turn).to_radians().sin_cos();
        let turned = |(x, y): (f64, f64)| (x * cos + y * sin, y * cos - x * sin);
        let ((from, height), (to, _)) = (turned(spot.from), turned(spot.to));
        let size = spot.size.max(0.01);
        if let Some(last) = self.pieces.last_mut() {
            let gap = (from - last.to) / size;
            let same_line = last.turn == turn && (height - last.height).abs() < 0.5 * size;
            if same_line && (height - last.height).abs() < 0.1 * size && (-0.4..COLUMN).contains(&gap) {
                if gap > BLANK && !text.starts_with(' ') && !self.text.ends_with(' ') {
                    self.text.push(' ');
                }
                self.text.push_str(text);
                self.written.push_str(text);
                (last.end, last.to, last.size) = (self.text.len(), to.max(last.to), size.max(last.size));
                return;
            }
            if !same_line || !(-0.4..COLUMN).contains(&gap) {
                self.written.push('\n');
            }
        }
        if self.pieces.len() >= MOST {
            self.put_in_order();
        }
        self.written.push_str(text);
        let begin = self.text.len();
        self.text.push_str(text);
        self.pieces.push(Piece { begin, end: self.text.len(), turn, from, to, height, size });
    }

    /// Notes text that stands nowhere.
    pub(super) fn remark(&mut self, key: &str, text: &str) {
        // Memory takes it.
        let _ = writeln!(self.written, "\n{key}: {text}");
    }

    /// Notes text that stands nowhere, among the lines.
    pub(super) fn append(&mut self, text: &str) {
        self.lines.push_str(text);
    }

    /// Puts the pieces in order, as lines.
    pub(super) fn put_in_order(&mut self) {
        let mut pieces = std::mem::take(&mut self.pieces);
        pieces.sort_by(|one, other| one.turn.cmp(&other.turn).then(other.height.total_cmp(&one.height)));
        let mut rest = pieces.as_mut_slice();
        while let Some(first) = rest.first() {
            let (turn, height, size) = (first.turn, first.height, first.size);
            let is_beside = |piece: &Piece| {
                piece.turn == turn && (height - piece.height) < 0.4 * size.min(piece.size).max(0.2 * size)
            };
            let count = rest.iter().take_while(|piece| is_beside(piece)).count().max(1);
            let (line, behind) = rest.split_at_mut(count);
            line.sort_by(|one, other| one.from.total_cmp(&other.from));
            self.put_line(line);
            rest = behind;
        }
        self.text.clear();
    }

    fn put_line(&mut self, line: &[Piece]) {
        let mut before: Option<&Piece> = None;
        for piece in line {
            let Some(text) = self.text.get(piece.begin..piece.end) else { continue };
            if let Some(last) = before {
                let gap = (piece.from - last.to) / piece.size;
                // Bold letters are made by writing twice.
                let is_shadow = (piece.from - last.from).abs() < 0.2 * piece.size
                    && self.text.get(last.begin..last.end) == Some(text);
                if is_shadow {
                    continue;
                }
                if !(-COLUMN..COLUMN).contains(&gap) {
                    self.lines.push('\t');
                } else if gap > BLANK && !text.starts_with(' ') && !self.lines.ends_with(' ') {
                    self.lines.push(' ');
                }
            }
            self.lines.push_str(text);
            before = Some(piece);
        }
        self.lines.push('\n');
    }

    /// Ends a page.
    pub(super) fn end_page(&mut self) {
        self.put_in_order();
        self.written.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(pieces: &[(&str, f64, f64, f64)]) -> (String, String) {
        let mut layout = Layout::default();
        for (text, x, y, width) in pieces {
            layout.show(text, Spot { from: (*x, *y), to: (x + width, *y), along: (1.0, 0.0), size: 10.0 });
        }
        layout.end_page();
        (layout.lines.to_string(), layout.written.to_string())
    }

    #[test]
    fn pieces_become_lines() {
        let (lines, written) = page(&[
            ("low", 0.0, 10.0, 20.0),
            ("high", 0.0, 50.0, 20.0),
            ("er", 20.5, 50.0, 10.0),
            ("still", 33.0, 50.0, 10.0),
            ("far", 90.0, 50.2, 10.0),
        ]);
        assert_eq!(lines, "higher still\tfar\nlow\n");
        assert_eq!(written, "low\nhigherstill\nfar\n");
    }

    #[test]
    fn shadows_are_left_out() {
        let (lines, _) = page(&[("bold", 0.0, 50.0, 20.0), ("x", 0.0, 10.0, 5.0), ("bold", 0.3, 50.0, 20.0)]);
        assert_eq!(lines, "bold\nx\n");
    }

    #[test]
    fn nonsense_is_no_trouble() {
        let (lines, _) = page(&[("a", f64::NAN, 1.0, 1.0), ("b", 1e300, -1e300, 1e300), ("c", 0.0, 0.0, 0.0)]);
        assert_eq!(lines, "c\nb\n");
    }
}
