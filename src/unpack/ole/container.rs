//! Compound files: sectors, the table that chains them, the directory.
//!
//! Holds: `Compound`, written here because a library refuses a file of which one sector is damaged, while most of its
//! streams can still be read. Must not know: what is in the streams.

use zeroize::Zeroizing;

use super::chain::Chain;
use super::directory::{Entry, SLOT, read_entry, set_parents};
use super::integers::{u16_at, u32_at};
use crate::base::{ReadAt, Trouble};
use crate::unpack::Sink;

/// How a compound file begins.
pub(super) const MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// The highest number of a sector; those above mean something else.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;

/// The end of a chain.
const END: u32 = 0xFFFF_FFFE;

/// Streams below this size are in the stream of small sectors.
const CUTOFF: u64 = 4096;

/// Bytes that are counted for an entry of the directory.
const ENTRY_COST: u64 = 256;

/// A compound file.
pub(super) struct Compound<'a> {
    bytes: &'a dyn ReadAt,
    shift: u32,
    table: Vec<u32>,
    small_table: Vec<u32>,
    small: Chain<'a>,
    entries: Vec<Entry>,
    damaged: bool,
    held: u64,
}

impl<'a> Compound<'a> {
    /// Reads its tables and its directory.
    pub(super) fn read(bytes: &'a dyn ReadAt, sink: &mut dyn Sink) -> Result<Self, Trouble> {
        let header = header(bytes)?;
        let broken = || Trouble::malformed("has a broken header");
        let shift = u32::from(u16_at(&header, 0x1E).ok_or_else(broken)?);
        if !(7..=16).contains(&shift) {
            return Err(broken());
        }
        let mut file = Self {
            bytes,
            shift,
            table: Vec::new(),
            small_table: Vec::new(),
            small: Chain::new(bytes, 0, shift),
            entries: Vec::new(),
            damaged: false,
            held: 0,
        };
        let result = file.read_tables(&header, sink);
        if let Err(trouble) = result {
            file.release(sink);
            return Err(trouble);
        }
        Ok(file)
    }

    fn read_tables(&mut self, header: &[u8], sink: &mut dyn Sink) -> Result<(), Trouble> {
        let sectors = self.bytes.size() >> self.shift;
        // A table, and the runs of one stream that has as many sectors as there are.
        self.hold(sectors.saturating_mul(8), sink)?;
        let places = self.table_sectors(header);
        self.table = self.numbers(&places, usize::try_from(sectors).unwrap_or(usize::MAX));
        self.damaged |= (self.table.len() as u64) < sectors.saturating_sub(1);
        let directory = self.chain(u32_at(header, 0x30).unwrap_or(END), None);
        self.read_directory(&directory, sink)?;
        let small_sectors = self.chain(u32_at(header, 0x3C).unwrap_or(END), None);
        self.hold(small_sectors.size(), sink)?;
        let length = usize::try_from(small_sectors.size()).unwrap_or(usize::MAX);
        let small_table = small_sectors.piece(0, length).map_err(|error| Trouble::of(&error))?;
        self.small_table = numbers_in(&small_table).collect();
        if let Some(root) = self.entries.first() {
            self.small = self.chain(root.start, Some(root.size));
            self.damaged |= self.small.is_short();
        }
        Ok(())
    }

    /// The sectors that hold the table.
    fn table_sectors(&mut self, header: &[u8]) -> Vec<u32> {
        let in_sector = (1_u64 << self.shift) / 4;
        let most = usize::try_from((self.bytes.size() >> self.shift).div_ceil(in_sector)).unwrap_or(usize::MAX);
        let is_sector = |number: &u32| *number <= LAST_SECTOR;
        let mut places: Vec<u32> =
            numbers_in(header.get(0x4C..512).unwrap_or_default()).filter(is_sector).take(most).collect();
        let mut next = u32_at(header, 0x44).unwrap_or(END);
        // As many as the table can need, and some for those that damage left half empty.
        for _ in 0..most / 100 + 2 {
            if next > LAST_SECTOR || places.len() >= most {
                break;
            }
            let Some(sector) = self.sector(next) else {
                self.damaged = true;
                break;
            };
            let mut numbers: Vec<u32> = numbers_in(&sector).collect();
            next = numbers.pop().unwrap_or(END);
            places.extend(numbers.into_iter().filter(is_sector).take(most - places.len()));
        }
        places
    }

