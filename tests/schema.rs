//! Machine-readable output against the contract of findings.
//!
//! Holds: which fields there are, of which type, in which order. Fields may be added, never renamed or given
//! another meaning: what is listed here stays.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends by panicking, and reads only what it wrote")]

#[allow(dead_code, reason = "shared with the tests of reports")]
mod made;

use std::fs;
use std::path::Path;
use std::process::Command;

use ksefleaks::{Origin, Reachable, Sampler, Style, formats};
use serde_json::Value;

/// The type that a field must have; `?` = or null.
type Fields = &'static [(&'static str, &'static str)];

const RUN: Fields = &[
    ("type", "string"),
    ("schema", "count"),
    ("version", "string"),
    ("rules", "string"),
    ("command", "string"),
    ("targets", "strings"),
    ("started", "instant"),
];
const FINDING: Fields = &[
    ("type", "string"),
    ("id", "string"),
    ("rule", "string"),
    ("kind", "string"),
    ("confidence", "string"),
    ("severity", "string"),
    ("secret", "object"),
    ("aliases", "strings"),
    ("about", "object"),
    ("standing", "object"),
    ("count", "count"),
    ("locations", "array"),
];
const SECRET: Fields = &[("sha256", "string?"), ("length", "count?"), ("redacted", "string?")];
const ABOUT: Fields = &[
    ("reference", "string?"),
    ("issued", "instant?"),
    ("context", "string?"),
    ("nip", "string?"),
    ("environment", "string?"),
    ("expires", "instant?"),
    ("weak", "strings"),
];
const STANDING: Fields = &[
    ("state", "string"),
    ("by", "string?"),
    ("reason", "string?"),
    ("entity", "string?"),
    ("owner", "string?"),
    ("system", "string?"),
];
const LOCATION: Fields = &[
    ("path", "string"),
    ("inner", "strings"),
    ("line", "count?"),
    ("column", "count?"),
    ("offset", "count?"),
    ("clothes", "strings"),
];
/// Of a place in a repository, besides.
const PLACE: Fields =
    &[("repo", "string"), ("blob", "string?"), ("reachable", "string?"), ("refs", "strings"), ("commits", "array")];
const COMMIT: Fields = &[("id", "string"), ("role", "string"), ("author", "string?"), ("date", "instant?")];
const NOTICE: Fields = &[
    ("type", "string"),
    ("reason", "string"),
    ("path", "string"),
    ("inner", "strings"),
    ("limit", "string?"),
    ("remedy", "string?"),
    ("incomplete", "flag"),
    ("text", "string"),
];
const SUMMARY: Fields = &[
    ("type", "string"),
    ("files", "count"),
    ("bytes", "count"),
    ("members", "count"),
    ("objects", "count"),
    ("blobs", "count"),
    ("remembered", "count"),
    ("commits", "count"),
    ("findings", "object"),
    ("quieted", "object"),
    ("placeholders", "count"),
    ("examples", "count"),
    ("left", "object"),
    ("notices", "object"),
    ("complete", "flag"),
    ("interrupted", "flag"),
    ("seconds", "number"),
];

const KINDS: &[&str] = &["token", "jwt", "key", "keystore", "password"];
const CONFIDENCES: &[&str] = &["certain", "likely", "possible"];
const SEVERITIES: &[&str] = &["critical", "high", "medium", "low", "info"];
const STATES: &[&str] = &["live", "expiring", "expired", "revoked", "dead", "unlisted", "foreign", "unknown"];
const REACHES: &[&str] = &["tip", "history", "index", "stash", "reflog", "none"];
const ROLES: &[&str] = &["added", "removed", "holds"];
const REASONS: &[&str] = &[
    "unreadable",
    "vanished",
    "too-large",
    "too-deep",
    "too-many",
    "too-long",
    "ratio",
    "malformed",
    "encrypted",
    "unsupported",
    "missing-objects",
    "panicked",
];

