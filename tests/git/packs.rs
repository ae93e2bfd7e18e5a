//! Every way in which objects are kept.
//!
//! Holds: loose, packed, in several packs that overlap, borrowed, cruft, named by SHA-256, left with another
//! repository. Must not know: what is damaged on purpose.

use std::fs;

use super::repository::{Repository, Room, line, token};

/// Files in commits, the n-th with token n.
fn fill(repo: &Repository<'_>, numbers: std::ops::Range<u64>) {
    for number in numbers {
        repo.write(&format!("{number}.env"), line(number));
        repo.commit(&format!("nr {number}"));
    }
}

/// All that there is, as `git` counts it: objects, blobs, commits, bytes.
fn counted(repo: &Repository<'_>) -> (u64, u64, u64) {
    let all = repo.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objecttype)", "--unordered"]);
    let of = |kind: &str| all.lines().filter(|line| *line == kind).count() as u64;
    (all.lines().count() as u64, of("blob"), of("commit"))
}

#[track_caller]
fn is_whole(repo: &Repository<'_>, numbers: std::ops::Range<u64>) {
    let told = repo.tell();
    assert_eq!(told.found(numbers.clone()), numbers.collect::<Vec<_>>(), "{}{}", told.said(), told.error);
    assert_eq!((told.code, told.notices.len()), (1, 0), "{}", told.said());
    let summary = |name: &str| told.summary[name].as_u64().unwrap();
    assert_eq!((summary("objects"), summary("blobs"), summary("commits")), counted(repo));
}

#[test]
fn loose_packed_and_repacked_objects_are_read_alike() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    fill(&repo, 1..5);
    is_whole(&repo, 1..5);
    repo.git(&["repack", "-q"]);
    is_whole(&repo, 1..5);
    repo.git(&["prune-packed"]);
    is_whole(&repo, 1..5);
    // A second pack, one that overlaps with both, and loose objects beside them.
    fill(&repo, 5..8);
    repo.git(&["repack", "-q"]);
    let all = repo.git(&["rev-list", "--objects", "--no-object-names", "HEAD"]);
    repo.feed(&["pack-objects", "-q", ".git/objects/pack/pack"], (all.clone() + "\n").as_bytes());
    fill(&repo, 8..10);
    assert_eq!(repo.packs("pack").len(), 3);
    is_whole(&repo, 1..10);
    repo.git(&["multi-pack-index", "write", "--bitmap"]);
    is_whole(&repo, 1..10);
    // Packs that are kept, bitmaps, reverse indexes, a commit graph.
    repo.packs("pack").iter().for_each(|pack| fs::write(pack.with_extension("keep"), "").unwrap());
    repo.git(&["commit-graph", "write", "--reachable"]);
    fill(&repo, 10..11);
    repo.git(&["repack", "-q", "-a", "-d"]);
    is_whole(&repo, 1..11);
    repo.packs("keep").iter().for_each(|keep| fs::remove_file(keep).unwrap());
    repo.git(&["repack", "-q", "-a", "-d", "-f", "-b", "--depth=3", "--window=3"]);
    assert_eq!(repo.packs("pack").len(), 1);
    is_whole(&repo, 1..11);
    // Indexes of the first version, and deltas that name their base.
    repo.git(&["-c", "pack.indexVersion=1", "-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-a", "-d", "-f"]);
    is_whole(&repo, 1..11);
}

#[test]
fn what_lies_in_a_cruft_pack_is_read() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    fill(&repo, 1..3);
    let lost: Vec<String> = (3..6).map(|number| repo.object("blob", line(number).as_bytes())).collect();
    let told = repo.try_git(&["gc", "-q", "--cruft", "--prune=2000-01-01"], b"");
    if !told.status.success() {
        // A git before 2.37 knows none.
        return;
    }
    assert_eq!(repo.packs("mtimes").len(), 1, "there is a cruft pack");
    assert!(lost.iter().all(|id| !repo.loose(id).exists()));
    is_whole(&repo, 1..6);
    assert_eq!(repo.tell().place(4).reachable.as_deref(), Some("none"));
}

