//! Candidate passwords for sealed keys and archives, read out of text where a word speaks of one.
//!
//! Holds: the words, and what is read where one is met. Must not know: what a candidate opens, or
//! where it is kept. A new form is a reader in `assigned`, `spoken` or `command`; what is no
//! password is told in `refuse`.

mod alone;
mod assigned;
mod command;
mod name;
mod plain;
mod quoted;
mod refuse;
mod spoken;

use std::ops::Range;

use zeroize::Zeroizing;

pub(super) use alone::{is_password_name, read_alone};
use name::Name;

/// The words that announce a password, as they are written: each costs the search for all the others, so capitals stand
/// only where people put them. With the letter ł in UTF-8 and in CP1250 or ISO-8859-2.
pub(super) const WORDS: &[&[u8]] = &[
    b"pass",
    b"Pass",
    b"PASS",
    b"hasl",
    b"Hasl",
    b"HASL",
    b"has\xC5\x82",
    b"Has\xC5\x82",
    b"HAS\xC5\x81",
    b"has\xB3",
    b"Has\xB3",
    b"HAS\xA3",
    b"pwd=",
    b"Pwd=",
    b"Certificate2(",
];

/// How far behind an anchor is looked.
const AHEAD: usize = 512;

/// How many signs at the end of a word may be those of its sentence.
const MOST_SIGNS: usize = 3;

/// How far around a name a word may stand that says what the password is for.
const ABOUT_BEFORE: usize = 160;
const ABOUT_BEHIND: usize = 80;

/// Words which say that the password before or behind them is that of a key or an archive.
const ABOUT: [&[u8]; 22] = [
    b"--cert",
    b"--key",
    b".pfx",
    b".p12",
    b".pem",
    b".jks",
    b".key",
    b".zip",
    b".7z",
    b".rar",
    b"pkcs12",
    b"certyfikat",
    b"certificate",
    b"certpath",
    b"cert_path",
    b"keystore",
    b"klucz",
    b"ksef",
    b"archiwum",
    b"private key",
    b"privatekey",
    b"private_key",
];

/// The pairs of letters with which they begin, whatever their case, and some others: every candidate is looked around, so
/// it must be quick.
const ABOUT_BEGINS: [bool; 1024] = {
    let mut begins = [false; 1024];
    let mut word = 0;
    while word < ABOUT.len() {
        begins[pair(ABOUT[word][0], ABOUT[word][1])] = true;
        word += 1;
    }
    begins
};

/// The place of two letters in the table; small and capital ones have the same.
const fn pair(first: u8, second: u8) -> usize {
    ((first & 31) as usize) << 5 | (second & 31) as usize
}

/// How much is to be expected of a candidate; the best is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Something is assigned to a name that has a word for passwords.
    Plain,
    /// Somebody tells it to somebody.
    Spoken,
    /// It is said to be that of a key, a certificate, an archive, or of KSeF.
    Named,
}

/// What may be a password, and where it stands.
pub(super) struct Candidate {
    /// Where it stands in the text, in its dress but without quotes.
    pub(super) range: Range<usize>,
    /// The password itself, its dress taken off.
    pub(super) plain: Zeroizing<Vec<u8>>,
    /// How much is to be expected of it.
    pub(super) strength: Strength,
}

/// Reads the passwords that the word beginning at `at` announces. Looks at some hundred bytes at
/// most, whatever they are.
pub(super) fn read(text: &[u8], at: usize, take: &mut dyn FnMut(Candidate)) {
    let text = &text[..text.len().min(at.saturating_add(AHEAD))];
    let mut offer = Offer { text, take };
    if starts_with(text, at, b"certificate2(") {
        return command::read_arguments(text, at + b"certificate2(".len(), &mut offer);
    }
    let Some(name) = Name::read(text, at) else { return };
    if !command::read(text, &name, &mut offer) && !assigned::read(text, &name, &mut offer) {
        spoken::read(text, &name, &mut offer);
    }
}

