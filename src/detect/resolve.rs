//! Of matches that overlap the strongest stays.
//!
//! Holds: what a match is, and the order of strength. Must not know: how it was found.

use super::Detector;
use super::verify::Verdict;
use crate::base::{Clothes, Confidence};

/// A verdict and where it stands in the bytes that were searched.
pub(super) struct Match {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) verdict: Verdict,
    pub(super) clothes: Vec<Clothes>,
}

impl Match {
    /// Whether the words around it made it what it is.
    pub(super) fn is_by_context(&self, detector: &Detector) -> bool {
        let Verdict::Credential(credential) = &self.verdict else { return false };
        let rule = detector.rules.rules().get(credential.rule);
        rule.is_some_and(|rule| rule.is_by_context() || rule.run.is_some())
    }
}

/// Keeps the strongest of what overlaps.
pub(super) fn resolve(matches: &mut Vec<Match>) {
    let strength = |found: &Match| match &found.verdict {
        Verdict::Credential(credential) if credential.confidence == Confidence::Certain => 5,
        Verdict::Example => 4,
        Verdict::Credential(credential) if credential.confidence == Confidence::Likely => 3,
        Verdict::Placeholder => 2,
        Verdict::Credential(_) | Verdict::Key(..) => 1,
        Verdict::Nothing | Verdict::Certificate(_) | Verdict::Password(..) => 0,
    };
    // The strongest first; of equals the longer, since half of a broken credential may look like a
    // shorter one, the one with fewer dresses, the earlier.
    matches.sort_by_key(|found| {
        (
            std::cmp::Reverse(strength(found)),
            std::cmp::Reverse(found.end - found.start),
            found.clothes.len(),
            found.start,
        )
    });
    // One value may be two passwords: with the full stop behind it and without.
    let is_password = |found: &mut Match| matches!(found.verdict, Verdict::Password(..));
    let mut kept: Vec<Match> = matches.extract_if(.., is_password).collect();
    let mut taken = std::collections::BTreeMap::<usize, usize>::new();
    for found in matches.drain(..) {
        let overlaps = taken.range(..found.end).next_back().is_some_and(|(_, end)| *end > found.start);
        if !overlaps {
            taken.insert(found.start, found.end);
            kept.push(found);
        }
    }
    kept.sort_by_key(|found| found.start);
    *matches = kept;
}
