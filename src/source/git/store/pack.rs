//! One pack: its entries in the order in which they lie, and which is a delta of which.
//!
//! Holds: `Pack`, the file and its index; `Order`, twenty bytes an object; reading one entry. Must
//! not know: who reads, or in which order. The offsets and sizes in a pack may be lies.

use std::cmp::Reverse;
use std::ops::Range;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::objs::Kind;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{data, index};
use gix::zlib::Inflate;

use super::bytes::{Data, Index};

/// The most that zlib expands to.
const MOST_EXPANSION: u64 = 1032;

/// A pack and its index, both mapped: whoever repacks a repository replaces packs and never
/// shortens them.
pub(in crate::source::git) struct Pack {
    pub(super) path: PathBuf,
    index: Index,
    data: Data,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source::git) enum Damage {
    /// Its head, its compressed bytes or its delta cannot be read.
    Broken,
    /// Its base is not there.
    NoBase,
    /// It is larger than what is held whole.
    TooLarge(u64),
}

/// What an entry is made of.
pub(super) struct Entry {
    /// What it is; of a delta that is known from its base.
    pub(super) kind: Option<Kind>,
    /// Bytes of what is compressed in it.
    pub(super) size: u64,
    start: u64,
}

/// What an entry is a delta of.
pub(super) enum Base {
    /// Of nothing.
    None,
    /// Of the entry at this offset.
    At(u64),
    /// Of an object that is not in the pack.
    Outside(ObjectId),
}

