//! The names of a repository, where they lead, and what its logs say.
//!
//! Holds: `Names`, read from every place that keeps names: files, packed files, tables, logs, those of
//! linked work trees, too. `gather` takes what is met, `walk` lists and opens files, `lines` cuts what
//! is long; one file a format. Must not know: objects, or what is done with a name or a text. A new
//! store of names is a file here and its line in `Names::read`.

mod gather;
mod lines;
mod log;
mod loose;
#[cfg(test)]
mod made;
mod packed;
mod reftable;
#[cfg(test)]
mod tests;
mod walk;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::ObjectId;

use super::repo::Repo;
use crate::base::Reason;
use gather::Gather;

/// What keeps an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Holder {
    /// A branch, a tag, any other ref, or the HEAD of a work tree.
    Branch,
    /// The stash, or its log.
    Stash,
    /// Another log, or what a command left for the next one, such as `ORIG_HEAD`.
    Log,
}

/// Where a name leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tip {
    /// The full name: `refs/heads/main`, `HEAD`, `worktrees/x/HEAD`.
    pub(super) name: Arc<[u8]>,
    /// Whether this stands in the log of the name, which may lead elsewhere now.
    pub(super) logged: bool,
    /// What keeps it.
    pub(super) holder: Holder,
    /// The object as it is named: tags are not peeled, and it may be absent.
    pub(super) target: ObjectId,
}

/// A text that names hold: names, identities, messages; without the digests, which look like tokens.
pub(super) struct RefText<'a> {
    /// The file below the git directory: `packed-refs`, `logs/HEAD`. What a table holds of a log is told
    /// as if it stood in a file, the newest entry first: line n is `name@{n - 1}`. `refs` is the list of
    /// all names that are in no file which is shown itself.
    pub(super) origin: &'a str,
    /// The line of the file with which the text begins: a long file comes in several texts.
    pub(super) first_line: u64,
    /// Line by line what the file has; of a line without anything but digests only its end.
    pub(super) text: &'a [u8],
}

/// What takes the texts as they are read; `Break` ends the reading.
pub(super) type Reader<'r> = dyn FnMut(&RefText<'_>) -> ControlFlow<()> + 'r;

/// The names of a repository.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Sorted. Of each log each object once, under the first name whose log has it.
    pub(super) tips: Vec<Tip>,
    /// Why, of which file below the git directory, and what.
    pub(super) notices: Vec<(Reason, String, String)>,
    /// What stands before the names that each work tree has for itself: `worktrees/x/` or nothing.
    current: Vec<u8>,
}

/// One git directory of a repository.
struct Place {
    dir: PathBuf,
    /// What its names begin with: `worktrees/x/`, or nothing.
    prefix: Vec<u8>,
    /// Whether names are kept in tables, and not in files. Those of the other sort are read for their
    /// texts and lead nowhere.
    tables: bool,
}

impl Names {
    /// Reads all names, and hands over the texts as they come: in order, each of little more than 8 MiB at most, and only
    /// those with something in them. Whoever wants names only gives a reader that lets them go.
    pub(super) fn read(repo: &Repo, reader: &mut Reader<'_>) -> Self {
        let mut gather = Gather::new(repo.hash, reader);
        let (places, current) = places(repo, &mut gather);
        for place in &places {
            reftable::read(place, &mut gather);
            loose::read(place, &mut gather);
            packed::read(place, &mut gather);
            log::read(place, &mut gather);
        }
        gather.finish(current)
    }

