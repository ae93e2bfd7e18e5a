//! Keys and certificates read where their marks stand.
//!
//! Holds: the way from a mark to a verdict. Must not know: any form of a key; what a key is worth.

use super::around::Around;
use super::key::{self, Certificate, Found};
use super::layers::Surroundings;
use super::marks::{Digits, Mark, beginnings};
use super::resolve::Match;
use super::search::Sort;
use super::verify::Verdict;
use super::{Detector, Scan, password};
use crate::base::{Clothes, Secret};
use crate::codec::{Order, Reading, der, hex_decode, unescape, utf16_decode};

/// What one look at a mark counts for in the work of a window.
const LOOK: usize = 4 << 10;

/// A store that is said to be larger is none.
const LARGEST: usize = 4 << 20;

/// Bytes of an element or object whose escapes are taken off.
const ESCAPED: usize = 16 << 10;

/// What stands where a mark led to.
struct Reached {
    start: usize,
    len: usize,
    verdict: Verdict,
    clothes: Vec<Clothes>,
}

/// What became of a mark.
enum Look {
    Nothing,
    /// A value begins here and goes on behind the window.
    Open(usize),
    Reached(Reached),
}

impl Detector {
    /// Reads what the marks belong to. Tells where the first thing begins that goes on behind the layer.
    pub(super) fn search_keys(
        &self,
        text: &[u8],
        mut marks: Vec<(usize, Sort)>,
        around: Surroundings<'_>,
        out: &mut Vec<Match>,
    ) -> Option<usize> {
        marks.sort_unstable_by_key(|(at, _)| *at);
        let (mut covered, mut open) = (0, None);
        for (at, sort) in marks {
            // A key has many marks, and so has a store of them.
            if at < covered {
                continue;
            }
            let left = around.work.get().saturating_sub(LOOK);
            around.work.set(left);
            if left == 0 {
                break;
            }
            let look = match sort {
                Sort::Key(mark) => look_at(text, at, mark, around.last),
                Sort::Digits(Digits::Base64) => in_base64(text, at),
                Sort::Digits(Digits::Hex) => in_hex(text, at),
                _ => Look::Nothing,
            };
            match look {
                Look::Nothing => {}
                Look::Open(start) => open = Some(open.map_or(start, |open: usize| open.min(start))),
                Look::Reached(Reached { start, len, verdict, clothes }) => {
                    let end = start + len;
                    covered = end.max(at + 1);
                    let near = Around::new(text, start, end, around.names, around.table);
                    let verdict = match verdict {
                        Verdict::Key(key, _) => Verdict::Key(key, near.has_near(self.evidence())),
                        verdict => verdict,
                    };
                    out.push(Match { start, end, verdict, clothes });
                }
            }
        }
        open
    }

    /// Whether words near, or in a name, speak of KSeF.
    pub(super) fn speaks_of_ksef(&self, scan: &Scan, window: &[u8], range: std::ops::Range<usize>) -> bool {
        Around::new(window, range.start, range.end, &scan.names, scan.table.as_ref()).has_near(self.evidence())
    }

    fn evidence(&self) -> &[String] {
        self.key_rule.and_then(|rule| self.compiled.get(rule)).map_or(&[], |rule| &rule.near)
    }

    /// Takes what may be a password at one of its words.
    pub(super) fn try_password(text: &[u8], at: usize, out: &mut Vec<Match>) {
        password::read(text, at, &mut |candidate| out.push(spoken(candidate)));
    }

    /// Takes the lines of a file that is a password by its name.
    pub(super) fn try_lines(text: &[u8], order: Option<Order>, out: &mut Vec<Match>) {
        let Some(order) = order else {
            return password::read_alone(text, &mut |candidate| out.push(spoken(candidate)));
        };
        let plain = utf16_decode(text, order);
        password::read_alone(plain.bytes(), &mut |candidate| {
            let found = spoken(candidate);
            let end = plain.source_of(found.end.saturating_sub(1)) + 1;
            out.push(Match { start: plain.source_of(found.start), end, ..found });
        });
    }
}

