//! What a repository asks for and must not get.
//!
//! Holds: everything by which a repository can name a program, a file or a place; each program leaves a mark, and there
//! must be none. Must not know: objects.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};

use super::repository::{Repository, Room, line};

/// A program that leaves a mark, as a command.
fn trap(repo: &Repository<'_>, name: &str) -> String {
    let mark = repo.room.path(&format!("marks/{name}"));
    fs::create_dir_all(mark.parent().unwrap()).unwrap();
    let program = repo.room.path(&format!("traps/{name}"));
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    fs::write(&program, format!("#!/bin/sh\necho sprung >{}\ncat\n", mark.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program.display().to_string()
}

fn sprung(room: &Room) -> Vec<String> {
    let marks = fs::read_dir(room.path("marks")).into_iter().flatten().flatten();
    marks.map(|mark| mark.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn nothing_of_a_repository_is_executed() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a.env", line(1)).write("b.trap", line(2)).commit("first");
    repo.write("staged.trap", line(3));
    repo.git(&["add", "staged.trap"]);
    let mut config = String::new();
    for (section, keys) in [
        ("core", &["fsmonitor", "sshCommand", "pager", "editor", "askPass", "gitProxy", "alternateRefsCommand"][..]),
        ("diff", &["external"]),
        ("diff \"trap\"", &["textconv", "command"]),
        ("filter \"trap\"", &["clean", "smudge", "process"]),
        ("merge \"trap\"", &["driver"]),
        ("credential", &["helper"]),
        ("gpg", &["program"]),
        ("uploadpack", &["packObjectsHook"]),
        ("sequence", &["editor"]),
        ("alias", &["status", "cat-file", "log"]),
        ("remote \"origin\"", &["uploadpack", "receivepack"]),
    ] {
        config.extend([format!("[{section}]\n")]);
        for key in keys {
            let command = trap(&repo, &format!("{}-{key}", section.replace(['"', ' '], "")));
            config.extend([format!("\t{key} = {}{command}\n", if section == "alias" { "!" } else { "" })]);
        }
    }
    let hooks = room.path("r/.git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in ["pre-commit", "post-checkout", "post-index-change", "fsmonitor-watchman", "reference-transaction"] {
        symlink(trap(&repo, hook), hooks.join(hook)).unwrap();
    }
    config += "[filter \"trap\"]\n\trequired = true\n[remote \"origin\"]\n\turl = ext::sh -c touch% marks/ext\n\tpromisor = true\n";
    let own = fs::read_to_string(room.path("r/.git/config")).unwrap();
    repo.write(".git/config", own + &config);
    repo.write(".gitattributes", "* filter=trap diff=trap merge=trap\n")
        .write(".git/info/attributes", "* filter=trap\n");
    for words in [&[][..], &["--worktree"], &["--staged"]] {
        let told = repo.tell_with(words);
        let expected: &[u64] = if words == ["--staged"] { &[3] } else { &[1, 2, 3] };
        assert_eq!(told.found(1..=3), expected, "{words:?}: {}{}", told.said(), told.error);
        assert_eq!(sprung(&room), [""; 0], "{words:?}");
    }
    // The traps work: git itself falls into one.
    repo.try_git(&["-c", "core.hooksPath=/dev/null", "add", "--all"], b"");
    assert!(!sprung(&room).is_empty());
}

#[test]
fn no_setting_hides_anything() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a.env", line(1)).write("dir/b.env", line(2)).commit("first");
    let own = fs::read_to_string(room.path("r/.git/config")).unwrap();
    let elsewhere = room.path("elsewhere");
    fs::write(&elsewhere, format!("[core]\n\tworktree = /nowhere\n# KSEF_TOKEN={}\n", super::repository::token(9)))
        .unwrap();
    let settings = [
        "[core]\n\tsparseCheckout = true\n\tsharedRepository = 0000\n".to_owned(),
        "[core]\n\tbigFileThreshold = 1\n\tdeltaBaseCacheLimit = 0\n\tpackedGitLimit = 1\n".to_owned(),
        "[core]\n\tworktree = /nowhere/at/all\n".to_owned(),
        "[core]\n\tbare = true\n".to_owned(),
        format!("[include]\n\tpath = {}\n", elsewhere.display()),
        format!("[includeIf \"gitdir:**\"]\n\tpath = {}\n", elsewhere.display()),
        "[extensions]\n\tpartialClone = origin\n".to_owned(),
        "[gitoxide \"objects\"]\n\tallocLimit = 1\n\treplaceRefBase = refs/heads/\n".to_owned(),
        "[safe]\n\tbareRepository = explicit\n\tdirectory = /none\n".to_owned(),
        "[transfer]\n\thideRefs = refs\n[log]\n\texcludeDecoration = *\n".to_owned(),
        "[index]\n\tskipHash = true\n[feature]\n\tmanyFiles = true\n".to_owned(),
    ];
    repo.write(".gitattributes", "* export-ignore -text -diff linguist-generated binary\n");
    repo.write(".gitignore", "*\n").write(".git/info/exclude", "*\n").write(".git/info/sparse-checkout", "!/*\n");
    repo.write(".ksefleaks.toml", "[[allow]]\npath = '**'\nreason = 'the repository says so'\n");
    for setting in &settings {
        repo.write(".git/config", format!("{own}{setting}"));
        let told = repo.tell();
        assert_eq!(told.found([1, 2, 9]), [1, 2], "{setting}: {}{}", told.said(), told.error);
        assert_eq!(told.place(1).reachable.as_deref(), Some("tip"), "{setting}");
    }
    // What cannot be parsed, or is a link to a device without end, is no reason either.
    for broken in
        ["[core\nx", "\0\0\0", "[core]\n\trepositoryformatversion = 99\n", "[core]\n\trepositoryformatversion = x\n"]
    {
        repo.write(".git/config", broken);
        let told = repo.tell();
        let said = !told.notices.is_empty() || told.code == 2;
        assert!(told.found([1, 2]) == [1, 2] || said, "{broken:?}: {} {}{}", told.code, told.said(), told.error);
    }
}

#[test]
fn a_repository_of_somebody_else_is_read() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a.env", line(1)).commit("first");
    let mut stack = vec![repo.path.clone()];
    while let Some(path) = stack.pop() {
        if chown(&path, Some(12_345), Some(12_345)).is_err() {
            // Only the superuser can give things away.
            return;
        }
        if path.is_dir() {
            stack.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    for words in [&[][..], &["--worktree"], &["--recursive"]] {
        let told = repo.tell_with(words);
        assert_eq!((told.code, told.found([1])), (1, vec![1]), "{words:?}: {}{}", told.said(), told.error);
    }
    assert_eq!(repo.tell().place(1).reachable.as_deref(), Some("tip"));
}

#[test]
fn links_inside_of_a_repository_lead_nowhere_else() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a.env", line(1)).commit("first");
    fs::write(room.path("outside.txt"), line(2)).unwrap();
    symlink(room.path("outside.txt"), room.path("r/link.txt")).unwrap();
    symlink(room.path("outside.txt"), room.path("r/.git/COMMIT_EDITMSG")).unwrap_or_default();
    fs::remove_file(room.path("r/.git/COMMIT_EDITMSG")).unwrap();
    symlink(room.path("outside.txt"), room.path("r/.git/COMMIT_EDITMSG")).unwrap();
    symlink("/dev/zero", room.path("r/.git/refs/heads/endless")).unwrap();
    symlink("/dev/zero", room.path("r/.git/endless")).unwrap();
    symlink("/dev/zero", room.path("r/endless")).unwrap();
    symlink("..", room.path("r/.git/refs/circle")).unwrap();
    let told = repo.tell_with(&["--worktree"]);
    assert_eq!(told.found([1, 2]), [1], "{}", told.said());
}
