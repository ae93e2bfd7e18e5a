//! A part of a repository: what commits brought, or what waits for the next one.
//!
//! Holds: reading what was picked, one object after the other, each at the path it was picked for. Must not know: how it
//! is picked, which is `part`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;

use super::Track;
use super::part::{Commit, Picks};
use super::repo::Repo;
use super::store::{Damage, LARGEST, Store};
use super::text;
use crate::base::{CommitMark, Context, GitPlace, ObjectName, Origin, PathName, Reachable, Reason, Role, share_out};
use crate::source::crew::{Crew, Hand};
use crate::source::{Blob, Body, Event, ObjectKey, Objects};

/// Visits all that was picked; `number` is that of the repository.
pub(super) fn visit(crew: &Crew<'_, '_>, store: &Store, picks: &Picks, number: u32, jobs: usize) {
    let mut hand = Hand::of(crew);
    for notice in &picks.notices {
        let _ = hand.visit(Event::Notice(notice.clone()));
    }
    drop(hand);
    // Each file once, with all the paths it was picked for.
    let mut files: BTreeMap<ObjectId, BTreeSet<&[u8]>> = BTreeMap::new();
    for picked in &picks.blobs {
        files.entry(picked.id).or_default().insert(&picked.path);
    }
    let files: Vec<(&ObjectId, &BTreeSet<&[u8]>)> = files.iter().collect();
    let messages: Vec<&ObjectId> = picks.commits.iter().map(|commit| &commit.id).chain(&picks.tags).collect();
    let reader = Reader { store, number };
    share_out(jobs, files.len() + messages.len(), &|indices| {
        let (mut hand, mut bytes) = (Hand::of(crew), Vec::new());
        for index in indices {
            if crew.is_over() {
                return;
            }
            match files.get(index) {
                Some((id, paths)) => reader.file(&mut hand, id, paths, &mut bytes),
                None => reader.message(&mut hand, messages[index - files.len()], &mut bytes),
            }
        }
    });
}

/// Reads one object after the other.
struct Reader<'r> {
    store: &'r Store,
    number: u32,
}

impl Reader<'_> {
    fn file(&self, hand: &mut Hand<'_, '_, '_>, id: &ObjectId, paths: &BTreeSet<&[u8]>, bytes: &mut Vec<u8>) {
        let names: Vec<PathName> = paths.iter().map(|path| PathName::of_bytes(path)).collect();
        let Some(first) = names.first() else { return };
        let origin = |path: &PathName| Origin { path: path.clone(), inner: Arc::default() };
        let read = self.store.read(id, bytes, |kind, size, body| {
            let _ = hand.visit(Event::Read(counted(kind)));
            if kind != Kind::Blob {
                return;
            }
            let blob = |path: &PathName, body, again| Blob {
                origin: origin(path),
                context: Context { names: words(path.text()) },
                size: Some(size),
                body,
                object: self.key(id),
                again,
            };
            match body {
                // Each name may make something else of it.
                Body::Whole(bytes) => names.iter().enumerate().for_each(|(number, path)| {
                    let _ = hand.visit(Event::Blob(blob(path, Body::Whole(bytes), number > 0)));
                }),
                // What can be read once is read with all of them.
                body @ (Body::Stream(_) | Body::File(_)) => {
                    let context = Context { names: names.iter().flat_map(|path| words(path.text())).collect() };
                    let _ = hand.visit(Event::Blob(Blob { context, ..blob(first, body, false) }));
                }
            }
        });
        tell(hand, origin(first), id, read);
    }

    fn message(&self, hand: &mut Hand<'_, '_, '_>, id: &ObjectId, bytes: &mut Vec<u8>) {
        let origin = Origin::label(&format!("commit {id}"));
        let read = self.store.read(id, bytes, |kind, _, body| {
            let _ = hand.visit(Event::Read(counted(kind)));
            let Body::Whole(bytes) = body else { return };
            let text = text::words(bytes);
            let origin = Origin::label(&format!("{kind} {id}"));
            let _ = hand.visit(Event::Blob(Blob {
                origin,
                context: Context::default(),
                size: Some(text.len() as u64),
                body: Body::Whole(&text),
                object: self.key(id),
                again: false,
            }));
        });
        tell(hand, origin, id, read);
    }

    fn key(&self, id: &ObjectId) -> Option<ObjectKey> {
        ObjectName::new(id.as_bytes()).map(|name| ObjectKey { repository: self.number, name })
    }
}

fn counted(kind: Kind) -> Objects {
    Objects {
        all: 1,
        blobs: u64::from(kind == Kind::Blob),
        commits: u64::from(kind == Kind::Commit),
        ..Objects::default()
    }
}

/// The name of a file and of the folder around it.
fn words(path: &str) -> Vec<String> {
    let mut names: Vec<String> = path.rsplit('/').take(2).map(str::to_owned).collect();
    names.reverse();
    names
}

fn tell(hand: &mut Hand<'_, '_, '_>, origin: Origin, id: &ObjectId, read: Result<bool, Damage>) {
    let (reason, text) = match read {
        Ok(true) => return,
        Ok(false) => (Reason::MissingObjects, format!("object {id} is not here; not scanned")),
        Err(Damage::TooLarge(size)) => {
            (Reason::TooLarge, format!("object {id}: {size} bytes exceed the {LARGEST} that are held; not scanned"))
        }
        Err(_) => (Reason::Malformed, format!("object {id} cannot be unpacked; not scanned")),
    };
    let _ = hand.notice(origin, reason, &text);
}

/// Where the objects stand that were picked: at their paths, brought by the commits they were picked from.
pub(super) fn tracks(repo: &Repo, picks: &Picks, objects: &BTreeSet<ObjectName>) -> Vec<Track> {
    let mut tracks = Vec::new();
    for picked in &picks.blobs {
        let Some(name) = ObjectName::new(picked.id.as_bytes()).filter(|name| objects.contains(name)) else { continue };
        let commit = picked.commit.and_then(|commit| picks.commits.get(commit));
        let marks = commit.map(|commit| mark(commit, Role::Added));
        // Whether it is still at the tip was not looked at.
        let reachable = if picked.commit.is_none() { Some(Reachable::Index) } else { None };
        tracks.push(track(repo, PathName::of_bytes(&picked.path), name, reachable, marks));
    }
    for commit in &picks.commits {
        let Some(name) = ObjectName::new(commit.id.as_bytes()).filter(|name| objects.contains(name)) else { continue };
        let path = PathName::label(&format!("commit {}", commit.id));
        tracks.push(track(repo, path, name, None, Some(mark(commit, Role::Holds))));
    }
    for tag in &picks.tags {
        let Some(name) = ObjectName::new(tag.as_bytes()).filter(|name| objects.contains(name)) else { continue };
        tracks.push(track(repo, PathName::label(&format!("tag {tag}")), name, Some(Reachable::Tip), None));
    }
    tracks
}

fn track(
    repo: &Repo,
    path: PathName,
    object: ObjectName,
    reachable: Option<Reachable>,
    mark: Option<CommitMark>,
) -> Track {
    let git = GitPlace {
        repo: repo.shown.display().to_string(),
        object: Some(object),
        reachable,
        refs: Vec::new(),
        commits: mark.into_iter().collect(),
    };
    Track { path, object, git: Arc::new(git), others: Vec::new(), twin: None }
}

fn mark(commit: &Commit, role: Role) -> CommitMark {
    CommitMark {
        id: ObjectName::new(commit.id.as_bytes()).unwrap_or_default(),
        role,
        author: commit.author.as_deref().map(str::to_owned),
        date: commit.date,
    }
}
