//! What commits brought, beside what git says.

use std::collections::BTreeSet;

use super::random::history;
use super::{Made, pairs, paths, reasons};
use crate::base::Instant;
use crate::source::git::part::{Picks, check};
use crate::source::git::refs::Names;
use crate::source::git::{Commits, GitError, Part, Revision};

/// Compares with what git says of the commits that it lists by these arguments.
fn compare(made: &Made, picks: &Picks, arguments: &[&str]) {
    let (expected, commits) = made.expected(arguments);
    let ours: Vec<String> = picks.commits.iter().map(|commit| commit.id.to_string()).collect();
    assert_eq!(ours.iter().collect::<BTreeSet<_>>(), commits.iter().collect(), "commits of {arguments:?}");
    assert_eq!(pairs(picks), expected.keys().cloned().collect(), "blobs of {arguments:?}");
    for pick in &picks.blobs {
        let brought = &expected[&(pick.path.to_vec(), pick.id.to_string())];
        let oldest = ours.iter().rposition(|commit| brought.contains(commit));
        assert_eq!(pick.commit, oldest, "{}", String::from_utf8_lossy(&pick.path));
    }
    assert!(picks.blobs.is_sorted_by_key(|pick| pick.commit), "the newest commit first");
    assert!(picks.notices.is_empty(), "{:?}", picks.notices);
}

#[test]
fn histories_by_chance_bring_what_git_says() {
    for seed in [1, 2, 3] {
        let made = history(seed, 60);
        for range in ["c59", "c20..c59", "c50..c20", "c58..c59", "c59..c59", "c10...c57", "..c3", "c40.."] {
            compare(&made, &made.range(range).unwrap(), &[range]);
        }
        compare(&made, &made.brought(&Commits::default()).unwrap(), &["--all"]);
        let revisions = vec![Revision::Branch("c30".into()), Revision::Branch("c41".into())];
        let several = Commits { revisions, ..Commits::default() };
        compare(&made, &made.brought(&several).unwrap(), &["c30", "c41"]);
        let since = |since: &str| Commits { since: Some(since.to_owned()), ..several.clone() };
        compare(&made, &made.brought(&since("c25")).unwrap(), &["c30", "c41", "^c25"]);
        let day = "2023-11-14T22:43:20Z";
        let picks = made.brought(&since(day)).unwrap();
        compare(&made, &picks, &["c30", "c41", &format!("--since-as-filter={day}")]);
        assert!(!picks.commits.is_empty());
    }
}

#[test]
fn a_commit_stands_before_its_parents() {
    let made = history(4, 60);
    let picks = made.brought(&Commits::default()).unwrap();
    let order: Vec<String> = picks.commits.iter().map(|commit| commit.id.to_string()).collect();
    for line in made.line(&["rev-list", "--all", "--parents"]).lines() {
        let places: Vec<usize> =
            line.split(' ').map(|id| order.iter().position(|other| other == id).unwrap()).collect();
        assert!(places[1..].iter().all(|parent| *parent > places[0]));
    }
}

#[test]
fn ranges_are_joined_and_not_cut() {
    let made = history(5, 40);
    let ranges = ["c10..c20", "c15..c12", "c30...c33"];
    let revisions = ranges.iter().map(|range| Revision::Range((*range).to_owned())).collect();
    let picks = made.brought(&Commits { revisions, ..Commits::default() }).unwrap();
    let ours: BTreeSet<String> = picks.commits.iter().map(|commit| commit.id.to_string()).collect();
    let list = |range: &&str| made.line(&["rev-list", range]).lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(ours, ranges.iter().flat_map(list).collect());
}

#[test]
fn only_new_ones_are_those_that_no_ref_leads_to() {
    let made = history(6, 30);
    made.git(&["checkout", "-q", "--detach", "c20"]);
    made.write("new", "new");
    let new = made.commit("new");
    let ask = |revision: &str| Commits {
        revisions: vec![Revision::Range(revision.to_owned())],
        only_new: true,
        ..Commits::default()
    };
    let picks = made.brought(&ask(&new)).unwrap();
    compare(&made, &picks, &[&new, "--not", "--branches"]);
    assert_eq!((paths(&picks), picks.commits.len()), (vec!["new".to_owned()], 1));
    let nothing = made.brought(&ask("c3")).unwrap();
    assert_eq!((nothing.blobs.len(), nothing.commits.len(), nothing.notices.len()), (0, 0, 0));
}

#[test]
fn authors_and_dates_are_those_of_the_author() {
    let made = Made::new(&[]);
    let mut raw =
        b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor L\xf3\xbf Nowak <l@example.org> 1600000000 +0200\n"
            .to_vec();
    raw.extend_from_slice(b"committer C <c@example.org> 1700000000 +0000\n\nm\n");
    let id = made.told(&["hash-object", "-t", "commit", "-w", "--stdin"], &raw);
    let id = String::from_utf8(id).unwrap();
    let picks = made.range(id.trim()).unwrap();
    let commit = &picks.commits[0];
    assert_eq!(commit.author.as_deref(), Some("L\u{fffd} Nowak <l@example.org>"));
    assert_eq!(commit.date, Instant::from_seconds(1_600_000_000));
    assert!(picks.blobs.is_empty() && picks.notices.is_empty(), "the empty tree need not be stored");
}

