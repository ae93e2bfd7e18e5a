//! UTF-16 to UTF-8, by hand because it must keep offsets, start in the middle of a binary and end
//! where the text does.
//!
//! Holds: decoding of either byte order. Must not know: where such text is looked for.

use super::layer::Layer;

/// The order of the two bytes of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Low byte first, as Windows writes it.
    Little,
    /// High byte first.
    Big,
}

impl Order {
    fn unit(self, pair: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(pair),
            Self::Big => u16::from_be_bytes(pair),
        }
    }
}

/// The order that a byte order mark announces.
pub fn announced(start: &[u8]) -> Option<Order> {
    match start {
        [0xFF, 0xFE, 0, 0, ..] => None,
        [0xFF, 0xFE, ..] => Some(Order::Little),
        [0xFE, 0xFF, ..] => Some(Order::Big),
        _ => None,
    }
}

/// Decodes all units from the first byte on; a lone surrogate becomes U+FFFD.
pub fn decode(bytes: &[u8], order: Order) -> Layer {
    let mut layer = Layer::with_capacity(bytes.len() / 2 + 1);
    let units = bytes.chunks_exact(2).map(|pair| order.unit([pair[0], pair[1]]));
    let mut index = 0;
    for decoded in char::decode_utf16(units) {
        let (character, width) = match decoded {
            Ok(character) => (character, character.len_utf16()),
            Err(_) => (char::REPLACEMENT_CHARACTER, 1),
        };
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            layer.push(byte, index);
        }
        index += 2 * width;
    }
    layer
}

/// The text in either order contains these bytes, whichever order it is in.
pub fn bytes_within(text: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = text.iter().flat_map(|byte| [*byte, 0]).collect();
    bytes.pop();
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_either_order_and_survives_broken_units() {
        let text = "hasło 🔑";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&little, Order::Little).bytes(), text.as_bytes());
        assert_eq!(decode(&big, Order::Big).bytes(), text.as_bytes());
        assert_eq!(decode(&big, Order::Big).source_of(6), 10, "behind a letter of two bytes");
        assert_eq!(decode(&[0x00, 0xD8, b'a', 0, 7], Order::Little).bytes(), "\u{FFFD}a".as_bytes());
        assert!(little.windows(3).any(|window| window == bytes_within(b"ha")));
        assert!(big.windows(3).any(|window| window == bytes_within(b"ha")));
    }

    #[test]
    fn a_mark_of_utf_32_is_none_of_utf_16() {
        assert_eq!(announced(&[0xFF, 0xFE, 0, 0]), None);
        assert_eq!(announced(&[0xFF, 0xFE, b'a', 0]), Some(Order::Little));
        assert_eq!(announced(&[0xFE, 0xFF, 0, b'a']), Some(Order::Big));
    }
}
