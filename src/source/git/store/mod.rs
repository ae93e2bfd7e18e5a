//! The objects of a repository, in the order in which packs hold them.
//!
//! Holds: `Store` (packs and files of objects), and going through all of it with threads. `pack` is one pack, `bytes` its bytes, `delta`
//! one delta, `survey` what there is, `walk` the way through it, `queue` who does what, `single` one
//! object by its name, `some` a few of them. By hand, since libraries that read objects one by one take ten times as long,
//! and the one that does not holds all bases at once. Must not know: what objects mean.

mod bytes;
mod delta;
mod loose;
mod pack;
mod queue;
mod single;
mod some;
mod survey;
mod walk;

use std::io::Read;
use std::path::{Path, PathBuf};

use gix::objs::Kind;

pub(super) use delta::REACH;
#[cfg(feature = "fuzzing")]
pub use delta::described;
pub(super) use pack::Damage;
pub(super) use some::Each;
pub(super) use survey::Survey;
pub(super) use walk::{LARGEST, Met};

use pack::{Order, Pack};
use queue::Queue;
use walk::Walker;

/// Packs and files of objects.
pub(super) struct Store {
    packs: Vec<Pack>,
    folders: Vec<PathBuf>,
    hash: gix::hash::Kind,
    /// Whether some of what it names was left with the repository it was cloned from.
    partial: bool,
    /// What could not be opened: the file, and why.
    pub(super) unread: Vec<(PathBuf, String)>,
}

/// One thread's part in going through all objects.
pub(super) trait Taker {
    /// Whether objects of this kind are to be read.
    fn wants(&mut self, kind: Kind) -> bool;

