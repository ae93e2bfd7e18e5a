//! Long runs: of base64 digits, which is where everything encoded is, and all hexadecimal digits;
//! and of UTF-16.
//!
//! Holds: the loops that find them at the speed of memory, by looking at sixteen bytes in forty or
//! sixty. Must not know: what stands in a run.

use std::ops::Range;

/// Every run at least this long is found. Base64 is wrapped at 64 or 76 digits, `xxd` at 60.
pub(super) const SHORTEST: usize = 60;

/// Bytes looked at together; the compiler makes vector instructions of the loop over them.
const BLOCK: usize = 16;

/// A run of `SHORTEST` contains a block at each multiple of this, wherever it begins.
const STRIDE: usize = SHORTEST - BLOCK + 1;

/// Whether a byte is a digit of base64 or base64url, without a table, so that blocks are fast.
pub(super) fn is_digit(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    // `-`, `.` to `9`; `.` is let in here and sorted out by whoever looks at the run.
    let rest = byte.wrapping_sub(b'-') < 13 || byte == b'+' || byte == b'_';
    letter | rest
}

/// Whether all bytes are digits; without an early exit, so that vectors can do it.
fn all_digits(block: &[u8]) -> bool {
    block.iter().fold(true, |all, byte| all & is_digit(*byte))
}

/// The run in which a digit stands; it does not begin before `floor`.
pub(super) fn run_around(text: &[u8], floor: usize, at: usize) -> Range<usize> {
    let start = text[floor..at].iter().rposition(|byte| !is_digit(*byte)).map_or(floor, |index| floor + index + 1);
    let blocks = text[at..].chunks_exact(BLOCK).take_while(|block| all_digits(block)).count();
    let rest = at + blocks * BLOCK;
    let end = text[rest..].iter().position(|byte| !is_digit(*byte)).map_or(text.len(), |index| rest + index);
    start..end
}

/// How many digits a text begins with.
pub(super) fn leading(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_digit(**byte)).count()
}

/// How many digits a text ends with.
pub(super) fn trailing(text: &[u8]) -> usize {
    text.iter().rev().take_while(|byte| is_digit(**byte)).count()
}

/// The search for runs, from front to back of a text.
#[derive(Debug, Default)]
pub(super) struct Runs {
    at: usize,
}

impl Runs {
    /// The next run found while looking at the text before `limit`; it may go on behind it.
    pub(super) fn next_before(&mut self, text: &[u8], limit: usize) -> Option<Range<usize>> {
        while self.at < limit {
            let at = self.at;
            let block = text.get(at..at + BLOCK)?;
            // A run that is long enough fills a neighbouring block as well; identifiers seldom do.
            let fills_next = || text.get(at + BLOCK..at + 2 * BLOCK).is_some_and(all_digits);
            let fills_last = || at >= BLOCK && all_digits(&text[at - BLOCK..at]);
            if !all_digits(block) || !(fills_next() || fills_last()) {
                self.at += STRIDE;
                continue;
            }
            let run = run_around(text, at.saturating_sub(STRIDE), at);
            // The next block must begin behind the byte that ended this run.
            self.at = run.end + 1;
            if run.len() >= SHORTEST {
                return Some(run);
            }
        }
        None
    }
}

/// Characters of UTF-16 in a row that are found for certain: as many as the shortest credential has.
pub(super) const SHORTEST_WIDE: usize = 40;

/// A run of `SHORTEST_WIDE` contains a block at each multiple of this, wherever it begins.
const STRIDE_WIDE: usize = SHORTEST_WIDE * 2 - BLOCK;

/// The stretches of UTF-16 of either order; each begins where a character of the order that its
/// beginning speaks for begins, and the flag says whether that is the one with the high byte first.
pub(super) fn wide_runs(text: &[u8]) -> impl Iterator<Item = (Range<usize>, bool)> + '_ {
    let (mut at, mut floor) = (0, 0);
    std::iter::from_fn(move || {
        while let Some(block) = text.get(at..at + BLOCK) {
            let (even, odd) = block.chunks_exact(2).fold((0, 0), |(even, odd), pair| (even | pair[0], odd | pair[1]));
            let (even, odd) = (even == 0, odd == 0);
            if even == odd {
                at += STRIDE_WIDE;
                continue;
            }
            let run = widen(text, floor, at + usize::from(even));
            (floor, at) = (run.0.end, run.0.end.max(at + BLOCK));
            if run.0.len() >= SHORTEST_WIDE * 2 - 1 {
                return Some(run);
            }
        }
        None
    })
}

