//! Repositories, beside what git and other programs take for them, in turn, warm page cache: all of a history
//! against printing all its objects; the same with a cache and one new object against listing them; a small staged
//! change among 70,000 files against `git diff --cached`.
//!
//! `KSEFLEAKS_BENCH_REPOS` names the repositories, separated by blanks; else it is this one. They are only
//! read, but for the staged change, whose repository is made for it. `KSEFLEAKS_BENCH_PEER` is the command of another
//! program, to which the path of the repository is added.

#![expect(clippy::print_stdout, clippy::panic, reason = "a bench prints, and cannot go on without what it measures")]

mod pairs;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use pairs::{Named, compare, words};

const ROUNDS: usize = 5;
const FILES: usize = 70_000;
const OURS: &str = env!("CARGO_BIN_EXE_ksefleaks");

fn main() {
    let repos = std::env::var("KSEFLEAKS_BENCH_REPOS").unwrap_or_else(|_| ".".to_owned());
    for repo in repos.split_whitespace() {
        println!("repository {repo}");
        history(repo);
        remembered(repo);
    }
    staged();
}

fn history(repo: &str) {
    let ours = words(&[OURS, "git", "-q", "--no-progress", repo]);
    // Git checks nothing out of a lazy remote meanwhile.
    let all = "cat-file --batch-all-objects --batch --unordered";
    let git = words(&["sh", "-c", &format!("GIT_NO_LAZY_FETCH=1 git -C '{repo}' {all} >/dev/null")]);
    let ours = Named { name: "all of it", words: &ours };
    compare(ROUNDS, &ours, &Named { name: "git cat-file --batch", words: &git }, "to reach: 0.20; stretch: 0.10");
    if let Ok(peer) = std::env::var("KSEFLEAKS_BENCH_PEER") {
        let peer = words(&["sh", "-c", &format!("{peer} '{repo}' >/dev/null 2>&1")]);
        compare(1, &ours, &Named { name: "the other program", words: &peer }, "to reach: 0.067; stretch: 0.033");
    }
}

/// The repository is borrowed from, so that the new object is not written to it.
fn remembered(repo: &str) {
    let place = tempfile::tempdir().unwrap_or_else(|error| panic!("no place: {error}"));
    let (clone, cache) = (place.path().join("clone.git"), place.path().join("cache"));
    let text = |path: &Path| path.to_string_lossy().into_owned();
    git(place.path(), &["clone", "-q", "--bare", "--shared", repo, &text(&clone)]);
    let cold = words(&[OURS, "git", "-q", "--no-progress", "--cache", &text(&cache), &text(&clone)]);
    if pairs::run(&cold).is_none() {
        return;
    }
    fs::write(place.path().join("new"), "a new object\n").unwrap_or_else(|error| panic!("no file: {error}"));
    git(&clone, &["hash-object", "-w", &text(&place.path().join("new"))]);
    let list = format!("git -C '{}' cat-file --batch-all-objects --batch-check --unordered >/dev/null", text(&clone));
    let list = words(&["sh", "-c", &list]);
    let theirs = Named { name: "git cat-file --batch-check", words: &list };
    compare(ROUNDS, &Named { name: "again, one new", words: &cold }, &theirs, "to reach: 0.5; stretch: 0.2");
}

fn staged() {
    let place = tempfile::tempdir().unwrap_or_else(|error| panic!("no place: {error}"));
    let top = place.path();
    git(top, &["init", "-q"]);
    for file in 0..FILES {
        let folder = top.join(format!("d{}/e{}", file % 100, file % 700));
        if file < 700 {
            fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("no folder: {error}"));
        }
        fs::write(folder.join(format!("f{file}.txt")), format!("{file}\n")).unwrap_or_else(|error| panic!("{error}"));
    }
    git(top, &["add", "."]);
    git(top, &["-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "-m", "all"]);
    git(top, &["gc", "-q"]);
    fs::write(top.join("d1/e1/f1.txt"), "changed\n").unwrap_or_else(|error| panic!("{error}"));
    git(top, &["add", "d1/e1/f1.txt"]);
    println!("a staged change among {FILES} files");
    let ours = words(&[OURS, "git", "-q", "--no-progress", "--staged", &top.to_string_lossy()]);
    let diff = words(&["git", "-C", &top.to_string_lossy(), "diff", "--cached", "--quiet"]);
    let theirs = Named { name: "git diff --cached", words: &diff };
    compare(ROUNDS * 4 + 1, &Named { name: "--staged", words: &ours }, &theirs, "to reach: 2; stretch: 1");
}

fn git(top: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.arg("-C").arg(top).args(arguments).env("GIT_NO_LAZY_FETCH", "1").stdout(Stdio::null());
    let ended = command.status().unwrap_or_else(|error| panic!("git is not installed: {error}"));
    assert!(ended.success(), "git {arguments:?} failed");
}
