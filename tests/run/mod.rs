//! What tests of the whole library share.
//!
//! Holds: a run over paths, its findings as plain rows. Must not know: what is expected of them.

use std::path::Path;

use ksefleaks::{
    AllowList, Confidence, Finding, Fingerprint, Instant, Limits, Outcome, Plan, RuleSet, RunFacts, Session, Source,
    Target, Walk,
};

/// The clock of all tests.
pub fn now() -> Instant {
    Instant::from_day(2026, 11, 21).expect("a real day")
}

/// Everything below the paths, with that many threads.
pub fn scan(paths: &[&Path], jobs: usize, limits: Limits) -> Outcome {
    let facts = RunFacts {
        schema: 1,
        version: "0".to_owned(),
        rules: String::new(),
        command: "scan".to_owned(),
        targets: Vec::new(),
        started: now(),
    };
    let targets = paths.iter().map(|path| Target::Path((*path).to_owned())).collect();
    let plan = Plan {
        facts,
        source: Source::Walk(Walk { targets, jobs, ..Walk::default() }),
        rules: RuleSet::built_in(),
        limits,
        passwords: Vec::new(),
        unlock: true,
        jobs,
        allow: AllowList::default(),
        baseline: None,
        inventory: None,
        comments: true,
        min_confidence: Confidence::Possible,
        now: now(),
    };
    let session = Session::new(plan).expect("a plan that can be carried out");
    session.run();
    session.outcome()
}

/// One place of one credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    pub path: String,
    pub offset: u64,
    pub rule: String,
    pub sha256: String,
    pub line: u64,
    pub column: u64,
    pub clothes: Vec<String>,
    pub confidence: Confidence,
}

/// All places of all findings, their paths below `root`.
pub fn rows(outcome: &Outcome, root: &Path) -> Vec<Row> {
    let mut rows: Vec<Row> = outcome.findings.iter().flat_map(|finding| of_finding(finding, root)).collect();
    rows.sort();
    rows
}

fn of_finding(finding: &Finding, root: &Path) -> Vec<Row> {
    let row = |location: &ksefleaks::Location| Row {
        path: below(location.origin.path.text(), root),
        offset: location.offset.unwrap_or_default(),
        rule: finding.rule.clone(),
        sha256: finding.secret.sha256.as_ref().map(Fingerprint::to_string).unwrap_or_default(),
        line: location.line.unwrap_or_default(),
        column: location.column.unwrap_or_default(),
        clothes: location.clothes.iter().copied().map(name).collect(),
        confidence: finding.confidence,
    };
    finding.locations.iter().map(row).collect()
}

fn name(clothes: ksefleaks::Clothes) -> String {
    serde_json::to_value(clothes).expect("a name").as_str().expect("a text").to_owned()
}

fn below(path: &str, root: &Path) -> String {
    let path = Path::new(path);
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}
