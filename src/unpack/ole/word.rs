//! The text of Word documents, in the order in which it is read.
//!
//! Holds: the header of `WordDocument`, the table of pieces, their text. Must not know: formatting; and of where table
//! rows end only what two marks in a row tell.

use std::io::{self, Read};
use std::sync::Arc;

use encoding_rs::{Encoding, WINDOWS_1252};
use zeroize::Zeroizing;

use super::chain::Chain;
use super::container::Compound;
use super::directory::{Entry, path};
use super::integers::{size_at, u16_at, u32_at};
use super::letters::{narrow, wide};
use super::locked::{DEFAULT, find};
use super::rc4::{Key, Lock};
use crate::base::{Cursor, Places, ReadAt, Trouble};
use crate::unpack::charsets::{of_font, of_language};
use crate::unpack::{Content, Flow, Member, Sink};

/// Bytes of the document that are decoded at once.
const STEP: usize = 32 << 10;

/// Bytes of the header up to behind where it names the table of pieces.
const HEADER: usize = 0x1AA;

/// The first version that has its tables in a stream of their own. Word 6 says 0x65, Word 95 up to 0x69, Word 97 0xC1.
const WORD_97: u16 = 0x6A;

/// Bytes of the header that are not locked in documents that are.
const OPEN: u64 = 0x44;

/// Bytes of what describes a lock.
const DESCRIPTION: usize = 4096;

/// Bytes of the list of fonts that are looked at.
const FONTS: usize = 16 << 10;

/// Hands over the text of a document.
pub(super) fn open(file: &Compound<'_>, entry: &Entry, name: &str, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let mut stream = file.stream(entry);
    let mut header = stream.piece(0, HEADER).map_err(|error| Trouble::of(&error))?;
    let short = || Trouble::malformed("has a broken header");
    let version = u16_at(&header, 2).ok_or_else(short)?;
    let flags = u16_at(&header, 0x0A).ok_or_else(short)?;
    if !matches!(u16_at(&header, 0), Some(0xA5EC | 0xA5DC)) {
        return Err(Trouble::malformed("is of no known version"));
    }
    let is_old = version < WORD_97;
    let key = if flags & 0x0100 == 0 { None } else { Some(unlock(file, entry, &header, sink)?) };
    if let Some(key) = &key {
        stream = stream.unlocked(key, OPEN);
        header = stream.piece(0, HEADER).map_err(|error| Trouble::of(&error))?;
    }
    let (pieces, held) = if is_old && flags & 0x0004 == 0 {
        (vec![old_piece(&header)?], 0)
    } else {
        // The old ones have their tables among their text.
        let tables = if is_old { Some(entry) } else { tables(file, entry, &header) };
        let table = file.stream(tables.ok_or_else(|| Trouble::malformed("has lost its table stream"))?);
        let table = if let Some(key) = &key { table.unlocked(key, 0) } else { table };
        let at = if is_old { 0x160 } else { 0x1A2 };
        let (at, length) = u32_at(&header, at).zip(u32_at(&header, at + 4)).ok_or_else(short)?;
        let list = table.held(at.into(), length.into(), sink)?;
        // The pieces take twice what their list takes.
        let mut held = list.len() as u64;
        let pieces = sink.hold(held * 2).and_then(|()| {
            held *= 3;
            pieces_in(&list, is_old).ok_or_else(|| Trouble::malformed("has a broken table of pieces"))
        });
        if pieces.is_err() {
            sink.release(held);
        }
        (pieces?, held)
    };
    let page = if is_old { old_page(&stream, &header) } else { WINDOWS_1252 };
    let pieces = pieces.into_iter();
    let mut text =
        Text { stream: &stream, page, pieces, piece: None, cell: false, lost: false, out: Zeroizing::default(), at: 0 };
    let flow = sink.take(Member::named("Word text", name).made(Places::Lines), Content::Read(&mut text, None));
    sink.release(held);
    let flow = match key {
        Some(key) if flow.is_continue() => streams(file, entry, &key, sink),
        _ => flow,
    };
    if text.lost { Err(Trouble::malformed("has lost some of its pieces")) } else { Ok(flow) }
}

