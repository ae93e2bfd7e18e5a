//! Words as they are compared: lower case, without Polish diacritics, whatever the alphabet.
//!
//! Holds: the table of single bytes. Must not know: which words are looked for.

use crate::codec::plain_letter;

/// Folds a text for the comparison of words. Bytes that are no UTF-8 are read as CP1250 or
/// ISO-8859-2, which agree on most Polish letters and mean nothing else where they do not.
pub(super) fn fold(text: &[u8]) -> String {
    // Most names are plain.
    if let (true, Ok(plain)) = (text.is_ascii(), std::str::from_utf8(text)) {
        return plain.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        folded.extend(chunk.valid().chars().map(letter));
        folded.extend(chunk.invalid().iter().map(|byte| single_byte(*byte)));
    }
    folded
}

fn letter(letter: char) -> char {
    match plain_letter(letter) {
        '\u{A0}' | '\u{202F}' => ' ',
        letter => letter.to_ascii_lowercase(),
    }
}

fn single_byte(byte: u8) -> char {
    match byte {
        0xB9 | 0xB1 | 0xA5 | 0xA1 => 'a',
        0xE6 | 0xC6 => 'c',
        0xEA | 0xCA => 'e',
        0xB3 | 0xA3 => 'l',
        0xF1 | 0xD1 => 'n',
        0xF3 | 0xD3 => 'o',
        0x9C | 0x8C | 0xB6 | 0xA6 => 's',
        0x9F | 0x8F | 0xBC | 0xAC | 0xBF | 0xAF => 'z',
        0xA0 => ' ',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polish_reads_the_same_in_every_alphabet() {
        assert_eq!(fold("Hasło: ZAŻÓŁĆ gęślą jaźń".as_bytes()), "haslo: zazolc gesla jazn");
        assert_eq!(fold(b"skr\xF3t odcisk\xF3w, has\xB3o, autoryzuj\xB9cy"), "skrot odciskow, haslo, autoryzujacy");
        assert_eq!(fold(b"ISO \xB6\xBC\xB1"), "iso sza");
    }
}
