//! A stream that is read ahead, and whose last bytes can be had again.
//!
//! Holds: `Ahead`. Must not know: what is read.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

/// How much of what was read is kept: what a decoder took in before it saw that it cannot read on.
const KEPT: usize = 256 << 10;

/// How much is read at once.
const STEP: usize = 128 << 10;

/// How much `fill_buf` gives at least, unless the end is nearer.
pub const AT_LEAST: usize = 4 << 10;

/// Reads a stream ahead. Unlike other such readers it gives more than a few bytes whenever there are more, so that
/// whoever reads may look at whole headers in place.
pub struct Ahead<'a> {
    source: &'a mut dyn Read,
    /// Larger than what is held, so that it need not be made ready for each read.
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    /// How much of what was read is kept.
    kept: usize,
    ended: bool,
    taken: &'a Cell<u64>,
}

impl<'a> Ahead<'a> {
    /// A reader of what is in the buffer already and then of the source. What is read of it is counted in `taken`.
    pub fn new(buffer: Vec<u8>, source: &'a mut dyn Read, taken: &'a Cell<u64>) -> Self {
        Self { source, end: buffer.len(), buffer, at: 0, kept: KEPT, ended: false, taken }
    }

    /// A reader of a source that can be read anew, so that nothing need be kept.
    pub fn anew(source: &'a mut dyn Read, taken: &'a Cell<u64>) -> Self {
        Self { kept: 0, ..Self::new(Vec::new(), source, taken) }
    }

    /// Goes back to the earliest byte that is kept.
    pub fn rewind(&mut self) {
        self.at = 0;
    }
}

impl Read for Ahead<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let held = self.fill_buf()?;
        let count = held.len().min(out.len());
        out[..count].copy_from_slice(&held[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Ahead<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.end - self.at < AT_LEAST && !self.ended {
            if self.at > 2 * self.kept {
                self.buffer.copy_within(self.at - self.kept..self.end, 0);
                self.end -= self.at - self.kept;
                self.at = self.kept;
            }
            if self.buffer.len() < self.end + STEP {
                self.buffer.resize(self.end + STEP, 0);
            }
            match self.source.read(&mut self.buffer[self.end..self.end + STEP]) {
                Ok(0) => self.ended = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What came before it is given first.
                Err(_) if self.end > self.at => break,
                Err(error) => return Err(error),
            }
        }
        Ok(&self.buffer[self.at..self.end])
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.at);
        self.at += count;
        self.taken.set(self.taken.get().saturating_add(count as u64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = out.len().min(7);
            self.0.read(&mut out[..count])
        }
    }

    #[test]
    fn headers_can_be_looked_at_in_place() {
        let bytes: Vec<u8> = (0..20_000_u32).map(|number| (number % 251) as u8).collect();
        let (mut drops, taken) = (Drops(&bytes[100..]), Cell::new(0));
        let mut ahead = Ahead::new(bytes[..100].to_vec(), &mut drops, &taken);
        let mut all = Vec::new();
        loop {
            let held = ahead.fill_buf().unwrap();
            assert!(held.len() >= AT_LEAST || all.len() + held.len() == bytes.len());
            let Some(first) = held.first().copied() else { break };
            all.push(first);
            ahead.consume(1);
        }
        assert!(all == bytes && taken.get() == 20_000);
    }

    #[test]
    fn the_last_bytes_can_be_had_again() {
        let bytes: Vec<u8> = (0..2_000_000_u32).map(|number| (number / 7) as u8).collect();
        let (mut source, taken) = (bytes.as_slice(), Cell::new(0));
        let mut ahead = Ahead::new(Vec::new(), &mut source, &taken);
        let mut piece = vec![0; 50_000];
        for _ in 0..30 {
            ahead.read_exact(&mut piece).unwrap();
        }
        ahead.rewind();
        let mut rest = Vec::new();
        io::copy(&mut ahead, &mut rest).unwrap();
        assert!(rest.len() > 500_000 + KEPT / 2 && bytes.ends_with(&rest), "{} bytes", rest.len());
    }
}
