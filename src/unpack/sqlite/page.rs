//! The pages of a database, wherever they lie, and what a page of a b-tree holds.
//!
//! Holds: `Image` (pages of the file itself, or versions of pages in a log), `Visited`, `Page`. Must not know: records,
//! tables.

use std::io;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::base::ReadAt;

/// How text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// The pages of a database. Each has a slot: its place in the file, or in the log.
pub(super) struct Image<'a> {
    bytes: &'a dyn ReadAt,
    pub(super) page_size: usize,
    /// What of a page its content may take.
    pub(super) usable: usize,
    pub(super) encoding: Encoding,
    frames: Option<Frames>,
    pages: u64,
}

/// Versions of pages, as a log holds them.
#[derive(Default)]
pub(super) struct Frames {
    /// Where the page of each slot lies.
    pub(super) offsets: Vec<u64>,
    /// The number of the page in each slot.
    pub(super) numbers: Vec<u32>,
    /// The slots with which a change was complete; sorted.
    pub(super) commits: Vec<u32>,
    /// The number of the page and the slot of each version; sorted.
    pub(super) versions: Vec<(u32, u32)>,
}

impl<'a> Image<'a> {
    /// The pages of a database file.
    pub(super) fn of_file(bytes: &'a dyn ReadAt, page_size: usize, usable: usize, encoding: Encoding) -> Self {
        // A last page may be cut off.
        let pages = bytes.size().div_ceil(page_size as u64).min(u64::from(u32::MAX) - 1);
        Self { bytes, page_size, usable, encoding, frames: None, pages }
    }

    /// The pages of a log.
    pub(super) fn of_frames(bytes: &'a dyn ReadAt, page_size: usize, frames: Frames) -> Self {
        let pages = frames.offsets.len() as u64;
        Self { bytes, page_size, usable: page_size, encoding: Encoding::Utf8, frames: Some(frames), pages }
    }

    /// How many slots there are.
    pub(super) fn slots(&self) -> u64 {
        self.pages
    }

    /// The slot of the last version of a page up to a slot.
    pub(super) fn slot(&self, number: u32, until: u32) -> Option<u32> {
        match &self.frames {
            None => number.checked_sub(1).filter(|slot| u64::from(*slot) < self.pages),
            Some(frames) => {
                let behind = frames.versions.partition_point(|version| *version <= (number, until));
                let (found, slot) = frames.versions.get(behind.checked_sub(1)?)?;
                (*found == number).then_some(*slot)
            }
        }
    }

    /// Up to which slot pages belong together with the one in a slot.
    pub(super) fn until(&self, slot: u32) -> u32 {
        let Some(frames) = &self.frames else { return u32::MAX };
        let behind = frames.commits.partition_point(|commit| *commit < slot);
        frames.commits.get(behind).copied().unwrap_or(u32::MAX)
    }

    /// The number of the page in a slot.
    pub(super) fn number(&self, slot: u32) -> u32 {
        match &self.frames {
            None => slot.saturating_add(1),
            Some(frames) => frames.numbers.get(slot as usize).copied().unwrap_or(0),
        }
    }

    /// Whether freed pages may follow each other here: not in a log.
    pub(super) fn is_file(&self) -> bool {
        self.frames.is_none()
    }

    /// The bytes in a slot; fewer than a page where the file ends in it.
    pub(super) fn read(&self, slot: u32) -> Zeroizing<Vec<u8>> {
        let offset = match &self.frames {
            None => u64::from(slot).saturating_mul(self.page_size as u64),
            Some(frames) => frames.offsets.get(slot as usize).copied().unwrap_or(u64::MAX),
        };
        let mut page = Zeroizing::new(vec![0; self.page_size]);
        let mut length = 0;
        while length < page.len() {
            match self.bytes.read_at(&mut page[length..], offset.saturating_add(length as u64)) {
                Ok(count) if count > 0 => length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                _ => break,
            }
        }
        page.truncate(length);
        page
    }

    /// A page of a b-tree.
    pub(super) fn page(&self, slot: u32, first: bool) -> Option<Page> {
        Page::parse(self.read(slot), if first { 100 } else { 0 }, self.usable)
    }
}

/// Which slots were read. None is read twice, so that no loop of pages goes round.
pub(super) struct Visited(Vec<u64>);

impl Visited {
    /// The memory that it takes.
    pub(super) fn size(slots: u64) -> u64 {
        slots / 8 + 8
    }

    pub(super) fn new(slots: u64) -> Self {
        Self(vec![0; usize::try_from(slots / 64).unwrap_or(0) + 1])
    }

    /// Whether it is the first time.
    pub(super) fn claim(&mut self, slot: u32) -> bool {
        let Some(word) = self.0.get_mut(slot as usize / 64) else { return false };
        let bit = 1 << (slot % 64);
        let first = *word & bit == 0;
        *word |= bit;
        first
    }

    pub(super) fn has(&self, slot: u32) -> bool {
        self.0.get(slot as usize / 64).is_some_and(|word| word & (1 << (slot % 64)) != 0)
    }
}

