//! Members handed over.
//!
//! Holds: what is known of an archive, one after another and in parts. Must not know: how members were found.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, Read, Seek, SeekFrom};
use std::ops::ControlFlow::{Break, Continue};

use zeroize::Zeroizing;

use super::decode;
use super::header::Entry;
use super::lock::{Key, Lock, PRICE, Unlocking};
use super::source::Source;
use crate::base::{Cursor, ReadAt, Reason, Trouble};
use crate::unpack::package::Package;
use crate::unpack::{Content, Flow, Member, Sink};

/// What members are called in messages.
pub(super) const WHAT: &str = "zip member";
/// What an archive is called.
pub(super) const WHOLE: &str = "zip archive";

/// Parts that large archives are worked on in.
const PARTS: usize = 8;
/// From so many packed bytes on an archive is large.
const LARGE: u64 = 4 << 20;
/// Members of an archive.
pub(super) struct Archive<'a> {
    pub(super) bytes: &'a dyn ReadAt,
    pub(super) entries: Vec<Entry>,
    /// Whether their text was handed over already.
    pub(super) echo: bool,
    /// Members that were looked at, and have nothing that is worth more.
    pub(super) quiet: HashSet<String>,
}

impl Archive<'_> {
    /// Hands all of them over.
    pub(super) fn hand_over(&self, sink: &mut dyn Sink) -> Flow {
        let total = self.entries.iter().fold(0, |sum: u64, entry| sum.saturating_add(entry.packed));
        if self.entries.len() < 2 || total < LARGE {
            return self.hand_over_some(&self.entries, sink);
        }
        let parts = self.parts(total);
        sink.share(parts.len(), &|part, sink| {
            // Whether more is wanted is known to all parts alike.
            let _ = self.hand_over_some(parts.get(part).copied().unwrap_or_default(), sink);
        })
    }

    /// Runs of members that have about the same size.
    fn parts(&self, total: u64) -> Vec<&[Entry]> {
        let share = (total / PARTS as u64).max(1);
        let (mut rest, mut parts) = (self.entries.as_slice(), Vec::new());
        while !rest.is_empty() && parts.len() < PARTS - 1 {
            let mut size: u64 = 0;
            let fits = rest.iter().position(|entry| {
                size = size.saturating_add(entry.packed);
                size > share
            });
            let (part, behind) = rest.split_at(fits.unwrap_or(rest.len()).max(1));
            parts.push(part);
            rest = behind;
        }
        parts.extend((!rest.is_empty()).then_some(rest));
        parts
    }

    fn hand_over_some(&self, entries: &[Entry], sink: &mut dyn Sink) -> Flow {
        let mut hand = Hand::new(self.bytes);
        for (index, entry) in entries.iter().enumerate() {
            if sink.left() == 0 || sink.spend(entry.charge).is_err() {
                let limit = sink.limits().max_expanded;
                let text = format!("holds {} members more than --max-expanded {limit} allows", entries.len() - index);
                sink.tell(None, WHOLE, Trouble::limit(Reason::TooLarge, "--max-expanded", text));
                return Continue(());
            }
            if self.quiet.contains(&*entry.name) {
                sink.quiet(1)?;
            } else {
                hand.give(entry, self.echo, sink)?;
            }
        }
        Continue(())
    }
}

/// Opens members one after another.
pub(super) struct Hand<'a> {
    bytes: &'a dyn ReadAt,
    cursor: Cursor<'a>,
    /// The password that opened a member before this one.
    proven: Option<usize>,
}

impl<'a> Hand<'a> {
    pub(super) fn new(bytes: &'a dyn ReadAt) -> Self {
        Self { bytes, cursor: Cursor::new(bytes), proven: None }
    }

    /// Looks at the content of a member; false also where it is locked or anything is wrong with it, which is not told.
    pub(super) fn look(
        &mut self,
        entry: &Entry,
        sink: &mut dyn Sink,
        look: &mut dyn FnMut(&mut dyn Read, &mut dyn Sink) -> bool,
    ) -> bool {
        let mut held = 0;
        let source = Unlocked(None).source(Box::new(&mut self.cursor), entry);
        let opened = source.and_then(|source| content(entry, source, sink, &mut held));
        let sound = !entry.is_encrypted()
            && opened.is_ok_and(|mut content| look(&mut content, sink) && content.rest().is_none());
        sink.release(held);
        sound
    }

