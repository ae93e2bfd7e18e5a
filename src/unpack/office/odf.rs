//! Documents of `OpenDocument`: odt, ods, odp, their templates, and the same as one file of XML.
//!
//! Holds: which kind of document it is, and how its body is handed over. Must not know: how Office writes documents.

use std::collections::HashSet;
use std::io::Read;
use std::ops::ControlFlow::Continue;

use zeroize::Zeroizing;

use super::lock::Lock;
use super::locked::Unlocked;
use super::parts::{PART, Parts, lines, settle};
use super::prose::Prose;
use super::told::{Dialect, apply};
use super::xml::{Event, Xml};
use super::{cells, rest};
use crate::base::{Places, Trouble};
use crate::unpack::package::Paid;
use crate::unpack::{Content, Flow, Member, Sink};

/// The part that has the body.
pub(super) const BODY: &str = "content.xml";

/// The list of members.
const MANIFEST: &str = "META-INF/manifest.xml";

/// How many locked members are opened, or named.
const LOCKED: usize = 10_000;

/// How much text of a page is handed over at once.
const PIECE: usize = 512 << 10;

/// What a body is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Sheets,
    Pages,
}

/// Hands over what a document says; false if it is none.
pub(super) fn tell(parts: &Parts<'_>, sink: &mut dyn Sink) -> bool {
    let locks = locks(parts, sink);
    if !is_marked(parts) && locks.is_empty() && kind(parts, BODY, sink).is_none() {
        return false;
    }
    // Whether more is wanted is asked again with the members.
    let _ = if locks.is_empty() { open(parts, &mut HashSet::new(), sink) } else { open_locked(parts, locks, sink) };
    true
}

/// Hands over what is locked, as far as passwords open it, and what is not.
fn open_locked(parts: &Parts<'_>, locks: Vec<(String, Lock)>, sink: &mut dyn Sink) -> Flow {
    let unlocked = Unlocked::of(parts, locks, sink);
    let mut done = unlocked.closed().collect();
    open(&Parts::of(&unlocked, &HashSet::new()), &mut done, sink)?;
    unlocked.hand_over(sink)
}

fn open(parts: &Parts<'_>, done: &mut HashSet<String>, sink: &mut dyn Sink) -> Flow {
    for (folded, name) in parts.all() {
        let file = folded.rsplit('/').next().unwrap_or_default();
        // Objects within have bodies of their own in folders of their own.
        if matches!(file, BODY | "styles.xml") && done.insert(folded.clone()) {
            if file == BODY {
                body(parts, name, lines(name), sink)?;
            } else {
                parts.tell(name, lines(name), &mut Prose::default(), sink)?;
            }
        }
    }
    rest::tell(parts, done, sink)
}

/// Hands over a body: text as the member that is given, sheets and pages as what they are.
pub(super) fn body(parts: &Parts<'_>, name: &str, member: Member<'_>, sink: &mut dyn Sink) -> Flow {
    match kind(parts, name, sink) {
        Some(Kind::Sheets) => cells::tell(parts, name, sink),
        Some(Kind::Pages) => pages(parts, name, sink),
        _ => parts.tell(name, member, &mut Prose::default(), sink),
    }
}

/// Whether a mark says that it is such a document.
fn is_marked(parts: &Parts<'_>) -> bool {
    let Ok(mark) = parts.open("mimetype") else { return false };
    let mut held = Zeroizing::new(Vec::new());
    let mut piece = [0; 64];
    let mut mark = mark.take(64);
    while let Ok(count @ 1..) = mark.read(&mut piece) {
        held.extend_from_slice(&piece[..count]);
    }
    held.starts_with(b"application/vnd.oasis.opendocument") || held.starts_with(b"application/vnd.sun.xml")
}

/// What the first element of a body says of it. What is wrong with the part is told when it is read.
fn kind(parts: &Parts<'_>, name: &str, sink: &mut dyn Sink) -> Option<Kind> {
    let mut part = Xml::new(Paid::new(parts.open(name).ok()?, sink));
    let (mut inside, mut kind) = (false, None);
    while let Ok(Some(event)) = part.next() {
        match event {
            Event::Open(tag) if inside => {
                kind = Some(match tag.name {
                    b"spreadsheet" => Kind::Sheets,
                    b"presentation" | b"drawing" => Kind::Pages,
                    _ => Kind::Text,
                });
                break;
            }
            Event::Open(tag) => inside = tag.name == b"body",
            _ => {}
        }
    }
    // That there is nothing left to pay with is told by the next that asks.
    let _ = part.source().pay(sink);
    kind
}

/// The members that are locked, and how.
fn locks(parts: &Parts<'_>, sink: &mut dyn Sink) -> Vec<(String, Lock)> {
    let (mut locks, mut name, mut more) = (Vec::new(), String::new(), 0_u64);
    if !parts.has(MANIFEST) {
        return locks;
    }
    let mut full = false;
    // Whether to go on is asked again with the next part.
    let _ = parts.each(MANIFEST, sink, |event| match event {
        Event::Open(tag) if tag.name == b"file-entry" => name = tag.text("full-path").unwrap_or_default(),
        Event::Open(tag) if tag.name == b"encryption-data" => {
            full = locks.len() >= LOCKED;
            more += u64::from(full);
            if !full {
                locks.push((std::mem::take(&mut name), Lock::of(tag)));
            }
        }
        Event::Open(tag) if !full => {
            if let Some((_, lock)) = locks.last_mut() {
                lock.add(tag);
            }
        }
        _ => {}
    });
    if more > 0 {
        let text = format!("names {more} more locked members than {LOCKED}; these were not opened");
        sink.tell(Some(MANIFEST), PART, Trouble::unsupported(text));
    }
    locks
}

/// Hands over pages, each with its number.
fn pages(parts: &Parts<'_>, name: &str, sink: &mut dyn Sink) -> Flow {
    let Some(mut part) = parts.read(name, sink) else { return Continue(()) };
    let (mut prose, mut text, mut page, mut number) = (Prose::default(), Zeroizing::new(Vec::new()), None, 0);
    loop {
        match part.next() {
            Ok(Some(event)) => {
                let edge = match &event {
                    Event::Open(tag) => tag.name == b"page",
                    Event::Close(name) => *name == b"page",
                    Event::Text(_) => false,
                };
                if edge || text.len() >= PIECE {
                    prose.end(&mut text);
                    hand(&mut text, page, sink)?;
                }
                if edge {
                    let opens = matches!(event, Event::Open(_));
                    number += u32::from(opens && number < u32::MAX);
                    page = opens.then_some(number);
                }
                apply(&mut prose, &event, &mut text);
            }
            Ok(None) => break,
            Err(error) => {
                sink.tell(Some(name), PART, Trouble::of(&error));
                break;
            }
        }
    }
    prose.end(&mut text);
    hand(&mut text, page, sink)?;
    settle(part.source(), name, sink)
}

fn hand(text: &mut Zeroizing<Vec<u8>>, page: Option<u32>, sink: &mut dyn Sink) -> Flow {
    let text = std::mem::take(text);
    if text.trim_ascii().is_empty() {
        return Continue(());
    }
    let places = page.map_or(Places::Lines, |page| Places::Pages(vec![(0, page)]));
    sink.take(Member::only(PART).made(places), Content::Owned(text))
}
