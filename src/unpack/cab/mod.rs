//! Cabinets of Windows.
//!
//! Holds: their files, folder by folder. Must not know: what is in them.
//!
//! Written here around a library for LZX: the crate `cab` decodes a folder from its beginning for each file of it.

mod folder;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead, Read};

use self::folder::{Content as Decoded, Folder, memory};
use super::frames::with_window;
use super::{Content, Flow, Format, Member, Open, Raw, Sink};
use crate::base::{Cursor, ReadAt, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "cab",
    scope: "stored, MSZIP and LZX; of a set of several cabinets what stands in one alone, the rest is told; no Quantum",
    recognises: |probe| {
        matches!(probe.head, [b'M', b'S', b'C', b'F', 0, 0, 0, 0, ..]) && probe.head.get(25) == Some(&1)
    },
    raw: Raw::Last,
    open: Open::Random(open),
};

/// Parts of a file that stand in the cabinet before this one, or in both.
const BEFORE: [u16; 2] = [0xFFFD, 0xFFFF];
/// A part of it stands in the cabinet behind this one.
const BEHIND: u16 = 0xFFFE;

/// The longest name, and bytes of all names at most.
const NAME: usize = 1024;
const NAMES: usize = 16 << 20;

struct File {
    name: String,
    start: u64,
    size: u64,
    folder: u16,
}

fn open(cabinet: &dyn ReadAt, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let (folders, mut files) = read(&mut Cursor::new(cabinet)).map_err(|error| Trouble::of(&error))?;
    files.sort_by_key(|file| (file.folder, file.start));
    for group in files.chunk_by(|one, other| one.folder == other.folder) {
        let number = group.first().map_or(0, |file| file.folder);
        let flow = match folder_of(number, &folders) {
            Some(folder) => {
                let mut flow = Flow::Continue(());
                let result = with_window(sink, memory(folder), |sink| {
                    flow = hand_folder(cabinet, folder, group, sink)?;
                    Ok(())
                });
                if let Err(trouble) = result {
                    sink.tell(group.first().map(|file| file.name.as_str()), "folder of a cabinet", trouble);
                }
                flow
            }
            None => {
                for file in group {
                    let trouble = if BEFORE.contains(&number) {
                        Trouble::unsupported("begins in another cabinet, which must be joined with it; not opened")
                    } else {
                        Trouble::malformed("is damaged")
                    };
                    sink.tell(Some(&file.name), "cabinet member", trouble);
                }
                Flow::Continue(())
            }
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// The folder that a file is in; one that goes on is the last.
fn folder_of(number: u16, folders: &[Folder]) -> Option<Folder> {
    if number == BEHIND { folders.last().copied() } else { folders.get(usize::from(number)).copied() }
}

/// Hands over the files of a folder, in the order in which they stand there.
fn hand_folder(cabinet: &dyn ReadAt, folder: Folder, files: &[File], sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let mut content = Decoded::new(cabinet, folder)?;
    for (index, file) in files.iter().enumerate() {
        if file.start < content.position {
            sink.tell(Some(&file.name), "cabinet member", Trouble::malformed("lies over another; not opened"));
            continue;
        }
        pass(&mut content, file.start, sink)?;
        let mut part = Part { content: &mut content, left: file.size, failed: false };
        let flow = sink.take(Member::named("cabinet member", &file.name), Content::Read(&mut part, None));
        let failed = part.failed;
        if flow.is_break() {
            return Ok(flow);
        }
        if failed {
            // What stands behind the damage cannot be decoded; that of the file itself was told.
            let lost = files.len() - index - 1;
            if lost > 0 {
                let text = format!("is damaged; {lost} files behind the damage were not opened");
                sink.tell(None, "folder of a cabinet", Trouble::malformed(text));
            }
            break;
        }
        pass(&mut content, file.start.saturating_add(file.size), sink)?;
    }
    Ok(Flow::Continue(()))
}

/// Decodes up to a place what is not wanted.
fn pass(content: &mut Decoded<'_>, place: u64, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut waste = [0; 4096];
    while content.position < place {
        let wanted = waste.len().min(usize::try_from(place - content.position).unwrap_or(usize::MAX));
        let count = content.read(&mut waste[..wanted]).map_err(|error| Trouble::of(&error))?;
        if count == 0 {
            return Err(Trouble::malformed("ends early"));
        }
        sink.spend(count as u64)?;
    }
    Ok(())
}

/// A file cut out of its folder.
struct Part<'a, 'b> {
    content: &'a mut Decoded<'b>,
    left: u64,
    failed: bool,
}

impl Read for Part<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        let result = match self.content.read(&mut buffer[..wanted]) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            result => result,
        };
        self.failed |= result.is_err();
        self.left -= *result.as_ref().unwrap_or(&0) as u64;
        result
    }
}

/// Reads the tables.
fn read(cursor: &mut Cursor<'_>) -> io::Result<(Vec<Folder>, Vec<File>)> {
    let mut head = [0; 36];
    cursor.read_exact(&mut head)?;
    let half = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    let flags = half(30);
    let mut reserved = [0; 4];
    if flags & 4 != 0 {
        cursor.read_exact(&mut reserved)?;
        let length = u64::from(u16::from_le_bytes([reserved[0], reserved[1]]));
        io::copy(&mut cursor.take(length), &mut io::sink())?;
    }
    // The names of the cabinets and discs before and behind this one.
    for _ in 0..2 * ((flags & 1) + (flags >> 1 & 1)) {
        name(cursor)?;
    }
    let mut folders = Vec::new();
    for _ in 0..half(26) {
        let mut entry = [0; 8];
        cursor.read_exact(&mut entry)?;
        io::copy(&mut cursor.take(u64::from(reserved[2])), &mut io::sink())?;
        folders.push(Folder {
            start: u64::from(u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]])),
            blocks: u16::from_le_bytes([entry[4], entry[5]]),
            compression: u16::from_le_bytes([entry[6], entry[7]]),
            reserved: reserved[3],
        });
    }
    io::Seek::seek(
        cursor,
        io::SeekFrom::Start(u64::from(u32::from_le_bytes([head[16], head[17], head[18], head[19]]))),
    )?;
    let mut files = Vec::new();
    let mut room = NAMES;
    for _ in 0..half(28) {
        let mut entry = [0; 16];
        cursor.read_exact(&mut entry)?;
        let name = name(cursor)?.replace('\\', "/");
        room = room.checked_sub(name.len()).ok_or(io::ErrorKind::InvalidData)?;
        files.push(File {
            size: u64::from(u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]])),
            start: u64::from(u32::from_le_bytes([entry[4], entry[5], entry[6], entry[7]])),
            folder: u16::from_le_bytes([entry[8], entry[9]]),
            name,
        });
    }
    Ok((folders, files))
}

/// Reads a name up to its end.
fn name(cursor: &mut Cursor<'_>) -> io::Result<String> {
    let mut name = Vec::new();
    cursor.take(NAME as u64).read_until(0, &mut name)?;
    match name.pop() {
        Some(0) => Ok(String::from_utf8_lossy(&name).into_owned()),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}
