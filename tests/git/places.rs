//! Every place in which a repository hides something.
//!
//! Holds: files of every sort in commits, messages, people, tags, notes, stashes, logs, the index, objects that nothing
//! leads to. Must not know: what commits did beyond adding and taking away.

use std::io::Write;

use super::repository::{AUTHOR, Repository, Room, line, token};

fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
    let mark = if mark { if big { vec![0xFE, 0xFF] } else { vec![0xFF, 0xFE] } } else { Vec::new() };
    mark.into_iter().chain(units).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn binary(number: u64) -> Vec<u8> {
    let noise: Vec<u8> = (0..3_000_u32).map(|index| (index * 37 % 251) as u8).collect();
    [&noise[..], &[0, 1, 2], token(number).as_bytes(), &[0], &noise[..]].concat()
}

const ALL: [&str; 2] = ["HEAD", "refs/heads/main"];

#[test]
fn files_of_every_sort_are_found_after_they_are_gone() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    let sorts: [(u64, &str, Vec<u8>); 7] = [
        (1, "plain.env", line(1).into_bytes()),
        (2, "dir/program.bin", binary(2)),
        (3, "marked-utf16.txt", utf16(&line(3), true, false)),
        (4, "utf16.txt", utf16(&line(4), false, true)),
        (5, "secret.nodiff", line(5).into_bytes()),
        (6, "dump.gz", gzip(&line(6))),
        (7, "encoded.txt", hex(&line(7))),
    ];
    repo.write(".gitattributes", "*.nodiff -diff -text\n*.bin binary\n").write("README", "nic\n");
    repo.commit("first");
    for (_, name, bytes) in &sorts {
        repo.write(name, bytes);
    }
    repo.write("over.txt", line(8)).write("tip.txt", line(9));
    let added = repo.commit("added");
    sorts.iter().for_each(|(_, name, _)| {
        repo.remove(name);
    });
    repo.write("over.txt", "# nr 8\nKSEF_TOKEN=\nkoniec\n");
    let removed = repo.commit("removed");
    let told = repo.tell();
    for (number, name, _) in &sorts {
        let place = told.place(*number);
        place.stands(name, "history", &[("added", &added), ("removed", &removed)]).within(&ALL);
    }
    told.place(8).stands("over.txt", "history", &[("added", &added), ("removed", &removed)]).within(&ALL);
    let tip = told.place(9);
    tip.stands("tip.txt", "tip", &[("added", &added)]).within(&ALL);
    assert_eq!(tip.people, [(AUTHOR.to_owned(), date_of(&repo, &added))]);
    assert_eq!((tip.line, tip.blob), (Some(2), Some(repo.git(&["rev-parse", "HEAD:tip.txt"]))));
    assert_eq!(told.summary["members"], 1, "what was compressed is opened");
    assert_eq!((told.code, told.findings.len(), told.notices.len()), (1, 9, 0), "{}", told.said());
}

/// The date of the author, in UTC as findings tell it.
fn date_of(repo: &Repository<'_>, commit: &str) -> String {
    repo.git_with(&[("TZ", "UTC")], &["log", "-1", "--format=%ad", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", commit])
}

fn hex(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes()
}

#[cfg(unix)]
#[test]
fn links_and_names_of_files_are_found() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a", "a");
    std::os::unix::fs::symlink(format!("/srv/{}", token(1)), repo.path.join("link")).unwrap();
    repo.write(&format!("dir/{}.txt", token(2)), "nothing in it");
    let added = repo.commit("added");
    // A name that no file system would take.
    let jwt = ksefleaks::Sampler::new(3).jwt(&ksefleaks::JwtForm::default());
    let blob = repo.object("blob", b"nothing");
    let tree = repo.feed(&["mktree"], format!("100644 blob {blob}\t{jwt}\n").as_bytes());
    let commit = repo.git(&["commit-tree", "-m", "a name", &tree]);
    repo.git(&["update-ref", "refs/heads/other", &commit]);
    let told = repo.tell();
    told.place(1).stands("link", "tip", &[("added", &added)]).within(&ALL);
    assert!(!told.places(&token(2)).is_empty(), "{:#?}", told.findings);
    assert!(!told.places(&jwt).is_empty(), "{:#?}", told.findings);
    let all = format!("{:?}{:?}", told.findings, told.notices);
    assert!(!all.contains(&token(2)[60..]) && !all.contains(&jwt[100..]), "a name is told without its secret");
}

#[test]
fn names_that_speak_of_ksef_are_context() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    let bare = [0, 2, 3, 4, 5, 6].map(|seed| ksefleaks::Sampler::new(seed).token40());
    for (name, token) in ["ksef-token.txt", "KSeF/prod.txt", "a/b/ksef.txt", "a/ksef/b/c.txt"].iter().zip(&bare) {
        repo.write(name, format!("{token}\n"));
    }
    let added = repo.commit("added");
    repo.write("plain.txt", format!("{}\n", bare[4])).write("ksef/sub/x.txt", format!("{}\n", bare[5]));
    let second = repo.commit("second");
    repo.git(&["rm", "-q", "ksef-token.txt"]);
    let removed = repo.commit("removed");
    for packed in [false, true] {
        let told = repo.tell();
        let one = |token: &str| {
            let mut places = told.places(token);
            let number = bare.iter().position(|known| known == token);
            assert_eq!(places.len(), 1, "nr {number:?}, packed: {packed}: {places:#?}");
            places.remove(0)
        };
        one(&bare[0]).stands("ksef-token.txt", "history", &[("added", &added), ("removed", &removed)]);
        one(&bare[1]).stands("KSeF/prod.txt", "tip", &[("added", &added)]);
        one(&bare[2]).stands("a/b/ksef.txt", "tip", &[("added", &added)]);
        // As for a file on disk: its own name and its folder's, and no more.
        assert_eq!((told.places(&bare[3]).len(), told.places(&bare[4]).len(), told.places(&bare[5]).len()), (0, 0, 0));
        let known = room.tell(&["scan", repo.path.to_str().unwrap()]);
        assert_eq!((known.places(&bare[3]).len(), known.places(&bare[1]).len()), (0, 1), "{second}");
        if !packed {
            repo.git(&["gc", "-q"]);
        }
    }
}

