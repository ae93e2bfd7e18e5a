//! Bytes that can be read in any order.
//!
//! Holds: `ReadAt`, the trait of files and of what is held, and `Cursor`, which reads it like a
//! stream. Must not know: systems, or what is read.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// Bytes that any thread may read at any place.
pub trait ReadAt: Sync {
    /// How many there are, or were when it was opened.
    fn size(&self) -> u64;

    /// Reads some bytes at a place; 0 at the end and behind it.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
}

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(self.len());
        let count = buffer.len().min(self.len() - from);
        buffer[..count].copy_from_slice(&self[from..from + count]);
        Ok(count)
    }
}

impl ReadAt for &[u8] {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        (**self).read_at(buffer, offset)
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.as_slice().size()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.as_slice().read_at(buffer, offset)
    }
}

/// Bytes that are read ahead at once.
const AHEAD: usize = 64 << 10;

/// Reads a `ReadAt` from front to back, or wherever it is set to.
pub struct Cursor<'a> {
    bytes: &'a dyn ReadAt,
    /// Where the buffer begins.
    base: u64,
    buffer: Vec<u8>,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor at the beginning.
    pub fn new(bytes: &'a dyn ReadAt) -> Self {
        Self { bytes, base: 0, buffer: Vec::new(), at: 0 }
    }

    /// Where it stands.
    pub fn position(&self) -> u64 {
        self.base.saturating_add(self.at as u64)
    }
}

impl Read for Cursor<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // What is asked for at once need not go through the buffer.
        if self.at >= self.buffer.len() && out.len() >= AHEAD {
            let position = self.position();
            let count = self.bytes.read_at(out, position)?;
            (self.base, self.at) = (position.saturating_add(count as u64), 0);
            self.buffer.clear();
            return Ok(count);
        }
        let held = self.fill_buf()?;
        let count = held.len().min(out.len());
        out[..count].copy_from_slice(&held[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Cursor<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.buffer.len() {
            let position = self.position();
            (self.base, self.at) = (position, 0);
            self.buffer.resize(AHEAD, 0);
            let result = self.bytes.read_at(&mut self.buffer, position);
            self.buffer.truncate(*result.as_ref().unwrap_or(&0));
            result?;
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.buffer.len());
    }
}

impl Seek for Cursor<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.bytes.size().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position().checked_add_signed(offset),
        };
        let position = position.ok_or(io::ErrorKind::InvalidInput)?;
        match position.checked_sub(self.base).and_then(|at| usize::try_from(at).ok()) {
            Some(at) if at < self.buffer.len() => self.at = at,
            _ => {
                (self.base, self.at) = (position, 0);
                self.buffer.clear();
            }
        }
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(cursor: &mut Cursor<'_>, piece: usize) -> Vec<u8> {
        let (mut all, mut buffer) = (Vec::new(), vec![0; piece]);
        loop {
            let count = cursor.read(&mut buffer).unwrap();
            if count == 0 {
                return all;
            }
            all.extend_from_slice(&buffer[..count]);
        }
    }

    #[test]
    fn a_cursor_reads_what_is_there() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
        for piece in [7, 4096, AHEAD, 3 * AHEAD] {
            let mut cursor = Cursor::new(&bytes);
            assert!(rest(&mut cursor, piece) == bytes, "in pieces of {piece}");
            assert_eq!(cursor.seek(SeekFrom::End(-5)).unwrap(), 199_995);
            assert_eq!(rest(&mut cursor, piece), bytes[199_995..]);
            assert_eq!(cursor.seek(SeekFrom::Start(300_000)).unwrap(), 300_000);
            assert_eq!(rest(&mut cursor, piece), b"");
            cursor.seek(SeekFrom::Start(10)).unwrap();
            let mut two = [0; 2];
            assert_eq!((cursor.read(&mut two).unwrap(), two), (2, [10, 11]));
            assert_eq!(cursor.seek(SeekFrom::Current(-1)).unwrap(), 11);
            assert_eq!(rest(&mut cursor, piece), bytes[11..]);
        }
        assert!(Cursor::new(&bytes).seek(SeekFrom::Current(-1)).is_err());
    }
}
