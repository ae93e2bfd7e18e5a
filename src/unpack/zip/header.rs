//! The two headers that a member has: its own, and the one in the directory.
//!
//! Holds: `Entry`, and what can be read of it in either place. Must not know: how members are found or opened.

use std::io;

use super::names;
use crate::base::ReadAt;

/// Begins the header that stands before a member.
pub(super) const LOCAL: &[u8; 4] = b"PK\x03\x04";
/// Begins the header of a member in the directory.
pub(super) const CENTRAL: &[u8; 4] = b"PK\x01\x02";
/// Bytes of the header before a member, less name and extra fields.
pub(super) const LOCAL_SIZE: usize = 30;
/// The same in the directory.
pub(super) const CENTRAL_SIZE: usize = 46;

/// Flag: it is encrypted.
const ENCRYPTED: u16 = 1;
/// Flag: its sizes stand behind it.
const STREAMED: u16 = 1 << 3;
/// Flag: encrypted in a way that needs certificates, or more than a password.
const STRONG: u16 = 1 << 6;
/// Flag: its name is UTF-8.
const UNICODE: u16 = 1 << 11;
/// Flags that nobody sets: of a header that was found by chance.
const UNUSED: u16 = 0b1100_0111_1000_0000;

/// Stored as it is.
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATE: u16 = 8;
pub(super) const DEFLATE64: u16 = 9;
/// Encrypted by AES; the extra field tells how it was compressed before.
const AES: u16 = 99;

/// Bytes of the name and the extra fields that are read of the header before a member: such headers may overlap, and
/// must not make much work of few bytes.
const LONGEST: usize = 2048;

/// A member.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: Box<str>,
    /// Where its own header begins.
    pub(super) header: u64,
    /// Where its data begin.
    pub(super) data: u64,
    /// How many bytes of data there are, as far as is known.
    pub(super) packed: u64,
    /// How many bytes come out of them; nothing where that is not known.
    pub(super) size: Option<u64>,
    pub(super) crc: Option<u32>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) time: u16,
    pub(super) aes: Option<Aes>,
    /// Whether only its own decoder knows where it ends.
    pub(super) open_ended: bool,
    /// Where the member behind it begins, or the end.
    pub(super) room: u64,
    /// How many of its bytes belong to other members, too.
    pub(super) charge: u64,
    /// Whether it was read before, differently.
    pub(super) again: bool,
}

/// How a member is encrypted by AES.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Aes {
    /// 1, 2 or 3: of 128, 192 or 256 bits.
    pub(super) strength: u8,
    /// Whether it has no checksum besides that of the encryption.
    pub(super) second: bool,
}

impl Entry {
    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0
    }

    /// Whether a password does not open it.
    pub(super) fn is_strong(&self) -> bool {
        self.flags & STRONG != 0 || (self.method == AES && self.aes.is_none())
    }

    /// Whether its sizes stand behind it.
    pub(super) fn is_streamed(&self) -> bool {
        self.flags & STREAMED != 0
    }

    /// Whether it is a folder, and nothing that could be one by its name alone.
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with('/') && self.size.unwrap_or(0) == 0 && self.packed <= 64 && !self.open_ended
    }

    /// Where its data end, as far as is known.
    pub(super) fn end(&self) -> u64 {
        self.data.saturating_add(self.packed)
    }

    /// How many bytes its decoder may read. Deflate knows its own end, whatever the headers say of it.
    pub(super) fn limit(&self) -> u64 {
        let knows = self.open_ended || (matches!(self.method, DEFLATE | DEFLATE64) && !self.is_encrypted());
        if knows { self.packed.max(self.room.saturating_sub(self.data)) } else { self.packed }
    }

    /// Bytes of memory that it takes.
    pub(super) fn weight(&self) -> u64 {
        (size_of::<Self>() * 3 / 2 + self.name.len() + 16) as u64
    }

    /// What is left of it when its own header says something else of its data than the directory.
    pub(super) fn differing(&self, own: &Local) -> Option<Self> {
        let (flags, method, aes) = (own.entry.flags, own.entry.method, own.entry.aes);
        let differs = method != self.method || (flags ^ self.flags) & ENCRYPTED != 0;
        differs.then(|| Self { flags, method, aes, again: true, ..self.clone() })
    }

    /// Reads the extra fields: wide sizes, the name in Unicode, the encryption by AES.
    fn read_extra(&mut self, mut extra: &[u8], raw_name: &[u8], offset: Option<&mut u64>) {
        let mut offset = offset;
        while let [a, b, c, d, rest @ ..] = extra {
            let length = usize::from(u16::from_le_bytes([*c, *d])).min(rest.len());
            let (field, behind) = rest.split_at(length);
            match u16::from_le_bytes([*a, *b]) {
                0x0001 => self.read_wide(field, offset.take()),
                0x7075 => {
                    if let Some(name) = names::unicode(field, raw_name) {
                        self.name = name.into();
                    }
                }
                0x9901 if self.method == AES && field.len() >= 7 && (1..=3).contains(&field[4]) => {
                    let second = short(field, 0) == 2;
                    self.aes = Some(Aes { strength: field[4], second });
                    self.method = short(field, 5);
                    if second {
                        self.crc = None;
                    }
                }
                _ => {}
            }
            extra = behind;
        }
    }

    /// Each of them stands there only where its place in the header is filled up.
    fn read_wide(&mut self, field: &[u8], offset: Option<&mut u64>) {
        let mut fields = field.chunks_exact(8).map(|bytes| long(bytes, 0));
        if self.size == Some(u64::from(u32::MAX)) {
            self.size = fields.next();
        }
        if self.packed == u64::from(u32::MAX) {
            self.packed = fields.next().unwrap_or(self.packed);
        }
        if let Some(offset) = offset.filter(|offset| **offset == u64::from(u32::MAX)) {
            *offset = fields.next().unwrap_or(*offset);
        }
    }
}

