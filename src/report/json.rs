//! The reports for programs: one document, or one object a line.
//!
//! Holds: the order of the objects and their `type`; the fields themselves are those of `base`. The
//! contract: fields may be added, never renamed or given another meaning. Must not know: colours.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;

use super::escape::is_unsafe;
use super::{Report, Style};
use crate::base::{Action, Confidence, Finding, Notice, Outcome, RunFacts, Summary};

/// `jsonl`: first the run, then what to do first, findings and notices, last the summary.
pub(super) struct Lines;

impl Report for Lines {
    fn write(&self, outcome: &Outcome, _: &Style, out: &mut dyn Write) -> io::Result<()> {
        line(&run(&outcome.run), out)?;
        for item in &outcome.actions {
            line(&action(item), out)?;
        }
        for item in &outcome.findings {
            line(&finding(item), out)?;
        }
        for item in &outcome.notices {
            line(&Told(item), out)?;
        }
        line(&summary(&totals(outcome)), out)
    }
}

/// `json`: the same in one document.
pub(super) struct Document;

impl Report for Document {
    fn write(&self, outcome: &Outcome, _: &Style, out: &mut dyn Write) -> io::Result<()> {
        let totals = totals(outcome);
        let whole = Whole {
            run: run(&outcome.run),
            actions: outcome.actions.iter().map(action).collect(),
            findings: outcome.findings.iter().map(finding).collect(),
            notices: outcome.notices.iter().map(Told).collect(),
            summary: summary(&totals),
        };
        line(&whole, out)
    }
}

/// An object with its `type` before its fields.
#[derive(Serialize)]
struct Typed<'a, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    fields: &'a T,
}

fn run(fields: &RunFacts) -> Typed<'_, RunFacts> {
    Typed { kind: "run", fields }
}

fn action(fields: &Action) -> Typed<'_, Action> {
    Typed { kind: "action", fields }
}

fn finding(fields: &Finding) -> Typed<'_, Finding> {
    Typed { kind: "finding", fields }
}

fn summary(fields: &Summary) -> Typed<'_, Summary> {
    Typed { kind: "summary", fields }
}

/// The totals with all three confidences, those that counted nothing too.
fn totals(outcome: &Outcome) -> Summary {
    let mut totals = outcome.summary.clone();
    for confidence in [Confidence::Certain, Confidence::Likely, Confidence::Possible] {
        totals.findings.entry(confidence).or_default();
    }
    totals
}

/// A notice; its place is written as that of a finding is.
struct Told<'a>(&'a Notice);

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Notice { origin, reason, limit, remedy, incomplete, text } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "notice")?;
        map.serialize_entry("reason", reason)?;
        map.serialize_entry("path", origin.path.text())?;
        if let Some(raw) = origin.path.base64() {
            map.serialize_entry("path_base64", &raw)?;
        }
        map.serialize_entry("inner", &*origin.inner)?;
        map.serialize_entry("limit", limit)?;
        map.serialize_entry("remedy", remedy)?;
        map.serialize_entry("incomplete", incomplete)?;
        map.serialize_entry("text", text)?;
        map.end()
    }
}

/// All of it, in the order of the lines.
#[derive(Serialize)]
struct Whole<'a> {
    run: Typed<'a, RunFacts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Typed<'a, Action>>,
    findings: Vec<Typed<'a, Finding>>,
    notices: Vec<Told<'a>>,
    summary: Typed<'a, Summary>,
}

/// Writes one value and ends the line.
pub(super) fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Plain);
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// JSON that was written by somebody else, with what a terminal acts upon written by its number.
pub fn escape_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    let mut units = [0; 2];
    for letter in json.chars() {
        // Outside of strings there are line ends between values, which stay.
        if letter == '\n' || !is_unsafe(letter) {
            safe.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        }
    }
    safe
}

/// JSON in which characters that a terminal acts upon, or hides, are written by their numbers:
/// for a reader it is the same text.
struct Plain;

impl Formatter for Plain {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(is_unsafe) {
            let (safe, tail) = rest.split_at(at);
            writer.write_all(safe.as_bytes())?;
            let mut tail = tail.chars();
            let mut units = [0; 2];
            for unit in tail.next().unwrap_or_default().encode_utf16(&mut units) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = tail.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::sample;

    fn told(report: &dyn Report, outcome: &Outcome) -> String {
        let mut out = Vec::new();
        report.write(outcome, &Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn lines(outcome: &Outcome) -> Vec<Value> {
        told(&Lines, outcome).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn the_run_comes_first_and_the_summary_last() {
        let all = lines(&sample::full());
        let types: Vec<&str> = all.iter().map(|value| value["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["run", "finding", "finding", "notice", "summary"]);
    }

    #[test]
    fn the_document_holds_the_same_as_the_lines() {
        let outcome = sample::full();
        let whole: Value = serde_json::from_str(&told(&Document, &outcome)).unwrap();
        let mut parts = vec![whole["run"].clone()];
        parts.extend(whole["findings"].as_array().unwrap().iter().cloned());
        parts.extend(whole["notices"].as_array().unwrap().iter().cloned());
        parts.push(whole["summary"].clone());
        assert_eq!(parts, lines(&outcome));
    }

    #[test]
    fn every_confidence_is_counted_even_where_there_was_none() {
        let all = lines(&sample::empty());
        assert_eq!(all[1]["findings"], serde_json::json!({"certain": 0, "likely": 0, "possible": 0}));
        assert!(all[1]["seconds"].is_f64());
    }

    #[test]
    fn a_notice_has_every_field_of_the_contract() {
        let all = lines(&sample::full());
        let notice = all.iter().find(|value| value["type"] == "notice").unwrap();
        let expected = serde_json::json!({
            "type": "notice", "reason": "too-large", "path": "b.zip", "inner": ["x.sql"], "limit": "--max-blob",
            "remedy": "--max-blob", "incomplete": true, "text": "member of 512 MiB exceeds --max-blob 64 MiB; not searched",
        });
        assert_eq!(*notice, expected);
    }

    #[test]
    fn escaped_characters_are_read_back_as_they_were() {
        let outcome = sample::hostile();
        let all = lines(&outcome);
        let told = all[1]["locations"][0]["path"].as_str().unwrap();
        assert_eq!(told, outcome.findings[0].locations[0].origin.path.text());
        assert!(told.contains('\u{202e}') && told.contains('\u{e0041}'));
    }
}
