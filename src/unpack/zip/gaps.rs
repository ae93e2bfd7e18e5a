//! Members that no directory names, found by their own headers.
//!
//! Holds: the search for them in what the directory does not account for, which is all where there is no directory.
//! Must not know: how members are opened.

use std::io;

use memchr::memmem;

use super::header::{CENTRAL, Entry, LOCAL, LOCAL_SIZE, local, long, read_at, word};
use crate::base::ReadAt;

/// Begins the sizes behind a member.
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";
/// Bytes that are searched at once.
const STEP: usize = 64 << 10;

/// Less than this can hold no member.
pub(super) const LEAST: u64 = LOCAL_SIZE as u64 + 1;

/// What is left of some bytes when extents are taken out of them, which it sorts.
pub(super) fn between(extents: &mut [(u64, u64)], size: u64) -> Vec<(u64, u64)> {
    extents.sort_unstable();
    let (mut gaps, mut at) = (Vec::new(), 0);
    for (from, to) in extents.iter().copied().chain([(size, size)]) {
        if from.min(size).saturating_sub(at) >= LEAST {
            gaps.push((at, from.min(size)));
        }
        at = at.max(to);
    }
    gaps
}

/// Searches a gap. Each place of it is looked at once for members and once for the end of one.
pub(super) struct Gap<'a> {
    bytes: &'a dyn ReadAt,
    at: u64,
    end: u64,
    window: Vec<u8>,
    /// Where the window begins.
    base: u64,
}

impl<'a> Gap<'a> {
    pub(super) fn new(bytes: &'a dyn ReadAt, (from, to): (u64, u64)) -> Self {
        Self { bytes, at: from, end: to, window: Vec::new(), base: 0 }
    }

    /// The next member.
    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        while let Some(at) = self.find(LOCAL, self.at)? {
            let Some(found) = local(self.bytes, at)?.filter(|found| found.plausible && found.entry.data <= self.end)
            else {
                self.at = at + LOCAL.len() as u64;
                continue;
            };
            let mut entry = found.entry;
            if entry.is_streamed() && entry.packed == 0 {
                self.at = self.close(&mut entry)?;
            } else if self.is_end(entry.end())? {
                self.at = entry.end();
            } else {
                // Nobody knows whether its size is right: what could be in it is looked for, too.
                self.at = entry.data;
                entry.packed = entry.packed.min(self.end - entry.data);
            }
            return Ok(Some(entry));
        }
        Ok(None)
    }

    /// Whether a member may end there: at the end, or before the next thing.
    fn is_end(&mut self, at: u64) -> io::Result<bool> {
        let mut mark = [0; 2];
        Ok(at == self.end || (at < self.end && read_at(self.bytes, at, &mut mark)? == 2 && &mark == b"PK"))
    }

    /// Finds the end of a member whose size is not known; tells where to look for the next.
    fn close(&mut self, entry: &mut Entry) -> io::Result<u64> {
        let mut at = entry.data;
        while let Some(mark) = self.find(b"PK", at)? {
            let mut behind = [0; 24];
            let count = read_at(self.bytes, mark, &mut behind)?;
            let length = mark - entry.data;
            if behind.starts_with(DESCRIPTOR) {
                let wide = count == 24 && long(&behind, 8) == length;
                if wide || u64::from(word(&behind, 8)) == length {
                    let size = if wide { long(&behind, 16) } else { u64::from(word(&behind, 12)) };
                    (entry.packed, entry.size) = (length, Some(size));
                    entry.crc = entry.crc.map(|_| word(&behind, 4));
                    return Ok(mark + if wide { 24 } else { 16 });
                }
            } else if behind.starts_with(CENTRAL)
                || (behind.starts_with(LOCAL) && local(self.bytes, mark)?.is_some_and(|found| found.plausible))
            {
                self.close_before(entry, mark)?;
                return Ok(mark);
            }
            at = mark + 2;
        }
        self.close_before(entry, self.end)?;
        Ok(self.end)
    }

    /// The sizes may stand there without a mark before them.
    fn close_before(&self, entry: &mut Entry, end: u64) -> io::Result<()> {
        let length = end - entry.data;
        let mut sizes = [0; 12];
        if let Some(packed) = length.checked_sub(12)
            && read_at(self.bytes, end - 12, &mut sizes)? == 12
            && u64::from(word(&sizes, 4)) == packed
        {
            (entry.packed, entry.size) = (packed, Some(u64::from(word(&sizes, 8))));
            entry.crc = entry.crc.map(|_| word(&sizes, 0));
        } else {
            (entry.packed, entry.size, entry.crc, entry.open_ended) = (length, None, None, true);
        }
        Ok(())
    }

    /// The first place of a mark from `at` on.
    fn find(&mut self, mark: &[u8], mut at: u64) -> io::Result<Option<u64>> {
        while at.saturating_add(mark.len() as u64) <= self.end {
            let skipped = at.checked_sub(self.base).and_then(|skipped| usize::try_from(skipped).ok());
            let held = skipped.and_then(|skipped| self.window.get(skipped..)).unwrap_or_default();
            if held.len() < mark.len() {
                self.window.resize((self.end - at).min(STEP as u64) as usize, 0);
                let count = read_at(self.bytes, at, &mut self.window)?;
                self.window.truncate(count);
                self.base = at;
                if count < mark.len() {
                    break;
                }
                continue;
            }
            if let Some(place) = memmem::find(held, mark) {
                return Ok(Some(at + place as u64));
            }
            at += (held.len() - mark.len() + 1) as u64;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_what_is_between() {
        let mut extents = [(300, 400), (0, 100), (110, 200), (150, 160), (390, 900)];
        assert_eq!(between(&mut extents, 500), [(200, 300)]);
        assert_eq!(between(&mut [], 500), [(0, 500)]);
        assert_eq!(between(&mut [(0, 400)], 430), []);
    }
}
