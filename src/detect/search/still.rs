//! What is said of parts holds for the whole: where a text is still and so is every part around what was changed
//! in it, the changed text is still, too.
//!
//! Holds: random texts made of pieces of what is searched for, and random changes, which cut pieces in two and join
//! them. Both ways over a text are tried.

use std::ops::Range;

use super::{Lure, Sort};
use crate::base::Instant;
use crate::codec::base64_digits_within;
use crate::detect::runs::SHORTEST_WIDE;
use crate::detect::{Detector, REACH};
use crate::rules::{JwtForm, RuleSet, Sampler};

/// Texts that are tried, each with a few changes.
const ROUNDS: u64 = 3_000;

fn detector(fast: bool) -> Detector {
    let mut detector = Detector::new(RuleSet::built_in(), Instant::from_day(2026, 11, 21).unwrap()).unwrap();
    if !fast {
        detector.search.vector = None;
    }
    detector
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    base64_digits_within(bytes, 0).0
}

fn wide(text: &[u8]) -> Vec<u8> {
    text.iter().flat_map(|byte| [*byte, 0]).collect()
}

/// Something that is searched for, in some dress.
fn sought(sampler: &mut Sampler) -> Vec<u8> {
    let token = sampler.token().into_bytes();
    match sampler.below(20) {
        14 => sampler.key_pair().pem().into_bytes(),
        15 => sampler.key_pair().der(),
        16 => base64(&sampler.key_pair().sealed("needle-password", 1)),
        17 => sampler.key_pair().sec1().iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect(),
        18 => b"KSEF_KEY_PASSWORD=needle-7".to_vec(),
        19 => [&b"\xFE\xED\xFE\xED\0\0\0\x02"[..], b"\x07\x02\0\0\0\xA4\0\0RSA2", b"{\"kty\":\"EC\",\"d\":"]
            [sampler.below(3) as usize]
            .to_vec(),
        0 => token,
        1 => base64(&token),
        2 => base64(&base64(&[b"some text around it: ", &token[..], b" and more of it"].concat())),
        3 => wide(&token),
        4 => base64(&wide(&token)),
        5 => token.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect(),
        6 => sampler.jwt(&JwtForm::default()).into_bytes(),
        7 => [b"H4sIAAAAAAAA".to_vec(), base64(&token)].concat(),
        8 => base64(&[b"H4sIAAAAAAAA".to_vec(), base64(&token)].concat()),
        9 => [b"KSeF", b"ksef", b"e-fa"][sampler.below(3) as usize].to_vec(),
        10 => [b"NIP;", b";NIP", b"NIP\t"][sampler.below(3) as usize].to_vec(),
        11 => {
            let count = 58 + sampler.below(10) as usize;
            sampler.hex(count).into_bytes()
        }
        12 => {
            let count = 25 + sampler.below(50) as usize;
            sampler.string(b"ABCDEFGHabcdefgh01234567+/-_.", count).into_bytes()
        }
        _ => wide(sampler.string(b"abcdefgh ", 60).as_bytes()),
    }
}

/// A piece of that, or of nothing.
fn piece(sampler: &mut Sampler) -> Vec<u8> {
    let count = sampler.below(50) as usize;
    match sampler.below(8) {
        0 => vec![[b'-', b'=', b'A', 0][sampler.below(4) as usize]; count * 3],
        1 => [&b"\r\n"[..], b"\n", b"\"\n\"", b"\\n", b" ", b"=\n", b"\xFF\xFE", b"\x1F\x8B\x08\0", b"\xFE\xFF"]
            [sampler.below(9) as usize]
            .to_vec(),
        2 => sampler.string(b"ABCDEFGHabcdefgh01234567+/", count * 6).into_bytes(),
        3 | 4 => sampler.string(b"abcdefgh ijk,.\n", count * 4).into_bytes(),
        _ => {
            let whole = sought(sampler);
            let from = sampler.below(whole.len() as u64) as usize;
            let to = from + 1 + sampler.below((whole.len() - from) as u64) as usize;
            match sampler.below(3) {
                0 => whole[..to].to_vec(),
                1 => whole[from..].to_vec(),
                _ => whole[from..to].to_vec(),
            }
        }
    }
}

