//! What a committer reads, as a whole.

use std::path::Path;
use std::sync::Arc;

use ksefleaks::{
    About, CommitMark, Confidence, Fingerprint, GitPlace, Inside, Instant, Kind, Notice, ObjectName, Origin, Reason,
    RunFacts, SecretFacts, Severity, Standing, Summary,
};

use super::*;

fn location(path: &str, commit: Option<u8>) -> Location {
    let mark =
        |byte| CommitMark { id: ObjectName::new(&[byte; 20]).unwrap(), role: Role::Added, author: None, date: None };
    let git = commit.map(|byte| GitPlace {
        repo: ".".to_owned(),
        object: None,
        reachable: None,
        refs: Vec::new(),
        commits: vec![mark(byte)],
    });
    Location {
        origin: Origin::file(Path::new(path)),
        line: Some(2),
        column: Some(12),
        offset: Some(40),
        clothes: Vec::new(),
        inside: Inside::default(),
        mail: None,
        git: git.map(Arc::new),
    }
}

fn finding(number: u8, confidence: Confidence, locations: Vec<Location>) -> Finding {
    let sha256 = Fingerprint::of_public(&[number]);
    Finding {
        id: sha256.short(),
        rule: "ksef-token".to_owned(),
        title: "token of KSeF 2.0".to_owned(),
        help: String::new(),
        kind: Kind::Token,
        confidence,
        severity: Severity::Critical,
        own_severity: None,
        own_confidence: None,
        secret: SecretFacts {
            sha256: Some(sha256),
            length: Some(116),
            redacted: Some("a|nip-1|9f3a…(64 hex)".to_owned()),
        },
        aliases: Vec::new(),
        about: About::default(),
        standing: Standing::unknown(),
        count: locations.len() as u64,
        locations,
    }
}

fn outcome(findings: Vec<Finding>, notices: Vec<Notice>) -> Outcome {
    let run = RunFacts {
        schema: 1,
        version: String::new(),
        rules: String::new(),
        command: "hook".to_owned(),
        targets: Vec::new(),
        started: Instant::now(),
    };
    let summary = Summary { complete: notices.is_empty(), ..Summary::default() };
    Outcome { run, actions: Vec::new(), findings, suppressed: Vec::new(), notices, hints: Vec::new(), summary }
}

fn judged(kind: HookKind, occasion: Occasion, outcome: &Outcome) -> Judged<'_> {
    Judged { kind, occasion, outcome, fail_on: FailOn::Likely, comments: kind != HookKind::PreReceive }
}

fn refusal(kind: HookKind, occasion: Occasion, commit: Option<u8>) -> String {
    let found = finding(1, Confidence::Certain, vec![location("config/prod.env", commit)]);
    judged(kind, occasion, &outcome(vec![found], Vec::new())).refusal().join("\n")
}

fn occasions() -> [(HookKind, Occasion, Option<u8>); 6] {
    [
        (HookKind::PreCommit, Occasion::Commit, None),
        (HookKind::CommitMsg, Occasion::Message(".git/COMMIT_EDITMSG".to_owned()), None),
        (HookKind::PrePush, Occasion::Push, Some(0xab)),
        (HookKind::PreReceive, Occasion::Receive, Some(0xab)),
        (HookKind::PreCommit, Occasion::Range, Some(0xab)),
        (HookKind::PreCommit, Occasion::Files, None),
    ]
}

#[test]
fn a_refused_commit_tells_what_where_and_what_to_do() {
    let text = refusal(HookKind::PreCommit, Occasion::Commit, None);
    let sha256 = Fingerprint::of_public(&[1]);
    for part in [
        "ksefleaks: commit refused: what is staged holds 1 credential of KSeF\n",
        "\n  token of KSeF 2.0, certain (ksef-token ",
        "\n    config/prod.env:2:12\n",
        "git add -- config/prod.env\n",
        "git reset -- config/prod.env\n",
        "\n    ksefleaks:allow REASON\n",
        &format!("\n    [[allow]]\n    sha256 = \"{sha256}\"\n    reason = \"REASON\"\n"),
        "\nTo go past the check once: git commit --no-verify",
    ] {
        assert!(text.contains(part), "{part:?} is missing from\n{text}");
    }
}

