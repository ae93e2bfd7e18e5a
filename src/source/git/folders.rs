//! Directories of repositories: those below a directory, and the plain files in one.
//!
//! Holds: going through directories without following links. Must not know: what is done with a file.

use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};

use crate::base::{Notice, Origin, Reason};
use crate::source::stores;

/// What going through directories found.
#[derive(Default)]
pub(super) struct Found {
    /// Files, links and whatever else is no directory, sorted.
    pub(super) files: Vec<PathBuf>,
    /// The directories of repositories.
    pub(super) repositories: Vec<PathBuf>,
    /// What could not be listed.
    pub(super) notices: Vec<Notice>,
}

/// Every repository below a directory, and the directory itself if it is one.
pub(super) fn repositories(top: &Path) -> Found {
    let mut found = walk(top, &|_, _| false, false);
    found.repositories.sort();
    found
}

/// Every file below a directory but for the objects of repositories and what `leave` names; it is
/// asked for the path from the directory, and whether that is a directory too.
pub(super) fn files(top: &Path, leave: &dyn Fn(&Path, bool) -> bool) -> Found {
    let mut found = walk(top, leave, true);
    found.files.sort();
    found
}

fn walk(top: &Path, leave: &dyn Fn(&Path, bool) -> bool, with_files: bool) -> Found {
    let mut found = Found::default();
    let mut stack = vec![top.to_owned()];
    while let Some(folder) = stack.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                let text = format!("{}; not searched for what is in it", crate::source::why(&error));
                found.notices.push(Notice::new(Origin::file(&folder), Reason::Unreadable, text));
                continue;
            }
        };
        for entry in entries {
            let Ok(entry) = entry else {
                let text = "cannot be listed to its end; not searched to its end";
                found.notices.push(Notice::new(Origin::file(&folder), Reason::Unreadable, text));
                break;
            };
            take(&entry, top, leave, with_files, &mut stack, &mut found);
        }
    }
    found
}

fn take(
    entry: &DirEntry,
    top: &Path,
    leave: &dyn Fn(&Path, bool) -> bool,
    with_files: bool,
    stack: &mut Vec<PathBuf>,
    found: &mut Found,
) {
    let path = entry.path();
    let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
    if leave(path.strip_prefix(top).unwrap_or(&path), is_folder) {
        return;
    }
    if !is_folder {
        // A linked work tree and a submodule have a file in place of a directory.
        if !with_files && entry.file_name() == ".git" {
            found.repositories.extend(path.parent().map(Path::to_owned));
        } else if with_files {
            found.files.push(path);
        }
        return;
    }
    match stores::repository_of(&path) {
        Some(repository) => found.repositories.push(repository),
        None => stack.push(path),
    }
}
