//! The objects that RTF embeds.
//!
//! Holds: their digits, and the header of OLE 1.0 that stands before what is embedded. Must not know: what is.

use std::io::{self, Read};
use std::ops::ControlFlow::Continue;

use zeroize::Zeroizing;

use super::source::{Source, Token};
use crate::base::Trouble;
use crate::unpack::{Content, Flow, Member, Sink};

/// How much of an object its headers may take.
const HEAD: usize = 4 << 10;

/// What compound documents begin with.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Hands over the object whose digits come next, to the end of the group that is `depth` deep.
pub(super) fn hand_over(source: &mut Source<'_>, depth: usize, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let mut digits = Digits { source, depth, floor: depth, high: None, binary: 0, beside: None, ended: false };
    let mut head = Zeroizing::new(vec![0; HEAD]);
    let mut length = 0;
    while length < HEAD {
        match digits.read(&mut head[length..]).map_err(|error| Trouble::of(&error))? {
            0 => break,
            count => length += count,
        }
    }
    head.truncate(length);
    let mut flow = Continue(());
    if !head.is_empty() {
        let found = find(&head);
        let begin = found.begin.min(head.len());
        let mut rest = (&head[begin..]).chain(&mut digits);
        let member = Member::named("embedded object", found.name.as_deref().unwrap_or("object"));
        flow = match found.size {
            Some(size) => {
                let flow = sink.take(member, Content::Read(&mut (&mut rest).take(size), None));
                // Pictures of it, and names that were written before.
                let mut behind = (&head[..begin]).chain(rest);
                let member = Member::only("what surrounds an embedded object").echo();
                if flow.is_break() { flow } else { sink.take(member, Content::Read(&mut behind, None)) }
            }
            None => sink.take(member, Content::Read(&mut rest, None)),
        };
    }
    // Whoever took it may have had enough of it.
    io::copy(&mut digits, &mut io::sink()).map_err(|error| Trouble::of(&error))?;
    Ok(flow)
}

/// Where the embedded thing stands in an object.
struct Embedded {
    begin: usize,
    /// How many bytes it has; else all that follow.
    size: Option<u64>,
    name: Option<String>,
}

/// Finds what is embedded: a compound document, or what the header of OLE 1.0 says, or what its packager says.
fn find(head: &[u8]) -> Embedded {
    if let Some(begin) = memchr::memmem::find(head, COMPOUND) {
        return Embedded { begin, size: None, name: None };
    }
    native(head).unwrap_or(Embedded { begin: 0, size: None, name: None })
}

fn native(head: &[u8]) -> Option<Embedded> {
    let mut fields = Fields { bytes: head, at: 4 };
    let embedded = fields.number()? == 2;
    let class = fields.text()?;
    fields.text()?;
    fields.text()?;
    let size = u64::from(fields.number()?);
    let name = Some(String::from_utf8_lossy(class).into_owned()).filter(|name| !name.is_empty());
    let whole = Embedded { begin: fields.at, size: Some(size), name };
    if class == b"Package" {
        return Some(package(&mut fields).unwrap_or(whole));
    }
    embedded.then_some(whole)
}

/// What the packager of Windows writes: names, and then a file.
fn package(fields: &mut Fields<'_>) -> Option<Embedded> {
    fields.at = fields.at.checked_add(2)?;
    let label = fields.name()?;
    fields.name()?;
    fields.number()?;
    fields.text()?;
    let size = u64::from(fields.number()?);
    let name = Some(String::from_utf8_lossy(label).into_owned()).filter(|name| !name.is_empty());
    Some(Embedded { begin: fields.at, size: Some(size), name })
}

/// The fields of a header.
struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    fn number(&mut self) -> Option<u32> {
        let bytes = self.bytes.get(self.at..)?.first_chunk()?;
        self.at += bytes.len();
        Some(u32::from_le_bytes(*bytes))
    }

    /// A text with its length before it and a zero at its end.
    fn text(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let text = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(text.strip_suffix(b"\0").unwrap_or(text))
    }

    /// A text with a zero at its end.
    fn name(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let length = memchr::memchr(0, rest)?;
        self.at += length + 1;
        Some(&rest[..length])
    }
}

/// Reads hexadecimal digits as bytes, whatever stands between them.
struct Digits<'s, 'i> {
    source: &'s mut Source<'i>,
    depth: usize,
    /// The group in which it ends.
    floor: usize,
    high: Option<u8>,
    /// Bytes to come that are none of digits.
    binary: u64,
    /// A group inside of which nothing belongs to the object.
    beside: Option<usize>,
    ended: bool,
}

impl Digits<'_, '_> {
    fn next(&mut self) -> io::Result<Option<u8>> {
        while !self.ended {
            if self.binary > 0 {
                self.binary -= 1;
                let byte = self.source.byte()?;
                self.ended = byte.is_none();
                return Ok(byte);
            }
            match self.source.token()? {
                None => self.ended = true,
                Some(Token::Open) => self.depth += 1,
                Some(Token::Close) => {
                    self.ended = self.depth <= self.floor;
                    self.depth = self.depth.saturating_sub(1);
                    let depth = self.depth;
                    self.beside.take_if(|from| depth < *from);
                }
                Some(Token::Symbol(b'*')) if self.depth > self.floor => {
                    self.beside = self.beside.or(Some(self.depth));
                }
                Some(Token::Word(word)) if word.name() == b"bin" => {
                    self.binary = u64::try_from(word.number.unwrap_or(0)).unwrap_or(0);
                }
                Some(Token::Byte(byte)) if self.beside.is_none() => {
                    let Some(digit) = char::from(byte).to_digit(16) else { continue };
                    match self.high.take() {
                        Some(high) => return Ok(Some(high << 4 | digit as u8)),
                        None => self.high = Some(digit as u8),
                    }
                }
                Some(_) => {}
            }
        }
        Ok(None)
    }
}

impl Read for Digits<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while count < buffer.len() {
            let Some(byte) = self.next()? else { break };
            buffer[count] = byte;
            count += 1;
        }
        Ok(count)
    }
}