/// The entries of a pack, by their places.
#[derive(Default)]
pub(super) struct Order {
    /// Where each lies, ascending.
    offsets: Vec<u64>,
    /// Which place each has in the index.
    places: Vec<u32>,
    /// Where the deltas of each begin in `kids`; one more at the end.
    first: Vec<u32>,
    kids: Vec<u32>,
    /// Those that are no delta, or one of an object that is not in this pack.
    pub(super) roots: Vec<u32>,
    /// Those that cannot be read.
    pub(super) broken: Vec<u32>,
    /// Those that are deltas of each other.
    pub(super) circular: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Pack {
    /// Opens the pack that belongs to an index.
    pub(super) fn open(path: &Path, hash: gix::hash::Kind) -> Result<Self, String> {
        let told = |error: &gix::Error| error.to_string().lines().next().unwrap_or_default().to_owned();
        let index = index::File::at(path, hash).map_err(|error| told(&error))?;
        let path = path.with_extension("pack");
        let data = data::File::at(&path, hash).map_err(|error| told(&error))?;
        Ok(Self { path, index: Index::Mapped(Box::new(index)), data: Data::Mapped(data) })
    }

    /// A pack that somebody holds, without its index.
    pub(super) fn held(bytes: Vec<u8>, hash: gix::hash::Kind) -> Option<Self> {
        let data = Data::held(bytes, hash)?;
        Some(Self { path: PathBuf::new(), index: data.index(hash), data })
    }

    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    /// Reads the head of the entry at an offset.
    fn entry(&self, offset: u64) -> Option<(Entry, Header)> {
        if offset < 12 || offset >= self.data.pack_end() as u64 {
            return None;
        }
        let entry = self.data.entry(offset)?;
        let kind = entry.header.as_kind();
        Some((Entry { kind, size: entry.decompressed_size, start: entry.data_offset }, entry.header))
    }

    /// How many objects it says to have, and how many its index lists.
    pub(super) fn counts(&self) -> (u32, u32) {
        (self.data.num_objects(), self.index.num_objects())
    }

    /// The compressed bytes of an entry, and whatever follows them.
    pub(super) fn packed(&self, entry: &Entry) -> &[u8] {
        let end = self.data.pack_end() as u64;
        self.data.entry_slice(entry.start.min(end)..end).unwrap_or_default()
    }

    /// Reads an entry into the beginning of `out`, which only ever grows, so that nothing is cleared
    /// in vain. Tells how many bytes could be read where that is not all.
    pub(super) fn inflate(&self, entry: &Entry, inflate: &mut Inflate, out: &mut Vec<u8>) -> Result<usize, usize> {
        let packed = self.packed(entry);
        let size = usize::try_from(entry.size).map_err(|_| 0_usize)?;
        if entry.size / MOST_EXPANSION > packed.len() as u64 {
            return Err(0);
        }
        // One byte more than there should be, so that a lie is seen.
        if out.len() <= size {
            out.resize(size + 1, 0);
        }
        inflate.reset();
        match inflate.once(packed, &mut out[..=size]) {
            Ok((gix::zlib::Status::StreamEnd, _, count)) if count == size => Ok(size),
            Ok((_, _, count)) => Err(count.min(size)),
            // Which does not tell how far it came.
            Err(_) => Err(super::loose::beginning(packed, &mut out[..size])),
        }
    }

    /// Goes over the heads of all entries.
    pub(super) fn order(&self) -> Order {
        let count = self.index.num_objects();
        let mut all: Vec<(u64, u32)> =
            (0..count).map(|place| (self.index.pack_offset_at_index(place), place)).collect();
        all.sort_unstable();
        all.dedup_by_key(|(offset, _)| *offset);
        let (offsets, places): (Vec<u64>, Vec<u32>) = all.into_iter().unzip();
        let mut order = Order { offsets, places, ..Order::default() };
        let bases: Vec<u32> = (0..order.offsets.len() as u32).map(|node| self.base(&mut order, node)).collect();
        order.hang(&bases);
        order
    }

    /// The base of an entry in this pack, if it is the delta of one.
    fn base(&self, order: &mut Order, node: u32) -> u32 {
        let offset = order.offsets[node as usize];
        let base = match self.entry(offset) {
            None => {
                order.broken.push(node);
                return NONE;
            }
            Some((_, Header::OfsDelta { base_distance })) => {
                let base = offset.checked_sub(base_distance).filter(|_| base_distance > 0);
                let base = base.and_then(|base| order.node_at(base, node));
                if base.is_none() {
                    order.broken.push(node);
                    return NONE;
                }
                base
            }
            Some((_, Header::RefDelta { base_id })) => self.place_of(order, &base_id),
            Some(_) => None,
        };
        if base.is_none() {
            order.roots.push(node);
        }
        base.unwrap_or(NONE)
    }

    fn place_of(&self, order: &Order, id: &gix::oid) -> Option<u32> {
        let place = self.index.lookup(id)?;
        order.node_at(self.index.pack_offset_at_index(place), order.offsets.len() as u32)
    }

    /// The head of an entry, and the object outside of this pack that it is a delta of.
    pub(super) fn head(&self, order: &Order, node: u32) -> Option<(Entry, Option<ObjectId>)> {
        let (entry, header) = self.entry(order.offsets[node as usize])?;
        let outside = match header {
            Header::RefDelta { base_id } if self.place_of(order, &base_id).is_none() => Some(base_id),
            _ => None,
        };
        Some((entry, outside))
    }

    /// The head of an entry that is no root.
    pub(super) fn delta(&self, order: &Order, node: u32) -> Option<Entry> {
        self.entry(order.offsets[node as usize]).map(|(entry, _)| entry)
    }

    /// What an entry is a delta of, by its place in this pack or its name, and its head.
    pub(super) fn base_of(&self, offset: u64) -> Option<(Entry, Base)> {
        let (entry, header) = self.entry(offset)?;
        let base = match header {
            Header::OfsDelta { base_distance } => Base::At(offset.checked_sub(base_distance)?),
            Header::RefDelta { base_id } => match self.index.lookup(base_id) {
                Some(place) => Base::At(self.index.pack_offset_at_index(place)),
                None => Base::Outside(base_id),
            },
            _ => Base::None,
        };
        Some((entry, base))
    }

    /// The name of an entry.
    pub(super) fn name(&self, order: &Order, node: u32) -> ObjectId {
        self.index.oid_at_index(order.places[node as usize])
    }
}

impl Order {
    /// The entry at an offset, among those before another: bases mostly lie close by.
    fn node_at(&self, offset: u64, before: u32) -> Option<u32> {
        let end = before as usize;
        let mut step = 1;
        while step < end && self.offsets[end - step] > offset {
            step *= 2;
        }
        let start = end.saturating_sub(step);
        self.offsets[start..end].binary_search(&offset).ok().map(|index| (start + index) as u32)
    }

    /// Hangs every delta under its base.
    fn hang(&mut self, bases: &[u32]) {
        let mut first = vec![0_u32; bases.len() + 1];
        for base in bases.iter().filter(|base| **base != NONE) {
            first[*base as usize + 1] += 1;
        }
        for index in 1..first.len() {
            first[index] += first[index - 1];
        }
        let mut next = first.clone();
        let mut kids = vec![0; first.last().copied().unwrap_or(0) as usize];
        for (node, base) in bases.iter().enumerate().filter(|(_, base)| **base != NONE) {
            let slot = &mut next[*base as usize];
            kids[*slot as usize] = node as u32;
            *slot += 1;
        }
        (self.first, self.kids) = (first, kids);
        self.circular = self.unreached();
        self.sort_kids();
    }

