//! Trees whose names and shapes mean harm.
//!
//! Holds: entries that no git would make, and what becomes of the files behind them. Must not know: packs.

use super::repository::{Repository, Room, line, token};

fn binary(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// A tree of any entries: mode, name, object.
fn tree(repo: &Repository<'_>, entries: &[(&str, &[u8], &str)]) -> String {
    let bytes = entries.iter().flat_map(|(mode, name, id)| [mode.as_bytes(), b" ", name, b"\0", &binary(id)].concat());
    repo.object("tree", &bytes.collect::<Vec<u8>>())
}

/// A branch whose commit has that tree.
fn commit(repo: &Repository<'_>, tree: &str, branch: &str) -> String {
    let people = "author Anna Nowak <anna@example.com> 1767225600 +0000\ncommitter A <a@b> 1767225600 +0000\n";
    let commit = repo.object("commit", format!("tree {tree}\n{people}\nx\n").as_bytes());
    repo.write(&format!(".git/refs/heads/{branch}"), format!("{commit}\n"));
    commit
}

#[test]
fn hostile_names_hide_nothing_and_lead_nowhere() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    let names: [&[u8]; 16] = [
        b"..",
        b".",
        b".git",
        b".GIT",
        b"a/b",
        b"/etc/passwd",
        b"../../x",
        b"",
        b"\x1b[31mred\x07",
        b"\xFF\xFE\xFD",
        b"line\nbreak",
        b"con",
        b"nul.txt:stream",
        b"\xE2\x80\xAEtxt.exe",
        b"a\\b",
        b"git~1",
    ];
    let mut commits = Vec::new();
    for (number, name) in (1..).zip(names) {
        let blob = repo.object("blob", line(number).as_bytes());
        let top = tree(&repo, &[("100644", name, &blob)]);
        let inside = tree(&repo, &[("40000", name, &top)]);
        commits.push(commit(&repo, &inside, &format!("b{number}")));
    }
    let told = repo.tell();
    assert_eq!(told.found(1..=16), (1..=16).collect::<Vec<_>>(), "{}", told.said());
    for (number, (name, commit)) in (1..).zip(names.iter().zip(&commits)) {
        let place = told.place(number);
        let name = String::from_utf8_lossy(name);
        let path = format!("{name}/{name}");
        // What is no UTF-8 or bends lines is told in some way; the rest as it is.
        if number != 10 {
            assert_eq!(place.path, path, "{place:#?}");
        }
        assert_eq!(place.commits, [("added".to_owned(), commit.clone())], "{place:#?}");
        assert_eq!(place.reachable.as_deref(), Some("tip"));
    }
    assert!(told.findings.iter().any(|finding| finding["locations"][0]["path_base64"].is_string()));
    let text = std::process::Command::new(env!("CARGO_BIN_EXE_ksefleaks"))
        .args(["git", "--no-progress", "--color", "never"])
        .arg(&repo.path)
        .output()
        .unwrap();
    assert!(!text.stdout.contains(&0x1b) && !text.stdout.contains(&7), "a terminal gets no commands");
    assert!(!room.path("etc").exists() && !room.path("x").exists());
}

#[test]
fn odd_trees_are_read_as_far_as_they_go() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    let blobs: Vec<String> = (1..=12).map(|number| repo.object("blob", line(number).as_bytes())).collect();
    // Modes that are old, odd or none; a file as a folder and a folder as a file.
    let good = tree(&repo, &[("100644", b"in.env", &blobs[0])]);
    let odd = tree(
        &repo,
        &[
            ("100664", b"a", &blobs[1]),
            ("100755", b"b", &blobs[2]),
            ("120000", b"c", &blobs[3]),
            ("40000", b"d", &good),
            ("040000", b"e", &good),
            ("40000", b"file-as-folder", &blobs[4]),
            ("100644", b"folder-as-file", &good),
            ("160000", b"blob-as-submodule", &blobs[5]),
            // Twice the same name, and out of order.
            ("100644", b"twice", &blobs[6]),
            ("100644", b"twice", &blobs[7]),
            ("100644", b"aaa", &blobs[8]),
        ],
    );
    commit(&repo, &odd, "main");
    // One that breaks off, one that is no tree, one that names itself as a file.
    let whole = [b"100644 x\0".as_slice(), &binary(&blobs[9]), b"100644 y\0".as_slice(), &binary(&blobs[10])].concat();
    let cut = repo.object("tree", &whole[..whole.len() - 3]);
    commit(&repo, &cut, "cut");
    let none = repo.object("tree", format!("no tree but {}", token(13)).as_bytes());
    commit(&repo, &none, "none");
    repo.object("tree", &[b"100644 x\0".as_slice(), &binary(&blobs[9]), token(14).as_bytes()].concat());
    // What is a tree to one and a commit to another.
    commit(&repo, &blobs[11], "blob-as-tree");
    let told = repo.tell();
    assert_eq!(told.found(1..=14), (1..=14).collect::<Vec<_>>(), "{}", told.said());
    assert!(!told.reasons().contains("panicked"), "{}", told.said());
    let path = |number: u64| told.places(&token(number)).iter().map(|place| place.path.clone()).collect::<Vec<_>>();
    assert_eq!((path(2), path(3), path(4), path(9)), (own("a"), own("b"), own("c"), own("aaa")));
    assert!(path(1).contains(&"d/in.env".to_owned()), "{:?}", path(1));
    assert_eq!(path(10), own("x"));
}

