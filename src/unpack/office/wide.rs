//! The letters of XML as UTF-8, where they are in UTF-16.
//!
//! Holds: `Wide`. Must not know: XML beyond its first letter.

/// How letters are encoded. Encodings of one byte pass as they are: all that counts is ASCII in them.
pub(super) enum Wide {
    /// As they are.
    Plain,
    /// UTF-16.
    Pairs {
        /// Whether the high byte comes first.
        big: bool,
        /// Half a unit.
        odd: Option<u8>,
        /// The first half of a letter.
        high: Option<u16>,
    },
}

impl Wide {
    /// How a text is encoded that begins so.
    pub(super) fn of(beginning: &[u8]) -> Self {
        match beginning {
            [0xFF, 0xFE, ..] | [b'<', 0, ..] => Self::Pairs { big: false, odd: None, high: None },
            [0xFE, 0xFF, ..] | [0, b'<', ..] => Self::Pairs { big: true, odd: None, high: None },
            _ => Self::Plain,
        }
    }

    /// Decodes bytes behind those that were there before.
    pub(super) fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let Self::Pairs { big, odd, high } = self else {
            out.extend_from_slice(bytes);
            return;
        };
        for byte in bytes {
            let Some(first) = odd.take() else {
                *odd = Some(*byte);
                continue;
            };
            let unit = if *big { u16::from_be_bytes([first, *byte]) } else { u16::from_le_bytes([first, *byte]) };
            if (0xD800..0xDC00).contains(&unit) {
                *high = Some(unit);
                continue;
            }
            let units = high.take().into_iter().chain([unit]);
            for letter in char::decode_utf16(units) {
                let letter = letter.unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}