    /// Sorts the deltas of each entry so that the one with most hanging under it stands first: taken
    /// from the end, it comes last, when its base need not be held any more. So no more bases wait at
    /// once than the number of entries has binary digits, whatever the shape of a family.
    fn sort_kids(&mut self) {
        let mut line = [self.roots.as_slice(), &self.broken].concat();
        let mut at = 0;
        while let Some(node) = line.get(at) {
            let range = self.range(*node);
            line.extend_from_slice(&self.kids[range]);
            at += 1;
        }
        let mut weights = vec![1_u32; self.offsets.len()];
        for node in line.into_iter().rev() {
            let below: u32 = self.kids(node).iter().map(|kid| weights[*kid as usize]).sum();
            weights[node as usize] += below;
        }
        for node in 0..self.len() {
            let range = self.range(node);
            self.kids[range].sort_unstable_by_key(|kid| Reverse((weights[*kid as usize], *kid)));
        }
    }

    /// The entries that hang under none that can be read and under nothing broken.
    fn unreached(&self) -> Vec<u32> {
        if self.roots.len() + self.kids.len() == self.offsets.len() && self.kids_lie_behind() {
            return Vec::new();
        }
        let mut met = vec![false; self.offsets.len()];
        let mut stack = [self.roots.as_slice(), &self.broken].concat();
        while let Some(node) = stack.pop() {
            met[node as usize] = true;
            stack.extend(self.kids(node));
        }
        (0..self.offsets.len() as u32).filter(|node| !met[*node as usize]).collect()
    }

    /// Whether all deltas lie behind their bases, so that there can be no circle.
    fn kids_lie_behind(&self) -> bool {
        (0..self.offsets.len() as u32).all(|node| self.kids(node).iter().all(|kid| *kid > node))
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> u32 {
        self.offsets.len() as u32
    }

    /// The deltas of an entry.
    pub(super) fn kids(&self, node: u32) -> &[u32] {
        &self.kids[self.range(node)]
    }

    fn range(&self, node: u32) -> Range<usize> {
        self.first[node as usize] as usize..self.first[node as usize + 1] as usize
    }

    /// Where an entry lies.
    pub(super) fn offset(&self, node: u32) -> u64 {
        self.offsets[node as usize]
    }

    /// Which place an entry has in the index.
    pub(super) fn place(&self, node: u32) -> u32 {
        self.places[node as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Sampler;

    fn order(bases: &[u32]) -> Order {
        let roots = (0..bases.len() as u32).filter(|node| bases[*node as usize] == NONE).collect();
        let offsets = (0..bases.len() as u64).map(|node| 12 + node).collect();
        let mut order = Order { offsets, places: (0..bases.len() as u32).collect(), roots, ..Order::default() };
        order.hang(bases);
        order
    }

    /// How many bases wait at once when each is let go before the last of its deltas is built.
    fn waiting(order: &Order) -> usize {
        let (mut frames, mut most, mut met) = (vec![order.roots.clone()], 0, 0);
        while let Some(frame) = frames.last_mut() {
            let Some(node) = frame.pop() else {
                frames.pop();
                continue;
            };
            met += 1;
            if frame.is_empty() {
                frames.pop();
            }
            frames.push(order.kids(node).to_vec());
            most = most.max(frames.len());
        }
        assert_eq!(met, order.len());
        most
    }

    #[test]
    fn few_bases_wait_whatever_the_shape_of_a_family() {
        let count = 4_096_u32;
        let mut sampler = Sampler::new(6);
        let chain = (0..count).map(|node| node.checked_sub(1).unwrap_or(NONE)).collect();
        // A long chain, and beside each of it a short one that lies behind all of it.
        let comb = (0..count).map(|node| match node {
            0 => NONE,
            _ if node < count / 4 => node - 1,
            _ if node < count / 2 => node - count / 4,
            _ => node - count / 4,
        });
        let halves = (0..count).map(|node| if node == 0 { NONE } else { (node - 1) / 2 }).collect();
        let chance =
            (0..count).map(|node| if node == 0 { NONE } else { sampler.below(u64::from(node)) as u32 }).collect();
        for bases in [chain, comb.collect(), halves, chance] {
            let bases: Vec<u32> = bases;
            assert!(waiting(&order(&bases)) <= 14, "{}", waiting(&order(&bases)));
        }
    }

    #[test]
    fn deltas_of_each_other_hang_nowhere() {
        let order = order(&[NONE, 2, 1, 0, 4]);
        assert_eq!((order.circular.as_slice(), order.kids(0)), (&[1, 2, 4][..], &[3][..]));
    }
}
