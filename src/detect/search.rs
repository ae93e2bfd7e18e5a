//! Finds the places that are worth a second look, in one pass over raw bytes.
//!
//! Holds: what the places are, and what stands in a run. Must not know: what is done with a place,
//! or how a text is gone through.

use std::ops::Range;

use super::anchors::{Anchors, Dressed, dress};
use super::marks::{self, Digits, Mark};
use super::password;
use super::runs::{self, Runs};
use super::vector::Vector;
use crate::codec::{hex_spells_text, is_base64};
use crate::rules::{Read, Rule, Run};

/// A set of rules, by their places in the rule set.
pub(super) type RuleSetBits = u128;

/// A place that is worth a second look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lure {
    /// Where it stands.
    pub(super) at: usize,
    /// What it may be.
    pub(super) sort: Sort,
}

/// What a place may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// An anchor in plain characters, escaped or not.
    Plain(RuleSetBits),
    /// A word of the rules that go by their context.
    Word(RuleSetBits),
    /// A body of base64 with an anchor inside.
    Base64,
    /// A run that is an anchor by itself, and stands there as it is.
    Run(RuleSetBits),
    /// A stretch of UTF-16, to its end, and whether the high byte comes first.
    Wide { end: usize, big: bool },
    /// The digits of a text in hexadecimal.
    Hex,
    /// A gzip stream in base64, or in base64 of base64.
    Gzip,
    /// A key or a certificate.
    Key(Mark),
    /// The same in digits.
    Digits(Digits),
    /// A password.
    Password,
}

/// Something that is met on the way over a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// The core of an anchor, by its number.
    Core { number: usize, at: usize },
    /// A run of digits, `runs::SHORTEST` at the least.
    Run(Range<usize>),
    /// A stretch of UTF-16, and whether the high byte comes first.
    Wide { range: Range<usize>, big: bool },
}

/// Two passes over a piece that stays in the nearest cache cost less than two over memory.
const PIECE: usize = 16 << 10;

/// The way over a text that every processor can go.
fn sweep(anchors: &Anchors, text: &[u8], take: &mut impl FnMut(Hint)) {
    let mut runs = Runs::default();
    for start in (0..text.len()).step_by(PIECE) {
        let end = text.len().min(start + PIECE);
        anchors.cores_in(text, start..end, &mut |number, at| take(Hint::Core { number, at }));
        while let Some(run) = runs.next_before(text, end) {
            take(Hint::Run(run));
        }
    }
    runs::wide_runs(text).for_each(|(range, big)| take(Hint::Wide { range, big }));
}

/// Whether a place is worth a second look, for what is met too often to be looked at twice: the word of a password stands
/// in each function of Python, and an object with nothing worth it need not be searched whole. What it asks for is
/// within `REACH`.
fn is_worth(text: &[u8], at: usize, sort: Sort) -> bool {
    match sort {
        Sort::Password => password::is_told(text, at),
        Sort::Key(mark) => marks::is_worth(text, at, mark),
        _ => true,
    }
}

/// All that is looked for.
pub(super) struct Search {
    /// The fast way over a text, where the processor can go it.
    vector: Option<Vector>,
    /// Looked for everywhere.
    plain: Anchors,
    /// Looked for in runs of base64 digits, where everything encoded is.
    encoded: Anchors,
    hex64: RuleSetBits,
    /// Whether keys are looked for.
    keys: bool,
}

impl Search {
    /// Makes a rule set ready to be searched for.
    pub(super) fn new(rules: &[Rule]) -> Self {
        let (plain, encoded) = dress(rules);
        let hex64 = bits(rules.iter().map(|rule| rule.run == Some(Run::Hex64)));
        let plain = Anchors::new(plain);
        let keys = rules.iter().any(|rule| rule.read == Some(Read::Key));
        Self { keys, vector: Vector::new(plain.cores()), plain, encoded: Anchors::new(encoded), hex64 }
    }