#[test]
fn revisions_are_those_of_git() {
    let made = history(7, 20);
    made.git(&["tag", "-a", "-m", "t", "v1", "c5"]);
    made.git(&["tag", "-a", "-m", "t", "v2", "v1"]);
    made.git(&["update-ref", "refs/remotes/origin/main", "c8"]);
    let short = &made.line(&["rev-parse", "c12"])[..12];
    for (range, git) in [
        ("HEAD~1", "HEAD~1"),
        ("@", "HEAD"),
        ("v1^{commit}", "c5"),
        ("v1~1..v2", "v1~1..v2"),
        (short, short),
        ("origin/main", "c8"),
        ("refs/heads/c3..heads/c9", "c3..c9"),
    ] {
        compare(&made, &made.range(range).unwrap(), &[git]);
    }
    let tag = |name: &str| made.line(&["rev-parse", name]);
    let tags: Vec<String> = made.range("v2").unwrap().tags.iter().map(ToString::to_string).collect();
    assert_eq!(tags, [tag("v2"), tag("v1")]);
    let branch = |name: &str| Commits { revisions: vec![Revision::Branch(name.to_owned())], ..Commits::default() };
    compare(&made, &made.brought(&branch("origin/main")).unwrap(), &["c8"]);
    for given in ["v1", "HEAD", "nothing", ""] {
        assert!(matches!(made.brought(&branch(given)), Err(GitError::Revision { .. })), "{given} is no branch");
    }
}

#[test]
fn what_names_nothing_is_an_error() {
    let made = history(8, 5);
    made.git(&["tag", "tree", "c1^{tree}"]);
    let absent = "0123456789012345678901234567890123456789";
    let wrong = [
        "^c1",
        "c1^!",
        "c1^@",
        "nothing",
        "nothing..c1",
        "c1..nothing",
        "c1..tree",
        "c1~50",
        "c1^{/x",
        "",
        "a b",
        absent,
    ];
    let absent_range = format!("{absent}..c1");
    let names = Names::read(&made.repo(), &mut |_| std::ops::ControlFlow::Continue(()));
    for given in wrong.into_iter().chain([absent_range.as_str()]) {
        let commits = Commits { revisions: vec![Revision::Range(given.to_owned())], ..Commits::default() };
        let told = made.brought(&commits);
        assert!(matches!(&told, Err(GitError::Revision { given: told, .. }) if told == given), "«{given}»: {told:?}");
        assert!(check(&made.repo(), &names, &Part::Commits(commits)).is_err());
    }
    for since in ["nothing", "2026-02-30", "yesterday", "tree"] {
        let commits = Commits { since: Some(since.to_owned()), ..Commits::default() };
        assert!(matches!(made.brought(&commits), Err(GitError::Revision { .. })), "{since}");
    }
    let right = Commits { since: Some("2020-01-01".into()), ..Commits::default() };
    assert!(check(&made.repo(), &names, &Part::Commits(right)).is_ok());
}

#[test]
fn digits_are_a_commit_before_they_are_a_day() {
    let made = history(9, 5);
    made.git(&["tag", "20240101", "c3"]);
    let since = |since: &str| Commits { since: Some(since.to_owned()), ..Commits::default() };
    compare(&made, &made.brought(&since("20240101")).unwrap(), &["--all", "^c3"]);
    assert!(made.brought(&since("20230101")).unwrap().commits.len() == 5, "a day without dashes");
    assert!(made.brought(&since("2024-01-01")).unwrap().commits.is_empty());
}

#[test]
fn trees_and_blobs_that_are_tagged_are_looked_at() {
    let made = Made::new(&[]);
    made.write("a/b", "text");
    made.commit("one");
    let blob = made.told(&["hash-object", "-w", "--stdin"], b"tagged");
    let blob = String::from_utf8(blob).unwrap();
    made.git(&["tag", "-a", "-m", "t", "blob", blob.trim()]);
    made.git(&["tag", "tree", "HEAD^{tree}"]);
    let picks = made.range("blob").unwrap();
    assert_eq!((pairs(&picks).len(), picks.blobs[0].commit, picks.tags.len()), (1, None, 1));
    assert_eq!(picks.blobs[0].id.to_string(), blob.trim());
    let all = made.brought(&Commits::default()).unwrap();
    let met: Vec<_> = all.blobs.iter().map(|pick| (pick.path.to_vec(), pick.commit)).collect();
    assert_eq!(met, [(b"a/b".to_vec(), Some(0)), (b"refs/tags/blob".to_vec(), None)]);
    assert_eq!(reasons(&all.notices), []);
}

#[test]
fn what_is_stopped_ends() {
    let made = history(10, 20);
    let repo = made.repo();
    let names = Names::read(&repo, &mut |_| std::ops::ControlFlow::Continue(()));
    let stop = std::sync::atomic::AtomicBool::new(true);
    let picks = crate::source::git::part::commits(&repo, &names, &Commits::default(), 2, &stop).unwrap();
    assert!(picks.blobs.is_empty());
}
