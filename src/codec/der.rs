//! Reading and writing of DER, and of the BER that older programs write in its place.
//!
//! Holds: a reader of tag, length and value over bytes, numbers and object identifiers as they stand there, and
//! `wrap`, which writes. By hand, as keys stand in the middle of other bytes: a reader must say where they end, and take
//! indefinite lengths, which the stores of Windows and Java hold. Must not know: what the values mean.

use std::borrow::Cow;
use std::fmt::Write;

/// How deep values of indefinite length may stand in each other. Those of real files stand six deep.
const DEEPEST: u32 = 16;

/// How many values may stand in one of indefinite length, all together: a store of 4 MiB in pieces of a kilobyte has as
/// many. More are not passed through, as what looks like a beginning may be any.
const MOST_VALUES: u32 = 8192;

/// The two bytes that end an indefinite length.
const END: [u8; 2] = [0, 0];

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const NULL: u8 = 0x05;
pub const OBJECT: u8 = 0x06;
pub const SEQUENCE: u8 = 0x30;

const CONSTRUCTED: u8 = 0x20;

/// The tag of `[number]` around other values.
pub const fn context(number: u8) -> u8 {
    0xA0 | number
}

/// One value: its tag, what is in it, and all of it.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// The tag, with its class and whether it is made of other values.
    pub tag: u8,
    /// What is between the length and the end.
    pub body: &'a [u8],
    /// Tag, length, body and, where the length is indefinite, its end.
    pub whole: &'a [u8],
}

/// Reads values one behind the other.
#[derive(Clone, Copy, Debug)]
pub struct Der<'a> {
    rest: &'a [u8],
}

impl<'a> Der<'a> {
    /// Reads from the first byte on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether nothing is left.
    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next value.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next value, whatever its tag.
    pub fn value(&mut self) -> Option<Value<'a>> {
        let value = first(self.rest)?;
        self.rest = self.rest.get(value.whole.len()..)?;
        Some(value)
    }

    /// The body of the next value, if it has the tag.
    pub fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.peek()? != tag {
            return None;
        }
        Some(self.value()?.body)
    }

    /// A reader of what is in the next value, if it has the tag.
    pub fn enter(&mut self, tag: u8) -> Option<Der<'a>> {
        self.take(tag).map(Der::new)
    }

    /// The next value as a whole number without leading zeros; nothing of 0. A negative number and one written longer
    /// than it has to be are no key's.
    pub fn number(&mut self) -> Option<&'a [u8]> {
        match self.take(INTEGER)? {
            [] => None,
            [0] => Some(&[]),
            [0, next, ..] if *next < 0x80 => None,
            [0, rest @ ..] => Some(rest),
            [first, ..] if *first >= 0x80 => None,
            number => Some(number),
        }
    }

    /// The next value as a number that fits into 64 bits.
    pub fn small(&mut self) -> Option<u64> {
        let number = self.number()?;
        (number.len() <= 8).then(|| number.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    /// Passes the parameters at the end, if there are any; nothing of broken ones.
    pub fn pass(&mut self) -> Option<()> {
        if !self.is_done() {
            let Value { tag, body, .. } = self.value()?;
            // Whatever it is, it must be whole in itself.
            let is_whole = match tag {
                BOOLEAN => body.len() == 1,
                NULL => body.is_empty(),
                INTEGER | OBJECT => !body.is_empty(),
                0x21 | 0x22 | 0x25 | 0x26 => false,
                _ => true,
            };
            is_whole.then_some(())?;
        }
        self.is_done().then_some(())
    }

    /// The next value as bytes, put together where they stand in pieces.
    pub fn octets(&mut self) -> Option<Cow<'a, [u8]>> {
        let value = self.value()?;
        octets_of(value, OCTET_STRING)
    }

    /// The next value as the bytes of a bit string of whole bytes.
    pub fn bits(&mut self) -> Option<&'a [u8]> {
        match self.take(BIT_STRING)? {
            [0, rest @ ..] => Some(rest),
            _ => None,
        }
    }
}

