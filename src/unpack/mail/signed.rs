//! The content of a message that is signed as a whole (CMS, PKCS #7).
//!
//! Holds: where in the DER or BER it stands. By hand: no signature is checked, and what is damaged around the content
//! does not matter. Must not know: messages, or certificates.

use memchr::memmem;
use zeroize::Zeroizing;

/// The object identifiers of PKCS #7 up to their last number.
const PKCS7: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07];

/// `authEnvelopedData`, which stands among those of S/MIME.
const AUTHENTICATED: &[u8] = &[0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x17];

/// Bytes from the start in which the type of the whole stands.
const START: usize = 32;

const OCTETS: u8 = 0x04;
const PARTED_OCTETS: u8 = 0x24;
const EXPLICIT: u8 = 0xA0;

/// Whether it says at its start that it is locked.
pub(super) fn is_sealed(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(START)];
    memmem::find(start, PKCS7).is_some_and(|at| start.get(at + PKCS7.len()) == Some(&3))
        || memmem::find(start, AUTHENTICATED).is_some()
}

/// The content.
pub(super) fn content(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    memmem::find_iter(bytes, PKCS7).find_map(|at| {
        let rest = bytes.get(at + PKCS7.len()..)?;
        let rest = rest.strip_prefix(&[1])?;
        let (tag, _, rest) = element(rest)?;
        if tag != EXPLICIT {
            return None;
        }
        let (tag, length, rest) = element(rest)?;
        let inner = length.map_or(rest, |length| &rest[..length]);
        let mut content = Zeroizing::new(Vec::with_capacity(inner.len()));
        match tag {
            OCTETS => content.extend_from_slice(inner),
            PARTED_OCTETS => gather(inner, &mut content),
            _ => return None,
        }
        Some(content)
    })
}

/// Joins the parts of octets, as far as they go.
fn gather(mut rest: &[u8], content: &mut Vec<u8>) {
    while let Some((OCTETS | PARTED_OCTETS, length, behind)) = element(rest) {
        // Parts of parts are read as parts.
        let (Some(length), OCTETS) = (length, rest[0]) else {
            rest = behind;
            continue;
        };
        content.extend_from_slice(&behind[..length]);
        rest = &behind[length..];
    }
}

/// An element: its tag, its length, cut off where the bytes end, and what is behind its head. Some have no length, and
/// go on until their end is marked.
fn element(bytes: &[u8]) -> Option<(u8, Option<usize>, &[u8])> {
    let [tag, first, rest @ ..] = bytes else { return None };
    let (length, rest) = match first {
        0x80 => return Some((*tag, None, rest)),
        0..0x80 => (usize::from(*first), rest),
        _ => {
            let count = usize::from(first & 0x7F);
            if count > 4 {
                return None;
            }
            let digits = rest.get(..count)?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), &rest[count..])
        }
    };
    Some((*tag, Some(length.min(rest.len())), rest))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).expect("it is short").to_be_bytes();
        [&[tag, 0x82, length[0], length[1]], content].concat()
    }

    /// A message that is signed (2) or locked (3), as far as it is looked at.
    pub(in crate::unpack::mail) fn message(kind: u8, content: &[u8]) -> Vec<u8> {
        let inner = [PKCS7, &[1], &wrap(EXPLICIT, &wrap(OCTETS, content))].concat();
        let data = [&[2, 1, 1][..], &wrap(0x31, &[]), &wrap(0x30, &inner)].concat();
        wrap(0x30, &[PKCS7, &[kind], &wrap(EXPLICIT, &wrap(0x30, &data))].concat())
    }

    fn text(bytes: &[u8]) -> Option<String> {
        content(bytes).map(|content| String::from_utf8_lossy(&content).into_owned())
    }

    #[test]
    fn the_content_is_found() {
        assert_eq!(text(&message(2, b"needle-1")).as_deref(), Some("needle-1"));
        let parts = [wrap(OCTETS, b"nee"), wrap(OCTETS, b"dle-1")].concat();
        for parted in [
            [PKCS7, &[1, EXPLICIT, 0x80, PARTED_OCTETS, 0x80], &parts, &[0, 0, 0, 0]].concat(),
            [PKCS7, &[1], &wrap(EXPLICIT, &wrap(PARTED_OCTETS, &parts))].concat(),
            [PKCS7, &[1, EXPLICIT, 0x80, PARTED_OCTETS, 0x80, PARTED_OCTETS, 0x80], &parts, &[0, 0]].concat(),
        ] {
            assert_eq!(text(&parted).as_deref(), Some("needle-1"));
        }
        let cut = message(2, b"needle-1 and more");
        assert_eq!(text(&cut[..cut.len() - 9]).as_deref(), Some("needle-1"));
        assert_eq!(text(b"nothing"), None);
        assert_eq!(text(&[PKCS7, &[1, 0x04, 0x84, 0xFF, 0xFF]].concat()), None);
    }

    #[test]
    fn what_is_locked_says_so() {
        assert!(is_sealed(&message(3, b"x")) && !is_sealed(&message(2, b"x")) && !is_sealed(b""));
    }
}
