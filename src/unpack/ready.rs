//! Bytes that were made ready in blocks, and are given in whatever steps they are wanted.
//!
//! Holds: `Ready`. Must not know: how they are made.

use std::ops::Range;

use zeroize::Zeroizing;

/// A buffer, and what of it was not given yet.
pub(super) struct Ready {
    pub(super) buffer: Zeroizing<Vec<u8>>,
    pub(super) range: Range<usize>,
}

impl Ready {
    /// A buffer of that size, in which nothing is ready.
    pub(super) fn new(size: usize) -> Self {
        Self { buffer: Zeroizing::new(vec![0; size]), range: 0..0 }
    }

    /// Gives as much as there is, and is wanted.
    pub(super) fn give(&mut self, out: &mut [u8]) -> usize {
        let count = out.len().min(self.range.len());
        let from = self.range.start;
        out[..count].copy_from_slice(&self.buffer[from..from + count]);
        self.range.start += count;
        count
    }
}
