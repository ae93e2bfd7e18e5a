//! `gitlab`: the secret detection report of GitLab, `gl-secret-detection-report.json`.
//!
//! Holds: what is put into the fields, whose names in version 15.0.7 of GitLab's report format stand in
//! `model`. Must not know: other formats.
//!
//! What was decided, and why:
//! - One vulnerability for each file in which a credential stands, by an id made of both: GitLab links
//!   to one file, and tells a vulnerability from the next by rule and place. The same goes into
//!   `tracking`, so that it is still the same one when its line has moved.
//! - `raw_source_code_extract` would be the secret, and is never written.
//! - What was quieted is counted in a message: GitLab would raise an alarm for whatever is listed.

mod model;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::json::line;
use super::place::{Place, Places};
use super::words::{self, Level};
use super::{Report, Style, advice, escape, history, steps};
use crate::base::{Finding, Fingerprint, Instant, Outcome, Severity};
use model::{
    Commit, Detail, Document, Field, Identifier, Item, Location, Message, Program, Scan, Signature, Tracking, Vendor,
    Vulnerability,
};

/// The version of the format; all of its series read each other's reports.
const VERSION: &str = "15.0.7";

/// What GitLab's own analyzer writes where there is no commit, which is a must.
const NO_COMMIT: &str = "0000000";

/// The longest texts that the format allows, in characters, less some room.
const LONGEST_NAME: usize = 250;
const LONGEST_SOLUTION: usize = 6_900;

/// So many commits and refs of a place are listed.
const MARKS: usize = 20;

/// `gitlab`: one document.
pub(super) struct Gitlab;

impl Report for Gitlab {
    fn write(&self, outcome: &Outcome, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut places = Places::default();
        let mut vulnerabilities = Vec::new();
        for finding in &outcome.findings {
            vulnerabilities.extend(places.of(finding).iter().map(|place| vulnerability(finding, place, *style)));
        }
        line(&Document { version: VERSION, scan: scan(outcome, *style), vulnerabilities }, out)
    }
}

fn scan(outcome: &Outcome, style: Style) -> Scan<'_> {
    let program = || Program {
        id: "ksefleaks",
        name: "ksefleaks",
        version: &outcome.run.version,
        vendor: Vendor { name: "ksefleaks" },
    };
    let took = (outcome.summary.seconds * 1000.0) as i64;
    let started = outcome.run.started;
    let ended = Instant::from_millis(started.millis().saturating_add(took)).unwrap_or(started);
    Scan {
        analyzer: program(),
        scanner: program(),
        kind: "secret_detection",
        start_time: bare(started),
        end_time: bare(ended),
        status: if outcome.summary.interrupted { "failure" } else { "success" },
        messages: messages(outcome, style),
    }
}

fn messages(outcome: &Outcome, style: Style) -> Vec<Message> {
    let steps = steps::texts(outcome, style.people, usize::MAX).into_iter().flatten();
    let begins = |at| if at == 0 { "what to do first:\n" } else { "" };
    let told = |(at, step)| Message { level: "info", value: format!("{}{step}", begins(at)) };
    let mut messages: Vec<Message> = steps.enumerate().map(told).collect();
    if outcome.summary.interrupted {
        let value = "interrupted: the rest was not looked at".to_owned();
        messages.push(Message { level: "fatal", value });
    }
    messages.extend(outcome.notices.iter().map(|notice| Message {
        level: if notice.incomplete { "warn" } else { "info" },
        value: format!("{}: {}", escape::origin(&notice.origin), escape::terminal(&notice.text)),
    }));
    if !outcome.suppressed.is_empty() {
        let many = words::count(outcome.suppressed.len() as u64, "credential", "credentials");
        let value = format!("{many} allowed or in the baseline: not listed");
        messages.push(Message { level: "info", value });
    }
    messages
}

/// `yyyy-mm-ddThh:mm:ss` in UTC, and nothing behind it: GitLab refuses even a `Z`.
fn bare(instant: Instant) -> String {
    let text = instant.to_string();
    text.split(['.', 'Z']).next().unwrap_or(&text).to_owned()
}

