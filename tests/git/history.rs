//! What commits did with a credential: who brought it, who took it away, from where it is reached.
//!
//! Holds: versions, moves, merges, branches, replaced and grafted commits. Must not know: where else things hide.

use super::repository::{Repository, Room, line, token};

const ALL: [&str; 2] = ["HEAD", "refs/heads/main"];

#[test]
fn thirty_versions_of_a_file_are_one_place() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    let mut commits = Vec::new();
    for version in 0..30 {
        let text = format!("{}version {version}\n{}", line(1), "x\n".repeat(version));
        commits.push(repo.write("a/config.env", text).commit(&format!("version {version}")));
    }
    let newest = repo.git(&["rev-parse", "HEAD:a/config.env"]);
    for repacked in [false, true] {
        let told = repo.tell();
        let place = told.place(1);
        place.stands("a/config.env", "tip", &[("added", &commits[0])]).within(&ALL);
        assert_eq!((place.blob.as_ref(), place.line), (Some(&newest), Some(2)));
        assert_eq!((told.findings[0]["count"].as_u64(), told.findings.len()), (Some(1), 1));
        assert_eq!(told.summary["commits"], 30);
        if !repacked {
            repo.git(&["gc", "-q"]);
        }
    }
    // Once it is gone, the newest version that had it speaks for all.
    repo.remove("a/config.env");
    let removed = repo.commit("removed");
    let place = repo.tell().place(1);
    place.stands("a/config.env", "history", &[("added", &commits[0]), ("removed", &removed)]).within(&ALL);
    assert_eq!(place.blob, Some(newest));
}

#[test]
fn a_moved_or_copied_file_has_two_places() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("old.env", line(1)).write("one/x.env", line(2));
    let added = repo.commit("added");
    repo.git(&["mv", "old.env", "new.env"]);
    repo.git(&["mv", "one", "two"]);
    let moved = repo.commit("moved");
    repo.write("copy.env", line(1));
    let copied = repo.commit("copied");
    let told = repo.tell();
    let places = told.places(&token(1));
    assert_eq!(places.len(), 3, "{places:#?}");
    places[0].stands("copy.env", "tip", &[("added", &copied)]).within(&ALL);
    places[1].stands("new.env", "tip", &[("added", &moved)]).within(&ALL);
    places[2].stands("old.env", "history", &[("added", &added), ("removed", &moved)]).within(&ALL);
    let places = told.places(&token(2));
    assert_eq!(places.len(), 2, "{places:#?}");
    places[0].stands("one/x.env", "history", &[("added", &added), ("removed", &moved)]);
    places[1].stands("two/x.env", "tip", &[("added", &moved)]);
    assert_eq!(
        told.findings[0]["count"].as_u64(),
        Some(told.findings[0]["locations"].as_array().unwrap().len() as u64)
    );
}

#[test]
fn what_comes_and_goes_and_comes_again_is_told_each_time() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    let mut commits = Vec::new();
    for round in 0..3 {
        commits.push(repo.write("a.env", line(1)).commit(&format!("in {round}")));
        commits.push(repo.write("a.env", "nothing\n").commit(&format!("out {round}")));
    }
    let did: Vec<(&str, &str)> =
        ["added", "removed"].into_iter().cycle().zip(commits.iter().map(String::as_str)).collect();
    repo.tell().place(1).stands("a.env", "history", &did).within(&ALL);
}

fn branch(repo: &Repository<'_>, name: &str, from: &str) {
    repo.git(&["checkout", "-q", "-b", name, from]);
}

