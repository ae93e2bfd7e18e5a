//! XML, piece by piece.
//!
//! Holds: the reader of it. Must not know: any document. No entities but the five and the numbered ones; names without
//! their prefixes, whatever namespace those stand for, since writers disagree on them.
//!
//! Written by hand: the crates for it hold each text whole, however long it is, refuse all of it for one broken byte,
//! and give up where a tag is damaged. What is leaked stands in damaged documents as well.

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;

use zeroize::Zeroizing;

use super::wide::Wide;
use crate::base::Trouble;

/// How much is read at once.
const STEP: usize = 32 << 10;

/// How long a tag may be with its attributes, some of which hold pictures. What is longer is passed over.
const TAG: usize = 1 << 20;

/// How far the end of an entity is looked for.
const ENTITY: usize = 12;

/// What is met.
pub(super) enum Event<'a> {
    /// An element begins.
    Open(Tag<'a>),
    /// An element of that name ends.
    Close(&'a [u8]),
    /// A piece of text, of which the next may go on in the middle of a word.
    Text(&'a [u8]),
}

/// The beginning of an element.
#[derive(Clone, Copy)]
pub(super) struct Tag<'a> {
    /// Its name without a prefix.
    pub(super) name: &'a [u8],
    attributes: &'a [u8],
}

/// Reads XML.
pub(super) struct Xml<R> {
    source: R,
    step: Zeroizing<Vec<u8>>,
    held: Zeroizing<Vec<u8>>,
    at: usize,
    /// How its letters are encoded, once that is known.
    wide: Option<Wide>,
    /// Whether what comes is literal text.
    literal: bool,
    /// The name of an element without content, of which the end is to be told.
    closing: Option<Range<usize>>,
    /// The letter that an entity stands for.
    letter: [u8; 4],
    /// How many elements are open.
    depth: u64,
    damage: Option<&'static str>,
}

/// What is met, and where in the buffer.
enum Found {
    Open(Range<usize>),
    Close(Range<usize>),
    Text(Range<usize>),
    Letter(usize),
    Nothing,
    End,
}

impl<R: Read> Xml<R> {
    /// A reader of what a source holds.
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            step: Zeroizing::new(vec![0; STEP]),
            held: Zeroizing::default(),
            at: 0,
            wide: None,
            literal: false,
            closing: None,
            letter: [0; 4],
            depth: 0,
            damage: None,
        }
    }

    /// What it is read from.
    pub(super) fn source(&self) -> &R {
        &self.source
    }

    /// The next of what is met. Damage is told once, at the end: what follows it may be sound.
    pub(super) fn next(&mut self) -> io::Result<Option<Event<'_>>> {
        if let Some(range) = self.closing.take() {
            return Ok(Some(Event::Close(local(&self.held[range]))));
        }
        loop {
            match self.step()? {
                Found::Nothing => {}
                Found::Open(range) => return Ok(Some(Event::Open(Tag::of(&self.held[range])))),
                Found::Close(range) => return Ok(Some(Event::Close(local(&self.held[range])))),
                Found::Text(range) => return Ok(Some(Event::Text(&self.held[range]))),
                Found::Letter(length) => return Ok(Some(Event::Text(&self.letter[..length]))),
                Found::End => {
                    if std::mem::take(&mut self.depth) > 0 {
                        self.damage.get_or_insert("ends early");
                    }
                    return self.damage.take().map_or(Ok(None), |text| Err(Trouble::malformed(text).into()));
                }
            }
        }
    }

    fn step(&mut self) -> io::Result<Found> {
        if self.at == self.held.len() && !self.more()? {
            return Ok(Found::End);
        }
        if self.literal {
            return self.literal();
        }
        let rest = &self.held[self.at..];
        match rest.first() {
            Some(b'<') => self.markup(),
            Some(b'&') => self.entity(),
            _ => {
                let count = memchr::memchr2(b'<', b'&', rest).unwrap_or(rest.len());
                self.at += count;
                Ok(Found::Text(self.at - count..self.at))
            }
        }
    }

    /// Reads more behind what is held, of which what is done with is let go of. False at the end.
    fn more(&mut self) -> io::Result<bool> {
        self.held.drain(..self.at);
        self.at = 0;
        let before = self.held.len();
        while self.held.len() == before {
            let count = match self.source.read(&mut self.step) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            };
            if count == 0 {
                return Ok(false);
            }
            let read = &self.step[..count];
            self.wide.get_or_insert_with(|| Wide::of(read)).take(read, &mut self.held);
        }
        Ok(true)
    }

    /// Whether that many bytes are held, or all there are.
    fn gather(&mut self, count: usize) -> io::Result<()> {
        while self.held.len() - self.at < count && self.more()? {}
        Ok(())
    }

    /// Literal text, up to its end.
    fn literal(&mut self) -> io::Result<Found> {
        self.gather(3)?;
        let rest = &self.held[self.at..];
        let found = memchr::memmem::find(rest, b"]]>");
        let count = match found {
            Some(count) => count,
            None if rest.len() < 3 => rest.len(),
            None => rest.len() - 2,
        };
        let range = self.at..self.at + count;
        self.at = range.end;
        if found.is_some() {
            self.literal = false;
            self.at += 3;
        }
        Ok(Found::Text(range))
    }

    fn entity(&mut self) -> io::Result<Found> {
        self.gather(ENTITY)?;
        match letter(&self.held[self.at..]) {
            Some((letter, length)) => {
                self.at += length;
                Ok(Found::Letter(letter.encode_utf8(&mut self.letter).len()))
            }
            None => {
                self.at += 1;
                Ok(Found::Text(self.at - 1..self.at))
            }
        }
    }

    fn markup(&mut self) -> io::Result<Found> {
        self.gather(9)?;
        let rest = &self.held[self.at..];
        if rest.starts_with(b"<![CDATA[") {
            self.at += 9;
            self.literal = true;
        } else if rest.starts_with(b"<!--") {
            self.at += 4;
            self.pass(b"-->")?;
        } else if rest.starts_with(b"<?") {
            self.pass(b"?>")?;
        } else if rest.starts_with(b"<!") {
            self.pass_declaration()?;
        } else {
            return self.tag();
        }
        Ok(Found::Nothing)
    }

    /// Passes over all up to an end and that too.
    fn pass(&mut self, end: &[u8]) -> io::Result<()> {
        loop {
            if let Some(index) = memchr::memmem::find(&self.held[self.at..], end) {
                self.at += index + end.len();
                return Ok(());
            }
            self.at = self.at.max((self.held.len() + 1).saturating_sub(end.len()));
            if !self.more()? {
                self.at = self.held.len();
                self.damage.get_or_insert("ends early");
                return Ok(());
            }
        }
    }

    /// Passes over the declaration of a type, which may have others in brackets.
    fn pass_declaration(&mut self) -> io::Result<()> {
        let mut brackets = 0_u64;
        loop {
            while let Some(byte) = self.held.get(self.at) {
                self.at += 1;
                match byte {
                    b'[' => brackets += 1,
                    b']' => brackets = brackets.saturating_sub(1),
                    b'>' if brackets == 0 => return Ok(()),
                    _ => {}
                }
            }
            if !self.more()? {
                self.damage.get_or_insert("ends early");
                return Ok(());
            }
        }
    }

    fn tag(&mut self) -> io::Result<Found> {
        let (mut length, mut quote) = (1, None);
        loop {
            let Some(byte) = self.held.get(self.at + length).copied() else {
                if length > TAG {
                    self.damage.get_or_insert("has a tag of more than 1 MiB, which was passed over");
                    self.pass(b">")?;
                    return Ok(Found::Nothing);
                }
                if self.more()? {
                    continue;
                }
                self.damage.get_or_insert("ends early");
                self.at = self.held.len();
                return Ok(Found::Nothing);
            };
            match (quote, byte) {
                // No attribute may hold it: the tag before it is cut off.
                (_, b'<') => {
                    self.damage.get_or_insert("is damaged");
                    self.at += length;
                    return Ok(Found::Nothing);
                }
                (None, b'>') => break,
                (None, b'"' | b'\'') => quote = Some(byte),
                (Some(open), byte) if open == byte => quote = None,
                _ => {}
            }
            length += 1;
        }
        let inner = self.at + 1..self.at + length;
        self.at = inner.end + 1;
        Ok(self.named(inner))
    }

    /// What is between the brackets of a tag.
    fn named(&mut self, inner: Range<usize>) -> Found {
        let text = &self.held[inner.clone()];
        if text.first() == Some(&b'/') {
            let length = text[1..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
            if self.depth == 0 {
                self.damage.get_or_insert("is damaged");
            }
            self.depth = self.depth.saturating_sub(1);
            return Found::Close(inner.start + 1..inner.start + 1 + length);
        }
        let length = text.iter().take_while(|byte| !byte.is_ascii_whitespace() && **byte != b'/').count();
        if length == 0 {
            self.damage.get_or_insert("is damaged");
            return Found::Nothing;
        }
        if text.last() == Some(&b'/') {
            self.closing = Some(inner.start..inner.start + length);
        } else {
            self.depth = self.depth.saturating_add(1);
        }
        Found::Open(inner)
    }
}