fn vulnerability<'a>(finding: &'a Finding, place: &Place<'a>, style: Style) -> Vulnerability<'a> {
    let (file, start_line) = (place.path(), place.line());
    let signatures = [Signature { algorithm: "hash", value: place.id }];
    let spots: Vec<String> = place.spots.iter().map(|spot| words::place(spot)).collect();
    Vulnerability {
        id: uuid(place.id),
        name: shortened(&escape::terminal(&finding.title), LONGEST_NAME),
        description: markdown(&format!("{}. It stands in {}.", words::sentence(finding), spots.join("; "))),
        severity: severity(finding),
        solution: shortened(&solution(finding), LONGEST_SOLUTION),
        identifiers: identifiers(finding),
        location: Location { file, start_line, commit: commit(place, style) },
        tracking: Tracking { kind: "source", items: [Item { file, start_line, signatures }] },
        details: details(finding, place, style),
    }
}

/// What is proved to be over is no more than information.
fn severity(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Info => "Info",
        _ if finding.standing.is_over() && words::level(finding) == Level::Note => "Info",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// The rule comes first: by the first one GitLab knows what sort of vulnerability it is.
fn identifiers(finding: &Finding) -> Vec<Identifier> {
    let rule = escape::terminal(&finding.rule).into_owned();
    let credential = finding.secret.sha256.map_or_else(|| finding.id.clone(), |print| print.to_string());
    vec![
        Identifier { kind: "ksefleaks_rule", name: format!("ksefleaks rule {rule}"), value: rule, url: None },
        Identifier {
            kind: "ksefleaks_credential",
            name: format!("ksefleaks credential {}", finding.id),
            value: credential,
            url: None,
        },
        Identifier {
            kind: "cwe",
            name: "CWE-798".to_owned(),
            value: "798".to_owned(),
            url: Some("https://cwe.mitre.org/data/definitions/798.html"),
        },
    ]
}

fn commit(place: &Place<'_>, style: Style) -> Commit {
    match place.git.and_then(history::newest) {
        Some(mark) => {
            Commit { sha: mark.id.to_string(), date: mark.date, author: mark.author.clone().filter(|_| style.people) }
        }
        None => Commit { sha: NO_COMMIT.to_owned(), date: None, author: None },
    }
}

fn details(finding: &Finding, place: &Place<'_>, style: Style) -> BTreeMap<&'static str, Detail> {
    let mut details = BTreeMap::new();
    let mut text = |key, name, value: String| details.insert(key, Detail { name, field: Field::Text { value } });
    text("confidence", "Confidence", words::confidence(finding.confidence).to_owned());
    let standing = if style.people { finding.standing.clone() } else { words::public(&finding.standing) };
    text("standing", "Standing", escape::terminal(&words::standing(&standing)).into_owned());
    let Some(git) = place.git else { return details };
    if let Some(reachable) = git.reachable {
        text("reachable", "Reachable", history::reached(reachable).to_owned());
    }
    if let Some(refs) = history::refs(git, MARKS) {
        text("refs", "Refs", refs);
    }
    if let Some(commits) = history::commits(git, MARKS, style.people) {
        text("history", "History", commits);
    }
    if !git.commits.is_empty() {
        let commits = git.commits.iter().take(MARKS);
        let items = commits.map(|mark| Field::Commit { value: mark.id.to_string() }).collect();
        details.insert("commits", Detail { name: "Commits", field: Field::List { items } });
    }
    details
}

/// A text in which nothing is markup: a file may be named like a link, an image or a person.
fn markdown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '@' | '#' | '!' | '~' | '$') {
            safe.push('\\');
        }
        safe.push(character);
    }
    safe
}

fn solution(finding: &Finding) -> String {
    let steps: Vec<_> = advice::of(finding).into_iter().map(|step| escape::terminal(step).into_owned()).collect();
    steps.join("\n")
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most).chain(['…']).collect()
}

