//! Encoders for the generator of the corpus.
//!
//! Holds: base64, hexadecimal, UTF-16, gzip and the wrapping of lines, all written apart from the
//! decoders of the library, so that the two check each other. Must not know: what is encoded.

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    digits(bytes, STANDARD, true)
}

/// Base64url without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    digits(bytes, URL, false)
}

fn digits(bytes: &[u8], alphabet: &[u8; 64], padded: bool) -> String {
    let mut text = String::with_capacity(bytes.len() / 3 * 4 + 4);
    for chunk in bytes.chunks(3) {
        let mut group = [0; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let values =
            [group[0] >> 2, (group[0] & 3) << 4 | group[1] >> 4, (group[1] & 15) << 2 | group[2] >> 6, group[2] & 63];
        for (index, value) in values.into_iter().enumerate() {
            if index <= chunk.len() {
                text.push(char::from(alphabet[usize::from(value)]));
            } else if padded {
                text.push('=');
            }
        }
    }
    text
}

/// Two lower-case digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// UTF-16 without a mark.
pub(crate) fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

/// ISO-8859-2 of Polish text; CP1250 differs in six letters.
pub(crate) fn latin2(text: &str, windows: bool) -> Vec<u8> {
    let (sharp, acute) = if windows { (0x9C, 0x9F) } else { (0xB6, 0xBC) };
    let a = if windows { 0xB9 } else { 0xB1 };
    let letter = |letter| match letter {
        'ą' => a,
        'ć' => 0xE6,
        'ę' => 0xEA,
        'ł' => 0xB3,
        'ń' => 0xF1,
        'ó' => 0xF3,
        'ś' => sharp,
        'ź' => acute,
        'ż' => 0xBF,
        '\u{A0}' => 0xA0,
        '\u{AD}' => 0xAD,
        other if other.is_ascii() => other as u8,
        _ => b'?',
    };
    text.chars().map(letter).collect()
}

/// Lines of that many characters, parted by `end`, without one behind the last.
pub(crate) fn wrap(text: &str, width: usize, end: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(width).map(|line| line.iter().collect::<String>()).collect::<Vec<_>>().join(end)
}

/// A gzip stream of one block with fixed codes and no repetitions, so that the bytes depend on no
/// library; unlike a stored block it shows nothing of the text.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.low(1, 1);
    bits.low(1, 2);
    for byte in bytes {
        match u32::from(*byte) {
            literal @ 0..=143 => bits.high(0x30 + literal, 8),
            literal => bits.high(0x190 + literal - 144, 9),
        }
    }
    bits.high(0, 7);
    let mut checksum = flate2::Crc::new();
    checksum.update(bytes);
    let header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&header[..], &bits.done, &checksum.sum().to_le_bytes(), &size.to_le_bytes()].concat()
}

/// Bits, filled from the lowest of each byte on.
#[derive(Default)]
struct Bits {
    done: Vec<u8>,
    used: u32,
}

impl Bits {
    fn push(&mut self, bit: u32) {
        if self.used.is_multiple_of(8) {
            self.done.push(0);
        }
        if let Some(last) = self.done.last_mut() {
            *last |= (bit as u8) << (self.used % 8);
        }
        self.used += 1;
    }

    fn low(&mut self, value: u32, count: u32) {
        (0..count).for_each(|index| self.push(value >> index & 1));
    }

    fn high(&mut self, value: u32, count: u32) {
        (0..count).rev().for_each(|index| self.push(value >> index & 1));
    }
}
