//! PDF.
//!
//! Holds: what is handed over of a file, in which order. Must not know: how objects are found, read or unpacked.
//!
//! It is written by hand because the libraries there are begin at the cross-reference table and give up where that is
//! broken, see nothing of older versions of objects, and keep no account of their memory. Objects are found by looking
//! for them instead.

mod cmap;
mod content;
mod crypt;
mod document;
mod filters;
mod fonts;
mod layout;
mod letters;
mod lex;
mod objects;
mod pages;
mod scan;
#[cfg(test)]
mod tests;
mod texts;
mod value;
mod widths;

use memchr::memmem;
use zeroize::Zeroizing;

use self::crypt::Lock;
use self::document::Document;
use self::pages::{Pages, Walk};
use self::scan::{Scan, scan};
use self::value::{Dict, Value};
use super::{Content, Flow, Format, Member, Open, Raw, Sink};
use crate::base::{Places, Reason, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "PDF",
    scope: "text of pages in reading order, notes, fields, links, outlines, properties, scripts, attachments, all \
            streams, older versions of objects; with a broken cross-reference table, too; locked with a password that \
            is empty or given (RC4, AES). Pictures are not read, nor locks of certificates opened",
    recognises: |probe| begin(probe.head).is_some(),
    raw: Raw::Last,
    open: Open::Whole(open),
};

/// How many bytes may stand before a file, as readers allow.
const AHEAD: usize = 1024;

/// How much text is gathered before it is handed over.
const BATCH: usize = 1 << 20;

/// Where a file begins: with its mark and a version, behind which may be a mail's or a printer's words, but no letter
/// of a program that writes PDF.
fn begin(head: &[u8]) -> Option<usize> {
    let head = &head[..head.len().min(AHEAD)];
    memmem::find_iter(head, b"%PDF-").chain(memmem::find_iter(head, b"%FDF-").take(1)).find(|at| {
        let before = at.checked_sub(1).and_then(|before| head.get(before));
        let is_version = matches!(head.get(at + 5..at + 7), Some([digit, b'.']) if digit.is_ascii_digit());
        is_version && before.is_none_or(|byte| *byte <= b' ' || *byte >= 0x7F)
    })
}

/// Why no more is handed over.
enum Stop {
    /// Nothing more is wanted.
    Enough,
    Trouble(Trouble),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

fn go_on(flow: Flow) -> Result<(), Stop> {
    if flow.is_break() { Err(Stop::Enough) } else { Ok(()) }
}

fn open(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Trouble> {
    match open_to_end(bytes, sink) {
        Ok(()) | Err(Stop::Enough) => Ok(()),
        Err(Stop::Trouble(trouble)) => Err(trouble),
    }
}

fn open_to_end(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Stop> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(Trouble::unsupported("is larger than 4 GiB").into());
    }
    let Scan { entries, trailers, too_many, full } = scan(bytes);
    if entries.is_empty() {
        // A text that quotes the mark is none.
        let is_none = begin(bytes) != Some(0);
        return if is_none { Ok(()) } else { Err(Trouble::malformed("is damaged: it holds no objects").into()) };
    }
    let mut document = Document::new(bytes, entries, sink.left());
    document.full.set(full);
    unlock(&mut document, &trailers, sink)?;
    if !document.note_packed() || too_many {
        let text = "holds more than 1,000,000 objects; the others were scanned as they are";
        sink.tell(None, "pdf", Trouble::new(Reason::TooMany, text));
    }
    let mut pages = Pages::default();
    let mut walk = Walk::new(root(&document, &trailers));
    let result = hand_pages(&document, &mut pages, &mut walk, sink);
    if memmem::rfind(bytes, b"%%EOF").is_none() || walk.missing {
        sink.tell(None, "pdf", Trouble::malformed("is damaged or ends early; what is there of it was opened"));
    }
    result?;
    let result = objects::hand_over(&document, &trailers, &mut pages, &walk, sink);
    if pages.cut {
        let text = "has a page with more than 16 MiB of content or 8 MiB of text; the rest was scanned as it is";
        sink.tell(None, "pdf", Trouble::new(Reason::TooLarge, text));
    }
    if document.full.get() {
        let text = "has an object of more than 400,000 values, or 16 MiB of objects in one stream; the rest was \
                    scanned as it is";
        sink.tell(None, "pdf", Trouble::new(Reason::TooMany, text));
    }
    result
}

/// Opens the lock, if there is one.
fn unlock(document: &mut Document<'_>, trailers: &[Dict], sink: &dyn Sink) -> Result<(), Trouble> {
    let Some(value) = trailers.iter().rev().find_map(|trailer| trailer.get(b"Encrypt")) else { return Ok(()) };
    let value = document.resolve(value).into_owned();
    if value == Value::Null {
        return Ok(());
    }
    let ids = trailers.iter().rev().find_map(|trailer| document.entry(trailer, b"ID"));
    let first_id = ids.as_ref().and_then(|ids| ids.array()?.first()?.text()).unwrap_or_default();
    let Some(lock) = value.dict().and_then(|dict| Lock::of(dict, first_id)) else {
        let text = "is encrypted in a way that no password opens";
        return Err(Trouble::new(Reason::Encrypted, text));
    };
    let key = lock.open(b"").or_else(|| try_passwords(&lock, sink));
    document.key = Some(key.ok_or_else(|| Trouble::encrypted("is encrypted"))?);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "only to unlock")]