#[test]
fn messages_and_people_are_found() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a", "a");
    repo.commit("first");
    let message = repo.commit(&format!("title\n\ntoken: {}\n", token(1)));
    let person = |names: &[(&str, &str)]| {
        repo.git_with(names, &["commit", "-q", "--allow-empty", "-m", "x"]);
        repo.git(&["rev-parse", "HEAD"])
    };
    let author = person(&[("GIT_AUTHOR_NAME", &token(2))]);
    let committer = person(&[("GIT_COMMITTER_EMAIL", &token(3))]);
    repo.git(&["-c", "i18n.commitEncoding=ISO-8859-2", "commit", "-q", "--allow-empty", "-m", &line(4)]);
    let encoded = repo.git(&["rev-parse", "HEAD"]);
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    let people = "author A <a@b> 1767225600 +0000\ncommitter A <a@b> 1767225600 +0000\n";
    let signed = format!(
        "tree {tree}\n{people}gpgsig -----BEGIN PGP SIGNATURE-----\n Comment: {}\n \n aaaa\n -----END PGP SIGNATURE-----\n\nx\n",
        token(5)
    );
    let signed = repo.object("commit", signed.as_bytes());
    let tagged = format!(
        "tree {tree}\nparent {author}\nparent {signed}\n{people}mergetag object {signed}\n type commit\n tag v1\n tagger A <a@b> 1767225600 +0000\n \n {}\n\nmerge\n",
        token(6)
    );
    let tagged = repo.object("commit", tagged.as_bytes());
    repo.git(&["update-ref", "refs/heads/signed", &tagged]);
    let told = repo.tell();
    for (number, commit) in [(1, &message), (2, &author), (3, &committer), (4, &encoded)] {
        let how = if number == 4 { "tip" } else { "history" };
        let path = format!("commit {commit}");
        // The logs of HEAD and of the branch name who committed as well.
        let place = told.places(&token(number)).into_iter().find(|place| place.path == path).unwrap();
        place.stands(&path, how, &[("holds", commit)]);
        assert!(place.refs.contains(&"refs/heads/main".to_owned()), "{place:#?}");
    }
    told.place(1).within(&["HEAD", "refs/heads/main", "refs/heads/signed"]);
    told.place(5).stands(&format!("commit {signed}"), "history", &[("holds", &signed)]).within(&["refs/heads/signed"]);
    told.place(6).stands(&format!("commit {tagged}"), "tip", &[("holds", &tagged)]).within(&["refs/heads/signed"]);
    // The credential in the name of the author is not told beside its own place either.
    assert!(!format!("{:?}", told.findings).contains(&token(2)[60..]));
    assert_eq!((told.findings.len(), told.notices.len()), (6, 0), "{}", told.said());
}

