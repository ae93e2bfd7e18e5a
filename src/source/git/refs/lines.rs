//! Long texts, in pieces.
//!
//! Holds: the reader that gives a file line by line, and very long lines in pieces; and `Sheet`, which
//! hands a text over in parts. Must not know: what the lines say.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use gix::ObjectId;
use gix::hash::Kind;
use zeroize::Zeroizing;

use super::RefText;
use super::gather::Gather;
use crate::base::Reason;
use crate::source::why;

/// Bytes of a piece.
const PIECE: usize = 64 << 10;

/// Bytes of a part, which is cut at the end of a line; within a line it is cut at twice as many.
const PART: usize = 4 << 20;

/// Bytes that two parts share where a line is cut: more than any credential has.
const SHARED: usize = 128 << 10;

/// Reads a file to its end: each line in one piece, unless it is longer than `PIECE`. The visitor is told
/// whether a line begins. An error is told, and ends the file.
pub(super) fn each_piece(file: File, what: &str, gather: &mut Gather<'_>, visit: &mut Visit<'_>) {
    let mut source = BufReader::with_capacity(PIECE, file);
    let mut piece = Zeroizing::new(Vec::new());
    let mut begins = true;
    while !gather.is_over() {
        piece.clear();
        match next_piece(&mut source, &mut piece) {
            Ok(0) => return,
            Ok(_) => visit(gather, &piece, begins),
            Err(error) => {
                let text = format!("{}; not scanned to its end", why(&error));
                return gather.notice(Reason::Unreadable, what, text);
            }
        }
        begins = piece.ends_with(b"\n");
    }
}

/// What takes a piece.
pub(super) type Visit<'v> = dyn FnMut(&mut Gather<'_>, &[u8], bool) + 'v;

fn next_piece(source: &mut BufReader<File>, piece: &mut Vec<u8>) -> io::Result<usize> {
    source.take(PIECE as u64).read_until(b'\n', piece)
}

/// Hands over all of a file as it is.
pub(super) fn show_raw(file: File, what: &str, gather: &mut Gather<'_>) {
    let mut sheet = Sheet::new(what.to_owned(), 1);
    each_piece(file, what, gather, &mut |gather, piece, _| sheet.write(piece, gather));
    sheet.finish(gather);
}

/// A digest at the beginning of a text, and what follows it. It ends where a white space or the text does.
pub(super) fn leading_id(text: &[u8], hash: Kind) -> Option<(ObjectId, &[u8])> {
    let (digits, rest) = text.split_at_checked(hash.len_in_hex())?;
    let ends = rest.first().is_none_or(u8::is_ascii_whitespace);
    ObjectId::from_hex(digits).ok().filter(|_| ends).map(|id| (id, rest))
}

/// A text that is being written.
pub(super) struct Sheet {
    origin: String,
    first_line: u64,
    text: Zeroizing<Vec<u8>>,
}

impl Sheet {
    /// An empty text that begins with this line of its file.
    pub(super) fn new(origin: String, first_line: u64) -> Self {
        Self { origin, first_line, text: Zeroizing::new(Vec::new()) }
    }

    /// Adds to the text, and hands over what became too long.
    pub(super) fn write(&mut self, piece: &[u8], gather: &mut Gather<'_>) {
        for piece in piece.chunks(PIECE) {
            self.text.extend_from_slice(piece);
            let at_end = self.text.ends_with(b"\n");
            if self.text.len() >= 2 * PART || at_end && self.text.len() >= PART {
                self.show(gather);
                let done = if at_end { self.text.len() } else { self.text.len() - SHARED };
                self.first_line += count_lines(&self.text[..done]);
                self.text.drain(..done);
            }
        }
    }

    /// Hands over the rest, and tells the line that would follow.
    pub(super) fn finish(self, gather: &mut Gather<'_>) -> u64 {
        self.show(gather);
        self.first_line + count_lines(&self.text)
    }

    fn show(&self, gather: &mut Gather<'_>) {
        gather.show(&RefText { origin: &self.origin, first_line: self.first_line, text: &self.text });
    }
}

fn count_lines(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}
