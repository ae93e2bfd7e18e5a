//! What keys and certificates have near their beginning, and where they begin, seen from there.
//!
//! Holds: the marks, plain, and how digits begin that spell a key. Must not know: how a key is read. Marks of DER are
//! object identifiers and lengths within its first bytes, for its very first ones are common. A new form that is not
//! DER gets a line in `MARKS` and an arm in `beginnings`.

use std::ops::Range;

use crate::codec::pem::BEGIN;
use crate::codec::{base64_into, der, hex_into};

/// How far before a mark of DER the first byte may stand.
const BEFORE: usize = 24;

/// How far before a name the sign stands that begins its element or object.
const OPENING: usize = 64;

/// Bytes of the label behind `-----BEGIN`, and the words of which one stands in that of a key or a certificate.
const LABEL: usize = 40;
const LABELS: [&[u8]; 3] = [b"PRIVATE", b"CERTIFICATE", b"PKCS12"];

/// The longest object that is gone back through for its beginning.
const OBJECT: usize = 16 << 10;

/// How deep objects stand in one that is a key or a set of them.
const DEEPEST: i32 = 32;

/// What was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// It begins where it was met.
    Here,
    /// A value of DER begins some bytes before.
    Der,
    /// A blob of Windows begins eight bytes before.
    Blob,
    /// An element begins with the sign before its name.
    Element,
    /// An object of JSON has it as a name.
    Member,
}

/// In what digits DER stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    /// In base64.
    Base64,
    /// In hexadecimal.
    Hex,
}

/// Marks by which keys, stores and certificates are met in plain bytes. None holds four bytes in a row of which one is
/// zero where it need not.
pub(super) const MARKS: &[(&[u8], Mark)] = &[
    (BEGIN, Mark::Here),
    (b"PuTTY-User-Key-File-", Mark::Here),
    (b"RSAKeyValue>", Mark::Element),
    (b"RSAKeyValue ", Mark::Element),
    (b"\"kty", Mark::Member),
    (b"RSA2", Mark::Blob),
    (b"\x1E\xF1\xB5\xB0", Mark::Here),
    (b"\xFE\xED\xFE\xED\0\0\0", Mark::Here),
    (b"\xCE\xCE\xCE\xCE\0\0\0", Mark::Here),
];

/// Marks of DER: what is behind its first bytes.
pub(super) const DER_MARKS: &[&[u8]] = &[
    // rsaEncryption and RSASSA-PSS in PKCS#8, PBES, data in PKCS#7, PBE of PKCS#12.
    b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01",
    b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A",
    b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x05",
    b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01",
    b"\x06\x0A\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01",
    // Elliptic curves, DSA, what is to come after quantum computers, Edwards and Montgomery curves.
    b"\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01",
    b"\x06\x07\x2A\x86\x48\xCE\x38\x04\x01",
    b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03",
    b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x04",
    b"\x06\x03\x2B\x65",
    // SEC1: version and the length of the scalar.
    b"\x02\x01\x01\x04\x20",
    b"\x02\x01\x01\x04\x30",
    b"\x02\x01\x01\x04\x42",
    // PKCS#1: version and the length of a modulus of 2,048, 3,072 and 4,096 bits; the length of a shorter one is no mark.
    b"\x02\x01\x00\x02\x82\x01\x01",
    b"\x02\x01\x00\x02\x82\x01\x81",
    b"\x02\x01\x00\x02\x82\x02\x01",
    // Certificates: version and the tag of their number.
    b"\xA0\x03\x02\x01\x02\x02",
];

/// Whether a mark is worth a look at what it belongs to: in texts on cryptography marks are common.
pub(super) fn is_worth(text: &[u8], at: usize, mark: Mark) -> bool {
    match mark {
        Mark::Here if text[at] == b'-' => {
            let label = &text[at + BEGIN.len()..text.len().min(at + BEGIN.len() + LABEL)];
            LABELS.iter().any(|word| memchr::memmem::find(label, word).is_some())
        }
        Mark::Der | Mark::Blob => !beginnings(text, at, mark).is_empty(),
        _ => true,
    }
}

/// Where what a mark belongs to may begin, the outermost first.
pub(super) fn beginnings(text: &[u8], at: usize, mark: Mark) -> Vec<usize> {
    match mark {
        Mark::Here => vec![at],
        Mark::Der => {
            let starts = at.saturating_sub(BEFORE)..=at;
            starts.filter(|start| text[*start] == der::SEQUENCE && announces(&text[*start..], at - start)).collect()
        }
        Mark::Blob => at.checked_sub(8).filter(|start| text[*start..].starts_with(&[7, 2, 0, 0])).into_iter().collect(),
        Mark::Element => {
            let names = &text[at.saturating_sub(OPENING)..at];
            let sign = names.iter().rposition(|byte| !(byte.is_ascii_alphanumeric() || b"-_:.".contains(byte)));
            sign.map(|sign| at - names.len() + sign).filter(|sign| text[*sign] == b'<').into_iter().collect()
        }
        Mark::Member => opening(text, at).into_iter().collect(),
    }
}

/// Digits at the beginning of a run among which a key may begin; what stands before is a path or a name.
const BEGINNING: usize = 64;

/// How stores and keys of Windows begin that are no DER, in base64 and in hexadecimal digits of lower case.
const STORES: [&[u8]; 3] = [b"/u3+7QAAAA", b"zs7OzgAAAA", b"HvG1sAAAAA"];
const HEX_STORES: [&[u8]; 3] = [b"feedfeed000000", b"cececece000000", b"1ef1b5b0000000"];

