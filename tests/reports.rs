//! The reports that pipelines read, against the published schemas of their formats.
//!
//! Holds: one validation a format, over runs made by hand and one real scan, and what no schema can ask
//! for: that indices lead somewhere, that nobody is named unasked, that no source text is told. The
//! schemas stand in `tests/schemas/`, with where they are from. The XSD needs `xmllint`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test ends by panicking, and reads what stands beside it"
)]

mod made;
#[allow(dead_code, reason = "shared with other tests")]
mod run;
#[path = "run/tools.rs"]
mod tools;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use ksefleaks::{Limits, Outcome, Style, formats};
use serde_json::Value;

/// The runs that every format is tried with.
fn runs() -> Vec<(&'static str, Outcome)> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/hit");
    let scanned = run::scan(&[&corpus], 2, Limits::default());
    assert!(scanned.findings.len() > 20, "the corpus is there");
    let mut interrupted = made::empty();
    interrupted.summary.interrupted = true;
    vec![
        ("empty", made::empty()),
        ("full", made::full()),
        ("hostile", made::hostile()),
        ("interrupted", interrupted),
        ("corpus", scanned),
    ]
}

fn told(format: &str, outcome: &Outcome, people: bool) -> String {
    let format = formats().iter().find(|known| known.name == format).unwrap();
    let mut out = Vec::new();
    format.report.write(outcome, &Style { people, ..Style::default() }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn json(format: &str, outcome: &Outcome, people: bool) -> Value {
    serde_json::from_str(&told(format, outcome, people)).unwrap()
}

fn schema(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas").join(name)
}

fn validate(format: &str, file: &str) {
    let text = fs::read_to_string(schema(file)).unwrap();
    // A slip in the schema of SARIF, in a field that is not written: by the letter no expression.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let rules: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&rules).unwrap();
    assert!(!validator.is_valid(&serde_json::json!({"version": 7})), "the schema asks for something");
    for (name, outcome) in runs() {
        for people in [false, true] {
            let document = json(format, &outcome, people);
            let broken: Vec<String> =
                validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(broken.is_empty(), "{format} of {name}: {broken:#?}");
        }
    }
}

#[test]
fn sarif_is_valid() {
    validate("sarif", "sarif-schema-2.1.0.json");
}

#[test]
fn gitlab_is_valid() {
    validate("gitlab", "gitlab-secret-detection.json");
}

#[test]
fn junit_is_valid() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        tools::passes_over("xmllint");
        return;
    }
    let check = |text: &str| {
        let mut command = Command::new("xmllint");
        command.args(["--noout", "--nonet", "--schema"]).arg(schema("junit-10.xsd")).arg("-");
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert!(!check("<testsuite name=\"a\"/>").0, "the schema asks for something");
    for (name, outcome) in runs() {
        for people in [false, true] {
            let (valid, said) = check(&told("junit", &outcome, people));
            assert!(valid, "junit of {name}: {said}");
        }
    }
}

#[test]
fn annotations_are_commands_and_nothing_else() {
    for (name, outcome) in runs() {
        let text = told("github", &outcome, false);
        for line in text.lines() {
            let (command, _) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).unwrap();
            let (kind, properties) = command.split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&kind), "{name}: {line}");
            for property in properties.split(',') {
                let (key, value) = property.split_once('=').unwrap();
                assert!(["file", "line", "col", "title"].contains(&key) && !value.contains(':'), "{name}: {line}");
            }
        }
        assert_eq!(text.matches("::notice title=ksefleaks::").count(), 1, "{name}");
    }
}

#[test]
fn every_index_of_sarif_leads_to_what_it_names() {
    for (name, outcome) in runs() {
        let document = json("sarif", &outcome, false);
        let run = &document["runs"][0];
        let artifacts = run["artifacts"].as_array().cloned().unwrap_or_default();
        let at = |index: &Value| usize::try_from(index.as_u64().unwrap()).unwrap();
        for (index, artifact) in artifacts.iter().enumerate() {
            match artifact.get("parentIndex") {
                Some(parent) => assert!(at(parent) < index, "{name}: a member stands in what came before"),
                None => assert!(artifact["location"]["uri"].is_string()),
            }
        }
        let results = run["results"].as_array().unwrap();
        for result in results {
            assert_eq!(run["tool"]["driver"]["rules"][at(&result["ruleIndex"])]["id"], result["ruleId"], "{name}");
        }
        let notices = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
        for notice in notices {
            let known = &run["tool"]["driver"]["notifications"][at(&notice["descriptor"]["index"])];
            assert_eq!(known["id"], notice["descriptor"]["id"], "{name}");
        }
        let places = results.iter().chain(notices).filter_map(|told| told["locations"].as_array()).flatten();
        for place in places {
            let told = &place["physicalLocation"]["artifactLocation"];
            if let Some(index) = told.get("index") {
                let known = &artifacts[at(index)]["location"];
                assert_eq!((&known["uri"], known.get("uriBaseId")), (&told["uri"], told.get("uriBaseId")), "{name}");
            }
            if let Some(base) = told.get("uriBaseId") {
                assert!(run["originalUriBaseIds"].get(base.as_str().unwrap()).is_some(), "{name}");
            }
        }
    }
}