#[test]
fn tags_and_notes_are_found() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a", "a");
    let first = repo.commit("first");
    repo.git(&["tag", "-a", "v1", "-m", &line(1)]);
    repo.git(&["tag", "-a", "v2", "v1", "-m", "a tag of a tag"]);
    repo.git(&["notes", "add", "-m", &line(2)]);
    repo.git(&["notes", "--ref", "review", "add", "-m", &line(3)]);
    repo.git(&["notes", "--ref", "review", "remove"]);
    // A tag of a file that stands nowhere else.
    let blob = repo.object("blob", line(4).as_bytes());
    repo.git(&["tag", "of-a-file", &blob]);
    repo.git(&["tag", "-a", "dangling", "-m", &line(5)]);
    let dangling = repo.git(&["rev-parse", "dangling"]);
    repo.git(&["tag", "-d", "dangling"]);
    let told = repo.tell();
    let tag = repo.git(&["rev-parse", "v1"]);
    let place = told.place(1);
    assert_eq!((place.path, place.reachable.as_deref()), (format!("tag {tag}"), Some("tip")), "{:?}", place.refs);
    assert!(place.refs.contains(&"refs/tags/v1".to_owned()), "{:?}", place.refs);
    let note = repo.git(&["rev-parse", "refs/notes/commits"]);
    told.place(2).stands(&first, "tip", &[("added", &note)]).within(&["refs/notes/commits"]);
    let (gone, had) = (repo.git(&["rev-parse", "refs/notes/review"]), repo.git(&["rev-parse", "refs/notes/review~1"]));
    told.place(3).stands(&first, "history", &[("added", &had), ("removed", &gone)]).within(&["refs/notes/review"]);
    told.place(4).stands(&format!("blob {blob}"), "tip", &[]).within(&["refs/tags/of-a-file"]);
    told.place(5).stands(&format!("tag {dangling}"), "none", &[]).within(&[]);
    assert_eq!((told.findings.len(), told.notices.len()), (5, 0), "{}", told.said());
}

#[test]
fn every_part_of_a_stash_is_found() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("tracked.txt", "nothing\n").write("both.txt", "nothing\n").write(".gitignore", "ignored.txt\n");
    repo.commit("first");
    repo.write("tracked.txt", line(1)).write("untracked.txt", line(2)).write("ignored.txt", line(3));
    repo.write("both.txt", line(4));
    repo.git(&["add", "both.txt"]);
    repo.write("both.txt", "something else\n");
    repo.git(&["stash", "push", "-q", "--all", "-m", &token(5)]);
    let top = repo.git(&["rev-parse", "stash"]);
    repo.write("tracked.txt", line(6));
    repo.git(&["stash", "push", "-q"]);
    repo.write("tracked.txt", line(7));
    repo.git(&["stash", "push", "-q"]);
    let dropped = repo.git(&["rev-parse", "stash"]);
    repo.git(&["stash", "drop", "-q"]);
    let told = repo.tell();
    let (index, files) = (repo.git(&["rev-parse", "stash@{1}^2"]), repo.git(&["rev-parse", "stash@{1}^3"]));
    assert_eq!(repo.git(&["rev-parse", "stash@{1}"]), top);
    told.place(1).stands("tracked.txt", "stash", &[("added", &top)]);
    // The stash itself is made of three commits, and merges them without the files of this one.
    told.place(2).stands("untracked.txt", "stash", &[("added", &files), ("removed", &top)]);
    told.place(3).stands("ignored.txt", "stash", &[("added", &files), ("removed", &top)]);
    told.place(4).stands("both.txt", "stash", &[("added", &index), ("removed", &top)]);
    let message = told.places(&token(5));
    assert_eq!(message.iter().filter(|place| place.path == format!("commit {top}")).count(), 1, "{message:#?}");
    let newest = repo.git(&["rev-parse", "stash"]);
    told.place(6).stands("tracked.txt", "stash", &[("added", &newest)]).within(&["refs/stash"]);
    told.place(7).stands("tracked.txt", "none", &[("added", &dropped)]).within(&[]);
    assert_eq!(told.notices.len(), 0, "{}", told.said());
}

