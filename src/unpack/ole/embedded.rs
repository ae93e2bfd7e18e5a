//! Files that were dropped into documents.
//!
//! Holds: the wrapper around them. Must not know: what the files are.

use std::io::{Read, Seek, SeekFrom};

use super::container::Compound;
use super::directory::Entry;
use super::integers::{u16_at, u32_at};
use super::letters::{code_page, narrow};
use crate::base::{Cursor, ReadAt, Trouble};
use crate::unpack::{Content, Flow, Member, Sink};

/// Bytes in which the wrapper ends: three paths of Windows and some numbers.
const WRAPPER: usize = 4 << 10;

/// Hands over the file under its name; where there is no wrapper, all but the length before it.
pub(super) fn open(file: &Compound<'_>, entry: &Entry, name: &str, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let stream = file.stream(entry);
    let head = stream.piece(0, WRAPPER).map_err(|error| Trouble::of(&error))?;
    let there = stream.size();
    let (label, at, length) = wrapper(&head).unwrap_or((String::new(), 4, there.saturating_sub(4)));
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let full = match (folder, label.as_str()) {
        (_, "") => name.to_owned(),
        ("", label) => label.to_owned(),
        (folder, label) => format!("{folder}/{label}"),
    };
    if at.saturating_add(length) > there {
        sink.tell(Some(&full), "embedded package", Trouble::malformed("ends early"));
    }
    let mut cursor = Cursor::new(&stream);
    cursor.seek(SeekFrom::Start(at)).map_err(|error| Trouble::of(&error))?;
    let length = length.min(there.saturating_sub(at));
    let member = Member::named("embedded package", &full);
    Ok(sink.take(member, Content::Read(&mut cursor.take(length), Some(length))))
}

/// The name of the file, where it begins and how long it is.
fn wrapper(head: &[u8]) -> Option<(String, u64, u64)> {
    if u16_at(head, 4)? != 2 {
        return None;
    }
    let (label, at) = text(head, 6)?;
    let (_path, at) = text(head, at)?;
    // Two numbers of two bytes, then the place from which it was taken.
    let length = u32_at(head, at + 4)?;
    let at = at.checked_add(8)?.checked_add(usize::try_from(length).ok()?)?;
    Some((label, at as u64 + 4, u32_at(head, at)?.into()))
}

fn text(head: &[u8], at: usize) -> Option<(String, usize)> {
    let rest = head.get(at..)?;
    let length = rest.iter().position(|byte| *byte == 0)?;
    let text: String = narrow(&rest[..length], code_page(1250)).chars().filter(|letter| !letter.is_control()).collect();
    Some((text, at + length + 1))
}