/// The stream that holds the tables of a document.
fn tables<'f>(file: &'f Compound<'_>, entry: &Entry, header: &[u8]) -> Option<&'f Entry> {
    let second = u16_at(header, 0x0A)? & 0x0200 != 0;
    file.beside(entry, if second { "1Table" } else { "0Table" })
}

/// Looks for the password of a document. How it is locked stands before its tables.
fn unlock(file: &Compound<'_>, entry: &Entry, header: &[u8], sink: &mut dyn Sink) -> Result<Arc<Key>, Trouble> {
    let obscured = u16_at(header, 0x0A).is_none_or(|flags| flags & 0x8000 != 0);
    let is_old = u16_at(header, 2).is_none_or(|version| version < WORD_97);
    let mut lock = None;
    if !obscured && !is_old {
        let tables = tables(file, entry, header).ok_or_else(|| Trouble::malformed("has lost its table stream"))?;
        let length = u32_at(header, 0x0E).and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let description = file.stream(tables).piece(0, length.min(DESCRIPTION));
        lock = Lock::read(&description.map_err(|error| Trouble::of(&error))?);
    }
    find(lock.as_ref(), DEFAULT, sink).map(Arc::new)
}

/// Hands over the streams of a document as they are behind its lock.
fn streams(file: &Compound<'_>, entry: &Entry, key: &Arc<Key>, sink: &mut dyn Sink) -> Flow {
    for other in ["WordDocument", "0Table", "1Table", "Data"].into_iter().filter_map(|name| file.beside(entry, name)) {
        let open = if other.is("WordDocument") { OPEN } else { 0 };
        let (name, stream) = (path(file.entries(), other), file.stream(other).unlocked(key, open));
        let member = Member::named("stream", &name).echo();
        sink.take(member, Content::Read(&mut Cursor::new(&stream), Some(stream.size())))?;
    }
    Flow::Continue(())
}

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    at: u64,
    bytes: u64,
    wide: bool,
}

/// The one piece of a document of Word 6 or 95 that was saved as a whole.
fn old_piece(header: &[u8]) -> Result<Piece, Trouble> {
    let bounds = u32_at(header, 0x18).zip(u32_at(header, 0x1C));
    let (begin, end) = bounds.ok_or_else(|| Trouble::malformed("has a broken header"))?;
    Ok(Piece { at: begin.into(), bytes: end.saturating_sub(begin).into(), wide: false })
}

/// The letters of a document of Word 6 or 95: those of its language, or of the first of its fonts that has others than
/// the western ones.
fn old_page(stream: &Chain<'_>, header: &[u8]) -> &'static Encoding {
    let language = u16_at(header, 6).and_then(of_language);
    language.or_else(|| fonts_page(stream, header)).unwrap_or(WINDOWS_1252)
}

fn fonts_page(stream: &Chain<'_>, header: &[u8]) -> Option<&'static Encoding> {
    let length = usize::try_from(u32_at(header, 0xD4)?).ok()?.min(FONTS);
    let fonts = stream.piece(u32_at(header, 0xD0)?.into(), length).ok()?;
    // Its own length in two bytes; then each font with its length in one, its set of letters in the fifth.
    let mut rest = fonts.get(2..)?;
    while let [length, ..] = rest {
        if let Some(page) = rest.get(4).copied().and_then(of_font) {
            return Some(page);
        }
        rest = rest.get(usize::from(*length) + 1..)?;
    }
    None
}

/// Reads the table of pieces, which follows what was changed in them.
fn pieces_in(list: &[u8], is_old: bool) -> Option<Vec<Piece>> {
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
            if is_old {
                return Some(Piece { at: place.into(), bytes: letters, wide: false });
            }
            Some(if wide { Piece { at, bytes: letters * 2, wide } } else { Piece { at: at / 2, bytes: letters, wide } })
        })
        .collect()
}

/// Reads the text piece by piece, as UTF-8.
struct Text<'a> {
    stream: &'a Chain<'a>,
    page: &'static Encoding,
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
        let text = Zeroizing::new(if piece.wide { wide(&bytes) } else { narrow(&bytes, self.page) });
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
