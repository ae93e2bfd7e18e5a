//! Putting hooks in their place and taking them away.

use std::fs;

use crate::room::{Room, leak};

const HOOK: &str = "work/.git/hooks/pre-commit";
const FORMER: &str = "work/.git/hooks/pre-commit.before-ksefleaks";

#[test]
fn a_hook_is_installed_once_and_taken_away_without_a_trace() {
    let room = Room::new();
    let before = names(&room);
    let first = room.hook("work", &["install"]).well();
    assert!(first.starts_with("pre-commit: installed, "), "{first}");
    let text = room.read(HOOK);
    let again = room.hook("work", &["install", "pre-commit"]).well();
    assert!(again.contains("is installed already"), "{again}");
    assert_eq!(room.read(HOOK), text);
    assert!(room.hook("work", &["uninstall", "pre-commit"]).well().contains("taken away"));
    assert_eq!(names(&room), before);
    assert!(room.hook("work", &["uninstall", "pre-commit"]).well().contains("is not installed"));
}

fn names(room: &Room) -> Vec<String> {
    let entries = fs::read_dir(room.path("work/.git/hooks")).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn other_options_are_written_anew() {
    let room = Room::new();
    room.hook("work", &["install"]).well();
    let plain = room.read(HOOK);
    room.write("known.txt", "");
    let words = ["install", "--strict", "--max-time", "5", "--baseline", "../known.txt"];
    assert!(room.hook("work", &words).well().contains("installed anew"));
    let text = String::from_utf8(room.read(HOOK)).unwrap();
    assert!(text.contains("'--strict'") && text.contains("'--max-time' '5'"), "{text}");
    assert!(text.contains("known.txt'"), "it is named from the root: {text}");
    room.hook("work", &["install"]).well();
    assert_eq!(room.read(HOOK), plain);
}

#[test]
fn what_an_option_names_must_be_there() {
    let room = Room::new();
    for words in [["install", "--config", "absent.toml"], ["install", "--baseline", "absent.txt"]] {
        assert_eq!(room.hook("work", &words).code, 2);
    }
    assert!(!room.exists(HOOK));
    assert_eq!(room.hook("work", &["install", "--repo", "../absent"]).code, 2);
    assert_eq!(room.hook("work", &["install", "post-commit"]).code, 2);
}

#[test]
#[cfg(unix)]
fn a_hook_that_was_there_runs_first_and_comes_back_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::new();
    room.script(HOOK, "echo former \"$@\" >> former.log\nexit ${FORMER_CODE:-0}");
    fs::set_permissions(room.path(HOOK), fs::Permissions::from_mode(0o751)).unwrap();
    let (text, mode) = (room.read(HOOK), fs::metadata(room.path(HOOK)).unwrap().permissions());
    let said = room.hook("work", &["install"]).well();
    assert!(said.contains("runs too"), "{said}");
    room.hook("work", &["install", "--strict"]).well();
    assert_eq!(room.read(FORMER), text, "installed twice, it keeps the first");

    room.staged("a.txt", "nothing\n");
    room.git("work", &["commit", "-q", "-m", "a"]).well();
    assert_eq!(room.read("work/former.log"), b"former\n");
    room.staged("b.txt", "nothing\n");
    let refused = room.command("git", "work").args(["commit", "-m", "b"]).env("FORMER_CODE", "7").output().unwrap();
    assert!(!refused.status.success());

    room.hook("work", &["uninstall", "pre-commit"]).well();
    assert_eq!((room.read(HOOK), fs::metadata(room.path(HOOK)).unwrap().permissions()), (text, mode));
    assert!(!room.exists(FORMER));
}

#[test]
#[cfg(unix)]
fn a_link_and_a_hook_that_is_switched_off_are_kept_as_they_are() {
    let room = Room::new();
    room.script("work/tools/check", "exit 1");
    std::os::unix::fs::symlink("../../tools/check", room.path(HOOK)).unwrap();
    room.hook("work", &["install"]).well();
    room.staged("a.txt", "nothing\n");
    room.git("work", &["commit", "-q", "-m", "a"]).badly();
    assert_eq!(room.read("work/tools/check"), b"#!/bin/sh\nexit 1\n", "what it leads to is not written");
    room.hook("work", &["uninstall", "pre-commit"]).well();
    assert_eq!(fs::read_link(room.path(HOOK)).unwrap(), std::path::Path::new("../../tools/check"));

    fs::remove_file(room.path(HOOK)).unwrap();
    room.write(HOOK, "#!/bin/sh\nexit 1\n");
    room.hook("work", &["install"]).well();
    room.git("work", &["commit", "-q", "-m", "a"]).well();
}

