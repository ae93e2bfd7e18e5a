//! One credential, explained.
//!
//! Holds: what a credential says about itself. Must not know: where it was read from, or how the
//! explanation is printed.

use std::sync::Arc;

use super::{Plan, PlanError, Session};
use crate::base::{Confidence, Finding, Instant, Limits, Outcome, RunFacts};
use crate::detect::Detector;
use crate::rules::{AllowList, RuleSet};
use crate::source::{Held, Source};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its short name.
    pub name: String,
    /// Whether it is as it should be; nothing where that is no question.
    pub passed: Option<bool>,
    /// What was looked at, in words.
    pub text: String,
}

/// What a credential says about itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What was looked at.
    pub checks: Vec<Check>,
    /// What it would be reported as, if at all.
    pub finding: Option<Finding>,
    /// Whether it is the official example.
    pub example: bool,
    /// Whether it has the form of a token and was invented.
    pub placeholder: bool,
}

/// Explains the first credential of a text, which is taken for one of KSeF.
pub fn explain(rules: &RuleSet, text: &[u8], now: Instant) -> Result<Explanation, PlanError> {
    let detector = Detector::new(rules.clone(), now).map_err(PlanError::Rule)?;
    let checks = detector.token_checks(text).into_iter().map(|check| Check {
        name: check.name.to_owned(),
        passed: Some(check.passed),
        text: check.text.to_owned(),
    });
    let checks = checks.collect();
    let held = Held { name: "-".to_owned(), bytes: text.to_vec(), words: vec!["ksef".to_owned()] };
    let session = Session::with(plan(rules, now, held), Arc::new(detector));
    session.run();
    let Outcome { findings, summary, .. } = session.outcome();
    Ok(Explanation {
        checks,
        finding: findings.into_iter().next(),
        example: summary.examples > 0,
        placeholder: summary.placeholders > 0,
    })
}

/// A plan for what is held.
pub(super) fn plan(rules: &RuleSet, now: Instant, held: Held) -> Plan {
    Plan {
        facts: RunFacts {
            schema: 1,
            version: String::new(),
            rules: String::new(),
            command: "explain".to_owned(),
            targets: Vec::new(),
            started: now,
        },
        source: Source::Held(held),
        rules: rules.clone(),
        limits: Limits::default(),
        passwords: Vec::new(),
        unlock: true,
        jobs: 1,
        allow: AllowList::default(),
        baseline: None,
        inventory: None,
        comments: false,
        min_confidence: Confidence::Possible,
        now,
    }
}
