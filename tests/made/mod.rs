//! Outcomes made by hand, through the library's public face.
//!
//! Holds: runs that hold what only some scans meet: places in repositories, in containers and in names,
//! notices, what was quieted, names that want to act on whatever shows them. Must not know: what is
//! expected of their reports. Every credential is invented.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use ksefleaks::{
    About, Clothes, CommitMark, Confidence, Finding, Fingerprint, GitPlace, Inside, Instant, Kind, Location, Notice,
    ObjectName, Origin, Outcome, Quieter, Reachable, Reason, Role, RunFacts, SecretFacts, Severity, Standing, State,
    Summary, Suppressed,
};

/// A person who may be named only where that was asked for.
pub const AUTHOR: &str = "Jan Przykładowy <jan@example.test>";

/// A run that met nothing.
pub fn empty() -> Outcome {
    let run = RunFacts {
        schema: 1,
        version: "0.1.0".to_owned(),
        rules: "sha256:00".to_owned(),
        command: "git".to_owned(),
        targets: vec![".".to_owned()],
        started: "2026-11-21T10:00:00.5Z".parse().expect("an instant"),
    };
    let summary = Summary { complete: true, seconds: 1.25, ..Summary::default() };
    Outcome {
        run,
        actions: Vec::new(),
        findings: Vec::new(),
        suppressed: Vec::new(),
        notices: Vec::new(),
        hints: Vec::new(),
        summary,
    }
}

/// A run that met a bit of everything.
pub fn full() -> Outcome {
    let mut outcome = empty();
    let archive = Origin::label("mail/2026.mbox").member("message 41").member("/a/[b](c) {0}.txt");
    let mut name = place(Origin::label("named \"<&>\".txt"), None);
    (name.line, name.column, name.offset) = (None, None, None);
    let spread = vec![
        place(archive, None),
        place(Origin::label("./src/100% zażółć.cs"), Some(git(Reachable::Tip))),
        place(Origin::label("/srv/erp/.env"), None),
        name,
    ];
    let mut expired = finding("ksef-jwt", 2, vec![place(Origin::label("log.txt"), Some(git(Reachable::None)))]);
    expired.standing = Standing::new(State::Expired, "expiry", "its time ended on 2026-01-01");
    let mut password = finding("own-rule", 3, vec![place(Origin::label("a,b::c"), None)]);
    password.secret = SecretFacts { sha256: None, length: None, redacted: None };
    (password.severity, password.confidence) = (Severity::Info, Confidence::Possible);
    let mut token = finding("ksef-token", 1, spread);
    token.count = 250;
    outcome.findings = vec![token, expired, password];
    outcome.suppressed = vec![
        quieted(4, Quieter::Allow, Some("test environment")),
        quieted(5, Quieter::Allow, None),
        quieted(6, Quieter::Baseline, None),
    ];
    let mut harmless = Notice::new(Origin::label("deep.zip").member("x"), Reason::TooDeep, "left by choice");
    harmless.incomplete = false;
    outcome.notices = vec![
        Notice::new(Origin::label("b.zip").member("x.sql"), Reason::TooLarge, "too large").limit("--max-blob"),
        harmless,
    ];
    outcome.summary.objects = 9;
    outcome.summary.complete = false;
    outcome.summary.quieted.baseline = 3;
    outcome
}

/// A run that was broken off, in which every name wants to act on whatever shows it.
pub fn hostile() -> Outcome {
    let evil = "\u{1b}[2J\u{9b}31m\r\n::error::x %0A<![CDATA[]]>&{0}[a](javascript:x)\u{202e}\u{2066}\u{200b}\u{ffff}\u{e0041}\u{7f}";
    let mut outcome = full();
    outcome.summary.interrupted = true;
    outcome.run.targets = vec![evil.to_owned()];
    let quieted = outcome.suppressed.iter_mut().map(|known| &mut known.finding);
    for finding in outcome.findings.iter_mut().chain(quieted) {
        evil.clone_into(&mut finding.title);
        finding.help = format!("{evil} 1. {evil} 2. {evil}");
        evil.clone_into(&mut finding.rule);
        finding.secret.redacted = Some(evil.to_owned());
        finding.about.nip = Some(evil.to_owned());
        finding.standing.reason = Some(evil.to_owned());
        for location in &mut finding.locations {
            location.origin = Origin::label(evil).member(evil);
            let mut git = git(Reachable::History);
            evil.clone_into(&mut git.repo);
            git.refs = vec![evil.to_owned()];
            git.commits[0].author = Some(evil.to_owned());
            location.git = Some(git.into());
        }
    }
    for notice in &mut outcome.notices {
        notice.origin = Origin::label(evil).member(evil);
        evil.clone_into(&mut notice.text);
    }
    outcome.suppressed[0].reason = Some(evil.to_owned());
    outcome
}

/// A token of KSeF in these places.
pub fn finding(rule: &str, seed: u8, locations: Vec<Location>) -> Finding {
    let print = Fingerprint::of_public(&[seed]);
    Finding {
        id: print.short(),
        rule: rule.to_owned(),
        title: "token of KSeF 2.0".to_owned(),
        help: "Hurry. 1. Revoke it with DELETE /tokens/{reference}. 2. End its sessions.".to_owned(),
        kind: Kind::Token,
        confidence: Confidence::Certain,
        severity: Severity::Critical,
        own_severity: None,
        own_confidence: None,
        secret: SecretFacts {
            sha256: Some(print),
            length: Some(116),
            redacted: Some("20251014-EC-2DFC46C000-3AC6D5877F-D4|nip-5265877635|9f3a…(64 hex)".to_owned()),
        },
        aliases: vec![Fingerprint::of_public(&[seed, seed])],
        about: About {
            issued: "2025-10-14T13:23:47.084Z".parse::<Instant>().ok(),
            nip: Some("5265877635".to_owned()),
            ..About::default()
        },
        standing: Standing { owner: Some(AUTHOR.to_owned()), ..Standing::unknown() },
        count: locations.len() as u64,
        locations,
    }
}

/// A place in the third line.
pub fn place(origin: Origin, git: Option<GitPlace>) -> Location {
    Location {
        origin,
        line: Some(3),
        column: Some(14),
        offset: Some(812),
        clothes: vec![Clothes::Base64],
        inside: Inside::default(),
        mail: None,
        git: git.map(Into::into),
    }
}

/// What a repository says of a place.
pub fn git(reachable: Reachable) -> GitPlace {
    let name = |digit: u8| ObjectName::new(&[digit; 20]).expect("twenty bytes");
    let commit = |digit, role, author: Option<&str>| CommitMark {
        id: name(digit),
        role,
        author: author.map(str::to_owned),
        date: "2025-10-15T08:00:00Z".parse().ok(),
    };
    GitPlace {
        repo: ".".to_owned(),
        object: Some(name(0x33)),
        reachable: Some(reachable),
        refs: vec!["refs/heads/main".to_owned()],
        commits: vec![commit(0x11, Role::Added, Some(AUTHOR)), commit(0x22, Role::Removed, None)],
    }
}

fn quieted(seed: u8, by: Quieter, reason: Option<&str>) -> Suppressed {
    let finding = finding("ksef-token", seed, vec![place(Origin::label("known.env"), None)]);
    Suppressed { finding, by, reason: reason.map(str::to_owned) }
}
