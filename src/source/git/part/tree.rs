//! The entries of a tree, one by one.
//!
//! Holds: `Entries`, which takes names and modes as they are, and `Beside`, which finds in another
//! tree what has the same name. Must not know: where trees come from.
//!
//! Written by hand: gix's reader refuses modes that git reads, does not show the bytes of an entry,
//! by which equal ones are told at once, and there is nothing else in the format.

use std::cmp::Ordering;

use gix::ObjectId;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A tree.
    Tree,
    /// A file or a symbolic link.
    Blob,
    /// A commit of a submodule.
    Module,
}

/// One entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'t> {
    pub(super) kind: Kind,
    pub(super) name: &'t [u8],
    /// The name of its object.
    pub(super) digest: &'t [u8],
    whole: &'t [u8],
}

impl Entry<'_> {
    /// Its object.
    pub(super) fn id(&self) -> ObjectId {
        // Trees are read with digests of the length that the repository has, which is one of two.
        ObjectId::try_from(self.digest).unwrap_or_else(|_| gix::hash::Kind::Sha1.null())
    }
}

/// A tree that goes on as no tree does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// The entries of a tree, up to where they make no sense.
#[derive(Clone, Debug)]
pub(super) struct Entries<'t> {
    rest: &'t [u8],
    digest: usize,
}

impl<'t> Entries<'t> {
    /// The entries of a tree with names of objects of so many bytes.
    pub(super) fn of(tree: &'t [u8], digest: usize) -> Self {
        Self { rest: tree, digest }
    }

    fn parse(&self) -> Option<Entry<'t>> {
        let (mode, space) = match self.rest {
            [b'1', b'0', b'0', b'6' | b'7', b'4' | b'5', b'4' | b'5', b' ', ..] => (0o100_000, 6),
            [b'4', b'0', b'0', b'0', b'0', b' ', ..] => (0o040_000, 5),
            rest => {
                let space = rest.iter().take(12).position(|byte| *byte == b' ')?;
                let digits = std::str::from_utf8(&rest[..space]).ok()?;
                (u64::from_str_radix(digits, 8).ok()?, space)
            }
        };
        let rest = &self.rest[space + 1..];
        let length = memchr::memchr(0, rest)?;
        let digest = rest.get(length + 1..length + 1 + self.digest)?;
        let kind = match mode & 0o170_000 {
            0o040_000 => Kind::Tree,
            0o160_000 => Kind::Module,
            _ => Kind::Blob,
        };
        let whole = &self.rest[..space + 2 + length + self.digest];
        Some(Entry { kind, name: &rest[..length], digest, whole })
    }
}

impl<'t> Iterator for Entries<'t> {
    type Item = Result<Entry<'t>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.parse();
        self.rest = entry.as_ref().map_or_else(Default::default, |entry| &self.rest[entry.whole.len()..]);
        Some(entry.ok_or(Broken))
    }
}

/// Another tree, in which names are looked up in order.
#[derive(Clone, Debug)]
pub(super) struct Beside<'t> {
    entries: Entries<'t>,
    /// An entry that was read and comes later.
    next: Option<Entry<'t>>,
}

impl<'t> Beside<'t> {
    /// Begins at the first entry.
    pub(super) fn of(tree: &'t [u8], digest: usize) -> Self {
        Self { entries: Entries::of(tree, digest), next: None }
    }

    /// Whether there is an entry that is the same to the last byte, where it is expected: most are,
    /// and need not be read twice.
    pub(super) fn has(&mut self, entry: &Entry<'_>) -> bool {
        let same = self.next.is_none() && self.entries.rest.starts_with(entry.whole);
        if same {
            self.entries.rest = &self.entries.rest[entry.whole.len()..];
        }
        same
    }

    /// What has a name, which is a tree's or is not. Names must come in the order of trees; those that
    /// do not may be missed, and so count as new.
    pub(super) fn named(&mut self, name: &[u8], tree: bool) -> Option<Entry<'t>> {
        loop {
            let theirs = match self.next.take() {
                Some(theirs) => theirs,
                None => self.entries.next()?.ok()?,
            };
            match order((theirs.name, theirs.kind == Kind::Tree), (name, tree)) {
                Ordering::Less => {}
                Ordering::Equal => return Some(theirs),
                Ordering::Greater => {
                    self.next = Some(theirs);
                    return None;
                }
            }
        }
    }
}

/// The order of trees: the name of a tree counts as if it ended in a slash.
fn order((left, left_tree): (&[u8], bool), (right, right_tree): (&[u8], bool)) -> Ordering {
    let shared = left.len().min(right.len());
    let next = |name: &[u8], tree: bool| name.get(shared).copied().or(tree.then_some(b'/'));
    left[..shared].cmp(&right[..shared]).then_with(|| {
        let order = next(left, left_tree).cmp(&next(right, right_tree));
        // A file `a` and a tree `a`, or `a/b` and what no name can be, are told apart by length.
        order.then_with(|| left.len().cmp(&right.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(entries: &[(&str, &str)]) -> Vec<u8> {
        let entry = |(mode, name): &(&str, &str)| [format!("{mode} {name}\0").as_bytes(), &[7; 20]].concat();
        entries.iter().flat_map(entry).collect()
    }

    #[test]
    fn names_stand_beside_each_other() {
        let ours = tree(&[("100644", "a"), ("40000", "b"), ("100644", "b0"), ("160000", "c")]);
        let theirs = tree(&[("100644", "a.c"), ("100644", "b"), ("040000", "b"), ("120000", "c")]);
        let mut beside = Beside::of(&theirs, 20);
        let met: Vec<Option<Kind>> = Entries::of(&ours, 20)
            .map(|entry| {
                let entry = entry.unwrap();
                beside.named(entry.name, entry.kind == Kind::Tree).map(|entry| entry.kind)
            })
            .collect();
        assert_eq!(met, [None, Some(Kind::Tree), None, Some(Kind::Blob)]);
    }

    #[test]
    fn odd_names_and_modes_are_read_and_rubbish_ends_it() {
        let mut odd = tree(&[("100664", ".."), ("0", ".git"), ("40000", "a/b"), ("100644", "")]);
        assert_eq!(Entries::of(&odd, 20).flatten().count(), 4);
        odd.extend_from_slice(b"100644 short\0abc");
        let read: Vec<_> = Entries::of(&odd, 20).map(|entry| entry.is_ok()).collect();
        assert_eq!(read, [true, true, true, true, false]);
        assert_eq!(Entries::of(b"10x644 a\0", 20).next().map(|entry| entry.is_err()), Some(true));
    }
}