#[test]
fn what_only_logs_remember_is_found() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("a", "a");
    let first = repo.commit("first");
    repo.write("reset.txt", line(1));
    let reset = repo.commit("to be thrown away");
    repo.git(&["reset", "-q", "--hard", &first]);
    repo.write("amended.txt", line(2));
    let amended = repo.commit("to be amended");
    repo.write("amended.txt", "nothing\n");
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "-q", "--amend", "-m", "amended"]);
    repo.git(&["checkout", "-q", "-b", "gone"]);
    repo.write("branch.txt", line(3));
    let branch = repo.commit("on a branch");
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["branch", "-q", "-D", "gone"]);
    repo.git(&["update-ref", "-m", &token(4), "refs/heads/x", "HEAD"]);
    let told = repo.tell();
    // HEAD and the branch had them once; they do not contain them.
    told.place(1).stands("reset.txt", "reflog", &[("added", &reset)]).within(&["ORIG_HEAD"]);
    told.place(2).stands("amended.txt", "reflog", &[("added", &amended)]).within(&[]);
    told.place(3).stands("branch.txt", "reflog", &[("added", &branch)]).within(&[]);
    told.place(4).in_file(".git/logs/refs/heads/x");
    assert_eq!((told.findings.len(), told.notices.len()), (4, 0), "{}", told.said());
    // Without logs one is held by what a command left behind, and then they are nobody's.
    repo.git(&["reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all"]);
    repo.git(&["update-ref", "ORIG_HEAD", &reset]);
    repo.tell().place(1).stands("reset.txt", "reflog", &[("added", &reset)]).within(&["ORIG_HEAD"]);
    repo.git(&["update-ref", "-d", "ORIG_HEAD"]);
    let told = repo.tell();
    for number in [1, 2, 3] {
        let place = told.place(number);
        assert_eq!((place.reachable.as_deref(), place.refs.len()), (Some("none"), 0), "{place:#?}");
    }
}

#[test]
fn what_nothing_leads_to_is_found() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    let blob = repo.object("blob", line(1).as_bytes());
    let inner = repo.object("blob", line(2).as_bytes());
    let tree = repo.feed(&["mktree"], format!("100644 blob {inner}\tx.env\n").as_bytes());
    let top = repo.feed(&["mktree"], format!("040000 tree {tree}\tdir\n").as_bytes());
    let held = repo.object("blob", line(3).as_bytes());
    let other = repo.feed(&["mktree"], format!("100644 blob {held}\ty.env\n").as_bytes());
    let commit = repo.git(&["commit-tree", "-m", &line(4), &other]);
    repo.write("staged.env", line(5));
    repo.git(&["add", "staged.env"]);
    repo.remove("staged.env");
    repo.write("worktree.env", line(6));
    let told = repo.tell();
    told.place(1).stands(&format!("blob {blob}"), "none", &[]).within(&[]);
    told.place(2).stands("dir/x.env", "none", &[]);
    told.place(3).stands("y.env", "none", &[("added", &commit)]);
    told.place(4).stands(&format!("commit {commit}"), "none", &[("holds", &commit)]);
    told.place(5).stands("staged.env", "index", &[]).within(&[]);
    assert_eq!((told.places(&token(6)).len(), told.findings.len(), told.notices.len()), (0, 5, 0), "{top}");
}

#[test]
fn the_work_tree_is_searched_when_it_is_asked_for() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write(".gitignore", "*.secret\n").write("file.txt", "nothing\n").write("same.txt", line(4));
    repo.commit("first");
    repo.write("new.txt", line(1)).write("file.txt", line(2)).write("dir/a.secret", line(3));
    assert_eq!(repo.tell().found(1..=4), [4]);
    let told = repo.tell_with(&["--worktree"]);
    assert_eq!(told.found(1..=4), [1, 2, 3, 4]);
    told.place(1).in_file("r/new.txt");
    told.place(2).in_file("r/file.txt");
    told.place(3).in_file("r/dir/a.secret");
    assert_eq!(told.places(&token(4)).len(), 1, "the file of the work tree is that of the commit");
}

#[test]
fn names_speak_in_every_case_and_each_for_itself() {
    let room = Room::new();
    let list = |number: u64| ksefleaks::Sampler::new(number).fill("konto\n{{token40}}\n").unwrap();
    for (number, name) in
        (1..).zip(["E-Faktury/x.env", "kSeF.env", "ksef-hash/config.env", "ksef.env", "AUTORYZUJ.txt"])
    {
        let repo = room.init(&format!("r{number}"), &[]);
        repo.write(name, list(number));
        if name == "ksef.env" {
            repo.write("ksef.sha256", list(number));
        }
        repo.commit("first");
        let file = room.tell(&["scan", &format!("r{number}/{name}")]);
        let git = repo.tell();
        assert_eq!(git.findings.len(), file.findings.len(), "{name}");
    }
}

#[test]
fn nobody_allows_for_one_branch_what_stands_on_another() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    repo.write("x.env", line(1));
    repo.commit("first");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("x.env", line(1).replace("\nkoniec", " # ksefleaks:allow revoked\nkoniec"));
    let later = [("GIT_COMMITTER_DATE", "2030-01-01T00:00:00Z")];
    repo.git_with(&later, &["commit", "-q", "-a", "-m", "allowed here"]);
    repo.git(&["checkout", "-q", "main"]);
    let told = repo.tell();
    assert_eq!((told.code, told.found([1])), (1, vec![1]), "{:#?}", told.summary);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--ff-only", "side"]);
    assert_eq!(repo.tell().code, 0, "allowed wherever it stands at a tip");
}
