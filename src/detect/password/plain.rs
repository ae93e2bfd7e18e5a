//! Takes the dress off a password.
//!
//! Holds: escapes of string literals, XML and URLs. Must not know: where the password stands.

use zeroize::Zeroizing;

/// What a password may be dressed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dress {
    /// A word among others.
    Bare,
    /// Quotes of this sort, which may stand in it twice or behind a backslash.
    Quoted(u8),
    /// Quotes as people write them, or the tags of an element.
    Enclosed,
    /// Percent signs.
    Url,
}

/// What a value reads as: with its escapes taken off and, where there were any, as it stands.
pub(super) fn readings(raw: &[u8], dress: Dress) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    let undressed = match dress {
        Dress::Url => percent(raw),
        _ if raw.contains(&b'&') && raw.contains(&b';') => entities(raw),
        Dress::Quoted(quote) => backslashes(raw, quote),
        Dress::Bare | Dress::Enclosed => Zeroizing::new(raw.to_vec()),
    };
    let differs = undressed.as_slice() != raw;
    [Some(undressed), differs.then(|| Zeroizing::new(raw.to_vec()))].into_iter().flatten()
}

fn percent(raw: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(raw.len()));
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        let escaped = (*byte == b'%').then(|| number(raw.get(at + 1..at + 3), 16)).flatten();
        match escaped.and_then(|value| u8::try_from(value).ok()) {
            Some(value) => {
                plain.push(value);
                at += 3;
            }
            None => {
                plain.push(if *byte == b'+' { b' ' } else { *byte });
                at += 1;
            }
        }
    }
    plain
}

/// The value of digits; at most eight are read.
fn number(digits: Option<&[u8]>, base: u32) -> Option<u32> {
    let digits = digits.filter(|digits| (1..=8).contains(&digits.len()))?;
    digits
        .iter()
        .try_fold(0_u32, |value, digit| value.checked_mul(base)?.checked_add(char::from(*digit).to_digit(base)?))
}

fn push(plain: &mut Vec<u8>, character: char) {
    plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// `&amp;`, `&quot;`, `&#33;`, `&#x21;`.
fn entities(raw: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(raw.len()));
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        let rest = raw.get(at + 1..).unwrap_or_default();
        let length = rest.iter().take(10).position(|byte| *byte == b';');
        let entity = length.filter(|_| *byte == b'&').and_then(|length| Some((length, entity(rest.get(..length)?)?)));
        if let Some((length, character)) = entity {
            push(&mut plain, character);
            at += length + 2;
        } else {
            plain.push(*byte);
            at += 1;
        }
    }
    plain
}

fn entity(name: &[u8]) -> Option<char> {
    match name {
        b"amp" => Some('&'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(number(Some(digits), 16)?),
        [b'#', digits @ ..] => char::from_u32(number(Some(digits), 10)?),
        _ => None,
    }
}

/// `\"`, `\\`, `\n`, `\u0021`, `\x21`, and a quote that stands twice.
fn backslashes(raw: &[u8], quote: u8) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(raw.len()));
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        let rest = raw.get(at + 1..).unwrap_or_default();
        let (character, width) = match (*byte, rest) {
            (b'\\', [b'u', ..]) => (number(rest.get(1..5), 16).and_then(char::from_u32), 6),
            (b'\\', [b'x', ..]) => (number(rest.get(1..3), 16).and_then(char::from_u32), 4),
            (b'\\', [b'n', ..]) => (Some('\n'), 2),
            (b'\\', [b't', ..]) => (Some('\t'), 2),
            (b'\\', [b'r', ..]) => (Some('\r'), 2),
            (b'\\', [next, ..]) if next.is_ascii_punctuation() => (Some(char::from(*next)), 2),
            (_, [next, ..]) if *byte == quote && *next == quote => (Some(char::from(quote)), 2),
            _ => (None, 1),
        };
        match character {
            Some(character) => {
                push(&mut plain, character);
                at += width;
            }
            None => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    plain
}
