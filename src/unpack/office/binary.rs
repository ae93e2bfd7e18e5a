//! Parts of binary workbooks, xlsb: sheets, shared strings, comments.
//!
//! Holds: the reader of records, and which of them become cells. Must not know: which sheets there are.

use std::io::{self, BufReader, Read};
use std::ops::ControlFlow::{self, Continue};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::book::{Listed, SHEETS};
use super::grid::{CELL, Grid, Notes};
use super::parts::{PART, Parts, settle};
use super::strings::Strings;
use crate::base::Trouble;
use crate::unpack::package::Paid;
use crate::unpack::{Flow, Sink};

/// How much of a record is read; what is longer is a picture, or damage.
const RECORD: u64 = 2 * CELL as u64;

/// How much is kept of the name of a sheet.
const NAME: usize = 1 << 10;

/// The numbers of records.
const ROW: u32 = 0;
const STRING: u32 = 19;
const RICH_CELL: u32 = 62;
const LISTED_SHEET: u32 = 156;
const LINK: u32 = 494;
const COMMENT: u32 = 635;
const COMMENT_TEXT: u32 = 637;

/// Records, one after the other.
struct Records<'a> {
    source: BufReader<Paid<Box<dyn Read + 'a>>>,
    body: Zeroizing<Vec<u8>>,
    /// Whether there was one that was not read to its end.
    cut: bool,
}

impl Records<'_> {
    /// The number of the next, whose content is in `body` then.
    fn next(&mut self) -> io::Result<Option<u32>> {
        let Some(first) = self.byte()? else { return Ok(None) };
        let mut number = u32::from(first);
        if first & 0x80 != 0 {
            number = (number & 0x7F) | (u32::from(self.more()? & 0x7F) << 7);
        }
        let mut size = 0_u64;
        for shift in [0, 7, 14, 21] {
            let byte = self.more()?;
            size |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        self.body.clear();
        let mut piece = [0; 4096];
        let mut left = size;
        while left > 0 {
            let most = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let count = self.source.read(&mut piece[..most])?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left -= count as u64;
            let room = (RECORD as usize).saturating_sub(self.body.len());
            self.cut |= room < count && matches!(number, 6..=8 | STRING | RICH_CELL | COMMENT_TEXT);
            self.body.extend_from_slice(&piece[..count.min(room)]);
        }
        Ok(Some(number))
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        Ok((self.source.read(&mut byte)? == 1).then_some(byte[0]))
    }

    fn more(&mut self) -> io::Result<u8> {
        self.byte()?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// Goes through the records of a part; what is wrong with it is told.
fn each(
    parts: &Parts<'_>,
    name: &str,
    sink: &mut dyn Sink,
    mut visit: impl FnMut(u32, Fields<'_>, &mut dyn Sink) -> Flow,
) -> Flow {
    let source = match parts.open(name) {
        Ok(source) => BufReader::new(Paid::new(source, sink)),
        Err(trouble) => {
            sink.tell(Some(name), PART, trouble);
            return Continue(());
        }
    };
    let mut records = Records { source, body: Zeroizing::default(), cut: false };
    loop {
        match records.next() {
            Ok(Some(number)) => visit(number, Fields(&records.body), sink)?,
            Ok(None) => break,
            Err(error) => {
                sink.tell(Some(name), PART, Trouble::of(&error));
                break;
            }
        }
    }
    if records.cut {
        sink.tell(Some(name), PART, Trouble::malformed("has a cell of more than 256 KiB, which was cut"));
    }
    settle(records.source.get_ref(), name, sink)
}

/// The fields of a record.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const COUNT: usize>(&mut self) -> Option<[u8; COUNT]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    /// A string, which may be none.
    fn string(&mut self) -> Option<Vec<u8>> {
        let count = self.number()?;
        if count == u32::MAX {
            return Some(Vec::new());
        }
        // One that was cut off has its beginning.
        let length = (count as usize).saturating_mul(2).min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        let units = text.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let letters = char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER));
        Some(letters.collect::<String>().into_bytes())
    }

    /// A string that may have marks of fonts behind it.
    fn rich(&mut self) -> Option<Vec<u8>> {
        self.take::<1>()?;
        self.string()
    }
}

