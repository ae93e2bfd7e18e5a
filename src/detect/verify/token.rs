//! The token of KSeF 2.0, `<reference>|<context>|<64 hex>`, which verifies itself.
//!
//! Holds: its checks and what follows from them. Must not know: how the match was found.

use super::shape::{is_invented, is_official_example, is_two_uuids};
use super::{Candidate, Verdict};
use crate::base::{About, Confidence, Instant, Secret, Severity, Standing};
use crate::codec::{crc8, nip_is_valid};
use crate::detect::hit::Credential;

/// Milliseconds of a day.
const DAY: u32 = 86_400_000;

/// A token taken apart; the text is known to have the form.
pub(in crate::detect) struct Token<'a> {
    pub(super) reference: &'a [u8],
    context: &'a str,
    owner: &'a [u8],
    pub(super) secret: &'a [u8],
}

/// The checks of a token; the secret is checked apart from the reference, which may be edited.
pub(in crate::detect) struct Checks {
    /// When it was issued, where date and time are sound.
    pub(super) issued: Option<Instant>,
    /// The names of the failed checks of reference and context.
    pub(in crate::detect) weak: Vec<&'static str>,
    /// Whether the secret part has the form of those that KSeF issues.
    pub(in crate::detect) uuids: bool,
}

impl<'a> Token<'a> {
    /// Takes a text of the form apart.
    pub(in crate::detect) fn parse(text: &'a [u8]) -> Option<Self> {
        let mut parts = text.split(|byte| *byte == b'|');
        let (reference, owner, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let dash = owner.iter().position(|byte| *byte == b'-')?;
        let context = std::str::from_utf8(&owner[..dash]).ok()?;
        (reference.len() == 36 && secret.len() == 64).then_some(Self {
            reference,
            context,
            owner: &owner[dash + 1..],
            secret,
        })
    }

    fn nip(&self) -> &'a [u8] {
        &self.owner[..self.owner.len().min(10)]
    }

    /// Runs all checks.
    pub(in crate::detect) fn checks(&self, now: Instant) -> Checks {
        let mut weak = Vec::new();
        let day = day(&self.reference[..8], now);
        if day.is_none() {
            weak.push("date");
        }
        let declared = std::str::from_utf8(&self.reference[34..]).ok().and_then(|crc| u8::from_str_radix(crc, 16).ok());
        if declared != Some(crc8(&self.reference[..33])) {
            weak.push("crc");
        }
        let millis = std::str::from_utf8(&self.reference[12..19]).ok().and_then(|ms| u32::from_str_radix(ms, 16).ok());
        let millis = millis.filter(|millis| *millis < DAY && self.reference[19..22].iter().all(u8::is_ascii_digit));
        if millis.is_none() {
            weak.push("time");
        }
        if !nip_is_valid(self.nip()) {
            weak.push("nip");
        }
        let issued = day.zip(millis).and_then(|(day, millis)| Instant::from_millis(day.millis() + i64::from(millis)));
        Checks { issued, weak, uuids: is_two_uuids(self.secret) }
    }

    /// What the token says about itself.
    pub(super) fn about(&self, checks: &Checks) -> About {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        About {
            reference: Some(text(self.reference)),
            issued: checks.issued,
            context: Some(self.context.to_owned()),
            nip: Some(text(self.nip())),
            internal_id: (self.context == "internalId").then(|| text(self.owner)),
            weak: checks.weak.iter().map(|&name| name.to_owned()).collect(),
            ..About::default()
        }
    }

    fn redacted(&self) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (reference, owner, secret) = (text(self.reference), text(self.owner), text(&self.secret[..4]));
        format!("{reference}|{}-{owner}|{secret}…(64 hex)", self.context)
    }
}

/// A real day on which tokens were issued: KSeF 2.0 issues them since September 2025.
fn day(digits: &[u8], now: Instant) -> Option<Instant> {
    let number = |range: std::ops::Range<usize>| std::str::from_utf8(&digits[range]).ok()?.parse::<i16>().ok();
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    let day = Instant::from_day(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?;
    let first = Instant::from_day(2025, 9, 1)?;
    let last = Instant::from_millis(now.millis().saturating_add(i64::from(DAY)))?;
    (first <= day && day <= last).then_some(day)
}

/// Judges a match.
pub(super) fn verify(candidate: &Candidate<'_>) -> Verdict {
    let Some(token) = Token::parse(candidate.text) else { return Verdict::Nothing };
    if is_official_example(token.secret) {
        return Verdict::Example;
    }
    let mut checks = token.checks(candidate.now);
    let (rule, confidence) = match (checks.uuids, checks.weak.len()) {
        (true, 0) => (candidate.index, Confidence::Certain),
        (true, 1) => (candidate.index, Confidence::Likely),
        // The secret part is intact, whatever was edited around it.
        (true, _) => (candidate.secret_rule.unwrap_or(candidate.index), Confidence::Likely),
        // A sound reference before a secret of another make: mistyped, or a make that is new.
        (false, 0) if !is_invented(token.secret) => {
            checks.weak.push("secret");
            (candidate.index, Confidence::Likely)
        }
        _ => return Verdict::Placeholder,
    };
    Verdict::Credential(Box::new(Credential {
        rule,
        confidence,
        severity: Severity::Critical,
        secret: Secret::new(candidate.text.to_vec()),
        aliases: vec![Secret::new(token.secret.to_vec())],
        redacted: token.redacted(),
        about: token.about(&checks),
        standing: Standing::unknown(),
    }))
}
