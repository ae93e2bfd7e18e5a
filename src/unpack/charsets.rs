//! How documents name the letters of one or two bytes that they are written in.
//!
//! Holds: numbers of code pages, of the character sets of fonts, and of languages. Must not know: any document.

use encoding_rs::{Encoding, WINDOWS_1252};

/// The encoding of a code page of Windows; the western one where the page is unknown, for ASCII is the same in all.
pub(super) fn code_page(number: u16) -> &'static Encoding {
    let label = match number {
        874 => "windows-874".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 | 1361 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        866 => "ibm866".to_owned(),
        10_000 => "macintosh".to_owned(),
        20_866 => "koi8-r".to_owned(),
        28_592 => "iso-8859-2".to_owned(),
        65_001 => "utf-8".to_owned(),
        1250..=1258 => format!("windows-{number}"),
        _ => return WINDOWS_1252,
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

/// The code page of a font, if its character set says one.
pub(super) fn of_font(set: u8) -> Option<&'static Encoding> {
    Some(code_page(match set {
        77 => 10_000,
        128 => 932,
        129 => 949,
        130 => 1361,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        // Western ones, symbols, and those that leave it to the document.
        _ => return None,
    }))
}

/// The code page that documents in a language are written in, if it is not the western one.
pub(super) fn of_language(number: u16) -> Option<&'static Encoding> {
    Some(code_page(match number & 0x3FF {
        // Czech, Hungarian, Polish, Romanian, Croatian and Serbian, Slovak, Albanian, Slovene.
        0x05 | 0x0E | 0x15 | 0x18 | 0x1A | 0x1B | 0x1C | 0x24 => 1250,
        // Bulgarian, Russian, Ukrainian, Belarusian, Macedonian.
        0x02 | 0x19 | 0x22 | 0x23 | 0x2F => 1251,
        0x08 => 1253,
        0x1F => 1254,
        0x0D => 1255,
        0x01 | 0x29 => 1256,
        // Estonian, Latvian, Lithuanian.
        0x25..=0x27 => 1257,
        0x1E => 874,
        0x11 => 932,
        0x12 => 949,
        0x2A => 1258,
        0x04 if matches!(number, 0x0404 | 0x0C04) => 950,
        0x04 => 936,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polish_letters_have_a_page() {
        let pages = [Some(code_page(1250)), of_font(238), of_language(0x0415)];
        assert_eq!(pages, [Some(encoding_rs::WINDOWS_1250); 3]);
        assert_eq!([of_font(0), of_language(0x0409)], [None; 2]);
        assert_eq!(code_page(0), WINDOWS_1252);
    }
}