    /// The numbers in some sectors; those of sectors that are not there say nothing.
    fn numbers(&mut self, places: &[u32], most: usize) -> Vec<u32> {
        let in_sector = (1_usize << self.shift) / 4;
        let mut table = Vec::with_capacity(most.min(places.len().saturating_mul(in_sector)));
        for place in places {
            match self.sector(*place) {
                Some(sector) => table.extend(numbers_in(&sector).take(most - table.len())),
                None => {
                    self.damaged = true;
                    table.extend(std::iter::repeat_n(u32::MAX, in_sector.min(most - table.len())));
                }
            }
        }
        table
    }

    /// A sector, as much of it as there is.
    fn sector(&self, number: u32) -> Option<Zeroizing<Vec<u8>>> {
        let mut chain = Chain::new(self.bytes, 1 << self.shift, self.shift);
        let size = 1_usize << self.shift;
        chain.add(number).then(|| chain.sized(size as u64).piece(0, size).ok()).flatten()
    }

    fn read_directory(&mut self, directory: &Chain<'_>, sink: &mut dyn Sink) -> Result<(), Trouble> {
        let slots = directory.size() / SLOT as u64;
        self.hold(slots.saturating_mul(ENTRY_COST), sink)?;
        let wide = self.shift > 9;
        for slot in 0..slots {
            let bytes = directory.piece(slot * SLOT as u64, SLOT).map_err(|error| Trouble::of(&error))?;
            self.entries.push(read_entry(&bytes, wide));
        }
        if !self.entries.first().is_some_and(Entry::is_folder) {
            return Err(Trouble::malformed("has no directory"));
        }
        set_parents(&mut self.entries);
        Ok(())
    }

    /// The chain that begins with a sector, up to a size if one is known.
    ///
    /// Where the table says nothing of a sector that has to be followed by another, its neighbour is taken: most
    /// files are written in one go.
    fn chain(&self, start: u32, size: Option<u64>) -> Chain<'a> {
        let mut chain = Chain::new(self.bytes, 1 << self.shift, self.shift);
        // No stream is longer than the file.
        let most = size.map(|size| size.min(self.bytes.size()));
        follow(&self.table, start, most, self.shift, &mut chain);
        let whole = u64::from(chain.sectors()) << self.shift;
        chain.sized(size.unwrap_or(whole))
    }

    /// The content of an entry.
    pub(super) fn stream(&self, entry: &Entry) -> Chain<'_> {
        if entry.size >= CUTOFF {
            return self.chain(entry.start, Some(entry.size));
        }
        let mut chain = Chain::new(&self.small, 0, 6);
        follow(&self.small_table, entry.start, Some(entry.size), 6, &mut chain);
        chain.sized(entry.size)
    }

    /// What is in it, by index; the first is the root.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The stream of that name beside another.
    pub(super) fn beside(&self, entry: &Entry, name: &str) -> Option<&Entry> {
        let mut streams = self.entries.iter().filter(|other| other.is_stream() && other.parent == entry.parent);
        streams.find(|other| other.name.eq_ignore_ascii_case(name))
    }

    /// Whether some of its tables are lost.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged
    }

    fn hold(&mut self, bytes: u64, sink: &mut dyn Sink) -> Result<(), Trouble> {
        sink.hold(bytes)?;
        self.held = self.held.saturating_add(bytes);
        Ok(())
    }

    /// Lets go of what is held for it.
    pub(super) fn release(self, sink: &mut dyn Sink) {
        sink.release(self.held);
    }
}

/// The header, which is as long as a sector may be short.
fn header(bytes: &dyn ReadAt) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let mut whole = Chain::new(bytes, 0, 9);
    let header = whole.add(0).then(|| whole.sized(512).piece(0, 512).map_err(|error| Trouble::of(&error)));
    header.unwrap_or_else(|| Err(Trouble::malformed("is empty")))
}

fn numbers_in(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).filter_map(|number| u32_at(number, 0))
}

/// Follows a chain up to its end, or to a size. What has a size ends there, so a circle does no harm; of what has
/// none, the circle is seen.
fn follow(table: &[u32], start: u32, size: Option<u64>, shift: u32, chain: &mut Chain<'_>) {
    let (mut sector, mut mark, mut power, mut since) = (start, start, 1_u64, 0_u64);
    loop {
        let whole = size.is_some_and(|size| u64::from(chain.sectors()) << shift >= size);
        if whole || sector > LAST_SECTOR || !chain.add(sector) {
            return;
        }
        sector = match table.get(sector as usize) {
            Some(next) if *next <= LAST_SECTOR || *next == END => *next,
            _ if size.is_some() => sector.saturating_add(1),
            _ => END,
        };
        if size.is_none() {
            // Brent's way: a mark is set at every power of two of steps; whoever meets it runs in a circle.
            if sector == mark {
                return;
            }
            since += 1;
            if since == power {
                (mark, power, since) = (sector, power.saturating_mul(2), 0);
            }
        }
    }
}
