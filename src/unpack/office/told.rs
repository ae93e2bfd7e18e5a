//! The text of a part, while it is read.
//!
//! Holds: `Told`, and `Plain`, which takes all there is. Must not know: any family of documents.

use std::io::{self, Read};

use zeroize::Zeroizing;

use super::parts::Part;
use super::xml::{Event, Tag, decode, local};

/// Which elements hold text, and what separates it.
pub(super) trait Dialect {
    /// An element begins.
    fn open(&mut self, tag: &Tag<'_>, out: &mut Vec<u8>);

    /// An element ends.
    fn close(&mut self, name: &[u8], out: &mut Vec<u8>);

    /// A piece of text.
    fn text(&mut self, text: &[u8], out: &mut Vec<u8>);

    /// The part ends.
    fn end(&mut self, out: &mut Vec<u8>);

    /// Whether there is another reading of what was read; if so, gets ready for it.
    fn again(&mut self) -> bool {
        false
    }
}

/// Reads a part as text.
pub(super) struct Told<'p, 'd> {
    part: Part<'p>,
    dialect: &'d mut dyn Dialect,
    out: Zeroizing<Vec<u8>>,
    at: usize,
    ended: bool,
    error: Option<io::Error>,
    /// Whether what is wrong was told before.
    silent: bool,
}

/// How much text is made at once.
const STEP: usize = 16 << 10;

impl<'p, 'd> Told<'p, 'd> {
    /// The text of a part; what is wrong with it is not told twice.
    pub(super) fn new(part: Part<'p>, dialect: &'d mut dyn Dialect, again: bool) -> Self {
        Self { part, dialect, out: Zeroizing::default(), at: 0, ended: false, error: None, silent: again }
    }

    /// What it is read from.
    pub(super) fn part(&self) -> &Part<'p> {
        &self.part
    }

    fn fill(&mut self) {
        self.out.clear();
        self.at = 0;
        while self.out.len() < STEP && !self.ended {
            match self.part.next() {
                Ok(Some(event)) => apply(self.dialect, &event, &mut self.out),
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.error = Some(error).filter(|_| !self.silent);
                    self.ended = true;
                }
            }
        }
        if self.ended {
            self.dialect.end(&mut self.out);
        }
    }
}

impl Read for Told<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.out.len() && !self.ended {
            self.fill();
        }
        let rest = &self.out[self.at..];
        if rest.is_empty() {
            return self.error.take().map_or(Ok(0), Err);
        }
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

/// Lets a dialect have an event.
pub(super) fn apply(dialect: &mut dyn Dialect, event: &Event<'_>, out: &mut Vec<u8>) {
    match event {
        Event::Open(tag) => dialect.open(tag, out),
        Event::Close(name) => dialect.close(name, out),
        Event::Text(text) => dialect.text(text, out),
    }
}

/// Parts that are lists of names and values: properties, settings, connections. Each element has a line, of which the
/// name is the key; of attributes those that may say something.
#[derive(Default)]
pub(super) struct Plain {
    /// The element that began last, until there is text in it.
    name: Vec<u8>,
    /// Whether a line is open.
    open: bool,
    /// Whether there is text on it.
    filled: bool,
}

impl Dialect for Plain {
    fn open(&mut self, tag: &Tag<'_>, out: &mut Vec<u8>) {
        // What is named by the element around it stands on the same line.
        if self.filled {
            self.end(out);
        }
        for (name, value) in tag.values() {
            if value.len() > 2 && !name.starts_with(b"xmlns") && !is_formal(local(name)) {
                out.extend_from_slice(if self.open { b"\t" } else { tag.name });
                out.extend_from_slice(if self.open { b"" } else { b" " });
                out.extend_from_slice(local(name));
                out.push(b'=');
                out.extend_from_slice(&decode(value));
                self.open = true;
            }
        }
        self.name.clear();
        self.name.extend_from_slice(tag.name);
    }

    fn close(&mut self, _name: &[u8], out: &mut Vec<u8>) {
        self.end(out);
    }

    fn text(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let text = if self.filled { text } else { text.trim_ascii_start() };
        if text.is_empty() {
            return;
        }
        self.filled = true;
        if !self.name.is_empty() {
            if self.open {
                out.push(b'\t');
            }
            out.append(&mut self.name);
            out.extend_from_slice(b": ");
        }
        out.extend_from_slice(text);
        self.open = true;
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.name.clear();
        self.filled = false;
        if std::mem::take(&mut self.open) {
            out.push(b'\n');
        }
    }
}

/// Attributes that only programs read.
fn is_formal(name: &[u8]) -> bool {
    name.starts_with(b"rsid") || matches!(name, b"Type" | b"fmtid" | b"pid" | b"uri" | b"space" | b"schemaLocation")
}

/// The targets of links, of which relations hold those that lead out of the document.
#[derive(Default)]
pub(super) struct Links;

impl Dialect for Links {
    fn open(&mut self, tag: &Tag<'_>, out: &mut Vec<u8>) {
        let outside = tag.value("TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case(b"external"));
        if let (true, Some(target)) = (outside, tag.value("Target")) {
            out.extend_from_slice(&target);
            out.push(b'\n');
        }
    }

    fn close(&mut self, _name: &[u8], _out: &mut Vec<u8>) {}

    fn text(&mut self, _text: &[u8], _out: &mut Vec<u8>) {}

    fn end(&mut self, _out: &mut Vec<u8>) {}
}