/// The bytes of a value with the tag of bytes or, where it is made of pieces, those of all of them.
pub fn octets_of(value: Value<'_>, tag: u8) -> Option<Cow<'_, [u8]>> {
    if value.tag == tag {
        return Some(Cow::Borrowed(value.body));
    }
    if value.tag != tag | CONSTRUCTED {
        return None;
    }
    let (mut bytes, mut pieces) = (Vec::new(), Der::new(value.body));
    while !pieces.is_done() {
        // Their own tags are not looked at, as elsewhere; but they must be bytes.
        bytes.extend_from_slice(pieces.value().filter(|piece| piece.tag & CONSTRUCTED == 0)?.body);
    }
    Some(Cow::Owned(bytes))
}

/// The value at the beginning, if all of it is there.
pub fn first(bytes: &[u8]) -> Option<Value<'_>> {
    read(bytes, DEEPEST, &mut { MOST_VALUES })
}

/// How many bytes the value at the beginning says that it has, whether they are there or not: all that are there where
/// it does not say.
pub fn announced(bytes: &[u8]) -> Option<usize> {
    let length = *bytes.get(1)?;
    let digits = match length {
        0..0x80 => return Some(2 + usize::from(length)),
        0x80 => return Some(bytes.len()),
        0x81..=0x84 => bytes.get(2..2 + usize::from(length & 0x7F))?,
        _ => return None,
    };
    let length = digits.iter().fold(0_usize, |length, digit| length << 8 | usize::from(*digit));
    length.checked_add(2 + digits.len())
}

fn read<'a>(bytes: &'a [u8], deeper: u32, left: &mut u32) -> Option<Value<'a>> {
    *left = left.checked_sub(1)?;
    let (tag, rest) = bytes.split_first()?;
    // No key has a tag of several bytes, nor one of the class and number that end an indefinite length.
    if tag & 0x1F == 0x1F || *tag == 0 {
        return None;
    }
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0x80 => return read_indefinite(bytes, deeper, left),
        0..0x80 => (usize::from(*length), rest),
        _ => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7F))?;
            let mut length = 0_usize;
            for digit in digits {
                length = length.checked_mul(256)? | usize::from(*digit);
            }
            (length, rest)
        }
    };
    let body = rest.get(..length)?;
    let head = bytes.len() - rest.len();
    Some(Value { tag: *tag, body, whole: bytes.get(..head + length)? })
}

fn read_indefinite<'a>(bytes: &'a [u8], deeper: u32, left: &mut u32) -> Option<Value<'a>> {
    let tag = *bytes.first()?;
    if tag & CONSTRUCTED == 0 || deeper == 0 {
        return None;
    }
    let mut at = 2;
    loop {
        let rest = bytes.get(at..)?;
        if rest.starts_with(&END) {
            return Some(Value { tag, body: bytes.get(2..at)?, whole: bytes.get(..at + END.len())? });
        }
        at += read(rest, deeper - 1, left)?.whole.len();
    }
}

/// A value of the tag with the parts in it.
pub fn wrap(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = Vec::with_capacity(length + 6);
    bytes.push(tag);
    if length < 0x80 {
        bytes.push(length as u8);
    } else {
        let digits = length.to_be_bytes();
        let digits = &digits[digits.iter().take_while(|digit| **digit == 0).count()..];
        bytes.push(0x80 | digits.len() as u8);
        bytes.extend_from_slice(digits);
    }
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}

/// A whole number from its bytes, the highest first.
pub fn wrap_number(number: &[u8]) -> Vec<u8> {
    let number = trimmed(number);
    let sign: &[u8] = if number.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    wrap(INTEGER, &[sign, number])
}

/// A number without the zeros before it.
pub fn trimmed(number: &[u8]) -> &[u8] {
    number.get(number.iter().take_while(|byte| **byte == 0).count()..).unwrap_or_default()
}