/// Whether the word that begins at `at` announces a password.
pub(super) fn is_told(text: &[u8], at: usize) -> bool {
    let mut told = false;
    read(text, at, &mut |_| told = true);
    told
}

/// Reads the passwords of a text at each of their words, whatever it is, and all of it as a file that is one.
#[cfg(feature = "fuzzing")]
pub fn endure_passwords(text: &[u8]) {
    let mut take = |candidate: Candidate| {
        let Candidate { range, plain, .. } = candidate;
        assert!(range.start < range.end && range.end <= text.len(), "{range:?} of {}", text.len());
        assert!(!plain.is_empty() && plain.len() <= AHEAD, "{} bytes", plain.len());
    };
    for at in 0..text.len() {
        if WORDS.iter().any(|word| text[at..].starts_with(word)) {
            read(text, at, &mut take);
        }
    }
    read_alone(text, &mut take);
}

/// Takes candidates that stand in a text and passes them on, without those that cannot be any.
struct Offer<'a> {
    text: &'a [u8],
    take: &'a mut dyn FnMut(Candidate),
}

impl Offer<'_> {
    /// Offers what stands in a range, in each reading of its dress.
    fn offer(&mut self, range: &Range<usize>, dress: plain::Dress, strength: Strength) {
        let Some(raw) = self.text.get(range.clone()) else { return };
        for plain in plain::readings(raw, dress) {
            if refuse::may_be_password(&plain, dress) {
                (self.take)(Candidate { range: range.clone(), plain, strength });
            }
        }
    }

    /// Offers a bare word, and what is left of it without the signs that may end a sentence.
    fn offer_word(&mut self, range: &Range<usize>, strength: Strength) {
        let word = self.text.get(range.clone()).unwrap_or_default();
        let signs = word.iter().rev().take(MOST_SIGNS).take_while(|byte| b".,;:!)".contains(byte)).count();
        let bare = word.len() - signs;
        if refuse::is_placeholder(word.get(..bare).unwrap_or_default()) {
            return;
        }
        for length in (bare..=word.len()).rev() {
            self.offer(&(range.start..range.start + length), plain::Dress::Bare, strength);
        }
    }
}

/// How much is to be expected of a value under a name: its own words count, then those around it.
fn strength_of(text: &[u8], name: &Name, end: usize, otherwise: Strength) -> Strength {
    let before = name.start.saturating_sub(ABOUT_BEFORE)..name.start;
    let phrase = name.start..end;
    let behind = end..text.len().min(end + ABOUT_BEHIND);
    let is_said = |range: Range<usize>| {
        let part = text.get(range).unwrap_or_default();
        let begins = |(at, letters): (usize, &[u8])| {
            ABOUT_BEGINS[pair(letters[0], letters[1])] && ABOUT.iter().any(|word| starts_with(part, at, word))
        };
        part.windows(2).enumerate().any(begins)
    };
    let named = name::speaks_of_keys(text.get(phrase).unwrap_or_default()) || is_said(before) || is_said(behind);
    if named { Strength::Named } else { otherwise }
}

/// Whether a text has a word in whatever case.
fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

/// Whether a word stands at a place in whatever case.
fn starts_with(text: &[u8], at: usize, word: &[u8]) -> bool {
    at.checked_add(word.len()).and_then(|end| text.get(at..end)).is_some_and(|part| part.eq_ignore_ascii_case(word))
}

/// Where the blanks end that begin at a place.
fn skip_blanks(text: &[u8], at: usize) -> usize {
    at + text.get(at..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// The place where the word ends that begins at a place.
fn word_end(text: &[u8], at: usize) -> usize {
    at + text.get(at..).unwrap_or_default().iter().take_while(|byte| **byte > b' ' && **byte != 0x7F).count()
}

#[cfg(test)]
mod tests;