    /// Takes an object; true where nothing in it is worth a closer look.
    fn take(&mut self, met: &Met<'_>, bytes: &[u8]) -> bool;

    /// Whether the same holds for a part of an object whose rest is known to be so; and whether it
    /// is cut off at its beginning and its end.
    fn part_is_still(&mut self, kind: Kind, part: &[u8], cut_before: bool, cut_behind: bool) -> bool;

    /// Takes an object of so many bytes in which nothing is worth a closer look.
    fn pass(&mut self, met: &Met<'_>, size: u64);

    /// Takes an object that is too large to be held.
    fn stream(&mut self, met: &Met<'_>, size: u64, reader: &mut dyn Read);

    /// Is told of an object that cannot be read, or not to its end.
    fn damaged(&mut self, met: &Met<'_>, damage: Damage);

    /// Is told that some of the objects were not read, for a reader of ours failed.
    fn panicked(&mut self);

    /// Whether all is over.
    fn is_over(&self) -> bool;
}

impl Store {
    /// Opens all packs of these directories of objects.
    pub(super) fn open(folders: &[PathBuf], hash: gix::hash::Kind) -> Self {
        let (packs, unread) = (Vec::new(), Vec::new());
        let mut store = Self { packs, folders: folders.to_vec(), hash, partial: false, unread };
        for folder in folders {
            let mut indexes = Vec::new();
            let pack = folder.join("pack");
            match std::fs::read_dir(&pack) {
                Ok(entries) => indexes.extend(entries.flatten().map(|entry| entry.path())),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && folder.is_dir() => {}
                Err(error) => store.unread.push((pack, crate::source::why(&error))),
            }
            indexes.sort();
            for path in &indexes {
                store.open_pack(path, hash, &indexes);
            }
        }
        store
    }

    /// How many objects its packs say to have.
    pub(super) fn said(&self) -> u64 {
        self.packs.iter().map(|pack| u64::from(pack.counts().0)).sum()
    }

    /// One pack that somebody holds; nothing where it is none.
    pub(super) fn held(pack: Vec<u8>, hash: gix::hash::Kind) -> Option<Self> {
        let packs = vec![Pack::held(pack, hash)?];
        Some(Self { packs, folders: Vec::new(), hash, partial: false, unread: Vec::new() })
    }

    /// Whether some of what it names was left with the repository it was cloned from.
    pub(super) fn is_partial(&self) -> bool {
        self.partial
    }

    fn open_pack(&mut self, path: &Path, hash: gix::hash::Kind, all: &[PathBuf]) {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("promisor") => self.partial = true,
            Some("idx") => match Pack::open(path, hash) {
                Ok(pack) => self.packs.push(pack),
                Err(error) => self.unread.push((path.with_extension("pack"), error)),
            },
            // Packs that are being written have no index yet and no such name.
            Some("pack") if all.binary_search(&path.with_extension("idx")).is_err() => {
                self.unread.push((path.to_owned(), "it has no index".to_owned()));
            }
            _ => {}
        }
    }
}

impl Survey<'_> {
    /// Goes through all objects of packs on the thread that asks.
    pub(super) fn run_alone(&self, taker: &mut dyn Taker) {
        let queue = Queue::new(self.orders().iter().map(|order| order.roots.len()));
        Walker::new(self, &queue, taker).run_lost();
        Walker::new(self, &queue, taker).run();
    }

    /// Goes through all objects, with as many threads as there are takers.
    pub(super) fn run(&self, takers: Vec<Box<dyn Taker + Send + '_>>) {
        let queue = Queue::new(self.orders().iter().map(|order| order.roots.len()));
        let files = std::sync::atomic::AtomicUsize::new(0);
        let work = |mut taker: Box<dyn Taker + Send + '_>| {
            Walker::new(self, &queue, &mut *taker).run();
            self.files(&files, &mut *taker);
        };
        let mut takers = takers.into_iter();
        let Some(mut first) = takers.next() else { return };
        Walker::new(self, &queue, &mut *first).run_lost();
        if self.orders().iter().zip(&self.store.packs).any(|(order, pack)| order.len() == 0 && pack.counts().1 > 0) {
            first.panicked();
        }
        std::thread::scope(|scope| {
            for taker in takers {
                // A thread that cannot be had is done without.
                if std::thread::Builder::new().spawn_scoped(scope, || work(taker)).is_err() {
                    break;
                }
            }
            work(first);
        });
    }

    /// The objects in files of their own.
    fn files(&self, next: &std::sync::atomic::AtomicUsize, taker: &mut dyn Taker) {
        while let Some((id, path)) = self.loose.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            if taker.is_over() {
                return;
            }
            let mut opened = match loose::open(path) {
                Ok(opened) => opened,
                Err(damage) => {
                    taker.damaged(&Met::loose(self, *id, Kind::Blob), damage);
                    continue;
                }
            };
            let met = Met::loose(self, *id, opened.kind);
            if !taker.wants(opened.kind) {
                continue;
            }
            if opened.size > LARGEST {
                taker.stream(&met, opened.size, &mut opened.stream);
                continue;
            }
            let mut bytes = Vec::new();
            let read = loose::take(&mut opened, &mut bytes);
            if let Err(damage) = read {
                taker.damaged(&met, damage);
            }
            taker.take(&met, &bytes);
        }
    }

    /// How many entries of each pack are deltas of each other, so that none of them can be read.
    pub(super) fn circles(&self) -> impl Iterator<Item = (&Path, u64)> {
        let packs = self.store.packs.iter().zip(self.orders());
        packs.map(|(pack, order)| (pack.path.as_path(), order.circular.len() as u64)).filter(|(_, count)| *count > 0)
    }

    /// How many objects of each pack its index does not list, or lists where another one is.
    pub(super) fn unlisted(&self) -> impl Iterator<Item = (&Path, u32)> {
        let packs = self.store.packs.iter().zip(self.orders());
        let missing = |pack: &Pack, order: &Order| pack.counts().0.max(pack.counts().1) - order.len();
        packs.map(move |(pack, order)| (pack.path.as_path(), missing(pack, order))).filter(|(_, count)| *count > 0)
    }
}