/// An object identifier as people write it: `1.2.840.10045.2.1`.
pub fn dotted(object: &[u8]) -> String {
    let (mut text, mut number, mut is_first) = (String::new(), 0_u64, true);
    for byte in object {
        number = (number << 7) | u64::from(byte & 0x7F);
        if byte & 0x80 != 0 {
            continue;
        }
        if is_first {
            let top = (number / 40).min(2);
            let _ = write!(text, "{top}.{}", number - top * 40);
            is_first = false;
        } else {
            let _ = write!(text, ".{number}");
        }
        number = 0;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_values_are_passed_through_than_a_store_has() {
        let store = |pieces: usize| [&[0x30, 0x80], &[4, 1, 7].repeat(pieces)[..], &END].concat();
        assert!(first(&store(4096)).is_some());
        assert!(first(&store(10_000)).is_none());
        let nested = |pieces: usize| [&[0x30, 0x80], &[0x24, 0x80, 4, 1, 7, 0, 0].repeat(pieces)[..], &END].concat();
        assert!(first(&nested(4000)).is_some());
        assert!(first(&nested(5000)).is_none());
    }

    #[test]
    fn reads_what_it_writes() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let body = vec![7; length];
            let bytes = wrap(OCTET_STRING, &[&body]);
            let value = first(&bytes).expect("a value");
            assert_eq!((value.tag, value.body, value.whole.len()), (OCTET_STRING, &body[..], bytes.len()));
            assert!(first(&bytes[..bytes.len() - 1]).is_none() || length == 0, "{length}: cut off");
        }
    }

    #[test]
    fn numbers_are_whole_and_no_longer_than_they_must_be() {
        let number = |bytes: &[u8]| Der::new(bytes).number().map(<[u8]>::to_vec);
        assert_eq!(number(&[2, 1, 0]), Some(vec![]));
        assert_eq!(number(&[2, 2, 0, 0x80]), Some(vec![0x80]));
        assert_eq!(number(&[2, 2, 0, 0x7F]), None, "longer than it must be");
        assert_eq!(number(&[2, 1, 0x80]), None, "negative");
        assert_eq!(number(&[2, 0]), None);
        assert_eq!(wrap_number(&[0, 0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(wrap_number(&[]), [2, 1, 0]);
        assert_eq!(Der::new(&[2, 3, 1, 0, 1]).small(), Some(65_537));
    }

    #[test]
    fn indefinite_lengths_end_at_their_mark() {
        let inner = [0x24, 0x80, 4, 1, 1, 4, 2, 2, 3, 0, 0];
        let bytes = [&[0x30, 0x80][..], &inner, &[0, 0, 9, 9]].concat();
        let value = first(&bytes).expect("a value");
        assert_eq!(value.whole.len(), bytes.len() - 2);
        assert_eq!(Der::new(value.body).octets().as_deref(), Some(&[1, 2, 3][..]));
        assert!(first(&bytes[..bytes.len() - 4]).is_none(), "its end is missing");
        assert!(first(&[0x30, 0x80].repeat(1 << 16)).is_none(), "no deeper than is sound");
    }

    #[test]
    fn hostile_lengths_are_no_values() {
        assert!(first(&[0x30, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).is_none());
        assert!(first(&[0x30, 0xFF]).is_none());
        assert!(first(&[0x30]).is_none());
        assert!(first(&[]).is_none());
    }

    #[test]
    fn a_length_is_known_before_all_is_there() {
        assert_eq!(announced(&[0x30, 5]), Some(7));
        assert_eq!(announced(&[0x30, 0x82, 1, 0]), Some(260));
        assert_eq!(announced(&[0x30, 0x80, 1, 0]), Some(4));
        assert_eq!(announced(&[0x30, 0x88, 1, 0]), None);
        assert_eq!(announced(&[0x30, 0x82, 1]), None);
    }

    #[test]
    fn objects_are_dotted() {
        assert_eq!(dotted(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]), "1.2.840.10045.2.1");
        assert_eq!(dotted(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 0x11]), "2.16.840.1.101.3.4.3.17");
    }
}