/// The stretch around a character, whose zero byte stands behind it or, with the high byte first,
/// before it. ASCII looks alike in both orders, so the ends tell: a character that is no ASCII, or
/// the zero before the first one, which may be one by accident; then the parity of the offset
/// decides, since such texts are aligned.
pub(super) fn widen(text: &[u8], floor: usize, character: usize) -> (Range<usize>, bool) {
    let pair = |at: usize| Some((*text.get(at)?, *text.get(at + 1)?));
    let ends = |big: bool| {
        let is_text = |at: usize| {
            let (first, second) = pair(at)?;
            let (high, low) = if big { (first, second) } else { (second, first) };
            // ASCII and Latin; Polish letters; punctuation.
            ((high == 0 && low != 0) || matches!(high, 1 | 0x20)).then_some(())
        };
        let mut start = character - usize::from(big && character > 0);
        let mut end = start;
        while start >= floor + 2 && is_text(start - 2).is_some() {
            start -= 2;
        }
        while is_text(end).is_some() {
            end += 2;
        }
        start..end.min(text.len())
    };
    let (little, big) = (ends(false), ends(true));
    let marked = |start: usize, mark: &[u8]| start >= 2 && text[..start].ends_with(mark);
    if marked(little.start, &[0xFF, 0xFE]) {
        return (little, false);
    }
    if marked(big.start, &[0xFE, 0xFF]) {
        return (big, true);
    }
    let aligned = (big.len() == little.len()) && big.start % 2 == 0;
    if character > 0 && (big.len() > little.len() || aligned) { (big, true) } else { (little, false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &[u8]) -> Vec<Range<usize>> {
        let mut runs = Runs::default();
        // Whatever the pieces in which the text is gone through.
        let limits = (0..text.len()).step_by(37).chain([text.len()]);
        limits.flat_map(|limit| std::iter::from_fn(|| runs.next_before(text, limit)).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn every_long_run_is_found_wherever_it_begins() {
        for before in 0..130 {
            for length in [SHORTEST - 1, SHORTEST, SHORTEST + 1, 64, 200] {
                let text = [vec![b' '; before], vec![b'a'; length], vec![b'\n'; 70]].concat();
                let found = runs(&text);
                let expected: Vec<_> = (length >= SHORTEST).then_some(before..before + length).into_iter().collect();
                assert_eq!(found, expected, "{length} behind {before}");
            }
        }
    }

    #[test]
    fn utf_16_is_found_in_either_order_wherever_it_begins() {
        let text: String = "zażółć ".chars().chain(['a'; 60]).collect();
        for before in [0, 1, 2, 3, 64, 65, 66, 67, 130, 131] {
            for big in [false, true] {
                let units =
                    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
                let bytes: Vec<u8> = vec![0xFF; before].into_iter().chain(units).chain([0xFF; 99]).collect();
                let found: Vec<_> = wide_runs(&bytes).collect();
                let whole = before..before + text.encode_utf16().count() * 2;
                assert_eq!(found.len(), 1, "behind {before}");
                assert!(
                    found[0].0.start <= whole.start + 1 && found[0].0.end + 1 >= whole.end,
                    "behind {before}: {found:?}"
                );
                if before % 2 == 0 {
                    assert_eq!(found, [(whole, big)], "such texts are aligned");
                }
            }
        }
        assert_eq!(wide_runs(&[b'x'; 4096]).count() + wide_runs(&[0; 4096]).count(), 0);
    }

    #[test]
    fn neighbouring_runs_are_told_apart() {
        let text = [vec![b'A'; 64], vec![b'\n'], vec![b'B'; 64], vec![b' '], vec![b'C'; 60]].concat();
        assert_eq!(runs(&text), [0..64, 65..129, 130..190]);
    }
}