fn spoken(candidate: password::Candidate) -> Match {
    let password::Candidate { range, mut plain, strength } = candidate;
    let verdict = Verdict::Password(Secret::new(std::mem::take(&mut *plain)), strength);
    Match { start: range.start, end: range.end, verdict, clothes: Vec::new() }
}

fn look_at(text: &[u8], at: usize, mark: Mark, last: bool) -> Look {
    for start in beginnings(text, at, mark) {
        let bytes = &text[start..];
        if let Some((len, verdict)) = read(bytes) {
            return Look::Reached(Reached { start, len, verdict, clothes: Vec::new() });
        }
        let announced = if mark == Mark::Der { der::announced(bytes) } else { None };
        if !last && announced.is_some_and(|length| bytes.len() < length && length <= LARGEST) {
            return Look::Open(start);
        }
    }
    // A store of Java tells its length nowhere.
    if !last && mark == Mark::Here && !text[at].is_ascii() && text.len() - at < LARGEST {
        return Look::Open(at);
    }
    if matches!(mark, Mark::Element | Mark::Member) { escaped(text, at, mark) } else { Look::Nothing }
}

/// Reads an element or an object that stands within a text, its signs escaped.
fn escaped(text: &[u8], at: usize, mark: Mark) -> Look {
    let start = match mark {
        Mark::Member => beginnings(text, at, mark).first().copied(),
        // `&lt;`, `\u003c`, `%3C`, and some of them escaped again.
        _ => text[at.saturating_sub(16)..at].iter().rposition(|byte| b"&\\%".contains(byte)).map(|sign| {
            let first = at.saturating_sub(16);
            let slashes = text[first..first + sign].iter().rev().take_while(|byte| **byte == b'\\').count();
            first + sign - slashes
        }),
    };
    let Some(start) = start else { return Look::Nothing };
    let bytes = &text[start..text.len().min(start + ESCAPED)];
    if memchr::memchr3(b'\\', b'&', b'%', bytes).is_none() {
        return Look::Nothing;
    }
    let plain = unescape(bytes, Reading { quoted_printable: false, drop_spaces: false });
    match read(plain.bytes()) {
        Some((len, verdict)) => {
            let (clothes, last) = (plain.clothes_in(0, len), plain.source_of(len.saturating_sub(1)));
            Look::Reached(Reached { start, len: last + 1, verdict, clothes })
        }
        None => Look::Nothing,
    }
}

/// Reads what stands in base64 without armour.
fn in_base64(text: &[u8], start: usize) -> Look {
    let read = key::read_base64(&text[start..]).map(|found| (found.len, Verdict::Key(Box::new(found), false)));
    match read.or_else(|| certificate_in_base64(&text[start..])) {
        Some((len, verdict)) => Look::Reached(Reached { start, len, verdict, clothes: vec![Clothes::Base64] }),
        None => Look::Nothing,
    }
}

fn certificate_in_base64(text: &[u8]) -> Option<(usize, Verdict)> {
    let certificate = Certificate::read_base64(text)?;
    Some((certificate.len, Verdict::Certificate(Box::new(certificate))))
}

/// Reads what stands in hexadecimal digits, as databases write it out.
fn in_hex(text: &[u8], start: usize) -> Look {
    let head = hex_decode(&text[start..text.len().min(start + 12)]);
    let is_der = head.bytes().first() == Some(&der::SEQUENCE);
    let length = der::announced(head.bytes()).filter(|_| is_der).unwrap_or(LARGEST).min(LARGEST);
    let decoded = hex_decode(&text[start..text.len().min(start + length * 2)]);
    match read(decoded.bytes()) {
        Some((len, verdict)) => Look::Reached(Reached { start, len: len * 2, verdict, clothes: vec![Clothes::Hex] }),
        None => Look::Nothing,
    }
}

/// Reads what begins with the first byte: how many bytes it takes, and what it is.
fn read(bytes: &[u8]) -> Option<(usize, Verdict)> {
    if let Some(found) = key::read(bytes) {
        let len = found.len;
        return Some((len, Verdict::Key(Box::<Found>::new(found), false)));
    }
    let certificate = Certificate::read(bytes)?;
    Some((certificate.len, Verdict::Certificate(Box::new(certificate))))
}