fn own(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

#[test]
fn a_bomb_of_trees_is_no_bomb() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    let blob = repo.object("blob", line(1).as_bytes());
    let name = |index: usize| format!("{index}").into_bytes();
    let names: Vec<Vec<u8>> = (0..10).map(name).collect();
    let mut at = tree(&repo, &names.iter().map(|name| ("100644", name.as_slice(), blob.as_str())).collect::<Vec<_>>());
    for _ in 0..9 {
        at = tree(&repo, &names.iter().map(|name| ("40000", name.as_slice(), at.as_str())).collect::<Vec<_>>());
    }
    let commit = commit(&repo, &at, "main");
    let told = repo.tell();
    let places = told.places(&token(1));
    assert!(!places.is_empty(), "{}", told.said());
    let first = &places[0];
    assert_eq!(first.commits, [("added".to_owned(), commit)], "{first:#?}");
    assert!(told.reasons().contains("too-many"), "it is told that not all paths are: {}", told.said());
    assert_eq!(told.code, 1);
}

#[test]
fn commits_and_tags_that_lie_are_read() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    let blob = repo.object("blob", line(1).as_bytes());
    let top = tree(&repo, &[("100644", b"a.env", &blob)]);
    let gone = "1234567890123456789012345678901234567890";
    let people = "author A <a@b> 1767225600 +0000\ncommitter A <a@b> 1767225600 +0000\n";
    let objects = [
        ("commit", format!("tree {top}\nparent {gone}\n{people}\n{}\n", token(2))),
        ("commit", format!("tree {gone}\n{people}\n{}\n", token(3))),
        ("commit", format!("{}\n", token(4))),
        ("commit", format!("tree {top}\nauthor {}\ncommitter nobody at no time\n\nx\n", token(5))),
        (
            "commit",
            format!(
                "tree {top}\nauthor A <a@b> 99999999999999999999999 +9999\ncommitter A <a@b> -5 +0000\n\n{}",
                token(6)
            ),
        ),
        ("tag", format!("object {gone}\ntype commit\ntag x\n\n{}\n", token(7))),
        ("tag", token(8)),
        ("commit", format!("tree {}\nparent {}\n{people}\nx\n", token(9), token(10))),
        ("commit", String::new()),
        ("tag", String::new()),
        ("tree", String::new()),
        ("blob", String::new()),
    ];
    let ids: Vec<String> = objects.iter().map(|(kind, text)| repo.object(kind, text.as_bytes())).collect();
    repo.write(".git/refs/heads/main", format!("{}\n", ids[0]));
    repo.write(".git/refs/tags/x", format!("{}\n", ids[5])).write(".git/refs/tags/y", format!("{gone}\n"));
    let told = repo.tell();
    assert_eq!(told.found(1..=10), (1..=10).collect::<Vec<_>>(), "{}", told.said());
    for (number, id) in (2..).zip(&ids[..5]) {
        assert_eq!(told.place(number).path, format!("commit {id}"));
    }
    assert_eq!(told.reasons().into_iter().collect::<Vec<_>>(), ["missing-objects"], "{}", told.said());
    assert_eq!(told.place(1).path, "a.env");
}
