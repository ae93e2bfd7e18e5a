//! Pushes that are refused, by those who push and by the server.

use crate::room::{Room, leak, says_no_secret};

/// A room with a bare repository that `work` pushes to, and a first commit there.
fn with_remote() -> Room {
    let room = Room::new();
    room.git(".", &["init", "-q", "--bare", "-b", "main", "server.git"]).well();
    room.git("work", &["remote", "add", "origin", "../server.git"]).well();
    room.committed("first.txt", "nothing\n");
    room.git("work", &["push", "-q", "-u", "origin", "main"]).well();
    room
}

fn sender() -> Room {
    let room = with_remote();
    room.hook("work", &["install", "pre-push"]).well();
    room
}

fn server() -> Room {
    let room = with_remote();
    room.hook(".", &["install", "pre-receive", "--repo", "server.git"]).well();
    room
}

fn refs(room: &Room) -> String {
    room.git("server.git", &["for-each-ref"]).well()
}

#[test]
fn a_push_of_a_credential_is_refused_even_when_it_is_gone_again() {
    let room = sender();
    room.committed("a.env", &leak(1));
    room.git("work", &["rm", "-q", "a.env"]).well();
    room.git("work", &["commit", "-q", "-m", "gone"]).well();
    let before = refs(&room);
    let said = room.git("work", &["push"]).badly();
    for part in [
        "push refused: its commits hold 1 credential",
        "a.env:1:12 in commit ",
        "git rebase -i ",
        "git push --no-verify",
    ] {
        assert!(said.contains(part), "{part:?} is missing from\n{said}");
    }
    says_no_secret(&said, 1);
    assert_eq!(refs(&room), before);
}

#[test]
fn only_what_the_other_side_has_not_is_searched() {
    let room = with_remote();
    room.committed("old.env", &leak(2));
    room.git("work", &["push", "-q"]).well();
    room.hook("work", &["install", "pre-push"]).well();
    room.committed("b.txt", "nothing\n");
    room.git("work", &["push", "-q"]).well();
    room.git("work", &["push", "-q", "origin", "HEAD:refs/heads/copy"]).well();
    room.git("work", &["push", "-q", "origin", "--delete", "copy"]).well();
    room.git(".", &["init", "-q", "--bare", "empty.git"]).well();
    room.git("work", &["push", "-q", "../empty.git", "main"]).badly();
}

#[test]
fn every_ref_of_a_push_is_looked_at() {
    let room = sender();
    room.git("work", &["switch", "-q", "-c", "side"]).well();
    room.committed("a.env", &leak(3));
    room.git("work", &["switch", "-q", "main"]).well();
    room.committed("b.txt", "nothing\n");
    room.git("work", &["push", "-q", "origin", "main", "side"]).badly();
    room.git("work", &["push", "-q", "origin", "main"]).well();
    room.git("work", &["tag", "-a", "-m", &leak(4), "v1"]).well();
    room.git("work", &["push", "-q", "origin", "v1"]).badly();
}

#[test]
#[cfg(unix)]
fn the_hook_that_was_there_gets_the_same_lines_and_runs_last() {
    let room = with_remote();
    room.script(
        "work/.git/hooks/pre-push",
        "echo \"$1\" > ../former.log\ncat >> ../former.log\nexit ${FORMER_CODE:-0}",
    );
    room.hook("work", &["install", "pre-push"]).well();
    room.committed("b.txt", "nothing\n");
    let (old, new) =
        (room.git("work", &["rev-parse", "HEAD^"]).well(), room.git("work", &["rev-parse", "HEAD"]).well());
    let refused = room.command("git", "work").arg("push").env("FORMER_CODE", "7").output().unwrap();
    assert!(!refused.status.success());
    room.git("work", &["push", "-q"]).well();
    let lines = format!("origin\nrefs/heads/main {} refs/heads/main {}\n", new.trim(), old.trim());
    assert_eq!(String::from_utf8(room.read("former.log")).unwrap(), lines);

    std::fs::remove_file(room.path("former.log")).unwrap();
    room.committed("a.env", &leak(5));
    room.git("work", &["push", "-q"]).badly();
    assert!(!room.exists("former.log"), "what is refused is handed to nobody");
}