/// A text of pieces, none of which is worth a second look where it stands.
fn still_text(detector: &Detector, sampler: &mut Sampler) -> Vec<u8> {
    let mut text = Vec::new();
    for _ in 0..4 + sampler.below(24) {
        let before = text.len();
        text.extend(piece(sampler));
        if sampler.below(6) == 0 {
            text.extend(sampler.string(b"abcdefgh ijk,.\n", 900).into_bytes());
        }
        if !detector.is_still(&text) {
            text.truncate(before);
        }
    }
    text
}

/// Changes a text; returns what of the new one is new, where it was cut in two if nothing is.
fn change(text: &mut Vec<u8>, sampler: &mut Sampler) -> Range<usize> {
    let at = sampler.below(text.len() as u64 + 1) as usize;
    let most = if sampler.below(2) == 0 { 60 } else { 2_500 };
    let end = if sampler.below(3) == 0 { at } else { text.len().min(at + sampler.below(most) as usize) };
    let new = match sampler.below(4) {
        0 => Vec::new(),
        1 if at < end => {
            // A part of what was there before, moved by a little.
            let from = at + sampler.below((end - at) as u64) as usize;
            text[from..end].to_vec()
        }
        _ => piece(sampler),
    };
    let length = new.len();
    text.splice(at..end, new);
    at..at + length
}

/// Moves what lies behind a change by what the change made it longer or shorter.
fn moved(range: &Range<usize>, new: &Range<usize>, old_length: usize, length: usize) -> Range<usize> {
    let old_end = new.end + old_length - length;
    let shift = |at: usize| {
        if at <= new.start {
            at
        } else if at >= old_end {
            at + length - old_length
        } else {
            new.end
        }
    };
    shift(range.start)..shift(range.end).max(shift(range.start))
}

/// The parts around changes, as those who read deltas have them.
fn parts(changes: &[Range<usize>], size: usize) -> Vec<Range<usize>> {
    let mut around: Vec<Range<usize>> =
        changes.iter().map(|range| range.start.saturating_sub(REACH)..(range.end + REACH).min(size)).collect();
    around.sort_by_key(|range| range.start);
    let mut parts: Vec<Range<usize>> = Vec::new();
    for next in around {
        match parts.last_mut() {
            Some(last) if last.end >= next.start => last.end = last.end.max(next.end),
            _ => parts.push(next),
        }
    }
    parts
}

/// What is found in a text wherever it stands. Where in a text a stretch of UTF-16 begins
/// decides whether one is seen that has fewer characters of ASCII in a row than any credential.
fn lures(detector: &Detector, text: &[u8]) -> Vec<Lure> {
    let longest = |stretch: &[u8]| {
        let in_row = |start: usize| {
            stretch[start..].chunks_exact(2).fold((0, 0), |(most, now): (usize, usize), pair| {
                let is_ascii = matches!(pair, [0, 1..=0x7F] | [1..=0x7F, 0]);
                let now = if is_ascii { now + 1 } else { 0 };
                (most.max(now), now)
            })
        };
        in_row(0).0.max(in_row(1).0)
    };
    let mut lures = Vec::new();
    detector.search.lures(text, |lure| match lure.sort {
        Sort::Wide { end, .. } if longest(&text[lure.at..end]) < SHORTEST_WIDE => {}
        _ => lures.push(lure),
    });
    lures
}

#[test]
fn changes_to_a_still_text_are_known_by_what_is_around_them() {
    let (mut still, mut stirred) = (0, 0);
    for fast in [true, false] {
        let detector = detector(fast);
        for round in 0..ROUNDS {
            let mut sampler = Sampler::new(round);
            let mut text = still_text(&detector, &mut sampler);
            for _ in 0..4 {
                let before = text.clone();
                let mut changes: Vec<Range<usize>> = Vec::new();
                for _ in 0..=sampler.below(2) {
                    let old_length = text.len();
                    let new = change(&mut text, &mut sampler);
                    changes.iter_mut().for_each(|range| *range = moved(range, &new, old_length, text.len()));
                    changes.push(new);
                }
                let parts = parts(&changes, text.len());
                let all_still = parts
                    .iter()
                    .all(|part| detector.part_is_still(&text[part.clone()], part.start > 0, part.end < text.len()));
                if all_still {
                    let lures = lures(&detector, &text);
                    assert_eq!(lures, [], "round {round}, {fast}: {changes:?} in {}", text.escape_ascii());
                    still += 1;
                } else {
                    text = before;
                    stirred += 1;
                }
            }
        }
    }
    assert!(still > ROUNDS && stirred > ROUNDS, "{still} still, {stirred} not");
}
