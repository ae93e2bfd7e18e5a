//! One repository, opened without obeying it.
//!
//! Holds: where its parts lie, and the look-up of single objects. Nothing outside of the repository
//! is read to open it, and no hook, filter or include of its configuration takes effect. Must not
//! know: what is looked for in it.

use std::path::{Path, PathBuf};

use gix::ObjectId;

use super::GitError;

/// Bytes of the largest object that is held whole.
pub(super) const LARGEST_HELD: usize = 96 << 20;

/// One repository.
#[derive(Debug)]
pub(super) struct Repo {
    /// As the user named it, or where it was found.
    pub(super) shown: PathBuf,
    /// Where HEAD and the index are.
    pub(super) git_dir: PathBuf,
    /// Where the rest is: another place only for linked work trees.
    pub(super) common_dir: PathBuf,
    /// Where the files are, unless it is bare.
    pub(super) work_dir: Option<PathBuf>,
    /// The digest of its objects.
    pub(super) hash: gix::hash::Kind,
    /// Every directory of objects: its own, its alternates', those of a push under way.
    pub(super) stores: Vec<PathBuf>,
    /// Those of a push under way alone.
    pub(super) quarantine: Vec<PathBuf>,
    /// Lists of such directories that cannot be read, and why.
    pub(super) unread: Vec<(PathBuf, String)>,
    shown_git_dir: PathBuf,
    shared: gix::ThreadSafeRepository,
}

impl Repo {
    /// Opens the repository at a path, or around it where the path is below a work tree.
    pub(super) fn open(path: &Path, quarantine: &[PathBuf]) -> Result<Self, GitError> {
        if let Err(error) = path.metadata() {
            return Err(match error.kind() {
                std::io::ErrorKind::NotFound => GitError::Missing(path.to_owned()),
                _ => GitError::Unreadable(path.to_owned(), crate::source::why(&error)),
            });
        }
        // A file stands for a repository only where it is the `.git` of a linked work tree or a submodule.
        let start = if path.is_file() { path.parent().unwrap_or(path) } else { path };
        let start = if start.as_os_str().is_empty() { Path::new(".") } else { start };
        // The library takes it ill where a relative path leads upwards.
        let leads_up = start.components().any(|part| part == std::path::Component::ParentDir);
        let real = if leads_up { start.canonicalize().ok() } else { None };
        let found = gix::discover::upwards(real.as_deref().unwrap_or(start))
            .map_err(|_| GitError::NoRepository(path.to_owned()))?;
        let top = found.0.into_repository_and_work_tree_directories().0;
        let options = gix::open::Options::isolated()
            .config_overrides([format!("gitoxide.objects.allocLimit={LARGEST_HELD}")])
            .strict_config(false);
        let shared = gix::ThreadSafeRepository::open_opts(top, options)
            .map_err(|error| GitError::Unreadable(path.to_owned(), reason(&error)))?;
        let repo = shared.to_thread_local();
        let work_dir = repo.workdir().map(Path::to_owned);
        let common_dir = repo.common_dir().to_owned();
        // As it would be met by whoever walks to it from what was named.
        let dot_git = work_dir.as_ref().is_some_and(|top| top.join(".git") == common_dir);
        let (stores, unread) = stores(&common_dir, quarantine);
        let shown_git_dir = if dot_git { path.join(".git") } else { common_dir.clone() };
        Ok(Self {
            shown: path.to_owned(),
            shown_git_dir: clean(&shown_git_dir),
            git_dir: repo.git_dir().to_owned(),
            work_dir,
            hash: repo.object_hash(),
            stores,
            quarantine: quarantine.to_vec(),
            unread,
            common_dir,
            shared,
        })
    }

    /// Calls back for each entry of the index, and of those of linked work trees, that can be read.
    pub(super) fn each_index_entry(&self, mut take: impl FnMut(&ObjectId, &[u8])) {
        let trees = std::fs::read_dir(self.common_dir.join("worktrees")).into_iter().flatten().flatten();
        let places = [self.git_dir.clone(), self.common_dir.clone()].into_iter().chain(trees.map(|entry| entry.path()));
        let places: std::collections::BTreeSet<PathBuf> = places.map(|place| place.join("index")).collect();
        for place in places {
            let Ok(index) = gix::index::File::at(place, self.hash, true, gix::index::decode::Options::default()) else {
                continue;
            };
            index.entries().iter().for_each(|entry| take(&entry.id, entry.path(&index)));
        }
    }

    /// A file of the repository as reports name it.
    pub(super) fn shown_store(&self, below: &Path) -> PathBuf {
        self.shown_git_dir.join(below)
    }

    /// A file of the work tree as reports name it.
    pub(super) fn shown_work_tree(&self, below: &Path) -> PathBuf {
        self.shown.join(below)
    }

    /// A handle for one thread.
    pub(super) fn handle(&self) -> gix::Repository {
        self.shared.to_thread_local()
    }
}

/// The directories of objects: those of a push, its own, and those that it borrows from, each once.
/// By hand: the library looks at a quarantine only through the environment of the process.
fn stores(common_dir: &Path, quarantine: &[PathBuf]) -> (Vec<PathBuf>, Vec<(PathBuf, String)>) {
    let here = std::env::current_dir().unwrap_or_default();
    let (mut stores, mut unread): (Vec<PathBuf>, Vec<_>) = Default::default();
    for folder in quarantine.iter().cloned().chain([common_dir.join("objects")]) {
        let borrowed = gix::odb::alternate::resolve(folder.clone(), &here).unwrap_or_else(|error| {
            unread.push((folder.join("info/alternates"), reason(&error)));
            Vec::new()
        });
        for store in [folder].into_iter().chain(borrowed) {
            let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
            if stores.iter().all(|known| real(known) != real(&store)) {
                stores.push(store);
            }
        }
    }
    (stores, unread)
}

/// A path without the dot that it begins with.
fn clean(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

/// What is wrong, without what may have been quoted.
fn reason(error: &impl std::fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
