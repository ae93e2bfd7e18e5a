//! A walk over all that the user named.
//!
//! Holds: `Walk`, its check before it begins and the order of its parts: first standard input and
//! what was named as a file, then the directories. Must not know: what visitors do.

use crate::base::share_out;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::crew::{Crew, Hand};
use super::globs::Globs;
use super::plan::plan;
use super::read::{Manner, visit_file, visit_standard_input};
use super::system::{self, Special};
use super::{LeftOut, tree, why};

/// What the user named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file, a pipe or a directory.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

/// What to walk over, and how.
///
/// A thing named is read whatever it is: a link is followed, a pipe read to its end, and neither a
/// `.gitignore` nor a directory around it leaves it out; only the globs do. Overlapping targets are
/// read once.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// What the user named.
    pub targets: Vec<Target>,
    /// `--include`: if there are any, only files that one of these matches are read, or that lie
    /// below a directory that one matches.
    pub include: Vec<String>,
    /// `--exclude`: what one of these matches is left out, directories with all that is in them.
    ///
    /// Both are lines as in a `.gitignore` (`vendor/**`, `*.min.js`, `/build`), counted both from
    /// the target and, where that is relative, from the current directory.
    pub exclude: Vec<String>,
    /// `--respect-gitignore`: what `.gitignore` files and `.git/info/exclude` name is left out, as
    /// git does inside of a repository. It is not counted: the walker drops it before it is seen.
    pub respect_gitignore: bool,
    /// `--follow`: symbolic links met on the way are followed; loops are cut.
    pub follow: bool,
    /// `--one-file-system`: directories on which something else is mounted are left out.
    pub one_file_system: bool,
    /// Threads to use; 0 counts as 1.
    pub jobs: usize,
}

/// Why a walk cannot begin.
#[derive(Debug)]
pub enum WalkError {
    /// A target does not exist.
    Missing(PathBuf),
    /// A target cannot be opened.
    Unreadable(PathBuf, io::Error),
    /// A target is neither a file, a directory nor a pipe.
    Special(PathBuf),
    /// A glob cannot be understood.
    Glob {
        /// The option it was given to.
        option: &'static str,
        /// The glob.
        glob: String,
        /// What is wrong with it.
        why: String,
    },
}

impl fmt::Display for WalkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "«{}» does not exist", path.display()),
            Self::Unreadable(path, error) => write!(f, "«{}» cannot be opened: {}", path.display(), why(error)),
            Self::Special(path) => {
                write!(f, "«{}» is a socket or a device; name a file, a directory or a pipe", path.display())
            }
            Self::Glob { option, glob, why } => write!(f, "glob «{glob}» of {option} cannot be understood: {why}"),
        }
    }
}

impl std::error::Error for WalkError {}

impl Walk {
    /// How many bytes there are to read, where only files were named and so that is known.
    pub fn known_size(&self) -> Option<u64> {
        let size = |target: &Target| match target {
            Target::Path(path) => {
                std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len())
            }
            Target::Stdin => None,
        };
        // A long list is not worth looking at each of its files once more.
        if self.targets.len() > 1_000 { None } else { self.targets.iter().map(size).sum() }
    }

    /// Whether the walk can begin: everything named exists and can be opened, every glob can be
    /// understood. The first target that fails is told.
    pub fn check(&self) -> Result<(), WalkError> {
        Globs::new(&self.include, &self.exclude)?;
        let worst: Mutex<Option<(usize, WalkError)>> = Mutex::new(None);
        share_out(self.jobs, self.targets.len(), &|indices| {
            for index in indices {
                let Target::Path(path) = &self.targets[index] else { continue };
                if let Err(error) = check_path(path) {
                    let mut worst = worst.lock().unwrap_or_else(PoisonError::into_inner);
                    if worst.as_ref().is_none_or(|(first, _)| index < *first) {
                        *worst = Some((index, error));
                    }
                    // Whoever works on smaller indices still comes to them.
                    break;
                }
            }
        });
        worst.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), |(_, error)| Err(error))
    }

    /// Walks until everything was visited or the crew is over. What changed since `check` is told as notices.
    pub(super) fn run(&self, crew: &Crew<'_, '_>) {
        let globs = Globs::new(&self.include, &self.exclude).unwrap_or_else(|_| Globs::none());
        let plan = plan(&self.targets, self.jobs);
        let first = usize::from(plan.standard_input);
        share_out(self.jobs, first + plan.files.len(), &|indices| {
            let mut hand = Hand::of(crew);
            for index in indices {
                if crew.is_over() {
                    break;
                }
                let flow = match index.checked_sub(first).map(|index| &plan.files[index]) {
                    None => visit_standard_input(&mut hand),
                    Some(path) if globs.leave(path, 0, false) => hand.left(LeftOut::Excluded),
                    Some(path) => visit_file(&mut hand, path, path, Manner::Named),
                };
                if flow.is_break() {
                    break;
                }
            }
        });
        if !crew.is_over() {
            tree::visit_trees(self, &plan, &globs, crew);
        }
    }
}

fn check_path(path: &Path) -> Result<(), WalkError> {
    let told = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => WalkError::Missing(path.to_owned()),
        _ => WalkError::Unreadable(path.to_owned(), error),
    };
    let kind = fs::metadata(path).map_err(told)?.file_type();
    if kind.is_dir() {
        return fs::read_dir(path).map(drop).map_err(told);
    }
    // A pipe is not opened before it is read: its writer would see it close again.
    if !kind.is_file() && system::special(kind) == Special::Device {
        return Err(WalkError::Special(path.to_owned()));
    }
    system::can_read(path).map_err(told)
}

#[cfg(test)]
mod tests;
