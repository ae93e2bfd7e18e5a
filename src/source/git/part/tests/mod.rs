//! Repositories that are made by the `git` program, and what it says of them.
//!
//! Holds: `Made`, and readers of what git prints. What is tested stands in the files below.

mod commits;
mod odd;
mod random;
mod staged;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use super::Picks;
use crate::base::Notice;
use crate::source::git::refs::Names;
use crate::source::git::repo::Repo;
use crate::source::git::{Commits, GitError, Revision};

/// A path and a blob.
pub(super) type Pair = (Vec<u8>, String);

/// A repository.
pub(super) struct Made {
    place: tempfile::TempDir,
    /// The directory in which git runs.
    pub(super) dir: PathBuf,
    clock: Cell<u64>,
}

impl Made {
    /// An empty repository, made with these options.
    pub(super) fn new(options: &[&str]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("repo");
        let made = Self { place, dir, clock: Cell::new(1_700_000_000) };
        std::fs::create_dir(&made.dir).unwrap();
        made.git(&[&["init", "-q", "-b", "main"], options].concat());
        made
    }

    /// A directory beside it.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// The same in another directory.
    pub(super) fn at(self, dir: PathBuf) -> Self {
        Self { dir, ..self }
    }

    /// What git prints; it must succeed.
    pub(super) fn git(&self, arguments: &[&str]) -> Vec<u8> {
        self.told(arguments, b"")
    }

    /// The same as text without the last line's end.
    pub(super) fn line(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.git(arguments)).unwrap().trim_end().to_owned()
    }

    /// The same, where git is told something first.
    pub(super) fn told(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let (done, output, errors) = self.try_git(arguments, input);
        assert!(done, "git {arguments:?}: {}", String::from_utf8_lossy(&errors));
        output
    }

    /// Whether git succeeded, what it printed, and what it complained of.
    pub(super) fn try_git(&self, arguments: &[&str], input: &[u8]) -> (bool, Vec<u8>, Vec<u8>) {
        self.clock.set(self.clock.get() + 100);
        let date = format!("{} +0000", self.clock.get());
        let mut git = Command::new("git");
        git.args(["-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"]).args(arguments);
        git.current_dir(&self.dir).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"] {
            git.env_remove(name);
        }
        git.env("GIT_CONFIG_GLOBAL", null_device()).env("GIT_CONFIG_SYSTEM", null_device());
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "Ann Example").env(format!("GIT_{who}_EMAIL"), "ann@example.org");
            git.env(format!("GIT_{who}_DATE"), &date);
        }
        let mut running = git.spawn().unwrap();
        let mut pipe = running.stdin.take().unwrap();
        let input = input.to_owned();
        // Both ends must move, or a long answer waits for a long question.
        let writer = std::thread::spawn(move || pipe.write_all(&input));
        let output = running.wait_with_output().unwrap();
        let written = writer.join().unwrap();
        assert!(written.is_ok() || !output.status.success());
        (output.status.success(), output.stdout, output.stderr)
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Commits all that is in the work tree; the commit.
    pub(super) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.line(&["rev-parse", "HEAD"])
    }

    pub(super) fn repo(&self) -> Repo {
        Repo::open(&self.dir, &[]).unwrap()
    }

    /// What the index holds beyond HEAD.
    pub(super) fn staged(&self) -> Result<Picks, GitError> {
        super::staged(&self.repo(), None)
    }

    /// What commits brought.
    pub(super) fn brought(&self, commits: &Commits) -> Result<Picks, GitError> {
        let repo = self.repo();
        let names = Names::read(&repo, &mut |_| ControlFlow::Continue(()));
        super::commits(&repo, &names, commits, 2, &AtomicBool::new(false))
    }

    /// What the commits of a range brought.
    pub(super) fn range(&self, range: &str) -> Result<Picks, GitError> {
        self.brought(&Commits { revisions: vec![Revision::Range(range.to_owned())], ..Commits::default() })
    }

    /// What `git diff --cached` says is staged, without conflicts.
    pub(super) fn expected_staged(&self) -> BTreeSet<Pair> {
        let raw =
            self.git(&["diff", "--cached", "--raw", "--no-renames", "--no-abbrev", "--ita-invisible-in-index", "-z"]);
        raw_pairs(&raw).into_iter().collect()
    }

    /// What `git diff-tree` says that each commit brought, and all commits, the newest first.
    pub(super) fn expected(&self, arguments: &[&str]) -> (BTreeMap<Pair, BTreeSet<String>>, Vec<String>) {
        let list = self.line(&[&["rev-list", "--date-order"], arguments].concat());
        let commits: Vec<String> = list.lines().map(str::to_owned).collect();
        let options = ["diff-tree", "--stdin", "-r", "-c", "--root", "--raw", "--no-renames", "--no-abbrev", "-z"];
        let told = self.told(&options, format!("{list}\n").as_bytes());
        let mut brought: BTreeMap<Pair, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        let mut parts = told.split(|byte| *byte == 0);
        while let Some(part) = parts.next() {
            if part.starts_with(b":") {
                let path = parts.next().unwrap();
                if let Some(id) = new_blob(part) {
                    brought.entry((path.to_vec(), id)).or_default().insert(current.clone());
                }
            } else if !part.is_empty() {
                current = String::from_utf8(part.to_vec()).unwrap();
            }
        }
        (brought, commits)
    }
}

/// The paths and blobs of what git prints as `--raw -z`.
fn raw_pairs(raw: &[u8]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut parts = raw.split(|byte| *byte == 0);
    while let (Some(entry), Some(path)) = (parts.next(), parts.next()) {
        pairs.extend(new_blob(entry).map(|id| (path.to_vec(), id)));
    }
    pairs
}

/// The blob of an entry as `--raw` has it, unless it is gone, a submodule, or what a parent has.
fn new_blob(entry: &[u8]) -> Option<String> {
    let entry = std::str::from_utf8(entry).unwrap();
    let bare = entry.trim_start_matches(':');
    let parents = entry.len() - bare.len();
    let fields: Vec<&str> = bare.split(' ').collect();
    let (modes, rest) = fields.split_at(parents + 1);
    let id = rest[parents];
    let old = (0..parents).any(|parent| rest[parent] == id && modes[parent] != "160000");
    let blob = modes[parents] != "160000" && modes[parents] != "000000";
    (blob && !old && id.bytes().any(|byte| byte != b'0')).then(|| id.to_owned())
}

/// What was picked, as pairs.
pub(super) fn pairs(picks: &Picks) -> BTreeSet<Pair> {
    let all: Vec<Pair> = picks.blobs.iter().map(|pick| (pick.path.to_vec(), pick.id.to_string())).collect();
    let set: BTreeSet<Pair> = all.iter().cloned().collect();
    assert_eq!(all.len(), set.len(), "each once");
    set
}

/// The paths of what was picked, in order.
pub(super) fn paths(picks: &Picks) -> Vec<String> {
    picks.blobs.iter().map(|pick| String::from_utf8_lossy(&pick.path).into_owned()).collect()
}

/// Reasons of notices, and whether they make a run incomplete.
pub(super) fn reasons(notices: &[Notice]) -> Vec<(&'static str, bool)> {
    notices.iter().map(|notice| (notice.reason.name(), notice.incomplete)).collect()
}

pub(super) fn bytes(path: &Path) -> Vec<u8> {
    let mut data = Vec::new();
    std::io::copy(&mut std::fs::File::open(path).unwrap(), &mut data).unwrap();
    data
}

fn null_device() -> &'static str {
    if cfg!(windows) { "NUL" } else { "/dev/null" }
}

/// Numbers that are the same in every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}