/// The first bits of a fingerprint in the form of a UUID of version 8 (RFC 9562, 5.8): made by a rule
/// of one's own, and no random one.
fn uuid(print: Fingerprint) -> String {
    let digits = print.to_string();
    let variant = u8::from_str_radix(&digits[16..17], 16).unwrap_or_default() & 3 | 8;
    let (first, second, third) = (&digits[..8], &digits[8..12], &digits[13..16]);
    format!("{first}-{second}-8{third}-{variant:x}{}-{}", &digits[17..20], &digits[20..32])
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::base::{Quieter, State, Suppressed};
    use crate::report::sample;

    fn told(outcome: &Outcome, people: bool) -> Value {
        let mut out = Vec::new();
        Gitlab.write(outcome, &Style { people, ..Style::default() }, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn each_file_is_a_vulnerability_with_an_id_that_stays() {
        let mut outcome = sample::full();
        let before = told(&outcome, false);
        let all = before["vulnerabilities"].as_array().unwrap();
        let rows: Vec<_> = all
            .iter()
            .map(|one| (one["location"]["file"].as_str().unwrap(), one["severity"].as_str().unwrap()))
            .collect();
        assert_eq!(rows, [(".env", "Critical"), ("mail/2026.mbox", "Critical"), ("log/http.txt", "Info")]);
        assert_eq!(all[0]["location"]["start_line"], 2);
        assert!(all[1]["location"].get("start_line").is_none(), "a line of a member is none of the file");
        outcome.findings[0].locations[1].line = Some(40);
        assert_eq!(told(&outcome, false)["vulnerabilities"][0]["id"], all[0]["id"]);
        assert!(all[0].get("raw_source_code_extract").is_none());
    }

    #[test]
    fn the_commit_is_that_in_which_it_can_be_seen_and_names_nobody_unasked() {
        let mut outcome = sample::full();
        outcome.findings[0].locations[1].git = Some(sample::git().into());
        let one = |people| told(&outcome, people)["vulnerabilities"][0].clone();
        assert_eq!(one(false)["location"]["commit"]["sha"], "11".repeat(20));
        assert!(!one(false).to_string().contains("example.test"));
        assert_eq!(one(true)["location"]["commit"]["author"], "Jan Przykładowy <jan@example.test>");
        assert_eq!(told(&sample::full(), true)["vulnerabilities"][0]["location"]["commit"]["sha"], NO_COMMIT);
    }

    #[test]
    fn what_was_not_looked_at_and_what_was_quieted_is_said() {
        let mut outcome = sample::full();
        outcome.suppressed =
            vec![Suppressed { finding: outcome.findings.remove(0), by: Quieter::Baseline, reason: None }];
        outcome.summary.interrupted = true;
        let scan = told(&outcome, false)["scan"].clone();
        let levels: Vec<_> =
            scan["messages"].as_array().unwrap().iter().map(|one| one["level"].as_str().unwrap()).collect();
        assert_eq!((levels, scan["status"].as_str()), (vec!["fatal", "warn", "info"], Some("failure")));
        assert_eq!(
            (scan["start_time"].as_str(), scan["end_time"].as_str()),
            (Some("2026-11-21T10:00:00"), Some("2026-11-21T10:00:00"))
        );
    }

    #[test]
    fn what_to_do_first_is_a_message_for_each_step_with_every_call() {
        let messages =
            |outcome: &Outcome, people| told(outcome, people)["scan"]["messages"].as_array().unwrap().clone();
        let all = messages(&sample::urgent(54), false);
        let value = |at: usize| all[at]["value"].as_str().unwrap();
        assert!(
            value(0).starts_with("what to do first:\n1. revoke 54 credentials") && value(1).starts_with("2. replace")
        );
        assert_eq!(value(0).matches(" — DELETE https://").count(), 54);
        assert_eq!((all[0]["level"].as_str(), all.len()), (Some("info"), 3));
        assert!(!value(0).contains("Zmyślona"));
        assert!(messages(&sample::urgent(1), true)[0].to_string().contains("owner Ewa Zmyślona"));
    }

    #[test]
    fn what_is_over_or_not_ours_is_not_told_to_be_revoked() {
        let mut outcome = sample::full();
        outcome.findings[0].standing.state = State::Foreign;
        let all = told(&outcome, false)["vulnerabilities"].clone();
        let solution = |at: usize| all[at]["solution"].as_str().unwrap().to_owned();
        assert!(solution(0).starts_with("Tell the company"), "{}", solution(0));
        assert!(solution(2).starts_with("Nothing is to be revoked"), "{}", solution(2));
    }

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(markdown("![a](b) @all"), "\\!\\[a\\](b) \\@all");
    }

    #[test]
    fn a_fingerprint_becomes_a_uuid_of_its_own_making() {
        assert_eq!(uuid(Fingerprint::of_public(b"")), "e3b0c442-98fc-8c14-9afb-f4c8996fb924");
    }
}
