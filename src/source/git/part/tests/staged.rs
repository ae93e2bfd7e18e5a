//! What is staged, beside what git says.

use std::collections::BTreeSet;

use super::random::history;
use super::{Dice, Made, bytes, pairs, paths};
use crate::source::git::GitError;

fn compare(made: &Made) {
    let picks = made.staged().unwrap();
    assert_eq!(pairs(&picks), made.expected_staged());
    assert!(picks.notices.is_empty() && picks.commits.is_empty(), "{:?}", picks.notices);
}

/// Whether the index has an extension.
fn has(made: &Made, extension: &[u8]) -> bool {
    bytes(&made.dir.join(".git/index")).windows(4).any(|word| word == extension)
}

#[test]
fn indexes_by_chance_hold_what_git_says() {
    for (seed, version) in [(11, "2"), (12, "4"), (13, "3")] {
        let made = history(seed, 30);
        let mut dice = Dice(seed);
        let mut staged = 0;
        for round in 0..20 {
            // HEAD and the index are of commits far from each other, or next to each other.
            made.git(&["symbolic-ref", "HEAD", &format!("refs/heads/c{}", dice.roll(30))]);
            made.git(&["read-tree", &format!("c{}", dice.roll(30))]);
            made.git(&["update-index", "--index-version", version]);
            compare(&made);
            let blob = made.told(&["hash-object", "-w", "--stdin"], format!("round {round}").as_bytes());
            let blob = String::from_utf8(blob).unwrap();
            let mode = ["100644", "100755", "120000"][dice.roll(3)];
            let path = ["a/x", "b/c/new", "n", "d/e/f/h"][dice.roll(4)];
            made.git(&["update-index", "--add", "--replace", "--cacheinfo", &format!("{mode},{},{path}", blob.trim())]);
            compare(&made);
            staged += made.staged().unwrap().blobs.len();
        }
        assert!(staged > 20 && has(&made, b"TREE"), "the trees that an index remembers were tried");
    }
}

#[test]
fn without_a_commit_all_is_staged_and_without_an_index_nothing() {
    let made = Made::new(&[]);
    assert!(made.staged().unwrap().blobs.is_empty());
    made.write("a/b", "text");
    made.write("c", "more");
    made.git(&["add", "."]);
    assert_eq!(paths(&made.staged().unwrap()), ["a/b", "c"]);
    let bare = made.beside("bare.git");
    made.git(&["init", "-q", "--bare", bare.to_str().unwrap()]);
    assert!(made.at(bare).staged().unwrap().blobs.is_empty());
}

#[test]
fn the_index_counts_and_not_the_work_tree() {
    let made = Made::new(&[]);
    made.write("a", "one");
    made.write("b", "one");
    made.write("gone", "one");
    made.commit("one");
    made.write("a", "two");
    made.git(&["add", "a"]);
    made.write("a", "three");
    made.write("untracked", "u");
    made.git(&["rm", "-q", "gone"]);
    made.git(&["mv", "b", "moved"]);
    made.git(&["update-index", "--assume-unchanged", "a"]);
    compare(&made);
    assert_eq!(paths(&made.staged().unwrap()), ["a", "moved"]);
    made.write("later", "l");
    made.git(&["add", "-N", "later"]);
    compare(&made);
    assert_eq!(made.staged().unwrap().blobs.len(), 2, "a promise to add is no content");
}

#[test]
fn all_sides_of_a_conflict_are_looked_at() {
    let made = Made::new(&[]);
    made.write("dir/file", "base");
    made.write("dir/other", "o");
    made.commit("base");
    made.git(&["checkout", "-q", "-b", "side"]);
    made.write("dir/file", "theirs");
    made.commit("theirs");
    made.git(&["checkout", "-q", "main"]);
    made.write("dir/file", "ours");
    made.commit("ours");
    let (merged, ..) = made.try_git(&["merge", "-q", "side"], b"");
    assert!(!merged);
    let sides: Vec<String> = ["base", "theirs", "ours"]
        .map(|text| String::from_utf8(made.told(&["hash-object", "--stdin"], text.as_bytes())).unwrap())
        .map(|id| id.trim().to_owned())
        .to_vec();
    let picks = made.staged().unwrap();
    assert_eq!(paths(&picks), ["dir/file"; 3]);
    let met: BTreeSet<String> = picks.blobs.iter().map(|pick| pick.id.to_string()).collect();
    assert_eq!(met, sides.into_iter().collect());
}

#[test]
fn links_are_read_and_submodules_are_not() {
    let made = Made::new(&[]);
    made.commit("empty");
    let text = String::from_utf8(made.told(&["hash-object", "-w", "--stdin"], b"where/it/leads")).unwrap();
    made.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{},link", text.trim())]);
    made.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},module", "1".repeat(40))]);
    compare(&made);
    assert_eq!(paths(&made.staged().unwrap()), ["link"]);
}

