//! The 40-character token that guides for users describe. It has no structure: the words around it
//! are all there is.
//!
//! Holds: what it must not look like, and what must stand around it. Must not know: how the match
//! was found.

use super::shape::{entropy, is_invented, redact, transitions};
use super::{Candidate, Verdict};
use crate::base::{About, Confidence, Secret, Standing};
use crate::detect::hit::Credential;

/// Judges a match.
pub(super) fn verify(candidate: &Candidate<'_>) -> Verdict {
    let (secret, around) = (candidate.secret, candidate.around);
    let touched =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'/' | b'-' | b'%' | b'\\' | b'@');
    // The cheap questions come first: dumps are full of letters and digits.
    if around.touches(touched) || !looks_drawn(secret, true) {
        return Verdict::Nothing;
    }
    let like_a_digest = secret.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    if like_a_digest && around.is_in_lock_file() {
        return Verdict::Nothing;
    }
    if around.is_for_something_else() {
        return Verdict::Nothing;
    }
    let named = around.names_it(like_a_digest);
    let confidence = if named { Confidence::Likely } else { Confidence::Possible };
    if !looks_drawn(secret, named) || around.has_on_line(candidate.unless) || !around.has_near(candidate.near) {
        return Verdict::Nothing;
    }
    // A heading «NIP» alone speaks of KSeF only where a token stands in a column beside it.
    let spoken: Vec<String> = candidate.near.iter().filter(|word| !word.contains("nip")).cloned().collect();
    if !(named || around.stands_alone() && around.has_near(&spoken)) {
        return Verdict::Nothing;
    }
    let nip = around.nip_on_line();
    Verdict::Credential(Box::new(Credential {
        rule: candidate.index,
        confidence,
        severity: candidate.rule.severity,
        secret: Secret::new(secret.to_vec()),
        aliases: Vec::new(),
        redacted: redact(secret, 4, "characters"),
        about: About { context: nip.is_some().then(|| "nip".to_owned()), nip, ..About::default() },
        standing: Standing::unknown(),
    }))
}

/// Whether it was drawn rather than written. Where nothing names it, it must also be neither a
/// digest nor a number.
fn looks_drawn(secret: &[u8], named: bool) -> bool {
    let digits = secret.iter().filter(|byte| byte.is_ascii_digit()).count();
    if named && digits == secret.len() {
        // "40 digits", say some guides.
        return !is_invented_number(secret);
    }
    let hexadecimal = secret.iter().all(u8::is_ascii_hexdigit);
    // Of random letters of both cases and digits, one in two thousand changes class fewer than
    // fourteen times, of one case and digits, fewer than seven times; words joined to a name do
    // so twice a word. One in a thousand has no digit.
    let both_cases = secret.iter().any(u8::is_ascii_uppercase) && secret.iter().any(u8::is_ascii_lowercase);
    let least = if both_cases { 14 } else { 7 };
    let mixed = digits > 0 && transitions(secret) >= least && entropy(secret) > 3.3 && !is_invented(secret);
    mixed && (named || (!hexadecimal && digits > 1 && digits < 30))
}

fn is_invented_number(secret: &[u8]) -> bool {
    entropy(secret) < 2.5 || secret.windows(2).filter(|pair| pair[0] == pair[1] || pair[0] + 1 == pair[1]).count() > 20
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Sampler;

    #[test]
    fn names_are_not_drawn() {
        let names = [
            "AuthenticationCoordinatorKsefTokenAsync1",
            "PersonPermissionsOwnerNipGrantedE2ETests",
            "ksefinvoicemetadataqueryauthorization200",
            "KSEFINVOICEMETADATAQUERYAUTHORIZATIONV20",
            "KsefInvoiceMetadataQueryAuthorizationNip",
        ];
        for name in names {
            assert_eq!(name.len(), 40, "{name}");
            assert!(!looks_drawn(name.as_bytes(), true), "{name}");
        }
    }

    #[test]
    fn what_is_drawn_looks_so() {
        let mut sampler = Sampler::new(3);
        let mut count = |alphabet: &[u8]| {
            (0..10_000).filter(|_| looks_drawn(sampler.string(alphabet, 40).as_bytes(), true)).count()
        };
        let letters = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let counts = [count(letters), count(&letters[..36]), count(&letters[..16]), count(&letters[..10])];
        assert!(counts.iter().all(|count| *count >= 9_950), "{counts:?}");
    }
}
