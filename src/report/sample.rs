//! Outcomes for the tests of reports; every credential in them is invented and opens nothing.

use crate::base::{
    About, Action, Clothes, CommitMark, Confidence, Finding, Fingerprint, GitPlace, Inside, Instant, Kind, Location,
    Notice, ObjectName, Origin, Outcome, Quieter, Reachable, Reason, Role, RunFacts, SecretFacts, Severity, Standing,
    State, Step, Summary, Suppressed,
};

/// A run that met nothing at all.
pub(super) fn empty() -> Outcome {
    let run = RunFacts {
        schema: 1,
        version: "0.1.0".to_owned(),
        rules: "sha256:00".to_owned(),
        command: "scan".to_owned(),
        targets: vec![".".to_owned()],
        started: at("2026-11-21T10:00:00Z"),
    };
    let summary = Summary { complete: true, ..Summary::default() };
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

/// A run with two credentials and a notice.
pub(super) fn full() -> Outcome {
    let mut outcome = empty();
    outcome.findings = vec![token(), session()];
    outcome.notices = vec![
        Notice::new(
            Origin::label("b.zip").member("x.sql"),
            Reason::TooLarge,
            "member of 512 MiB exceeds --max-blob 64 MiB; not searched",
        )
        .limit("--max-blob"),
    ];
    outcome.hints = vec!["ksefleaks git ./erp".to_owned()];
    outcome.summary.files = 12;
    outcome.summary.bytes = 3_600_000;
    outcome.summary.findings = [(Confidence::Certain, 1), (Confidence::Likely, 1)].into();
    outcome.summary.notices = [("too-large".to_owned(), 1)].into();
    outcome.summary.left.git_store = 1;
    outcome.summary.complete = false;
    outcome.summary.seconds = 0.25;
    outcome
}

/// A run in which every name wants to act on the terminal.
pub(super) fn hostile() -> Outcome {
    let evil = "\u{1b}[2J\u{9b}31m\r\n\u{202e}\u{2066}\u{200b}\u{61c}\u{e0041}\u{7f}";
    let mut outcome = full();
    outcome.run.targets = vec![evil.to_owned()];
    outcome.hints = vec![format!("ksefleaks git {evil}")];
    for finding in &mut outcome.findings {
        finding.title = evil.to_owned();
        finding.help = format!("a {evil} b");
        finding.rule = evil.to_owned();
        finding.secret.redacted = Some(evil.to_owned());
        finding.about.context = Some(evil.to_owned());
        finding.about.nip = Some(evil.to_owned());
        finding.about.environment = Some(evil.to_owned());
        finding.about.method = Some(evil.to_owned());
        finding.about.weak = vec![evil.to_owned()];
        finding.standing.reason = Some(evil.to_owned());
        finding.standing.entity = Some(evil.to_owned());
        for location in &mut finding.locations {
            location.origin = Origin::label(evil).member(evil);
            let mut git = git();
            git.repo = evil.to_owned();
            git.refs = vec![evil.to_owned()];
            git.commits[0].author = Some(evil.to_owned());
            location.git = Some(git.into());
        }
    }
    outcome.suppressed =
        vec![Suppressed { finding: outcome.findings[0].clone(), by: Quieter::Allow, reason: Some(evil.to_owned()) }];
    for notice in &mut outcome.notices {
        notice.origin = Origin::label(evil).member(evil);
        notice.text = evil.to_owned();
        notice.remedy = Some(evil.to_owned());
    }
    outcome
}

/// A run of which a step is told: `number` tokens to revoke and to replace, of one company in one environment.
pub(super) fn urgent(number: usize) -> Outcome {
    let mut outcome = full();
    for step in [Step::Revoke, Step::Replace] {
        outcome.actions.extend((0..number).map(|at| action(step, &format!("20251014-EC-{at:010X}"))));
    }
    outcome
}

/// A run in which whatever names what to do wants to act on the terminal.
pub(super) fn urgent_and_hostile() -> Outcome {
    let evil = "\u{1b}[2J\r\n\u{202e}::error::a[b](c)<d>&{0}".to_owned();
    let mut outcome = urgent(2);
    for action in &mut outcome.actions {
        for field in [&mut action.reference, &mut action.nip, &mut action.entity, &mut action.environment] {
            *field = Some(evil.clone());
        }
        for field in [&mut action.name, &mut action.owner, &mut action.system, &mut action.call] {
            *field = Some(evil.clone());
        }
        action.portal.clone_from(&evil);
    }
    outcome
}

/// One step for the token of that reference.
pub(super) fn action(step: Step, reference: &str) -> Action {
    let base = "https://api.ksef.mf.gov.pl/v2";
    let (portal, call) = match step {
        Step::Revoke => ("Lista tokenów › Unieważnij", Some(format!("DELETE {base}/tokens/{reference}"))),
        Step::EndSessions => ("(by the API alone)", Some(format!("GET {base}/auth/sessions"))),
        Step::Tell => ("(to be told by you)", None),
        Step::Replace => ("Generuj token", Some(format!("POST {base}/tokens"))),
        Step::ReviewInvoices => ("Lista faktur", Some(format!("POST {base}/invoices/query/metadata"))),
    };
    Action {
        step,
        finding: reference.to_owned(),
        reference: Some(reference.to_owned()),
        serial: None,
        nip: Some("5265877635".to_owned()),
        entity: Some("ABC Sp. z o.o.".to_owned()),
        environment: Some("production".to_owned()),
        name: Some("ABC-PROD".to_owned()),
        owner: Some("Ewa Zmyślona".to_owned()),
        custodian: None,
        system: Some("Comarch".to_owned()),
        since: Some(at("2025-10-14T13:23:47.084Z")),
        portal: portal.to_owned(),
        call,
    }
}

/// A token that stands in two places.
pub(super) fn token() -> Finding {
    let mail = Origin::label("mail/2026.mbox").member("message 41").member("umowa.zip").member("a/token.txt");
    Finding {
        id: "3f0c5b1e9a77d204".to_owned(),
        rule: "ksef-token".to_owned(),
        title: "token of KSeF 2.0".to_owned(),
        help: "Revoke it in the taxpayer application or with DELETE /tokens/{reference}, then end its sessions."
            .to_owned(),
        kind: Kind::Token,
        confidence: Confidence::Certain,
        severity: Severity::Critical,
        own_severity: None,
        own_confidence: None,
        secret: SecretFacts {
            sha256: Some(Fingerprint::of_public(b"sample")),
            length: Some(116),
            redacted: Some("20251014-EC-2DFC46C000-3AC6D5877F-D4|nip-5265877635|9f3a…(64 hex)".to_owned()),
        },
        aliases: vec![Fingerprint::of_public(b"alias")],
        about: About {
            reference: Some("20251014-EC-2DFC46C000-3AC6D5877F-D4".to_owned()),
            issued: Some(at("2025-10-14T13:23:47.084Z")),
            context: Some("nip".to_owned()),
            nip: Some("5265877635".to_owned()),
            ..About::default()
        },
        standing: Standing::unknown(),
        count: 2,
        locations: vec![
            Location {
                origin: mail,
                line: Some(3),
                column: Some(14),
                offset: Some(812),
                clothes: vec![Clothes::Base64],
                inside: Inside::default(),
                mail: None,
                git: None,
            },
            place(".env", 2, 12),
        ],
    }
}

/// A session's JWT whose time is over.
pub(super) fn session() -> Finding {
    Finding {
        id: "aa0c5b1e9a77d204".to_owned(),
        rule: "ksef-jwt".to_owned(),
        title: "access token of the KSeF API".to_owned(),
        kind: Kind::Jwt,
        confidence: Confidence::Likely,
        severity: Severity::High,
        about: About {
            nip: Some("5265877635".to_owned()),
            environment: Some("test".to_owned()),
            expires: Some(at("2026-01-01T00:00:00Z")),
            token_type: Some("access".to_owned()),
            weak: vec!["crc".to_owned()],
            ..About::default()
        },
        standing: Standing::new(State::Expired, "expiry", "its time ended on 2026-01-01"),
        count: 1,
        locations: vec![place("log/http.txt", 1, 1)],
        ..token()
    }
}

/// A plain place in a file.
pub(super) fn place(path: &str, line: u64, column: u64) -> Location {
    let origin = Origin::label(path);
    Location {
        origin,
        line: Some(line),
        column: Some(column),
        offset: Some(0),
        clothes: Vec::new(),
        inside: Inside::default(),
        mail: None,
        git: None,
    }
}

/// The facts of a credential that was committed and taken out again.
pub(super) fn git() -> GitPlace {
    let name = |digit: u8| ObjectName::new(&[digit; 20]).unwrap();
    let commit = |digit, role, author: Option<&str>, date| CommitMark {
        id: name(digit),
        role,
        author: author.map(str::to_owned),
        date: Some(at(date)),
    };
    GitPlace {
        repo: "/srv/erp".to_owned(),
        object: Some(name(0x33)),
        reachable: Some(Reachable::History),
        refs: ["refs/heads/main", "refs/remotes/origin/main", "refs/tags/v1.0"].map(str::to_owned).to_vec(),
        commits: vec![
            commit(0x11, Role::Added, Some("Jan Przykładowy <jan@example.test>"), "2025-10-15T08:00:00Z"),
            commit(0x22, Role::Removed, None, "2025-11-02T08:00:00Z"),
        ],
    }
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}
