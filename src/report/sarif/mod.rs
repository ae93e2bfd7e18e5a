//! `sarif`: SARIF 2.1.0, for GitHub code scanning and whatever else reads it.
//!
//! Holds: the run and its notices; `rules`, `results` and `artifacts` its parts, `model` their fields.
//! Must not know: other formats.
//!
//! What was decided, and why:
//! - One result for each file in which a credential stands. GitHub shows the first location of a result
//!   and no other, so that one result for all files of a credential would hide the copy that a pull
//!   request adds. One result for each line would make two alerts where one repair is due.
//! - `fingerprints` holds the hash of the credential alone: it survives moves, renames and rebases, and
//!   ties the results of one credential together. `partialFingerprints` holds the place. GitHub reads
//!   only `primaryLocationLineHash`, and adds the path itself; what it asks for there is something that
//!   finds the result again when lines move. The credential does that better than the hash of a line.
//! - A member of a container is an artifact with `parentIndex` (3.24), and its location comes with the
//!   lines within it. Before it stands the location of the file on disk, without a region: it is the
//!   only one that GitHub can show, and both have to be changed to repair it (3.27.12).
//! - No snippet, no `contents`, no working directory: nothing of the source text or of this machine.
//! - No `automationDetails`: `upload-sarif` takes the category from there, before that of the workflow.
//! - No `versionControlProvenance`: it needs the address of the repository, which is not known here.

mod artifacts;
mod model;
mod results;
mod rules;

use std::io::{self, Write};

use super::escape;
use super::json::line;
use super::words::{self, Level};
use super::{Report, Style, steps};
use crate::base::{Notice, Outcome, Reason};
use artifacts::{Artifacts, logical};
use model::{
    Configuration, Descriptor, Driver, Help, Invocation, Location, Log, Message, Notification, PhysicalLocation,
    Reference, Run, RunFacts, Tool,
};
use results::Results;
use rules::Rules;

/// The published schema.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What an interrupted run is called among the reasons of notices.
const INTERRUPTED: &str = "interrupted";

/// What the list of what to do first is called there.
const TO_DO: &str = "what-to-do-first";

/// What to do about a notice.
const HELP: &str = "A credential may stand in what was not searched. The message names what it is, the limit, and the \
                    option that helps; search it again with that.";

/// `sarif`: one log with one run.
pub(super) struct Sarif;

impl Report for Sarif {
    fn write(&self, outcome: &Outcome, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let rules = Rules::of(outcome.findings.iter().chain(outcome.suppressed.iter().map(|known| &known.finding)));
        let mut parts = Results {
            artifacts: Artifacts::default(),
            rules: &rules,
            places: super::place::Places::default(),
            style: *style,
        };
        let mut results = Vec::new();
        outcome.findings.iter().for_each(|finding| results.extend(parts.of(finding)));
        outcome.suppressed.iter().for_each(|known| results.extend(parts.quieted(known)));
        let mut artifacts = parts.artifacts;
        let (mut notifications, mut notices) = notifications(outcome, &mut artifacts);
        let first = steps::whole(outcome, style.people);
        if let Some(first) = &first {
            let (descriptor, notice) = to_do(first, notifications.len());
            notifications.push(descriptor);
            notices.insert(0, notice);
        }
        let (artifacts, original_uri_base_ids) = artifacts.finish();
        let run = Run {
            tool: Tool { driver: driver(outcome, &rules, notifications) },
            invocations: [Invocation {
                execution_successful: !outcome.summary.interrupted,
                start_time_utc: outcome.run.started.to_string(),
                tool_execution_notifications: notices,
            }],
            original_uri_base_ids,
            artifacts,
            results,
            column_kind: "unicodeCodePoints",
            properties: RunFacts {
                command: &outcome.run.command,
                targets: &outcome.run.targets,
                rules: &outcome.run.rules,
                first,
                summary: &outcome.summary,
            },
        };
        line(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] }, out)
    }
}

fn driver(outcome: &Outcome, rules: &Rules<'_>, notifications: Vec<Descriptor>) -> Driver {
    let home = [env!("CARGO_PKG_HOMEPAGE"), env!("CARGO_PKG_REPOSITORY")];
    Driver {
        name: "ksefleaks",
        version: outcome.run.version.clone(),
        semantic_version: outcome.run.version.clone(),
        information_uri: home.into_iter().find(|address| !address.is_empty()),
        rules: rules.describe(),
        notifications,
    }
}

