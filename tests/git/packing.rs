//! Packs made by hand, for those that no git would make.
//!
//! Holds: `Packing`, which writes any entries under any names, with an index that fits; deltas. Must not know: what is
//! wrong with them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The name of an object: any will do, nobody computes them.
pub type Id = [u8; 20];

/// A name with this number in it; small numbers sort first.
pub fn id(number: u32) -> Id {
    let mut id = [0x5A; 20];
    id[..4].copy_from_slice(&number.to_be_bytes());
    id
}

pub const COMMIT: u8 = 1;
pub const TREE: u8 = 2;
pub const BLOB: u8 = 3;

/// Entries of a pack that is being made.
pub struct Packing {
    bytes: Vec<u8>,
    entries: Vec<(Id, u64)>,
}

impl Packing {
    pub fn new() -> Self {
        Self { bytes: b"PACK\0\0\0\x02\0\0\0\0".to_vec(), entries: Vec::new() }
    }

    /// Where the next entry will lie.
    pub fn offset(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// An entry of any type, that says to be of any size.
    pub fn entry(&mut self, id: Id, kind: u8, size: u64, base: &[u8], content: &[u8]) -> u64 {
        self.raw(id, kind, size, base, &deflate(content))
    }

    /// The same with bytes that may be no zlib stream.
    pub fn raw(&mut self, id: Id, kind: u8, size: u64, base: &[u8], packed: &[u8]) -> u64 {
        let offset = self.offset();
        self.entries.push((id, offset));
        let (mut byte, mut rest) = (kind << 4 | (size & 15) as u8, size >> 4);
        while rest > 0 {
            self.bytes.push(byte | 0x80);
            (byte, rest) = ((rest & 0x7f) as u8, rest >> 7);
        }
        self.bytes.push(byte);
        self.bytes.extend_from_slice(base);
        self.bytes.extend_from_slice(packed);
        offset
    }

    /// An object that is no delta.
    pub fn whole(&mut self, id: Id, kind: u8, content: &[u8]) -> u64 {
        self.entry(id, kind, content.len() as u64, &[], content)
    }

    /// A delta of the entry at an offset.
    pub fn on_offset(&mut self, id: Id, base: u64, delta: &[u8]) -> u64 {
        let distance = distance(self.offset() - base);
        self.entry(id, 6, delta.len() as u64, &distance, delta)
    }

    /// A delta of the object of that name.
    pub fn on_name(&mut self, id: Id, base: Id, delta: &[u8]) -> u64 {
        self.entry(id, 7, delta.len() as u64, &base, delta)
    }

    /// Writes the pack and its index; returns the path of the pack.
    pub fn write(mut self, store: &Path, name: &str) -> PathBuf {
        let count = u32::try_from(self.entries.len()).unwrap();
        self.bytes[8..12].copy_from_slice(&count.to_be_bytes());
        self.bytes.extend([7; 20]);
        self.entries.sort_unstable();
        let mut index = b"\xFFtOc\0\0\0\x02".to_vec();
        for first in 0..=255 {
            let below = self.entries.iter().filter(|(id, _)| id[0] <= first).count();
            index.extend(u32::try_from(below).unwrap().to_be_bytes());
        }
        self.entries.iter().for_each(|(id, _)| index.extend(id));
        index.extend(vec![0; 4 * self.entries.len()]);
        for (_, offset) in &self.entries {
            index.extend(u32::try_from(*offset).unwrap().to_be_bytes());
        }
        index.extend([7; 40]);
        let folder = store.join("pack");
        fs::create_dir_all(&folder).unwrap();
        let pack = folder.join(format!("pack-{name}.pack"));
        fs::write(&pack, &self.bytes).unwrap();
        fs::write(pack.with_extension("idx"), index).unwrap();
        pack
    }
}

pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// How far back, as entries tell it.
pub fn distance(mut value: u64) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7f) as u8];
    while value > 0x7f {
        value = (value >> 7) - 1;
        bytes.push((value & 0x7f) as u8 | 0x80);
    }
    bytes.reverse();
    bytes
}

/// One step of a delta.
pub enum Step<'s> {
    Copy(u64, u64),
    Insert(&'s [u8]),
}

/// A delta that says to be for a base of this size and to give so many bytes.
pub fn delta(base: u64, size: u64, steps: &[Step<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for mut value in [base, size] {
        while value > 0x7f {
            bytes.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
    }
    for step in steps {
        match step {
            Step::Insert(inserted) => inserted.chunks(0x7f).for_each(|chunk| {
                bytes.push(chunk.len() as u8);
                bytes.extend_from_slice(chunk);
            }),
            Step::Copy(from, count) => {
                bytes.push(0xFF);
                bytes.extend_from_slice(&u32::try_from(*from).unwrap().to_le_bytes());
                bytes.extend_from_slice(&u32::try_from(*count).unwrap().to_le_bytes()[..3]);
            }
        }
    }
    bytes
}

/// A delta that puts a text behind all of its base, which is smaller than 16 MiB.
pub fn append(base: u64, text: &[u8]) -> Vec<u8> {
    delta(base, base + text.len() as u64, &[Step::Copy(0, base), Step::Insert(text)])
}
