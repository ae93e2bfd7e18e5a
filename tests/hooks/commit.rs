//! Commits that are refused, and those that are not.

use crate::room::{Room, leak, says_no_secret};

fn guarded() -> Room {
    let room = Room::new();
    room.hook("work", &["install", "pre-commit", "commit-msg"]).well();
    room
}

#[test]
fn a_commit_with_a_credential_is_refused_with_all_that_helps() {
    let room = guarded();
    room.staged("config/prod.env", &format!("A=1\n{}", leak(1)));
    room.staged("ok.txt", "nothing\n");
    let said = room.git("work", &["commit", "-m", "first"]).badly();
    for part in [
        "commit refused: what is staged holds 1 credential of KSeF",
        "config/prod.env:2:12",
        "git reset -- config/prod.env",
        "ksefleaks:allow REASON",
        "sha256 = \"",
        "git commit --no-verify",
    ] {
        assert!(said.contains(part), "{part:?} is missing from\n{said}");
    }
    says_no_secret(&said, 1);
    assert_ne!(room.git("work", &["rev-parse", "--verify", "HEAD"]).code, 0, "nothing was committed");

    // What the refusal says helps.
    room.git("work", &["reset", "-q", "--", "config/prod.env"]).well();
    room.git("work", &["commit", "-q", "-m", "first"]).well();
}

#[test]
fn what_is_staged_counts_and_not_the_work_tree() {
    let room = guarded();
    room.committed("a.txt", "nothing\n");
    room.staged("a.txt", &leak(2));
    room.write("work/a.txt", "clean again\n");
    room.git("work", &["commit", "-q", "-m", "staged"]).badly();
    room.git("work", &["add", "a.txt"]).well();
    room.write("work/a.txt", &leak(2));
    room.git("work", &["commit", "-q", "-m", "not staged"]).well();
}

#[test]
fn the_index_of_this_commit_counts() {
    let room = guarded();
    room.committed("a.txt", "nothing\n");
    room.committed("b.txt", "nothing\n");
    room.staged("a.txt", "staged\n");
    room.write("work/b.txt", &leak(3));
    room.git("work", &["commit", "-q", "-m", "staged alone"]).well();
    room.git("work", &["commit", "-q", "-a", "-m", "all"]).badly();
    room.git("work", &["commit", "-q", "-m", "one path", "b.txt"]).badly();
    room.write("work/a.txt", "more\n");
    room.git("work", &["commit", "-q", "-m", "the other path", "a.txt"]).well();
}

#[test]
fn a_credential_that_is_there_already_or_goes_away_refuses_nothing() {
    let room = guarded();
    room.committed("old.env", &leak(4));
    room.staged("a.txt", "nothing\n");
    room.git("work", &["commit", "-q", "-m", "another file"]).well();
    room.git("work", &["rm", "-q", "old.env"]).well();
    room.git("work", &["commit", "-q", "-m", "gone"]).well();
}

#[test]
fn an_empty_index_is_no_error_and_is_said() {
    let room = guarded();
    let said = room.git("work", &["commit", "--allow-empty", "-m", "empty"]).well();
    assert!(said.contains("nothing is staged"), "{said}");
}

#[test]
fn a_reason_lets_pass() {
    let room = guarded();
    room.staged("a.py", &format!("{} # ksefleaks:allow invented\n", leak(5).trim_end()));
    let hook = room.hook("work", &["run", "pre-commit", "--no-allow"]);
    assert_eq!(hook.code, 1, "{}", hook.said);
    room.git("work", &["commit", "-q", "-m", "allowed by a comment"]).well();

    room.staged("b.env", &leak(6));
    let said = room.git("work", &["commit", "-q", "-m", "not allowed"]).badly();
    let entry: Vec<&str> = said.lines().map(str::trim).skip_while(|line| *line != "[[allow]]").take(3).collect();
    room.write("work/.ksefleaks.toml", &entry.join("\n"));
    room.git("work", &["commit", "-q", "-m", "allowed by the entry that it printed"]).well();
}

#[test]
fn a_commit_from_below_the_top_gets_commands_that_work_there() {
    let room = guarded();
    room.staged("below/a.env", &leak(7));
    let said = room.git("work/below", &["commit", "-m", "a"]).badly();
    assert!(said.contains("git reset -- :/below/a.env"), "{said}");
    room.git("work/below", &["reset", "-q", "--", ":/below/a.env"]).well();
}

