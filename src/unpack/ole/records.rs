//! The records of workbooks, and the strings in them, which go on in further records.
//!
//! Holds: reading one after the other. Must not know: what most of them mean.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use encoding_rs::Encoding;
use zeroize::Zeroizing;

use super::integers::u16_at;
use super::letters::narrow;
use super::rc4::Unlocking;
use super::xor;
use crate::base::{Cursor, Trouble};

/// The record in which another goes on.
const CONTINUE: u16 = 0x3C;

/// Bytes of a record at most.
const LONGEST: u16 = 8224;

/// What unlocks the records of a workbook.
pub(super) enum Key {
    Rc4(Unlocking),
    Xor(xor::Key),
}

/// Reads records from front to back.
pub(super) struct Records<'a> {
    source: Cursor<'a>,
    next: Option<(u16, u16)>,
    at: u64,
    data: Zeroizing<Vec<u8>>,
    /// What of the record was read.
    read: usize,
    /// What unlocks the records behind the one that locks them, and where that begins.
    key: Option<(Key, u64)>,
}

impl<'a> Records<'a> {
    /// The records from the place where the source stands.
    pub(super) fn new(source: Cursor<'a>) -> Result<Self, Trouble> {
        let mut records = Self { at: 0, source, next: None, data: Zeroizing::default(), read: 0, key: None };
        records.next = records.header()?;
        Ok(records)
    }

    /// Goes to a place.
    pub(super) fn seek(&mut self, at: u64) -> Result<(), Trouble> {
        self.source.seek(SeekFrom::Start(at)).map_err(|error| Trouble::of(&error))?;
        self.next = self.header()?;
        Ok(())
    }

    /// The kind of the next record, which is then the current one; nothing at the end.
    pub(super) fn advance(&mut self) -> Result<Option<u16>, Trouble> {
        let Some((kind, length)) = self.next else { return Ok(None) };
        self.at = self.source.position() - 4;
        self.read = 0;
        self.data.clear();
        if length > LONGEST {
            self.next = None;
            return Err(Trouble::malformed("has a broken record"));
        }
        if !fill(&mut self.source, &mut self.data, length.into())? {
            self.next = None;
            return Err(Trouble::malformed("ends early"));
        }
        if let Some((key, from)) = &mut self.key
            && self.at > *from
        {
            // Some records stay readable, and of one where its sheet begins.
            let open = match kind {
                0x0809 | 0x002F | 0x00E1 => self.data.len(),
                0x0085 => 4,
                _ => 0,
            };
            let (place, length) = (self.at + 4 + open as u64, self.data.len());
            let bytes = self.data.get_mut(open..).unwrap_or_default();
            match key {
                Key::Rc4(key) => key.unlock(place, bytes),
                Key::Xor(key) => key.unlock(place, length, bytes),
            }
        }
        self.next = self.header()?;
        Ok(Some(kind))
    }

    /// Whether there is a key for what follows.
    pub(super) fn is_unlocked(&self) -> bool {
        self.key.is_some()
    }

    /// Unlocks all records from here on.
    pub(super) fn unlock(&mut self, key: Key) {
        self.key = Some((key, self.at));
    }

    /// Kind and length of what follows; nothing at the end and in what pads it.
    fn header(&mut self) -> Result<Option<(u16, u16)>, Trouble> {
        let mut header = Zeroizing::new(Vec::new());
        let whole = fill(&mut self.source, &mut header, 4)?;
        let numbers = u16_at(&header, 0).zip(u16_at(&header, 2)).filter(|numbers| whole && *numbers != (0, 0));
        Ok(numbers)
    }

    /// Where the current record begins, or where the broken one did.
    pub(super) fn place(&self) -> u64 {
        self.at
    }

    /// The current record, or as much of it as is in one piece.
    pub(super) fn data(&self) -> &[u8] {
        &self.data
    }

    /// What is not read yet of the piece.
    fn rest(&self) -> &[u8] {
        self.data.get(self.read..).unwrap_or_default()
    }

