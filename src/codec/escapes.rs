//! Takes escapes off a text, character by character: percent signs, backslashes, character
//! references, quoted-printable, and the characters that nobody sees.
//!
//! Holds: one small reader an escape, tried where its first byte stands. Must not know: what is
//! searched for. A new escape is a reader here and its first byte in `SPECIAL`.

use super::hex::digit;
use super::layer::Layer;
use crate::base::Clothes;

/// How a text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// `=7C` is a character and `=` at the end of a line no end. Wrong for `TOKEN=2025…`, so both
    /// readings are tried where a text can be either.
    pub quoted_printable: bool,
    /// No-break spaces are something that a copy picked up. Otherwise they are spaces.
    pub drop_spaces: bool,
}

/// Bytes at which an escape may begin.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0x80;
    while byte < 256 {
        special[byte] = true;
        byte += 1;
    }
    special[b'%' as usize] = true;
    special[b'\\' as usize] = true;
    special[b'&' as usize] = true;
    special[b'=' as usize] = true;
    special
};

/// The most backslashes that are taken for the escapes of one escape.
const MOST_SLASHES: usize = 32;

/// What an escape stands for and how many bytes it takes; no character where it only joins.
struct Escape {
    character: Option<char>,
    width: usize,
    clothes: Clothes,
}

/// Takes the escapes off.
pub fn unescape(text: &[u8], reading: Reading) -> Layer {
    let mut layer = Layer::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let plain = rest.iter().position(|byte| SPECIAL[*byte as usize]).unwrap_or(rest.len());
        layer.push_run(&rest[..plain], at);
        at += plain;
        let Some(&byte) = text.get(at) else { break };
        if byte >= 0x80 {
            layer.push(byte, at);
            drop_unseen(&mut layer, text.get(at + 1).copied(), reading);
            at += 1;
            continue;
        }
        let rest = &text[at..];
        let escape = match byte {
            b'%' => percent(rest),
            b'\\' => backslash(rest),
            b'&' => reference(rest),
            _ if reading.quoted_printable => quoted_printable(rest),
            _ => None,
        };
        match escape {
            Some(escape) => {
                layer.mark(escape.clothes);
                if let Some(character) = escape.character {
                    push(&mut layer, character, at, reading);
                }
                at += escape.width;
            }
            None => {
                layer.push(byte, at);
                at += 1;
            }
        }
    }
    layer
}

/// Whether reading the text as quoted-printable could change it.
pub fn may_be_quoted_printable(text: &[u8]) -> bool {
    memchr::memchr_iter(b'=', text).any(|at| quoted_printable(&text[at..]).is_some())
}

fn push(layer: &mut Layer, character: char, from: usize, reading: Reading) {
    // Code points below 256 may be the bytes of UTF-8: `%C2%AD`.
    let mut buffer = [0; 4];
    let bytes = match u8::try_from(u32::from(character)) {
        Ok(byte) => {
            buffer[0] = byte;
            &buffer[..1]
        }
        Err(_) => character.encode_utf8(&mut buffer).as_bytes(),
    };
    for byte in bytes {
        layer.push(*byte, from);
    }
    if bytes[0] >= 0x80 {
        drop_unseen(layer, None, reading);
    }
}

/// `%7C`, and `%257C`, which was escaped twice or more.
fn percent(text: &[u8]) -> Option<Escape> {
    let mut digits = 1;
    while text.get(digits..digits + 2) == Some(b"25") && digits < 16 {
        digits += 2;
    }
    while digits >= 1 {
        if let Some(byte) = hex_byte(text.get(digits..digits + 2)) {
            return Some(Escape { character: Some(byte.into()), width: digits + 2, clothes: Clothes::Percent });
        }
        // `%25` at the end stands for the percent sign itself.
        digits = digits.checked_sub(2)?;
    }
    None
}

fn hex_byte(pair: Option<&[u8]>) -> Option<u8> {
    let pair = pair?;
    Some(digit(pair[0])? << 4 | digit(pair[1])?)
}