fn try_passwords(lock: &Lock, sink: &dyn Sink) -> Option<crypt::Key> {
    sink.passwords().iter().find_map(|password| lock.open(password.expose()))
}

/// The object that all pages hang from.
fn root(document: &Document<'_>, trailers: &[Dict]) -> Option<u32> {
    let catalogs = trailers.iter().rev().filter_map(|trailer| document.dict(trailer, b"Root"));
    catalogs.take(20).find_map(|catalog| catalog.get(b"Pages").and_then(Value::reference))
}

/// Hands over the text of the pages.
fn hand_pages(document: &Document<'_>, pages: &mut Pages, walk: &mut Walk, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut starts = Vec::new();
    let mut paid = Ok(());
    while paid.is_ok() {
        let Some(leaf) = walk.next(document) else { break };
        let (line, written) = (pages.layout.lines.len(), pages.layout.written.len());
        starts.push((line as u64, written as u64, walk.count));
        pages.read(document, &leaf);
        paid = document.pay(sink);
        if pages.layout.lines.len().max(pages.layout.written.len()) > BATCH || pages.layout.is_full() {
            hand_batch(pages, &mut starts, sink)?;
        }
    }
    hand_batch(pages, &mut starts, sink)?;
    Ok(paid.and_then(|()| document.pay(sink))?)
}

/// Hands over what was gathered: as people read it, then as it was written.
fn hand_batch(pages: &mut Pages, starts: &mut Vec<(u64, u64, u32)>, sink: &mut dyn Sink) -> Result<(), Stop> {
    let lines = std::mem::replace(&mut pages.layout.lines, Zeroizing::new(String::new()));
    let written = std::mem::replace(&mut pages.layout.written, Zeroizing::new(String::new()));
    let read: Vec<_> = starts.iter().map(|(line, _, page)| (*line, *page)).collect();
    let echo: Vec<_> = starts.iter().map(|(_, written, page)| (*written, *page)).collect();
    starts.clear();
    if !lines.is_empty() {
        let member = Member::only("pdf text").made(Places::Pages(read));
        go_on(sink.take(member, Content::Owned(bytes_of(lines))))?;
    }
    if !written.trim().is_empty() {
        let member = Member::only("pdf text").made(Places::Pages(echo)).echo();
        go_on(sink.take(member, Content::Owned(bytes_of(written))))?;
    }
    Ok(())
}

fn bytes_of(mut text: Zeroizing<String>) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(std::mem::take(&mut *text).into_bytes())
}