fn is(value: &Value, kind: &str) -> bool {
    match kind.strip_suffix('?') {
        Some(_) if value.is_null() => true,
        Some(kind) => is(value, kind),
        None => match kind {
            "string" => value.is_string(),
            "strings" => value.as_array().is_some_and(|all| all.iter().all(Value::is_string)),
            "instant" => {
                value.as_str().is_some_and(|text| text.parse::<ksefleaks::Instant>().is_ok() && text.ends_with('Z'))
            }
            "count" => value.is_u64(),
            "number" => value.is_number(),
            "flag" => value.is_boolean(),
            "object" => value.is_object(),
            "array" => value.is_array(),
            other => panic!("no such type: {other}"),
        },
    }
}

fn has(value: &Value, fields: Fields) {
    for (name, kind) in fields {
        let field = value.get(name).unwrap_or_else(|| panic!("{name} is missing from {value}"));
        assert!(is(field, kind), "{name} is no {kind} in {value}");
    }
}

fn one_of(value: &Value, words: &[&str]) {
    assert!(words.contains(&value.as_str().unwrap()), "{value} is none of {words:?}");
}

fn counts(value: &Value, names: &[&str]) {
    for name in names {
        assert!(value[name].is_u64(), "{name} is missing from {value}");
    }
}

fn finding(value: &Value) {
    has(value, FINDING);
    has(&value["secret"], SECRET);
    has(&value["about"], ABOUT);
    has(&value["standing"], STANDING);
    one_of(&value["kind"], KINDS);
    one_of(&value["confidence"], CONFIDENCES);
    one_of(&value["severity"], SEVERITIES);
    one_of(&value["standing"]["state"], STATES);
    let id = value["id"].as_str().unwrap();
    assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    let locations = value["locations"].as_array().unwrap();
    assert!(value["count"].as_u64().unwrap() >= locations.len() as u64 && !locations.is_empty());
    for location in locations {
        has(location, LOCATION);
        assert_ne!(location["line"], 0, "lines count from 1");
        assert_ne!(location["column"], 0, "columns count from 1");
        if location.get("repo").is_some() {
            place(location);
        }
    }
}

fn place(location: &Value) {
    has(location, PLACE);
    if !location["reachable"].is_null() {
        one_of(&location["reachable"], REACHES);
    }
    for commit in location["commits"].as_array().unwrap() {
        has(commit, COMMIT);
        one_of(&commit["role"], ROLES);
        assert_eq!(commit["id"].as_str().unwrap().len(), 40);
    }
}

fn notice(value: &Value) {
    has(value, NOTICE);
    one_of(&value["reason"], REASONS);
}

fn summary(value: &Value) {
    has(value, SUMMARY);
    counts(&value["findings"], CONFIDENCES);
    counts(&value["quieted"], &["allow", "baseline"]);
    counts(&value["left"], &["link", "device", "git-store", "excluded"]);
    for (reason, number) in value["notices"].as_object().unwrap() {
        assert!(REASONS.contains(&reason.as_str()) && number.is_u64(), "{reason}");
    }
}

/// Directories with a bit of everything that a first version can meet.
fn generated() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("a.env", "KSEF_TOKEN={{token}}\n"),
        ("b/weak.env", "KSEF_TOKEN={{token:wrong=crc}}\n"),
        ("b/http.log", "Authorization: Bearer {{jwt:access:test}}\nAuthorization: Bearer {{jwt:refresh:production}}\n"),
        ("b/guide.txt", "Token autoryzacyjny KSeF: {{token40}}\n"),
        ("c/old.ini", "ksef_token={{HEX64}}\n"),
        ("c/allowed.py", "t = '{{token}}'  # ksefleaks:allow\n"),
        ("c/plain.txt", "nothing at all\n"),
    ];
    for (index, (name, template)) in files.iter().enumerate() {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, Sampler::new(index as u64).fill(template).unwrap()).unwrap();
    }
    fs::copy(folder.path().join("a.env"), folder.path().join("c/copy.env")).unwrap();
    folder
}