    /// Hands over a member; what is wrong with it is told.
    fn give(&mut self, entry: &Entry, echo: bool, sink: &mut dyn Sink) -> Flow {
        let key = match self.unlock(entry, sink) {
            Ok(key) => key,
            Err(trouble) => {
                sink.tell(Some(&entry.name), WHAT, trouble);
                return Continue(());
            }
        };
        let member = Member::named(WHAT, &entry.name);
        let member = if echo { member.echo() } else { member };
        take(key.source(Box::new(&mut self.cursor), entry), entry, member, Some(entry.limit()), sink)
    }

    /// Finds the password of a member that has one.
    #[expect(clippy::disallowed_methods, reason = "it unlocks a member")]
    fn unlock(&mut self, entry: &Entry, sink: &mut dyn Sink) -> Result<Unlocked, Trouble> {
        if !entry.is_encrypted() {
            return Ok(Unlocked(None));
        }
        let count = sink.passwords().len();
        if entry.is_strong() || count == 0 {
            return Err(locked(false));
        }
        let read = Lock::read(self.bytes, entry).map_err(|error| Trouble::of(&error))?;
        let Some(lock) = read else { return Err(Trouble::malformed("ends early")) };
        let proven = self.proven;
        for index in proven.into_iter().chain((0..count).filter(|index| Some(*index) != proven)) {
            if entry.aes.is_some() {
                sink.spend(PRICE)?;
            }
            let password = sink.passwords().get(index);
            let Some(key) = password.and_then(|password| lock.key(entry, password.expose())) else { continue };
            let key = Unlocked(Some((key, lock.data, lock.length)));
            // A wrong password may well pass: one of 128, the old way.
            if Some(index) == proven || self.opens(entry, &key, sink)? {
                self.proven = Some(index);
                return Ok(key);
            }
        }
        Err(locked(true))
    }

    /// Whether a key opens a member, to its end.
    fn opens(&mut self, entry: &Entry, key: &Unlocked, sink: &mut dyn Sink) -> Result<bool, Trouble> {
        let mut held = 0;
        let opened =
            key.source(Box::new(&mut self.cursor), entry).and_then(|source| content(entry, source, sink, &mut held));
        let mut buffer = Zeroizing::new(vec![0; 64 << 10]);
        let result = opened.map(|mut content| {
            loop {
                match content.read(&mut buffer) {
                    Ok(0) => break Ok(true),
                    Ok(count) => sink.spend(count as u64)?,
                    Err(_) => break Ok(false),
                }
            }
        });
        sink.release(held);
        // What cannot be decoded at all will be told of the member.
        result.unwrap_or(Ok(true))
    }
}

pub(super) fn locked(tried: bool) -> Trouble {
    let tried = if tried { ", and no password given opens it" } else { "" };
    Trouble::encrypted(format!("is encrypted{tried}; its content was not opened"))
}

/// The key of a member that has one, where its data begin, and how many there are.
struct Unlocked(Option<(Key, u64, u64)>);

impl Unlocked {
    /// The packed bytes of a member.
    fn source<'x, R: BufRead + Seek + 'x>(&self, mut bytes: Box<R>, entry: &Entry) -> Result<Source<'x>, Trouble> {
        let (from, length) = match &self.0 {
            Some((_, from, length)) => (*from, *length),
            None => (entry.data, entry.limit()),
        };
        bytes.seek(SeekFrom::Start(from)).map_err(|error| Trouble::of(&error))?;
        let bytes = (bytes as Box<dyn BufRead + 'x>).take(length);
        match &self.0 {
            Some((key, ..)) => Unlocking::new(bytes, key).map(Source::locked).ok_or_else(|| locked(true)),
            None => Ok(Source::plain(bytes)),
        }
    }
}

/// Hands over the content of a member, which is made of so many bytes; what is wrong with it is told.
pub(super) fn take(
    source: Result<Source<'_>, Trouble>,
    entry: &Entry,
    member: Member<'_>,
    packed: Option<u64>,
    sink: &mut dyn Sink,
) -> Flow {
    let mut held = 0;
    let flow = match source.and_then(|source| content(entry, source, sink, &mut held)) {
        Ok(mut content) => {
            let flow = sink.take(member, Content::Read(&mut content, packed));
            if let Some(rest) = content.rest() {
                let text = format!("ends {rest} bytes before its size says; these were scanned as they are");
                sink.tell(Some(&entry.name), WHAT, Trouble::malformed(text));
            }
            flow
        }
        Err(trouble) => {
            sink.tell(Some(&entry.name), WHAT, trouble);
            Continue(())
        }
    };
    sink.release(held);
    flow
}

