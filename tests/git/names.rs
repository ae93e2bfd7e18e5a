//! Names, logs, and whatever else a repository holds that is no object.
//!
//! Holds: names of refs in files, packed and in tables; messages that wait, hooks, configuration; how targets are
//! named on the command line and told. Must not know: objects.

#![cfg(unix)]

use super::repository::{Room, line, token};

#[test]
fn names_of_refs_are_found_however_they_are_kept() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a", "a");
    repo.commit("first");
    repo.git(&["branch", &format!("fix/{}", token(1))]);
    repo.git(&["tag", &token(2)]);
    repo.git(&["tag", "-a", "-m", "x", &token(3)]);
    let loose = repo.tell();
    assert_eq!(loose.found(1..=3), [1, 2, 3], "{:#?}", loose.findings);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    let packed = repo.tell();
    assert_eq!(packed.found(1..=3), [1, 2, 3], "{:#?}", packed.findings);
    assert!(packed.places(&token(2)).iter().any(|place| place.path.ends_with(".git/packed-refs")));
    for told in [loose, packed] {
        let all = format!("{:?}{:?}", told.findings, told.notices);
        assert!((1..=3).all(|number| !all.contains(&token(number)[60..])), "a name is told without its secret");
    }
}

#[test]
fn what_waits_and_what_is_configured_is_found() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a", "a");
    repo.commit("first");
    repo.write(".git/COMMIT_EDITMSG", line(1)).write(".git/hooks/pre-push", line(2));
    repo.git(&["config", "remote.origin.url", &format!("https://x:{}@example.com/", token(3))]);
    repo.write(".git/description", line(4)).write(".git/info/exclude", line(5)).write(".git/MERGE_MSG", line(6));
    let told = repo.tell();
    assert_eq!(told.found(1..=6), [1, 2, 3, 4, 5, 6], "{:#?}", told.findings);
    told.place(1).in_file("r/.git/COMMIT_EDITMSG");
    told.place(3).in_file("r/.git/config");
}

#[test]
fn tables_of_refs_are_read() {
    let room = Room::new();
    let probe = room.at("home").try_git(&["init", "-q", "--ref-format=reftable", "../probe"], b"");
    if !probe.status.success() {
        // A git before 2.45 knows no tables.
        return;
    }
    let repo = room.init("r", &["--ref-format=reftable"]);
    repo.write("a.env", line(1));
    let first = repo.commit("first");
    repo.write("b.env", line(2));
    let second = repo.commit("second");
    repo.git(&["reset", "-q", "--hard", &first]);
    repo.git(&["branch", &token(3)]);
    repo.write("a.env", line(4));
    repo.git(&["stash", "-q"]);
    let told = repo.tell();
    let place = told.place(1);
    assert_eq!((place.path.as_str(), place.reachable.as_deref()), ("a.env", Some("tip")));
    assert!(place.refs.contains(&"refs/heads/main".to_owned()), "{:?}", place.refs);
    told.place(2).stands("b.env", "reflog", &[("added", &second)]);
    assert!(!told.places(&token(3)).is_empty());
    assert_eq!(told.place(4).reachable.as_deref(), Some("stash"));
    assert_eq!((told.code, told.notices.len()), (1, 0), "{}", told.said());
}

#[test]
fn what_does_not_exist_is_an_error() {
    let room = Room::new();
    std::fs::create_dir(room.path("plain")).unwrap();
    std::fs::write(room.path("file"), "x").unwrap();
    room.init("r", &[]);
    for words in [
        &["git", "nowhere"][..],
        &["git", "plain"],
        &["git", "file"],
        &["git"],
        &["git", "r", "nowhere"],
        &["git", "--recursive", "nowhere"],
    ] {
        let told = room.tell(words);
        assert_eq!((told.code, told.findings.len()), (2, 0), "{words:?}: {}", told.error);
        assert!(
            told.error.contains("nowhere") || told.error.contains("no git repository"),
            "{words:?}: {}",
            told.error
        );
    }
}

#[test]
fn an_empty_repository_is_clean_and_said_to_be_empty() {
    let room = Room::new();
    for (name, options) in [("r", &[][..]), ("bare", &["--bare"])] {
        let told = room.init(name, options).tell();
        assert_eq!((told.code, told.summary["objects"].as_u64()), (0, Some(0)), "{}", told.said());
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_ksefleaks"))
            .args(["git", "--no-progress", "--color", "never"])
            .arg(room.path(name))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0));
        assert!(said.contains("empty") || said.contains("no object"), "it is said in words: {said}");
    }
}

#[test]
fn whatever_names_a_repository_opens_it() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("dir/a.env", line(1));
    repo.commit("first");
    room.at("").git(&["clone", "-q", "--bare", "r", "bare.git"]);
    for name in ["r", "r/", "r/.git", "r/dir", "./r", "r/../r", "bare.git"] {
        let told = room.tell(&["git", name]);
        assert_eq!(told.place(1).path, "dir/a.env", "{name}: {}", told.error);
        assert_eq!(told.findings[0]["locations"][0]["repo"], name, "as it was named");
    }
    // The same one twice is one.
    let told = room.tell(&["git", "r", "r/.git", "r/dir"]);
    assert_eq!((told.places(&token(1)).len(), told.summary["blobs"].as_u64()), (1, Some(1)));
    // Two that have the same file are two places.
    assert_eq!(room.tell(&["git", "r", "bare.git"]).places(&token(1)).len(), 2);
}

#[test]
fn a_directory_full_of_clones_is_searched() {
    let room = Room::new();
    for (number, name) in (1..).zip(["all/a", "all/deep/er/b", "all/c.git", "all/a/nested"]) {
        let repo = room.init(name, if name.contains(".git") { &["--bare"] } else { &[] });
        let blob = repo.object("blob", line(number).as_bytes());
        let tree = repo.feed(&["mktree"], format!("100644 blob {blob}\tx.env\n").as_bytes());
        let commit = repo.git(&["commit-tree", "-m", "x", &tree]);
        repo.git(&["update-ref", "refs/heads/main", &commit]);
    }
    std::fs::create_dir_all(room.path("all/broken/.git/objects")).unwrap();
    std::fs::create_dir_all(room.path("all/broken/.git/refs")).unwrap();
    std::fs::write(room.path("all/broken/.git/HEAD"), "nonsense").unwrap();
    std::fs::write(room.path("all/broken/.git/config"), "[core\n").unwrap();
    std::fs::create_dir_all(room.path("none")).unwrap();
    let told = room.tell(&["git", "--recursive", "all"]);
    assert_eq!(told.found(1..=4), [1, 2, 3, 4], "{:#?}", told.findings);
    assert_eq!(told.place(2).reachable.as_deref(), Some("tip"));
    assert!(told.said().contains("broken"), "{}", told.said());
    let empty = room.tell(&["git", "--recursive", "none"]);
    assert_eq!((empty.code, empty.notices.len()), (0, 0), "{}", empty.said());
}
