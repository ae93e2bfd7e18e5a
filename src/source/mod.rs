//! Where bytes come from: directories, files, standard input.
//!
//! Holds: the walk, one file a source, and what differs between systems in `system`. Must not
//! know: what is done with the bytes, or what a credential is. A new source is a file here that
//! yields `Event`s to `Visitor`s, and its line in the list below.

mod crew;
mod globs;
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

use crate::base::{Context, Notice, Origin};

pub use list::{ListError, files_from};
pub use walk::{Target, Walk, WalkError};

/// What a walk meets.
pub enum Event<'a> {
    /// Bytes to be looked at. What becomes of a file while it is read follows as a notice, but for
    /// errors of `reader`, which are the visitor's to tell.
    Blob(Blob<'a>),
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

/// Bytes that can be read once, from front to back.
pub struct Blob<'a> {
    /// Where they come from.
    pub origin: Origin,
    /// The words around them.
    pub context: Context,
    /// How many there seem to be, where that is known.
    pub size: Option<u64>,
    /// The bytes; to be read through `Budget` only.
    pub reader: &'a mut dyn Read,
}

/// One worker of a walk; each thread has its own.
pub trait Visitor: Send {
    /// Takes one event; `Break` ends the walk on all threads.
    fn visit(&mut self, event: Event<'_>) -> ControlFlow<()>;
}

/// Why the system refused something, in lower case and without its number.
fn why(error: &io::Error) -> String {
    let kind = error.kind().to_string();
    // Kinds that the standard library has no stable name for.
    if matches!(kind.as_str(), "uncategorized error" | "other error") { error.to_string() } else { kind }
}