#[test]
fn an_index_without_remembered_trees_is_compared_in_full() {
    let made = history(14, 10);
    let list = made.git(&["ls-tree", "-r", "c8"]);
    made.told(&["update-index", "--index-info"], &list);
    assert!(!has(&made, b"TREE"));
    compare(&made);
    made.git(&["symbolic-ref", "HEAD", "refs/heads/c8"]);
    assert!(made.staged().unwrap().blobs.is_empty());
}

#[test]
fn split_indexes_are_put_together() {
    for version in ["2", "4"] {
        let made = Made::new(&[]);
        made.git(&["config", "splitIndex.maxPercentChange", "100"]);
        for name in ["a", "b/c", "b/d", "e/f/g", "h"] {
            made.write(name, name);
        }
        made.commit("one");
        made.git(&["update-index", "--index-version", version]);
        made.git(&["update-index", "--split-index"]);
        made.write("b/c", "new");
        made.write("b/cc", "added");
        made.write("0", "added first");
        made.git(&["rm", "-q", "h"]);
        made.git(&["add", "-A"]);
        made.git(&["update-index", "--chmod=+x", "a"]);
        assert!(has(&made, b"link"));
        compare(&made);
        assert_eq!(paths(&made.staged().unwrap()), ["0", "b/c", "b/cc"]);
        let shared = std::fs::read_dir(made.dir.join(".git")).unwrap().map(|entry| entry.unwrap().path());
        let shared: Vec<_> = shared.filter(|path| path.to_str().unwrap().contains("sharedindex")).collect();
        shared.iter().for_each(|path| std::fs::remove_file(path).unwrap());
        assert!(matches!(made.staged(), Err(GitError::Unreadable(..))), "a part of it is gone");
    }
}

#[test]
fn directories_of_a_sparse_index_are_looked_into() {
    let made = Made::new(&[]);
    for name in ["in/a", "out/b", "out/c/d", "top"] {
        made.write(name, name);
    }
    made.commit("one");
    made.write("out/b", "changed");
    made.write("out/c/e", "new");
    made.write("in/a", "changed, too");
    made.commit("two");
    made.git(&["sparse-checkout", "init", "--cone", "--sparse-index"]);
    made.git(&["sparse-checkout", "set", "in"]);
    made.git(&["update-ref", "--no-deref", "refs/heads/main", "HEAD~1"]);
    assert!(has(&made, b"sdir"), "it is sparse");
    let picks = made.staged().unwrap();
    assert_eq!(paths(&picks), ["in/a", "out/b", "out/c/e"]);
    assert_eq!(pairs(&picks), made.expected_staged());
}

#[test]
fn what_else_stands_in_an_index_is_passed_over() {
    let made = Made::new(&["--object-format=sha256"]);
    made.git(&["config", "index.threads", "2"]);
    for name in 0..200 {
        made.write(&format!("d{}/f{name}", name % 7), &name.to_string());
    }
    made.commit("one");
    made.git(&["update-index", "--force-untracked-cache"]);
    made.git(&["status", "--short"]);
    made.write("d3/new", "new");
    made.git(&["add", "."]);
    compare(&made);
    assert_eq!(paths(&made.staged().unwrap()), ["d3/new"]);
}

#[test]
fn another_index_is_read_where_it_is_named() {
    let made = Made::new(&[]);
    made.write("a", "a");
    made.commit("one");
    made.write("b", "b");
    made.git(&["add", "b"]);
    let other = made.dir.join(".git/next-index-1.lock");
    std::fs::rename(made.dir.join(".git/index"), &other).unwrap();
    assert!(made.staged().unwrap().blobs.is_empty());
    let picks = crate::source::git::part::staged(&made.repo(), Some(&other)).unwrap();
    assert_eq!(paths(&picks), ["b"]);
    let gone = made.beside("gone");
    assert!(
        matches!(crate::source::git::part::staged(&made.repo(), Some(&gone)), Err(GitError::Missing(path)) if path == gone)
    );
}

#[test]
fn linked_work_trees_have_an_index_of_their_own() {
    let made = Made::new(&[]);
    made.write("a", "a");
    made.commit("one");
    let linked = made.beside("linked");
    made.git(&["worktree", "add", "-q", "-b", "other", linked.to_str().unwrap()]);
    let made = made.at(linked);
    made.write("b", "b");
    made.git(&["add", "b"]);
    compare(&made);
    assert_eq!(paths(&made.staged().unwrap()), ["b"]);
}