    /// Calls back for each lure, in no order.
    pub(super) fn lures(&self, text: &[u8], mut found: impl FnMut(Lure)) {
        let mut take = |hint| match hint {
            Hint::Core { number, at } => {
                let found = &mut |at, anchor: &Dressed| {
                    if is_worth(text, at, anchor.sort) {
                        found(Lure { at, sort: anchor.sort });
                    }
                };
                self.plain.confirm(text, number, at, found);
            }
            Hint::Run(run) => self.look_into_run(text, run, &mut found),
            Hint::Wide { range, big } => found(Lure { at: range.start, sort: Sort::Wide { end: range.end, big } }),
        };
        match &self.vector {
            Some(vector) => vector.sweep(text, &mut take),
            None => sweep(&self.plain, text, &mut take),
        }
    }

    /// Whether there is no lure in a text.
    pub(super) fn is_still(&self, text: &[u8]) -> bool {
        let mut still = true;
        self.lures(text, |_| still = false);
        still
    }

    fn look_into_run(&self, text: &[u8], run: Range<usize>, found: &mut impl FnMut(Lure)) {
        // Rulers of dashes and the like.
        if text[run.start..run.start + 16].iter().all(|byte| *byte == text[run.start]) {
            let rest = text[run.clone()].iter().position(|byte| *byte != text[run.start]);
            if rest.is_none_or(|rest| run.len() - rest < runs::SHORTEST) {
                return;
            }
        }
        for part in hex_parts(text, &run) {
            if part.len() == 64 && self.hex64 != 0 {
                found(Lure { at: part.start, sort: Sort::Run(self.hex64) });
            }
            let digits = &text[part.clone()];
            if hex_spells_text(digits) || hex_spells_text(&digits[1..]) {
                found(Lure { at: part.start, sort: Sort::Hex });
            }
        }
        if self.keys {
            marks::begun(text, &run, |at, digits| found(Lure { at, sort: Sort::Digits(digits) }));
        }
        self.encoded.each(text, run.clone(), |at, dressed| found(Lure { at, sort: dressed.sort }));
        if let Some((seam, length)) = seam(text, run.end) {
            self.encoded
                .each(&seam[..length], 0..length, |_, dressed| found(Lure { at: run.end - 1, sort: dressed.sort }));
        }
    }

    /// The anchors inside of base64 bodies in a text: each with the place of the first digit of a
    /// group of four at or before it.
    pub(super) fn bodies(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        self.encoded.each(text, 0..text.len(), |at, dressed| {
            if dressed.sort == Sort::Base64 {
                found(at, dressed.phase);
            }
        });
    }
}

/// The parts of a run that are hexadecimal digits, `runs::SHORTEST` at the least; each of them
/// covers one of the places that are looked at.
fn hex_parts(text: &[u8], run: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let (mut at, mut floor, end) = (run.start + runs::SHORTEST - 1, run.start, run.end);
    let is_other = |byte: &u8| !byte.is_ascii_hexdigit();
    std::iter::from_fn(move || {
        while at < end {
            let start = text[floor..=at].iter().rposition(is_other).map_or(floor, |index| floor + index + 1);
            let stop = text[at..end].iter().position(is_other).map_or(end, |index| at + index);
            floor = stop.max(at + 1).min(end);
            at = if stop > at { stop } else { at } + runs::SHORTEST;
            if stop > start && stop - start >= runs::SHORTEST {
                return Some(start..stop);
            }
        }
        None
    })
}

/// How many digits on either side of a line end are looked at together.
const SEAM: usize = 40;

/// The digits before and behind a line end inside of a body: an anchor may stand across it.
fn seam(text: &[u8], end: usize) -> Option<([u8; SEAM * 2], usize)> {
    let rest = &text[end..text.len().min(end + 256)];
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\n' | b'\r' | b' ' | b'\t' | b'>' | b'"' | b'\'' => at += 1,
            b'\\' => at += 1 + usize::from(matches!(rest.get(at + 1), Some(b'n' | b'r' | b't'))),
            // A soft line end of quoted-printable.
            b'=' if matches!(rest.get(at + 1), Some(b'\n' | b'\r')) => at += 1,
            _ => break,
        }
    }
    let behind = rest[at..].iter().take(SEAM).take_while(|byte| is_base64(**byte)).count();
    // Identifiers end at a blank or a quote; bodies that go on do so in another line.
    if behind == 0 || !rest[..at].iter().any(|byte| matches!(byte, b'\n' | b'\r' | b'\\' | b'"' | b'\'')) {
        return None;
    }
    let before = end.min(SEAM);
    let mut seam = [0; SEAM * 2];
    seam[..before].copy_from_slice(&text[end - before..end]);
    seam[before..before + behind].copy_from_slice(&rest[at..at + behind]);
    Some((seam, before + behind))
}

