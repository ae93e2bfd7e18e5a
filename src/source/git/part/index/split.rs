//! An index that is kept in two files: a large one that seldom changes, and what differs from it.
//!
//! Holds: `Link`, which says what of the shared file counts. Must not know: how files are read.

use gix::ObjectId;

use super::entries::{Entry, word};

/// What of the entries of the shared file counts.
#[derive(Debug)]
pub(super) struct Link {
    /// The checksum of the shared file, which is also its name; null where there is none.
    pub(super) base: ObjectId,
    deleted: Vec<u64>,
    replaced: Vec<u64>,
}

impl Link {
    /// Reads the extension.
    pub(super) fn read(data: &[u8], hash: gix::hash::Kind) -> Result<Self, &'static str> {
        const BROKEN: &str = "what it says of its shared part makes no sense";
        let (base, bitmaps) = data.split_at_checked(hash.len_in_bytes()).ok_or(BROKEN)?;
        let base = ObjectId::try_from(base).map_err(|_| BROKEN)?;
        if bitmaps.is_empty() {
            return Ok(Self { base, deleted: Vec::new(), replaced: Vec::new() });
        }
        let (deleted, rest) = bitmap(bitmaps).ok_or(BROKEN)?;
        let (replaced, rest) = bitmap(rest).ok_or(BROKEN)?;
        if rest.is_empty() { Ok(Self { base, deleted, replaced }) } else { Err(BROKEN) }
    }

    /// The entries of both files, those of the index itself first and in no other order.
    pub(super) fn join(&self, own: &[Entry], base: Vec<Entry>) -> Result<Vec<Entry>, &'static str> {
        const OTHER: &str = "it does not fit to its shared part";
        let last = |bits: &[u64]| bits.iter().rposition(|word| *word != 0);
        let words = base.len().div_ceil(64);
        if [&self.deleted, &self.replaced].into_iter().any(|bits| last(bits).is_some_and(|at| at >= words)) {
            return Err(OTHER);
        }
        // Entries without a path are those that replace one, in its order.
        let named = own.iter().position(|entry| !entry.path.is_empty()).unwrap_or(own.len());
        let (unnamed, added) = own.split_at(named);
        let mut unnamed = unnamed.iter();
        let mut joined = added.to_vec();
        for (position, entry) in base.into_iter().enumerate() {
            let replacing = if has(&self.replaced, position) { Some(unnamed.next().ok_or(OTHER)?) } else { None };
            if has(&self.deleted, position) {
                continue;
            }
            joined.push(replacing.map_or(entry, |new| Entry { path: entry.path, ..*new }));
        }
        if unnamed.next().is_some() { Err(OTHER) } else { Ok(joined) }
    }
}

fn has(bits: &[u64], position: usize) -> bool {
    bits.get(position / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
}

/// Reads a compressed bitmap (EWAH), and what follows it. Written by hand as gix keeps its reader to
/// itself; no entry has a position beyond what 512 MiB of index can hold, so that the bits are few.
fn bitmap(data: &[u8]) -> Option<(Vec<u64>, &[u8])> {
    const MOST: usize = (512 << 20) / 62;
    let length = word(data, 0)? as usize;
    let count = word(data, 4)? as usize;
    let (words, rest) = data.get(8..)?.split_at_checked(count.checked_mul(8)?)?;
    // The place of the last marker, which only writers need.
    let rest = rest.get(4..)?;
    if length > MOST {
        return None;
    }
    let mut words = words.chunks_exact(8).map(|word| word.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
    let mut bits = Vec::new();
    while let Some(marker) = words.next() {
        let run = usize::try_from(marker >> 1 & 0xffff_ffff).ok()?;
        let literal = usize::try_from(marker >> 33).ok()?;
        if bits.len() + run > length.div_ceil(64) {
            return None;
        }
        bits.resize(bits.len() + run, if marker & 1 == 1 { u64::MAX } else { 0 });
        for _ in 0..literal {
            bits.push(words.next()?);
        }
    }
    Some((bits, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(length: u32, words: &[u64]) -> Vec<u8> {
        let mut data = [length.to_be_bytes(), (words.len() as u32).to_be_bytes()].concat();
        words.iter().for_each(|word| data.extend(word.to_be_bytes()));
        data.extend([0; 4]);
        data
    }

    #[test]
    fn runs_and_literals_are_bits() {
        // One word of ones, then one word as it is.
        let data = packed(128, &[1 | 1 << 1 | 1 << 33, 0b101]);
        let (bits, rest) = bitmap(&data).unwrap();
        assert!(rest.is_empty());
        let set: Vec<usize> = (0..200).filter(|at| has(&bits, *at)).collect();
        assert_eq!(set, (0..65).chain([66]).collect::<Vec<_>>());
    }

    #[test]
    fn forged_bitmaps_ask_for_nothing() {
        assert!(bitmap(&packed(64, &[0xffff_ffff << 1])).is_none(), "a run longer than the bitmap");
        assert!(bitmap(&packed(u32::MAX, &[])).is_none(), "longer than any index");
        assert!(bitmap(&packed(64, &[1 << 33])).is_none(), "a literal that is missing");
        assert!(bitmap(&[0; 7]).is_none());
    }
}
