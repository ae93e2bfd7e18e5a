//! What is staged: what the next commit would hold and the last one does not.
//!
//! Holds: `staged`, which compares the index with the tree of HEAD, and of that tree reads only the
//! directories in which something was staged. Must not know: how an index is read.

use std::ops::{ControlFlow, Range};
use std::path::Path;

use gix::ObjectId;
use gix::head::Kind as HeadKind;
use gix::objs::{CommitRefIter, Kind as ObjectKind};
use gix::refs::Target;

use super::brought::{Brought, Place};
use super::gather::{Batch, Gather};
use super::index::{Cached, Entry, Index, Mode, Node};
use super::objects::{Objects, Told};
use super::tree::{Beside, Kind};
use super::{GitError, Picks, Repo};
use crate::base::{Notice, Reason};
use crate::source::git::refs::Names;

/// Directories within directories; all below counts as new.
const DEEPEST: usize = 2000;

/// What is staged in a repository, in its own index or in another one that is named. Where there is
/// no index, nothing is; where there is no commit yet, all of it.
pub(in crate::source::git) fn staged(repo: &Repo, index: Option<&Path>) -> Result<Picks, GitError> {
    let own = repo.git_dir.join("index");
    let read = Index::read(index.unwrap_or(&own), &repo.git_dir, repo.hash);
    let read = read.map_err(|error| GitError::Unreadable(repo.shown.clone(), error.to_string()))?;
    let Some(read) = read else {
        return index.map_or_else(|| Ok(Picks::default()), |index| Err(GitError::Missing(index.to_owned())));
    };
    let told = Told::of(repo);
    let objects = Objects::of(repo);
    let head = head(repo, &objects, &told);
    let mut compare =
        Compare { index: &read, objects: &objects, told: &told, work: Vec::new(), gather: Gather::default() };
    let full = compare.run(head).is_err();
    let blobs = compare.gather.finish();
    if full {
        told.keep(told.whole(Reason::TooMany, "more is staged than is looked at; the rest was not looked at"));
    }
    Ok(Picks { blobs, notices: told.notices(), ..Picks::default() })
}

/// The tree of the last commit.
fn head(repo: &Repo, objects: &Objects, told: &Told) -> Option<ObjectId> {
    let handle = &objects.handle;
    let commit = match handle.head().map(|head| head.kind) {
        Ok(HeadKind::Detached { target, .. }) => Some(target),
        // To programs that know no tables of refs git shows a branch that cannot be.
        Ok(HeadKind::Unborn(name)) if !name.as_bstr().ends_with(b"/.invalid") => None,
        Ok(HeadKind::Symbolic(name)) => match name.target {
            Target::Object(id) => Some(id),
            Target::Symbolic(_) => named(repo),
        },
        Ok(HeadKind::Unborn(_)) | Err(_) => named(repo),
    }?;
    let mut buffer = Vec::new();
    let tree = objects
        .read(commit, ObjectKind::Commit, &mut buffer)
        .ok()
        .and_then(|()| CommitRefIter::from_bytes(&buffer, repo.hash).tree_id().ok());
    if tree.is_none() {
        told.keep(aside(told, &format!("commit {commit} of HEAD cannot be read; all of the index was looked at")));
    }
    tree
}

/// Where HEAD leads by all names of the repository, which takes longer than to ask for the one.
fn named(repo: &Repo) -> Option<ObjectId> {
    Names::read(repo, &mut |_| ControlFlow::Continue(())).resolve("HEAD")
}

/// A notice of something that costs nothing but time.
fn aside(told: &Told, text: &str) -> Notice {
    Notice { incomplete: false, ..told.whole(Reason::MissingObjects, text) }
}

/// A directory of the index.
struct Directory {
    /// Its entries.
    range: Range<usize>,
    /// Bytes of its path, which ends in a slash.
    path: usize,
    /// What HEAD has there.
    head: Option<ObjectId>,
    /// What the index remembers of it.
    node: Option<Node>,
    depth: usize,
}

struct Full;

struct Compare<'c> {
    index: &'c Index,
    objects: &'c Objects,
    told: &'c Told,
    work: Vec<Directory>,
    gather: Gather,
}

