//! Keys and certificates read where their marks stand.
//!
//! Holds: the way from a mark to a verdict. Must not know: any form of a key; what a key is worth.

use super::around::Around;
use super::fold::fold;
use super::key::{self, Certificate, Found};
use super::layers::Surroundings;
use super::marks::{Digits, Mark, beginnings, closing};
use super::resolve::Match;
use super::search::Sort;
use super::verify::Verdict;
use super::{Detector, Scan, password};
use crate::base::{Clothes, Secret};
use crate::codec::{Order, Reading, base64_into, der, hex_decode, unescape, utf16_decode};

/// Nanoseconds that the keys of a window may cost, for each of its bytes, and those of the smallest. They are counted by
/// what is looked at and were measured once, so that a run can be repeated.
const EACH: usize = 200;
const LEAST: usize = 500_000_000;

/// Nanoseconds that a look at a mark costs at least, and one in vain: at a store of Java, and at DER without lengths.
const LOOK: usize = 2_000;
const STORE: usize = 500_000;
const INDEFINITE: usize = 200_000;

/// Nanoseconds that a byte costs that is decoded, or whose escape is taken off.
const DECODED: usize = 30;

/// Bytes of an object: a set of keys has some hundred thousand.
const OBJECT: usize = 1 << 20;

/// How many letters at the most stand for a byte of DER in base64, all breaks of lines and what is around them counted,
/// and how many more a short one may have.
const LETTERS: usize = 4;
const MORE: usize = 512;

/// A store that is said to be larger is none.
const LARGEST: usize = 4 << 20;

/// Bytes of armour that is waited for, where its end is behind the window.
const ARMOUR: usize = 256 << 10;

/// Bytes of an element or object whose escapes are taken off, of the escapes of the sign that closes it, and how far
/// before a name the beginning of its object is looked for.
const ESCAPED: usize = 16 << 10;
const CLOSED: usize = 16;
const OPENED: usize = 16 << 10;

