//! What a tree has that others have not: what a commit brought, beside its parents.
//!
//! Holds: `Brought`, which goes through trees side by side and enters only what differs, without
//! recursion. Must not know: where the trees come from, or what becomes of the blobs.

use gix::ObjectId;
use gix::objs::Kind as ObjectKind;

use super::objects::{Objects, Told};
use super::tree::{Beside, Entries, Kind};
use crate::base::Reason;

/// Trees within trees.
const DEEPEST: usize = 2000;
/// Bytes of a path; what goes beyond is cut.
const LONGEST_PATH: usize = 16 << 10;
/// Entries that are looked at of one commit: enough for a first commit of many million files.
const MOST_ENTRIES: u64 = 32_000_000;
/// As how many entries a tree counts in itself.
const A_TREE: u64 = 16;
/// Bytes of paths of trees that wait their turn.
const MOST_WAITING: usize = 64 << 20;
/// Other trees that one is compared with; more of them could only tell that less is new.
const MOST_BESIDE: usize = 64;

/// A tree, and what stands at its place elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) tree: ObjectId,
    /// The trees at the same path of the parents, those of them that have one.
    pub(super) beside: Vec<ObjectId>,
    /// The path with a slash at its end, or nothing.
    pub(super) path: Vec<u8>,
}

/// Where there is more than is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

/// Compares trees; holds what can be used again.
pub(super) struct Brought<'o> {
    objects: &'o Objects,
    told: &'o Told,
    tree: Vec<u8>,
    beside: Vec<Vec<u8>>,
    waiting: Vec<(Place, usize)>,
    waiting_bytes: usize,
    /// Entries looked at.
    pub(super) looked: u64,
}

impl<'o> Brought<'o> {
    /// Reads trees from there, and tells what it cannot read.
    pub(super) fn of(objects: &'o Objects, told: &'o Told) -> Self {
        let (tree, beside, waiting) = (Vec::new(), Vec::new(), Vec::new());
        Self { objects, told, tree, beside, waiting, waiting_bytes: 0, looked: 0 }
    }

    /// Hands over every blob that none of the other trees has at its path.
    pub(super) fn by(&mut self, mut place: Place, take: &mut dyn FnMut(ObjectId, &[u8])) -> Result<(), TooMany> {
        let start = self.looked;
        place.beside.truncate(MOST_BESIDE);
        self.waiting.clear();
        self.waiting_bytes = 0;
        self.waiting.push((place, 0));
        while let Some((place, depth)) = self.waiting.pop() {
            self.waiting_bytes = self.waiting_bytes.saturating_sub(weight(&place));
            if place.beside.contains(&place.tree) {
                continue;
            }
            if depth > DEEPEST {
                let text = || format!("tree {} lies deeper than {DEEPEST} others and was not looked at", place.tree);
                self.told.object(place.tree, Reason::TooDeep, text);
                continue;
            }
            self.tree(place, depth, take);
            if self.looked - start > MOST_ENTRIES || self.waiting_bytes > MOST_WAITING {
                return Err(TooMany);
            }
        }
        Ok(())
    }

    fn tree(&mut self, place: Place, depth: usize, take: &mut dyn FnMut(ObjectId, &[u8])) {
        if let Err(lack) = self.objects.read(place.tree, ObjectKind::Tree, &mut self.tree) {
            self.told.lack("tree", place.tree, lack);
            return;
        }
        self.beside.resize_with(place.beside.len().max(self.beside.len()), Vec::new);
        for (id, buffer) in place.beside.iter().zip(&mut self.beside) {
            // Without it more counts as new, and nothing goes unread.
            if self.objects.read(*id, ObjectKind::Tree, buffer).is_err() {
                buffer.clear();
            }
        }
        self.looked += A_TREE;
        let digest = place.tree.kind().len_in_bytes();
        let mut beside: Vec<Beside<'_>> =
            self.beside[..place.beside.len()].iter().map(|tree| Beside::of(tree, digest)).collect();
        let mut path = place.path;
        let folder = path.len();
        for entry in Entries::of(&self.tree, digest) {
            self.looked += 1;
            let Ok(entry) = entry else {
                let text = || format!("tree {} is damaged; the rest of it was not looked at", place.tree);
                self.told.object(place.tree, Reason::Malformed, text);
                break;
            };
            let mut trees = Vec::new();
            // What a submodule has is in another repository.
            let mut old = entry.kind == Kind::Module;
            for other in &mut beside {
                old |= other.has(&entry);
                if old {
                    break;
                }
                let same = other.named(entry.name, entry.kind == Kind::Tree);
                let Some(same) = same.filter(|same| same.kind == entry.kind) else { continue };
                old = same.digest == entry.digest;
                trees.push(same.id());
            }
            if old {
                continue;
            }
            path.truncate(folder);
            path.extend_from_slice(&entry.name[..entry.name.len().min(LONGEST_PATH.saturating_sub(folder))]);
            if entry.kind == Kind::Blob {
                take(entry.id(), &path);
                continue;
            }
            let mut inner = path.clone();
            inner.push(b'/');
            let inner = Place { tree: entry.id(), beside: trees, path: inner };
            self.waiting_bytes += weight(&inner);
            self.waiting.push((inner, depth + 1));
        }
    }
}

fn weight(place: &Place) -> usize {
    size_of::<Place>() + place.path.len() + size_of_val(place.beside.as_slice())
}
