//! The records of presentations, which stand within each other.
//!
//! Holds: where each begins and ends, and where to go on behind what is none. Must not know: what records say.

use std::collections::BTreeMap;
use std::io::{Seek, SeekFrom};

use super::chain::Chain;
use super::container::Compound;
use super::directory::Entry;
use super::integers::{u16_at, u32_at};
use super::records::fill;
use crate::base::{Cursor, ReadAt, Trouble};
use crate::unpack::Sink;

/// Objects of which the place is kept.
pub(super) const MOST: usize = 100_000;

/// How deep records are that may not be longer than what they stand in.
const DEEP: usize = 1000;

/// How often a presentation was saved without being written anew, at most.
const SAVES: usize = 1000;

/// What a tag of a slide holds. It does not say that there are records in it; and in some tags there are none.
const TAG: u16 = 5003;

/// Says that it holds records, but is an archive.
pub(super) const TABLE_STYLES: u16 = 1064;

/// Says that it holds records, but says how the presentation is locked.
pub(super) const LOCK: u16 = 0x2F14;

/// A record: its kind, its number among those of its kind, where it and its content begin, and where it ends.
pub(super) struct Record {
    pub(super) kind: u16,
    pub(super) instance: u16,
    pub(super) place: u64,
    pub(super) at: u64,
    pub(super) end: u64,
    /// Whether what it holds is read record by record.
    pub(super) entered: bool,
}

/// Reads one record behind the other. Containers are entered: what they hold simply follows.
pub(super) struct Atoms<'a> {
    source: Cursor<'a>,
    size: u64,
    at: u64,
    /// Where the containers end that are open, and whether it is known that they hold records.
    ends: Vec<(u64, bool)>,
    /// Where objects begin that the presentation itself tells of, in order.
    places: Vec<u64>,
    /// Whether something could not be read.
    pub(super) lost: bool,
}

impl<'a> Atoms<'a> {
    /// The records of a stream, of which some begin at these places.
    pub(super) fn new(stream: &'a Chain<'a>, places: &[u64]) -> Self {
        let source = Cursor::new(stream);
        Self { source, size: stream.size(), at: 0, ends: Vec::new(), places: places.to_vec(), lost: false }
    }

    /// The next record; nothing at the end.
    pub(super) fn advance(&mut self) -> Result<Option<Record>, Trouble> {
        loop {
            while self.ends.last().is_some_and(|(end, _)| *end <= self.at) {
                self.ends.pop();
            }
            let place = self.at;
            self.source.seek(SeekFrom::Start(place)).map_err(|error| Trouble::of(&error))?;
            let mut header = Vec::new();
            if !fill(&mut self.source, &mut header, 8)? {
                return Ok(None);
            }
            let (first, kind) = (u16_at(&header, 0).unwrap_or(0), u16_at(&header, 2).unwrap_or(0));
            let (at, length) = (place + 8, u64::from(u32_at(&header, 4).unwrap_or(0)));
            let end = at.saturating_add(length);
            let (bound, sure) = self.ends.last().copied().unwrap_or((self.size, true));
            if end > bound {
                self.lost |= sure;
                self.at = bound.min(self.next_place().unwrap_or(bound));
                continue;
            }
            if header == [0; 8] {
                // A hole. Where it ends is known only if something is said to begin there.
                self.at = self.next_place().unwrap_or(at);
                continue;
            }
            let entered = !matches!(kind, TABLE_STYLES | LOCK) && first & 0x0F == 0x0F || kind == TAG;
            if entered && self.ends.len() < DEEP {
                self.ends.push((end, kind != TAG));
            }
            self.at = if entered { at } else { end };
            return Ok(Some(Record { kind, instance: first >> 4, place, at, end, entered }));
        }
    }

    fn next_place(&self) -> Option<u64> {
        self.places.get(self.places.partition_point(|place| *place <= self.at)).copied()
    }
}

/// A time that a presentation was saved.
pub(super) struct Edit {
    /// Where it says so.
    pub(super) place: u64,
    /// Where each of them begins.
    pub(super) objects: BTreeMap<u32, u32>,
    /// The object that says how the presentation is locked.
    pub(super) lock: Option<u32>,
}

/// Where the presentation says that its objects begin: those of each time it was saved.
pub(super) fn places(file: &Compound<'_>, entry: &Entry, sink: &mut dyn Sink) -> Result<Vec<u64>, Trouble> {
    let mut found = Vec::new();
    for edit in edits(file, entry, sink)? {
        found.push(edit.place);
        found.extend(edit.objects.values().map(|place| u64::from(*place)));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Each time that a presentation was saved, the last one first.
pub(super) fn edits(file: &Compound<'_>, entry: &Entry, sink: &mut dyn Sink) -> Result<Vec<Edit>, Trouble> {
    let stream = file.stream(entry);
    let piece = |at, length| stream.piece(at, length).map_err(|error| Trouble::of(&error));
    let user = file.beside(entry, "Current User").map(|user| file.stream(user).piece(0, 20));
    let mut next = user.and_then(Result::ok).and_then(|user| u32_at(&user, 16));
    let (mut edits, mut count): (Vec<Edit>, usize) = (Vec::new(), 0);
    for _ in 0..SAVES {
        let Some(at) = next.filter(|at| *at > 0) else { break };
        let header = piece(at.into(), 40)?;
        let (Some(4085), Some(last), Some(list)) = (u16_at(&header, 2), u32_at(&header, 16), u32_at(&header, 20))
        else {
            break;
        };
        // The number of the lock is there only where there is one.
        let lock = u32_at(&header, 4).filter(|length| *length >= 32).and_then(|_| u32_at(&header, 36));
        let mut edit = Edit { place: at.into(), objects: BTreeMap::new(), lock };
        let start = piece(list.into(), 8)?;
        if u16_at(&start, 2) == Some(6002) {
            let length = u32_at(&start, 4).and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
            let data = piece(u64::from(list) + 8, length.min(MOST * 4))?;
            sink.spend(data.len() as u64)?;
            places_in(&data, &mut edit.objects);
        }
        count += edit.objects.len() + 1;
        edits.push(edit);
        if count > MOST {
            break;
        }
        // Older ones stand before newer ones.
        next = Some(last).filter(|last| *last < at);
    }
    Ok(edits)
}

/// Reads runs of places: the first number and how many, then the place of each.
pub(super) fn places_in(data: &[u8], places: &mut BTreeMap<u32, u32>) {
    let mut numbers = data.chunks_exact(4).filter_map(|number| u32_at(number, 0));
    while let Some(run) = numbers.next() {
        for (object, place) in (run & 0xF_FFFF..).zip(numbers.by_ref().take((run >> 20) as usize)) {
            if places.len() < MOST {
                places.insert(object, place);
            }
        }
    }
}