/// What kind of page of a b-tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    TableLeaf,
    TableInner,
    IndexLeaf,
    IndexInner,
}

/// A page of a b-tree.
pub(super) struct Page {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) kind: Kind,
    /// Where its header begins.
    head: usize,
    cells: usize,
    usable: usize,
}

/// A cell: what of it lies in the page, and where the rest begins.
pub(super) struct Cell {
    pub(super) rowid: Option<i64>,
    /// Bytes of the whole payload.
    pub(super) size: u64,
    pub(super) local: Range<usize>,
    pub(super) overflow: Option<u32>,
}

impl Page {
    fn parse(bytes: Zeroizing<Vec<u8>>, head: usize, usable: usize) -> Option<Self> {
        let kind = match bytes.get(head)? {
            13 => Kind::TableLeaf,
            5 => Kind::TableInner,
            10 => Kind::IndexLeaf,
            2 => Kind::IndexInner,
            _ => return None,
        };
        let cells = usize::from(two(&bytes, head + 3)?);
        let page = Self { bytes, kind, head, cells, usable };
        (page.array() + 2 * cells <= page.usable.min(page.bytes.len())).then_some(page)
    }

    fn is_inner(&self) -> bool {
        matches!(self.kind, Kind::TableInner | Kind::IndexInner)
    }

    /// Whether its cells hold rows, and not only the way to them.
    pub(super) fn has_rows(&self) -> bool {
        self.kind != Kind::TableInner
    }

    /// Where the pointers to its cells begin.
    fn array(&self) -> usize {
        self.head + if self.is_inner() { 12 } else { 8 }
    }

    /// Where its cells begin.
    fn pointers(&self) -> impl Iterator<Item = usize> {
        (0..self.cells).filter_map(|index| two(&self.bytes, self.array() + 2 * index)).map(usize::from)
    }

    /// Its cells, and nothing for each that cannot be one. No two cells of a sound page hold the same bytes: where they
    /// would be more than the page, the others are none.
    pub(super) fn cells(&self) -> impl Iterator<Item = Option<Cell>> {
        let mut room = self.bytes.len();
        self.pointers().map(move |at| {
            let cell = self.cell(at).filter(|cell| cell.local.len() <= room)?;
            room -= cell.local.len();
            Some(cell)
        })
    }

    /// The pages below it, from left to right.
    pub(super) fn children(&self) -> Vec<u32> {
        if !self.is_inner() {
            return Vec::new();
        }
        let last = four(&self.bytes, self.head + 8);
        self.pointers().map(|at| four(&self.bytes, at)).chain([last]).flatten().collect()
    }

    /// The cell that begins at a place. Inner pages of tables have none that hold anything.
    fn cell(&self, mut at: usize) -> Option<Cell> {
        if self.kind == Kind::TableInner {
            return None;
        }
        if self.is_inner() {
            at += 4;
        }
        let (size, used) = varint(self.bytes.get(at..)?)?;
        at += used;
        let is_table = self.kind == Kind::TableLeaf;
        let mut rowid = None;
        if is_table {
            let (value, used) = varint(self.bytes.get(at..)?)?;
            rowid = Some(value.cast_signed());
            at += used;
        }
        let local = local_size(size, self.usable, is_table);
        let end = at.checked_add(local)?;
        // The number of the next page lies behind it.
        let overflow = if (local as u64) < size { Some(four(&self.bytes, end)?) } else { None };
        (end <= self.bytes.len().min(self.usable)).then_some(Cell { rowid, size, local: at..end, overflow })
    }

    /// What of it no cell takes: between the pointers and the cells, and what was freed among these.
    pub(super) fn gaps(&self) -> Vec<Range<usize>> {
        let end = self.usable.min(self.bytes.len());
        let first = match two(&self.bytes, self.head + 5) {
            Some(0) | None => end,
            Some(first) => usize::from(first).min(end),
        };
        let from = self.array() + 2 * self.cells;
        let mut gaps = Vec::new();
        if from < first {
            gaps.push(from..first);
        }
        let mut block = usize::from(two(&self.bytes, self.head + 1).unwrap_or(0));
        // Each lies behind the one before, so this ends, and ends before the next, so that no byte is in two.
        while block > 0 {
            let (Some(next), Some(size)) = (two(&self.bytes, block), two(&self.bytes, block + 2)) else { break };
            let (next, behind) = (usize::from(next), (block + usize::from(size)).min(end));
            let behind = if next > block { behind.min(next) } else { behind };
            if block < behind {
                gaps.push(block..behind);
            }
            if next <= block {
                break;
            }
            block = next;
        }
        gaps
    }
}

/// How much of a payload lies in the page.
fn local_size(size: u64, usable: usize, is_table: bool) -> usize {
    let most = if is_table { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
    if size <= most as u64 {
        return size as usize;
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let spill = (size - least as u64) % (usable as u64 - 4);
    let local = least + spill as usize;
    if local <= most { local } else { least }
}

pub(super) fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// A number of one to nine bytes, and how many they were.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some(((value << 8) | u64::from(*byte), 9));
        }
        value = (value << 7) | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}
