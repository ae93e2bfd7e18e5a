//! Presentations that are encrypted: object by object.
//!
//! Holds: which objects there are, and unlocking them. Must not know: what they say.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::atoms::{LOCK, edits};
use super::chain::Chain;
use super::container::Compound;
use super::directory::Entry;
use super::integers::{u16_at, u32_at};
use super::locked::find;
use super::rc4::Lock;
use crate::base::{ReadAt, Trouble};
use crate::unpack::Sink;

/// With this, presentations are encrypted that need no password to be read.
const DEFAULT: &str = "/01Hannes Ruescher/01";

/// Bytes of what describes a lock.
const DESCRIPTION: usize = 4096;

/// Records that are not locked: where a presentation was saved, where its objects are, and how it is locked.
const OPEN: [u16; 3] = [4085, 6002, LOCK];

/// The bytes of a presentation as they are behind its lock. They are held; whoever is done with them calls `release`.
pub(super) fn unseal(
    file: &Compound<'_>,
    entry: &Entry,
    stream: &Chain<'_>,
    sink: &mut dyn Sink,
) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let edits = edits(file, entry, sink)?;
    let mut lock = None;
    let mut objects = BTreeMap::new();
    // Older ones first: what was replaced later stands there no more.
    for edit in edits.iter().rev() {
        for (object, place) in &edit.objects {
            objects.insert(u64::from(*place), *object);
        }
        let description = edit.lock.and_then(|number| edit.objects.get(&number));
        if let Some(place) = description {
            let record = stream.piece(u64::from(*place), DESCRIPTION).map_err(|error| Trouble::of(&error))?;
            lock = record.get(8..).filter(|_| u16_at(&record, 2) == Some(LOCK)).and_then(Lock::read).or(lock);
        }
    }
    let key = find(lock.as_ref(), DEFAULT, sink)?;
    let mut bytes = stream.held(0, stream.size(), sink)?;
    let mut ends: Vec<u64> = objects.keys().copied().collect();
    ends.extend(edits.iter().map(|edit| edit.place));
    ends.sort_unstable();
    for (place, object) in objects {
        // No object reaches into the next.
        let next = ends.get(ends.partition_point(|end| *end <= place)).copied().unwrap_or(u64::MAX);
        let part = |end: u64| Some(usize::try_from(place).ok()?..usize::try_from(end).ok()?);
        let next = next.min(bytes.len() as u64);
        let Some(record) = part(next).and_then(|range| bytes.get_mut(range)) else { continue };
        if u16_at(record, 2).is_none_or(|kind| OPEN.contains(&kind)) {
            continue;
        }
        let mut header = Zeroizing::new(record.get(..8).unwrap_or_default().to_vec());
        key.unlock_block(object, &mut header);
        let length = u32_at(&header, 4).map_or(0, |length| (length as usize).saturating_add(8));
        let length = length.min(record.len());
        key.unlock_block(object, record.get_mut(..length).unwrap_or_default());
    }
    Ok(bytes)
}