impl Compare<'_> {
    fn run(&mut self, head: Option<ObjectId>) -> Result<(), Full> {
        let node = self.index.cached().map(|_| Cached::root());
        self.work.push(Directory { range: 0..self.index.entries().len(), path: 0, head, node, depth: 0 });
        let mut buffer = Vec::new();
        while let Some(directory) = self.work.pop() {
            if !self.is_as_in_head(&directory) {
                self.directory(&directory, &mut buffer)?;
            }
        }
        Ok(())
    }

    /// Whether the index remembers that nothing was staged there since it was as it is in HEAD.
    fn is_as_in_head(&self, directory: &Directory) -> bool {
        let known = self.index.cached().zip(directory.node).and_then(|((cached, _), node)| cached.known(node));
        known.is_some_and(|(count, id)| count == directory.range.len() && Some(id) == directory.head)
    }

    fn directory(&mut self, directory: &Directory, buffer: &mut Vec<u8>) -> Result<(), Full> {
        buffer.clear();
        if let Some(head) = directory.head
            && self.objects.read(head, ObjectKind::Tree, buffer).is_err()
        {
            buffer.clear();
            let text = format!("tree {head} of HEAD cannot be read; what is staged there counts as new");
            self.told.keep(aside(self.told, &text));
        }
        let mut head = Beside::of(buffer, self.objects.handle.object_hash().len_in_bytes());
        let nodes = self.index.cached().zip(directory.node).map(|((cached, data), node)| cached.inner(node, data));
        let nodes = nodes.unwrap_or_default();
        let mut at = directory.range.start;
        while at < directory.range.end {
            let entry = &self.index.entries()[at];
            let path = self.index.path(entry);
            let rest = &path[directory.path..];
            let slash = memchr::memchr(b'/', rest).filter(|_| directory.depth < DEEPEST);
            match slash {
                Some(slash) if entry.mode != Mode::Tree || slash + 1 < rest.len() => {
                    let (name, below) = (&rest[..slash], &path[..=directory.path + slash]);
                    let entries = &self.index.entries()[at..directory.range.end];
                    let count = entries.partition_point(|entry| self.index.path(entry).starts_with(below));
                    self.work.push(Directory {
                        range: at..at + count,
                        path: below.len(),
                        head: head
                            .named(name, true)
                            .filter(|theirs| theirs.kind == Kind::Tree)
                            .map(|theirs| theirs.id()),
                        node: nodes.get(name).copied(),
                        depth: directory.depth + 1,
                    });
                    at += count;
                }
                _ => {
                    self.entry(entry, rest, &mut head)?;
                    at += 1;
                }
            }
        }
        Ok(())
    }

    /// An entry of the directory itself.
    fn entry(&mut self, entry: &Entry, name: &[u8], head: &mut Beside<'_>) -> Result<(), Full> {
        let (id, path) = (self.index.id(entry), self.index.path(entry));
        // All sides of a conflict are looked at: whichever is taken, it was there to be taken.
        let mut theirs = |name: &[u8], kind: Kind| {
            let same = head.named(name, kind == Kind::Tree);
            same.filter(|same| same.kind == kind && entry.stage == 0).map(|same| same.id())
        };
        match entry.mode {
            Mode::Module => Ok(()),
            // It holds the empty blob as long as nothing is added.
            Mode::Blob if entry.intended => Ok(()),
            Mode::Blob => {
                let old = theirs(name, Kind::Blob) == Some(id);
                if old || self.gather.add(id, path, None) { Ok(()) } else { Err(Full) }
            }
            Mode::Tree => {
                let name = name.strip_suffix(b"/").unwrap_or(name);
                let beside = theirs(name, Kind::Tree);
                let mut path = path.to_vec();
                if path.last() != Some(&b'/') {
                    path.push(b'/');
                }
                let mut batch = Batch::default();
                let place = Place { tree: id, beside: beside.into_iter().collect(), path };
                let by = Brought::of(self.objects, self.told).by(place, &mut |id, path| batch.add(id, path));
                if self.gather.take(batch, None) && by.is_ok() { Ok(()) } else { Err(Full) }
            }
        }
    }
}
