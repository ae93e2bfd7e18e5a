//! Letters as old documents store them.
//!
//! Holds: texts of code pages and of UTF-16. Must not know: any document.

use encoding_rs::Encoding;

use super::integers::u16_at;
pub(super) use crate::unpack::charsets::code_page;

/// Text of a code page.
pub(super) fn narrow(bytes: &[u8], page: &'static Encoding) -> String {
    page.decode_without_bom_handling(bytes).0.into_owned()
}

/// Text of UTF-16.
pub(super) fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|unit| u16_at(unit, 0));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Text up to the first zero.
pub(super) fn until_zero(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polish_letters_are_read() {
        assert_eq!(narrow(b"za\xBF\xF3\xB3\xE6", code_page(1250)), "zażółć");
        assert_eq!(narrow(b"a\x96b", code_page(0)), "a\u{2013}b");
        assert_eq!(wide(&[0x7C, 0x01, 0x34, 0xD8, 0x1E, 0xDD, 0x34, 0xD8]), "ż\u{1D11E}\u{FFFD}");
        assert_eq!(until_zero("a\0b"), "a");
    }
}
