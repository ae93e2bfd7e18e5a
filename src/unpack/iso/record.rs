//! The records of folders on a disc.
//!
//! Holds: what a record says in ISO 9660, Joliet and Rock Ridge. Must not know: where folders stand.

use crate::base::ReadAt;

/// How names are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// In ASCII with a version, unless Rock Ridge says better.
    Plain,
    /// In UTF-16.
    Joliet,
}

/// A file or a folder.
pub(super) struct Record {
    pub(super) name: String,
    pub(super) extent: u32,
    pub(super) size: u32,
    pub(super) folder: bool,
    /// Whether the next record goes on with the same file.
    pub(super) more: bool,
    /// Where a link goes.
    pub(super) link: Option<String>,
    /// Whether its content is compressed block by block.
    pub(super) packed: bool,
    /// Bytes of other places that were read to know it.
    pub(super) beside: u64,
}

/// Areas that may go on with what a record says.
const AREAS: usize = 8;

/// The longest name.
const NAME: usize = 1024;

/// A little-endian number.
pub(super) fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |chunk| u32::from_le_bytes(*chunk))
}

impl Record {
    /// Reads a record whose length was looked at; nothing where it is too short. Folders begin with two records of
    /// themselves and of the one above, which have no name.
    pub(super) fn read(bytes: &[u8], names: Names, block: u64, disc: &dyn ReadAt) -> Option<Self> {
        let flags = *bytes.get(25)?;
        let length = usize::from(*bytes.get(32)?);
        let own = bytes.get(33..33 + length)?;
        let mut record = Self {
            name: String::new(),
            extent: word(bytes, 2).saturating_add(u32::from(bytes[1])),
            size: word(bytes, 10),
            folder: flags & 2 != 0,
            more: flags & 0x80 != 0,
            link: None,
            packed: false,
            beside: 0,
        };
        if matches!(own, [0 | 1]) {
            return Some(record);
        }
        let mut rock = String::new();
        if names == Names::Plain {
            let behind = 33 + length + (length + 1) % 2;
            record.extend(bytes.get(behind..).unwrap_or_default(), &mut rock, block, disc);
        }
        record.name = match names {
            Names::Joliet => {
                let units: Vec<u16> = own.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                String::from_utf16_lossy(&units)
            }
            Names::Plain if rock.is_empty() => String::from_utf8_lossy(own).into_owned(),
            Names::Plain => rock,
        };
        if let Some((name, version)) = record.name.rsplit_once(';')
            && version.bytes().all(|byte| byte.is_ascii_digit())
        {
            let length = name.trim_end_matches('.').len();
            record.name.truncate(length);
        }
        Some(record)
    }

    /// Reads what Rock Ridge says, here and in the areas that go on with it.
    fn extend(&mut self, entries: &[u8], name: &mut String, block: u64, disc: &dyn ReadAt) {
        let mut area = entries.to_vec();
        for _ in 0..AREAS {
            let Some((place, length)) = self.entries(&area, name) else { return };
            let at = u64::from(place.0).saturating_mul(block).saturating_add(u64::from(place.1));
            area.resize(length.min(2048) as usize, 0);
            let count = disc.read_at(&mut area, at).unwrap_or(0);
            area.truncate(count);
            self.beside += count as u64;
        }
    }

    /// Reads the entries of an area; tells where they go on.
    fn entries(&mut self, mut area: &[u8], name: &mut String) -> Option<((u32, u32), u32)> {
        let mut next = None;
        while let [first, second, length, _, ..] = *area
            && length >= 4
            && let Some((entry, rest)) = area.split_at_checked(usize::from(length))
        {
            match (&[first, second], entry.get(5..)) {
                (b"NM", Some(text)) if name.len() + text.len() <= NAME => {
                    name.push_str(&String::from_utf8_lossy(text));
                }
                (b"SL", Some(parts)) => self.link(parts),
                (b"ZF", _) => self.packed = true,
                (b"CE", _) if entry.len() >= 28 => {
                    next = Some(((word(entry, 4), word(entry, 12)), word(entry, 20)));
                }
                (b"ST", _) => break,
                _ => {}
            }
            area = rest;
        }
        next
    }

    /// Reads the parts of a link.
    fn link(&mut self, mut parts: &[u8]) {
        let link = self.link.get_or_insert_default();
        while let [flags, length, rest @ ..] = parts
            && let Some((text, rest)) = rest.split_at_checked(usize::from(*length))
            && link.len() <= 4 * NAME
        {
            if !link.is_empty() {
                link.push('/');
            }
            match flags {
                2 => link.push('.'),
                4 => link.push_str(".."),
                _ => link.push_str(&String::from_utf8_lossy(text)),
            }
            parts = rest;
        }
    }
}
