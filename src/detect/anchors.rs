//! Anchors in all their dresses, and the searcher for many of them.
//!
//! Holds: how an anchor looks in each dress. Must not know: what is done where one is found. A new
//! dress of anchors is a line in `dress`.

use std::ops::Range;

use aho_corasick::packed::{self, MatchKind};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, Span};

use super::marks::{DER_MARKS, MARKS, Mark};
use super::password::WORDS;
use super::search::Sort;
use crate::codec::{base64_digits_within, utf16_bytes_within};
use crate::rules::{Read, Rule};

/// An anchor in one of its dresses.
pub(super) struct Dressed {
    bytes: Vec<u8>,
    /// From where on the automaton looks for it: where its bytes are rarest.
    core: usize,
    pub(super) sort: Sort,
    /// How many digits of a group of four come before it, where it stands in base64.
    pub(super) phase: usize,
}

impl Dressed {
    fn core(&self) -> &[u8] {
        &self.bytes[self.core..self.bytes.len().min(self.core + CORE)]
    }
}

/// Bytes of an anchor that the searchers look for; what stands around them is compared afterwards.
pub(super) const CORE: usize = 4;

/// How many patterns one packed searcher takes before it needs a slower kind of vector.
const PACKED: usize = 32;

/// A searcher for many anchors. Those whose cores are alike share one pattern, since a packed
/// searcher tells of one pattern only at each place.
pub(super) struct Anchors {
    groups: Vec<Vec<Dressed>>,
    packed: Vec<(usize, packed::Searcher)>,
    /// For processors without the vectors that packed searchers need.
    fallback: Option<AhoCorasick>,
}

impl Anchors {
    pub(super) fn new(mut dressed: Vec<Dressed>) -> Self {
        merge(&mut dressed);
        let groups = by_core(dressed);
        let cores = |part: &[Vec<Dressed>]| part.iter().map(|group| group[0].core().to_vec()).collect::<Vec<_>>();
        let searchers = groups.chunks(PACKED).enumerate().map(|(index, part)| {
            let mut builder = packed::Config::new().match_kind(MatchKind::LeftmostFirst).builder();
            builder.extend(cores(part));
            builder.build().map(|searcher| (index * PACKED, searcher))
        });
        let packed: Option<Vec<_>> = searchers.collect();
        let automaton = || AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(cores(&groups)).ok();
        let fallback = if packed.is_none() { automaton() } else { None };
        Self { packed: packed.unwrap_or_default(), fallback, groups }
    }

    /// Bytes of the longest anchor.
    #[cfg(test)]
    pub(super) fn longest(&self) -> Option<usize> {
        self.groups.iter().flatten().map(|dressed| dressed.bytes.len()).max()
    }

    /// Calls back for each anchor whose core begins in a range, with the place where it begins
    /// itself, in no order.
    pub(super) fn each<'a>(&'a self, text: &[u8], range: Range<usize>, mut found: impl FnMut(usize, &'a Dressed)) {
        self.cores_in(text, range, &mut |number, at| self.confirm(text, number, at, &mut found));
    }

    /// Calls back for each core that begins in a range, by its number.
    pub(super) fn cores_in(&self, text: &[u8], range: Range<usize>, found: &mut impl FnMut(usize, usize)) {
        let whole = Span::from(range.start..text.len().min(range.end + CORE - 1));
        for (first, searcher) in &self.packed {
            let mut span = whole;
            while let Some(hit) = searcher.find_in(text, span) {
                found(first + hit.pattern().as_usize(), hit.start());
                span.start = hit.start() + 1;
            }
        }
        if let Some(automaton) = &self.fallback {
            for hit in automaton.find_overlapping_iter(Input::new(text).span(whole)) {
                found(hit.pattern().as_usize(), hit.start());
            }
        }
    }

    /// The cores that are looked for, in the order of their numbers.
    pub(super) fn cores(&self) -> impl Iterator<Item = &[u8]> {
        self.groups.iter().map(|group| group[0].core())
    }

    /// Calls back for each anchor that has the core of that number and stands around it.
    pub(super) fn confirm<'a>(
        &'a self,
        text: &[u8],
        number: usize,
        core: usize,
        found: &mut impl FnMut(usize, &'a Dressed),
    ) {
        for dressed in &self.groups[number] {
            if let Some(at) = core.checked_sub(dressed.core)
                && text[at..].starts_with(&dressed.bytes)
            {
                found(at, dressed);
            }
        }
    }
}

fn by_core(dressed: Vec<Dressed>) -> Vec<Vec<Dressed>> {
    let mut groups: Vec<Vec<Dressed>> = Vec::new();
    for next in dressed {
        match groups.iter_mut().find(|group| group[0].core() == next.core()) {
            Some(group) => group.push(next),
            None => groups.push(vec![next]),
        }
    }
    groups
}