/// The sheets that a workbook lists.
pub(super) fn sheets(parts: &Parts<'_>, main: &str, sink: &mut dyn Sink) -> ControlFlow<(), Vec<Listed>> {
    let mut listed = Vec::new();
    each(parts, main, sink, |number, mut fields, _| {
        if number == LISTED_SHEET && listed.len() < SHEETS {
            fields.take::<8>();
            if let (Some(id), Some(title)) = (fields.string(), fields.string()) {
                let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes[..bytes.len().min(NAME)]).into_owned();
                listed.push(Listed { title: text(title), id: text(id) });
            }
        }
        Continue(())
    })?;
    Continue(listed)
}

/// Reads the shared strings.
pub(super) fn strings(parts: &Parts<'_>, name: &str, strings: &mut Strings, sink: &mut dyn Sink) -> Flow {
    each(parts, name, sink, |number, mut fields, sink| {
        if number == STRING {
            strings.add(&fields.rich().map(Zeroizing::new).unwrap_or_default(), sink);
        }
        Continue(())
    })
}

/// Reads comments, whose cells are in the sheet of that name.
pub(super) fn comments(parts: &Parts<'_>, name: &str, title: Arc<str>, sink: &mut dyn Sink) -> Flow {
    let (mut notes, mut place) = (Notes::new(title), None);
    each(parts, name, sink, |number, mut fields, sink| {
        match number {
            COMMENT => {
                fields.take::<4>();
                place = area(&mut fields);
            }
            COMMENT_TEXT => notes.put(place, &fields.rich().unwrap_or_default()),
            _ => {}
        }
        if notes.is_full() { notes.flush(false, sink) } else { Continue(()) }
    })?;
    notes.flush(false, sink)
}

/// The first cell of an area.
fn area(fields: &mut Fields<'_>) -> Option<(u64, u32)> {
    let (row, _, column, _) = (fields.number()?, fields.number()?, fields.number()?, fields.number()?);
    Some((u64::from(row), column))
}

/// Reads the cells of a sheet.
pub(super) fn sheet(
    parts: &Parts<'_>,
    name: &str,
    title: Arc<str>,
    strings: &mut Strings,
    sink: &mut dyn Sink,
) -> Flow {
    let mut grid = match Grid::new(title, sink) {
        Ok(grid) => grid,
        Err(trouble) => {
            sink.tell(Some(name), PART, trouble);
            return Continue(());
        }
    };
    let (mut row, mut column) = (0, 0_u32);
    let flow = each(parts, name, sink, |number, mut fields, sink| {
        match number {
            ROW => (row, column) = (u64::from(fields.number().unwrap_or_default()), 0),
            LINK => {
                if let Some((row, column)) = area(&mut fields) {
                    for _ in 0..4 {
                        grid.beside(row, column, &fields.string().unwrap_or_default(), sink)?;
                    }
                }
            }
            // The short ones stand in the column behind the one before.
            1..=11 | RICH_CELL | 12..=18 => {
                if !matches!(number, 12..=18) {
                    column = fields.number().unwrap_or(column);
                }
                fields.take::<4>();
                let text = Zeroizing::new(shown(number, fields, strings).unwrap_or_default());
                grid.cell(row, column, &text, sink)?;
                column = column.saturating_add(1);
            }
            _ => {}
        }
        Continue(())
    });
    let ended = grid.end(sink);
    flow?;
    ended
}

/// What a cell shows.
fn shown(number: u32, mut fields: Fields<'_>, strings: &mut Strings) -> Option<Vec<u8>> {
    match number {
        2 | 13 => Some(packed(fields.number()?).to_string().into_bytes()),
        4 | 10 | 15 => Some(vec![b'0' + (fields.take::<1>()?[0] & 1)]),
        5 | 9 | 16 => Some(f64::from_le_bytes(fields.take()?).to_string().into_bytes()),
        6 | 8 | 17 => fields.string(),
        7 | 18 => Some(strings.get(fields.number()? as usize).to_vec()),
        RICH_CELL => fields.rich(),
        _ => None,
    }
}

/// A number in four bytes: the beginning of a larger one, or a whole one; either may be in hundredths.
fn packed(bits: u32) -> f64 {
    let value =
        if bits & 2 == 0 { f64::from_bits(u64::from(bits & !3) << 32) } else { f64::from(bits.cast_signed() >> 2) };
    if bits & 1 == 0 { value } else { value / 100.0 }
}