#[test]
fn what_was_not_written_by_it_is_not_taken_away() {
    let room = Room::new();
    room.script(HOOK, "exit 0");
    assert!(room.hook("work", &["uninstall", "pre-commit"]).well().contains("another hook and stays"));
    assert!(room.exists(HOOK));

    fs::remove_file(room.path(HOOK)).unwrap();
    room.hook("work", &["install"]).well();
    let changed = [&room.read(HOOK)[..], b"echo my own line\n"].concat();
    fs::write(room.path(HOOK), &changed).unwrap();
    for command in [["install", "pre-commit"], ["uninstall", "pre-commit"]] {
        let ended = room.hook("work", &command);
        assert_eq!(ended.code, 2);
        assert!(ended.said.contains("was changed"), "{}", ended.said);
    }
    assert_eq!(room.read(HOOK), changed);
}

#[test]
fn a_hook_that_took_its_place_is_not_overwritten() {
    let room = Room::new();
    room.script(HOOK, "exit 0 # first");
    room.hook("work", &["install"]).well();
    room.script(HOOK, "exit 0 # second");
    assert_eq!(room.hook("work", &["install"]).code, 2);
    assert!(String::from_utf8(room.read(HOOK)).unwrap().contains("second"));
    assert!(String::from_utf8(room.read(FORMER)).unwrap().contains("first"));
}

#[test]
fn the_configured_path_is_respected() {
    let room = Room::new();
    room.git("work", &["config", "core.hooksPath", "../our hooks"]).well();
    room.hook("work", &["install", "pre-commit", "commit-msg"]).well();
    assert!(room.exists("our hooks/pre-commit") && room.exists("our hooks/commit-msg") && !room.exists(HOOK));
    room.write("message", &leak(1));
    room.git("work", &["commit", "-q", "--allow-empty", "-F", "../message"]).badly();

    room.git("work", &["config", "core.hooksPath", ".hooks"]).well();
    assert!(room.hook("work", &["install"]).well().contains("is in the work tree"));
    room.git("work", &["config", "core.hooksPath", ".husky/_"]).well();
    assert!(room.hook("work", &["install"]).badly().contains("husky"));
    room.git("work", &["config", "core.hooksPath", ".git/HEAD"]).well();
    assert!(room.hook("work", &["install"]).badly().contains("switched off"));

    room.git("work", &["config", "--unset", "core.hooksPath"]).well();
    room.git("work", &["config", "--global", "core.hooksPath", "~/everywhere"]).well();
    assert!(room.hook("work", &["install"]).well().contains("for more than this repository"));
    assert!(room.exists("everywhere/pre-commit"));
}

#[test]
fn a_linked_work_tree_and_a_bare_repository_have_their_hooks() {
    let room = Room::new();
    room.committed("a.txt", "nothing\n");
    room.git("work", &["worktree", "add", "-q", "../linked"]).well();
    room.hook("linked", &["install", "commit-msg"]).well();
    assert!(room.exists("work/.git/hooks/commit-msg"));
    room.write("message", &leak(1));
    room.git("linked", &["commit", "-q", "--allow-empty", "-F", "../message"]).badly();

    room.git(".", &["init", "-q", "--bare", "bare.git"]).well();
    room.hook("work", &["install", "pre-receive", "--repo", "../bare.git"]).well();
    assert!(room.exists("bare.git/hooks/pre-receive"));
}

#[test]
#[cfg(unix)]
fn a_program_that_is_gone_refuses_and_says_how_to_go_on() {
    let room = Room::new();
    fs::copy(crate::room::PROGRAM, room.path("moved away")).unwrap();
    let words = ["hook", "install", "pre-commit"];
    let ended: crate::room::Ended = room.command(room.path("moved away"), "work").args(words).output().unwrap().into();
    ended.well();
    fs::remove_file(room.path("moved away")).unwrap();
    let said = room.git("work", &["commit", "-q", "--allow-empty", "-m", "a"]).badly();
    assert!(said.contains("nothing was checked") && said.contains("git commit --no-verify"), "{said}");

    // Where it is on the PATH it is found again.
    let folder = std::path::Path::new(crate::room::PROGRAM).parent().unwrap().to_owned();
    let path =
        std::env::join_paths(std::iter::once(folder).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())));
    let mut commit = room.command("git", "work");
    let ended = commit.args(["commit", "-q", "--allow-empty", "-m", "a"]).env("PATH", path.unwrap()).output().unwrap();
    crate::room::Ended::from(ended).well();
}
