//! Base64 and PEM, as programs write them.
//!
//! Holds: the writing alone; reading lives in `codec`. Must not know: what the bytes are.

/// Digits that a line of PEM has.
const LINE: usize = 64;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// PEM of a label, such as `PRIVATE KEY`, around bytes in DER, with a line feed at each of its ends.
pub fn armour(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for (index, digit) in base64(der).chars().enumerate() {
        if index > 0 && index % LINE == 0 {
            text.push('\n');
        }
        text.push(digit);
    }
    text + &format!("\n-----END {label}-----\n")
}

/// Base64 with padding, on one line.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut text = digits(bytes, BASE64);
    text.extend(std::iter::repeat_n('=', text.len().next_multiple_of(4) - text.len()));
    text
}

/// Base64url without padding.
pub(super) fn base64url(bytes: &[u8]) -> String {
    digits(bytes, BASE64URL)
}

fn digits(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for digit in 0..=chunk.len() {
            let index = word >> (18 - 6 * digit) & 63;
            text.push(char::from(alphabet[index as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_padded() {
        assert_eq!(["", "f", "fo", "foo"].map(|text| base64(text.as_bytes())), ["", "Zg==", "Zm8=", "Zm9v"]);
        assert_eq!((base64(&[0xFB, 0xFF]), base64url(&[0xFB, 0xFF])), ("+/8=".to_owned(), "-_8".to_owned()));
    }

    #[test]
    fn lines_have_64_digits_and_none_is_empty() {
        for (bytes, lines) in [(1, 1), (48, 1), (49, 2), (96, 2), (97, 3)] {
            let text = armour("X", &vec![7; bytes]);
            let body: Vec<&str> = text.lines().filter(|line| !line.starts_with("-----")).collect();
            assert_eq!((body.len(), text.lines().count()), (lines, lines + 2), "{bytes}");
            assert!(body[..lines - 1].iter().all(|line| line.len() == 64) && (1..=64).contains(&body[lines - 1].len()));
            assert!(text.starts_with("-----BEGIN X-----\n") && text.ends_with("\n-----END X-----\n"));
        }
    }
}
