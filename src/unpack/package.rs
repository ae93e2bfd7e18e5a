//! What documents that are zip archives see of their archive.
//!
//! Holds: `Package`, and the reader with which a parser pays for what it reads. Must not know: zip, or any document.

use std::cell::Cell;
use std::io::{self, Read};

use super::Sink;
use crate::base::{Reason, Trouble};

/// The members of an archive.
pub(super) trait Package {
    /// Their names, in the order of the archive.
    fn names(&self) -> Vec<&str>;

    /// The content of the first member with that name, as it comes out of its compression.
    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, Trouble>;
}

/// A reader for parsers that look at all of something before they hand anything over: it ends with the trouble that
/// the purse is empty, and what was read of it is paid for with `pay`.
pub(super) struct Paid<R> {
    source: R,
    left: u64,
    limit: u64,
    count: Cell<u64>,
}

impl<R: Read> Paid<R> {
    /// A reader on account of a sink.
    pub(super) fn new(source: R, sink: &dyn Sink) -> Self {
        let left = sink.left();
        Self { source, left, limit: sink.limits().max_expanded, count: Cell::new(0) }
    }

    /// Pays for what was read.
    pub(super) fn pay(&self, sink: &mut dyn Sink) -> Result<(), Trouble> {
        sink.spend(self.count.take())
    }
}

impl<R: Read> Read for Paid<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.count.set(self.count.get().saturating_add(count as u64));
        if self.count.get() > self.left {
            let text = format!("is among what exceeds --max-expanded {} for one file", self.limit);
            return Err(Trouble::limit(Reason::TooLarge, "--max-expanded", text).into());
        }
        Ok(count)
    }
}