/// The content of a member; `held` is what must be released when it was read.
fn content<'x>(
    entry: &Entry,
    mut source: Source<'x>,
    sink: &mut dyn Sink,
    held: &mut u64,
) -> Result<decode::Content<'x>, Trouble> {
    let need = decode::need(entry, &mut source)?;
    let mut bytes = need.most.min(sink.limits().max_blob).max(need.least);
    while let Err(trouble) = sink.hold(bytes) {
        if bytes <= need.least {
            return Err(trouble);
        }
        bytes = (bytes / 2).max(need.least);
    }
    *held = bytes;
    decode::Content::new(entry, source, *held)
}

/// An archive as documents see theirs.
pub(super) struct Pages<'x, 'a> {
    archive: &'x Archive<'a>,
    by_name: HashMap<&'x str, &'x Entry>,
    /// Memory that one decoder may use.
    memory: u64,
}

impl<'x, 'a> Pages<'x, 'a> {
    pub(super) fn new(archive: &'x Archive<'a>, memory: u64) -> Self {
        // Of members with the same name the first counts.
        let by_name = archive.entries.iter().rev().map(|entry| (&*entry.name, entry)).collect();
        Self { archive, by_name, memory }
    }
}

impl Package for Pages<'_, '_> {
    fn names(&self) -> Vec<&str> {
        self.archive.entries.iter().map(|entry| &*entry.name).collect()
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, Trouble> {
        let Some(entry) = self.by_name.get(name) else {
            return Err(Trouble::malformed(format!("lacks its member {name}")));
        };
        if entry.is_encrypted() {
            return Err(locked(false));
        }
        let mut source = Unlocked(None).source(Box::new(Cursor::new(self.archive.bytes)), entry)?;
        let needed = decode::need(entry, &mut source)?.least;
        if needed > self.memory {
            let text = format!("needs {needed} bytes of memory, which exceeds --max-blob {}", self.memory);
            return Err(Trouble::limit(Reason::TooLarge, "--max-blob", text));
        }
        Ok(Box::new(decode::Content::new(entry, source, self.memory)?))
    }
}

/// Puts members in order by place: tells how much of each belongs to others, too, and how far each may go. Those
/// that are another once more are taken out; tells how many these were.
pub(super) fn arrange(entries: &mut Vec<Entry>, end: u64) -> usize {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    // The directory comes first, and what is said of a member first counts.
    order.sort_by_key(|index| (entries[*index].header, entries[*index].again));
    let (mut high, mut dropped, mut last): (u64, Vec<bool>, Option<usize>) = (0, vec![false; entries.len()], None);
    for index in order.iter().copied() {
        let entry = &entries[index];
        if let Some(last) = last.map(|last: usize| &entries[last])
            && last.header == entry.header
            && !entry.again
        {
            dropped[index] = true;
            continue;
        }
        let (from, to) = (entry.data, entry.end().min(end));
        let charge = high.min(to).saturating_sub(from);
        high = high.max(to);
        entries[index].charge = charge;
        last = Some(index);
    }
    let mut room = end;
    let mut before = (end, end);
    for index in order.iter().rev().copied() {
        // Of those at the same place each may go on to the next place.
        if entries[index].header < before.0 {
            room = before.0;
        }
        before = (entries[index].header, room);
        entries[index].room = room;
    }
    let mut index = 0;
    let count = entries.len();
    entries.retain(|_| {
        index += 1;
        !dropped[index - 1]
    });
    count - entries.len()
}

/// Whether nothing more is wanted.
pub(super) fn is_over(flow: Flow) -> bool {
    matches!(flow, Break(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unpack::zip::header::local;

    #[test]
    fn documents_see_their_members() {
        let mut bytes = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0".to_vec();
        bytes.extend([0xAC, 0x90, 0x73, 0xF8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0]);
        bytes.extend(b"aone");
        let mut first = local(&bytes, 0).unwrap().unwrap().entry;
        first.crc = None;
        let second = Entry { flags: 1, ..first.clone() };
        let other = Entry { name: "b".into(), ..second.clone() };
        let archive =
            Archive { bytes: &bytes, entries: vec![first, second, other], echo: false, quiet: HashSet::new() };
        let pages = Pages::new(&archive, 1 << 20);
        assert_eq!(pages.names(), ["a", "a", "b"]);
        let mut content = [0; 8];
        assert_eq!(pages.open("a").unwrap().read(&mut content).unwrap(), 3);
        assert_eq!(&content[..3], b"one");
        assert_eq!(pages.open("b").err().map(|trouble| trouble.reason), Some(Reason::Encrypted));
        assert_eq!(pages.open("c").err().map(|trouble| trouble.reason), Some(Reason::Malformed));
    }
}
