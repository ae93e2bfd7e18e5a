//! Stretches of bytes that are worth decoding.
//!
//! Holds: merging what overlaps and cutting what is too long to be decoded at once. Must not know:
//! why a stretch is worth it.

use std::ops::Range;

use super::search::RuleSetBits;

/// The longest stretch decoded at once.
const LONGEST: usize = 256 << 10;

/// A stretch and the rules to try in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) range: Range<usize>,
    pub(super) rules: RuleSetBits,
}

/// Collects stretches.
#[derive(Debug, Default)]
pub(super) struct Regions(Vec<Region>);

impl Regions {
    /// Adds the stretch around a place.
    pub(super) fn around(&mut self, at: usize, before: usize, behind: usize, length: usize, rules: RuleSetBits) {
        let range = at.saturating_sub(before)..length.min(at.saturating_add(behind));
        // Places come in order, mostly; a text of nothing but words must not become a list of them.
        match self.0.last_mut() {
            Some(last) if last.rules == rules && last.range.start <= range.start && range.start <= last.range.end => {
                last.range.end = last.range.end.max(range.end);
            }
            _ => self.0.push(Region { range, rules }),
        }
    }

    /// The stretches in order, overlapping ones merged, long ones cut into pieces that overlap by
    /// `overlap`.
    pub(super) fn merged(mut self, overlap: usize) -> Vec<Region> {
        self.0.sort_by_key(|region| region.range.start);
        let mut merged: Vec<Region> = Vec::new();
        for next in self.0 {
            match merged.last_mut() {
                Some(last) if next.range.start <= last.range.end => {
                    last.range.end = last.range.end.max(next.range.end);
                    last.rules |= next.rules;
                }
                _ => merged.push(next),
            }
        }
        merged.into_iter().flat_map(|region| cut(region, overlap)).collect()
    }
}

fn cut(region: Region, overlap: usize) -> impl Iterator<Item = Region> {
    let Region { range, rules } = region;
    let step = LONGEST.saturating_sub(overlap).max(LONGEST / 2);
    let mut starts = range.clone().step_by(step);
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let start = starts.next()?;
        let end = range.end.min(start + step + overlap);
        done = end == range.end;
        Some(Region { range: start..end, rules })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overlaps_is_one_and_what_is_long_is_cut() {
        let mut regions = Regions::default();
        regions.around(5_000, 100, 100, 1 << 20, 1);
        regions.around(100, 200, 50, 1 << 20, 1);
        regions.around(5_100, 50, 50, 1 << 20, 2);
        let merged = regions.merged(0);
        assert_eq!(merged, [Region { range: 0..150, rules: 1 }, Region { range: 4_900..5_150, rules: 3 }]);
        let mut regions = Regions::default();
        regions.around(0, 0, 600 << 10, 600 << 10, 1);
        let pieces: Vec<_> = regions.merged(1 << 10).into_iter().map(|region| region.range).collect();
        assert_eq!(pieces.first().map(|piece| piece.start), Some(0));
        assert_eq!(pieces.last().map(|piece| piece.end), Some(600 << 10));
        assert!(pieces.windows(2).all(|pair| pair[0].end == pair[1].start + (1 << 10)), "{pieces:?}");
    }
}
