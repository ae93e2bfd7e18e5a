//! Makes text of markup.
//!
//! Holds: what becomes of each piece. Lines stay the lines of the source as far as can be, since a finding is told by
//! its line; breaks that have no line end in the source are carriage returns. Must not know: which stretches are made
//! text, or why.

use super::joint::{Between, Joint, is_of_table};
use super::piece::{Sort, is_token, is_unseen, read, reference, wide};

/// The most cells of a row that are told apart.
const CELLS: usize = 256;

/// The way through one document.
#[derive(Default)]
pub(super) struct Text {
    /// Line ends of the source that were not written yet; below zero, those that were written too many.
    due: i64,
    /// Whether line ends of the source mean nothing, since it is a table.
    in_row: bool,
}

/// What was met since the last word.
#[derive(Default)]
struct Gap<'a> {
    joint: Joint<'a>,
    blank: bool,
}

impl Text {
    /// Writes the text of a stretch.
    pub(super) fn write(&mut self, raw: &[u8], out: &mut Vec<u8>) {
        let mut gap = Gap::default();
        let mut open = true;
        let mut at = 0;
        while let Some(byte) = raw.get(at) {
            match byte {
                b'<' | b']' => {
                    if let Some(piece) = read(&raw[at..]) {
                        let bytes = &raw[at..at + piece.width];
                        at += piece.width;
                        self.pass(piece.sort, bytes, raw.get(at).copied(), &mut gap, out);
                        open = true;
                        continue;
                    }
                }
                b'\n' => {
                    self.due += 1;
                    (gap.blank, open) = (true, true);
                    at += 1;
                    continue;
                }
                b'\r' | b' ' | b'\t' if open => {
                    gap.blank = true;
                    at += 1;
                    continue;
                }
                b'&' => {
                    if let Some((character, width)) = reference(&raw[at..]) {
                        at += width;
                        if !is_unseen(character) {
                            self.close(&mut gap, out);
                            open = false;
                            let character = if character == '\u{A0}' { ' ' } else { character };
                            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                        }
                        continue;
                    }
                }
                0x80.. => {
                    if let Some((_, width)) = wide(&raw[at..]).filter(|(character, _)| is_unseen(*character)) {
                        at += width;
                        continue;
                    }
                }
                _ => {}
            }
            self.close(&mut gap, out);
            open = false;
            let rest = &raw[at + 1..];
            let plain = rest.iter().position(|byte| matches!(byte, b'<' | b']' | b'\n' | b'\r' | b'&' | 0x80..));
            let end = at + 1 + plain.unwrap_or(rest.len());
            out.extend_from_slice(&raw[at..end]);
            at = end;
        }
        self.close(&mut gap, out);
    }

    /// Goes over markup.
    fn pass<'a>(&mut self, sort: Sort<'a>, bytes: &[u8], next: Option<u8>, gap: &mut Gap<'a>, out: &mut Vec<u8>) {
        let ends = memchr::memchr_iter(b'\n', bytes).count();
        match sort {
            Sort::Opens(name) if is_of_table(name) => self.in_row = true,
            Sort::Opens(name) if name.eq_ignore_ascii_case(b"pre") => self.in_row = false,
            Sort::Closes(name) if name.eq_ignore_ascii_case(b"table") => self.in_row = false,
            // What a comment says of its line is kept, unless it stands within a word.
            Sort::Silent if ends == 0 && bytes.starts_with(b"<!--") => {
                let within = next.is_some_and(|byte| is_token(byte) || byte == b'<');
                if !(within && out.last().is_some_and(|byte| is_token(*byte))) {
                    self.close(gap, out);
                    out.extend_from_slice(bytes);
                }
            }
            _ => {}
        }
        self.due += number(ends);
        gap.joint.pass(sort);
    }

    /// Writes what stands between two words.
    fn close(&mut self, gap: &mut Gap<'_>, out: &mut Vec<u8>) {
        let Gap { joint, blank } = std::mem::take(gap);
        match joint.between() {
            Between::Row => {
                out.push(b'\n');
                self.due -= 1;
                // Rows stay together only where all lines between them have cells.
                while self.due > 0 {
                    out.extend_from_slice(b"\t\n");
                    self.due -= 1;
                }
                out.extend(std::iter::repeat_n(b'\t', joint.cells.saturating_sub(1).min(CELLS)));
            }
            Between::Cell if self.in_row || self.due <= 0 => {
                out.extend(std::iter::repeat_n(b'\t', joint.cells.clamp(1, CELLS)));
            }
            Between::Nothing if !blank => {}
            _ if self.due > 0 && !self.in_row => self.write_due(out),
            Between::Nothing => out.push(b' '),
            Between::Cell | Between::Line => out.push(b'\r'),
        }
    }

    fn write_due(&mut self, out: &mut Vec<u8>) {
        while self.due > 0 {
            out.push(b'\n');
            self.due -= 1;
        }
    }

    /// Leaves out a stretch with so many line ends, and writes headings over the rows behind it.
    pub(super) fn skip(&mut self, ends: usize, headings: &[u8], out: &mut Vec<u8>) {
        let mut above = Vec::new();
        if !headings.is_empty() {
            Self::default().write(headings, &mut above);
            self.due -= 1 + number(memchr::memchr_iter(b'\n', &above).count());
        }
        self.due += number(ends);
        self.in_row = !headings.is_empty();
        // What stands before and what stands behind is not one.
        out.extend_from_slice(b"\r\r\r");
        self.write_due(out);
        out.extend_from_slice(&above);
        // The row behind them has a line end of its own.
        self.due += i64::from(!headings.is_empty());
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
