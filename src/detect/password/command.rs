//! Passwords on command lines and among arguments: `-passin pass:…`, `-storepass …`,
//! `new X509Certificate2("a.pfx", "…")`.
//!
//! Holds: flags and calls. Must not know: assignments, sentences.

use super::name::{Name, Word};
use super::plain::Dress;
use super::{Offer, Strength, quoted, refuse};

/// How far behind `Certificate2(` is looked.
const AHEAD: usize = 300;

/// What openssl reads a password from, in place of a password.
const SOURCES: [&[u8]; 6] = [b"pass:", b"env:", b"file:", b"fd:", b"stdin", b"prompt"];

/// Reads the value of a flag. Tells whether it was one.
pub(super) fn read(text: &[u8], name: &Name, offer: &mut Offer<'_>) -> bool {
    if name.is_polish() {
        return false;
    }
    if name.word == Word::Pass && name.alone && text.get(name.end) == Some(&b':') && is_for_openssl(text, name.start) {
        word(text, name.end + 1, Strength::Named, offer);
        return true;
    }
    if name.dashes == 0 {
        return false;
    }
    let begin = super::skip_blanks(text, name.end);
    if let Some(value) = quoted::read_secure(text, begin) {
        offer.offer(&value.range, value.dress, super::strength_of(text, name, begin, Strength::Plain));
        return true;
    }
    if text.get(begin) == Some(&b'(') || (begin == name.end && text.get(begin) != Some(&b'=')) {
        return false;
    }
    let begin = begin + usize::from(begin == name.end);
    let strength = super::strength_of(text, name, begin, Strength::Plain);
    if let Some(value) = quoted::read(text, begin) {
        if !is_source(text.get(value.range.clone()).unwrap_or_default()) {
            offer.offer(&value.range, value.dress, strength);
        }
        return true;
    }
    let value = text.get(begin..super::word_end(text, begin)).unwrap_or_default();
    let is_name = refuse::is_identifier(value) && !value.iter().any(u8::is_ascii_lowercase);
    let is_prose = refuse::is_spoken_word(value) && strength < Strength::Named;
    if !(value.starts_with(b"-") || value.starts_with(b"=") || is_source(value) || is_name || is_prose) {
        word(text, begin, strength, offer);
    }
    true
}

fn is_source(value: &[u8]) -> bool {
    SOURCES.iter().any(|source| super::starts_with(value, 0, source))
}

/// Whether a flag of openssl stands right before: `-passin pass:…`, `"-passout", "pass:…"`.
fn is_for_openssl(text: &[u8], at: usize) -> bool {
    super::contains(text.get(at.saturating_sub(20)..at).unwrap_or_default(), b"-pass")
}

/// A word of a command line, up to a quote that closes it.
fn word(text: &[u8], at: usize, strength: Strength, offer: &mut Offer<'_>) {
    if let Some(value) = quoted::read(text, at) {
        return offer.offer(&value.range, value.dress, strength);
    }
    let value = text.get(at..super::word_end(text, at)).unwrap_or_default();
    let stop = value.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'`' | b';' | b')' | b'|'));
    let end = at + stop.unwrap_or(value.len());
    let last = end.checked_sub(1).and_then(|last| text.get(last));
    let end = if end > at && last == Some(&b'\\') { end - 1 } else { end };
    offer.offer(&(at..end), Dress::Bare, strength);
}

/// The first literal behind a comma among arguments: `path, "…")`.
pub(super) fn read_arguments(text: &[u8], at: usize, offer: &mut Offer<'_>) {
    let end = text.len().min(at + AHEAD);
    let (mut at, mut depth, mut comma) = (at, 0_usize, false);
    while at < end {
        let Some(byte) = text.get(at) else { return };
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return,
            },
            b',' if depth == 0 => comma = true,
            b';' | b'{' => return,
            _ => {}
        }
        if matches!(byte, b'"' | b'@' | b'\'') {
            let Some(value) = quoted::read(text, at) else { return };
            if comma {
                return offer.offer(&value.range, value.dress, Strength::Named);
            }
            at = value.end;
        } else {
            at += 1;
        }
    }
}
