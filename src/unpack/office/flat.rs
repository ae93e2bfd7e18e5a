//! Documents that are one file of XML: `OpenDocument` flat, Word 2003, Word and others as a flat package.
//!
//! Holds: how they are recognised, and what they hold in common with those in archives. Must not know: archives.

use std::collections::HashSet;
use std::io::Read;

use super::odf::{self, BODY};
use super::parts::{PART, Parts};
use super::words::Words;
use crate::base::{Places, Trouble};
use crate::unpack::package::Package;
use crate::unpack::{Format, Member, Open, Probe, Raw, Sink};

/// How it is recognised and opened.
pub(in crate::unpack) const FORMAT: Format = Format {
    name: "documents in one XML file",
    scope: "fodt, fods, fodp, Word 2003 XML, Word as a flat package: text, tables, notes, changes; what is encoded in \
            them, such as pictures and macros, is not opened",
    recognises,
    raw: Raw::Last,
    open: Open::Whole(open),
};

/// How far the mark may stand from the beginning.
const MARK: usize = 1024;

fn recognises(probe: &Probe<'_>) -> bool {
    let head = probe.head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(probe.head);
    head.first() == Some(&b'<') && family(head).is_some()
}

/// Whose they are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    OpenDocument,
    Word,
}

fn family(head: &[u8]) -> Option<Family> {
    let head = &head[..head.len().min(MARK)];
    let has = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
    if has(b"<office:document ") || has(b"<office:document\n") || has(b"<office:document\r") {
        return Some(Family::OpenDocument);
    }
    (has(b":wordDocument ") || has(b"<pkg:package ")).then_some(Family::Word)
}

#[expect(clippy::unnecessary_wraps, reason = "formats may fail")]
fn open(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Trouble> {
    let one = One(bytes);
    let quiet = HashSet::new();
    let parts = Parts::of(&one, &quiet);
    let member = Member::only(PART).made(Places::Lines);
    // Whether more is wanted is nobody's concern behind the last.
    let _ = match family(bytes) {
        Some(Family::Word) => parts.tell(BODY, member, &mut Words::default(), sink),
        _ => odf::body(&parts, BODY, member, sink),
    };
    Ok(())
}

/// A package of one part.
struct One<'a>(&'a [u8]);

impl Package for One<'_> {
    fn names(&self) -> Vec<&str> {
        vec![BODY]
    }

    fn open(&self, _name: &str) -> Result<Box<dyn Read + '_>, Trouble> {
        Ok(Box::new(self.0))
    }
}
