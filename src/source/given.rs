//! What a run looks at.
//!
//! Holds: the list of sources. A new source is a file of its own and an arm here. Must not know: what is done
//! with what a source yields.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::crew::Crew;
use super::{Git, Held, ObjectKey, Target, Track, Visitor, Walk, WalkError};
use crate::base::{GitPlace, Notice, PathName};

/// What to look at.
#[derive(Debug)]
pub enum Source {
    /// Directories, files, standard input.
    Walk(Walk),
    /// Repositories.
    Git(Box<Git>),
    /// Bytes that are there already.
    Held(Held),
}

impl Default for Source {
    fn default() -> Self {
        Self::Walk(Walk::default())
    }
}

/// Something named that cannot be looked at.
pub type SourceError = WalkError;

/// The tracks of each credential that was asked for, each in one of the repositories.
pub(crate) type Tracks = Vec<Vec<(u32, Track)>>;

impl Source {
    /// Whether the run can begin: everything named is there.
    pub fn check(&self) -> Result<(), SourceError> {
        match self {
            Self::Walk(walk) => walk.check(),
            // It was opened, or read, which is the check.
            Self::Git(_) | Self::Held(_) => Ok(()),
        }
    }

    /// How many bytes there are to read, where that is known.
    pub fn known_size(&self) -> Option<u64> {
        match self {
            Self::Walk(walk) => walk.known_size(),
            Self::Git(_) => None,
            Self::Held(held) => Some(held.bytes.len() as u64),
        }
    }

    /// Visits everything, until a visitor breaks or `stop` is set. Each thread makes its own visitor
    /// when it has something to visit.
    pub fn run<'v>(&self, stop: &AtomicBool, visitor: &(dyn Fn() -> Box<dyn Visitor + 'v> + Sync)) {
        let crew = Crew::new(visitor, stop);
        match self {
            Self::Walk(walk) => walk.run(&crew),
            Self::Git(git) => git.run(&crew),
            Self::Held(held) => held.run(&crew),
        }
    }

    /// Visits some files and objects once more.
    pub fn again<'v>(
        &self,
        files: Vec<String>,
        objects: &[ObjectKey],
        jobs: usize,
        stop: &AtomicBool,
        visitor: &(dyn Fn() -> Box<dyn Visitor + 'v> + Sync),
    ) {
        let crew = Crew::new(visitor, stop);
        if !files.is_empty() {
            let targets = files.into_iter().map(|file| Target::Path(file.into())).collect();
            Walk { targets, jobs, ..Walk::default() }.run(&crew);
        }
        if let Self::Git(git) = self {
            git.again(&crew, objects);
        }
    }

    /// The work trees of the repositories whose objects are read, and their numbers.
    pub fn work_trees(&self) -> Vec<(PathName, u32)> {
        match self {
            Self::Walk(_) | Self::Held(_) => Vec::new(),
            Self::Git(git) => git.work_trees(),
        }
    }

    /// Where the objects of each credential stand in their repositories.
    pub fn trace(&self, asked: &[Vec<ObjectKey>], stop: &AtomicBool) -> (Tracks, Vec<Notice>) {
        match self {
            Self::Walk(_) | Self::Held(_) => (asked.iter().map(|_| Vec::new()).collect(), Vec::new()),
            Self::Git(git) => git.trace(asked, stop),
        }
    }

    /// The track of an object of which nothing more is known.
    pub fn unplaced(&self, key: ObjectKey) -> (u32, Track) {
        let repo = match self {
            Self::Walk(_) | Self::Held(_) => String::new(),
            Self::Git(git) => git.shown(key.repository),
        };
        let git = GitPlace { repo, object: Some(key.name), reachable: None, refs: Vec::new(), commits: Vec::new() };
        let path = PathName::label(&format!("object {}", key.name));
        (key.repository, Track { path, object: key.name, git: Arc::new(git), others: Vec::new(), twin: None })
    }
}