#[test]
fn merges_are_told_of_only_what_they_did_themselves() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("kept.env", line(1)).write("gone.env", line(2)).write("a", "a");
    let first = repo.commit("first");
    branch(&repo, "side", "main");
    repo.remove("gone.env");
    let taken = repo.commit("taken away on a branch");
    repo.write("side.env", line(3));
    let side = repo.commit("brought on a branch");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("b", "b");
    repo.commit("second");
    // The merge takes over what the branch did, brings a file of its own and takes one away.
    repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    repo.write("evil.env", line(4)).remove("kept.env");
    let merge = repo.commit("merge");
    repo.remove("evil.env");
    let after = repo.commit("after");
    assert_eq!(repo.git(&["rev-list", "--merges", "--count", "HEAD"]), "1");
    repo.git(&["update-ref", "-d", "ORIG_HEAD"]);
    let told = repo.tell();
    let refs = ["HEAD", "refs/heads/main", "refs/heads/side"];
    told.place(1).stands("kept.env", "tip", &[("added", &first), ("removed", &merge)]).within(&refs);
    told.place(2).stands("gone.env", "history", &[("added", &first), ("removed", &taken)]).within(&refs);
    told.place(3).stands("side.env", "tip", &[("added", &side)]).within(&refs);
    told.place(4).stands("evil.env", "history", &[("added", &merge), ("removed", &after)]).within(&ALL);
    // Without the branch the first one is in no tip any more.
    repo.git(&["branch", "-q", "-D", "side"]);
    let told = repo.tell();
    told.place(1).stands("kept.env", "history", &[("added", &first), ("removed", &merge)]).within(&ALL);
}

#[test]
fn a_merge_with_three_parents_that_drops_what_all_have_took_it_away() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a.env", line(1));
    let first = repo.commit("first");
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    let sides: Vec<String> =
        (0..3).map(|side| repo.git(&["commit-tree", "-p", &first, "-m", &format!("{side}"), &tree])).collect();
    let empty = repo.feed(&["mktree"], b"");
    let parents: Vec<&str> = sides.iter().flat_map(|side| ["-p", side.as_str()]).collect();
    let merge = repo.git(&[&["commit-tree", "-m", "octopus"][..], &parents, &[&empty]].concat());
    repo.git(&["update-ref", "refs/heads/main", &merge]);
    let place = repo.tell().place(1);
    // The index still has it, but history is worse.
    place.stands("a.env", "history", &[("added", &first), ("removed", &merge)]).within(&ALL);
}

#[test]
fn refs_of_every_kind_are_told() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a", "a");
    repo.commit("first");
    branch(&repo, "feature/x", "main");
    repo.write("x.env", line(1));
    let other = repo.commit("other");
    repo.git(&["tag", "light"]);
    repo.git(&["tag", "-a", "-m", "annotated", "heavy"]);
    repo.git(&["update-ref", "refs/remotes/origin/x", "HEAD"]);
    repo.git(&["update-ref", "refs/pull/7/head", "HEAD"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["checkout", "-q", "--orphan", "lonely"]);
    repo.git(&["rm", "-rq", "--cached", "."]);
    repo.write("y.env", line(2));
    let lonely = repo.commit("lonely");
    repo.git(&["checkout", "-q", "main"]);
    let refs =
        ["refs/heads/feature/x", "refs/pull/7/head", "refs/remotes/origin/x", "refs/tags/heavy", "refs/tags/light"];
    for packed in [false, true] {
        let told = repo.tell();
        told.place(1).stands("x.env", "tip", &[("added", &other)]).within(&refs);
        told.place(2).stands("y.env", "tip", &[("added", &lonely)]).within(&["refs/heads/lonely"]);
        if !packed {
            repo.git(&["pack-refs", "--all"]);
        }
    }
    let tagged = room.at("r");
    tagged.git(&["branch", "-q", "-D", "feature/x"]);
    tagged.git(&["tag", "-d", "light"]);
    tagged.git(&["update-ref", "-d", "refs/remotes/origin/x"]);
    tagged.git(&["update-ref", "-d", "refs/pull/7/head"]);
    tagged.tell().place(1).stands("x.env", "tip", &[("added", &other)]).within(&["refs/tags/heavy"]);
}

#[test]
fn what_is_tagged_without_a_commit_is_reached() {
    let room = Room::new();
    let repo = room.init("r", &["--bare"]);
    let blob = repo.object("blob", line(1).as_bytes());
    let inner = repo.feed(&["mktree"], format!("100644 blob {blob}\ta.env\n").as_bytes());
    let tree = repo.feed(&["mktree"], format!("040000 tree {inner}\tdir\n").as_bytes());
    repo.git(&["tag", "plain", &tree]);
    repo.git(&["tag", "-a", "-m", "x", "annotated", &tree]);
    repo.git(&["tag", "blob", &blob]);
    let told = repo.tell();
    told.place(1).stands("dir/a.env", "tip", &[]).within(&["refs/tags/annotated", "refs/tags/blob", "refs/tags/plain"]);
}

