//! Tokens of KSeF 1.0: 64 upper-case digits, and the session token in lower case. They open
//! nothing any more; the habit that leaked them is alive.
//!
//! Holds: what must stand around them. Must not know: how the match was found.

use super::shape::{is_invented, is_two_uuids, redact};
use super::{Candidate, Verdict};
use crate::base::{About, Confidence, Secret, Severity, Standing, State};
use crate::detect::hit::Credential;

/// Judges a match.
pub(super) fn verify(candidate: &Candidate<'_>) -> Verdict {
    let (secret, around) = (candidate.secret, candidate.around);
    let exact = !around.touches(|byte| byte.is_ascii_alphanumeric());
    let upper = !secret.iter().any(u8::is_ascii_lowercase);
    let lower_case = secret.to_ascii_lowercase();
    if !exact || is_invented(secret) || is_two_uuids(&lower_case) || around.has_on_line(candidate.unless) {
        return Verdict::Nothing;
    }
    let session = around.label_has(&["sessiontoken", "session-token", "session_token", "session token"]);
    let confidence = match (upper, session || around.is_named_token()) {
        (true, true) => Confidence::Likely,
        (true, false) if around.has_near(&["ksef".to_owned()]) && around.label_has(&["token"]) => Confidence::Likely,
        (false, _) if session && around.has_near(&["ksef".to_owned()]) => Confidence::Likely,
        _ => return Verdict::Nothing,
    };
    Verdict::Credential(Box::new(Credential {
        rule: candidate.index,
        confidence,
        severity: Severity::Info,
        secret: Secret::new(secret.to_vec()),
        aliases: Vec::new(),
        redacted: redact(secret, 4, "hex"),
        about: About::default(),
        standing: Standing::new(State::Dead, "era", "KSeF 1.0 ended on 2026-02-01; its tokens do not open 2.0"),
    }))
}
