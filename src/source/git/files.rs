//! What a repository holds beside its objects: names, logs, messages that wait, its configuration; and its
//! work tree.
//!
//! Holds: which plain files are read and under which name they are shown. Must not know: the format
//! of any of them; `refs` has those that hold names.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::folders::{self, Found};
use super::refs::{self, Names, RefText};
use super::repo::Repo;
use crate::base::{Context, Notice, Origin, share_out};
use crate::source::crew::{Crew, Hand};
use crate::source::read::{Manner, visit_file};
use crate::source::{Blob, Body, Event};

/// Reads all names, and visits what they and the logs say.
pub(super) fn names(crew: &Crew<'_, '_>, repo: &Repo) -> Names {
    let mut hand = Hand::of(crew);
    let names = Names::read(repo, &mut |text: &RefText<'_>| {
        // Lines that stand before a part of a long file count as well.
        let padded;
        let body = if text.first_line > 1 {
            padded = [vec![b'\n'; usize::try_from(text.first_line - 1).unwrap_or(0)].as_slice(), text.text].concat();
            &padded
        } else {
            text.text
        };
        hand.visit(Event::Blob(Blob {
            origin: Origin::file(&repo.shown_store(Path::new(text.origin))),
            context: Context::default(),
            size: Some(body.len() as u64),
            body: Body::Whole(body),
            object: None,
            again: false,
        }))
    });
    for (reason, file, text) in &names.notices {
        let origin = Origin::file(&repo.shown_store(Path::new(file)));
        if hand.visit(Event::Notice(Notice::new(origin, *reason, text.clone()))) == ControlFlow::Break(()) {
            break;
        }
    }
    names
}

/// Visits the other files of the repository: messages that wait, hooks, its configuration.
pub(super) fn store(crew: &Crew<'_, '_>, repo: &Repo, jobs: usize) {
    let mut all: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    for top in [&repo.common_dir, &repo.git_dir] {
        let found = folders::files(top, &|path, is_folder| refs::owns(path) || (is_folder && is_objects(path)));
        for file in &found.files {
            let below = file.strip_prefix(&repo.common_dir).unwrap_or(file);
            all.insert(file.clone(), repo.shown_store(below));
        }
        tell(crew, found);
    }
    read(crew, &all.into_iter().collect::<Vec<_>>(), jobs);
}

/// Visits the files of the work tree.
pub(super) fn work_tree(crew: &Crew<'_, '_>, repo: &Repo, jobs: usize) {
    let Some(top) = &repo.work_dir else { return };
    let found = folders::files(top, &|path, _| path == Path::new(".git"));
    let shown = |file: &PathBuf| repo.shown_work_tree(file.strip_prefix(top).unwrap_or(file));
    let files: Vec<(PathBuf, PathBuf)> = found.files.iter().map(|file| (file.clone(), shown(file))).collect();
    tell(crew, found);
    read(crew, &files, jobs);
}

fn is_objects(path: &Path) -> bool {
    path == Path::new("objects")
}

/// Tells of repositories inside of this one, which are read by themselves, and of what could not be
/// listed.
fn tell(crew: &Crew<'_, '_>, found: Found) {
    let mut hand = Hand::of(crew);
    for notice in found.notices {
        let _ = hand.visit(Event::Notice(notice));
    }
    for repository in found.repositories {
        let _ = hand.visit(Event::GitStore(repository));
    }
}

fn read(crew: &Crew<'_, '_>, files: &[(PathBuf, PathBuf)], jobs: usize) {
    share_out(jobs, files.len(), &|indices| {
        let mut hand = Hand::of(crew);
        for index in indices {
            let (path, shown) = &files[index];
            if crew.is_over() || visit_file(&mut hand, path, shown, Manner::Met { follow: false }).is_break() {
                return;
            }
        }
    });
}
