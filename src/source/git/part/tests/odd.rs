//! Repositories that are damaged, incomplete, forged or kept in another way.

use std::path::PathBuf;

use super::{Made, bytes, pairs, paths, reasons};
use crate::source::git::{Commits, GitError};

/// Where a loose object is.
fn loose(made: &Made, id: &str) -> PathBuf {
    made.dir.join(".git/objects").join(&id[..2]).join(&id[2..])
}

/// Writes an object as it is, and its name.
fn object(made: &Made, kind: &str, data: &[u8]) -> String {
    let id = made.told(&["hash-object", "-t", kind, "-w", "--literally", "--stdin"], data);
    String::from_utf8(id).unwrap().trim().to_owned()
}

fn raw(id: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&id[at..at + 2], 16).unwrap();
    (0..id.len()).step_by(2).map(digit).collect()
}

fn entry(mode: &str, name: &[u8], id: &str) -> Vec<u8> {
    [mode.as_bytes(), b" ", name, b"\0", &raw(id)].concat()
}

/// A commit of a tree without parents.
fn commit(made: &Made, tree: &str) -> String {
    made.line(&["commit-tree", "-m", "m", tree])
}

#[test]
fn an_index_that_ends_too_early_is_an_error() {
    for version in ["2", "4"] {
        let made = Made::new(&[]);
        made.write("a/b", "text");
        made.write("c", "text");
        made.commit("one");
        made.write("a/b", "staged");
        made.git(&["add", "."]);
        made.git(&["update-index", "--index-version", version]);
        let index = made.dir.join(".git/index");
        let whole = bytes(&index);
        let trees = whole.len() - whole.windows(4).position(|word| word == b"TREE").unwrap();
        for length in 0..whole.len() {
            std::fs::write(&index, &whole[..length]).unwrap();
            match made.staged() {
                Err(GitError::Unreadable(..)) => {}
                // Exactly what the index remembers is cut off, which nothing but time depends on.
                told => assert!(length + trees == whole.len() + 20 && paths(&told.unwrap()) == ["a/b"], "{length}"),
            }
        }
    }
}

#[test]
fn an_index_of_rubbish_is_an_error_and_no_panic() {
    let made = Made::new(&[]);
    made.write("a/b", "text");
    made.write("a/c/d", "text");
    made.commit("one");
    let index = made.dir.join(".git/index");
    let whole = bytes(&index);
    for rubbish in [&b"rubbish"[..], &[0; 4096], &whole[1..]] {
        std::fs::write(&index, rubbish).unwrap();
        assert!(matches!(made.staged(), Err(GitError::Unreadable(..))));
    }
    // Each byte wrong in turn: there is an answer, and nothing that is read goes beyond the end.
    for at in 0..whole.len() {
        for wrong in [0, 0xff, whole[at] ^ 1] {
            let mut broken = whole.clone();
            broken[at] = wrong;
            std::fs::write(&index, &broken).unwrap();
            if let Ok(picks) = made.staged() {
                assert!(picks.blobs.len() <= 2);
            }
        }
    }
    std::fs::remove_file(&index).unwrap();
    std::fs::create_dir(&index).unwrap();
    assert!(matches!(made.staged(), Err(GitError::Unreadable(..))), "a directory");
}

#[test]
fn remembered_trees_that_do_not_fit_are_not_believed() {
    let made = Made::new(&[]);
    for name in ["a/b", "a/c", "d"] {
        made.write(name, name);
    }
    made.commit("one");
    made.write("a/b", "staged");
    made.git(&["add", "."]);
    made.git(&["write-tree"]);
    let index = made.dir.join(".git/index");
    let mut data = bytes(&index);
    // The index says that all of it is as HEAD, of which it claims to hold one entry fewer.
    let tree = raw(&made.line(&["rev-parse", "HEAD^{tree}"]));
    let at = data.windows(4).position(|word| word == b"TREE").unwrap() + 8;
    assert_eq!(
        &data[at..at + 6],
        b"\x003 1\n\x00"[..5].iter().chain(&data[at + 5..=at + 5]).copied().collect::<Vec<_>>()
    );
    data[at + 1] = b'2';
    data[at + 5..at + 25].copy_from_slice(&tree);
    std::fs::write(&index, data).unwrap();
    assert_eq!(paths(&made.staged().unwrap()), ["a/b"]);
}

