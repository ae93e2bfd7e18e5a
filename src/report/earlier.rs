//! Findings of an earlier run, read back from `json` or `jsonl`.
//!
//! Holds: the way back from what `json` writes; what it does not know it passes over, as the contract asks of readers.
//! Must not know: what is done with them.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::base::{Finding, Notice, Origin, Outcome, PathName, Reason, RunFacts, Summary};

/// The version of the schema that is read.
const SCHEMA: u32 = 1;

/// A text that is no report of findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarlierError {
    /// It is no JSON, or cut off; where.
    Broken {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// An object is not what the schema says of its type; which, from 1.
    Wrong {
        /// The type that it says it is.
        kind: &'static str,
        /// Its number among those of the text, from 1.
        number: usize,
    },
    /// It has no `run`: some other JSON.
    Other,
    /// It has no `summary`: the run that wrote it did not end, or some of it is missing.
    Cut,
    /// A schema that is newer than ours.
    Newer(u32),
}

impl fmt::Display for EarlierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken { line, column } => write!(f, "is broken at line {line}, column {column}"),
            Self::Wrong { kind, number } => {
                write!(f, "object {number} is no {kind} as --format json and jsonl write them")
            }
            Self::Other => write!(f, "holds no findings; give what --format json or jsonl wrote"),
            Self::Cut => write!(f, "has no summary at its end: it is cut off; write it anew"),
            Self::Newer(schema) => {
                write!(f, "has schema {schema}, which is newer than {SCHEMA}; update ksefleaks")
            }
        }
    }
}

impl std::error::Error for EarlierError {}

/// Reads what `json` or `jsonl` wrote. What the reports for people tell besides (hints, what is quieted) is not there.
pub fn earlier(text: &str) -> Result<Outcome, EarlierError> {
    let mut reading = Reading::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let value = value.map_err(|error| EarlierError::Broken { line: error.line(), column: error.column() })?;
        reading.take(value)?;
    }
    reading.end()
}

#[derive(Default)]
struct Reading {
    run: Option<RunFacts>,
    findings: Vec<Finding>,
    notices: Vec<Notice>,
    summary: Option<Summary>,
    number: usize,
}

impl Reading {
    fn take(&mut self, value: Value) -> Result<(), EarlierError> {
        self.number += 1;
        let kind = value.get("type").and_then(Value::as_str).map(str::to_owned);
        match kind.as_deref() {
            Some("run") => self.run = Some(self.run_of(value)?),
            Some("finding") => self.findings.push(self.typed(value, "finding")?),
            Some("notice") => {
                let notice: WrittenNotice = self.typed(value, "notice")?;
                self.notices.push(notice.into());
            }
            Some("summary") => self.summary = Some(self.typed(value, "summary")?),
            // The document, which holds all of them.
            None => {
                let Value::Object(mut whole) = value else { return Err(EarlierError::Other) };
                let many = |value: Option<Value>| match value {
                    Some(Value::Array(values)) => values,
                    _ => Vec::new(),
                };
                let run = whole.remove("run").ok_or(EarlierError::Other)?;
                let (findings, notices) = (many(whole.remove("findings")), many(whole.remove("notices")));
                let parts = [run].into_iter().chain(findings).chain(notices).chain(whole.remove("summary"));
                for part in parts {
                    if part.get("type").is_none() {
                        return Err(EarlierError::Other);
                    }
                    self.take(part)?;
                }
            }
            Some(_) => {}
        }
        Ok(())
    }

    fn run_of(&self, value: Value) -> Result<RunFacts, EarlierError> {
        match value.get("schema").and_then(Value::as_u64).and_then(|schema| u32::try_from(schema).ok()) {
            Some(schema) if schema > SCHEMA => Err(EarlierError::Newer(schema)),
            _ => self.typed(value, "run"),
        }
    }

    fn typed<T: DeserializeOwned>(&self, value: Value, kind: &'static str) -> Result<T, EarlierError> {
        serde_json::from_value(value).map_err(|_| EarlierError::Wrong { kind, number: self.number })
    }

    fn end(self) -> Result<Outcome, EarlierError> {
        let run = self.run.ok_or(EarlierError::Other)?;
        let summary = self.summary.ok_or(EarlierError::Cut)?;
        Ok(Outcome {
            run,
            actions: Vec::new(),
            findings: self.findings,
            suppressed: Vec::new(),
            notices: self.notices,
            hints: Vec::new(),
            summary,
        })
    }
}

/// A notice as reports write it.
#[derive(Deserialize)]
struct WrittenNotice {
    reason: Reason,
    path: String,
    path_base64: Option<String>,
    #[serde(default)]
    inner: Vec<String>,
    limit: Option<String>,
    remedy: Option<String>,
    incomplete: bool,
    text: String,
}

impl From<WrittenNotice> for Notice {
    fn from(written: WrittenNotice) -> Self {
        let WrittenNotice { reason, path, path_base64, inner, limit, remedy, incomplete, text } = written;
        let path = PathName::written(&path, path_base64.as_deref());
        Self { origin: Origin { path, inner: inner.into() }, reason, limit, remedy, incomplete, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Style;
    use crate::report::{formats, sample};

    fn written(outcome: &Outcome, format: &str) -> String {
        let format = formats().iter().find(|known| known.name == format).unwrap();
        let mut out = Vec::new();
        format.report.write(outcome, &Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_was_written_is_read_back_and_written_again_the_same() {
        for outcome in [sample::full(), sample::empty(), sample::hostile()] {
            for format in ["json", "jsonl"] {
                let text = written(&outcome, format);
                let read = earlier(&text).unwrap();
                assert_eq!(read.findings, outcome.findings);
                assert_eq!(read.notices, outcome.notices);
                assert_eq!(written(&read, format), text);
            }
        }
    }

    #[test]
    fn what_is_cut_wrong_or_other_is_told_by_its_place_and_quotes_nothing() {
        let text = written(&sample::full(), "jsonl");
        let lines: Vec<&str> = text.lines().collect();
        let cut = lines[..lines.len() - 1].join("\n");
        let half = &text[..text.len() / 2];
        let wrong = text.replacen("\"kind\":\"token\"", "\"kind\":\"canary\"", 1);
        let newer = text.replacen("\"schema\":1", "\"schema\":2", 1);
        for (text, told) in [
            (cut.as_str(), "has no summary"),
            (half, "is broken at line"),
            (&wrong, "object 2 is no finding"),
            (&newer, "has schema 2, which is newer"),
            ("", "holds no findings"),
            ("{}", "holds no findings"),
            ("[1]", "holds no findings"),
            ("{\"run\":{}}", "holds no findings"),
            ("canary", "is broken at line 1, column 1"),
        ] {
            let error = earlier(text).unwrap_err().to_string();
            assert!(error.contains(told) && !error.contains("canary"), "{told}: {error}");
        }
    }

    #[test]
    fn what_is_new_to_it_is_passed_over() {
        let text = written(&sample::full(), "jsonl").replacen(
            "{\"type\":\"run\",",
            "{\"type\":\"omen\",\"x\":1}\n{\"type\":\"run\",\"later\":[1],",
            1,
        );
        assert_eq!(earlier(&text).unwrap().findings, sample::full().findings);
    }
}
