//! What the bytes of a text show, by the font that it is set in.
//!
//! Holds: `Font`. Must not know: where on a page text stands.

use memchr::memmem;

use super::cmap::{CMap, code};
use super::document::Document;
use super::letters::{BEGIN, DOCUMENT, MAC, STANDARD, WIN, character};
use super::lex::{Lexer, Token};
use super::value::{Dict, Value};
use super::widths;

/// How large a map or a program of a font may be that is read.
const LARGEST: usize = 4 << 20;

/// How many widths are kept.
const MOST_WIDTHS: usize = 100_000;

/// A font.
pub(super) struct Font {
    map: Option<CMap>,
    /// What the bytes show; empty where codes are longer.
    letters: Vec<Option<char>>,
    /// How codes are cut and turned into glyphs, where they are longer than a byte.
    encoding: Option<CMap>,
    is_composite: bool,
    /// Whether codes are UTF-16.
    is_utf16: bool,
    /// Glyphs that are as wide as each other: the first, the last, the width.
    widths: Vec<(u32, u32, f64)>,
    default: f64,
}

impl Font {
    /// A font that nothing is known of: bytes are characters.
    pub(super) fn unknown() -> Self {
        Self {
            map: None,
            letters: table(WIN),
            encoding: None,
            is_composite: false,
            is_utf16: false,
            widths: Vec::new(),
            default: 0.5,
        }
    }

    /// How much memory it takes, in entries.
    pub(super) fn weight(&self) -> usize {
        let maps = [&self.map, &self.encoding].into_iter().flatten().map(CMap::len).sum::<usize>();
        maps + self.widths.len() + self.letters.len()
    }

    /// The font of a dictionary.
    pub(super) fn read(document: &Document<'_>, dict: &Dict) -> Self {
        let map = |key: &[u8]| {
            let stream = document.stream(dict.get(key)?.reference()?)?;
            let (bytes, _) = document.unpacked(&stream, LARGEST);
            // Reading takes a while longer than unpacking.
            document.work(bytes.len().saturating_mul(3)).then(|| CMap::read(&bytes))
        };
        let mut font = Self { map: map(b"ToUnicode"), ..Self::unknown() };
        if dict.says(b"Subtype", b"Type0") {
            font.is_composite = true;
            font.encoding = map(b"Encoding");
            let name = document.entry(dict, b"Encoding");
            let name = name.as_ref().and_then(|name| name.name()).unwrap_or_default();
            font.is_utf16 = memmem::find(name, b"UCS2").or_else(|| memmem::find(name, b"UTF16")).is_some();
            font.read_descendant(document, dict);
        } else {
            font.letters = letters(document, dict);
            font.read_widths(document, dict);
        }
        font.widths.sort_by_key(|(first, ..)| *first);
        font
    }

    fn read_descendant(&mut self, document: &Document<'_>, dict: &Dict) {
        let descendants = document.entry(dict, b"DescendantFonts");
        let Some(first) = descendants.as_ref().and_then(|all| all.items().first()) else { return };
        let first = document.resolve(first);
        let Some(first) = first.dict() else { return };
        let number = |value: &Value| document.resolve(value).number();
        self.default = first.get(b"DW").and_then(number).unwrap_or(1000.0) / 1000.0;
        let Some(widths) = document.entry(first, b"W") else { return };
        let mut rest = widths.items();
        while let [begin, behind @ ..] = rest {
            let begin = document.resolve(begin).number().and_then(super::value::object_number);
            let (Some(begin), Some(next)) = (begin, behind.first()) else { break };
            match &*document.resolve(next) {
                Value::Array(each) => {
                    for (glyph, width) in (begin..).zip(each.iter().take(MOST_WIDTHS)) {
                        self.widths.extend(width.number().map(|width| (glyph, glyph, width / 1000.0)));
                    }
                    rest = &behind[1..];
                }
                Value::Number(end) => {
                    let width = behind.get(1).and_then(number).unwrap_or(1000.0) / 1000.0;
                    self.widths.extend(super::value::object_number(*end).map(|end| (begin, end, width)));
                    rest = &behind[behind.len().min(2)..];
                }
                _ => break,
            }
            if self.widths.len() > MOST_WIDTHS {
                break;
            }
        }
    }

    fn read_widths(&mut self, document: &Document<'_>, dict: &Dict) {
        let name = document.entry(dict, b"BaseFont");
        let name = name.as_ref().and_then(|name| name.name()).map(String::from_utf8_lossy).unwrap_or_default();
        let scale = match document.entry(dict, b"FontMatrix").as_deref().and_then(Value::array) {
            Some([Value::Number(scale), ..]) => scale.abs().min(1.0),
            _ => 0.001,
        };
        let descriptor = document.dict(dict, b"FontDescriptor").unwrap_or_default();
        let missing = document.entry(&descriptor, b"MissingWidth").and_then(|width| width.number());
        let first = document.entry(dict, b"FirstChar").and_then(|first| first.count()).unwrap_or(0);
        match document.entry(dict, b"Widths").as_deref().and_then(Value::array) {
            Some(widths) => {
                self.default = missing.unwrap_or(0.0) * scale;
                for (at, width) in widths.iter().take(256).enumerate() {
                    let glyph = first.saturating_add(at).min(255) as u32;
                    let width = document.resolve(width).number().unwrap_or(0.0) * scale;
                    self.widths.push((glyph, glyph, width));
                }
            }
            None => {
                let width = |byte: u8| (byte.into(), byte.into(), f64::from(widths::width(&name, byte)) / 1000.0);
                self.widths.extend((0..=255).map(width));
            }
        }
    }