/// `\u007c`, `\u{7c}`, `\x7c`, `\174`, `\n`, `\|`, behind any number of backslashes.
fn backslash(text: &[u8]) -> Option<Escape> {
    // Nobody escapes an escape five times; and a run of a million must not be counted a million times.
    let slashes = text.iter().take(MOST_SLASHES).take_while(|byte| **byte == b'\\').count();
    let rest = &text[slashes..];
    let escape = |character: char, width: usize| {
        Some(Escape { character: Some(character), width: slashes + width, clothes: Clothes::Escape })
    };
    match rest {
        [b'u' | b'x', b'{', ..] => {
            let length = rest.iter().take(10).position(|byte| *byte == b'}')?;
            escape(code_point(&rest[2..length])?, length + 1)
        }
        [b'u', ..] => escape(code_point(rest.get(1..5)?)?, 5),
        [b'U', ..] => escape(code_point(rest.get(1..9)?)?, 9),
        [b'x', ..] => escape(hex_byte(rest.get(1..3))?.into(), 3),
        [b'0'..=b'3', b'0'..=b'7', b'0'..=b'7', ..] => {
            escape(((rest[0] - b'0') << 6 | (rest[1] - b'0') << 3 | (rest[2] - b'0')).into(), 3)
        }
        [b'n', ..] => escape('\n', 1),
        [b'r', ..] => escape('\r', 1),
        [b't', ..] => escape('\t', 1),
        [b'\r' | b'\n', ..] => Some(continuation(slashes, rest)),
        [byte, ..] if byte.is_ascii_punctuation() => escape(char::from(*byte), 1),
        _ => None,
    }
}

