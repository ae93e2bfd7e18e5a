//! The rules of a SARIF report: those that its results use.
//!
//! Holds: how a rule is described, and by what code scanning sorts its alerts. Must not know: the
//! places of credentials.

use std::collections::HashMap;

use super::model::{Configuration, Descriptor, Help, Message, Sorting};
use super::{level, plain};
use crate::base::{Confidence, Finding, Severity};
use crate::report::words;

/// Code scanning shows so many characters of a description.
const DESCRIPTION: usize = 1000;

/// The rules of all findings, in the order in which they are met.
pub(super) struct Rules<'a> {
    order: Vec<&'a str>,
    findings: HashMap<&'a str, Vec<&'a Finding>>,
}

impl<'a> Rules<'a> {
    /// Those of these findings.
    pub(super) fn of(findings: impl Iterator<Item = &'a Finding>) -> Self {
        let mut rules = Self { order: Vec::new(), findings: HashMap::new() };
        for finding in findings {
            let known = rules.findings.entry(&finding.rule).or_default();
            if known.is_empty() {
                rules.order.push(&finding.rule);
            }
            known.push(finding);
        }
        rules
    }

    /// Where a rule stands in the list.
    pub(super) fn index(&self, rule: &str) -> usize {
        self.order.iter().position(|known| *known == rule).unwrap_or_default()
    }

    /// The list.
    pub(super) fn describe(&self) -> Vec<Descriptor> {
        self.order.iter().filter_map(|rule| self.findings.get(rule)).map(|findings| describe(findings)).collect()
    }
}

fn describe(findings: &[&Finding]) -> Descriptor {
    // Of a rule whose findings differ the worst speaks: it decides what is shown first.
    let severity = findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Info);
    let confidence = findings.iter().map(|finding| finding.confidence).max().unwrap_or(Confidence::Possible);
    let loudest = findings.iter().map(|finding| words::level(finding)).min().unwrap_or(words::Level::Note);
    let Finding { rule, title, help, .. } = findings[0];
    let steps = words::steps(help);
    let first = steps.first().copied().unwrap_or_default();
    let full = if first.is_empty() { title.clone() } else { format!("{title}: {first}") };
    Descriptor {
        id: plain(rule),
        name: Some(name(rule)).filter(|name| !name.is_empty()),
        short_description: Message { text: shortened(&plain(title)) },
        full_description: Message { text: shortened(&plain(&full)) },
        help: Help {
            text: lines(&steps, "\n"),
            markdown: format!("**{}**\n\n{}", plain(title), lines(&steps, "\n\n")),
        },
        default_configuration: Configuration { level: level(loudest) },
        properties: Some(Sorting {
            tags: ["security", "secret", "external/cwe/cwe-798"],
            precision: precision(confidence),
            security_severity: score(severity),
        }),
    }
}

fn lines(steps: &[&str], between: &str) -> String {
    let lines: Vec<String> = steps.iter().map(|step| plain(step)).collect();
    lines.join(between)
}

/// `KsefToken`, as SARIF wants the names of rules.
fn name(rule: &str) -> String {
    let words = rule.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= DESCRIPTION {
        return text.to_owned();
    }
    text.chars().take(DESCRIPTION).chain(['…']).collect()
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "very-high",
        Confidence::Likely => "high",
        Confidence::Possible => "low",
    }
}

/// The score from which code scanning makes its four severities; what opens nothing has none.
fn score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.8"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Info => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_rule_is_listed_once_and_its_worst_finding_speaks() {
        let (token, mut second, session) = (sample::token(), sample::token(), sample::session());
        second.severity = Severity::Info;
        let all = [second, session, token];
        let rules = Rules::of(all.iter());
        let told = rules.describe();
        assert_eq!(told.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), ["ksef-token", "ksef-jwt"]);
        assert_eq!((rules.index("ksef-token"), rules.index("ksef-jwt")), (0, 1));
        assert_eq!(told[0].properties.as_ref().unwrap().security_severity, Some("9.8"));
        assert_eq!(told[0].default_configuration.level, "error");
        assert_eq!(told[1].default_configuration.level, "note", "its time is over");
        assert_eq!(told[0].name.as_deref(), Some("KsefToken"));
        assert!(told[0].help.text.contains("/tokens/{{reference}}"), "3.11.5: braces are doubled");
    }

    #[test]
    fn long_descriptions_are_cut() {
        assert_eq!(shortened(&"ż".repeat(2000)).chars().count(), DESCRIPTION + 1);
    }
}