/// Nanoseconds that the keys of a window of so many bytes may cost.
pub(super) fn allowance(length: usize) -> usize {
    LEAST + length * EACH
}

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
            if around.keys.get() == 0 {
                break;
            }
            let mut cost = LOOK;
            let look = match sort {
                Sort::Key(mark) => look_at(text, at, mark, around.last, &mut cost),
                Sort::Digits(Digits::Base64) => in_base64(text, at, around.last, &mut cost),
                Sort::Digits(Digits::Hex) => in_hex(text, at, around.last, &mut cost),
                _ => Look::Nothing,
            };
            around.keys.set(around.keys.get().saturating_sub(cost.saturating_add(key::computed())));
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

    /// Whether a subject or a name speaks of KSeF.
    pub fn is_evidence(&self, name: &str) -> bool {
        let name = fold(name.as_bytes());
        self.evidence().iter().any(|word| name.contains(word.as_str()))
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

fn look_at(text: &[u8], at: usize, mark: Mark, last: bool, cost: &mut usize) -> Look {
    let starts = beginnings(text, at, mark);
    if mark == Mark::Member {
        // Looked for here, and once more where it is escaped.
        *cost += 2 * starts.first().map_or(at.min(OPENED), |start| at - start);
    }
    for start in starts {
        let mut bytes = &text[start..];
        if mark == Mark::Member {
            let (length, is_whole) = closing(&bytes[..bytes.len().min(OBJECT)], false);
            *cost += 2 * length;
            if !is_whole {
                continue;
            }
            bytes = &bytes[..length];
        }
        if let Some((len, verdict)) = read(bytes) {
            return Look::Reached(Reached { start, len, verdict, clothes: Vec::new() });
        }
        *cost += in_vain(bytes, mark);
        let announced = if mark == Mark::Der { der::announced(bytes) } else { None };
        if !last && announced.is_some_and(|length| bytes.len() < length && length <= LARGEST) {
            return Look::Open(start);
        }
    }
    // A store of Java tells its length nowhere, and armour ends with its end.
    let rest = &text[at..];
    let goes_on = match rest.first() {
        Some(b'-') => rest.len() < ARMOUR && memchr::memmem::find(rest, b"-----END").is_none(),
        first => !first.is_some_and(u8::is_ascii) && rest.len() < LARGEST,
    };
    if !last && mark == Mark::Here && goes_on {
        return Look::Open(at);
    }
    if matches!(mark, Mark::Element | Mark::Member) { escaped(text, at, mark, cost) } else { Look::Nothing }
}

/// What it may have cost at the most to see that nothing begins here.
fn in_vain(bytes: &[u8], mark: Mark) -> usize {
    match mark {
        Mark::Here if !bytes.first().is_some_and(u8::is_ascii) => STORE,
        Mark::Der if bytes.get(1) == Some(&0x80) => INDEFINITE,
        Mark::Der => 2 * der::announced(bytes).filter(|length| *length <= bytes.len()).unwrap_or(0),
        Mark::Element => bytes.len().min(64 << 10),
        Mark::Member => 2 * bytes.len(),
        Mark::Here | Mark::Blob => 0,
    }
}

/// Reads an element or an object that stands within a text, its signs escaped.
fn escaped(text: &[u8], at: usize, mark: Mark, cost: &mut usize) -> Look {
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
    let Some(length) = escaped_length(bytes, at - start, mark, cost) else { return Look::Nothing };
    let bytes = &bytes[..length];
    if memchr::memchr3(b'\\', b'&', b'%', bytes).is_none() {
        return Look::Nothing;
    }
    *cost += DECODED * bytes.len();
    let plain = unescape(bytes, Reading { quoted_printable: false, drop_spaces: false });
    match read(plain.bytes()) {
        Some((len, verdict)) => {
            let (clothes, last) = (plain.clothes_in(0, len), plain.source_of(len.saturating_sub(1)));
            Look::Reached(Reached { start, len: last + 1, verdict, clothes })
        }
        None => Look::Nothing,
    }
}

/// How far an element or object reaches whose signs are escaped; nothing where its end is not near.
fn escaped_length(bytes: &[u8], name: usize, mark: Mark, cost: &mut usize) -> Option<usize> {
    const NAME: &[u8] = b"RSAKeyValue";
    if mark == Mark::Member {
        let (length, is_whole) = closing(bytes, true);
        *cost += length;
        return is_whole.then_some(length);
    }
    let inside = name + NAME.len();
    let found = memchr::memmem::find(bytes.get(inside..)?, NAME);
    *cost += found.unwrap_or(bytes.len());
    // What closes the tag may be escaped more than once.
    Some(bytes.len().min(inside + found? + NAME.len() + CLOSED))
}

/// Reads what stands in base64 without armour.
fn in_base64(text: &[u8], start: usize, last: bool, cost: &mut usize) -> Look {
    let mut head = [0; 9];
    let is_der = base64_into(&text[start..], &mut head) && head.first() == Some(&der::SEQUENCE);
    let length = der::announced(&head).filter(|_| is_der && head.get(1) != Some(&0x80)).unwrap_or(LARGEST).min(LARGEST);
    // It goes on behind the window if its digits are more than there are.
    let goes_on = !last && is_der && length < LARGEST && (text.len() - start) / 4 * 3 < length;
    let text = &text[start..text.len().min(start + length * LETTERS + MORE)];
    let read = key::read_base64(text).map(|found| (found.len, Verdict::Key(Box::new(found), false)));
    match read.or_else(|| certificate_in_base64(text)) {
        Some((len, verdict)) => Look::Reached(Reached { start, len, verdict, clothes: vec![Clothes::Base64] }),
        None => {
            *cost += DECODED * text.len().min(256 << 10);
            if goes_on { Look::Open(start) } else { Look::Nothing }
        }
    }
}

fn certificate_in_base64(text: &[u8]) -> Option<(usize, Verdict)> {
    let certificate = Certificate::read_base64(text)?;
    Some((certificate.len, Verdict::Certificate(Box::new(certificate))))
}

/// Reads what stands in hexadecimal digits, as databases write it out.
fn in_hex(text: &[u8], start: usize, last: bool, cost: &mut usize) -> Look {
    let head = hex_decode(&text[start..text.len().min(start + 12)]);
    let is_der = head.bytes().first() == Some(&der::SEQUENCE);
    let length = der::announced(head.bytes()).filter(|_| is_der).unwrap_or(LARGEST).min(LARGEST);
    let decoded = hex_decode(&text[start..text.len().min(start + length * 2)]);
    *cost += DECODED * decoded.bytes().len();
    match read(decoded.bytes()) {
        Some((len, verdict)) => Look::Reached(Reached { start, len: len * 2, verdict, clothes: vec![Clothes::Hex] }),
        None if !last && is_der && length < LARGEST && (text.len() - start) / 2 < length => Look::Open(start),
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
