//! Images of discs: ISO 9660 with Joliet and Rock Ridge.
//!
//! Holds: the files in all folders of all trees. Must not know: what is in them.
//!
//! Written here: the libraries trust sizes and do not look for folders that hold themselves.

mod record;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io::{self, Read};
use std::ops::ControlFlow::{Break, Continue};
use std::rc::Rc;

use self::record::{Names, Record, word};
use super::passing::say;
use super::{Content, Flow, Format, Member, Open, Raw, Sink};
use crate::base::{ReadAt, Reason, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "iso",
    scope: "ISO 9660 with Joliet and Rock Ridge, folders up to 64 deep; of UDF only what stands in an ISO 9660 tree as \
            well, and the bytes as they are",
    recognises: |probe| {
        probe.head.get(FIRST as usize..).is_some_and(|from| matches!(from.get(1..6), Some(b"CD001" | b"BEA01")))
    },
    raw: Raw::Last,
    open: Open::Random(open),
};

const SECTOR: usize = 2048;
/// Where the descriptors begin.
const FIRST: u64 = 16 * SECTOR as u64;
/// Descriptors at most.
const DESCRIPTORS: u64 = 64;
/// How deep folders lie at most.
const DEPTH: u32 = 64;
/// Folders that wait to be read at most, and bytes of their paths.
const WAITING: usize = 1 << 16;
const PATHS: usize = 8 << 20;
/// The longest path of a folder that is read.
const PATH: usize = 4 << 10;
/// Pieces of a file at most, of 4 GiB each.
const PIECES: usize = 1024;

/// A tree of folders.
struct Tree {
    names: Names,
    block: u64,
    extent: u32,
    size: u32,
}

