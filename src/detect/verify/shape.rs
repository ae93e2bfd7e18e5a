//! What random characters look like, and what invented ones do.
//!
//! Holds: measures of a string. Must not know: which credential it is.

use crate::base::{Fingerprint, Secret};

/// SHA-256 of the secret part of the official example, which stands in hundreds of files.
const OFFICIAL_EXAMPLE: &str = "3629e4b1874dda73842b2b650da323acc2aa6ea065b4214da0b5fc6db804f882";

/// Whether it is the secret part of the official example.
pub(super) fn is_official_example(secret: &[u8]) -> bool {
    // Its first digits are public, and spare everything else the hash.
    secret.starts_with(b"919f7044") && Fingerprint::of(&Secret::new(secret.to_vec())).to_string() == OFFICIAL_EXAMPLE
}

/// Whether 64 digits are two version-4 UUIDs without their dashes.
pub(super) fn is_two_uuids(secret: &[u8]) -> bool {
    secret.len() == 64 && is_uuid(&secret[..32]) && is_uuid(&secret[32..]) && !is_invented(secret)
}

fn is_uuid(digits: &[u8]) -> bool {
    digits[12] == b'4' && matches!(digits[16], b'8' | b'9' | b'a' | b'b')
}

/// Whether the characters were typed rather than drawn: few different ones, a sequence, a
/// repetition.
pub(super) fn is_invented(text: &[u8]) -> bool {
    let mut seen = [false; 256];
    text.iter().for_each(|byte| seen[*byte as usize] = true);
    let variety = seen.iter().filter(|seen| **seen).count();
    let steps = text.windows(2).filter(|pair| pair[0] == pair[1] || pair[0] + 1 == pair[1]).count();
    let period = (1..=text.len() / 3).any(|period| text.iter().zip(&text[period..]).all(|(one, other)| one == other));
    // 64 random hexadecimal digits show fewer than ten different ones once in ten thousand million;
    // of 63 pairs, eight are equal or in sequence, and thirty never are.
    variety < 9 || steps * 2 > text.len() || period
}

/// Shannon entropy in bits a character.
pub(in crate::detect) fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    text.iter().for_each(|byte| counts[*byte as usize] += 1);
    let length = text.len().max(1) as f64;
    counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / length).map(|p| -p * p.log2()).sum()
}

/// How often the class of the characters changes: random ones change all the time, identifiers a
/// few times.
pub(super) fn transitions(text: &[u8]) -> usize {
    let class = |byte: u8| (byte.is_ascii_uppercase(), byte.is_ascii_digit());
    text.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count()
}

/// Keeps at most `first` characters and says what the rest is.
pub(super) fn redact(secret: &[u8], first: usize, what: &str) -> String {
    let shown: String = secret.iter().take(first).map(|byte| char::from(*byte)).collect();
    format!("{shown}… ({} {what})", secret.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Sampler;

    #[test]
    fn drawn_secrets_are_no_inventions() {
        let mut sampler = Sampler::new(7);
        for _ in 0..2_000 {
            assert!(is_two_uuids(sampler.secret().as_bytes()));
            assert!(!is_invented(sampler.fill("{{token40}}").expect("a known placeholder").as_bytes()));
        }
    }

    #[test]
    fn typed_secrets_are() {
        for typed in ["0", "a", "deadbeef", "0123456789abcdef", "x"] {
            let text: String = typed.chars().cycle().take(64).collect();
            assert!(is_invented(text.as_bytes()), "{typed}");
        }
        assert!(is_invented(b"abcdefghijklmnopqrstuvwxyz0123456789ABCD"));
    }

    #[test]
    fn identifiers_change_class_rarely() {
        assert!(transitions(b"getKsefInvoiceNumberFromResponseMessage1") < 14);
        assert!(transitions("aZ3kQ9xB7mP2wR5tY8uI".repeat(2).as_bytes()) > 20);
        assert!(entropy(b"aaaa") < 0.1 && entropy(b"abcd") > 1.9);
    }
}
