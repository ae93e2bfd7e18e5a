//! Hexadecimal digits of a text.
//!
//! Holds: decoding, and the question whether digits are those of a text at all. Must not know:
//! where they are looked for.

use super::layer::Layer;

/// The value of a hexadecimal digit of either case.
pub fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|value| value as u8)
}

/// Whether the digits, read from the first one on, spell printable ASCII. One byte in a thousand
/// of a digest does so thirty times in a row only by a miracle.
pub fn spells_text(digits: &[u8]) -> bool {
    let mut pairs = digits.chunks_exact(2).take(24);
    digits.len() >= 32
        && pairs.all(|pair| match (digit(pair[0]), digit(pair[1])) {
            (Some(high), Some(low)) => matches!(high << 4 | low, b' '..=b'~' | b'\t' | b'\r' | b'\n'),
            _ => false,
        })
}

/// Decodes pairs of digits until one is none.
pub fn decode(digits: &[u8]) -> Layer {
    let mut layer = Layer::with_capacity(digits.len() / 2);
    for (index, pair) in digits.chunks_exact(2).enumerate() {
        match (digit(pair[0]), digit(pair[1])) {
            (Some(high), Some(low)) => layer.push(high << 4 | low, index * 2),
            _ => break,
        }
    }
    layer
}

/// Decodes the first digits into an array; false where there are not enough of them.
pub fn decode_into<const N: usize>(digits: &[u8], bytes: &mut [u8; N]) -> bool {
    let (pairs, _) = digits.as_chunks::<2>();
    pairs.len() >= N
        && bytes.iter_mut().zip(pairs).all(|(byte, [high, low])| match (digit(*high), digit(*low)) {
            (Some(high), Some(low)) => {
                *byte = high << 4 | low;
                true
            }
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_digits_of_a_text_from_a_digest() {
        let text: String = b"KSEF_TOKEN=20251014-EC-2DFC46C000".iter().map(|byte| format!("{byte:02X}")).collect();
        assert!(spells_text(text.as_bytes()));
        assert!(!spells_text(&text.as_bytes()[1..]), "half a byte off");
        assert!(!spells_text(b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        assert_eq!(decode(text.as_bytes()).bytes(), b"KSEF_TOKEN=20251014-EC-2DFC46C000");
        assert_eq!(decode(b"4b5g").bytes(), b"K");
        let mut two = [0; 2];
        assert!(decode_into(b"4b53e", &mut two) && &two == b"KS");
        assert!(!decode_into(b"4b5g", &mut two) && !decode_into(b"4b5", &mut two));
    }
}
