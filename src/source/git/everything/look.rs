//! The first look at objects, by one thread.
//!
//! Holds: which objects are handed on, in which form, and what is learned from trees. Must not know:
//! what becomes of that.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;

use gix::ObjectId;
use gix::objs::tree::EntryMode;
use gix::objs::{Kind, TreeRefIter};

use super::{Named, Scene, visit_object};
use crate::base::{Context, Cursor, Origin, Reason};
use crate::source::crew::Hand;
use crate::source::git::store::{Damage, Each, LARGEST, Met, Taker};
use crate::source::git::text;
use crate::source::{Body, Event, Objects};

/// Objects after which is told how many there were.
const TELL: u64 = 4096;

/// Names that one thread remembers.
const REMEMBERED: usize = 200_000;

/// Bytes of names that are worth a look: no credential is shorter.
const LONG_NAME: usize = 36;

/// What is known of a name.
#[derive(Clone, Copy)]
struct Known {
    /// It speaks of KSeF.
    heeds: bool,
    /// There is something in it that is to be told.
    speaks: bool,
}

/// One thread.
pub(super) struct Look<'s, 'a, 'v> {
    scene: Scene<'s, 'a, 'v>,
    hand: Hand<'s, 'a, 'v>,
    /// Bytes of the shortest name that may hold something.
    shortest: usize,
    read: Objects,
    known: HashMap<Vec<u8>, Known>,
    named: BTreeMap<ObjectId, Named>,
    spoke: BTreeSet<ObjectId>,
}

impl<'s, 'a, 'v> Look<'s, 'a, 'v> {
    pub(super) fn new(scene: Scene<'s, 'a, 'v>) -> Self {
        let mut hand = Hand::of(scene.crew);
        Self {
            shortest: hand.shortest(),
            hand,
            scene,
            read: Objects::default(),
            known: HashMap::new(),
            named: BTreeMap::new(),
            spoke: BTreeSet::new(),
        }
    }

    fn count(&mut self, kind: Kind) {
        self.read.all += 1;
        self.read.blobs += u64::from(kind == Kind::Blob);
        self.read.commits += u64::from(kind == Kind::Commit);
        if self.read.all >= TELL {
            self.tell();
        }
    }

    fn tell(&mut self) {
        // Whether all is over is asked before each object.
        let _ = self.hand.visit(Event::Read(std::mem::take(&mut self.read)));
    }

    /// Looks at an object that is all there; true where nothing in it is worth a closer look.
    fn look(&mut self, kind: Kind, name: impl FnOnce() -> ObjectId, bytes: &[u8]) -> bool {
        self.count(kind);
        let still = self.hand.is_still(bytes) && (kind != Kind::Tree || self.names_are_still(bytes));
        if still || kind == Kind::Tree {
            self.read.still += bytes.len() as u64;
        }
        if still {
            return true;
        }
        let id = name();
        let quiet = match kind {
            Kind::Blob => visit_object(&mut self.hand, self.scene.number, kind, &id, Body::Whole(bytes)),
            Kind::Commit | Kind::Tag => {
                let text = text::words(bytes);
                visit_object(&mut self.hand, self.scene.number, kind, &id, Body::Whole(&text))
            }
            Kind::Tree => self.tree(&id, bytes),
        };
        if !quiet {
            self.spoke.insert(id);
        }
        false
    }

    /// Whether no name in a tree is worth a look.
    fn names_are_still(&mut self, tree: &[u8]) -> bool {
        // With short ones a name may hold something that a text of names would not.
        self.shortest >= LONG_NAME && !self.hand.heeds_one_of(tree)
    }

    /// Looks at an object that is too large to be held.
    fn look_through(&mut self, kind: Kind, id: &ObjectId, size: u64, reader: &mut dyn Read) {
        self.count(kind);
        let quiet = if kind == Kind::Blob {
            visit_object(&mut self.hand, self.scene.number, kind, id, Body::Stream(reader))
        } else {
            let text = format!("{size} bytes exceed the {LARGEST} that are held; not scanned");
            self.notice(kind, id, Reason::TooLarge, &text);
            false
        };
        if !quiet {
            self.spoke.insert(*id);
        }
    }

    fn notice(&mut self, kind: Kind, id: &ObjectId, reason: Reason, text: &str) {
        let _ = self.hand.notice(Origin::label(&format!("{kind} {id}")), reason, text);
    }

    fn tell_damage(&mut self, kind: Kind, id: ObjectId, damage: Damage) {
        let (reason, text) = match damage {
            Damage::Broken => {
                (Reason::Malformed, "cannot be unpacked; what of it could be read was scanned".to_owned())
            }
            Damage::NoBase => (Reason::MissingObjects, "is a delta of what cannot be read; not scanned".to_owned()),
            Damage::TooLarge(size) => (
                Reason::TooLarge,
                format!("{size} bytes, or those it is a delta of, exceed the {LARGEST} that are held; not scanned"),
            ),
        };
        self.notice(kind, &id, reason, &text);
        self.spoke.insert(id);
    }

