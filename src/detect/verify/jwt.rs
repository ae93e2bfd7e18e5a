//! JWTs of the KSeF API, known by the issuer in their payload.
//!
//! Holds: reading a payload. The name and PESEL of a person that it holds are never taken over.
//! Must not know: how the match was found.

use super::{Candidate, Verdict};
use crate::base::{About, Confidence, Instant, Secret, Severity, Standing, State};
use crate::codec::{base64_bytes, crc8, nip_is_valid};
use crate::detect::hit::Credential;

/// The claims of a payload, of which few are told and the others left where they are.
struct Claims(serde_json::Map<String, serde_json::Value>);

impl Claims {
    /// Reads a payload. The error of the parser quotes its input, so nothing of it is kept.
    fn read(payload: &[u8]) -> Option<Self> {
        serde_json::from_slice(payload).ok().map(Self)
    }

    /// A claim by its short name, or by the long one of older tokens.
    fn text(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.0.get(*name)?.as_str())
    }

    fn instant(&self, name: &str) -> Option<Instant> {
        Instant::from_seconds(self.0.get(name)?.as_i64()?)
    }

    fn issuer(&self) -> &str {
        self.text(&["iss"]).unwrap_or_default()
    }
}

/// Judges a match.
pub(super) fn verify(candidate: &Candidate<'_>) -> Verdict {
    let mut parts = candidate.text.split(|byte| *byte == b'.');
    let (Some(head), Some(body), Some(_)) = (parts.next(), parts.next(), parts.next()) else { return Verdict::Nothing };
    let payload = zeroize::Zeroizing::new(base64_bytes(body));
    let Some(claims) = Claims::read(&payload) else { return Verdict::Nothing };
    if !base64_bytes(head).starts_with(b"{") || !claims.issuer().starts_with("ksef-api-") {
        return Verdict::Nothing;
    }
    // The issuer of the samples in the official documentation, which are copied as the token is.
    if claims.issuer() == "ksef-api-ti" {
        return Verdict::Example;
    }
    let about = claims.about();
    let standing = standing(about.expires, candidate.now);
    let severity = match (about.token_type.as_deref(), standing.state) {
        (_, State::Expired) => Severity::Low,
        (Some("refresh"), _) => Severity::Critical,
        _ => candidate.rule.severity,
    };
    let token_type = about.token_type.as_deref().unwrap_or("unknown");
    Verdict::Credential(Box::new(Credential {
        rule: candidate.index,
        confidence: Confidence::Certain,
        severity,
        secret: Secret::new(candidate.text.to_vec()),
        aliases: Vec::new(),
        redacted: format!("{token_type} JWT ({} characters)", candidate.text.len()),
        about,
        standing,
    }))
}

impl Claims {
    fn about(&self) -> About {
        let nip = self.text(&["civ", "context-identifier-value"]).filter(|value| nip_is_valid(value.as_bytes()));
        let context = self.text(&["cit", "context-identifier-type"]).filter(|kind| is_word(kind)).map(lower_first);
        let reference = self.text(&["arn", "authentication-reference-number", "operation-reference-number"]);
        let method = self.text(&["aum", "authentication-method"]);
        About {
            key: None,
            reference: reference.filter(|number| is_reference(number)).map(str::to_owned),
            issued: self.instant("iat"),
            context: context.or_else(|| nip.is_some().then(|| "nip".to_owned())),
            nip: nip.map(str::to_owned),
            internal_id: None,
            environment: self.environment().map(str::to_owned),
            expires: self.instant("exp"),
            token_type: self.token_type().map(str::to_owned),
            method: method.filter(|method| is_word(method)).map(str::to_owned),
            weak: Vec::new(),
        }
    }

    fn environment(&self) -> Option<&'static str> {
        match self.issuer().strip_prefix("ksef-api-")? {
            "pr" => Some("production"),
            "tr" => Some("demo"),
            "te" => Some("test"),
            _ => None,
        }
    }

    fn token_type(&self) -> Option<&'static str> {
        match self.text(&["typ", "token-type"])? {
            "AuthenticationToken" | "OperationToken" => Some("authentication"),
            "ContextToken" | "AccessToken" => Some("access"),
            "RefreshToken" => Some("refresh"),
            _ => None,
        }
    }
}

/// `Nip` and `InternalId` are written `nip` and `internalId` elsewhere.
fn lower_first(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    word
}

/// Whether a claim is one plain word, and nothing that a hostile payload would like to see printed.
fn is_word(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_reference(text: &str) -> bool {
    let bytes = text.as_bytes();
    let printed = |crc: u8| format!("{crc:02X}");
    bytes.len() == 36
        && text.is_ascii()
        && printed(crc8(&bytes[..33])) == text[34..]
        && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'-')
}

fn standing(expires: Option<Instant>, now: Instant) -> Standing {
    match expires {
        Some(expires) if expires <= now => Standing::new(State::Expired, "expiry", "its own expiry has passed"),
        Some(_) => Standing::new(State::Live, "expiry", "it cannot be recalled before it expires"),
        None => Standing::unknown(),
    }
}
