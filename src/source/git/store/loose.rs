//! Objects in files of their own, and zlib as a stream.
//!
//! Holds: where such files are, their head and their content. Must not know: what objects mean.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::objs::Kind;
use gix::oid;

use super::Store;
use super::pack::Damage;
use crate::base::{Budget, Limits};

/// The longest head that an honest object has: `commit`, a blank, twenty digits, a zero.
const HEAD: usize = 32;

/// A compressed stream as something to read from.
pub(super) struct Stream<R: Read> {
    inner: flate2::read::ZlibDecoder<R>,
    /// Bytes that came out of it.
    count: u64,
    /// Whether those were all.
    ended: bool,
}

impl<'p> Stream<&'p [u8]> {
    /// That of an entry of a pack.
    pub(super) fn of_pack(packed: &'p [u8]) -> Self {
        Self::new(packed)
    }
}

impl<R: Read> Stream<R> {
    fn new(packed: R) -> Self {
        Self { inner: flate2::read::ZlibDecoder::new(packed), count: 0, ended: false }
    }

    /// Whether it came to an end after more or fewer bytes than were promised.
    pub(super) fn is_other_than(&self, size: u64) -> bool {
        self.ended && self.count != size
    }
}

impl<R: Read> Read for Stream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count += count as u64;
        self.ended |= count == 0 && !buffer.is_empty();
        Ok(count)
    }
}

/// An object that was opened: its kind, its size, and what follows.
pub(super) struct Opened {
    pub(super) kind: Kind,
    pub(super) size: u64,
    pub(super) stream: Stream<File>,
}

/// Opens an object and reads its head.
pub(super) fn open(path: &Path) -> Result<Opened, Damage> {
    let file = File::open(path).map_err(|_| Damage::Broken)?;
    let mut stream = Stream::new(file);
    let mut head = Vec::with_capacity(HEAD);
    loop {
        let mut byte = [0];
        let count = stream.read(&mut byte).map_err(|_| Damage::Broken)?;
        if count == 0 || head.len() == HEAD {
            return Err(Damage::Broken);
        }
        if byte[0] == 0 {
            break;
        }
        head.push(byte[0]);
    }
    let text = std::str::from_utf8(&head).map_err(|_| Damage::Broken)?;
    let (kind, size) = text.split_once(' ').ok_or(Damage::Broken)?;
    let kind = Kind::from_bytes(kind.as_bytes()).map_err(|_| Damage::Broken)?;
    stream.count = 0;
    Ok(Opened { kind, size: size.parse().map_err(|_| Damage::Broken)?, stream })
}

/// Reads as much of a damaged stream as there is; tells how much.
pub(super) fn beginning(packed: &[u8], out: &mut [u8]) -> usize {
    let (mut stream, mut count) = (Stream::of_pack(packed), 0);
    while let Ok(more @ 1..) = stream.read(&mut out[count..]) {
        count += more;
    }
    count
}

/// Reads an object of no more than so many bytes.
pub(super) fn read(path: &Path, largest: u64, out: &mut Vec<u8>) -> Result<Kind, Damage> {
    let mut opened = open(path)?;
    if opened.size > largest {
        return Err(Damage::TooLarge(opened.size));
    }
    out.clear();
    take(&mut opened, out).map(|()| opened.kind)
}

/// Reads the rest of an object; on an error, what could be read is in `out`.
pub(super) fn take(opened: &mut Opened, out: &mut Vec<u8>) -> Result<(), Damage> {
    let budget = Budget::new(&Limits::default());
    let mut chunk = vec![0; 64 << 10];
    loop {
        let count = budget.read(&mut opened.stream, &mut chunk).map_err(|_| Damage::Broken)?;
        if count == 0 {
            return if out.len() as u64 == opened.size { Ok(()) } else { Err(Damage::Broken) };
        }
        let room = usize::try_from(opened.size).unwrap_or(usize::MAX).saturating_sub(out.len());
        out.extend_from_slice(&chunk[..count.min(room)]);
        if count > room {
            return Err(Damage::Broken);
        }
    }
}

impl Store {
    /// The file of an object, if it has one of its own.
    pub(super) fn loose_file(&self, id: &oid) -> Option<PathBuf> {
        let hex = id.to_hex().to_string();
        let (folder, file) = hex.split_at(2);
        self.folders.iter().map(|store| store.join(folder).join(file)).find(|path| path.is_file())
    }

    /// Every object that no pack has and that has a file of its own, sorted by its name.
    pub(super) fn loose(&self, unread: &mut Vec<(PathBuf, String)>) -> Vec<(ObjectId, PathBuf)> {
        let mut all = Vec::new();
        for store in &self.folders {
            for byte in 0..=u8::MAX {
                let folder = store.join(format!("{byte:02x}"));
                let entries = match std::fs::read_dir(&folder) {
                    Ok(entries) => entries,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => {
                        unread.push((folder, crate::source::why(&error)));
                        continue;
                    }
                };
                for entry in entries.flatten() {
                    let name = entry.file_name();
                    let hex = format!("{byte:02x}{}", name.to_string_lossy());
                    let Ok(id) = ObjectId::from_hex(hex.as_bytes()) else { continue };
                    // A name of another length would shift those that `memory` lays one behind the other.
                    if id.kind() == self.hash && self.packs.iter().all(|pack| pack.index().lookup(id).is_none()) {
                        all.push((id, entry.path()));
                    }
                }
            }
        }
        all.sort();
        all.dedup_by_key(|(id, _)| *id);
        all
    }
}
