//! One credential, explained.
//!
//! Holds: what a credential says about itself. Must not know: where it was read from, or how the
//! explanation is printed.

use super::collect::{Collector, Met};
use super::told::{Told, location};
use super::{Plan, PlanError, merge};
use crate::base::{Confidence, Context, Finding, Instant, Limits, Origin, Places, RunFacts};
use crate::detect::{Detector, Found};
use crate::rules::{AllowList, RuleSet};
use crate::source::Source;

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
    let mut explanation = Explanation { checks: checks.collect(), finding: None, example: false, placeholder: false };
    let context = Context { names: vec!["ksef".to_owned()] };
    let plan = plan(rules, now);
    let mut collector = Collector::new(&plan.limits);
    for found in detector.window(&mut detector.begin(&context), text, true, true).found {
        match found {
            Found::Hit(hit) => {
                let location = location(Origin::label("-"), Told::of(hit.place, &Places::Verbatim, None));
                collector.hit(hit.credential, Met::File(location, false), &plan);
            }
            Found::Example => explanation.example = true,
            Found::Placeholder => explanation.placeholder = true,
            Found::Nested(_) | Found::TooLong(_) | Found::TooMuch => {}
        }
    }
    explanation.finding = merge::outcome(&collector, &plan, &detector).findings.into_iter().next();
    Ok(explanation)
}

fn plan(rules: &RuleSet, now: Instant) -> Plan {
    Plan {
        facts: RunFacts {
            schema: 1,
            version: String::new(),
            rules: String::new(),
            command: "explain".to_owned(),
            targets: Vec::new(),
            started: now,
        },
        source: Source::default(),
        rules: rules.clone(),
        limits: Limits::default(),
        passwords: Vec::new(),
        jobs: 1,
        allow: AllowList::default(),
        baseline: None,
        comments: false,
        min_confidence: Confidence::Possible,
        now,
    }
}
