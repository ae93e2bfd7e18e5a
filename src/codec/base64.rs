//! Base64 and base64url, by hand because it must be lenient and keep offsets: bodies are cut out
//! of the middle of a text at a phase that only the anchor tells.
//!
//! Holds: decoding of a body, and the alphabet. Must not know: where bodies are looked for.

use super::layer::Layer;

const NONE: u8 = 0xFF;

/// The value of each digit, in both alphabets at once.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut index = 0;
    while index < 64 {
        values[digits[index] as usize] = index as u8;
        index += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

/// Whether a byte is a digit of either alphabet.
pub fn is_base64(byte: u8) -> bool {
    VALUES[byte as usize] != NONE
}

/// Decodes from the first byte on, until one is no digit. Each decoded byte knows the digit in
/// which it begins.
pub fn decode(body: &[u8]) -> Layer {
    let mut layer = Layer::with_capacity(body.len() / 4 * 3 + 3);
    let (mut word, mut bits) = (0_u32, 0);
    for (index, digit) in body.iter().enumerate() {
        let value = VALUES[*digit as usize];
        if value == NONE {
            break;
        }
        word = word << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            layer.push((word >> bits) as u8, index - 1);
        }
    }
    layer
}

/// The same without the places, for what is long and is opened rather than searched.
pub fn decode_bytes(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let (mut word, mut bits) = (0_u32, 0);
    for value in body.iter().map(|digit| VALUES[*digit as usize]).take_while(|value| *value != NONE) {
        word = word << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits) as u8);
        }
    }
    bytes
}

/// Decodes the first digits into an array; false where there are not enough of them.
pub fn decode_into<const N: usize>(digits: &[u8], bytes: &mut [u8; N]) -> bool {
    let (mut word, mut bits, mut at) = (0_u32, 0, 0);
    for digit in digits {
        let value = VALUES[*digit as usize];
        if value == NONE || at == N {
            break;
        }
        word = word << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes[at] = (word >> bits) as u8;
            at += 1;
        }
    }
    at == N
}

/// The digits that every base64 of a text contains if that text stands in it at `alignment` bytes
/// behind a multiple of three, and how many digits of a group of four come before them.
pub fn digits_within(text: &[u8], alignment: usize) -> (Vec<u8>, usize) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = |index: usize| {
        let byte = index.checked_sub(alignment).and_then(|index| text.get(index)).copied();
        u32::from(byte.unwrap_or(0))
    };
    let first = (alignment * 8).div_ceil(6);
    let last = (alignment + text.len()) * 8 / 6;
    let digit = |index: usize| {
        let group = index / 4 * 3;
        let word = bits(group) << 16 | bits(group + 1) << 8 | bits(group + 2);
        DIGITS[(word >> (18 - 6 * (index % 4)) & 63) as usize]
    };
    ((first..last).map(digit).collect(), first % 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_both_alphabets_to_the_first_foreign_byte() {
        assert_eq!(decode(b"a3NlZg==rest").bytes(), b"ksef");
        assert_eq!(decode(b"-_-_").bytes(), decode(b"+/+/").bytes());
        assert_eq!(decode(b"").bytes(), b"");
        for body in [&b"a3NlZg==rest"[..], b"-_-_", b"a3Nl\nZg", b"a3Nl", b"a"] {
            assert_eq!(decode_bytes(body), decode(body).bytes());
            let mut three = [0; 3];
            let is_long = decode_into(body, &mut three);
            assert_eq!(is_long.then_some(&three[..]), decode(body).bytes().get(..3));
        }
        assert_eq!(decode(b"a3Nl\nZg").source_of(2), 2);
    }

    #[test]
    fn a_word_leaves_the_same_digits_at_each_alignment() {
        for alignment in 0..3 {
            let (digits, before) = digits_within(b"-EC-", alignment);
            let body = [&b"20251014"[..8 - (2 - alignment)], b"-EC-3AC6D5"].concat();
            let lead = body.len() - b"-EC-3AC6D5".len();
            let text = encode(&body);
            let place = text.windows(digits.len()).position(|window| window == digits).map(|place| place % 4);
            assert_eq!((lead % 3, place), (alignment, Some(before)), "{}", String::from_utf8_lossy(&text));
        }
    }

    fn encode(bytes: &[u8]) -> Vec<u8> {
        digits_within(bytes, 0).0
    }
}
