//! Findings that are known and accepted.
//!
//! Holds: the file of `--baseline`: one fingerprint a line, sorted, the rule only as a comment, so
//! that merges do not conflict and a moved line changes nothing. Must not know: why one was
//! accepted (that is what `.ksefleaks.toml` is for), or where the finding stands.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use crate::base::Fingerprint;

const HEADER: &str = "\
# Baseline of ksefleaks: credentials that are known and not reported again.
# One SHA-256 a line; the rule behind it is only a comment. Write anew with --write-baseline.
";

/// The fingerprints of a baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline(BTreeSet<Fingerprint>);

/// Why a baseline cannot be read; it never quotes the line, which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaselineError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: &'static str,
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for BaselineError {}

impl Baseline {
    /// Reads a baseline: a fingerprint a line, comments from `#`, empty lines.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let mut known = BTreeSet::new();
        for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            let entry = line.split_once('#').map_or(line, |(entry, _)| entry).trim();
            if entry.is_empty() {
                continue;
            }
            let fingerprint = entry.parse().map_err(|()| BaselineError {
                line: index + 1,
                message: "neither a SHA-256 of 64 hexadecimal digits nor a comment beginning with #",
            })?;
            known.insert(fingerprint);
        }
        Ok(Self(known))
    }

    /// Whether it holds this fingerprint.
    pub fn contains(&self, fingerprint: &Fingerprint) -> bool {
        self.0.contains(fingerprint)
    }

    /// How many it holds.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text of a baseline of these fingerprints, each with its rule.
    pub fn write(entries: impl IntoIterator<Item = (Fingerprint, String)>) -> String {
        let mut sorted: BTreeMap<Fingerprint, String> = BTreeMap::new();
        for (fingerprint, rule) in entries {
            let first = sorted.entry(fingerprint).or_insert_with(|| rule.clone());
            if rule < *first {
                *first = rule;
            }
        }
        let mut text = HEADER.to_owned();
        for (fingerprint, rule) in sorted {
            let rule: String = rule.chars().filter(char::is_ascii_graphic).collect();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{fingerprint}  # {rule}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(name: &str) -> Fingerprint {
        Fingerprint::of_public(name.as_bytes())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let entries = ["a", "b", "c"].map(|name| (print(name), "ksef-token".to_owned()));
        let baseline = Baseline::parse(&Baseline::write(entries)).unwrap();
        assert_eq!(baseline.len(), 3);
        assert!(baseline.contains(&print("b")));
        assert!(!baseline.contains(&print("d")));
    }

    #[test]
    fn the_order_of_findings_changes_nothing() {
        let mut entries: Vec<_> = ["a", "b", "c", "a"].map(|name| (print(name), "ksef-token".to_owned())).into();
        entries.push((print("b"), "ksef-jwt\nforged".to_owned()));
        let text = Baseline::write(entries.clone());
        entries.reverse();
        assert_eq!(text, Baseline::write(entries));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 5, "two of the header, one each");
        assert!(lines[2..].is_sorted());
        assert!(text.contains("  # ksef-jwtforged\n"));
    }

    #[test]
    fn windows_and_people_may_have_edited_it() {
        let text =
            format!("\u{feff}# mine\r\n\r\n  {}# x\r\n{}\r\n", print("a").to_string().to_uppercase(), print("b"));
        let baseline = Baseline::parse(&text).unwrap();
        assert!(baseline.contains(&print("a")) && baseline.contains(&print("b")));
        assert!(Baseline::parse("").unwrap().is_empty());
    }

    #[test]
    fn an_error_names_the_line_and_quotes_nothing() {
        for wrong in ["<<<<<<< HEAD", "canary-secret # x", &"z".repeat(64), &"0".repeat(63)] {
            let error = Baseline::parse(&format!("# one\n{}\n{wrong}\n", print("a"))).unwrap_err();
            assert_eq!(error.line, 3);
            assert!(!error.to_string().contains(wrong), "{error}");
        }
    }
}
