//! The bytes of a pack and of its index: mapped files, or a pack that somebody holds.
//!
//! Holds: both sorts behind the same names. A pack that is held came without its index: its entries are numbered as
//! they lie, and have no names. Must not know: what entries are.

use std::path::Path;

use gix::ObjectId;
use gix::odb::pack::data::Entry;
use gix::odb::pack::{data, index};
use gix::zlib::Inflate;

/// A pack.
pub(super) enum Data {
    /// A file of a repository.
    Mapped(data::File),
    /// Bytes that came out of something.
    Held(data::File<Vec<u8>>),
}

/// Where the entries of a pack lie.
pub(super) enum Index {
    /// The file beside it.
    Mapped(Box<index::File>),
    /// Found by reading it, with what its objects are named by.
    Made(Vec<u64>, gix::hash::Kind),
}

/// Bytes of a head and of the digest behind the last entry.
const HEAD: usize = 12;

impl Data {
    /// A pack that is held.
    pub(super) fn held(bytes: Vec<u8>, hash: gix::hash::Kind) -> Option<Self> {
        data::File::from_data(bytes, Path::new("pack").to_owned(), hash).ok().map(Self::Held)
    }

    pub(super) fn pack_end(&self) -> usize {
        match self {
            Self::Mapped(data) => data.pack_end(),
            Self::Held(data) => data.pack_end(),
        }
    }

    pub(super) fn entry(&self, offset: u64) -> Option<Entry> {
        match self {
            Self::Mapped(data) => data.entry(offset).ok(),
            Self::Held(data) => data.entry(offset).ok(),
        }
    }

    pub(super) fn entry_slice(&self, range: std::ops::Range<u64>) -> Option<&[u8]> {
        match self {
            Self::Mapped(data) => data.entry_slice(range),
            Self::Held(data) => data.entry_slice(range),
        }
    }

    pub(super) fn num_objects(&self) -> u32 {
        match self {
            Self::Mapped(data) => data.num_objects(),
            Self::Held(data) => data.num_objects(),
        }
    }

    /// Finds where entries lie by reading one after the other, as far as they can be read.
    pub(super) fn index(&self, hash: gix::hash::Kind) -> Index {
        let (mut offsets, mut offset, mut inflate) = (Vec::new(), HEAD as u64, Inflate::default());
        let mut out = vec![0; 64 << 10];
        while offsets.len() < self.num_objects() as usize && offset < self.pack_end() as u64 {
            let Some(entry) = self.entry(offset) else { break };
            offsets.push(offset);
            let packed = self.entry_slice(entry.data_offset..self.pack_end() as u64).unwrap_or_default();
            let Some(length) = length(packed, &mut inflate, &mut out) else { break };
            offset = entry.data_offset + length;
        }
        Index::Made(offsets, hash)
    }
}

/// Bytes of the compressed stream that these begin with.
fn length(packed: &[u8], inflate: &mut Inflate, out: &mut [u8]) -> Option<u64> {
    inflate.reset();
    let mut at = 0;
    loop {
        let (status, read, written) = inflate.once(packed.get(at..)?, out).ok()?;
        at += read;
        match status {
            gix::zlib::Status::StreamEnd => return Some(at as u64),
            _ if read == 0 && written == 0 => return None,
            _ => {}
        }
    }
}

impl Index {
    pub(super) fn num_objects(&self) -> u32 {
        match self {
            Self::Mapped(index) => index.num_objects(),
            Self::Made(offsets, _) => offsets.len() as u32,
        }
    }

    pub(super) fn pack_offset_at_index(&self, place: u32) -> u64 {
        match self {
            Self::Mapped(index) => index.pack_offset_at_index(place),
            Self::Made(offsets, _) => offsets.get(place as usize).copied().unwrap_or(0),
        }
    }

    pub(super) fn lookup(&self, id: impl AsRef<gix::oid>) -> Option<u32> {
        match self {
            Self::Mapped(index) => index.lookup(id),
            Self::Made(..) => None,
        }
    }

    pub(super) fn oid_at_index(&self, place: u32) -> ObjectId {
        match self {
            Self::Mapped(index) => index.oid_at_index(place).to_owned(),
            Self::Made(_, hash) => hash.null(),
        }
    }
}
