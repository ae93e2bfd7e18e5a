//! The index of a repository, as far as it says what the next commit holds.
//!
//! Holds: `Index`, its entries in order, each with the object that it names. `entries` reads the
//! versions of the format, `split` puts together an index that is kept in two files, `cached` reads
//! the trees that the index remembers. Must not know: what the entries are compared with.
//!
//! It is not gix that reads the index: its decoder goes down into the remembered trees by recursion,
//! which a forged index can make overflow the stack, and it maps a file that may shrink meanwhile.
//! Without the checksum, which git does not verify either and which takes ten times as long as the
//! rest, both are as fast.

mod cached;
mod entries;
mod split;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use gix::ObjectId;

pub(super) use cached::{Cached, Node};
pub(super) use entries::{Entry, Mode};

/// Bytes of the largest index that is read: some five million files.
const LARGEST: u64 = 512 << 20;

/// Why an index cannot be read.
#[derive(Debug)]
pub(super) enum IndexError {
    /// The system refused.
    Io(PathBuf, io::Error),
    /// It is larger than any that is read.
    Large(PathBuf),
    /// It is not as the format has it; what is wrong.
    Damaged(PathBuf, &'static str),
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "index «{}»: {}", path.display(), crate::source::why(error)),
            Self::Large(path) => {
                write!(f, "index «{}» exceeds {} MiB, which is all that is read of one", path.display(), LARGEST >> 20)
            }
            Self::Damaged(path, what) => {
                write!(f, "index «{}» is damaged ({what}); `git reset` writes it anew", path.display())
            }
        }
    }
}

/// An index, read.
#[derive(Debug)]
pub(super) struct Index {
    /// What entries point into: files, and the paths that stand in none of them in full.
    buffers: Vec<Vec<u8>>,
    /// In order of their paths, and of their stages.
    entries: Vec<Entry>,
    /// The trees that it remembers, unless they are missing or make no sense.
    cached: Option<Cached>,
    hash: gix::hash::Kind,
}

impl Index {
    /// Reads the index in a file; nothing where there is no file. `git_dir` has the shared part of
    /// an index that is kept in two files.
    pub(super) fn read(path: &Path, git_dir: &Path, hash: gix::hash::Kind) -> Result<Option<Self>, IndexError> {
        let data = match bytes(path) {
            Err(IndexError::Io(_, error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            data => data?,
        };
        let damaged = |what| IndexError::Damaged(path.to_owned(), what);
        let mut arena = Vec::new();
        let read = entries::read(&data, hash, &mut arena).map_err(damaged)?;
        let cached = read.extensions.trees.clone().and_then(|at| Cached::read(&data, at, hash));
        let mut index = Self { buffers: vec![data, arena], entries: read.entries, cached, hash };
        if let Some(link) = read.extensions.link {
            let link = split::Link::read(&index.buffers[0][link], hash).map_err(damaged)?;
            index.join(&link, path, git_dir)?;
        } else {
            index.check(&index.entries).map_err(damaged)?;
        }
        Ok(Some(index))
    }

    /// Takes in the shared part of the index.
    fn join(&mut self, link: &split::Link, path: &Path, git_dir: &Path) -> Result<(), IndexError> {
        let own = std::mem::take(&mut self.entries);
        let mut base = Vec::new();
        let mut base_path = path.to_owned();
        if !link.base.is_null() {
            base_path = git_dir.join(format!("sharedindex.{}", link.base));
            let data = bytes(&base_path)?;
            let damaged = |what| IndexError::Damaged(base_path.clone(), what);
            let checksum = &data[data.len().saturating_sub(self.hash.len_in_bytes())..];
            if checksum != link.base.as_slice() && checksum.iter().any(|byte| *byte != 0) {
                return Err(damaged("it is another one than the index was split from"));
            }
            let mut arena = Vec::new();
            base = entries::read(&data, self.hash, &mut arena).map_err(damaged)?.entries;
            base.iter_mut().for_each(|entry| entry.shift(2));
            self.buffers.extend([data, arena]);
            self.check(&base).map_err(damaged)?;
        }
        let mut joined = link.join(&own, base).map_err(|what| IndexError::Damaged(path.to_owned(), what))?;
        joined.sort_by(|left, right| (self.path(left), left.stage).cmp(&(self.path(right), right.stage)));
        // Of an entry in both files the one of the index itself counts, which stands first.
        joined.dedup_by(|later, first| (self.path(later), later.stage) == (self.path(first), first.stage));
        self.entries = joined;
        self.check(&self.entries).map_err(|what| IndexError::Damaged(base_path, what))
    }

    /// Whether entries are in order, which the comparison rests on.
    fn check(&self, entries: &[Entry]) -> Result<(), &'static str> {
        let ordered = entries.windows(2).all(|pair| {
            let order = self.path(&pair[0]).cmp(self.path(&pair[1]));
            order.is_lt() || (order.is_eq() && pair[0].stage < pair[1].stage)
        });
        if !ordered {
            return Err("its entries are not in order");
        }
        if entries.iter().any(|entry| self.path(entry).is_empty()) {
            return Err("an entry has no path");
        }
        Ok(())
    }

    /// All entries, in order of their paths.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The path of an entry.
    pub(super) fn path(&self, entry: &Entry) -> &[u8] {
        entry.path.of(&self.buffers)
    }

    /// The object that an entry names.
    pub(super) fn id(&self, entry: &Entry) -> ObjectId {
        self.name(entry.id.of(&self.buffers))
    }

    /// The trees that it remembers.
    pub(super) fn cached(&self) -> Option<(&Cached, &[u8])> {
        Some((self.cached.as_ref()?, self.buffers.first()?))
    }

    fn name(&self, bytes: &[u8]) -> ObjectId {
        ObjectId::try_from(bytes).unwrap_or_else(|_| self.hash.null())
    }
}

/// The bytes of a file that is no larger than any index.
fn bytes(path: &Path) -> Result<Vec<u8>, IndexError> {
    let refused = |error| IndexError::Io(path.to_owned(), error);
    // Before it is opened: a pipe would never answer.
    let about = fs::metadata(path).map_err(refused)?;
    if !about.is_file() {
        return Err(IndexError::Damaged(path.to_owned(), "it is no file"));
    }
    if about.len() > LARGEST {
        return Err(IndexError::Large(path.to_owned()));
    }
    let mut file = File::open(path).map_err(refused)?;
    // It may grow or shrink while it is read; a lock file is renamed over it, so it rarely does.
    let mut data = vec![0; about.len() as usize];
    let mut filled = 0;
    while filled < data.len() {
        match file.read(&mut data[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(refused(error)),
        }
    }
    data.truncate(filled);
    Ok(data)
}