#[test]
fn what_was_replaced_or_grafted_is_read_as_it_was() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a.env", line(1));
    let first = repo.commit("first");
    let old = repo.git(&["rev-parse", "HEAD:a.env"]);
    let new = repo.object("blob", line(2).as_bytes());
    repo.git(&["replace", &old, &new]);
    repo.write("b.env", line(3)).commit("second");
    let third = repo.remove("b.env").commit("third");
    let second = repo.git(&["rev-parse", "HEAD~1"]);
    // A graft that hides the second commit.
    repo.write(".git/info/grafts", format!("{third} {first}\n"));
    let told = repo.tell();
    told.place(1).stands("a.env", "tip", &[("added", &first)]);
    let replaced = told.place(2);
    assert_eq!(replaced.refs, [format!("refs/replace/{old}")], "{replaced:#?}");
    assert_eq!((replaced.path.as_str(), replaced.reachable.as_deref()), (format!("blob {new}").as_str(), Some("tip")));
    told.place(3).stands("b.env", "history", &[("added", &second), ("removed", &third)]).within(&ALL);
    assert_eq!(told.notices.len(), 0, "{}", told.said());
}

#[test]
fn linked_work_trees_keep_what_they_have() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a", "a");
    repo.commit("first");
    let linked = room.path("linked");
    repo.git(&["worktree", "add", "-q", "--detach", linked.to_str().unwrap()]);
    let linked = room.at("linked");
    linked.write("x.env", line(1));
    let detached = linked.commit("detached");
    linked.write("staged.env", line(2));
    linked.git(&["add", "staged.env"]);
    linked.remove("staged.env");
    linked.write("lost.env", line(3));
    linked.git(&["add", "lost.env"]);
    let tree = linked.git(&["write-tree"]);
    let lost = linked.git(&["commit-tree", "-p", &detached, "-m", "lost", &tree]);
    linked.git(&["update-ref", "--create-reflog", "-m", "there", "HEAD", &lost]);
    linked.git(&["update-ref", "-m", "and back", "HEAD", &detached]);
    linked.git(&["rm", "-q", "--cached", "lost.env"]);
    for from in [&repo, &linked] {
        let told = from.tell();
        let place = told.place(1);
        place.stands("x.env", "tip", &[("added", &detached)]);
        assert!(place.refs.iter().any(|name| name.ends_with("HEAD") && name.contains("linked")), "{:?}", place.refs);
        let place = told.place(3);
        assert_eq!(place.reachable.as_deref(), Some("reflog"), "{place:#?}");
        let staged = told.place(2);
        // Only the index has it by now: the commit that had it is but in a log.
        assert_eq!((staged.path.as_str(), staged.reachable.as_deref()), ("staged.env", Some("index")), "{staged:#?}");
        assert_eq!(told.notices.len(), 0, "{}", told.said());
    }
    // Both are one repository.
    let told = room.tell(&["git", "r", "linked"]);
    assert_eq!(told.places(&token(1)).len(), 1, "{:#?}", told.places(&token(1)));
}

#[test]
fn submodules_have_stores_of_their_own() {
    let room = Room::new();
    let inner = room.init("inner", &[]);
    inner.write("x.env", line(1));
    let added = inner.commit("inner");
    let outer = room.init("outer", &[]);
    outer.write("y.env", line(2));
    outer.commit("first");
    outer.git(&["submodule", "--quiet", "add", inner.path.to_str().unwrap(), "sub"]);
    outer.commit("with a submodule");
    let told = outer.tell();
    assert_eq!(told.found([1, 2]), [2], "a submodule is a repository of its own");
    assert_eq!((told.code, told.notices.len()), (1, 0), "{}", told.said());
    let sub = room.at("outer/sub");
    let told = sub.tell();
    assert_eq!(told.found([1, 2]), [1]);
    told.place(1).stands("x.env", "tip", &[("added", &added)]);
    assert_eq!(room.tell(&["git", "--recursive", "outer"]).found([1, 2]), [1, 2]);
    // Its directory without checkout.
    let bare = room.tell(&["git", "outer/.git/modules/sub"]);
    assert_eq!(bare.found([1, 2]), [1], "{}", bare.error);
    outer.git(&["submodule", "--quiet", "deinit", "--force", "sub"]);
    assert_eq!(room.tell(&["git", "--recursive", "outer"]).found([1, 2]), [1, 2]);
    assert_eq!(outer.tell().code, 1);
}
