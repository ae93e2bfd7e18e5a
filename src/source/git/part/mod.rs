//! What a narrow search looks at: what is staged, or what some commits brought.
//!
//! Holds: `Picks`, the objects to be looked at, and what makes them: `index` and `staged` for what the
//! next commit would hold, `revision`, `walk` and `commits` for commits, `brought` for what a tree has
//! that others have not. Must not know: what is done with the objects.

mod brought;
mod commits;
mod gather;
mod index;
mod objects;
mod revision;
mod staged;
mod tree;
mod walk;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use gix::ObjectId;

use super::refs::Names;
use super::repo::Repo;
use super::{GitError, Part};
use crate::base::{Instant, Notice};

pub(super) use commits::commits;
pub(super) use staged::staged;

/// A blob to look at, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picked {
    /// The blob.
    pub(super) id: ObjectId,
    /// Its path in the repository, with slashes; empty where it has none. A path beyond 16 KiB is cut.
    pub(super) path: Arc<[u8]>,
    /// The commit that brought it, by its place among the commits; nothing in the index, and below
    /// a tag of a tree or a blob.
    pub(super) commit: Option<usize>,
}

/// A commit that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    /// The commit.
    pub(super) id: ObjectId,
    /// Its author as `Name <mail>`, with U+FFFD for what is no UTF-8.
    pub(super) author: Option<Arc<str>>,
    /// When its author wrote it.
    pub(super) date: Option<Instant>,
}

/// What a narrow search looks at.
#[derive(Debug, Default)]
pub(super) struct Picks {
    /// Blobs, those of the newest commit first. A blob is here once for each of its paths, with the
    /// oldest commit that brought it there.
    pub(super) blobs: Vec<Picked>,
    /// Commits, the newest first, whose messages and names are looked at, too.
    pub(super) commits: Vec<Commit>,
    /// Annotated tags among the revisions.
    pub(super) tags: Vec<ObjectId>,
    /// What could not be told.
    pub(super) notices: Vec<Notice>,
}

/// Whether everything that the user named is there; nothing else is looked at.
pub(super) fn check(repo: &Repo, names: &Names, part: &Part) -> Result<(), GitError> {
    match part {
        Part::Commits(commits) => revision::Asked::of(repo, names, commits).map(|_| ()),
        Part::Everything | Part::Staged { .. } => Ok(()),
    }
}
