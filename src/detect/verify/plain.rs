//! Judges a rule that names no verifier: by its words and the entropy it asks for.
//!
//! Holds: the rules of a user, mostly. Must not know: how the match was found.

use super::shape::redact;
use super::{Candidate, Verdict, entropy};
use crate::base::{About, Confidence, Secret, Standing};
use crate::detect::hit::Credential;

/// Judges a match.
pub(super) fn verify(candidate: &Candidate<'_>) -> Verdict {
    let (rule, around) = (candidate.rule, candidate.around);
    let drawn = rule.entropy.is_none_or(|least| entropy(candidate.secret) >= least);
    let near = candidate.near.is_empty() || around.has_near(candidate.near);
    if candidate.secret.is_empty() || !drawn || !near || around.has_on_line(candidate.unless) {
        return Verdict::Nothing;
    }
    Verdict::Credential(Box::new(Credential {
        rule: candidate.index,
        confidence: Confidence::Likely,
        severity: rule.severity,
        secret: Secret::new(candidate.secret.to_vec()),
        aliases: Vec::new(),
        redacted: redact(candidate.secret, (candidate.secret.len() / 8).min(4), "characters"),
        about: About::default(),
        standing: Standing::unknown(),
    }))
}
