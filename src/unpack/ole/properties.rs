//! The properties of documents: title, author, and what users and programs added.
//!
//! Holds: property sets, as lines of names and values. Must not know: any document.

use std::fmt::Write as _;

use encoding_rs::Encoding;
use zeroize::Zeroizing;

use super::container::Compound;
use super::directory::Entry;
use super::integers::{size_at, u16_at, u32_at, u64_at};
use super::letters::{code_page, narrow, until_zero, wide};
use crate::base::{Places, ReadAt, Trouble};
use crate::unpack::{Content, Flow, Member, Sink};

/// Sets in one stream; there are one or two.
const SETS: usize = 4;

/// Properties of a set.
const MOST: usize = 2000;

/// Values of one property.
const VALUES: u32 = 1000;

/// Bytes of text that are made of a set: many properties may stand at one place.
const TEXT: usize = 8 << 20;

/// Hands over lines of names and values.
pub(super) fn open(file: &Compound<'_>, entry: &Entry, name: &str, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let stream = file.stream(entry);
    let bytes = stream.held(0, stream.size(), sink)?;
    let mut text = Zeroizing::new(String::new());
    let result = sets(&bytes, entry.name.contains("Document"), &mut text);
    sink.release(bytes.len() as u64);
    let mut flow = Flow::Continue(());
    if !text.is_empty() {
        let text = Zeroizing::new(std::mem::take(&mut *text).into_bytes());
        flow = sink.take(Member::named("properties", name).made(Places::Lines), Content::Owned(text));
    }
    result.ok_or_else(|| Trouble::malformed("are damaged"))?;
    Ok(flow)
}

fn sets(bytes: &[u8], second: bool, text: &mut String) -> Option<()> {
    let count = size_at(bytes, 24)?.min(SETS);
    for index in 0..count {
        let at = size_at(bytes, 28 + index * 20 + 16)?;
        Set::read(bytes.get(at..)?, second && index == 0, text)?;
    }
    Some(())
}

/// A set of properties.
struct Set<'a> {
    bytes: &'a [u8],
    page: u16,
    encoding: &'static Encoding,
}

impl<'a> Set<'a> {
    fn read(bytes: &'a [u8], document: bool, text: &mut String) -> Option<()> {
        let count = size_at(bytes, 4)?.min(MOST);
        let properties: Option<Vec<(u32, usize)>> =
            (0..count).map(|index| Some((u32_at(bytes, 8 + index * 8)?, size_at(bytes, 12 + index * 8)?))).collect();
        let properties = properties?;
        let place_of = |id| properties.iter().find(|property| property.0 == id).map(|property| property.1);
        let page = place_of(1).and_then(|at| u16_at(bytes, at.checked_add(4)?)).unwrap_or(1252);
        let set = Set { bytes, page, encoding: code_page(page) };
        let names = place_of(0).and_then(|at| set.dictionary(at)).unwrap_or_default();
        for (id, at) in properties.iter().filter(|property| property.0 > 1) {
            let mut value = String::new();
            // What is of an unknown type tells nothing.
            let _ = set.value(*at, &mut value);
            if value.is_empty() {
                continue;
            }
            if text.len() + value.len() > TEXT {
                return None;
            }
            let name = names.iter().find(|name| name.0 == *id).map(|name| name.1.as_str());
            match name {
                Some(name) => drop(writeln!(text, "{name}: {value}")),
                // Of numbers, only those mean something that users gave a name.
                None if value.bytes().all(|byte| byte.is_ascii_digit()) => {}
                None => drop(writeln!(text, "{}: {value}", known(*id, document))),
            }
        }
        Some(())
    }

    /// The names that users gave.
    fn dictionary(&self, at: usize) -> Option<Vec<(u32, String)>> {
        let count = size_at(self.bytes, at)?.min(MOST);
        let mut at = at.checked_add(4)?;
        let mut names = Vec::new();
        for _ in 0..count {
            let id = u32_at(self.bytes, at)?;
            let length = size_at(self.bytes, at + 4)?;
            let length = if self.page == 1200 { length.checked_mul(2)? } else { length };
            let bytes = self.bytes.get(at + 8..(at + 8).checked_add(length)?)?;
            names.push((id, self.letters(bytes)));
            at += 8 + length;
            if self.page == 1200 {
                at = at.next_multiple_of(4);
            }
        }
        Some(names)
    }

    fn letters(&self, bytes: &[u8]) -> String {
        let text = if self.page == 1200 { wide(bytes) } else { narrow(bytes, self.encoding) };
        until_zero(&text).to_owned()
    }

    /// A value, of the type that stands before it.
    fn value(&self, at: usize, text: &mut String) -> Option<()> {
        let kind = u16_at(self.bytes, at)?;
        let at = at.checked_add(4)?;
        if kind & 0x1000 == 0 {
            return self.scalar(kind, at, text).map(|_| ());
        }
        let (count, mut at) = (u32_at(self.bytes, at)?, at + 4);
        for _ in 0..count.min(VALUES) {
            if !text.is_empty() && !text.ends_with("; ") {
                text.push_str("; ");
            }
            at = match kind & 0x0FFF {
                0x0C => self.scalar(u16_at(self.bytes, at)?, at + 4, text)?,
                kind => self.scalar(kind, at, text)?,
            };
            if text.len() > TEXT {
                break;
            }
        }
        Some(())
    }

    /// A single value; tells where the next may stand.
    fn scalar(&self, kind: u16, at: usize, text: &mut String) -> Option<usize> {
        match kind {
            0x1E | 0x1F => {
                let length = size_at(self.bytes, at)?;
                let length = if kind == 0x1F { length.checked_mul(2)? } else { length };
                let bytes = self.bytes.get(at + 4..(at + 4).checked_add(length)?)?;
                if kind == 0x1F {
                    text.push_str(until_zero(&wide(bytes)));
                } else {
                    text.push_str(&self.letters(bytes));
                }
                Some((at + 4 + length).next_multiple_of(4))
            }
            0x03 | 0x13 => {
                let _ = write!(text, "{}", u32_at(self.bytes, at)?);
                Some(at + 4)
            }
            0x05 => {
                let _ = write!(text, "{:?}", f64::from_bits(u64_at(self.bytes, at)?));
                Some(at + 8)
            }
            0x02 | 0x0B | 0x12 => Some(at + 4),
            0x14 | 0x15 | 0x40 => Some(at + 8),
            _ => None,
        }
    }
}

/// The names of properties that all documents have.
fn known(id: u32, document: bool) -> &'static str {
    match (id, document) {
        (2, false) => "title",
        (3, false) => "subject",
        (4, false) => "author",
        (5, false) => "keywords",
        (6, false) => "comments",
        (7, false) => "template",
        (8, false) => "last author",
        (18, false) => "application",
        (2, true) => "category",
        (13, true) => "parts",
        (14, true) => "manager",
        (15, true) => "company",
        _ => "property",
    }
}