#[test]
fn refs_in_tables_are_found() {
    let made = Made::new(&["--ref-format=reftable"]);
    made.write("a", "one");
    made.commit("one");
    made.write("a", "two");
    made.commit("two");
    made.write("b", "staged");
    made.git(&["add", "b"]);
    assert_eq!(paths(&made.staged().unwrap()), ["b"]);
    for range in ["main~1..main", "HEAD^..", "@~1", "heads/main^{commit}", "main"] {
        let picks = made.range(range).unwrap();
        assert_eq!(pairs(&picks), made.expected(&[range]).0.into_keys().collect(), "{range}");
    }
    assert_eq!(made.brought(&Commits::default()).unwrap().commits.len(), 2);
}

#[test]
fn longer_names_of_objects_make_no_difference() {
    let made = Made::new(&["--object-format=sha256"]);
    made.write("a/b", "one");
    made.commit("one");
    made.write("a/c", "two");
    made.commit("two");
    let picks = made.range("HEAD").unwrap();
    assert_eq!(pairs(&picks), made.expected(&["HEAD"]).0.into_keys().collect());
    assert_eq!(paths(&made.range("HEAD~1..").unwrap()), ["a/c"]);
}

#[test]
fn shallow_clones_tell_where_history_ends() {
    let made = Made::new(&[]);
    for text in ["one", "two", "three"] {
        made.write(text, text);
        made.commit(text);
    }
    let clone = made.beside("clone");
    let url = format!("file://{}", made.dir.display()).replace('\\', "/");
    made.git(&["clone", "-q", "--depth", "2", &url, clone.to_str().unwrap()]);
    let made = made.at(clone);
    let picks = made.range("HEAD").unwrap();
    assert_eq!(pairs(&picks), made.expected(&["HEAD"]).0.into_keys().collect());
    assert_eq!(reasons(&picks.notices), [("missing-objects", true)]);
    assert_eq!(picks.notices[0].remedy.as_deref(), Some("git fetch --unshallow"));
    let beyond = made.range("HEAD~1..HEAD").unwrap();
    assert_eq!((paths(&beyond), beyond.notices.len()), (vec!["three".to_owned()], 0));
}

#[test]
fn what_is_missing_is_named_and_the_rest_is_read() {
    let made = Made::new(&[]);
    made.write("keep/a", "one");
    made.write("lost/b", "one");
    let first = made.commit("one");
    made.write("keep/a", "two");
    let second = made.commit("two");
    made.write("keep/a", "three");
    made.commit("three");
    let tree = made.line(&["rev-parse", "HEAD:lost"]);
    std::fs::remove_file(loose(&made, &tree)).unwrap();
    let picks = made.range("HEAD").unwrap();
    assert_eq!(paths(&picks), ["keep/a"; 3], "the tree that is lost was the same all the way");
    assert_eq!(reasons(&picks.notices), [("missing-objects", true)]);
    assert!(picks.notices[0].text.contains(&tree));
    std::fs::remove_file(loose(&made, &first)).unwrap();
    let picks = made.range("HEAD").unwrap();
    assert!(picks.notices.iter().any(|notice| notice.text.contains(&format!("commit {first} is missing"))));
    assert_eq!(picks.commits.len(), 2);
    assert!(picks.blobs.iter().any(|pick| pick.commit == Some(1)), "what {second} has counts as new");
    let gone = loose(&made, &second);
    std::fs::remove_file(&gone).unwrap();
    std::fs::write(&gone, "rubbish").unwrap();
    let picks = made.range("HEAD").unwrap();
    assert!(reasons(&picks.notices).contains(&("unreadable", true)), "{:?}", picks.notices);
}