#[test]
fn a_linked_work_tree_is_guarded_by_its_own_index() {
    let room = guarded();
    room.committed("a.txt", "nothing\n");
    room.git("work", &["worktree", "add", "-q", "../linked"]).well();
    room.write("linked/b.env", &leak(8));
    room.git("linked", &["add", "b.env"]).well();
    room.git("work", &["commit", "-q", "--allow-empty", "-m", "here nothing is staged"]).well();
    room.git("linked", &["commit", "-q", "-m", "there something is"]).badly();
}

#[test]
fn a_message_with_a_credential_is_refused_and_its_diff_is_not() {
    let room = guarded();
    room.write("message", &format!("subject\n\n{}", leak(9)));
    let said = room.git("work", &["commit", "--allow-empty", "-F", "../message"]).badly();
    assert!(said.contains("commit message:3:12") && said.contains("git commit -e -F "), "{said}");
    says_no_secret(&said, 9);

    // A verbose commit shows what goes away; that is no part of the message.
    room.committed("old.env", &leak(10));
    room.git("work", &["rm", "-q", "old.env"]).well();
    room.script("editor", "{ echo subject; cat \"$1\"; } > \"$1.new\" && mv \"$1.new\" \"$1\"");
    let editor = format!("'{}'", room.path("editor").display().to_string().replace('\\', "/"));
    let mut commit = room.command("git", "work");
    let ended = commit.args(["commit", "--verbose"]).env("GIT_EDITOR", editor).output().unwrap();
    crate::room::Ended::from(ended).well();
}

#[test]
fn files_are_searched_where_nothing_is_staged() {
    let room = Room::new();
    room.committed("a.env", &leak(11));
    room.committed("b.txt", "nothing\n");
    let found = room.hook("work", &["run", "pre-commit", "--", "a.env", "b.txt"]);
    assert_eq!(found.code, 1);
    assert!(found.said.contains("refused: the files hold") && found.said.contains("a.env:1:12"), "{}", found.said);
    room.hook("work", &["run", "pre-commit", "--", "b.txt"]).well();
    assert_eq!(room.hook("work", &["run", "pre-commit", "--", "absent"]).code, 2);
}

#[test]
#[cfg(unix)]
fn what_cannot_be_finished_in_time_warns_and_refuses_where_that_is_wanted() {
    let room = Room::new();
    assert!(std::process::Command::new("mkfifo").arg(room.path("work/pipe")).status().unwrap().success());
    // Someone holds the other end and says nothing: without a limit the search would wait for ever.
    let path = room.path("work/pipe");
    let _held = std::fs::File::options().read(true).write(true).open(path).unwrap();
    let run = |words: &[&str]| {
        let ended = room.hook("work", &[&["run", "pre-commit", "--max-time", "1"], words, &["--", "pipe"]].concat());
        assert!(ended.said.contains("not finished within --max-time 1"), "{}", ended.said);
        ended.code
    };
    assert_eq!(run(&[]), 0);
    assert_eq!(run(&["--strict"]), 3);
    assert_eq!(run(&["--on-timeout", "refuse"]), 3);
    assert_eq!(run(&["--strict", "--on-timeout", "warn"]), 0);
}

#[test]
#[cfg(unix)]
fn what_cannot_be_read_warns_and_refuses_with_strict() {
    let room = Room::new();
    // A container that is cut off in the middle.
    room.write("work/a.gz", "");
    std::fs::write(room.path("work/a.gz"), b"\x1f\x8b\x08\0\0\0\0\0\0\x03").unwrap();
    let warned = room.hook("work", &["run", "pre-commit", "--", "a.gz"]);
    assert!(warned.code == 0 && warned.said.contains("not all of it was searched"), "{}", warned.said);
    assert_eq!(room.hook("work", &["run", "pre-commit", "--strict", "--", "a.gz"]).code, 3);
}

#[test]
fn what_could_not_run_refuses_and_says_why() {
    let room = guarded();
    room.staged("a.txt", "nothing\n");
    room.write("work/.ksefleaks.toml", "canary = 1\n");
    let said = room.git("work", &["commit", "-m", "a"]).badly();
    assert!(said.contains("configuration «") && said.contains("was not checked, and so is refused"), "{said}");
    assert!(said.contains("git commit --no-verify"), "{said}");
    assert_eq!(room.hook("work", &["run", "commit-msg"]).code, 2);
    assert_eq!(room.hook("work", &["run", "commit-msg", "absent"]).code, 2);
    assert_eq!(room.hook(".", &["run", "pre-commit"]).code, 2, "outside of a repository");
}
