//! Where bytes come from: directories, files, standard input.
//!
//! Holds: the walk, one file a source, and what differs between systems in `system`. Must not
//! know: what is done with the bytes, or what a credential is. A new source is a file here that
//! yields `Event`s to `Visitor`s, and its line in the list below.

mod crew;
mod git;
mod given;
mod globs;
mod held;
mod list;
mod plan;
mod read;
#[cfg(test)]
mod recorded;
mod stores;
mod system;
mod tree;
mod walk;

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::base::{Context, Notice, ObjectName, Origin, ReadAt};

#[cfg(feature = "fuzzing")]
pub use git::delta_described;
pub use git::{
    Cache, Commits, Emptied, Git, GitError, GitPlan, HooksDirectory, Part, Revision, Track, each_held, hooks_directory,
};
pub use given::{Source, SourceError};
pub use held::Held;
pub use list::{ListError, files_from};
pub use walk::{Target, Walk, WalkError};

/// What a walk meets.
pub enum Event<'a> {
    /// Bytes to be looked at. What becomes of a file while it is read follows as a notice, but for
    /// errors of `reader`, which are the visitor's to tell.
    Blob(Blob<'a>),
    /// Objects of a repository that were gone through, whether they were visited or not.
    Read(Objects),
    /// Something that could not be read.
    Notice(Notice),
    /// Something that was left unread by choice.
    Left(LeftOut),
    /// The object store of a repository, left to `ksefleaks git`; the path is the repository's.
    GitStore(PathBuf),
}

/// What is left unread by choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// A symbolic link.
    Link,
    /// A socket, a pipe or a device.
    Device,
    /// Excluded by an option or the configuration.
    Excluded,
}

/// How many objects were gone through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// All of them.
    pub all: u64,
    /// Those that hold files.
    pub blobs: u64,
    /// Those that are commits.
    pub commits: u64,
    /// Bytes that were not handed to a visitor.
    pub still: u64,
    /// Objects that were not gone through, for it is remembered that they have nothing to say.
    pub remembered: u64,
}

/// Bytes that can be read once, from front to back.
pub struct Blob<'a> {
    /// Where they come from.
    pub origin: Origin,
    /// The words around them.
    pub context: Context,
    /// How many there seem to be, where that is known.
    pub size: Option<u64>,
    /// The bytes.
    pub body: Body<'a>,
    /// The object of a repository that they are.
    pub object: Option<ObjectKey>,
    /// Whether they were visited before, with less known about them.
    pub again: bool,
}

/// The bytes of a blob.
pub enum Body<'a> {
    /// They come from somewhere; to be read through `Budget` only.
    Stream(&'a mut dyn Read),
    /// They are in a file that can be read at any place.
    File(&'a dyn ReadAt),
    /// They are all there.
    Whole(&'a [u8]),
}

/// An object in one of the repositories of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// Which repository, in the order in which the walk has them.
    pub repository: u32,
    /// The object.
    pub name: ObjectName,
}

/// One worker of a walk; each thread has its own.
pub trait Visitor: Send {
    /// Takes one event; `Break` ends the walk on all threads.
    fn visit(&mut self, event: Event<'_>) -> ControlFlow<()>;

    /// Whether there is nothing in these bytes that a closer look would begin with: a source may
    /// then leave them unvisited, and need not look again at what a later version has of them.
    fn is_still(&mut self, _bytes: &[u8]) -> bool {
        false
    }

    /// Whether the same holds for a part of something whose rest, but for a kilobyte around the part
    /// that belongs to it, is known to be so. Tells whether the part is cut off at its beginning and at its end.
    fn part_is_still(&mut self, _part: &[u8], _cut_before: bool, _cut_behind: bool) -> bool {
        false
    }

    /// Whether nothing at all came of the last blob that was visited: nothing found, counted or told.
    fn was_quiet(&self) -> bool {
        false
    }

    /// Whether one of many names, with whatever stands between them, may be one that `heeds` is true of.
    fn heeds_one_of(&mut self, _names: &[u8]) -> bool {
        true
    }

    /// Bytes of the shortest name that may hold something.
    fn shortest(&self) -> usize {
        0
    }

    /// Whether such names say of a file that it may hold credentials.
    fn heeds(&mut self, _context: &Context) -> bool {
        true
    }
}

/// Why the system refused something, in lower case and without its number.
fn why(error: &io::Error) -> String {
    let kind = error.kind().to_string();
    // Kinds that the standard library has no stable name for.
    if matches!(kind.as_str(), "uncategorized error" | "other error") { error.to_string() } else { kind }
}