/// A backslash at the end of a line goes on in the next one, whose indentation does not count.
fn continuation(slashes: usize, rest: &[u8]) -> Escape {
    let end = if rest.starts_with(b"\r\n") { 2 } else { 1 };
    let indent = rest[end..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Escape { character: None, width: slashes + end + indent, clothes: Clothes::Joined }
}

fn code_point(digits: &[u8]) -> Option<char> {
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    let mut value = 0_u32;
    for byte in digits {
        value = value << 4 | u32::from(digit(*byte)?);
    }
    char::from_u32(value)
}

/// `&#124;`, `&#x7C;`, `&vert;`, `&amp;#124;`.
fn reference(text: &[u8]) -> Option<Escape> {
    let mut start = 1;
    while text[start..].starts_with(b"amp;") && start < 20 {
        start += 4;
    }
    let body = &text[start..];
    let length = body.iter().take(20).position(|byte| *byte == b';');
    let named = length.and_then(|length| {
        let character = match &body[..length] {
            [b'#', b'x' | b'X', digits @ ..] => code_point(digits)?,
            [b'#', digits @ ..] => decimal(digits)?,
            name => NAMES.iter().find(|(known, _)| known.as_bytes() == name)?.1,
        };
        Some((character, length + 1))
    });
    if let Some((character, width)) = named {
        return Some(Escape { character: Some(character), width: start + width, clothes: Clothes::Entity });
    }
    (start > 1).then_some(Escape { character: Some('&'), width: start, clothes: Clothes::Entity })
}

fn decimal(digits: &[u8]) -> Option<char> {
    if digits.is_empty() || digits.len() > 7 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    char::from_u32(digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
}

/// The named characters that stand in or around a credential.
const NAMES: [(&str, char); 26] = [
    ("vert", '|'),
    ("verbar", '|'),
    ("VerticalLine", '|'),
    ("amp", '&'),
    ("quot", '"'),
    ("apos", '\''),
    ("lt", '<'),
    ("gt", '>'),
    ("nbsp", '\u{A0}'),
    ("NonBreakingSpace", '\u{A0}'),
    ("shy", '\u{AD}'),
    ("ZeroWidthSpace", '\u{200B}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("NoBreak", '\u{2060}'),
    ("hyphen", '\u{2010}'),
    ("dash", '\u{2010}'),
    ("ndash", '\u{2013}'),
    ("minus", '\u{2212}'),
    ("lowbar", '_'),
    ("equals", '='),
    ("colon", ':'),
    ("semi", ';'),
    ("period", '.'),
    ("NewLine", '\n'),
    ("Tab", '\t'),
];

/// `=7C`, and `=` before the end of a line, which makes one line of two.
fn quoted_printable(text: &[u8]) -> Option<Escape> {
    let clothes = Clothes::QuotedPrintable;
    if let Some(pair @ [b'0'..=b'9' | b'A'..=b'F', b'0'..=b'9' | b'A'..=b'F']) = text.get(1..3) {
        return Some(Escape { character: hex_byte(Some(pair)).map(char::from), width: 3, clothes });
    }
    let blanks = text[1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let width = match &text[1 + blanks..] {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => return None,
    };
    Some(Escape { character: None, width: 1 + blanks + width, clothes })
}

/// Takes back the last character if nobody sees it, and writes look-alikes as what they stand for.
fn drop_unseen(layer: &mut Layer, next: Option<u8>, reading: Reading) {
    let bytes = layer.bytes();
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    let (width, stands_for) = match tail {
        // Zero-width characters, directions, joiners, the byte order mark.
        [0xE2, 0x80, 0x8B..=0x8F | 0xAA..=0xAE] | [0xE2, 0x81, 0xA0..=0xAF] | [0xEF, 0xBB, 0xBF] => (3, None),
        // Hyphens and dashes, which word processors make of `-`; the minus sign.
        [0xE2, 0x80, 0x90..=0x95] | [0xE2, 0x88, 0x92] | [0xEF, 0xBC, 0x8D] => (3, Some(b'-')),
        // Bars that look like `|`.
        [0xEF, 0xBD, 0x9C] | [0xE2, 0x94, 0x82] | [0xE2, 0x88, 0xA3] => (3, Some(b'|')),
        // Narrow and figure spaces.
        [0xE2, 0x80, 0xAF | 0x87 | 0x89 | 0x8A] => (3, (!reading.drop_spaces).then_some(b' ')),
        [.., 0xC2, 0xA0] => (2, (!reading.drop_spaces).then_some(b' ')),
        [.., 0xC2, 0xAD] => (2, None),
        // The same two in the one-byte alphabets, where no UTF-8 stands around.
        [.., before, 0xA0 | 0xAD] if *before < 0x80 && next.is_none_or(|next| next < 0x80) => {
            let space = tail.last() == Some(&0xA0) && !reading.drop_spaces;
            (1, space.then_some(b' '))
        }
        _ => return,
    };
    let from = layer.pop(width);
    if stands_for != Some(b' ') {
        layer.mark(Clothes::Invisible);
    }
    if let Some(byte) = stands_for {
        layer.push(byte, from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> String {
        let reading = Reading { quoted_printable: false, drop_spaces: true };
        String::from_utf8_lossy(unescape(text, reading).bytes()).into_owned()
    }

    #[test]
    fn every_escape_of_a_bar_is_a_bar() {
        let escapes = "%7C %7c %257C %25257c \\u007c \\U0000007C \\u{7c} \\x7c \\x{7C} \\174 \\| \\\\| \\\\u007c &#124; \
                       &#x7C; &#X7c; &vert; &verbar; &VerticalLine; &amp;#124; &amp;amp;vert;";
        for escape in escapes.split_whitespace() {
            assert_eq!(read(format!("a{escape}b").as_bytes()), "a|b", "{escape}");
        }
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in
            ["100%", "%zz", "%2", "50%25", "a & b", "&unknown;", "&#;", "&#x110000000;", "\\q", "\\u12", "\\", "a=b"]
        {
            let expected = text.replace("%25", "%");
            assert_eq!(read(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn the_unseen_is_dropped_and_look_alikes_are_read() {
        for unseen in
            ["\u{200B}", "\u{AD}", "\u{2060}", "\u{FEFF}", "\u{A0}", "\u{202F}", "&shy;", "&#8203;", "&nbsp;", "%C2%AD"]
        {
            assert_eq!(read(format!("EC{unseen}-").as_bytes()), "EC-", "{unseen:?}");
        }
        assert_eq!(read("EC\u{2011}2D\u{2013}\u{FF5C}".as_bytes()), "EC-2D-|");
        assert_eq!(read(b"EC\xAD-\xA0-"), "EC--", "CP1250 and ISO-8859-2");
        assert_eq!(read("ą\u{142}à".as_bytes()), "ą\u{142}à", "letters whose last byte is A0 or AD stay");
    }

    #[test]
    fn quoted_printable_is_read_on_demand_only() {
        let text = b"TOKEN=2025=7C=\r\nabc= \ndef=";
        assert!(may_be_quoted_printable(text));
        assert!(!may_be_quoted_printable(b"a = b, token=abc"));
        assert_eq!(read(text), String::from_utf8_lossy(text));
        let reading = Reading { quoted_printable: true, drop_spaces: true };
        assert_eq!(unescape(text, reading).bytes(), b"TOKEN 25|abcdef=");
    }

    #[test]
    fn a_continued_line_is_one() {
        assert_eq!(read(b"abc\\\n    def\\\r\nghi"), "abcdefghi");
    }

    #[test]
    fn offsets_and_clothes_are_kept() {
        let layer = unescape(b"ab%7Ccd&vert;", Reading { quoted_printable: false, drop_spaces: true });
        assert_eq!((layer.source_of(2), layer.source_of(3), layer.source_of(5)), (2, 5, 7));
        assert_eq!(layer.clothes_in(0, 6), [Clothes::Percent, Clothes::Entity]);
    }
}
