//! A repository for the tests, made by the `git` program.
//!
//! Holds: `Made`, with names of every sort. Must not know: which test asks.

use std::ops::ControlFlow::Continue;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Names;
use crate::source::git::repo::Repo;

/// A repository that `git` makes, with the ways in which its names are kept.
pub(super) struct Made {
    place: tempfile::TempDir,
}

impl Made {
    /// An empty one.
    pub(super) fn new(refs: &str, digest: &str) -> Self {
        let made = Self { place: tempfile::tempdir().unwrap() };
        let (refs, digest) = (format!("--ref-format={refs}"), format!("--object-format={digest}"));
        made.run(".", &["init", "-q", "-b", "main", &refs, &digest, "r"]);
        made
    }

    /// One with branches, tags, notes, a remote, a stash, a linked work tree, and all that went away again.
    pub(super) fn full(refs: &str, digest: &str) -> Self {
        let made = Self::new(refs, digest);
        for message in ["one", "two", "three"] {
            made.git(&["commit", "-q", "--allow-empty", "-m", message]);
        }
        made.git(&["branch", "side", "HEAD~1"]);
        made.git(&["branch", "gone", "HEAD~2"]);
        made.git(&["tag", "light", "HEAD~2"]);
        made.git(&["tag", "-a", "-m", "heavy", "heavy", "side"]);
        made.git(&["notes", "add", "-m", "note", "HEAD"]);
        made.git(&["pack-refs", "--all"]);
        made.git(&["branch", "-D", "-q", "gone"]);
        made.git(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
        made.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
        made.git(&["update-ref", "refs/heads/side", "HEAD~2"]);
        for (index, content) in ["first", "second", "third"].iter().enumerate() {
            std::fs::write(made.top().join("f"), content).unwrap();
            made.git(&["add", "f"]);
            if index == 0 {
                made.git(&["commit", "-q", "-m", "file"]);
            } else {
                made.git(&["stash", "push", "-q", "-m", content]);
            }
        }
        made.git(&["stash", "drop", "-q"]);
        made.git(&["update-ref", "ORIG_HEAD", "HEAD~1"]);
        made.git(&["worktree", "add", "-q", "-b", "linked", "../w", "side"]);
        made.run("w", &["update-ref", "refs/bisect/bad", "HEAD"]);
        made.run("w", &["commit", "-q", "--allow-empty", "-m", "there"]);
        made
    }

    pub(super) fn top(&self) -> PathBuf {
        self.place.path().join("r")
    }

    pub(super) fn git(&self, arguments: &[&str]) -> Vec<String> {
        self.run("r", arguments)
    }

    pub(super) fn run(&self, folder: &str, arguments: &[&str]) -> Vec<String> {
        self.feed(folder, arguments, "")
    }

    pub(super) fn feed(&self, folder: &str, arguments: &[&str], input: &str) -> Vec<String> {
        let mut command = Command::new("git");
        command.current_dir(self.place.path().join(folder)).args(arguments);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "A. Nowak").env(format!("GIT_{who}_EMAIL"), "a@example.com");
            command.env(format!("GIT_{who}_DATE"), "1760000000 +0200");
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {arguments:?}");
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// The names, and each text with its origin and first line.
    pub(super) fn read(&self, folder: &str) -> (Names, Vec<(String, u64, String)>) {
        let repo = Repo::open(&self.place.path().join(folder), &[]).unwrap();
        let mut texts = Vec::new();
        let names = Names::read(&repo, &mut |text| {
            let content = String::from_utf8_lossy(text.text).into_owned();
            texts.push((text.origin.to_owned(), text.first_line, content));
            Continue(())
        });
        (names, texts)
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.top().join(".git").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// One object of the repository, as digits.
    pub(super) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).remove(0)
    }
}

/// The content of a file.
pub(super) fn bytes(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    std::io::copy(&mut std::fs::File::open(path).unwrap(), &mut bytes).unwrap();
    bytes
}