    /// Looks at the names in a tree; true where there is nothing in them.
    fn tree(&mut self, tree: &ObjectId, bytes: &[u8]) -> bool {
        let mut quiet = true;
        for entry in TreeRefIter::from_bytes(bytes, tree.kind()) {
            let Ok(entry) = entry else {
                // It is no tree to its end, and whatever else may stand there.
                return visit_object(&mut self.hand, self.scene.number, Kind::Tree, tree, Body::Whole(bytes)) && quiet;
            };
            let known = self.name(entry.filename);
            quiet &= !known.speaks;
            if known.heeds && !entry.mode.is_commit() {
                self.remember(entry.oid.to_owned(), entry.mode, entry.filename.to_string(), tree);
            }
        }
        quiet
    }

    fn remember(&mut self, id: ObjectId, mode: EntryMode, name: String, tree: &ObjectId) {
        let named = self.named.entry(id).or_default();
        named.is_folder |= mode.is_tree();
        named.names.insert(vec![name]);
        named.trees.insert(*tree);
    }

    fn name(&mut self, name: &[u8]) -> Known {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let context = Context { names: vec![String::from_utf8_lossy(name).into_owned()] };
        let known = Known { heeds: self.hand.heeds(&context), speaks: self.look_at_name(name) };
        if self.known.len() < REMEMBERED {
            self.known.insert(name.to_owned(), known);
        }
        known
    }

    /// Whether a name is a credential. Each is looked at once, whoever comes first.
    fn look_at_name(&mut self, name: &[u8]) -> bool {
        if name.len() < self.shortest.min(LONG_NAME) {
            return false;
        }
        let mut told = self.scene.told();
        if let Some(speaks) = told.names.get(name) {
            return *speaks;
        }
        let blob = super::blob(self.scene.number, Kind::Tree, &self.scene.survey.hash().null());
        let origin = Origin::label("name of a file");
        let quiet = self.hand.visit_quietly(crate::source::Blob {
            origin,
            body: Body::Whole(name),
            object: None,
            again: true,
            ..blob
        });
        told.names.insert(name.to_owned(), !quiet);
        !quiet
    }
}

impl Taker for Look<'_, '_, '_> {
    fn wants(&mut self, _: Kind) -> bool {
        true
    }

    fn take(&mut self, met: &Met<'_>, bytes: &[u8]) -> bool {
        met.is_first && self.look(met.kind, || met.name(), bytes)
    }

    fn part_is_still(&mut self, kind: Kind, part: &[u8], cut_before: bool, cut_behind: bool) -> bool {
        self.hand.part_is_still(part, cut_before, cut_behind) && (kind != Kind::Tree || self.names_are_still(part))
    }

    fn pass(&mut self, met: &Met<'_>, size: u64) {
        if met.is_first {
            self.count(met.kind);
            self.read.still += size;
        }
    }

    fn stream(&mut self, met: &Met<'_>, size: u64, reader: &mut dyn Read) {
        if met.is_first {
            self.look_through(met.kind, &met.name(), size, reader);
        }
    }

    fn damaged(&mut self, met: &Met<'_>, damage: Damage) {
        if met.is_first {
            self.tell_damage(met.kind, met.name(), damage);
        }
    }

    fn panicked(&mut self) {
        tell_panic(self.scene, &mut self.hand);
    }

    fn is_over(&self) -> bool {
        self.scene.crew.is_over()
    }
}

impl Each for Look<'_, '_, '_> {
    fn take(&mut self, kind: Kind, id: &ObjectId, size: u64, body: Body<'_>) {
        match body {
            Body::Whole(bytes) => drop(self.look(kind, || *id, bytes)),
            Body::Stream(reader) => self.look_through(kind, id, size, reader),
            Body::File(file) => self.look_through(kind, id, size, &mut Cursor::new(file)),
        }
    }

    fn damaged(&mut self, kind: Kind, id: &ObjectId, damage: Damage) {
        self.tell_damage(kind, *id, damage);
    }

    fn panicked(&mut self) {
        tell_panic(self.scene, &mut self.hand);
    }
}

/// Tells that objects were lost whose names are not known.
pub(super) fn tell_panic(scene: Scene<'_, '_, '_>, hand: &mut Hand<'_, '_, '_>) {
    scene.told().failed = true;
    let text = "a reader failed on a part of the repository; not all of it was scanned; please report this";
    let _ = hand.notice(Origin::label("objects"), Reason::Panicked, text);
}

impl Drop for Look<'_, '_, '_> {
    fn drop(&mut self) {
        self.tell();
        let mut told = self.scene.told();
        told.spoke.append(&mut self.spoke);
        for (id, named) in std::mem::take(&mut self.named) {
            let known = told.named.entry(id).or_default();
            known.is_folder |= named.is_folder;
            known.names.extend(named.names);
            known.trees.extend(named.trees);
        }
    }
}
