//! The text of Word documents, in the order in which it is read.
//!
//! Holds: the header of `WordDocument`, the table of pieces, their text. Must not know: formatting; and of where table
//! rows end only what two marks in a row tell.

use std::io::{self, Read};

use encoding_rs::WINDOWS_1252;
use zeroize::Zeroizing;

use super::chain::Chain;
use super::container::Compound;
use super::directory::Entry;
use super::integers::{size_at, u16_at, u32_at};
use super::letters::{narrow, wide};
use crate::base::{Places, Trouble};
use crate::unpack::{Content, Flow, Member, Sink};

/// Bytes of the document that are decoded at once.
const STEP: usize = 32 << 10;

/// Bytes of the header up to behind where it names the table of pieces.
const HEADER: usize = 0x1AA;

/// The first version that has a table of pieces in a stream of its own.
const WORD_97: u16 = 0x65;

/// Hands over the text of a document.
pub(super) fn open(file: &Compound<'_>, entry: &Entry, name: &str, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let stream = file.stream(entry);
    let header = stream.piece(0, HEADER).map_err(|error| Trouble::of(&error))?;
    let short = || Trouble::malformed("has a broken header");
    let version = u16_at(&header, 2).ok_or_else(short)?;
    let flags = u16_at(&header, 0x0A).ok_or_else(short)?;
    if !matches!(u16_at(&header, 0), Some(0xA5EC | 0xA5DC)) {
        return Err(Trouble::malformed("is of no known version"));
    }
    if flags & 0x0100 != 0 {
        return Err(Trouble::encrypted("is encrypted; not opened"));
    }
    let mut held = 0;
    let pieces = if version < WORD_97 {
        old_piece(&header, flags)?
    } else {
        let tables = file.beside(entry, if flags & 0x0200 == 0 { "0Table" } else { "1Table" });
        let table = file.stream(tables.ok_or_else(|| Trouble::malformed("has lost its table stream"))?);
        let (at, length) = u32_at(&header, 0x1A2).zip(u32_at(&header, 0x1A6)).ok_or_else(short)?;
        let list = table.held(at.into(), length.into(), sink)?;
        held = list.len() as u64;
        // The pieces take twice what their list takes.
        let pieces = sink.hold(held * 2).and_then(|()| {
            held *= 3;
            pieces_in(&list).ok_or_else(|| Trouble::malformed("has a broken table of pieces"))
        });
        if pieces.is_err() {
            sink.release(held);
        }
        pieces?
    };
    let pieces = pieces.into_iter();
    let mut text =
        Text { stream: &stream, pieces, piece: None, cell: false, lost: false, out: Zeroizing::default(), at: 0 };
    let flow = sink.take(Member::named("Word text", name).made(Places::Lines), Content::Read(&mut text, None));
    sink.release(held);
    if text.lost { Err(Trouble::malformed("has lost some of its pieces")) } else { Ok(flow) }
}

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    at: u64,
    bytes: u64,
    wide: bool,
}

/// The one piece of a document of Word 6 or 95 that was saved as a whole.
fn old_piece(header: &[u8], flags: u16) -> Result<Vec<Piece>, Trouble> {
    if flags & 0x0004 != 0 {
        return Err(Trouble::unsupported("is of Word 95 or older and was saved in pieces, which are not put in order"));
    }
    let bounds = u32_at(header, 0x18).zip(u32_at(header, 0x1C));
    let (begin, end) = bounds.ok_or_else(|| Trouble::malformed("has a broken header"))?;
    Ok(vec![Piece { at: begin.into(), bytes: end.saturating_sub(begin).into(), wide: false }])
}

/// Reads the table of pieces, which follows what was changed in them.
fn pieces_in(list: &[u8]) -> Option<Vec<Piece>> {
    let mut at = 0_usize;
    while *list.get(at)? == 1 {
        at += 3 + usize::from(u16_at(list, at + 1)?);
    }
    if list.get(at) != Some(&2) {
        return None;
    }
    let length = size_at(list, at + 1)?;
    let table = list.get(at + 5..)?;
    let table = &table[..length.min(table.len())];
    // One more number than pieces, then eight bytes for each piece.
    let count = table.len().checked_sub(4)? / 12;
    (0..count)
        .map(|index| {
            let (from, to) = (u32_at(table, index * 4)?, u32_at(table, index * 4 + 4)?);
            let letters = u64::from(to.saturating_sub(from));
            let place = u32_at(table, (count + 1) * 4 + index * 8 + 2)?;
            let at = u64::from(place & 0x3FFF_FFFF);
            let wide = place & 0x4000_0000 == 0;
            Some(if wide { Piece { at, bytes: letters * 2, wide } } else { Piece { at: at / 2, bytes: letters, wide } })
        })
        .collect()
}

/// Reads the text piece by piece, as UTF-8.
struct Text<'a> {
    stream: &'a Chain<'a>,
    pieces: std::vec::IntoIter<Piece>,
    piece: Option<Piece>,
    /// Whether a cell ended just now.
    cell: bool,
    /// Whether a piece was not there.
    lost: bool,
    out: Zeroizing<Vec<u8>>,
    at: usize,
}

impl Text<'_> {
    /// Decodes some more; false at the end.
    fn decode(&mut self) -> io::Result<bool> {
        let Some(piece) = self.piece.take().or_else(|| self.pieces.next()) else { return Ok(false) };
        let step = usize::try_from(piece.bytes).unwrap_or(usize::MAX).min(STEP);
        let mut bytes = self.stream.piece(piece.at, step)?;
        self.lost |= bytes.len() < step;
        let more = bytes.len() == STEP && piece.bytes > STEP as u64;
        // A letter of two units is not torn apart.
        let torn = u16_at(&bytes, bytes.len().saturating_sub(2)).is_some_and(|unit| unit & 0xFC00 == 0xD800);
        if more && piece.wide && torn {
            bytes.truncate(STEP - 2);
        }
        if more {
            let count = bytes.len() as u64;
            self.piece = Some(Piece { at: piece.at + count, bytes: piece.bytes - count, ..piece });
        }
        let text = Zeroizing::new(if piece.wide { wide(&bytes) } else { narrow(&bytes, WINDOWS_1252) });
        for letter in text.chars() {
            self.push(letter);
        }
        Ok(true)
    }

    /// Adds a letter, and what marks mean to a reader.
    fn push(&mut self, letter: char) {
        let letter = match letter {
            '\r' | '\x0B' | '\x0C' | '\x0E' => '\n',
            // The end of a cell; the second in a row ends the row.
            '\x07' if std::mem::take(&mut self.cell) => '\n',
            '\x07' => {
                self.cell = true;
                return;
            }
            // Where a field begins, and where what it shows begins.
            '\x13' | '\x14' => ' ',
            '\x1E' => '-',
            '\t' | '\n' => letter,
            // Pictures, notes, the end of a field, hyphens that show only at the end of a line.
            '\0'..='\x1F' | '\u{AD}' => return,
            _ => letter,
        };
        if std::mem::take(&mut self.cell) {
            self.out.push(b'\t');
        }
        self.out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

impl Read for Text<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.out.len() {
            self.out.clear();
            self.at = 0;
            if !self.decode()? {
                return Ok(0);
            }
        }
        let rest = self.out.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}
