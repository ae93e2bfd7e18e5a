//! The text of RTF.
//!
//! Holds: what control words do to text. Written by hand, since the parsers there are take only sound documents. Must
//! not know: who reads it.

use std::io::{self, Read};

use encoding_rs::Encoding;
use zeroize::Zeroizing;

use super::letters::Letters;
use super::source::{Source, Token, Word};

/// Text that is made at once.
const STEP: usize = 16 << 10;

/// Text beside the text that is kept until the paragraph ends.
const ASIDE: usize = 64 << 10;

/// Groups of which it is known what they said of their letters.
const GROUPS: usize = 256;

/// Why text ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stop {
    /// It does not.
    #[default]
    None,
    /// The digits of an object come next.
    Object,
    /// The document ends.
    End,
}

/// The way through a document.
#[derive(Default)]
pub(super) struct Text {
    depth: usize,
    /// The group whose text stands beside the text, and the one that is a picture.
    aside_from: Option<usize>,
    /// The group of running text that stands aside, such as a footer: its words are those of letters.
    running_from: Option<usize>,
    fonts_from: Option<usize>,
    picture_from: Option<usize>,
    /// Whether `\*` came last.
    starred: bool,
    /// How many bytes behind `\u` say the same, and what letters are written in, for each group.
    groups: Vec<(u8, Option<&'static Encoding>)>,
    fallback: u8,
    /// Those that are left to pass over.
    passing: u8,
    high: Option<u16>,
    letters: Letters,
    out: Zeroizing<Vec<u8>>,
    given: usize,
    aside: Zeroizing<Vec<u8>>,
    stop: Stop,
}

impl Text {
    /// A reader up to the next object, or to the end.
    pub(super) fn reader<'t, 's, 'i>(&'t mut self, source: &'s mut Source<'i>) -> Reader<'t, 's, 'i> {
        Reader { text: self, source }
    }

    /// Why it ended.
    pub(super) fn stop(&self) -> Stop {
        if self.given < self.out.len() { Stop::None } else { self.stop }
    }

    /// How deep the groups are.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Goes on behind the object, whose group has ended.
    pub(super) fn go_on(&mut self) {
        self.stop = Stop::None;
        self.close();
    }

    fn open(&mut self) {
        if self.depth < GROUPS {
            self.groups.truncate(self.depth);
            self.groups.push((self.fallback, self.letters.now()));
        }
        self.depth += 1;
        (self.passing, self.starred) = (0, false);
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if let Some((fallback, letters)) = self.groups.get(self.depth) {
            self.fallback = *fallback;
            self.letters.go_back(*letters);
        }
        let depth = self.depth;
        if self.fonts_from.take_if(|from| depth < *from).is_some() {
            self.letters.choose(None);
        }
        self.aside_from.take_if(|from| depth < *from);
        self.running_from.take_if(|from| depth < *from);
        self.picture_from.take_if(|from| depth < *from);
        (self.passing, self.starred) = (0, false);
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.picture_from.is_some() {
            return;
        }
        if self.aside_from.is_some() {
            self.aside.extend_from_slice(bytes);
        } else {
            self.out.extend_from_slice(bytes);
        }
        let ended = self.aside_from.is_none() && bytes == b"\n";
        if (ended && !self.aside.is_empty()) || self.aside.len() > ASIDE {
            self.flush();
        }
    }

    /// Writes what stands beside the text, on lines of its own.
    fn flush(&mut self) {
        if !self.aside.is_empty() {
            if !self.out.ends_with(b"\n") {
                self.out.push(b'\n');
            }
            let Self { out, aside, .. } = self;
            out.extend_from_slice(aside);
            out.push(b'\n');
            self.aside.clear();
        }
    }

    fn push_char(&mut self, character: char) {
        self.push(character.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// A byte of the text, in the letters of the document.
    fn byte(&mut self, byte: u8) {
        if self.passing > 0 {
            self.passing -= 1;
        } else if byte.is_ascii() && !self.letters.is_torn() {
            self.push(&[byte]);
        } else {
            let mut buffer = [0; 16];
            let made = self.letters.read(byte, &mut buffer);
            if made > 0 {
                self.push(&buffer[..made]);
            }
        }
    }

    fn unit(&mut self, number: i32) {
        // The format writes units above 0x7FFF as negative numbers.
        let unit = number.cast_unsigned() as u16;
        match (self.high.take(), unit) {
            (_, 0xD800..0xDC00) => self.high = Some(unit),
            (high, unit) => {
                let pair = [high.unwrap_or(0), unit];
                let units = if high.is_some() { &pair[..] } else { &pair[1..] };
                for character in char::decode_utf16(units.iter().copied()) {
                    self.push_char(character.unwrap_or(char::REPLACEMENT_CHARACTER));
                }
            }
        }
        self.passing = self.fallback();
    }

    fn fallback(&self) -> u8 {
        if self.groups.is_empty() { 1 } else { self.fallback }
    }

    /// Makes some text of what comes next.
    fn make(&mut self, source: &mut Source<'_>) -> io::Result<()> {
        while self.out.len() < STEP && self.stop == Stop::None {
            if self.passing == 0 && !self.letters.is_torn() {
                source.peek()?;
                let plain = source.plain();
                if !plain.is_empty() {
                    self.push(plain);
                    continue;
                }
            }
            let Some(token) = source.token()? else {
                (self.aside_from, self.stop) = (None, Stop::End);
                self.flush();
                return Ok(());
            };
            if matches!(token, Token::Open | Token::Close | Token::Word(_)) {
                self.letters.drop_torn();
            }
            match token {
                Token::Open => self.open(),
                Token::Close => self.close(),
                Token::Byte(b'\r' | b'\n') => {}
                Token::Byte(byte) | Token::Hex(byte) => self.byte(byte),
                Token::Symbol(symbol) => self.symbol(symbol),
                Token::Word(word) if word.name() == b"bin" => {
                    source.skip(u64::try_from(word.number.unwrap_or(0)).unwrap_or(0))?;
                }
                Token::Word(word) => self.word(&word),
            }
        }
        Ok(())
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'*' => return self.starred = true,
            b'~' => self.byte(b' '),
            b'_' => self.byte(b'-'),
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'\r' | b'\n' => self.push(b"\n"),
            b'\t' => self.push(b"\t"),
            // `\-` is a hyphen that is seen only where the line ends.
            _ => self.passing = self.passing.saturating_sub(1),
        }
        self.starred = false;
    }

    fn word(&mut self, word: &Word) {
        let number = word.number;
        match word.name() {
            b"objdata" => self.stop = Stop::Object,
            b"pict" => self.picture_from = self.picture_from.or(Some(self.depth)),
            b"par" | b"line" | b"sect" | b"page" | b"column" | b"row" | b"nestrow" | b"softline" => self.push(b"\n"),
            b"cell" | b"nestcell" | b"tab" => self.push(b"\t"),
            b"emdash" => self.push_char('\u{2014}'),
            b"endash" => self.push_char('\u{2013}'),
            b"lquote" | b"rquote" => self.push(b"'"),
            b"ldblquote" | b"rdblquote" => self.push(b"\""),
            b"emspace" | b"enspace" | b"qmspace" => self.push(b" "),
            b"u" => self.unit(number.unwrap_or(0)),
            b"uc" => self.fallback = u8::try_from(number.unwrap_or(1)).unwrap_or(1),
            b"ansicpg" => self.letters.set_page(number.unwrap_or(1250)),
            b"mac" => self.letters.set_page(10_000),
            b"deff" => self.letters.set_usual(number.unwrap_or(0)),
            b"f" if self.fonts_from.is_some() => self.letters.tell(number.unwrap_or(0)),
            b"f" => self.letters.choose(Some(number.unwrap_or(0))),
            b"plain" => self.letters.choose(None),
            b"fcharset" if self.fonts_from.is_some() => self.letters.set(number.unwrap_or(0)),
            b"cpg" if self.fonts_from.is_some() => self.letters.set_code_page(number.unwrap_or(0)),
            b"fonttbl" => {
                self.fonts_from = self.fonts_from.or(Some(self.depth));
                self.step_aside(false);
            }
            b"header" | b"headerl" | b"headerr" | b"headerf" | b"footer" | b"footerl" | b"footerr" | b"footerf"
            | b"footnote" | b"annotation" | b"shptxt" | b"fldinst" => {
                self.running_from = self.running_from.or(Some(self.depth));
                self.step_aside(false);
            }
            b"colortbl" | b"stylesheet" | b"info" | b"bkmkstart" | b"bkmkend" | b"xe" | b"tc" | b"rtf" => {
                self.step_aside(word.name() == b"rtf");
            }
            _ if self.starred => self.step_aside(false),
            // Each property has a group of its own.
            _ => {
                let listed = self.running_from.is_none() && self.aside_from.is_some_and(|from| self.depth > from);
                if listed && !self.aside.ends_with(b"\n") {
                    self.aside.push(b' ');
                }
            }
        }
        self.starred = false;
    }

    /// What this group holds stands beside the text.
    fn step_aside(&mut self, begins: bool) {
        if begins {
            self.fallback = 1;
            return;
        }
        self.aside_from = self.aside_from.or(Some(self.depth));
        if !self.aside.is_empty() {
            self.aside.push(b'\n');
        }
    }
}

/// Reads text.
pub(super) struct Reader<'t, 's, 'i> {
    text: &'t mut Text,
    source: &'s mut Source<'i>,
}

impl Reader<'_, '_, '_> {
    /// Whether there is any before the next object.
    pub(super) fn has_more(&mut self) -> io::Result<bool> {
        let text = &mut *self.text;
        while text.given >= text.out.len() && text.stop == Stop::None {
            text.out.clear();
            text.given = 0;
            text.make(self.source)?;
        }
        Ok(text.given < text.out.len())
    }
}

impl Read for Reader<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.has_more()? {
            return Ok(0);
        }
        let text = &mut *self.text;
        let rest = &text.out[text.given..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        text.given += count;
        Ok(count)
    }
}
