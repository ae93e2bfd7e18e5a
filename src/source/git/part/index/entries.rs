//! The entries of an index file, versions 2 to 4, and where its extensions are.
//!
//! Holds: `read`, which goes over a file once and copies nothing but the paths of version 4, which
//! are written as differences. Must not know: what an extension holds.

use std::ops::Range;

/// Bytes of what the system told of a file, which stand before the name of its object.
const STAT: usize = 40;
/// Bytes of signature, version and number of entries.
const HEADER: usize = 12;
/// How many times as long as the file the paths of version 4 may be; some are a tenth of it longer.
const LONGER: usize = 8;

/// A stretch of one of the buffers of an index.
#[derive(Clone, Copy, Debug)]
pub(in crate::source::git::part) struct Stretch {
    buffer: u8,
    start: u32,
    length: u32,
}

impl Stretch {
    /// Its bytes.
    pub(super) fn of(self, buffers: &[Vec<u8>]) -> &[u8] {
        let start = self.start as usize;
        let buffer = buffers.get(usize::from(self.buffer));
        buffer.and_then(|buffer| buffer.get(start..start + self.length as usize)).unwrap_or_default()
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(self) -> bool {
        self.length == 0
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source::git::part) enum Mode {
    /// A file, or a symbolic link, whose text is its object.
    Blob,
    /// A submodule, whose commit is in another repository.
    Module,
    /// A directory of a sparse index, with all below it.
    Tree,
}

/// One entry.
#[derive(Clone, Copy, Debug)]
pub(in crate::source::git::part) struct Entry {
    pub(super) path: Stretch,
    pub(super) id: Stretch,
    /// What it is.
    pub(in crate::source::git::part) mode: Mode,
    /// 0, or the side of a conflict.
    pub(in crate::source::git::part) stage: u8,
    /// `git add --intent-to-add`: a promise, and no content yet.
    pub(in crate::source::git::part) intended: bool,
}

impl Entry {
    /// Says that the buffers that it points into stand further behind.
    pub(super) fn shift(&mut self, by: u8) {
        self.path.buffer += by;
        self.id.buffer += by;
    }
}

/// Where the extensions are that matter here.
#[derive(Debug, Default)]
pub(super) struct Extensions {
    /// The trees that the index remembers.
    pub(super) trees: Option<Range<usize>>,
    /// What says that the index is kept in two files.
    pub(super) link: Option<Range<usize>>,
}

/// A file, read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) entries: Vec<Entry>,
    pub(super) extensions: Extensions,
}

/// Reads a file whose bytes are buffer 0; `arena`, which is buffer 1, takes paths that do not stand
/// in it in full. The checksum at its end is not verified: git does not do so, either, and it takes
/// ten times as long as all else. What is no entry and no extension is an error.
pub(super) fn read(data: &[u8], hash: gix::hash::Kind, arena: &mut Vec<u8>) -> Result<Read, &'static str> {
    const SHORT: &str = "it ends too early";
    let digest = hash.len_in_bytes();
    let end = data.len().checked_sub(digest).ok_or(SHORT)?;
    if end < HEADER {
        return Err(SHORT);
    }
    if &data[..4] != b"DIRC" {
        return Err("it does not begin as one");
    }
    let version = word(data, 4).ok_or(SHORT)?;
    if !(2..=4).contains(&version) {
        return Err("its version is none of 2, 3 and 4");
    }
    let count = word(data, 8).ok_or(SHORT)? as usize;
    // Of version 4 an entry may take no more than this.
    if count > (end - HEADER) / (STAT + digest + 2) {
        return Err("it has fewer entries than it says");
    }
    let mut entries = Vec::with_capacity(count);
    let mut at = HEADER;
    let mut last = 0..0;
    for _ in 0..count {
        let (entry, next) = entry(&data[..end], at, version, digest, (arena, &mut last))?;
        entries.push(entry);
        at = next;
    }
    Ok(Read { entries, extensions: extensions(&data[..end], at)? })
}

