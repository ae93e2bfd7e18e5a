//! The pre-commit framework, the real one.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::room::{Ended, PROGRAM, Room, leak};
use crate::tools::passes_over;

/// A room whose `work` uses our hooks from a clone, as users do; nothing where the framework is absent.
fn framed() -> Option<Room> {
    if Command::new("pre-commit").arg("--version").output().is_err() {
        passes_over("pre-commit");
        return None;
    }
    let room = Room::new();
    room.git(".", &["init", "-q", "-b", "main", "ours"]).well();
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    std::fs::copy(hooks, room.path("ours/.pre-commit-hooks.yaml")).unwrap();
    room.git("ours", &["add", "."]).well();
    room.git("ours", &["commit", "-q", "-m", "hooks"]).well();
    let head = room.git("ours", &["rev-parse", "HEAD"]).well();
    let url = room.path("ours").display().to_string().replace('\\', "/");
    let config = format!(
        "repos:\n- repo: '{url}'\n  rev: {}\n  hooks:\n  - id: ksefleaks-system\n  - id: ksefleaks-system-commit-msg\n",
        head.trim()
    );
    room.write("work/.pre-commit-config.yaml", &config);
    room.git("work", &["add", "."]).well();
    room.git("work", &["commit", "-q", "-m", "config"]).well();
    Some(room)
}

fn run(room: &Room, program: &str, words: &[&str]) -> Ended {
    let ours = Path::new(PROGRAM).parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap();
    let path: OsString = std::env::join_paths(std::iter::once(ours).chain(std::env::split_paths(&others))).unwrap();
    let mut command = room.command(program, "work");
    command.args(words).env("PATH", path).env("PRE_COMMIT_HOME", room.path("cache"));
    command.output().unwrap().into()
}

#[test]
fn the_framework_accepts_the_list_of_hooks() {
    let Some(room) = framed() else { return };
    run(&room, "pre-commit", &["validate-manifest", "../ours/.pre-commit-hooks.yaml"]).well();
}

#[test]
fn a_real_commit_is_refused_and_a_clean_one_passes() {
    let Some(room) = framed() else { return };
    run(&room, "pre-commit", &["install", "-t", "pre-commit", "-t", "commit-msg"]).well();
    room.staged("a.env", &leak(1));
    let said = run(&room, "git", &["commit", "-m", "leak"]).badly();
    assert!(said.contains("commit refused: what is staged holds 1 credential"), "{said}");
    room.git("work", &["reset", "-q", "--", "a.env"]).well();
    room.staged("b.txt", "nothing\n");
    run(&room, "git", &["commit", "-m", "clean"]).well();
    room.write("message", &leak(2));
    let said = run(&room, "git", &["commit", "--allow-empty", "-F", "../message"]).badly();
    assert!(said.contains("its message holds"), "{said}");
}

#[test]
fn in_a_pipeline_it_takes_the_refs_and_else_the_files() {
    let Some(room) = framed() else { return };
    room.committed("a.env", &leak(3));
    room.git("work", &["rm", "-q", "a.env"]).well();
    room.git("work", &["commit", "-q", "-m", "gone"]).well();
    let range = |from: &str| run(&room, "pre-commit", &["run", "--from-ref", from, "--to-ref", "HEAD"]);
    let said = range("HEAD~2").badly();
    assert!(said.contains("the commits hold 1 credential"), "what came and went in between counts: {said}");
    range("HEAD~1").well();
    run(&room, "pre-commit", &["run", "--all-files"]).well();
    room.committed("b.env", &leak(4));
    let said = run(&room, "pre-commit", &["run", "--all-files"]).badly();
    assert!(said.contains("the files hold 1 credential"), "{said}");
}

#[test]
fn before_a_push_it_looks_at_what_is_pushed() {
    let Some(room) = framed() else { return };
    room.git(".", &["init", "-q", "--bare", "server.git"]).well();
    room.git("work", &["remote", "add", "origin", "../server.git"]).well();
    run(&room, "pre-commit", &["install", "-t", "pre-push"]).well();
    room.committed("a.env", &leak(5));
    room.git("work", &["rm", "-q", "a.env"]).well();
    room.git("work", &["commit", "-q", "-m", "gone"]).well();
    let said = run(&room, "git", &["push", "origin", "HEAD:refs/heads/main"]).badly();
    assert!(said.contains("push refused: its commits hold 1 credential"), "a first push, all of history: {said}");
    run(&room, "git", &["push", "origin", "HEAD~2:refs/heads/main"]).well();
    room.git("work", &["fetch", "-q"]).well();
    let said = run(&room, "git", &["push", "origin", "HEAD:refs/heads/main"]).badly();
    assert!(said.contains("push refused: its commits hold 1 credential"), "{said}");
}
