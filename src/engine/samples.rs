//! Do the rules do what their own samples say?
//!
//! Holds: trying each sample through the real matcher. Must not know: which rules there are.

use std::sync::Arc;

use super::explain::plan;
use super::{PlanError, Session};
use crate::base::{Context, Instant};
use crate::detect::{Detector, Found};
use crate::rules::{RuleSet, Sampler};
use crate::source::Held;

/// How many credentials are drawn for each template.
const DRAWS: u64 = 8;

/// A sample that did not turn out as its rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFailure {
    /// The rule.
    pub rule: String,
    /// The template; never the credentials drawn for it.
    pub sample: String,
    /// What went wrong.
    pub text: String,
}

/// Tries all samples of all rules.
pub fn check_rules(rules: &RuleSet, now: Instant) -> Result<Vec<SampleFailure>, PlanError> {
    let detector = Arc::new(Detector::new(rules.clone(), now).map_err(PlanError::Rule)?);
    let mut failures = Vec::new();
    for (index, rule) in rules.rules().iter().enumerate() {
        let samples =
            rule.hits.iter().map(|sample| (sample, true)).chain(rule.misses.iter().map(|sample| (sample, false)));
        for (sample, should_hit) in samples {
            // To open a key takes its time.
            let draws = if rule.read.is_some() { 1 } else { DRAWS };
            let text = (0..draws).find_map(|seed| failure(&detector, now, index, sample, should_hit, seed));
            failures.extend(text.map(|text| SampleFailure { rule: rule.id.clone(), sample: sample.clone(), text }));
        }
    }
    Ok(failures)
}

fn failure(
    detector: &Arc<Detector>,
    now: Instant,
    rule: usize,
    sample: &str,
    should_hit: bool,
    seed: u64,
) -> Option<String> {
    let text = match Sampler::new(seed).fill(sample) {
        Ok(text) => text,
        Err(error) => return Some(error.to_string()),
    };
    let hit = is_found(detector, now, rule, text);
    match (should_hit, hit) {
        (true, false) => Some("should be found and is not".to_owned()),
        (false, true) => Some("should not be found and is".to_owned()),
        _ => None,
    }
}

/// Whether a rule finds something in a text.
fn is_found(detector: &Arc<Detector>, now: Instant, index: usize, text: String) -> bool {
    let rules = detector.rules();
    let Some(rule) = rules.rules().get(index).filter(|rule| rule.read.is_some()) else {
        let step = detector.window(&mut detector.begin(&Context::default()), text.as_bytes(), true, true);
        return step.found.iter().any(|found| matches!(found, Found::Hit(hit) if hit.credential.rule == index));
    };
    // Under which rule a key comes is known when all was read.
    let held = Held { name: String::new(), bytes: text.into_bytes(), words: Vec::new() };
    let session = Session::with(plan(rules, now, held), Arc::clone(detector));
    session.run();
    session.outcome().findings.iter().any(|finding| finding.rule == rule.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_do_what_their_samples_say() {
        let now = Instant::from_day(2026, 11, 21).expect("a real day");
        let failures = check_rules(&RuleSet::built_in(), now).expect("the rules can be searched for");
        assert!(failures.is_empty(), "{failures:#?}");
    }
}
