//! What there is, and what there is not.
//!
//! Holds: the tally, a tree of seals in three levels whose root is in the sealed state. Its leaves lie under names
//! (keyed hashes): the seal of every record, the number of the credential that every handle leads to, how many
//! credentials a NIP has. A leaf is read only together with its whole bucket, whose seal its group holds, whose seal
//! the root holds. So an older record in the place of a newer one is known, and so is one that was taken out, which a
//! seal beside the record could not tell. Must not know: what a leaf means.

use std::collections::{BTreeMap, BTreeSet};

use redb::TableHandle;

use super::error::Fault;
use super::seal::{SHORT, Seal, Short};
use super::tables::{Ground, TALLY};

/// Groups below the root, and buckets in a group: with 100,000 credentials a bucket has about 3 KB.
pub(super) const FAN: usize = 64;

/// The seal of what is empty.
const NONE: Short = [0; SHORT];

/// The leaves of a bucket, each behind its name, in the order of names: as they lie in the file.
type Bucket = Vec<[Short; 2]>;

/// The tally, as far as it was read.
#[derive(Debug)]
pub(super) struct Tally {
    root: Vec<Short>,
    groups: BTreeMap<u8, Vec<Short>>,
    buckets: BTreeMap<u16, Bucket>,
    changed: BTreeSet<u16>,
}

impl Tally {
    pub(super) fn new(root: &[Short]) -> Self {
        Self { root: root.to_vec(), groups: BTreeMap::new(), buckets: BTreeMap::new(), changed: BTreeSet::new() }
    }

    /// The leaf of a name, kept for the next time.
    pub(super) fn get(&mut self, name: &Short, ground: &Ground, seal: &Seal) -> Result<Option<Short>, Fault> {
        Ok(leaf_in(self.bucket(bucket_of(name), ground, seal)?, name))
    }

    /// The seal that the bucket of a name must have.
    pub(super) fn expected(&mut self, name: &Short, ground: &Ground, seal: &Seal) -> Result<Short, Fault> {
        self.seal_of(bucket_of(name), ground, seal)
    }

    /// Sets the leaf of a name, or takes it out.
    pub(super) fn set(&mut self, name: &Short, leaf: Option<Short>, ground: &Ground, seal: &Seal) -> Result<(), Fault> {
        let index = bucket_of(name);
        let bucket = self.bucket(index, ground, seal)?;
        match (place_in(bucket, name), leaf) {
            (Ok(place), Some(leaf)) => bucket.splice(place..=place, [[*name, leaf]]).for_each(drop),
            (Err(place), Some(leaf)) => bucket.insert(place, [*name, leaf]),
            (Ok(place), None) => drop(bucket.remove(place)),
            (Err(_), None) => {}
        }
        self.changed.insert(index);
        Ok(())
    }

    /// Writes what was changed, and tells the new root.
    pub(super) fn write(&mut self, ground: &Ground, seal: &Seal) -> Result<Vec<Short>, Fault> {
        let mut groups = BTreeSet::new();
        for index in std::mem::take(&mut self.changed) {
            let bucket = self.bucket(index, ground, seal)?;
            let sealed = write(&key_of_bucket(index), bucket.as_flattened(), ground, seal)?;
            let (group, place) = group_of(index);
            if let Some(of_bucket) = self.group(group, ground, seal)?.get_mut(place) {
                *of_bucket = sealed;
            }
            groups.insert(group);
        }
        for index in groups {
            let group = self.group(index, ground, seal)?;
            let group = if group.iter().all(|of_bucket| *of_bucket == NONE) { &[][..] } else { group };
            let sealed = write(&key_of_group(index), group, ground, seal)?;
            if let Some(of_group) = self.root.get_mut(usize::from(index)) {
                *of_group = sealed;
            }
        }
        Ok(self.root.clone())
    }

