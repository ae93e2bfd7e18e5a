//! The end of an archive, which tells where its directory is.
//!
//! Holds: finding it, with something in front or behind, and the directory itself. Must not know: members.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use memchr::memmem;

use super::header::{CENTRAL, CENTRAL_SIZE, Entry, central, long, read_at, short, word};
use crate::base::{Cursor, ReadAt};

/// Begins the end of an archive.
const ENDING: &[u8; 4] = b"PK\x05\x06";
/// Bytes of it, less the comment.
const ENDING_SIZE: usize = 22;
/// How far from the end of the file it is looked for. It may have a comment of 64 KiB, and something behind.
const TAIL: u64 = 128 << 10;
/// How many of them are tried, from the last one.
const TRIES: usize = 64;

/// Where the directory is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    /// Where the directory begins.
    pub(super) start: u64,
    /// Where it ends.
    pub(super) end: u64,
    /// Where the last of it ends, with the comment.
    pub(super) behind: u64,
    /// How much further all places are than they are said to be.
    pub(super) shift: i64,
    /// How many members it has, as far as 16 bits tell that.
    count: u64,
    /// Whether there are other parts of the archive, in other files.
    pub(super) split: bool,
}

/// Whether these bytes are an end without a comment.
pub(super) fn ends(tail: &[u8]) -> bool {
    let alone = short(tail, 4) == short(tail, 6) && short(tail, 8) == short(tail, 10) && short(tail, 20) == 0;
    tail.len() == ENDING_SIZE && tail.starts_with(ENDING) && alone
}

/// Finds the last end that has a directory.
pub(super) fn find(bytes: &dyn ReadAt) -> io::Result<Option<Ending>> {
    let from = bytes.size().saturating_sub(TAIL);
    let mut tail = vec![0; bytes.size().min(TAIL) as usize];
    let count = read_at(bytes, from, &mut tail)?;
    let mut searched = &tail[..count];
    for _ in 0..TRIES {
        let Some(at) = memmem::rfind(searched, ENDING) else { break };
        if let Some(ending) = read(bytes, from + at as u64)? {
            return Ok(Some(ending));
        }
        searched = &searched[..at + ENDING.len() - 1];
    }
    Ok(None)
}

fn read(bytes: &dyn ReadAt, at: u64) -> io::Result<Option<Ending>> {
    let mut fixed = [0; ENDING_SIZE];
    if read_at(bytes, at, &mut fixed)? < ENDING_SIZE {
        return Ok(None);
    }
    let behind = at.saturating_add((ENDING_SIZE + usize::from(short(&fixed, 20))) as u64);
    let split = short(&fixed, 4) != short(&fixed, 6) || short(&fixed, 8) != short(&fixed, 10);
    let (size, offset) = (u64::from(word(&fixed, 12)), u64::from(word(&fixed, 16)));
    let narrow = Ending { start: 0, end: at, behind, shift: 0, count: u64::from(short(&fixed, 10)), split };
    if let Some((end, wide)) = wide(bytes, at)? {
        let ending = Ending { end, count: long(&wide, 32), ..narrow };
        return place(bytes, &ending, long(&wide, 40), long(&wide, 48));
    }
    place(bytes, &narrow, size, offset)
}

/// The end of an archive that is too large for the narrow one: where it begins, and what it says.
fn wide(bytes: &dyn ReadAt, at: u64) -> io::Result<Option<(u64, [u8; 56])>> {
    let mut locator = [0; 20];
    let Some(place) = at.checked_sub(20) else { return Ok(None) };
    if read_at(bytes, place, &mut locator)? < 20 || !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    for end in [place.saturating_sub(56), long(&locator, 8)] {
        let mut wide = [0; 56];
        if read_at(bytes, end, &mut wide)? == 56 && wide.starts_with(b"PK\x06\x06") {
            return Ok(Some((end, wide)));
        }
    }
    Ok(None)
}

/// The directory stands right before its end; where it says to stand counts only otherwise.
fn place(bytes: &dyn ReadAt, ending: &Ending, size: u64, offset: u64) -> io::Result<Option<Ending>> {
    for start in [ending.end.checked_sub(size), Some(offset)].into_iter().flatten() {
        let mut mark = [0; 4];
        let begins = start < ending.end && read_at(bytes, start, &mut mark)? == 4 && mark == *CENTRAL;
        if begins || (size == 0 && ending.count == 0 && start == ending.end) {
            let shift = start.cast_signed().wrapping_sub(offset.cast_signed());
            return Ok(Some(Ending { start, shift, ..*ending }));
        }
    }
    Ok(None)
}

/// Reads the directory.
pub(super) struct Directory<'a> {
    cursor: Cursor<'a>,
    end: u64,
    read: u64,
    count: u64,
}

impl<'a> Directory<'a> {
    /// The directory that an end names.
    pub(super) fn new(bytes: &'a dyn ReadAt, ending: &Ending) -> io::Result<Self> {
        let mut cursor = Cursor::new(bytes);
        cursor.seek(SeekFrom::Start(ending.start))?;
        Ok(Self { cursor, end: ending.end, read: 0, count: ending.count })
    }

    /// The next member, and where it is said to begin. Nothing at the end, or where the directory is damaged.
    pub(super) fn next(&mut self) -> io::Result<Option<(Entry, u64)>> {
        let left = self.end.saturating_sub(self.cursor.position());
        let mut fixed = [0; CENTRAL_SIZE];
        if left < CENTRAL_SIZE as u64 {
            return Ok(None);
        }
        self.cursor.read_exact(&mut fixed)?;
        let (named, comment) = (usize::from(short(&fixed, 28)) + usize::from(short(&fixed, 30)), short(&fixed, 32));
        if !fixed.starts_with(CENTRAL) || ((named + usize::from(comment) + CENTRAL_SIZE) as u64) > left {
            return Ok(None);
        }
        let mut rest = vec![0; named];
        self.cursor.read_exact(&mut rest)?;
        self.skip(usize::from(comment))?;
        self.read += 1;
        Ok(Some(central(&fixed, &rest)))
    }

    fn skip(&mut self, mut count: usize) -> io::Result<()> {
        while count > 0 {
            let held = self.cursor.fill_buf()?.len().min(count);
            if held == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.cursor.consume(held);
            count -= held;
        }
        Ok(())
    }

    /// Whether it had all members that it should have.
    pub(super) fn is_complete(&self) -> bool {
        self.read & 0xFFFF == self.count & 0xFFFF
    }
}
