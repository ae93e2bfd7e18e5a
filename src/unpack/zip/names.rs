//! Names of members.
//!
//! Holds: from their bytes to text. Must not know: where the bytes stand.

use flate2::Crc;

/// What the bytes from 0x80 on mean to DOS.
const DOS: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å', 'É', 'æ', 'Æ', 'ô', 'ö', 'ò', 'û',
    'ù', 'ÿ', 'Ö', 'Ü', '¢', '£', '¥', '₧', 'ƒ', 'á', 'í', 'ó', 'ú', 'ñ', 'Ñ', 'ª', 'º', '¿', '⌐', '¬', '½', '¼', '¡',
    '«', '»', '░', '▒', '▓', '│', '┤', '╡', '╢', '╖', '╕', '╣', '║', '╗', '╝', '╜', '╛', '┐', '└', '┴', '┬', '├', '─',
    '┼', '╞', '╟', '╚', '╔', '╩', '╦', '╠', '═', '╬', '╧', '╨', '╤', '╥', '╙', '╘', '╒', '╓', '╫', '╪', '┘', '┌', '█',
    '▄', '▌', '▐', '▀', 'α', 'ß', 'Γ', 'π', 'Σ', 'σ', 'µ', 'τ', 'Φ', 'Θ', 'Ω', 'δ', '∞', 'φ', 'ε', '∩', '≡', '±', '≥',
    '≤', '⌠', '⌡', '÷', '≈', '°', '∙', '·', '√', 'ⁿ', '²', '■', '\u{a0}',
];

/// A name as it is told. Many programs write UTF-8 without saying so.
pub(super) fn decode(name: &[u8], unicode: bool) -> String {
    match str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) if unicode => String::from_utf8_lossy(name).into_owned(),
        Err(_) => {
            name.iter().map(|byte| DOS.get(usize::from(*byte) ^ 0x80).copied().unwrap_or((*byte).into())).collect()
        }
    }
}

/// The name in the extra field for it, which counts only while it belongs to the name in the header.
pub(super) fn unicode<'a>(field: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let [1, a, b, c, d, unicode @ ..] = field else { return None };
    let mut crc = Crc::new();
    crc.update(name);
    (crc.sum() == u32::from_le_bytes([*a, *b, *c, *d])).then(|| str::from_utf8(unicode).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_were_meant() {
        assert_eq!(decode("zażółć.txt".as_bytes(), false), "zażółć.txt");
        assert_eq!(decode(b"\x81ber.txt", false), "über.txt");
        assert_eq!(decode(b"a\xFF", true), "a\u{FFFD}");
        let mut crc = Crc::new();
        crc.update(b"z_.txt");
        let field = [&[1][..], &crc.sum().to_le_bytes(), "zł.txt".as_bytes()].concat();
        assert_eq!(unicode(&field, b"z_.txt"), Some("zł.txt"));
        assert_eq!((unicode(&field, b"other"), unicode(&[1, 0], b"")), (None, None));
    }
}