    /// Moves to where the current record goes on; nothing where it does not.
    pub(super) fn go_on(&mut self) -> Option<()> {
        if self.next.is_none_or(|(kind, _)| kind != CONTINUE) {
            return None;
        }
        self.advance().ok()?.map(|_| ())
    }

    /// A byte.
    pub(super) fn byte(&mut self) -> Option<u8> {
        while self.rest().is_empty() {
            self.go_on()?;
        }
        let byte = self.rest().first().copied();
        self.read += 1;
        byte
    }

    /// Two bytes.
    pub(super) fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    /// Four bytes.
    pub(super) fn long(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes([self.byte()?, self.byte()?, self.byte()?, self.byte()?]))
    }

    /// Passes over some bytes.
    pub(super) fn skip(&mut self, mut count: usize) -> Option<()> {
        loop {
            let step = count.min(self.rest().len());
            self.read += step;
            count -= step;
            if count == 0 {
                return Some(());
            }
            self.go_on()?;
        }
    }

    /// A string of so many letters, before which stands how they are stored. What is there of it comes also where
    /// it ends early; then nothing is returned.
    pub(super) fn string(&mut self, letters: usize, out: &mut String) -> Option<()> {
        let mut flags = self.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(self.short()?) * 4 };
        let more = if flags & 4 == 0 { 0 } else { usize::try_from(self.long()?).ok()? };
        let mut units = Zeroizing::new(Vec::new());
        let whole = loop {
            let width = if flags & 1 == 0 { 1 } else { 2 };
            let count = (letters - units.len()).min(self.rest().len() / width);
            let piece = self.rest().get(..count * width).unwrap_or_default();
            if width == 1 {
                units.extend(piece.iter().copied().map(u16::from));
            } else {
                units.extend(piece.chunks_exact(2).filter_map(|unit| u16_at(unit, 0)));
            }
            self.read += count * width;
            if units.len() >= letters {
                break true;
            }
            // Each further record says again how its letters are stored.
            if self.go_on().is_none() {
                break false;
            }
            flags = match self.byte() {
                Some(flags) => flags,
                None => break false,
            };
        };
        let text = char::decode_utf16(units.iter().copied());
        out.extend(text.map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
        if !whole {
            return None;
        }
        self.skip(runs)?;
        self.skip(more)
    }

    /// A string of so many bytes.
    pub(super) fn bytes(&mut self, mut count: usize, page: &'static Encoding, out: &mut String) -> Option<()> {
        loop {
            let step = count.min(self.rest().len());
            out.push_str(&narrow(self.rest().get(..step).unwrap_or_default(), page));
            self.read += step;
            count -= step;
            if count == 0 {
                return Some(());
            }
            self.go_on()?;
        }
    }
}

/// The bytes of a workbook as they are behind its lock.
pub(super) struct Unlocked<'a> {
    records: Records<'a>,
    piece: Zeroizing<Vec<u8>>,
    at: usize,
}

impl<'a> Unlocked<'a> {
    /// All records, from the first one on.
    pub(super) fn new(mut records: Records<'a>) -> Result<Self, Trouble> {
        records.seek(0)?;
        Ok(Self { records, piece: Zeroizing::default(), at: 0 })
    }
}

impl Read for Unlocked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.piece.len() {
            self.at = 0;
            self.piece.clear();
            // What is broken was told when it was read as cells.
            let Ok(Some(kind)) = self.records.advance() else { return Ok(0) };
            let data = self.records.data();
            let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
            self.piece.extend([kind, length].iter().flat_map(|number| number.to_le_bytes()));
            self.piece.extend_from_slice(data);
        }
        let rest = self.piece.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

/// Reads so many bytes; false where there are fewer.
pub(super) fn fill(source: &mut Cursor<'_>, out: &mut Vec<u8>, length: usize) -> Result<bool, Trouble> {
    while out.len() < length {
        let held = source.fill_buf().map_err(|error| Trouble::of(&error))?;
        if held.is_empty() {
            return Ok(false);
        }
        let count = held.len().min(length - out.len());
        out.extend_from_slice(&held[..count]);
        source.consume(count);
    }
    Ok(true)
}