#[test]
fn a_refused_push_names_the_commit_to_edit() {
    let text = refusal(HookKind::PrePush, Occasion::Push, Some(0xab));
    assert!(text.contains("config/prod.env:2:12 in commit abababababab\n"), "{text}");
    assert!(text.contains("git rebase -i abababababab^\n") && text.contains("git push --no-verify"), "{text}");
}

#[test]
fn a_server_names_no_way_around_and_no_comment() {
    let text = refusal(HookKind::PreReceive, Occasion::Receive, Some(0xab));
    assert!(text.starts_with("ksefleaks: push refused by the server"), "{text}");
    assert!(!text.contains("no-verify") && !text.contains("ksefleaks:allow") && text.contains("[[allow]]"), "{text}");
}

#[test]
fn no_line_is_longer_than_a_terminal_is_wide() {
    for (kind, occasion, commit) in occasions() {
        // Git puts «remote: » before each line of a server; a fingerprint cannot be broken.
        let most = if occasion == Occasion::Receive { 72 } else { 80 };
        let text = refusal(kind, occasion.clone(), commit);
        let wide = text.lines().filter(|line| line.chars().count() > most);
        let wide: Vec<&str> = wide.filter(|line| most == 80 || !line.contains("sha256")).collect();
        assert!(wide.is_empty(), "{occasion:?}: {wide:?}");
    }
}

#[test]
fn every_occasion_says_to_revoke_and_how_to_allow() {
    for (kind, occasion, commit) in occasions() {
        let text = refusal(kind, occasion.clone(), commit);
        assert!(text.contains("revoke it in") && text.contains("reason = \"REASON\""), "{occasion:?}");
    }
}

#[test]
fn long_lists_are_cut_and_counted() {
    let places = (0..8).map(|index| location(&format!("{index}.env"), None)).collect();
    let many = (0..12).map(|index| finding(index, Confidence::Certain, Vec::new()));
    let findings: Vec<Finding> = [finding(99, Confidence::Certain, places)].into_iter().chain(many).collect();
    let outcome = outcome(findings, Vec::new());
    let text = judged(HookKind::PreCommit, Occasion::Commit, &outcome).refusal().join("\n");
    for part in
        ["holds 13 credentials", "and 3 more places", "  and 3 more\n", "the same for 10 more", "git add -- FILE..."]
    {
        assert!(text.contains(part), "{part:?} is missing from\n{text}");
    }
}

#[test]
fn what_was_not_searched_is_told_with_either_verdict() {
    let notice = Notice::new(Origin::label("all of the run"), Reason::TooLong, "not finished within --max-time 20");
    let late = outcome(Vec::new(), vec![notice]);
    for (kind, occasion, _) in occasions() {
        let judged = judged(kind, occasion, &late);
        for (refused, word) in [(true, "refused"), (false, "let pass")] {
            let text = judged.incomplete(refused).join("\n");
            assert!(
                text.contains(word) && text.contains("\n  all of the run: not finished within --max-time 20"),
                "{text}"
            );
        }
    }
    let found = finding(1, Confidence::Certain, Vec::new());
    let both = Outcome { findings: vec![found], ..late };
    assert!(
        judged(HookKind::PrePush, Occasion::Push, &both).refusal().join("\n").contains("not all of it was searched")
    );
}

#[test]
fn what_is_let_pass_is_named_where_it_may_be_one() {
    let doubt = outcome(vec![finding(1, Confidence::Possible, vec![location("a.env", None)])], Vec::new());
    let judged = judged(HookKind::PreCommit, Occasion::Commit, &doubt);
    assert_eq!(judged.doubts(), ["let pass: token of KSeF 2.0, possible: a.env:2:12"]);
}
