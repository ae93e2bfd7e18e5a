//! The objects that a narrow search reads, and what it could not read of them.
//!
//! Holds: `Objects`, one thread's look-up, and `Told`, the notices, each object once. Must not know:
//! what the objects are read for.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::objs::{Find, Kind};
use gix::odb::pack::cache::lru::MemoryCappedHashmap;

use crate::base::{Notice, Origin, Reason};
use crate::source::git::repo::{LARGEST_HELD, Repo};
use crate::source::git::store::{Damage, Store};

/// Objects that a run tells of one by one; more are counted.
const MOST_TOLD: usize = 1000;

/// Why an object is not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// It is not there.
    Missing,
    /// It is more than is held.
    Large,
    /// It is damaged.
    Damaged,
    /// It is of another kind than what leads to it says.
    OtherKind,
}

/// The objects of a repository.
pub(super) struct Objects {
    /// For what else gix is to be asked.
    pub(super) handle: gix::Repository,
    /// The objects of a push that is not yet accepted, of which gix knows nothing.
    pushed: Option<Store>,
}

impl Objects {
    /// A look-up for one thread.
    pub(super) fn of(repo: &Repo) -> Self {
        let mut handle = repo.handle();
        // What stands in place of an object by `git replace` is not what a clone has.
        handle.objects.ignore_replacements = true;
        let pushed = (!repo.quarantine.is_empty()).then(|| Store::open(&repo.quarantine, repo.hash));
        Self { handle, pushed }
    }

    /// Keeps what was read, and what it was decoded from: for whoever reads much that is alike.
    pub(super) fn keeping(mut self, bytes: usize) -> Self {
        self.handle.object_cache_size(bytes / 2);
        self.handle.objects.set_pack_cache(move || Box::new(MemoryCappedHashmap::new(bytes / 2)));
        self
    }

    /// Reads an object of a kind.
    pub(super) fn read(&self, id: ObjectId, kind: Kind, buffer: &mut Vec<u8>) -> Result<(), Lack> {
        match self.any(id, buffer)? {
            found if found == kind => Ok(()),
            _ => Err(Lack::OtherKind),
        }
    }

    /// Reads an object of whatever kind.
    pub(super) fn any(&self, id: ObjectId, buffer: &mut Vec<u8>) -> Result<Kind, Lack> {
        match self.handle.objects.try_find(&id, buffer) {
            Ok(Some(object)) => Ok(object.kind),
            // The one tree that need not be stored.
            Ok(None) if id == ObjectId::empty_tree(id.kind()) => {
                buffer.clear();
                Ok(Kind::Tree)
            }
            Ok(None) => match self.pushed.as_ref().map(|pushed| pushed.find(&id, buffer)) {
                Some(Ok(Some(kind))) => Ok(kind),
                Some(Err(Damage::TooLarge(_))) => Err(Lack::Large),
                Some(Err(_)) => Err(Lack::Damaged),
                Some(Ok(None)) | None => Err(Lack::Missing),
            },
            Err(_) => Err(self.lack(id)),
        }
    }

    fn lack(&self, id: ObjectId) -> Lack {
        match self.handle.find_header(id) {
            Ok(header) if header.size() > LARGEST_HELD as u64 => Lack::Large,
            _ => Lack::Damaged,
        }
    }
}

/// What could not be read, told once.
#[derive(Debug)]
pub(super) struct Told {
    origin: Origin,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    notices: Vec<Notice>,
    objects: HashSet<ObjectId>,
    /// Objects that are not told of one by one.
    more: usize,
}

impl Told {
    /// No notices yet.
    pub(super) fn of(repo: &Repo) -> Self {
        Self { origin: Origin::file(&repo.shown), kept: Mutex::default() }
    }

    /// Tells that an object, a tree say, cannot be had.
    pub(super) fn lack(&self, what: &str, id: ObjectId, lack: Lack) {
        let (reason, why) = match lack {
            Lack::Missing => (Reason::MissingObjects, "is missing".to_owned()),
            Lack::Large => (Reason::TooLarge, format!("exceeds {} MiB, the most that is held", LARGEST_HELD >> 20)),
            Lack::Damaged => (Reason::Unreadable, "is damaged".to_owned()),
            Lack::OtherKind => (Reason::Malformed, format!("is no {what}")),
        };
        self.object(id, reason, || format!("{what} {id} {why}; what it leads to was not looked at"));
    }

    /// Tells something of an object, which is told of once.
    pub(super) fn object(&self, id: ObjectId, reason: Reason, text: impl FnOnce() -> String) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.objects.contains(&id) {
            return;
        }
        if kept.objects.len() < MOST_TOLD {
            kept.objects.insert(id);
            kept.notices.push(Notice::new(self.origin.clone(), reason, text()));
        } else {
            kept.more += 1;
        }
    }

    /// Tells something of the whole.
    pub(super) fn whole(&self, reason: Reason, text: &str) -> Notice {
        Notice::new(self.origin.clone(), reason, text)
    }

    /// Keeps a notice.
    pub(super) fn keep(&self, notice: Notice) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).notices.push(notice);
    }

    /// All that was told, in an order that does not depend on threads.
    pub(super) fn notices(self) -> Vec<Notice> {
        let Kept { mut notices, more, .. } = self.kept.into_inner().unwrap_or_else(PoisonError::into_inner);
        notices.sort();
        notices.dedup();
        if more > 0 {
            let text = format!("further objects are missing or damaged, met {more} times");
            notices.push(Notice::new(self.origin, Reason::MissingObjects, text));
        }
        notices
    }
}