impl<'a> Tag<'a> {
    fn of(text: &'a [u8]) -> Self {
        let length = text.iter().take_while(|byte| !byte.is_ascii_whitespace() && **byte != b'/').count();
        Self { name: local(&text[..length]), attributes: &text[length..] }
    }

    /// The value of an attribute of that name, whatever its prefix.
    pub(super) fn value(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.values().find(|(found, _)| local(found) == name.as_bytes()).map(|(_, value)| decode(value))
    }

    /// The same as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.value(name).map(|value| String::from_utf8_lossy(&value).into_owned())
    }

    /// The same as a number.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        std::str::from_utf8(&self.value(name)?).ok()?.parse().ok()
    }

    /// The value of `r:id` and the like: of an attribute `id` that has a prefix.
    pub(super) fn relation(&self) -> Option<String> {
        let mut values = self.values();
        let (_, value) = values.find(|(name, _)| name.ends_with(b":id"))?;
        Some(String::from_utf8_lossy(&decode(value)).into_owned())
    }

    /// All attributes as they stand there.
    pub(super) fn values(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            let equals = memchr::memchr(b'=', rest)?;
            let name = rest[..equals].trim_ascii();
            let value = rest[equals + 1..].trim_ascii_start();
            let (quote, value) = value.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
            let end = memchr::memchr(*quote, value)?;
            rest = &value[end + 1..];
            Some((name, &value[..end]))
        })
    }
}

/// A name without its prefix.
pub(super) fn local(name: &[u8]) -> &[u8] {
    memchr::memrchr(b':', name).map_or(name, |at| &name[at + 1..])
}

/// What the value of an attribute stands for.
pub(super) fn decode(value: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'&', value) else { return Cow::Borrowed(value) };
    let (mut out, mut rest) = (value[..first].to_vec(), &value[first..]);
    while !rest.is_empty() {
        let length = match letter(rest) {
            Some((letter, length)) => {
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                length
            }
            None => {
                let length = memchr::memchr(b'&', &rest[1..]).map_or(rest.len(), |index| index + 1);
                out.extend_from_slice(&rest[..length]);
                length
            }
        };
        rest = &rest[length..];
    }
    Cow::Owned(out)
}

/// The letter that an entity stands for, and how long that is.
fn letter(text: &[u8]) -> Option<(char, usize)> {
    let inner = text.strip_prefix(b"&")?;
    let end = inner.iter().take(ENTITY).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(&inner[..end]).ok()?;
    let letter = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            char::from_u32(number.ok()?)?
        }
    };
    Some((letter, end + 2))
}
