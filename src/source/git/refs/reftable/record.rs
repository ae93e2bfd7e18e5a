//! The records of one block of a table.
//!
//! Holds: their parsing, after git's description of the format ("reftable" in its technical
//! documentation). Whatever the bytes are, it ends, and takes no more memory than a key. Must not know:
//! files, or what becomes of a record.

use gix::ObjectId;
use gix::hash::Kind;

use crate::source::git::refs::gather::LONGEST_NAME;

/// What a table says of one name.
pub(super) enum Record<'a> {
    /// Where the name leads.
    Ref(&'a [u8], Target<'a>),
    /// An entry of its log; each has its own number.
    Log(&'a [u8], u64, Option<Entry<'a>>),
}

/// Where a name leads.
pub(super) enum Target<'a> {
    Deleted,
    Id(ObjectId),
    Symbolic(&'a [u8]),
}

/// An entry of a log; none where an older table has one that is deleted.
pub(super) struct Entry<'a> {
    pub(super) old: ObjectId,
    pub(super) new: ObjectId,
    pub(super) name: &'a [u8],
    pub(super) mail: &'a [u8],
    pub(super) time: u64,
    /// Hours times a hundred and minutes.
    pub(super) zone: i16,
    pub(super) message: &'a [u8],
}

/// The sorts of blocks that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Refs,
    Logs,
}

/// Visits each record of a block, which comes without its head. Where one is broken, the place is told
/// behind which nothing can be read; keys are as long as their prefix in the one before.
pub(super) fn each(block: &[u8], sort: Sort, hash: Kind, visit: &mut dyn FnMut(Record<'_>)) -> Result<(), usize> {
    // At the end are the places of some records, for those who look for one, and their number.
    let count = block.last_chunk().map_or(0, |count| usize::from(u16::from_be_bytes(*count)));
    let end = block.len().checked_sub(2 + 3 * count).ok_or(0_usize)?;
    let mut rest = Bytes(&block[..end]);
    let mut key = Vec::new();
    while !rest.0.is_empty() {
        let at = end - rest.0.len();
        let mut next = || -> Option<()> {
            let prefix = usize::try_from(rest.number()?).ok()?;
            let head = rest.number()?;
            let suffix = rest.take(usize::try_from(head >> 3).ok()?)?;
            if prefix > key.len() || prefix + suffix.len() > LONGEST_NAME + 9 {
                return None;
            }
            key.truncate(prefix);
            key.extend_from_slice(suffix);
            let record = match sort {
                Sort::Refs => rest.reference(&key, head & 7, hash)?,
                Sort::Logs => rest.log(&key, head & 7, hash)?,
            };
            visit(record);
            Some(())
        };
        next().ok_or(at)?;
    }
    Ok(())
}

/// What is left of a block.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of seven bits a byte, as packs have them for offsets.
    fn number(&mut self) -> Option<u64> {
        let mut byte = self.take(1)?[0];
        let mut number = u64::from(byte & 0x7F);
        while byte & 0x80 != 0 {
            byte = self.take(1)?[0];
            number = number.checked_add(1).filter(|number| number >> 57 == 0)? << 7 | u64::from(byte & 0x7F);
        }
        Some(number)
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(usize::try_from(length).ok()?)
    }

    fn id(&mut self, hash: Kind) -> Option<ObjectId> {
        ObjectId::try_from(self.take(hash.len_in_bytes())?).ok()
    }

    fn reference<'k>(&mut self, name: &'k [u8], sort: u64, hash: Kind) -> Option<Record<'k>>
    where
        'a: 'k,
    {
        // In which transaction it came.
        self.number()?;
        let target = match sort {
            0 => Target::Deleted,
            1 => Target::Id(self.id(hash)?),
            2 => {
                let id = self.id(hash)?;
                // The object behind a tag, for those who are in a hurry.
                self.id(hash)?;
                Target::Id(id)
            }
            3 => Target::Symbolic(self.text()?),
            _ => return None,
        };
        (!name.is_empty()).then_some(Record::Ref(name, target))
    }

    fn log<'k>(&mut self, key: &'k [u8], sort: u64, hash: Kind) -> Option<Record<'k>>
    where
        'a: 'k,
    {
        let (rest, number) = key.split_last_chunk()?;
        let name = rest.strip_suffix(b"\0").filter(|name| !name.is_empty())?;
        let entry = match sort {
            0 => None,
            1 => Some(Entry {
                old: self.id(hash)?,
                new: self.id(hash)?,
                name: self.text()?,
                mail: self.text()?,
                time: self.number()?,
                zone: i16::from_be_bytes(self.take(2)?.try_into().ok()?),
                message: self.text()?,
            }),
            _ => return None,
        };
        Some(Record::Log(name, !u64::from_be_bytes(*number), entry))
    }
}
