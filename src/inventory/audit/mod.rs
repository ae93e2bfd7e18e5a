//! The audit: what the guides and auditors demand of those who hold credentials, and where the books fall short of it.
//!
//! Holds: the face of the audit; each rule is a pure function of the books in the file of its group, and a line in
//! `registry`. Must not know: where the books are kept, or how remarks are told. Values that people wrote stand in the
//! texts as they are: whoever tells them escapes them.

mod convention;
mod dates;
mod desk;
mod environment;
mod kin;
mod listing;
mod people;
mod registry;
mod systems;
mod words;

#[cfg(test)]
mod tests;

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;

use serde::Serialize;

use crate::base::{Fingerprint, Instant, Severity, Standing};
use crate::inventory::{Credential, Entity, Field, System};

use convention::Names;
use desk::{Desk, Entry};

pub use convention::{Convention, ConventionError};
pub use registry::{AuditRule, rules};

/// What is audited.
#[derive(Clone, Copy, Debug)]
pub struct Books<'a> {
    /// The credentials of the inventory.
    pub credentials: &'a [Credential],
    /// The companies that are ours.
    pub entities: &'a [Entity],
    /// The programs that use credentials.
    pub systems: &'a [System],
    /// What scans found.
    pub leaks: &'a [Leak],
    /// The names of people who left.
    pub left: &'a [String],
    /// What the clock says.
    pub now: Instant,
    /// Days before the end of a validity from which on it is told.
    pub expiring_days: u32,
    /// The form of names, such as `{entity}-{country}-{system}-{environment}-{year}`; guessed where it is not given.
    /// One that cannot be read is a remark; `Convention::parse` tells it beforehand.
    pub convention: Option<&'a str>,
}

/// A credential that a scan found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leak {
    /// Every fingerprint by which it is known.
    pub prints: BTreeSet<Fingerprint>,
    /// What KSeF calls it, if it is a token.
    pub reference: Option<String>,
    /// What KSeF calls its certificate, in upper-case hexadecimal digits.
    pub serial: Option<String>,
    /// Where it stood, for people.
    pub places: Vec<String>,
    /// The earliest that anyone could have seen it.
    pub first_seen: Option<Instant>,
    /// The id of the finding.
    pub finding: String,
    /// What the inventory, and it itself, say of it.
    pub standing: Standing,
}

/// Where the books fall short of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// The id of the rule.
    pub rule: &'static str,
    /// How bad it is here.
    pub severity: Severity,
    /// What it is about, for people: `«ABC-Comarch-PROD» (credential 7)`.
    pub about: String,
    /// The number of the credential.
    pub credential: Option<u64>,
    /// The tax number of the company.
    pub nip: Option<String>,
    /// What is wrong, in one sentence.
    pub text: String,
    /// Why this is demanded.
    pub reason: &'static str,
    /// What to do.
    pub remedy: String,
}

/// All that falls short, the worst first, then by rule and credential.
pub fn audit(books: &Books<'_>) -> Vec<Remark> {
    let desk = Desk::new(books);
    let mut remarks = Vec::new();
    for entry in &desk.entries {
        for rule in rules().iter().filter(|rule| entry.state <= rule.until) {
            remarks.extend((rule.check)(&desk, entry).map(|said| of_entry(rule, entry, said)));
        }
    }
    if let Names::Unreadable(error) = &desk.names {
        remarks.extend(of_convention(error));
    }
    remarks.sort_by(order);
    remarks
}

fn order(one: &Remark, other: &Remark) -> Ordering {
    let key = |remark: &Remark| (Reverse(remark.severity), remark.rule, remark.credential);
    // What else they say makes the order the same whatever the order of the books.
    key(one).cmp(&key(other)).then_with(|| (&one.about, &one.text).cmp(&(&other.about, &other.text)))
}

/// What a rule says of a credential.
struct Said {
    text: String,
    /// Where it is not that of the rule.
    severity: Option<Severity>,
    /// Where it is not that of the rule.
    remedy: Option<String>,
    /// Whether it weighs less outside of production.
    weighed: bool,
}

impl Said {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), severity: None, remedy: None, weighed: true }
    }

    fn at(self, severity: Severity) -> Self {
        Self { severity: Some(severity), ..self }
    }

    fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    fn whatever_environment(self) -> Self {
        Self { weighed: false, ..self }
    }
}

fn of_entry(rule: &AuditRule, entry: &Entry<'_>, said: Said) -> Remark {
    // What is not known to be a trial may be production.
    let trial = matches!(entry.credential.get(Field::Environment), Some("demo" | "test"));
    let severity = said.severity.unwrap_or(rule.severity);
    Remark {
        rule: rule.id,
        severity: if trial && said.weighed { below(severity) } else { severity },
        about: about(entry),
        credential: Some(entry.credential.number),
        nip: entry.credential.get(Field::Nip).map(str::to_owned),
        text: said.text,
        reason: rule.reason,
        remedy: said.remedy.unwrap_or_else(|| rule.remedy.to_owned()),
    }
}

/// What people call a credential.
fn about(entry: &Entry<'_>) -> String {
    let number = entry.credential.number;
    let names = [Field::Name, Field::Description, Field::Reference, Field::Serial];
    match names.iter().find_map(|field| entry.said(*field)) {
        Some(name) => format!("«{name}» (credential {number})"),
        None => format!("credential {number}"),
    }
}

fn below(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        Severity::Low | Severity::Info => Severity::Info,
    }
}

/// The audit could not look at the names.
fn of_convention(error: &ConventionError) -> Option<Remark> {
    let rule = rules().iter().find(|rule| rule.id == "off-convention")?;
    Some(Remark {
        rule: rule.id,
        severity: Severity::Medium,
        about: "the convention of names".to_owned(),
        credential: None,
        nip: None,
        text: format!("No name was checked, since the convention cannot be read: {error}."),
        reason: rule.reason,
        remedy: "Write the convention anew.".to_owned(),
    })
}