/// The notices, and the list of their reasons.
fn notifications(outcome: &Outcome, artifacts: &mut Artifacts) -> (Vec<Descriptor>, Vec<Notification>) {
    let mut reasons: Vec<Reason> = outcome.notices.iter().map(|notice| notice.reason).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let mut descriptors: Vec<Descriptor> =
        reasons.iter().map(|reason| descriptor(reason.name(), words::reason(*reason), "warning")).collect();
    let mut told: Vec<Notification> = outcome
        .notices
        .iter()
        .map(|notice| {
            let index = reasons.binary_search(&notice.reason).unwrap_or_default();
            notification(notice, index, artifacts)
        })
        .collect();
    if outcome.summary.interrupted {
        let text = "the user stopped the run; the rest was not looked at";
        told.insert(
            0,
            Notification {
                descriptor: Reference { id: INTERRUPTED, index: descriptors.len() },
                level: "error",
                message: Message { text: text.to_owned() },
                locations: Vec::new(),
            },
        );
        descriptors.push(descriptor(INTERRUPTED, text, "error"));
    }
    (descriptors, told)
}

/// What to do first, which viewers show with what the run says of itself.
fn to_do(text: &str, index: usize) -> (Descriptor, Notification) {
    let about = || "what to do first about what was found, in the order in which it is done".to_owned();
    let lines: Vec<String> = text.lines().map(text_of).collect();
    let descriptor = Descriptor {
        id: TO_DO.to_owned(),
        name: None,
        short_description: Message { text: about() },
        full_description: Message { text: about() },
        help: Help { text: about(), markdown: about() },
        default_configuration: Configuration { level: "note" },
        properties: None,
    };
    let notice = Notification {
        descriptor: Reference { id: TO_DO, index },
        level: "note",
        message: Message { text: lines.join("\n") },
        locations: Vec::new(),
    };
    (descriptor, notice)
}

fn notification(notice: &Notice, index: usize, artifacts: &mut Artifacts) -> Notification {
    let (file, inner) = artifacts.of(&notice.origin, None);
    Notification {
        descriptor: Reference { id: notice.reason.name(), index },
        level: if notice.incomplete { "warning" } else { "note" },
        message: Message {
            text: text_of(&format!("{}: {}", escape::origin(&notice.origin), plain_line(&notice.text))),
        },
        locations: vec![Location {
            physical: PhysicalLocation { artifact_location: inner.unwrap_or(file), region: None },
            logical: logical(&notice.origin),
            message: None,
            properties: None,
        }],
    }
}

fn descriptor(id: &str, about: &str, level: &'static str) -> Descriptor {
    Descriptor {
        id: id.to_owned(),
        name: None,
        short_description: Message { text: about.to_owned() },
        full_description: Message { text: format!("not, or not wholly, searched: {about}") },
        help: Help { text: HELP.to_owned(), markdown: HELP.to_owned() },
        default_configuration: Configuration { level },
        properties: None,
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn plain_line(text: &str) -> String {
    escape::terminal(text).into_owned()
}

/// A text on one line in which braces, which stand for arguments, are doubled (3.11.5).
fn plain(text: &str) -> String {
    plain_line(text).replace('{', "{{").replace('}', "}}")
}

/// The text of a message, in which brackets would make a link (3.11.6): a file may be named like one.
fn text_of(text: &str) -> String {
    plain(&text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]"))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::base::State;
    use crate::report::sample;

    fn told(outcome: &Outcome, people: bool) -> Value {
        let mut out = Vec::new();
        Sarif.write(outcome, &Style { people, ..Style::default() }, &mut out).unwrap();
        let document: Value = serde_json::from_slice(&out).unwrap();
        document["runs"][0].clone()
    }

    #[test]
    fn what_to_do_first_is_told_in_lines_with_every_call() {
        let mut outcome = sample::urgent(54);
        outcome.actions[0].entity = Some("[a](b) {0}".to_owned());
        let run = told(&outcome, false);
        let property = run["properties"]["whatToDoFirst"].as_str().unwrap();
        let notice = &run["invocations"][0]["toolExecutionNotifications"][0];
        let text = notice["message"]["text"].as_str().unwrap();
        for told in [property, text] {
            assert!(told.starts_with("1. revoke 54 credentials") && told.contains("\n2. replace 54"), "{told}");
            assert_eq!(told.matches(" — DELETE https://").count(), 54);
            assert!(!told.contains("Zmyślona"));
        }
        assert!(property.contains("[a](b) {0}") && text.contains("\\[a\\](b) {{0}}"), "no link, no argument");
        let index = usize::try_from(notice["descriptor"]["index"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["notifications"][index]["id"], TO_DO);
        assert!(told(&sample::urgent(1), true).to_string().contains("owner Ewa Zmyślona"));
        assert!(!told(&sample::full(), true).to_string().contains(TO_DO));
    }

    #[test]
    fn what_is_over_or_not_ours_is_not_told_to_be_revoked() {
        let mut outcome = sample::full();
        outcome.findings[0].standing.state = State::Foreign;
        outcome.findings[0].count = 3;
        outcome.findings[0].locations.truncate(1);
        let run = told(&outcome, false);
        let text = |at: usize| run["results"][at]["message"]["text"].as_str().unwrap().to_owned();
        assert!(text(0).contains("Of its 3 places 1 is listed. Tell the company that it leaked"), "{}", text(0));
        assert!(text(1).contains(". Nothing is to be revoked."), "{}", text(1));
    }
}