    /// Tells what a text shows: for each of its codes the text, its width in relation to the size of the font, and
    /// whether it is the blank that word spacing widens.
    pub(super) fn show(&self, mut bytes: &[u8], each: &mut dyn FnMut(&str, f64, bool)) {
        let mut text = String::new();
        while let Some(first) = bytes.first() {
            let length = self.length(bytes).clamp(1, bytes.len());
            let (now, rest) = bytes.split_at(length);
            let number = code(now);
            text.clear();
            if !self.map.as_ref().is_some_and(|map| map.show(number, &mut text)) {
                self.guess(*first, number, &mut text);
            }
            let glyph = self.encoding.as_ref().and_then(|encoding| encoding.glyph(number)).unwrap_or(number);
            each(&text, self.width(glyph), now == b" ");
            bytes = rest;
        }
    }

    fn length(&self, bytes: &[u8]) -> usize {
        if !self.is_composite {
            return 1;
        }
        self.encoding.as_ref().and_then(|encoding| encoding.length(bytes)).unwrap_or(2)
    }

    /// What a code shows that no map tells.
    fn guess(&self, first: u8, number: u32, text: &mut String) {
        if !self.is_composite {
            text.extend(self.letters.get(usize::from(first)).copied().flatten());
        } else if self.is_utf16 {
            text.extend(char::from_u32(number));
        } else if self.map.is_none() && (3..=97).contains(&number) {
            // The glyphs of most fonts of Windows are in the order of ASCII, and begin with the blank at 3.
            text.extend(char::from_u32(number + 29));
        } else if self.map.is_none() {
            text.extend(char::from_u32(number).filter(|letter| !letter.is_control()));
        }
    }

    fn width(&self, glyph: u32) -> f64 {
        let behind = self.widths.partition_point(|(first, ..)| *first <= glyph);
        let found = self.widths[..behind].iter().rev().take(4).find(|(_, last, _)| *last >= glyph);
        found.map_or(self.default, |(.., width)| *width)
    }
}

/// The characters of the bytes of an encoding.
fn table(upper: &str) -> Vec<Option<char>> {
    let ascii = (0..BEGIN).map(|byte| Some(char::from(byte)).filter(|letter| !letter.is_control()));
    ascii.chain(upper.chars().map(|letter| Some(letter).filter(|letter| *letter != '\u{FFFD}'))).collect()
}

/// The characters of the text of a document that is no content of a page.
pub(super) fn document_letters() -> Vec<Option<char>> {
    let mut letters = table(DOCUMENT);
    for control in [b'\t', b'\n', b'\r'] {
        letters[usize::from(control)] = Some(char::from(control));
    }
    letters
}

/// The characters that the bytes of a simple font show.
fn letters(document: &Document<'_>, dict: &Dict) -> Vec<Option<char>> {
    let encoding = document.entry(dict, b"Encoding");
    let encoding = encoding.as_deref().unwrap_or(&Value::Null);
    let named = match encoding {
        Value::Name(name) => Some(name.clone()),
        Value::Dict(dict) => document.entry(dict, b"BaseEncoding").and_then(|name| name.name().map(<[u8]>::to_vec)),
        _ => None,
    };
    let mut letters = match named.as_deref() {
        Some(b"MacRomanEncoding") => table(MAC),
        Some(b"StandardEncoding") => table(STANDARD),
        Some(_) => table(WIN),
        None => built_in(document, dict),
    };
    let differences = encoding.dict().and_then(|dict| document.entry(dict, b"Differences"));
    let mut at = 0;
    for item in differences.iter().flat_map(|differences| differences.items()).take(1000) {
        match &*document.resolve(item) {
            Value::Number(number) => at = Value::Number(*number).count().unwrap_or(0),
            Value::Name(name) => {
                let letter = std::str::from_utf8(name).ok().and_then(character);
                // A name that says nothing leaves the byte as it is.
                if let (Some(slot), Some(letter)) = (letters.get_mut(at), letter) {
                    *slot = Some(letter);
                }
                at = at.saturating_add(1);
            }
            _ => {}
        }
    }
    letters
}

/// The encoding that a font program of Type 1 brings with it: «dup 65 /A put».
fn built_in(document: &Document<'_>, dict: &Dict) -> Vec<Option<char>> {
    let mut letters = table(WIN);
    let program = document.dict(dict, b"FontDescriptor").and_then(|descriptor| {
        let stream = document.stream(descriptor.get(b"FontFile")?.reference()?)?;
        Some(document.unpacked(&stream, LARGEST).0)
    });
    let Some(program) = program else { return letters };
    let end = memmem::find(&program, b"eexec").unwrap_or(program.len());
    let Some(begin) = memmem::find(&program[..end], b"/Encoding") else { return letters };
    let mut lexer = Lexer::new(&program[..end], begin);
    loop {
        match lexer.next() {
            Token::End | Token::Word(b"def") => return letters,
            Token::Word(b"dup") => {
                if let (Token::Number(at), Token::Name(name)) = (lexer.next(), lexer.next())
                    && let Some(at) = Value::Number(at).count()
                    && let Some(slot) = letters.get_mut(at)
                {
                    *slot = std::str::from_utf8(&name).ok().and_then(character).or(*slot);
                }
            }
            _ => {}
        }
    }
}
