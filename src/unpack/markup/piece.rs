//! The pieces of markup: tags, comments, character references, characters that nobody sees.
//!
//! Holds: how far each goes and what it is called. Must not know: what it means for the text around it.

/// The longest tag, and the longest comment, that may stand within a word.
const TAG: usize = 4 << 10;

/// The longest reference, from `&` to `;`.
const REFERENCE: usize = 12;

/// What begins at a `<`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// What it is.
    pub(super) sort: Sort<'a>,
    /// How many bytes it takes.
    pub(super) width: usize,
}

/// What markup there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort<'a> {
    /// `<b>`, by its name without the prefix of its vocabulary.
    Opens(&'a [u8]),
    /// `</b>`.
    Closes(&'a [u8]),
    /// `<b/>`.
    Alone(&'a [u8]),
    /// `<!-- … -->`, an instruction, a declaration.
    Silent,
    /// `<![CDATA[`, and `]]>` with markup behind it.
    Fence,
}

/// What begins with a text that begins with `<`, or with the end of CDATA; nothing where it is text.
#[inline]
pub(super) fn read(text: &[u8]) -> Option<Piece<'_>> {
    let (sort, width) = match text {
        [b'<', b'/', rest @ ..] => {
            let name = name(rest)?;
            (Sort::Closes(local(name)), 2 + tag_end(&rest[name.len()..])? + name.len())
        }
        [b'<', b'!', b'-', b'-', rest @ ..] => {
            (Sort::Silent, 7 + memchr::memmem::find(&rest[..rest.len().min(TAG)], b"-->")?)
        }
        [b'<', b'!', b'[', rest @ ..] if rest.starts_with(b"CDATA[") => (Sort::Fence, 9),
        [b'<', b'!' | b'?', rest @ ..] => (Sort::Silent, 2 + tag_end(rest)?),
        [b'<', rest @ ..] => {
            let name = name(rest)?;
            let width = 1 + name.len() + tag_end(&rest[name.len()..])?;
            let sort = if text[width - 2] == b'/' { Sort::Alone(local(name)) } else { Sort::Opens(local(name)) };
            (sort, width)
        }
        [b']', b']', b'>', b'<', ..] => (Sort::Fence, 3),
        _ => return None,
    };
    Some(Piece { sort, width })
}

/// Whether a byte may stand in the name of a tag.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.')
}

fn name(text: &[u8]) -> Option<&[u8]> {
    let length = text.iter().take(64).take_while(|byte| is_name(**byte)).count();
    text.first().filter(|byte| byte.is_ascii_alphabetic())?;
    Some(&text[..length])
}

fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}

/// How many bytes there are to the end of a tag, and with it. A `<` outside of quotes says that it was none, so that
/// no text is gone through twice.
fn tag_end(text: &[u8]) -> Option<usize> {
    let text = &text[..text.len().min(TAG)];
    let mut at = 0;
    loop {
        // A plain loop, since most tags end here.
        let byte = text.get(at)?;
        at += 1;
        match byte {
            b'>' => return Some(at),
            b'<' => return None,
            b'=' => {
                if let Some(quote @ (b'"' | b'\'')) = text.get(at) {
                    at += memchr::memchr(*quote, &text[at + 1..])? + 2;
                }
            }
            _ => {}
        }
    }
}

/// The character that a text begins with as a reference, and how many bytes it takes.
pub(super) fn reference(text: &[u8]) -> Option<(char, usize)> {
    let body = text.strip_prefix(b"&")?;
    let length = body.iter().take(REFERENCE).position(|byte| *byte == b';')?;
    let character = match &body[..length] {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        name => NAMES.iter().find(|(known, _)| known.as_bytes() == name)?.1,
    };
    Some((character, length + 2))
}

fn number(digits: &[u8], radix: u32) -> Option<char> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    char::from_u32(u32::from_str_radix(digits, radix).ok()?)
}

/// The reference that ends with a text.
pub(super) fn reference_before(text: &[u8]) -> Option<(char, usize)> {
    let reach = &text[text.len().saturating_sub(REFERENCE + 1)..];
    let start = memchr::memrchr(b'&', reach)?;
    reference(&reach[start..]).filter(|(_, width)| *width == reach.len() - start)
}

/// The named characters of ASCII and of Polish, and those that nobody sees.
const NAMES: [(&str, char); 41] = [
    ("nbsp", '\u{A0}'),
    ("lt", '<'),
    ("gt", '>'),
    ("amp", '&'),
    ("quot", '"'),
    ("apos", '\''),
    ("shy", '\u{AD}'),
    ("oacute", 'ó'),
    ("Oacute", 'Ó'),
    ("aogon", 'ą'),
    ("Aogon", 'Ą'),
    ("cacute", 'ć'),
    ("Cacute", 'Ć'),
    ("eogon", 'ę'),
    ("Eogon", 'Ę'),
    ("lstrok", 'ł'),
    ("Lstrok", 'Ł'),
    ("nacute", 'ń'),
    ("Nacute", 'Ń'),
    ("sacute", 'ś'),
    ("Sacute", 'Ś'),
    ("zacute", 'ź'),
    ("Zacute", 'Ź'),
    ("zdot", 'ż'),
    ("Zdot", 'Ż'),
    ("vert", '|'),
    ("verbar", '|'),
    ("VerticalLine", '|'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("ndash", '\u{2013}'),
    ("minus", '\u{2212}'),
    ("lowbar", '_'),
    ("period", '.'),
    ("equals", '='),
    ("colon", ':'),
    ("semi", ';'),
    ("ZeroWidthSpace", '\u{200B}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("NoBreak", '\u{2060}'),
];

/// Whether nobody sees a character: it may stand within a word.
pub(super) fn is_unseen(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// The character of several bytes that a text begins with.
pub(super) fn wide(text: &[u8]) -> Option<(char, usize)> {
    let chunk = text[..text.len().min(4)].utf8_chunks().next()?;
    let character = chunk.valid().chars().next()?;
    Some((character, character.len_utf8()))
}

/// The character of several bytes that a text ends with.
pub(super) fn wide_before(text: &[u8]) -> Option<(char, usize)> {
    let start = text.iter().rev().take(4).position(|byte| byte & 0xC0 != 0x80)?;
    wide(&text[text.len() - 1 - start..]).filter(|(_, width)| *width == start + 1)
}

/// Whether a byte may stand in a value.
#[inline]
pub(super) fn is_token(byte: u8) -> bool {
    const TOKEN: [bool; 256] = {
        let mut token = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            token[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'-' | b'|' | b'.' | b'_');
            byte += 1;
        }
        token
    };
    TOKEN[byte as usize]
}

/// The same of a character, some of which stand for one of them.
pub(super) fn is_token_char(character: char) -> bool {
    u8::try_from(character).is_ok_and(|byte| byte.is_ascii() && is_token(byte))
        || matches!(character, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | '\u{FF5C}' | '\u{2502}' | '\u{2223}')
}