#[test]
fn what_is_borrowed_is_read() {
    let room = Room::new();
    let far = room.init("far", &[]);
    fill(&far, 1..3);
    far.git(&["gc", "-q"]);
    room.at("").git(&["clone", "-q", "--shared", "far", "near"]);
    let near = room.at("near");
    fill(&near, 3..4);
    room.at("").git(&["clone", "-q", "--shared", "near", "nearer"]);
    fill(&room.at("nearer"), 4..5);
    // What only the far one has, loose and reached from nowhere.
    far.object("blob", line(5).as_bytes());
    let told = room.at("nearer").tell();
    assert_eq!(told.found(1..6), [1, 2, 3, 4, 5], "{}", told.said());
    assert_eq!((told.code, told.notices.len()), (1, 0), "{}", told.said());
    // A relative one, one twice, one in a circle, and one that is not there.
    near.write(".git/objects/info/alternates", "../../../far/.git/objects\n../../../far/.git/objects\n");
    assert_eq!(near.tell().found(1..6), [1, 2, 3, 5]);
    far.write(".git/objects/info/alternates", "../../../near/.git/objects\n");
    let told = near.tell();
    assert!(told.code == 2 && told.error.contains("cycle") || told.found(1..6) == [1, 2, 3, 5], "{}", told.error);
    near.write(".git/objects/info/alternates", "/nowhere/objects\n");
    let told = near.tell();
    assert_eq!(told.found(1..6), [3]);
    assert!(!told.notices.is_empty() && told.summary["complete"] == false, "{}", told.said());
}

#[test]
fn repositories_with_long_names_of_objects_are_read() {
    let room = Room::new();
    let repo = room.init("r", &["--object-format=sha256"]);
    fill(&repo, 1..4);
    let added = repo.git(&["rev-parse", "HEAD~1"]);
    repo.write("1.env", "nothing").commit("removed");
    let removed = repo.git(&["rev-parse", "HEAD"]);
    for packed in [false, true] {
        is_whole(&repo, 1..4);
        let told = repo.tell();
        told.place(2).stands("2.env", "tip", &[("added", &added)]).within(&["HEAD", "refs/heads/main"]);
        assert_eq!(told.place(1).commits.last(), Some(&("removed".to_owned(), removed.clone())));
        assert_eq!(added.len(), 64);
        if !packed {
            repo.git(&["gc", "-q"]);
        }
    }
}

#[test]
fn a_shallow_clone_is_read_and_said_to_be_one() {
    let room = Room::new();
    let far = room.init("far", &[]);
    fill(&far, 1..4);
    far.remove("1.env").commit("removed");
    far.remove("3.env").commit("removed too");
    let url = format!("file://{}", far.path.display());
    room.at("").git(&["clone", "-q", "--depth=2", &url, "near"]);
    let told = room.at("near").tell();
    assert_eq!(told.found(1..4), [2, 3]);
    assert_eq!(told.reasons().into_iter().collect::<Vec<_>>(), ["missing-objects"], "{}", told.said());
    assert!(told.said().contains("shallow") && told.summary["complete"] == false, "{}", told.said());
    assert_eq!(told.notices[0]["remedy"], "git fetch --unshallow");
    // Clean as far as it goes is not clean.
    let clean = room.init("clean", &[]);
    clean.write("a", "a").commit("a");
    clean.write("b", "b").commit("b");
    room.at("").git(&["clone", "-q", "--depth=1", &format!("file://{}", clean.path.display()), "shallow"]);
    assert_eq!(room.at("shallow").tell().code, 3);
}

#[test]
fn a_partial_clone_is_read_and_said_to_be_one() {
    let room = Room::new();
    let far = room.init("far", &[]);
    fill(&far, 1..4);
    far.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", far.path.display());
    for filter in ["blob:none", "tree:0"] {
        room.at("").git(&["clone", "-q", "--no-checkout", &format!("--filter={filter}"), &url, filter]);
        let near = room.at(filter);
        let before = near.packs("pack").len();
        let told = near.tell();
        assert_eq!((told.code, told.found(1..4)), (3, vec![]), "{}", told.said());
        assert_eq!(told.reasons().into_iter().collect::<Vec<_>>(), ["missing-objects"], "{}", told.said());
        assert!(told.said().contains("partial"), "{}", told.said());
        assert_eq!(near.packs("pack").len(), before, "nothing was fetched");
    }
    let near = room.at("blob:none");
    near.git(&["checkout", "-q"]);
    let told = near.tell();
    assert_eq!((told.code, told.found(1..4)), (1, vec![1, 2, 3]), "{}", told.said());
    assert_eq!((told.notices.len(), told.summary["complete"].as_bool()), (0, Some(true)), "{}", told.said());
}

#[test]
fn a_submodule_without_checkout_is_no_gap() {
    let room = Room::new();
    let inner = room.init("inner", &[]);
    inner.write("x.env", line(1)).commit("inner");
    let outer = room.init("outer", &[]);
    outer.git(&["submodule", "--quiet", "add", inner.path.to_str().unwrap(), "sub"]);
    outer.write("y.env", line(2)).commit("first");
    room.at("").git(&["clone", "-q", "outer", "near"]);
    let told = room.at("near").tell();
    assert_eq!((told.found(1..3), told.notices.len()), (vec![2], 0), "{}", told.said());
    assert_eq!(told.place(2).path, "y.env");
    assert!(token(2).len() > 100);
}
