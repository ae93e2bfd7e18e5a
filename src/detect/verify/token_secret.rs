//! The bare secret part of a 2.0 token: 64 hexadecimal digits that are two UUIDs.
//!
//! Holds: what must stand around it. Must not know: how the match was found.

use super::shape::{is_official_example, is_two_uuids, redact};
use super::{Candidate, Verdict};
use crate::base::{About, Confidence, Secret, Severity, Standing};
use crate::codec::nip_is_valid;
use crate::detect::hit::Credential;

/// Judges a match.
pub(super) fn verify(candidate: &Candidate<'_>) -> Verdict {
    let secret = candidate.secret;
    let exact = !candidate.around.touches(|byte| byte.is_ascii_hexdigit());
    if !exact || !is_two_uuids(secret) {
        return Verdict::Nothing;
    }
    if is_official_example(secret) {
        return Verdict::Example;
    }
    let nip = nip_before(candidate.text);
    // A sound tax number and a bar before two UUIDs is no accident, whatever stands around.
    let around = candidate.around;
    let is_digest = || {
        // A name is broad, a label is close: in `hash_settings.env` a token may be labelled as one.
        around.has_on_line(candidate.unless) || (!around.is_named_token() && around.has_in_name(candidate.unless))
    };
    if nip.is_none() && (is_digest() || !around.has_near(candidate.near)) {
        return Verdict::Nothing;
    }
    Verdict::Credential(Box::new(Credential {
        rule: candidate.index,
        confidence: Confidence::Likely,
        severity: Severity::Critical,
        secret: Secret::new(secret.to_vec()),
        aliases: Vec::new(),
        redacted: redact(secret, 4, "hex"),
        about: About { context: nip.is_some().then(|| "nip".to_owned()), nip, ..About::default() },
        standing: Standing::unknown(),
    }))
}

/// The tax number in `5265877635|…` or `nip-5265877635|…`.
fn nip_before(text: &[u8]) -> Option<String> {
    let bar = text.iter().position(|byte| *byte == b'|')?;
    let digits = text.get(bar.checked_sub(10)?..bar)?;
    nip_is_valid(digits).then(|| String::from_utf8_lossy(digits).into_owned())
}
