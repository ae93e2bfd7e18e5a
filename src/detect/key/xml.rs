//! `RSAKeyValue`, as .NET exports keys and signatures in XML name them.
//!
//! Holds: the reading of one with its private numbers. By hand: the element stands in the middle of anything, and has
//! eight children of plain text. Must not know: the rest of XML.

use zeroize::Zeroizing;

use super::derive::Bytes;
use super::rsa::Numbers;
use super::{Form, Found};
use crate::codec::{base64_bytes, is_base64};

/// Bytes of an element: one of RSA with 16,384 bits has 15 KiB.
const LONGEST: usize = 64 << 10;

/// Bytes of a name with its prefix.
const LONGEST_NAME: usize = 40;

/// Reads the element that begins with the first byte.
pub(super) fn read(bytes: &[u8]) -> Option<Found> {
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    let name = bytes.get(1..)?;
    let end = name.iter().take(LONGEST_NAME).position(|byte| !is_name(*byte))?;
    let name = &name[..end];
    let prefix = name.strip_suffix(b"RSAKeyValue")?;
    if !prefix.is_empty() && !prefix.ends_with(b":") {
        return None;
    }
    let inside = &bytes[1 + end..];
    let close = [b"</", name, b">"].concat();
    let length = memchr::memmem::find(inside, &close)?;
    let inside = &inside[..length];
    let [modulus, exponent, private] = ["Modulus", "Exponent", "D"].map(|child| number(inside, prefix, child));
    let [p, q, dp, dq] = ["P", "Q", "DP", "DQ"].map(|child| number(inside, prefix, child));
    let inverse = number(inside, prefix, "InverseQ");
    if private.is_empty() {
        return None;
    }
    let primes = vec![(&p[..], &dp[..]), (&q[..], &dq[..])];
    let numbers = Numbers { modulus: &modulus, exponent: &exponent, private: &private, primes, inverse: &inverse };
    Some(Found::open(Form::Xml, 1 + end + length + close.len(), numbers.key()?))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b":_-.".contains(&byte)
}

/// The number that a child holds; nothing where there is none.
fn number(inside: &[u8], prefix: &[u8], child: &str) -> Bytes {
    let begin = [b"<", prefix, child.as_bytes(), b">"].concat();
    let close = [b"</", prefix, child.as_bytes(), b">"].concat();
    let text = memchr::memmem::find(inside, &begin).map(|at| &inside[at + begin.len()..]);
    let text = text.and_then(|text| text.get(..memchr::memmem::find(text, &close)?)).unwrap_or_default();
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    digits.extend(text.iter().copied().filter(|byte| is_base64(*byte)));
    Zeroizing::new(base64_bytes(&digits))
}