#[test]
fn a_lost_head_makes_all_new() {
    let made = Made::new(&[]);
    made.write("a", "a");
    made.write("b/c", "c");
    let head = made.commit("one");
    std::fs::remove_file(loose(&made, &head)).unwrap();
    let picks = made.staged().unwrap();
    assert_eq!(paths(&picks), ["a", "b/c"]);
    assert_eq!(reasons(&picks.notices), [("missing-objects", false)]);
}

#[test]
fn names_of_all_sorts_are_no_obstacle() {
    let made = Made::new(&[]);
    let blobs: Vec<String> = (0..8).map(|text: u8| object(&made, "blob", &[b'0' + text])).collect();
    let names: [&[u8]; 8] = [b"", b".", b"..", b".git", b"a/b", b"\xff\xfe", b"same", b"same"];
    let entries: Vec<u8> = names.iter().zip(&blobs).flat_map(|(name, blob)| entry("100644", name, blob)).collect();
    let tree = object(&made, "tree", &entries);
    let inner = entry("40000", b"..", &tree);
    let top = object(&made, "tree", &inner);
    let picks = made.range(&commit(&made, &top)).unwrap();
    let expected = names.iter().zip(&blobs).map(|(name, blob)| ([b"../", *name].concat(), blob.clone()));
    assert_eq!(pairs(&picks), expected.collect());
    assert_eq!(reasons(&picks.notices), []);
}

#[test]
fn damaged_trees_are_read_as_far_as_they_go() {
    let made = Made::new(&[]);
    let blob = object(&made, "blob", b"x");
    let mut data = entry("100644", b"first", &blob);
    data.extend_from_slice(b"100644 second\0short");
    let damaged = object(&made, "tree", &data);
    let top = [entry("40000", b"blob", &blob), entry("40000", b"damaged", &damaged), entry("100644", b"z", &blob)];
    let top = object(&made, "tree", &top.concat());
    let picks = made.range(&commit(&made, &top)).unwrap();
    assert_eq!(paths(&picks), ["damaged/first", "z"]);
    assert_eq!(reasons(&picks.notices), [("malformed", true), ("malformed", true)]);
}

#[test]
fn depth_is_bounded_and_costs_no_stack() {
    let made = Made::new(&[]);
    let path = vec!["d"; 2100].join("/");
    let who = "A <a@example.org> 1700000000 +0000";
    let stream = format!(
        "commit refs/heads/main\ncommitter {who}\ndata 0\nM 100644 inline {path}/deep\ndata 1\nx\n\
         M 100644 inline flat\ndata 1\ny\n\n"
    );
    made.told(&["fast-import", "--quiet"], stream.as_bytes());
    let picks = made.range("main").unwrap();
    assert_eq!(paths(&picks), ["flat"]);
    assert_eq!(reasons(&picks.notices), [("too-deep", true)]);
}

#[test]
fn a_tree_that_names_itself_many_times_ends() {
    let made = Made::new(&[]);
    let blob = object(&made, "blob", b"x");
    let mut tree = object(&made, "tree", b"");
    // Without a file in it there is nothing to be found, however often it is entered.
    for _ in 0..30 {
        let names = (b'a'..=b'p').map(|name| entry("40000", &[name], &tree));
        tree = object(&made, "tree", &names.collect::<Vec<_>>().concat());
    }
    let bomb = commit(&made, &tree);
    let file = object(&made, "tree", &entry("100644", b"file", &blob));
    let plain = commit(&made, &file);
    made.git(&["update-ref", "refs/heads/bomb", &bomb]);
    made.git(&["update-ref", "refs/heads/plain", &plain]);
    let picks = made.brought(&Commits::default()).unwrap();
    assert_eq!(paths(&picks), ["file"]);
    assert_eq!(reasons(&picks.notices), [("too-many", true)]);
    assert!(picks.notices[0].text.contains(&bomb));
}

#[test]
fn what_stands_in_place_of_an_object_does_not_count() {
    let made = Made::new(&[]);
    made.write("secret", "secret");
    made.commit("one");
    made.write("secret", "harmless");
    made.commit("two");
    let empty = commit(&made, &object(&made, "tree", b""));
    made.git(&["replace", "HEAD~1", &empty]);
    assert_eq!(paths(&made.range("HEAD").unwrap()), ["secret"; 2]);
}
