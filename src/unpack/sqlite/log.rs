//! The logs beside a database: pages as they will be, or as they were.
//!
//! Holds: finding the pages in a write-ahead log and in a rollback journal. Must not know: what is on them.

use crate::base::{ReadAt, Trouble};
use crate::unpack::Sink;

use super::open_image;
use super::page::{Encoding, Frames, Image, four};

/// How rollback journals begin.
pub(super) const JOURNAL_MAGIC: [u8; 8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7];

/// The memory that it takes to know where a page is.
const EACH: u64 = 24;

/// Opens a write-ahead log. Frames that a checkpoint left behind are older: they count as well.
pub(super) fn open_log(bytes: &dyn ReadAt, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let head = piece::<32>(bytes, 0).ok_or_else(|| Trouble::malformed("ends early"))?;
    let page_size = page_size(four(&head, 8))?;
    let step = page_size as u64 + 24;
    let count = (bytes.size().saturating_sub(32) / step).min(u64::from(u32::MAX) - 1);
    sink.hold(count.saturating_mul(EACH))?;
    let (mut current, mut older) = (Vec::new(), Vec::new());
    for frame in 0..count {
        let offset = 32 + frame * step;
        let Some(head_of) = piece::<24>(bytes, offset) else { break };
        let (number, size) = (four(&head_of, 0).unwrap_or(0), four(&head_of, 4).unwrap_or(0));
        let is_current = head_of[8..16] == head[16..24];
        let list = if is_current { &mut current } else { &mut older };
        list.push((number, offset + 24, size > 0));
    }
    let frames = frames_of(older.into_iter().chain(current));
    let result = open_frames(bytes, page_size, frames, sink);
    sink.release(count.saturating_mul(EACH));
    result
}

/// Opens a rollback journal: parts, each with a header that fills a sector.
pub(super) fn open_journal(bytes: &dyn ReadAt, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let head = piece::<28>(bytes, 0).ok_or_else(|| Trouble::malformed("ends early"))?;
    let sector = u64::from(four(&head, 20).unwrap_or(0));
    let page_size = page_size(four(&head, 24))?;
    if !sector.is_power_of_two() || !(32..=65_536).contains(&sector) {
        return Err(Trouble::malformed("has a broken header"));
    }
    let step = page_size as u64 + 8;
    let held = (bytes.size() / step).saturating_mul(EACH);
    sink.hold(held)?;
    let (mut found, mut at) = (Vec::new(), 0_u64);
    while let Some(part) = piece::<28>(bytes, at).filter(|part| part[..8] == JOURNAL_MAGIC) {
        at += sector;
        let room = bytes.size().saturating_sub(at) / step;
        let count = match four(&part, 8).unwrap_or(0) {
            // Whoever wrote it did not come to say how many.
            0 | u32::MAX => room,
            count => u64::from(count).min(room),
        };
        for _ in 0..count {
            let number = piece::<4>(bytes, at).map_or(0, u32::from_be_bytes);
            found.push((number, at + 4, true));
            at += step;
        }
        at = at.next_multiple_of(sector);
    }
    let result = open_frames(bytes, page_size, frames_of(found.into_iter()), sink);
    sink.release(held);
    result
}

fn open_frames(bytes: &dyn ReadAt, page_size: usize, frames: Frames, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut image = Image::of_frames(bytes, page_size, frames);
    // The first page tells how text is encoded; without it, most is UTF-8.
    if let Some(slot) = image.slot(1, u32::MAX) {
        let first = image.read(slot);
        image.encoding = match first.get(59) {
            Some(2) => Encoding::Utf16Le,
            Some(3) => Encoding::Utf16Be,
            _ => Encoding::Utf8,
        };
        let reserved = first.get(20).map_or(0, |reserved| usize::from(*reserved));
        image.usable = if page_size - reserved < 480 { page_size } else { page_size - reserved };
    }
    open_image(&image, sink)
}

/// Sorts what was found: number of the page, where it lies, whether a change was complete with it.
fn frames_of(found: impl Iterator<Item = (u32, u64, bool)>) -> Frames {
    let mut frames = Frames::default();
    for (slot, (number, offset, complete)) in (0_u32..).zip(found) {
        frames.offsets.push(offset);
        frames.numbers.push(number);
        frames.versions.push((number, slot));
        if complete {
            frames.commits.push(slot);
        }
    }
    frames.versions.sort_unstable();
    frames
}

fn page_size(size: Option<u32>) -> Result<usize, Trouble> {
    match size.unwrap_or(0) {
        // A whole page of 65,536 bytes does not fit into the two bytes that older headers have for it.
        1 => Ok(65_536),
        size if size.is_power_of_two() && (512..=65_536).contains(&size) => Ok(size as usize),
        _ => Err(Trouble::malformed("has a broken header")),
    }
}

fn piece<const COUNT: usize>(bytes: &dyn ReadAt, offset: u64) -> Option<[u8; COUNT]> {
    let mut piece = [0; COUNT];
    (bytes.read_at(&mut piece, offset).ok()? == COUNT).then_some(piece)
}