#[test]
fn a_member_of_a_container_is_told_by_its_whole_chain() {
    let run = json("sarif", &made::full(), false)["runs"][0].clone();
    let result = run["results"].as_array().unwrap().iter().find(|result| result["locations"][1].is_object()).unwrap();
    let (file, member) = (&result["locations"][0], &result["locations"][1]);
    assert_eq!(file["physicalLocation"]["artifactLocation"]["uri"], "mail/2026.mbox");
    assert!(file["physicalLocation"].get("region").is_none(), "no line of the file is known");
    assert_eq!(member["physicalLocation"]["region"]["startLine"], 3);
    let mut chain = Vec::new();
    let mut index = member["physicalLocation"]["artifactLocation"]["index"].as_u64();
    while let Some(at) = index {
        let artifact = &run["artifacts"][usize::try_from(at).unwrap()];
        chain.push(artifact["location"]["uri"].as_str().unwrap().to_owned());
        index = artifact["parentIndex"].as_u64();
    }
    assert_eq!(chain, ["/a/%5Bb%5D%28c%29%20%7B0%7D.txt", "/message%2041", "mail/2026.mbox"]);
    assert_eq!(member["logicalLocations"][0]["fullyQualifiedName"], "mail/2026.mbox!/message 41!/a/[b](c) {0}.txt");
    assert!(result["message"]["text"].as_str().unwrap().contains("\\[b\\](c) {{0}}.txt"), "no link, no argument");
}

#[test]
fn fingerprints_stay_when_lines_and_commits_change() {
    let outcome = made::full();
    let mut moved = made::full();
    for location in moved.findings.iter_mut().flat_map(|finding| &mut finding.locations) {
        location.line = location.line.map(|line| line + 40);
        location.offset = location.offset.map(|offset| offset + 4000);
        location.git = None;
    }
    let prints = |outcome: &Outcome| -> Vec<Value> {
        let document = json("sarif", outcome, false);
        let results = document["runs"][0]["results"].as_array().unwrap().clone();
        results
            .iter()
            .map(|result| serde_json::json!([result.get("fingerprints"), result["partialFingerprints"]]))
            .collect()
    };
    let (before, after) = (prints(&outcome), prints(&moved));
    assert_eq!(before, after);
    let mut places: Vec<String> = before.iter().map(|one| one[1].to_string()).collect();
    places.sort();
    places.dedup();
    assert_eq!(places.len(), before.len(), "each place has a name of its own");
    let first = outcome.findings[0].secret.sha256.unwrap().to_string();
    assert_eq!(before[0][0]["ksefleaks/credential/v1"], first);
    assert_eq!(before[3][0], before[0][0], "one credential, four files");
    let ids = |outcome: &Outcome| -> Vec<Value> {
        let document = json("gitlab", outcome, false);
        document["vulnerabilities"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
    };
    assert_eq!(ids(&outcome), ids(&moved));
}

#[test]
fn what_was_quieted_is_told_as_such() {
    let run = json("sarif", &made::full(), false)["runs"][0].clone();
    let quieted: Vec<String> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|result| result["suppressions"].get(0))
        .map(|one| format!("{} {}: {}", one["kind"], one["status"], one["justification"]).replace('"', ""))
        .collect();
    assert_eq!(
        quieted,
        [
            "external accepted: test environment",
            "inSource accepted: a comment on each of its lines allows it",
            "external accepted: it stands in the baseline",
        ]
    );
    assert!(!told("gitlab", &made::full(), false).contains("known.env"), "GitLab would raise an alarm for it");
    assert!(told("junit", &made::full(), false).contains("skipped=\"4\""));
}

#[test]
fn nobody_is_named_unasked_and_no_source_text_is_told() {
    for format in ["sarif", "gitlab", "github", "junit"] {
        let quiet = told(format, &made::full(), false);
        assert!(!quiet.contains("Przykładowy") && !quiet.contains("example.test"), "{format}");
        let named = told(format, &made::full(), true);
        assert_eq!(named.contains("jan@example.test"), format != "github", "{format}: annotations name nobody ever");
        for field in ["snippet", "contextRegion", "contents", "raw_source_code_extract", "hostname"] {
            assert!(
                !named.contains(&format!("\"{field}\"")) && !named.contains(&format!(" {field}=")),
                "{format}: {field}"
            );
        }
    }
}

#[test]
fn the_same_run_is_told_the_same_way() {
    for format in formats() {
        assert_eq!(told(format.name, &made::full(), true), told(format.name, &made::full(), true), "{}", format.name);
    }
}