    /// The object that a name leads to, by the rules of git: as it is, then below `refs/`, as a tag, as a
    /// branch, as a branch of a remote, as the head of a remote.
    pub(super) fn resolve(&self, name: &str) -> Option<ObjectId> {
        let name = if name == "@" { "HEAD" } else { name };
        let rules = ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];
        let found = rules.iter().find_map(|rule| self.find(format!("{rule}{name}").as_bytes()));
        found.or_else(|| self.find(format!("refs/remotes/{name}/HEAD").as_bytes()))
    }

    /// The object that a branch leads to, one of ours or else one of a remote.
    pub(super) fn branch(&self, name: &str) -> Option<ObjectId> {
        ["refs/heads/", "refs/remotes/"].iter().find_map(|kind| self.find(format!("{kind}{name}").as_bytes()))
    }

    fn find(&self, name: &[u8]) -> Option<ObjectId> {
        let own;
        let name = if let Some(main) = name.strip_prefix(b"main-worktree/") {
            main
        } else if is_of_work_tree(name) {
            own = [&self.current, name].concat();
            &own
        } else {
            name
        };
        let at = self.tips.partition_point(|tip| *tip.name < *name);
        self.tips.get(at).filter(|tip| *tip.name == *name && !tip.logged).map(|tip| tip.target)
    }
}

/// Whether a file is read here, by its path below a git directory or below that of a linked work tree.
pub(super) fn owns(relative: &Path) -> bool {
    let linked = relative.starts_with("worktrees");
    let own: PathBuf = relative.components().skip(if linked { 2 } else { 0 }).collect();
    let mut parts = own.components().map(|part| part.as_os_str().as_encoded_bytes());
    let Some(first) = parts.next() else { return false };
    match parts.next() {
        _ if matches!(first, b"refs" | b"logs" | b"reftable") => true,
        None => loose::is_root(first) || packed::FILES.iter().any(|file| file.as_bytes() == first),
        Some(_) => loose::STATE.iter().any(|file| own == Path::new(file)),
    }
}

/// Whether each work tree has such a name for itself.
fn is_of_work_tree(name: &[u8]) -> bool {
    let kinds: [&[u8]; 3] = [b"refs/bisect/", b"refs/worktree/", b"refs/rewritten/"];
    kinds.iter().any(|kind| name.starts_with(kind)) || loose::is_upper(name)
}

/// The git directories of a repository, and what the names of the one that was opened begin with.
fn places(repo: &Repo, gather: &mut Gather<'_>) -> (Vec<Place>, Vec<u8>) {
    let tables = has_tables(repo, gather);
    let mut places = vec![Place { dir: repo.common_dir.clone(), prefix: Vec::new(), tables }];
    let linked = repo.common_dir.join("worktrees");
    for entry in walk::list(&linked, "worktrees", gather) {
        let prefix = [b"worktrees/", entry.name.as_slice(), b"/"].concat();
        if entry.kind.is_dir() {
            places.push(Place { dir: entry.path, prefix, tables });
        } else if entry.kind.is_symlink() {
            walk::tell_link(gather, &String::from_utf8_lossy(&prefix));
        }
    }
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let opened = real(&repo.git_dir);
    if let Some(place) = places.iter().find(|place| real(&place.dir) == opened) {
        let current = place.prefix.clone();
        return (places, current);
    }
    // It names this repository as its own, which does not know it.
    let name = opened.file_name().map(|name| name.as_encoded_bytes().to_vec()).unwrap_or_default();
    let prefix = [b"worktrees/", name.as_slice(), b"/"].concat();
    places.push(Place { dir: repo.git_dir.clone(), prefix: prefix.clone(), tables });
    (places, prefix)
}

/// Whether the names are in tables. The configuration says so; where it could not be trusted and is
/// not known, the HEAD that git leaves there for programs that know no tables does.
fn has_tables(repo: &Repo, gather: &mut Gather<'_>) -> bool {
    let handle = repo.handle();
    let stated = handle.config_snapshot().string("extensions.refStorage");
    match stated.as_deref().map(|stated| -> &[u8] { stated }) {
        Some(b"reftable") => return true,
        Some(b"files") => return false,
        Some(_) => {
            let text = "configuration keeps refs in another place or another way (extensions.refStorage); \
                        those were not read";
            gather.notice(Reason::Unsupported, "config", text);
        }
        None => {}
    }
    repo.common_dir.join("reftable/tables.list").is_file() && loose::is_stub(&repo.common_dir.join("HEAD"))
}