pub(super) fn bits(flags: impl Iterator<Item = bool>) -> RuleSetBits {
    flags.enumerate().filter(|(_, flag)| *flag).fold(0, |bits, (index, _)| bits | 1 << index)
}

#[cfg(test)]
mod still;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RuleSet, Sampler};

    #[test]
    fn hexadecimal_parts_are_found_wherever_they_begin() {
        for before in 0..140 {
            for length in [59, 60, 64, 65, 130] {
                let text = ["z".repeat(before), "a1".repeat(100)[..length].to_owned(), "z".repeat(200)].concat();
                let found: Vec<_> = hex_parts(text.as_bytes(), &(0..text.len())).collect();
                let expected: Vec<_> = (length >= 60).then_some(before..before + length).into_iter().collect();
                assert_eq!(found, expected, "{length} behind {before}");
            }
        }
        let text = ["ab".repeat(32), "z".to_owned(), "cd".repeat(32)].concat();
        assert_eq!(hex_parts(text.as_bytes(), &(0..text.len())).collect::<Vec<_>>(), [0..64, 65..129]);
    }

    #[test]
    fn encoded_anchors_fit_across_a_seam() {
        let search = Search::new(RuleSet::built_in().rules());
        let longest = search.encoded.longest();
        assert!(longest <= Some(SEAM + 1), "{longest:?}");
    }

    /// Cores and runs; and for each byte whether it stands in UTF-16.
    fn hints(text: &[u8], search: &Search, fast: bool) -> (Vec<String>, Vec<bool>) {
        let (mut hints, mut wide) = (Vec::new(), vec![false; text.len()]);
        let mut take = |hint: Hint| match hint {
            Hint::Wide { range, .. } => wide[range].fill(true),
            hint => hints.push(format!("{hint:?}")),
        };
        match &search.vector {
            Some(vector) if fast => vector.sweep(text, &mut take),
            _ => sweep(&search.plain, text, &mut take),
        }
        hints.sort();
        (hints, wide)
    }

    #[test]
    fn both_ways_over_a_text_tell_the_same() {
        let search = Search::new(RuleSet::built_in().rules());
        let mut sampler = Sampler::new(11);
        let pieces: [&[u8]; 12] = [
            b"KSeF",
            b"-EC-",
            b"nip-",
            b"\n",
            b" ",
            b"e-faktura",
            b"k\0s\0e\0f\0",
            b"\0",
            b"\xC5\x82",
            b"ab+/",
            b"0123456789abcdef",
            b"T\0O\0",
        ];
        for round in 0..3_000 {
            let mut text = Vec::new();
            for _ in 0..sampler.below(12) {
                let piece = pieces[sampler.below(12) as usize];
                text.extend(piece.repeat(1 + sampler.below(24) as usize));
            }
            let ((fast, fast_wide), (safe, safe_wide)) = (hints(&text, &search, true), hints(&text, &search, false));
            assert_eq!(fast, safe, "round {round}: {text:?}");
            // The safe way looks at one block in four, so letters that are no ASCII may hide from it
            // a stretch that has no forty others in a row.
            let any = |wide: Vec<bool>| wide.contains(&true);
            assert!(any(fast_wide) >= any(safe_wide), "round {round}: {text:?}");
        }
    }

    #[test]
    fn words_are_found_in_every_case() {
        let search = Search::new(RuleSet::built_in().rules());
        for text in ["KSeF", "x Token KSeF: 1", "authorisationToken", "KSEF_", "ksef"] {
            let mut lures = Vec::new();
            search.lures(text.as_bytes(), |lure| lures.push(lure));
            assert!(lures.iter().any(|lure| matches!(lure.sort, Sort::Word(_))), "{text}: {lures:?}");
        }
    }
}
