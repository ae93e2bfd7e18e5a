//! The directory of a compound file.
//!
//! Holds: its entries and their paths. Must not know: where their content stands.

use std::fmt::Write as _;

use super::integers::{u16_at, u32_at, u64_at};

/// Bytes of an entry.
pub(super) const SLOT: usize = 128;

/// Folders that a path is told with; a hostile file has more.
const DEEPEST: usize = 16;

/// An entry of the directory.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its name, with control characters as they are.
    pub(super) name: String,
    /// The index of the folder it is in; 0 also for what is in none.
    pub(super) parent: usize,
    /// Its first sector.
    pub(super) start: u32,
    /// Bytes of a stream.
    pub(super) size: u64,
    kind: u8,
    left: u32,
    right: u32,
    child: u32,
}

impl Entry {
    /// Whether it has content.
    pub(super) fn is_stream(&self) -> bool {
        self.kind == 2
    }

    /// Whether it holds others.
    pub(super) fn is_folder(&self) -> bool {
        matches!(self.kind, 1 | 5)
    }

    /// Whether that is its name, in any case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Reads an entry. The size has eight bytes only in files of long sectors; others leave noise in the upper four.
pub(super) fn read_entry(bytes: &[u8], wide: bool) -> Entry {
    let length = usize::from(u16_at(bytes, 64).unwrap_or(0)).clamp(2, 64) - 2;
    let units = bytes.get(..length).unwrap_or_default().chunks_exact(2).filter_map(|unit| u16_at(unit, 0));
    let name = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    let size = u64_at(bytes, 120).unwrap_or(0);
    let number = |at| u32_at(bytes, at).unwrap_or(u32::MAX);
    Entry {
        name,
        parent: 0,
        start: number(116),
        size: if wide { size } else { size & 0xFFFF_FFFF },
        kind: bytes.get(66).copied().unwrap_or(0),
        left: number(68),
        right: number(72),
        child: number(76),
    }
}

/// Finds for each entry the folder that it is in. What no folder names stays in the root.
pub(super) fn set_parents(entries: &mut [Entry]) {
    let mut seen = vec![false; entries.len()];
    let mut open: Vec<(u32, usize)> = entries.first().map(|root| (root.child, 0)).into_iter().collect();
    if let Some(root) = seen.first_mut() {
        *root = true;
    }
    while let Some((number, parent)) = open.pop() {
        let index = number as usize;
        let Some(entry) = entries.get_mut(index) else { continue };
        if std::mem::replace(&mut seen[index], true) {
            continue;
        }
        entry.parent = parent;
        open.extend([(entry.left, parent), (entry.right, parent)]);
        if entry.is_folder() {
            open.push((entry.child, index));
        }
    }
}

/// The path of an entry, fit to be told.
pub(super) fn path(entries: &[Entry], entry: &Entry) -> String {
    let (mut parts, mut above) = (vec![told(&entry.name)], entry.parent);
    while above > 0 && parts.len() < DEEPEST {
        let Some(folder) = entries.get(above) else { break };
        parts.push(told(&folder.name));
        above = folder.parent;
    }
    parts.reverse();
    parts.join("/")
}

/// A name with its control characters written out, and with the letters that installers pack two into one.
fn told(name: &str) -> String {
    let mut told = String::new();
    for letter in name.chars() {
        match u32::from(letter) {
            code @ 0..0x20 => {
                let _ = write!(told, "\\x{code:02x}");
            }
            0x4840 => told.push('!'),
            code @ 0x3800..0x4800 => told.extend([packed(code - 0x3800), packed((code - 0x3800) >> 6)]),
            code @ 0x4800..0x4840 => told.push(packed(code - 0x4800)),
            _ => told.push(letter),
        }
    }
    told
}

/// One of the 64 letters of installers.
fn packed(code: u32) -> char {
    const LETTERS: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
    char::from(LETTERS[(code & 0x3F) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_fit_to_be_told() {
        assert_eq!(told("\u{1}Ole10Native"), "\\x01Ole10Native");
        assert_eq!(told("\u{4840}\u{3F3F}\u{4577}\u{446C}\u{3E6A}\u{44B2}\u{482F}"), "!_StringPool");
    }

    #[test]
    fn circles_of_folders_end() {
        let entry = |child, parent| Entry { child, parent, kind: 1, ..read_entry(&[0xFF; SLOT], false) };
        let mut entries = vec![entry(1, 0), entry(2, 0), entry(1, 0)];
        set_parents(&mut entries);
        assert_eq!(entries.iter().map(|entry| entry.parent).collect::<Vec<_>>(), [0, 0, 1]);
        entries[1].parent = 2;
        assert_eq!(path(&entries, &entries[1]).matches('/').count(), DEEPEST - 1);
    }
}
