//! Ceilings, and what one top-level blob may still spend of them.
//!
//! Holds: `Limits` (immutable, one a run), `Budget` (one a top-level blob, shared by all that is
//! found inside of it, so that nesting cannot multiply) and the only bounded reader.

use std::io::{self, Read};

/// The ceilings of a run. Each is an option with the default given here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "they are the names of the options")]
pub struct Limits {
    /// `--max-blob`: bytes of what must be held whole, such as a compressed text inside a file.
    pub max_blob: u64,
    /// `--max-expanded`: bytes that one top-level blob may expand to, at the least; it may always
    /// expand to `max_ratio` times its own size.
    pub max_expanded: u64,
    /// `--max-ratio`: how many times its own size a compressed thing may have.
    pub max_ratio: u64,
    /// `--max-depth`: how deep containers are opened; 0 = nowhere.
    pub max_depth: u32,
    /// `--max-hits`: credentials met in one top-level blob.
    pub max_hits: u64,
    /// `--max-findings`: different credentials in one run.
    pub max_findings: usize,
    /// `--max-locations`: places listed for one finding; all of them are counted.
    pub max_locations: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_blob: 32 << 20,
            max_expanded: 1 << 30,
            max_ratio: 1100,
            max_depth: 8,
            max_hits: 1_000_000,
            max_findings: 100_000,
            max_locations: 100,
        }
    }
}

/// Why a bounded read ended before the content did.
#[derive(Debug)]
pub enum ReadError {
    /// The source failed.
    Io(io::Error),
    /// One thing would have been larger than `--max-blob`.
    Blob {
        /// The ceiling.
        limit: u64,
    },
    /// All that came out of one top-level blob would have been larger than `--max-expanded`.
    Expanded {
        /// The ceiling, grown with the input.
        limit: u64,
    },
    /// The content expands more than `--max-ratio` allows.
    Ratio {
        /// The ceiling.
        limit: u64,
    },
}

/// What one top-level blob may still spend.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    fed: u64,
    expanded: u64,
    allowance: u64,
    hits: u64,
}

impl Budget {
    /// The budget of a top-level blob. Its allowance grows with what is read of it: see `feed`.
    pub fn new(limits: &Limits) -> Self {
        Self { limits: limits.clone(), fed: 0, expanded: 0, allowance: limits.max_expanded, hits: limits.max_hits }
    }

    /// The ceilings behind this budget.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Tells how large the top-level blob is, or how much of it was read: large inputs may expand
    /// to more than small ones.
    pub fn feed(&mut self, total: u64) {
        let grown = total.saturating_mul(16);
        self.allowance = self.allowance.max(grown);
    }

    /// Takes one hit from the purse; false when none is left.
    pub fn take_hit(&mut self) -> bool {
        let left = self.hits > 0;
        self.hits = self.hits.saturating_sub(1);
        left
    }

    /// Reads once into `buffer`, from a top-level source: what is read costs nothing, and lets its
    /// content expand to more.
    pub fn read(&mut self, source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
        let count = read_once(source, buffer)?;
        self.fed = self.fed.saturating_add(count as u64);
        self.feed(self.fed);
        Ok(count)
    }

    /// Reads all that a decoder yields of something `packed` bytes long. On an error, what was
    /// read until then is in `out`, so that it can be searched all the same.
    pub fn expand(&mut self, source: &mut dyn Read, packed: u64, out: &mut Vec<u8>) -> Result<(), ReadError> {
        let mut chunk = vec![0; 64 << 10];
        loop {
            let count = read_once(source, &mut chunk).map_err(ReadError::Io)?;
            if count == 0 {
                return Ok(());
            }
            let size = (out.len() + count) as u64;
            self.expanded = self.expanded.saturating_add(count as u64);
            if size > self.limits.max_blob {
                return Err(ReadError::Blob { limit: self.limits.max_blob });
            }
            if self.expanded > self.allowance {
                return Err(ReadError::Expanded { limit: self.allowance });
            }
            if size > 1 << 20 && size / packed.max(1) > self.limits.max_ratio {
                return Err(ReadError::Ratio { limit: self.limits.max_ratio });
            }
            out.extend_from_slice(&chunk[..count]);
        }
    }
}

/// One read that no signal breaks off.
fn read_once(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tight() -> Limits {
        Limits { max_blob: 3 << 20, max_expanded: 4 << 20, max_ratio: 10, ..Limits::default() }
    }

    fn expand(budget: &mut Budget, size: u64, packed: u64) -> (Result<(), ReadError>, usize) {
        let mut out = Vec::new();
        let result = budget.expand(&mut io::repeat(b'x').take(size), packed, &mut out);
        (result, out.len())
    }

    #[test]
    fn one_blob_may_not_grow_over_its_ceiling() {
        let (result, held) = expand(&mut Budget::new(&tight()), 5 << 20, 5 << 20);
        assert!(matches!(result, Err(ReadError::Blob { limit }) if limit == 3 << 20));
        assert!(held > 2 << 20 && held <= 3 << 20, "what came before the ceiling is kept");
    }

    #[test]
    fn children_spend_one_purse() {
        let mut budget = Budget::new(&tight());
        assert!(expand(&mut budget, 2 << 20, 2 << 20).0.is_ok());
        assert!(matches!(expand(&mut budget, 3 << 20, 3 << 20).0, Err(ReadError::Expanded { .. })));
    }

    #[test]
    fn a_large_input_has_a_larger_purse() {
        let mut budget = Budget::new(&tight());
        budget.feed(1 << 20);
        assert!(expand(&mut budget, 3 << 20, 3 << 20).0.is_ok());
        assert!(expand(&mut budget, 3 << 20, 3 << 20).0.is_ok());
    }

    #[test]
    fn a_bomb_is_known_by_its_ratio() {
        assert!(matches!(expand(&mut Budget::new(&tight()), 2 << 20, 1000).0, Err(ReadError::Ratio { limit: 10 })));
    }

    #[test]
    fn hits_run_out() {
        let mut budget = Budget::new(&Limits { max_hits: 1, ..Limits::default() });
        assert!(budget.take_hit());
        assert!(!budget.take_hit());
    }
}
