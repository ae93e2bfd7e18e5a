//! The trees that an index remembers: of a directory in which nothing was staged since, the object
//! that it is.
//!
//! Holds: `Cached`, read without recursion. Must not know: the entries below the directories.

use std::collections::HashMap;
use std::ops::Range;

use gix::ObjectId;

/// A directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source::git::part) struct Node(usize);

#[derive(Debug)]
struct Directory {
    name: Range<usize>,
    /// How many entries are below it, and its object; nothing where something was staged below it.
    known: Option<(usize, ObjectId)>,
    /// The first directory that is neither this nor below it.
    end: usize,
}

/// The directories, each before those in it.
#[derive(Debug)]
pub(in crate::source::git::part) struct Cached {
    directories: Vec<Directory>,
}

impl Cached {
    /// Reads the extension; nothing where it is not as it should be, which is no loss but of time.
    pub(super) fn read(data: &[u8], at: Range<usize>, hash: gix::hash::Kind) -> Option<Self> {
        let mut directories: Vec<Directory> = Vec::new();
        // Directories of which some inner ones are still to come, and how many.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut reader = Reader { data: data.get(..at.end)?, at: at.start };
        loop {
            let name = reader.until(0)?;
            let count = number(&data[reader.until(b' ')?])?;
            let inner = usize::try_from(number(&data[reader.until(b'\n')?])?).ok()?;
            let known = match usize::try_from(count) {
                Ok(count) => Some((count, ObjectId::try_from(&data[reader.take(hash.len_in_bytes())?]).ok()?)),
                Err(_) => None,
            };
            open.push((directories.len(), inner));
            directories.push(Directory { name, known, end: 0 });
            while let Some((index, 0)) = open.last().copied() {
                directories[index].end = directories.len();
                open.pop();
            }
            let Some((_, left)) = open.last_mut() else { break };
            *left -= 1;
        }
        (reader.at == at.end).then_some(Self { directories })
    }

    /// The directory of all.
    pub(in crate::source::git::part) fn root() -> Node {
        Node(0)
    }

    /// The object of a directory, and how many entries are below it.
    pub(in crate::source::git::part) fn known(&self, node: Node) -> Option<(usize, ObjectId)> {
        self.directories.get(node.0)?.known
    }

    /// The directories in a directory; `data` is what they were read from.
    pub(in crate::source::git::part) fn inner<'d>(&self, node: Node, data: &'d [u8]) -> HashMap<&'d [u8], Node> {
        let mut found = HashMap::new();
        let end = self.directories.get(node.0).map_or(0, |directory| directory.end);
        let mut at = node.0 + 1;
        while at < end {
            let directory = &self.directories[at];
            found.insert(&data[directory.name.clone()], Node(at));
            at = directory.end;
        }
        found
    }
}

struct Reader<'d> {
    data: &'d [u8],
    at: usize,
}

impl Reader<'_> {
    /// Where the bytes are before the next such one, which is passed over.
    fn until(&mut self, byte: u8) -> Option<Range<usize>> {
        let length = memchr::memchr(byte, self.data.get(self.at..)?)?;
        let range = self.at..self.at + length;
        self.at = range.end + 1;
        Some(range)
    }

    fn take(&mut self, count: usize) -> Option<Range<usize>> {
        let range = self.at..self.at.checked_add(count)?;
        self.data.get(range.clone())?;
        self.at = range.end;
        Some(range)
    }
}

fn number(digits: &[u8]) -> Option<i32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Option<Cached> {
        Cached::read(text, 0..text.len(), gix::hash::Kind::Sha1)
    }

    #[test]
    fn directories_stand_in_directories() {
        let id = [b'.'; 20];
        let text = [&b"\0-1 2\na\0-1 1\nb\x003 0\n"[..], &id, b"c\x001 0\n", &id].concat();
        let cached = read(&text).unwrap();
        let top = cached.inner(Cached::root(), &text);
        assert_eq!((top.len(), cached.known(Cached::root())), (2, None));
        assert_eq!(cached.known(top[&b"c"[..]]).unwrap().0, 1);
        let inner = cached.inner(top[&b"a"[..]], &text);
        assert_eq!(cached.known(inner[&b"b"[..]]), Some((3, ObjectId::from_hex(&b"2e".repeat(20)).unwrap())));
    }

    #[test]
    fn what_does_not_add_up_is_not_used() {
        assert!(read(b"").is_none());
        assert!(read(b"\0-1 1\n").is_none(), "a directory is missing");
        assert!(read(b"\0-1 0\na\0-1 0\n").is_none(), "one is too many");
        assert!(read(b"\0-1 -1\n").is_none());
        assert!(read(b"\x001 0\nshort").is_none());
    }

    #[test]
    fn depth_costs_no_stack() {
        let mut text = b"\0-1 1\n".repeat(300_000);
        text.extend_from_slice(b"\0-1 0\n");
        assert_eq!(read(&text).unwrap().directories.len(), 300_001);
    }
}
