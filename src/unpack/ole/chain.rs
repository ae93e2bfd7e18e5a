//! The sectors of a stream, in their order.
//!
//! Holds: `Chain`, which reads them at any place. Must not know: how they were found.

use std::io;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::rc4::{Key, WORD};
use crate::base::{ReadAt, Trouble};
use crate::unpack::Sink;

/// A stream that lies in sectors of something else.
pub(super) struct Chain<'a> {
    bytes: &'a dyn ReadAt,
    /// Where sector 0 begins.
    first: u64,
    /// The power of two that a sector is long.
    shift: u32,
    /// For each stretch of neighbours its index in the stream, and the sector.
    runs: Vec<(u32, u32)>,
    sectors: u32,
    size: u64,
    /// Whether it should be longer than it is.
    short: bool,
    /// What unlocks it, and how many bytes at its beginning are not locked.
    lock: Option<(Arc<Key>, u64)>,
}

impl<'a> Chain<'a> {
    /// A chain without sectors.
    pub(super) fn new(bytes: &'a dyn ReadAt, first: u64, shift: u32) -> Self {
        Self { bytes, first, shift, runs: Vec::new(), sectors: 0, size: 0, short: false, lock: None }
    }

    /// Adds a sector; false where there is none of which a byte is there.
    pub(super) fn add(&mut self, sector: u32) -> bool {
        if self.place(sector) >= self.bytes.size() || self.sectors == u32::MAX {
            return false;
        }
        let follows =
            self.runs.last().is_some_and(|(index, start)| start.checked_add(self.sectors - index) == Some(sector));
        if !follows {
            self.runs.push((self.sectors, sector));
        }
        self.sectors += 1;
        true
    }

    /// Says how long the stream is to be.
    #[must_use]
    pub(super) fn sized(mut self, size: u64) -> Self {
        let mut there = u64::from(self.sectors) << self.shift;
        // Of the last sector of a file that was cut off, not all is there.
        if let Some((index, start)) = self.runs.last() {
            let end = self.place(start.saturating_add(self.sectors - 1 - index)).saturating_add(1 << self.shift);
            there = there.saturating_sub(end.saturating_sub(self.bytes.size()));
        }
        self.size = size.min(there);
        self.short = size > there;
        self
    }

    /// A chain through the bytes of something else, all of them in their order.
    pub(super) fn through(bytes: &'a dyn ReadAt) -> Self {
        let shift = 16;
        let mut chain = Self::new(bytes, 0, shift);
        (0..u32::try_from(bytes.size().div_ceil(1 << shift)).unwrap_or(u32::MAX)).for_each(|sector| {
            chain.add(sector);
        });
        chain.sized(bytes.size())
    }

    /// Reads it through a lock as Word documents have it, which spares so many bytes at the beginning.
    #[must_use]
    pub(super) fn unlocked(self, key: &Arc<Key>, open: u64) -> Self {
        Self { lock: Some((Arc::clone(key), open)), ..self }
    }

    /// Whether it should be longer than it is.
    pub(super) fn is_short(&self) -> bool {
        self.short
    }

    /// How many sectors it has.
    pub(super) fn sectors(&self) -> u32 {
        self.sectors
    }

    fn place(&self, sector: u32) -> u64 {
        self.first.saturating_add(u64::from(sector) << self.shift)
    }

    /// Bytes at a place, as many of them as there are.
    pub(super) fn piece(&self, offset: u64, length: usize) -> io::Result<Zeroizing<Vec<u8>>> {
        let there = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = Zeroizing::new(vec![0; length.min(there)]);
        let mut filled = 0;
        while filled < bytes.len() {
            match self.read_at(&mut bytes[filled..], offset.saturating_add(filled as u64))? {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    /// Some of it, which is held; whoever is done with it calls `release`.
    pub(super) fn held(&self, offset: u64, length: u64, sink: &mut dyn Sink) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        let length = length.min(self.size.saturating_sub(offset));
        sink.hold(length)?;
        let bytes = self.piece(offset, usize::try_from(length).unwrap_or(usize::MAX));
        bytes.map_err(|error| {
            sink.release(length);
            Trouble::of(&error)
        })
    }
}

impl ReadAt for Chain<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let index = u32::try_from(offset >> self.shift).unwrap_or(u32::MAX);
        let behind = self.runs.partition_point(|(begins, _)| *begins <= index);
        let Some((begins, sector)) = behind.checked_sub(1).and_then(|at| self.runs.get(at)).copied() else {
            return Ok(0);
        };
        let end = self.runs.get(behind).map_or(self.sectors, |next| next.0);
        let run_end = u64::from(end) << self.shift;
        let count = usize::try_from(run_end.saturating_sub(offset)).unwrap_or(usize::MAX).min(left).min(buffer.len());
        if count == 0 {
            return Ok(0);
        }
        let within = offset - (u64::from(begins) << self.shift);
        let count = self.bytes.read_at(&mut buffer[..count], self.place(sector).saturating_add(within))?;
        if let Some((key, open)) = &self.lock {
            let from = usize::try_from(open.saturating_sub(offset)).unwrap_or(usize::MAX).min(count);
            key.unlock(WORD, offset.saturating_add(from as u64), &mut buffer[from..count]);
        }
        Ok(count)
    }
}