/// Two bytes of a header; what is not there counts as zero, like in the functions below.
pub(super) fn short(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
}

/// Four bytes of a header.
pub(super) fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from(short(bytes, at)) | u32::from(short(bytes, at + 2)) << 16
}

/// Eight bytes of a header.
pub(super) fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from(word(bytes, at)) | u64::from(word(bytes, at + 4)) << 32
}

/// Reads as much as there is at a place.
pub(super) fn read_at(bytes: &dyn ReadAt, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match bytes.read_at(&mut buffer[length..], offset.saturating_add(length as u64)) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// What the directory says of a member. `rest` holds its name and then its extra fields. The second value is where
/// the directory says that its own header begins.
pub(super) fn central(fixed: &[u8; CENTRAL_SIZE], rest: &[u8]) -> (Entry, u64) {
    let (name, extra) = rest.split_at(usize::from(short(fixed, 28)).min(rest.len()));
    let mut offset = u64::from(word(fixed, 42));
    let mut entry = entry(&fixed[8..28], name);
    entry.read_extra(extra, name, Some(&mut offset));
    (entry, offset)
}

/// The fields that both headers have in common: from the flags to the sizes.
fn entry(fields: &[u8], name: &[u8]) -> Entry {
    let flags = short(fields, 0);
    Entry {
        name: names::decode(name, flags & UNICODE != 0).into(),
        header: 0,
        data: 0,
        packed: u64::from(word(fields, 12)),
        size: Some(u64::from(word(fields, 16))),
        crc: Some(word(fields, 8)),
        flags,
        method: short(fields, 2),
        time: short(fields, 4),
        aes: None,
        open_ended: false,
        room: 0,
        charge: 0,
        again: false,
    }
}

/// What the header before a member says.
pub(super) struct Local {
    pub(super) entry: Entry,
    /// Whether it looks like one that a program wrote.
    pub(super) plausible: bool,
}

/// Whether what stands before name and extra fields looks like what a program wrote.
pub(super) fn begins(fixed: &[u8]) -> bool {
    let known = matches!(short(fixed, 8), 0..=20 | 93..=99);
    let whole = fixed.len() >= LOCAL_SIZE && fixed.starts_with(LOCAL);
    whole && known && short(fixed, 26) > 0 && short(fixed, 6) & UNUSED == 0 && fixed[4] <= 100
}

/// Reads the header before a member. Nothing where there is none.
pub(super) fn local(bytes: &dyn ReadAt, header: u64) -> io::Result<Option<Local>> {
    let mut held = [0; LOCAL_SIZE + LONGEST];
    let count = read_at(bytes, header, &mut held)?;
    let Some((fixed, rest)) = held[..count].split_at_checked(LOCAL_SIZE) else { return Ok(None) };
    if !fixed.starts_with(LOCAL) {
        return Ok(None);
    }
    let (length, extra) = (usize::from(short(fixed, 26)), usize::from(short(fixed, 28)));
    let (name, rest) = rest.split_at(length.min(rest.len()));
    let mut entry = entry(&fixed[6..26], name);
    let plain = name.len() == length && name.iter().all(|byte| *byte >= b' ');
    let plausible = plain && begins(fixed);
    entry.read_extra(&rest[..extra.min(rest.len())], name, None);
    entry.header = header;
    entry.data = header.saturating_add((LOCAL_SIZE + length + extra) as u64);
    Ok(Some(Local { entry, plausible }))
}