fn open(disc: &dyn ReadAt, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let (trees, udf) = trees(disc)?;
    if udf {
        let trouble = Trouble::unsupported("has a UDF file system, which is not opened; its bytes are scanned");
        let known = !trees.is_empty();
        sink.tell(None, "disc image", if known { trouble.harmless() } else { trouble });
    } else if trees.is_empty() {
        return Err(Trouble::malformed("is damaged"));
    }
    let mut seen = HashSet::new();
    for tree in trees {
        let mut walk = Walk { disc, sink, tree: &tree, seen: &mut seen, waiting: Vec::new(), paths: 0, lost: 0 };
        let flow = walk.run()?;
        let lost = walk.lost;
        if lost > 0 {
            let text = format!("has {lost} folders that lie too deep or are too many; not opened");
            sink.tell(None, "disc image", Trouble::new(Reason::TooMany, text));
        }
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// Finds the trees, and whether there is another file system.
fn trees(disc: &dyn ReadAt) -> Result<(Vec<Tree>, bool), Trouble> {
    let (mut trees, mut udf) = (Vec::new(), false);
    for index in 0..DESCRIPTORS {
        let mut sector = [0; SECTOR];
        if !fill(disc, &mut sector, FIRST + index * SECTOR as u64)? {
            break;
        }
        let names = match (sector[0], &sector[1..6]) {
            (_, b"NSR02" | b"NSR03") => {
                udf = true;
                continue;
            }
            (_, b"BEA01" | b"TEA01" | b"BOOT2") | (0 | 3..=255, b"CD001") => continue,
            (1, b"CD001") => Names::Plain,
            (2, b"CD001") => match &sector[88..91] {
                b"%/@" | b"%/C" | b"%/E" => Names::Joliet,
                _ => Names::Plain,
            },
            _ => break,
        };
        let block = u64::from(word(&sector, 128) & 0xFFFF);
        let block = if matches!(block, 512 | 1024) { block } else { SECTOR as u64 };
        trees.push(Tree { names, block, extent: word(&sector, 158), size: word(&sector, 166) });
    }
    Ok((trees, udf))
}

/// Reads a whole buffer; false where there is less.
fn fill(disc: &dyn ReadAt, buffer: &mut [u8], at: u64) -> Result<bool, Trouble> {
    let mut length = 0;
    while length < buffer.len() {
        let count = disc.read_at(&mut buffer[length..], at.saturating_add(length as u64));
        match count.map_err(|error| Trouble::of(&error))? {
            0 => return Ok(false),
            count => length += count,
        }
    }
    Ok(true)
}

/// A folder that waits to be read.
struct Folder {
    path: Rc<str>,
    extent: u32,
    size: u32,
    depth: u32,
}

struct Walk<'a> {
    disc: &'a dyn ReadAt,
    sink: &'a mut dyn Sink,
    tree: &'a Tree,
    /// What was handed over or read already: the trees share their files, and a folder may hold itself.
    seen: &'a mut HashSet<(u64, u32, bool)>,
    waiting: Vec<Folder>,
    paths: usize,
    lost: u64,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<Flow, Trouble> {
        self.waiting.push(Folder { path: "".into(), extent: self.tree.extent, size: self.tree.size, depth: 0 });
        while let Some(folder) = self.waiting.pop() {
            self.paths -= folder.path.len();
            if self.seen.insert((self.place(folder.extent), 0, true)) && self.folder(&folder)?.is_break() {
                return Ok(Break(()));
            }
        }
        Ok(Continue(()))
    }

    fn place(&self, extent: u32) -> u64 {
        u64::from(extent) * self.tree.block
    }

    fn folder(&mut self, folder: &Folder) -> Result<Flow, Trouble> {
        let mut pieces = Vec::new();
        let start = self.place(folder.extent);
        for offset in (0..u64::from(folder.size)).step_by(SECTOR) {
            let mut sector = [0; SECTOR];
            if !fill(self.disc, &mut sector, start.saturating_add(offset))? {
                let name = (!folder.path.is_empty()).then_some(&*folder.path);
                self.sink.tell(name, "folder of a disc image", Trouble::malformed("ends early"));
                break;
            }
            // Folders may lie over each other.
            self.sink.spend(SECTOR as u64)?;
            let mut at = 0;
            while let Some(length) = sector.get(at).copied().filter(|length| *length >= 34) {
                let end = at + usize::from(length);
                let Some(bytes) = sector.get(at..end) else { break };
                if let Some(record) = Record::read(bytes, self.tree.names, self.tree.block, self.disc) {
                    self.sink.spend(record.beside)?;
                    if self.record(folder, &record, &mut pieces).is_break() {
                        return Ok(Break(()));
                    }
                }
                at = end;
            }
        }
        Ok(Continue(()))
    }

    fn record(&mut self, above: &Folder, record: &Record, pieces: &mut Vec<(u64, u64)>) -> Flow {
        if record.name.is_empty() {
            return Continue(());
        }
        let path = if above.path.is_empty() { record.name.clone() } else { format!("{}/{}", above.path, record.name) };
        if record.folder {
            let paths = self.paths + path.len();
            if above.depth < DEPTH && self.waiting.len() < WAITING && path.len() <= PATH && paths <= PATHS {
                let path = path.into();
                self.paths = paths;
                self.waiting.push(Folder { path, extent: record.extent, size: record.size, depth: above.depth + 1 });
            } else {
                self.lost += 1;
            }
            return Continue(());
        }
        if let Some(link) = &record.link {
            return say(Member::named("link on a disc image", &path), link.as_bytes(), self.sink);
        }
        if pieces.len() < PIECES {
            pieces.push((self.place(record.extent), u64::from(record.size)));
        }
        if record.more {
            return Continue(());
        }
        let pieces = std::mem::take(pieces);
        let size = pieces.iter().map(|piece| piece.1).fold(0, u64::saturating_add);
        let first = pieces.first().map_or(0, |piece| piece.0);
        if size > 0 && !self.seen.insert((first, record.size, false)) {
            return Continue(());
        }
        if record.packed {
            let trouble = Trouble::unsupported("is compressed with zisofs; not opened");
            self.sink.tell(Some(&path), "file on a disc image", trouble);
        }
        let mut content = Pieces { disc: self.disc, parts: pieces.into_iter(), at: 0, left: 0 };
        self.sink.take(Member::named("file on a disc image", &path), Content::Read(&mut content, Some(size)))
    }
}

/// Reads the pieces of a file.
struct Pieces<'a> {
    disc: &'a dyn ReadAt,
    parts: std::vec::IntoIter<(u64, u64)>,
    at: u64,
    left: u64,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 {
            let Some((at, left)) = self.parts.next() else { return Ok(0) };
            (self.at, self.left) = (at, left);
        }
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.disc.read_at(&mut buffer[..wanted], self.at)?;
        if count == 0 && wanted > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at = self.at.saturating_add(count as u64);
        self.left -= count as u64;
        Ok(count)
    }
}