/// The entry at a place, and where the next one is. `last` is the path before it, in the arena.
fn entry(
    data: &[u8],
    at: usize,
    version: u32,
    digest: usize,
    (arena, last): (&mut Vec<u8>, &mut Range<usize>),
) -> Result<(Entry, usize), &'static str> {
    const SHORT: &str = "it ends within an entry";
    let mode = match word(data, at + 24).ok_or(SHORT)? & 0o170_000 {
        0o100_000 | 0o120_000 => Mode::Blob,
        0o160_000 => Mode::Module,
        0o040_000 => Mode::Tree,
        _ => return Err("an entry is neither a file nor a link nor a submodule"),
    };
    let flags_at = at + STAT + digest;
    let flags = half(data, flags_at).ok_or(SHORT)?;
    let extended = flags & 0x4000 != 0;
    if extended && version < 3 {
        return Err("an entry has more flags than its version knows");
    }
    let more = if extended { half(data, flags_at + 2).ok_or(SHORT)? } else { 0 };
    let path_at = flags_at + if extended { 4 } else { 2 };
    let (path, next) = if version == 4 {
        let (strip, name_at) = varint(data, path_at).ok_or(SHORT)?;
        let length = memchr::memchr(0, data.get(name_at..).ok_or(SHORT)?).ok_or(SHORT)?;
        let kept = last.len().checked_sub(strip).ok_or("a path takes more from the one before than there is")?;
        let start = arena.len();
        if start + kept + length > data.len().saturating_mul(LONGER) {
            return Err("its paths are longer than any are");
        }
        arena.extend_from_within(last.start..last.start + kept);
        arena.extend_from_slice(&data[name_at..name_at + length]);
        *last = start..arena.len();
        (stretch(1, last.clone())?, name_at + length + 1)
    } else {
        let length = match usize::from(flags & 0xfff) {
            0xfff => memchr::memchr(0, data.get(path_at..).ok_or(SHORT)?).ok_or(SHORT)?,
            length => length,
        };
        let path = data.get(path_at..path_at + length).ok_or(SHORT)?;
        if data.get(path_at + length) != Some(&0) || path.last() == Some(&0) {
            return Err("a path is longer or shorter than it says");
        }
        // Entries are filled up to a multiple of eight bytes, with one NUL at least.
        (stretch(0, path_at..path_at + length)?, at + ((path_at - at + length + 8) & !7))
    };
    let id = stretch(0, at + STAT..flags_at)?;
    let stage = (flags >> 12 & 3) as u8;
    Ok((Entry { path, id, mode, stage, intended: more & 0x2000 != 0 }, next))
}

/// Goes over the extensions up to the end.
fn extensions(data: &[u8], mut at: usize) -> Result<Extensions, &'static str> {
    const SHORT: &str = "it ends within an extension";
    let mut found = Extensions::default();
    while at < data.len() {
        let signature = data.get(at..at + 4).ok_or(SHORT)?;
        let start = at + 8;
        let end = start + word(data, at + 4).ok_or(SHORT)? as usize;
        if end > data.len() {
            return Err(SHORT);
        }
        match signature {
            b"TREE" => found.trees = Some(start..end),
            b"link" => found.link = Some(start..end),
            // What is not needed; and what says only that entries may be directories.
            [b'A'..=b'Z', ..] | b"sdir" => {}
            _ => return Err("it has an extension that is not known and must be"),
        }
        at = end;
    }
    if at > data.len() { Err("it ends within an entry") } else { Ok(found) }
}

fn stretch(buffer: u8, range: Range<usize>) -> Result<Stretch, &'static str> {
    const LARGE: &str = "its paths are too many";
    let start = u32::try_from(range.start).map_err(|_| LARGE)?;
    Ok(Stretch { buffer, start, length: u32::try_from(range.len()).map_err(|_| LARGE)? })
}

/// Four bytes as a number.
pub(super) fn word(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(data.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn half(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(data.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// A number as offsets of packs are written, and where it ends.
fn varint(data: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    loop {
        let byte = *data.get(at)?;
        at += 1;
        value |= usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at));
        }
        value = value.checked_add(1)?.checked_mul(128)?;
    }
}
