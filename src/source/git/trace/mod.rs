//! Where in a repository the objects stand that hold credentials: at which paths, in which commits,
//! and from where those are reached.
//!
//! Holds: the steps. All trees and commits are gone through once in the order of packs (`graph`), for walking down from
//! every commit takes many times as long; the few trees that lead to the objects are read again for
//! their names (`paths`); what commits did is worked out for 64 tracks at a time (`history`). Must not
//! know: what was found in the objects.

mod graph;
mod history;
mod paths;
mod tell;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;

use super::Track;
use super::refs::Names;
use super::repo::Repo;
use super::store::{Store, Survey};
use crate::base::ObjectName;
use graph::Graph;
use history::History;
use paths::Paths;

/// So many tracks are followed at a time, a bit each.
const AT_ONCE: usize = 64;

/// What one credential was found in.
pub(super) type Mark = BTreeSet<ObjectName>;

/// What is asked, and of what.
pub(super) struct Asked<'a> {
    pub(super) repo: &'a Repo,
    pub(super) store: &'a Store,
    pub(super) names: &'a Names,
    /// Whether the work tree is looked at, too.
    pub(super) worktree: bool,
    pub(super) jobs: usize,
    pub(super) stop: &'a AtomicBool,
}

/// What a track follows.
enum Line {
    /// Any of these files, at a path.
    Path { path: u32, blobs: BTreeSet<u32> },
    /// An object that is itself the place: a commit, a tag, or a file that stands nowhere.
    Object(ObjectId),
}

/// The tracks of each mark, and what could not be found out.
pub(super) fn trace(asked: &Asked<'_>, marks: &[Mark]) -> (Vec<Vec<Track>>, Vec<String>) {
    let wanted: BTreeMap<ObjectId, u32> = (marks.iter().flatten())
        .filter_map(|name| ObjectId::try_from(name.as_bytes()).ok())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .zip(0..)
        .collect();
    let survey = Survey::new(asked.store);
    let graph = Graph::read(asked, &survey, &wanted);
    let mut doubts = Vec::new();
    if graph.is_cut {
        doubts.push("it has too many trees: at which paths and in which commits credentials stand was not looked for");
    }
    let paths = Paths::read(asked, &survey, &graph, &wanted);
    if paths.is_cut {
        doubts.push("too many paths lead to files with credentials; not all of them are told");
    }
    let history = History::new(asked, &graph);
    let mut lines: Vec<(usize, Line)> = Vec::new();
    for (mark, objects) in marks.iter().enumerate() {
        lines.extend(lines_of(objects, &wanted, &paths).into_iter().map(|line| (mark, line)));
    }
    let mut tracks: Vec<Vec<Track>> = marks.iter().map(|_| Vec::new()).collect();
    let teller = tell::Teller::new(asked, &graph, &paths, &history, &wanted);
    for chunk in lines.chunks(AT_ONCE) {
        if asked.stop.load(Ordering::Relaxed) {
            break;
        }
        let followed: Vec<&Line> = chunk.iter().map(|(_, line)| line).collect();
        let told = teller.tell(&followed);
        for ((mark, _), track) in chunk.iter().zip(told) {
            tracks[*mark].push(track);
        }
    }
    (tracks, doubts.into_iter().map(str::to_owned).collect())
}

/// The lines that the objects of one credential make: one for each path, however many versions of it
/// hold the credential, and one for each object without a path.
fn lines_of(objects: &Mark, wanted: &BTreeMap<ObjectId, u32>, paths: &Paths) -> Vec<Line> {
    let mut by_path: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    let mut lines = Vec::new();
    for name in objects {
        let Ok(id) = ObjectId::try_from(name.as_bytes()) else { continue };
        let Some(&number) = wanted.get(&id) else { continue };
        let at = paths.of(number);
        if at.is_empty() {
            lines.push(Line::Object(id));
        }
        for path in at {
            by_path.entry(*path).or_default().insert(number);
        }
    }
    lines.extend(by_path.into_iter().map(|(path, blobs)| Line::Path { path, blobs }));
    lines
}