    fn bucket(&mut self, index: u16, ground: &Ground, seal: &Seal) -> Result<&mut Bucket, Fault> {
        if !self.buckets.contains_key(&index) {
            let expected = self.seal_of(index, ground, seal)?;
            let bucket = read(&key_of_bucket(index), expected, ground, seal, |node| node.as_chunks::<2>().0.to_vec())?;
            self.buckets.insert(index, bucket);
        }
        Ok(self.buckets.entry(index).or_default())
    }

    /// The seal that a bucket must have.
    fn seal_of(&mut self, bucket: u16, ground: &Ground, seal: &Seal) -> Result<Short, Fault> {
        let (group, place) = group_of(bucket);
        Ok(self.group(group, ground, seal)?.get(place).copied().unwrap_or(NONE))
    }

    fn group(&mut self, index: u8, ground: &Ground, seal: &Seal) -> Result<&mut Vec<Short>, Fault> {
        if !self.groups.contains_key(&index) {
            let expected = self.root.get(usize::from(index)).copied().unwrap_or(NONE);
            let mut group = read(&key_of_group(index), expected, ground, seal, <[Short]>::to_vec)?;
            group.resize(FAN, NONE);
            self.groups.insert(index, group);
        }
        Ok(self.groups.entry(index).or_default())
    }
}

/// The leaf of a name in a bucket that has the expected seal. Whoever only reads seldom comes back to a bucket: it is looked at
/// where it lies.
pub(super) fn look(name: &Short, expected: Short, ground: &Ground, seal: &Seal) -> Result<Option<Short>, Fault> {
    read(&key_of_bucket(bucket_of(name)), expected, ground, seal, |node| leaf_in(node.as_chunks::<2>().0, name))
}

fn leaf_in(bucket: &[[Short; 2]], name: &Short) -> Option<Short> {
    place_in(bucket, name).ok().and_then(|place| bucket.get(place)).map(|[_, leaf]| *leaf)
}

/// The bucket of a name: its first twelve bits.
fn bucket_of(name: &Short) -> u16 {
    let [first, second, ..] = *name;
    u16::from_be_bytes([first, second]) >> 4
}

/// The group of a bucket, and the bucket's place in it.
fn group_of(bucket: u16) -> (u8, usize) {
    ((bucket >> 6) as u8, usize::from(bucket) % FAN)
}

fn key_of_group(group: u8) -> [u8; 3] {
    [b'g', 0, group]
}

fn key_of_bucket(bucket: u16) -> [u8; 3] {
    let [high, low] = bucket.to_be_bytes();
    [b'b', high, low]
}

/// Where a name stands in a bucket, or would.
fn place_in(bucket: &[[Short; 2]], name: &Short) -> Result<usize, usize> {
    bucket.binary_search_by(|[other, _]| other.cmp(name))
}

/// What is taken of a node, which must have the seal that is expected of it.
fn read<T: Default>(
    key: &[u8],
    expected: Short,
    ground: &Ground,
    seal: &Seal,
    take: impl FnOnce(&[Short]) -> T,
) -> Result<T, Fault> {
    if expected == NONE {
        return Ok(T::default());
    }
    let take = |bytes: &[u8]| {
        let (node, rest) = bytes.as_chunks::<SHORT>();
        let right = rest.is_empty() && seal.record(TALLY.name(), key, bytes) == expected;
        right.then(|| take(node))
    };
    ground.look(TALLY, key, |bytes| bytes.and_then(take))?.ok_or_else(|| Fault::damaged("its list of what there is"))
}

/// Writes a node, and tells its seal.
fn write(key: &[u8], node: &[Short], ground: &Ground, seal: &Seal) -> Result<Short, Fault> {
    if node.is_empty() {
        return ground.remove(TALLY, key).map(|()| NONE);
    }
    let bytes = node.as_flattened();
    ground.put(TALLY, key, bytes)?;
    Ok(seal.record(TALLY.name(), key, bytes))
}