/// Calls back for each place near the beginning of a run of digits where what they spell may be a key. Runs are many,
/// so what cannot be one is passed by in large steps.
pub(super) fn begun(text: &[u8], run: &Range<usize>, mut found: impl FnMut(usize, Digits)) {
    let (start, run) = (run.start, &text[run.clone()]);
    match run[0] {
        b'/' | b'z' | b'H' if STORES.iter().any(|store| run.starts_with(store)) => found(start, Digits::Base64),
        b'f' | b'F' | b'c' | b'C' | b'1' if HEX_STORES.iter().any(|store| begins(run, store)) => {
            found(start, Digits::Hex);
        }
        _ => {}
    }
    for at in memchr::memchr2_iter(b'M', b'3', &run[..run.len().min(BEGINNING)]) {
        let rest = &run[at..];
        let mut bytes = [0; 9];
        let digits = match rest {
            [b'M', b'A'..=b'I', ..] if base64_into(rest, &mut bytes) => Digits::Base64,
            [b'3', b'0', ..] if hex_into(rest, &mut bytes) => Digits::Hex,
            _ => continue,
        };
        if is_beginning(&bytes) {
            found(start + at, digits);
        }
    }
}

fn begins(run: &[u8], beginning: &[u8]) -> bool {
    run.get(..beginning.len()).is_some_and(|run| run.eq_ignore_ascii_case(beginning))
}

/// Whether DER begins so that is a key, a store, or a certificate: a sequence, and in it a version or a sequence.
fn is_beginning(bytes: &[u8; 9]) -> bool {
    let header = match &bytes[..] {
        [0x30, 0x82, ..] => 4,
        [0x30, 0x83, ..] => 5,
        [0x30, 0x81, ..] => 3,
        [0x30, ..] => 2,
        _ => return false,
    };
    matches!(bytes.get(header..), Some([2, 1, 0..=3, ..] | [0x30, 5..=0x84, _, ..]))
}

/// Whether a sequence of DER stands here that is longer than so many bytes.
fn announces(bytes: &[u8], more: usize) -> bool {
    der::announced(bytes).is_some_and(|length| length > more)
}

/// How many bytes the object has that begins with the first one, and whether its end was met. Within another text, where
/// its quotes are escaped, what its strings hold is not known from what is around them.
pub(super) fn closing(text: &[u8], is_escaped: bool) -> (usize, bool) {
    let (mut at, mut open, mut quoted) = (0, 0, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' if quoted => at += 1,
            b'"' if !is_escaped => quoted = !quoted,
            b'{' if !quoted => open += 1,
            b'}' if !quoted => open -= 1,
            _ => {}
        }
        at += 1;
        if open == 0 || open > DEEPEST {
            return (at.min(text.len()), open == 0);
        }
    }
    (text.len(), false)
}

/// The brace that opens the object in which a name stands.
fn opening(text: &[u8], at: usize) -> Option<usize> {
    let (mut at, floor, mut closed) = (at, at.saturating_sub(OBJECT), 0_u32);
    while at > floor {
        at -= 1;
        match text[at] {
            b'}' => closed += 1,
            b'{' if closed == 0 => return Some(at),
            b'{' => closed -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_ends_with_its_brace() {
        assert_eq!(closing(br#"{"kid":"}\"{","a":{}}, {"#, false), (21, true));
        assert_eq!(closing(br#"{\"kid\":\"a\",\"b\":{}}, "#, true), (24, true));
        assert_eq!(closing(br#"{"kid":"}"#, false), (9, false));
        assert_eq!(closing(br#"{"kid":"\"#, false), (9, false));
        assert_eq!(closing(&b"{".repeat(1000), false), (33, false));
    }

    #[test]
    fn a_run_of_digits_begins_as_keys_do() {
        let marks = |text: &[u8]| {
            let mut found = Vec::new();
            begun(text, &(0..text.len()), |at, digits| found.push((at, digits)));
            found
        };
        assert_eq!(marks(b"path/MIGHAgEAMBMGByqGSM49"), [(5, Digits::Base64)]);
        assert_eq!(marks(b"MIIBCgKCAQEA"), [], "a public key");
        assert_eq!(marks(b"x308187020100301306"), [(1, Digits::Hex)]);
        assert_eq!(marks(b"/u3+7QAAAAIAAAAB"), [(0, Digits::Base64)]);
        assert_eq!(marks(b"FEEDFEED00000002"), [(0, Digits::Hex)]);
        assert_eq!(marks(&[b"A".repeat(70), b"MIGHAgEAMBMGByqGSM49".to_vec()].concat()), []);
    }

    #[test]
    fn what_a_mark_belongs_to_begins_before_it() {
        assert_eq!(beginnings(b"x {\"a\":{},\"kty\":1}", 10, Mark::Member), [2]);
        assert!(beginnings(b"\"kty\":1}", 0, Mark::Member).is_empty());
        assert_eq!(beginnings(b" <ds:RSAKeyValue>", 5, Mark::Element), [1]);
        assert!(beginnings(b"&lt;RSAKeyValue>", 4, Mark::Element).is_empty());
        let der = [&[0x30, 0x10, 0x30, 0x0E, 6, 9][..], &[0; 20]].concat();
        assert_eq!(beginnings(&der, 4, Mark::Der), [0, 2]);
        assert_eq!(beginnings(&[0x30, 2, 6, 9, 0], 2, Mark::Der), [0]);
        assert!(beginnings(&[0x30, 1, 0, 0, 6, 9, 0], 4, Mark::Der).is_empty());
    }
}