fn run(folder: &Path, words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ksefleaks"));
    let output = command.current_dir(folder).args(["scan", "--now", "2026-11-21"]).args(words).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_line_has_the_fields_of_its_type_in_the_order_of_types() {
    let folder = generated();
    let all = lines(&run(folder.path(), &["--format", "jsonl"]));
    let order = ["run", "finding", "notice", "summary"];
    let ranks: Vec<usize> =
        all.iter().map(|value| order.iter().position(|name| value["type"] == *name).unwrap()).collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
    assert_eq!((ranks.first(), ranks.last()), (Some(&0), Some(&3)));
    assert_eq!(ranks.iter().filter(|rank| matches!(rank, 0 | 3)).count(), 2, "one run, one summary");
    for value in &all {
        match value["type"].as_str().unwrap() {
            "run" => has(value, RUN),
            "finding" => finding(value),
            "notice" => notice(value),
            _ => summary(value),
        }
    }
    let found = ranks.iter().filter(|rank| **rank == 1).count() as u64;
    let counted = &all.last().unwrap()["findings"];
    let total: u64 = CONFIDENCES.iter().map(|name| counted[name].as_u64().unwrap()).sum();
    assert_eq!(found, total);
    assert!(found >= 5, "{found}");
}

#[test]
fn a_place_in_a_repository_has_the_fields_of_the_contract() {
    let lines_of = formats().iter().find(|format| format.name == "jsonl").unwrap();
    let mut seen = Vec::new();
    for from in
        [Reachable::Tip, Reachable::History, Reachable::Index, Reachable::Stash, Reachable::Reflog, Reachable::None]
    {
        let mut outcome = made::empty();
        let location = made::place(Origin::label(".env"), Some(made::git(from)));
        outcome.findings = vec![made::finding("ksef-token", 1, vec![location])];
        let mut out = Vec::new();
        lines_of.report.write(&outcome, &Style::default(), &mut out).unwrap();
        let told = lines(std::str::from_utf8(&out).unwrap());
        finding(&told[1]);
        let location = &told[1]["locations"][0];
        assert!(location.get("repo").is_some() && location["commits"][0]["author"].is_string(), "{location}");
        seen.push(location["reachable"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen, REACHES);
}

#[test]
fn the_run_tells_what_it_was() {
    let folder = generated();
    let all = lines(&run(folder.path(), &["--format", "jsonl", "b", "a.env"]));
    assert_eq!(all[0]["schema"], 1);
    assert_eq!(all[0]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(all[0]["command"], "scan");
    assert_eq!(all[0]["targets"], serde_json::json!(["b", "a.env"]));
    let rules = all[0]["rules"].as_str().unwrap();
    assert!(rules.starts_with("sha256:") && rules.len() == 71, "{rules}");
}

#[test]
fn one_credential_in_two_files_is_one_finding_with_its_places() {
    let folder = generated();
    let all = lines(&run(folder.path(), &["--format", "jsonl"]));
    let twice = all.iter().find(|value| value["count"] == 2).unwrap();
    let places: Vec<&str> =
        twice["locations"].as_array().unwrap().iter().map(|at| at["path"].as_str().unwrap()).collect();
    let mut sorted = places.clone();
    sorted.sort_unstable();
    assert_eq!(places, sorted);
    assert_eq!((twice["confidence"].as_str(), twice["rule"].as_str()), (Some("certain"), Some("ksef-token")));
    assert_eq!(twice["locations"][0]["column"], 12);
}

#[test]
fn the_document_holds_the_same_as_the_lines() {
    let folder = generated();
    let document: Value = serde_json::from_str(&run(folder.path(), &["--format", "json"])).unwrap();
    let mut parts = vec![document["run"].clone()];
    parts.extend(document["findings"].as_array().unwrap().iter().cloned());
    parts.extend(document["notices"].as_array().unwrap().iter().cloned());
    parts.push(document["summary"].clone());
    assert_eq!(timeless(parts), timeless(lines(&run(folder.path(), &["--format", "jsonl"]))));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = generated();
    let told = |jobs: &str| timeless(lines(&run(folder.path(), &["--format", "jsonl", "--jobs", jobs])));
    let one = told("1");
    for _ in 0..4 {
        assert_eq!(told("8"), one);
    }
}

/// Without what two runs may differ in.
fn timeless(mut all: Vec<Value>) -> Vec<Value> {
    for value in &mut all {
        let object = value.as_object_mut().unwrap();
        object.remove("seconds");
        object.remove("started");
    }
    all
}