/// All anchors of all rules in all their dresses: those looked for everywhere, and those that only
/// stand in runs of digits.
pub(super) fn dress(rules: &[Rule]) -> (Vec<Dressed>, Vec<Dressed>) {
    let (mut plain, mut encoded) = (Vec::new(), Vec::new());
    for (index, rule) in rules.iter().enumerate() {
        let own = 1 << index;
        for anchor in &rule.anchors {
            let anchor = anchor.as_bytes();
            // What is base64 by nature is found by what stands inside of it.
            if rule.inner_anchors.is_empty() {
                plain.push(dressed(anchor.to_vec(), Sort::Plain(own), 0));
            }
            let anchor = kernel(anchor);
            encode(anchor, Sort::Base64, 2, &mut encoded);
            encode(&utf16_bytes_within(anchor), Sort::Base64, 1, &mut encoded);
        }
        for anchor in &rule.inner_anchors {
            encode(anchor.as_bytes(), Sort::Plain(own), 1, &mut encoded);
        }
        plain.extend(rule.spare_anchors.iter().map(|anchor| dressed(anchor.as_bytes().to_vec(), Sort::Plain(own), 0)));
        // A run that is broken by a soft line end is none, so it is looked for by its words as well.
        if rule.is_by_context() || rule.run.is_some() {
            // Letters in Polish travel in base64; the first word stands for all of them.
            for word in rule.near.first().iter().flat_map(|word| casings(word)) {
                encode(word.as_bytes(), Sort::Base64, 1, &mut encoded);
            }
            let words = rule.near.iter().flat_map(|word| casings(word));
            plain.extend(words.map(|word| dressed(word.into_bytes(), Sort::Word(own), 0)));
        }
    }
    let finds = |read| rules.iter().any(|rule| rule.read == Some(read));
    if finds(Read::Key) {
        mark(&mut plain);
        // Vaults and pipelines keep text in base64, of which these show.
        encode(b"-----BEGIN ", Sort::Base64, 1, &mut encoded);
        encode(b"\"kty\"", Sort::Base64, 1, &mut encoded);
    }
    if finds(Read::Password) {
        plain.extend(WORDS.iter().map(|word| dressed(word.to_vec(), Sort::Password, 0)));
    }
    // The first three bytes of a gzip stream; in base64, and in base64 of base64.
    encoded.push(dressed(b"H4sI".to_vec(), Sort::Gzip, 0));
    encoded.push(dressed(b"SDRzS".to_vec(), Sort::Gzip, 0));
    (plain, encoded)
}

/// The marks of keys. In digits a key is known by its first bytes, which stand where a run begins.
fn mark(plain: &mut Vec<Dressed>) {
    plain.extend(MARKS.iter().map(|(bytes, mark)| dressed(bytes.to_vec(), Sort::Key(*mark), 0)));
    plain.extend(DER_MARKS.iter().map(|bytes| dressed(bytes.to_vec(), Sort::Key(Mark::Der), 0)));
}

/// As much of the middle of an anchor as leaves, encoded twice, digits enough to be rare and few
/// enough to stand in one line or across a seam.
fn kernel(anchor: &[u8]) -> &[u8] {
    const LONGEST: usize = 12;
    let start = anchor.len().saturating_sub(LONGEST) / 2;
    &anchor[start..anchor.len().min(start + LONGEST)]
}

/// The base64 of an anchor at each alignment, and the base64 of that.
fn encode(anchor: &[u8], sort: Sort, times: u32, into: &mut Vec<Dressed>) {
    for alignment in 0..3 {
        let (digits, phase) = base64_digits_within(anchor, alignment);
        if times > 1 {
            encode(&digits, sort, times - 1, into);
        }
        if digits.len() >= 4 {
            into.push(dressed(digits, sort, phase));
        }
    }
}

/// The ways in which a word is written: `KSeF`, `ksef`, `KSEF`, `Ksef`.
fn casings(word: &str) -> Vec<String> {
    let capital = |word: &str| {
        let mut word = word.to_owned();
        if let Some(first) = word.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        word
    };
    let lower = word.to_ascii_lowercase();
    let mut casings = vec![word.to_owned(), word.to_ascii_uppercase(), capital(word), capital(&lower), lower];
    casings.sort();
    casings.dedup();
    casings
}

/// Chooses where in an anchor its four rarest neighbouring bytes begin.
fn dressed(bytes: Vec<u8>, sort: Sort, phase: usize) -> Dressed {
    let rarity = |byte: &u8| match byte {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b' ' => 1,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'f' | b'h' | b'_' | b'-' => 2,
        b'b' | b'g' | b'v' | b'y' | b'w' | b'k' | b'0'..=b'9' => 4,
        _ if b"ETAOINSR".contains(byte) => 4,
        _ => 5,
    };
    // The fast way over a text takes no zeros.
    let has_zero = |window: &[u8]| window.contains(&0);
    let weight = |window: &[u8]| if has_zero(window) { 0 } else { window.iter().map(rarity).sum::<u32>() };
    let best = bytes
        .windows(CORE.min(bytes.len()))
        .enumerate()
        .max_by_key(|(index, window)| (weight(window), usize::MAX - index));
    let core = best.map_or(0, |(index, _)| index);
    Dressed { bytes, core, sort, phase }
}

/// Anchors that look the same in some dress are looked for once.
fn merge(dressed: &mut Vec<Dressed>) {
    let mut merged: Vec<Dressed> = Vec::with_capacity(dressed.len());
    for next in dressed.drain(..) {
        match merged
            .iter_mut()
            .find(|known| known.bytes == next.bytes && known.phase == next.phase && alike(known.sort, next.sort))
        {
            Some(known) => known.sort = join(known.sort, next.sort),
            None => merged.push(next),
        }
    }
    *dressed = merged;
}

fn alike(one: Sort, other: Sort) -> bool {
    std::mem::discriminant(&one) == std::mem::discriminant(&other)
}

fn join(one: Sort, other: Sort) -> Sort {
    match (one, other) {
        (Sort::Plain(one), Sort::Plain(other)) => Sort::Plain(one | other),
        (Sort::Word(one), Sort::Word(other)) => Sort::Word(one | other),
        (one, _) => one,
    }
}
