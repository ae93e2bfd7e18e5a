//! How a run is told, to people and to programs.
//!
//! Holds: the trait of reports and the registry of formats, from which `--format` takes its values.
//! Must not know: where bytes come from, how they are searched, or where a report is written to.
//! A new format is a file here and a line in `FORMATS`; its escaping of names goes to `escape`.

mod advice;
mod earlier;
mod escape;
mod github;
mod gitlab;
mod history;
mod json;
mod junit;
mod key;
mod mail;
mod place;
mod sarif;
mod steps;
mod text;
mod words;

use std::io::{self, Write};

use crate::base::Outcome;

pub use earlier::{EarlierError, earlier};
pub use escape::terminal as escape_terminal;
pub use json::escape_json;

/// How a report looks, as far as its format leaves that open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are wanted; machine-readable formats have none.
    pub color: bool,
    /// How many columns there are, for people.
    pub width: usize,
    /// How often more was asked for, for people.
    pub verbose: u8,
    /// Whether less was asked for, for people.
    pub quiet: bool,
    /// Whether reports that travel name authors and mail addresses.
    pub people: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 80, verbose: 0, quiet: false, people: false }
    }
}

/// One way to tell a run.
pub trait Report: Sync {
    /// Writes the whole of it. The outcome is sorted; a report neither sorts nor drops anything of
    /// it without saying so.
    fn write(&self, outcome: &Outcome, style: &Style, out: &mut dyn Write) -> io::Result<()>;
}

/// A format by its name.
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    /// Who reads it, in one phrase.
    pub about: &'static str,
    /// The way it is written.
    pub report: &'static dyn Report,
}

const FORMATS: &[Format] = &[
    Format { name: "text", about: "for people", report: &text::Text },
    Format { name: "json", about: "one document", report: &json::Document },
    Format { name: "jsonl", about: "one object a line", report: &json::Lines },
    Format { name: "sarif", about: "for code scanning", report: &sarif::Sarif },
    Format { name: "gitlab", about: "GitLab's report of secret detection", report: &gitlab::Gitlab },
    Format { name: "github", about: "annotations of GitHub Actions", report: &github::Github },
    Format { name: "junit", about: "for whatever shows test results", report: &junit::Junit },
];

/// Every format there is; the first is the default.
pub fn formats() -> &'static [Format] {
    FORMATS
}

#[cfg(test)]
mod sample;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_a_name_of_its_own_and_writes_an_empty_run() {
        let mut names: Vec<&str> = formats().iter().map(|format| format.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), formats().len());
        for format in formats() {
            let mut out = Vec::new();
            format.report.write(&sample::empty(), &Style::default(), &mut out).unwrap();
            assert!(out.ends_with(b"\n"), "{}", format.name);
        }
    }

    #[test]
    fn no_format_lets_a_hostile_name_through() {
        for format in formats() {
            let mut out = Vec::new();
            for outcome in [sample::hostile(), sample::urgent_and_hostile()] {
                format.report.write(&outcome, &Style { people: true, ..Style::default() }, &mut out).unwrap();
            }
            let text = String::from_utf8(out).unwrap();
            let bad: Vec<char> = text.chars().filter(|c| *c != '\n' && escape::is_unsafe(*c)).collect();
            assert_eq!(bad, [], "{}", format.name);
        }
    }
}
