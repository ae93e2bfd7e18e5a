//! Files with holes.
//!
//! Holds: the maps of GNU tar, and the content read through one. Must not know: headers, pax.

use std::io::{self, Read};

use super::header::{BLOCK, number};
use crate::unpack::passing::Part;

/// Pieces of a file at most; one that has more is handed over as it is stored.
const PIECES: usize = 100_000;

/// What is given of a hole, where the whole file would be much larger than what is stored of it.
const SHORT: u64 = 512;

/// Where the pieces of a file stand in it: offset and length.
#[derive(Default)]
pub(super) struct Map {
    pieces: Vec<(u64, u64)>,
    full: bool,
}

impl Map {
    /// A map of offsets and lengths in turn.
    pub(super) fn of(numbers: &[u64]) -> Self {
        let mut map = Self::default();
        numbers.chunks_exact(2).for_each(|pair| map.push(pair[0], pair[1]));
        map
    }

    fn push(&mut self, offset: u64, length: u64) {
        if self.pieces.len() < PIECES {
            self.pieces.push((offset, length));
        } else {
            self.full = true;
        }
    }

    /// The map of an old GNU header, and whether it goes on in blocks behind it.
    pub(super) fn begin(&mut self, header: &[u8; BLOCK]) -> bool {
        self.entries(&header[386..482]);
        header[482] != 0
    }

    /// Such a block.
    pub(super) fn go_on(&mut self, block: &[u8; BLOCK]) -> bool {
        self.entries(&block[..504]);
        block[504] != 0
    }

    fn entries(&mut self, entries: &[u8]) {
        for entry in entries.chunks_exact(24) {
            if entry[0] != 0
                && let Some((offset, length)) = number(&entry[..12]).zip(number(&entry[12..]))
            {
                self.push(offset, length);
            }
        }
    }

    /// The map that pax 1.0 puts before the content: lines with its length, then offsets and lengths.
    pub(super) fn read(part: &mut Part<'_>) -> io::Result<Self> {
        let before = part.left;
        let (mut map, mut numbers) = (Self::default(), Lines(part));
        let count = numbers.next()?;
        for _ in 0..count {
            let (offset, length) = (numbers.next()?, numbers.next()?);
            map.push(offset, length);
        }
        let padding = (BLOCK as u64 - (before - part.left) % BLOCK as u64) % BLOCK as u64;
        for _ in 0..padding.min(part.left) {
            byte(part)?;
        }
        Ok(map)
    }

    /// Whether the pieces follow each other and are all that is stored.
    pub(super) fn fits(&self, stored: u64, real: u64) -> bool {
        let end = self.pieces.iter().try_fold(
            0,
            |end, (offset, length)| {
                if *offset >= end { offset.checked_add(*length) } else { None }
            },
        );
        let sum = self.pieces.iter().try_fold(0_u64, |sum, (_, length)| sum.checked_add(*length));
        !self.full && sum == Some(stored) && end.is_some_and(|end| end <= real)
    }
}

struct Lines<'a, 'b>(&'a mut Part<'b>);

impl Lines<'_, '_> {
    fn next(&mut self) -> io::Result<u64> {
        let mut value = Some(0_u64);
        loop {
            match byte(self.0)? {
                b'\n' => return value.ok_or_else(|| io::ErrorKind::InvalidData.into()),
                digit @ b'0'..=b'9' => {
                    value = value.and_then(|value| value.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
                }
                _ => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
    }
}

fn byte(part: &mut Part<'_>) -> io::Result<u8> {
    match part.input.fill_buf()?.first().copied() {
        Some(byte) if part.left > 0 => {
            part.input.consume(1);
            part.left -= 1;
            Ok(byte)
        }
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Reads a file with its holes.
pub(super) struct Sparse<'a, 'b> {
    part: &'a mut Part<'b>,
    pieces: std::vec::IntoIter<(u64, u64)>,
    real: u64,
    /// Where it stands in the file.
    at: u64,
    /// What is to be given of the present hole, and of the piece behind it.
    hole: u64,
    piece: u64,
    whole: bool,
}

impl<'a, 'b> Sparse<'a, 'b> {
    /// Holes are given as they are in a file of at most so many bytes, of which something is stored; else shortened.
    pub(super) fn new(part: &'a mut Part<'b>, map: Map, real: u64, most: u64) -> Self {
        let whole = real <= most && real <= part.left.saturating_mul(64).max(1 << 20);
        Self { part, pieces: map.pieces.into_iter(), real, at: 0, hole: 0, piece: 0, whole }
    }

    /// Goes to the next piece; false at the end.
    fn advance(&mut self) -> bool {
        let (offset, length) = match self.pieces.next() {
            Some(piece) => piece,
            None if self.at < self.real => (self.real, 0),
            None => return false,
        };
        let hole = offset.saturating_sub(self.at);
        self.hole = if self.whole { hole } else { hole.min(SHORT) };
        self.piece = length;
        self.at = offset.saturating_add(length);
        true
    }
}

impl Read for Sparse<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = |left: u64| buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        loop {
            if self.hole > 0 {
                let count = wanted(self.hole);
                buffer[..count].fill(0);
                self.hole -= count as u64;
                return Ok(count);
            }
            if self.piece > 0 {
                let count = wanted(self.piece);
                let count = self.part.read(&mut buffer[..count])?;
                self.piece -= count as u64;
                return Ok(count);
            }
            if !self.advance() {
                return Ok(0);
            }
        }
    }
}
