//! The packed bytes of a member.
//!
//! Holds: `Source`, which reads them, unlocked where they were locked. Must not know: how they are packed.

use std::io::{self, BufRead, BufReader, Read, Take};

use super::lock::Unlocking;

/// A reader of the bytes of one member, and of nothing behind it.
pub(super) struct Source<'a> {
    /// What was looked at already.
    seen: Vec<u8>,
    at: usize,
    /// How many bytes the decoder took.
    taken: u64,
    rest: Rest<'a>,
}

enum Rest<'a> {
    Plain(Take<Box<dyn BufRead + 'a>>),
    Locked(BufReader<Unlocking<'a>>),
}

impl<'a> Source<'a> {
    /// Bytes that stand as they are.
    pub(super) fn plain(bytes: Take<Box<dyn BufRead + 'a>>) -> Self {
        Self { seen: Vec::new(), at: 0, taken: 0, rest: Rest::Plain(bytes) }
    }

    /// Bytes that are unlocked.
    pub(super) fn locked(bytes: Unlocking<'a>) -> Self {
        let rest = Rest::Locked(BufReader::with_capacity(32 << 10, bytes));
        Self { seen: Vec::new(), at: 0, taken: 0, rest }
    }

    /// The first bytes, or as many as there are; they are read again afterwards.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        let mut length = self.seen.len();
        self.seen.resize(length.max(count), 0);
        while length < count {
            let more = match &mut self.rest {
                Rest::Plain(bytes) => bytes.read(&mut self.seen[length..])?,
                Rest::Locked(bytes) => bytes.read(&mut self.seen[length..])?,
            };
            if more == 0 {
                break;
            }
            length += more;
        }
        self.seen.truncate(length);
        Ok(&self.seen)
    }

    /// How many bytes were taken out of it.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Reads what nobody wanted, where a seal stands behind it; whether the seal is right.
    pub(super) fn is_genuine(&mut self) -> io::Result<bool> {
        match &mut self.rest {
            Rest::Plain(_) => Ok(true),
            Rest::Locked(bytes) => bytes.get_mut().is_genuine(),
        }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.rest {
            _ if self.at < self.seen.len() => (&self.seen[self.at..]).read(buffer)?,
            Rest::Plain(bytes) => bytes.read(buffer)?,
            Rest::Locked(bytes) => bytes.read(buffer)?,
        };
        self.at = (self.at + count).min(self.seen.len());
        self.taken = self.taken.saturating_add(count as u64);
        Ok(count)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match &mut self.rest {
            _ if self.at < self.seen.len() => Ok(&self.seen[self.at..]),
            Rest::Plain(bytes) => bytes.fill_buf(),
            Rest::Locked(bytes) => bytes.fill_buf(),
        }
    }

    fn consume(&mut self, count: usize) {
        self.taken = self.taken.saturating_add(count as u64);
        if self.at < self.seen.len() {
            self.at = (self.at + count).min(self.seen.len());
            return;
        }
        match &mut self.rest {
            Rest::Plain(bytes) => bytes.consume(count),
            Rest::Locked(bytes) => bytes.consume(count),
        }
    }
}