#[test]
fn a_server_refuses_what_a_sender_did_not() {
    let room = server();
    room.committed("a.env", &leak(6));
    room.committed("b.txt", "nothing\n");
    let before = refs(&room);
    let said = room.git("work", &["push"]).badly();
    for part in ["push refused by the server", "a.env:1:12 in commit ", "revoke it in", "git rebase -i "] {
        assert!(said.contains(part), "{part:?} is missing from\n{said}");
    }
    says_no_secret(&said, 6);
    assert!(!said.contains("no-verify") && !said.contains("server.git/"), "{said}");
    assert_eq!(refs(&room), before);

    room.git("work", &["reset", "-q", "--hard", "HEAD~2"]).well();
    room.committed("b.txt", "nothing\n");
    room.git("work", &["push", "-q"]).well();
    assert_ne!(refs(&room), before);
}

#[test]
fn a_server_looks_at_new_branches_forced_pushes_and_tags() {
    let room = server();
    room.git("work", &["switch", "-q", "-c", "side"]).well();
    room.committed("a.env", &leak(7));
    room.git("work", &["push", "-q", "origin", "side"]).badly();
    room.git("work", &["push", "-q", "--force", "origin", "side:main"]).badly();
    room.git("work", &["tag", "-a", "-m", "release", "v1"]).well();
    room.git("work", &["push", "-q", "origin", "v1"]).badly();
    room.git("work", &["switch", "-q", "main"]).well();
    room.git("work", &["tag", "-a", "-m", &leak(8), "v2"]).well();
    room.git("work", &["push", "-q", "origin", "v2"]).badly();
    room.write("work/m", &leak(9));
    room.git("work", &["commit", "-q", "--allow-empty", "-F", "m"]).well();
    room.git("work", &["push", "-q"]).badly();
}

#[test]
fn what_a_server_has_already_is_not_held_against_a_push() {
    let room = with_remote();
    room.committed("old.env", &leak(10));
    room.git("work", &["push", "-q"]).well();
    room.hook(".", &["install", "pre-receive", "--repo", "server.git"]).well();
    room.committed("b.txt", "nothing\n");
    room.git("work", &["push", "-q", "origin", "main", "HEAD~1:refs/heads/old"]).well();
    room.git("work", &["push", "-q", "origin", "--delete", "old"]).well();
}

#[test]
fn a_server_obeys_only_its_own_configuration() {
    let room = server();
    room.committed(".ksefleaks.toml", "[[allow]]\npath = '**'\nreason = 'nothing to see'\n");
    room.committed("a.env", &format!("{} # ksefleaks:allow nothing to see\n", leak(11).trim_end()));
    room.git("work", &["push", "-q"]).badly();
    room.write("server.git/ksefleaks.toml", "[[allow]]\npath = 'a.env'\nreason = 'of the test environment'\n");
    room.git("work", &["push", "-q"]).well();

    // Another one that is named goes before it.
    room.write("empty.toml", "");
    room.hook(".", &["install", "pre-receive", "--repo", "server.git", "--config", "empty.toml"]).well();
    room.committed("a.env", &leak(12));
    room.git("work", &["push", "-q"]).badly();
}

#[test]
fn a_work_tree_around_a_server_is_not_obeyed() {
    let room = Room::new();
    room.git(".", &["clone", "-q", "work", "theirs"]).well();
    room.git("work", &["config", "receive.denyCurrentBranch", "ignore"]).well();
    room.hook("work", &["install", "pre-receive"]).well();
    room.write("work/.ksefleaks.toml", "[[allow]]\npath = '**'\nreason = 'nothing to see'\n");
    room.write("theirs/a.env", &leak(13));
    room.git("theirs", &["add", "a.env"]).well();
    room.git("theirs", &["commit", "-q", "-m", "a"]).well();
    room.git("theirs", &["push", "-q", "origin", "HEAD:main"]).badly();
}

#[test]
fn what_git_would_not_say_refuses() {
    let room = with_remote();
    for (kind, input) in [("pre-receive", "canary\n"), ("pre-push", "canary\n")] {
        let ended = room.hook_with("work", &["run", kind, "--", "origin", "url"], input.as_bytes());
        assert!(ended.code == 2 && !ended.said.contains("canary"), "{}", ended.said);
        assert!(ended.said.contains("was not checked, and so is refused"), "{}", ended.said);
    }
    let absent = format!("{} {} refs/heads/x\n", "0".repeat(40), "1".repeat(40));
    assert_eq!(room.hook_with("server.git", &["run", "pre-receive"], absent.as_bytes()).code, 2);
    room.hook_with("server.git", &["run", "pre-receive"], b"").well();
    room.hook_with("work", &["run", "pre-push", "--", "origin", "url"], b"").well();
}
