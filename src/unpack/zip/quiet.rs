//! The large parts of a document, looked at as they stand before anything is made of them.
//!
//! Holds: that look. Must not know: which parts these are.

use std::collections::HashSet;
use std::io::Read;

use super::archive::{Archive, Hand};
use crate::unpack::face::SEAM;
use crate::unpack::{Sink, office};

/// Bytes that are looked at together.
const STEP: usize = 256 << 10;

/// The names of members that are all still; none if one of them is not, or if anything is wrong with one. Then all are
/// read as usual, and what is wrong is told.
pub(super) fn members(archive: &Archive<'_>, sink: &mut dyn Sink) -> HashSet<String> {
    let names: Vec<&str> = archive.entries.iter().map(|entry| &*entry.name).collect();
    let bulk: HashSet<String> = office::bulk(&names).into_iter().map(str::to_owned).collect();
    if bulk.is_empty() {
        return bulk;
    }
    let entries: Vec<_> = archive.entries.iter().filter(|entry| bulk.contains(&*entry.name)).collect();
    // What is not still is read twice more, and must be paid for then.
    let size = entries.iter().fold(0, |sum: u64, entry| sum.saturating_add(entry.size.unwrap_or(u64::MAX)));
    // Of two with the same name it is not known which one counts.
    let sound = entries.len() == bulk.len()
        && size.saturating_mul(3) < sink.left()
        && sink.is_still(names.join("\n").as_bytes());
    let mut hand = Hand::new(archive.bytes);
    let mut buffer = vec![0; STEP];
    let still = |entry| hand.look(entry, sink, &mut |source, sink| is_still(source, &mut buffer, sink));
    if sound && entries.into_iter().all(still) { bulk } else { HashSet::new() }
}

/// Whether nothing in a part is worth a look, neither in its bytes nor in the text that is made of them.
fn is_still(source: &mut dyn Read, buffer: &mut [u8], sink: &mut dyn Sink) -> bool {
    let (mut length, mut first, mut splits) = (0, true, office::Splits::default());
    loop {
        let start = length;
        while length < buffer.len() {
            match source.read(&mut buffer[length..]) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
        let (part, ended) = (&buffer[..length], length < buffer.len());
        if sink.spend((length - start) as u64).is_err()
            || splits.stand_in(part, if ended { 0 } else { SEAM })
            || !sink.part_is_still(part, !first, !ended)
        {
            return false;
        }
        if ended {
            return true;
        }
        buffer.copy_within(length - SEAM.., 0);
        (length, first) = (SEAM, false);
    }
}
