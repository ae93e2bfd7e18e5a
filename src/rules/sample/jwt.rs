//! Invented JWTs of the KSeF API.
//!
//! Holds: their claims, in the short names of today and the full names of the first versions. The
//! people in them are nobody: their PESEL has a month that no calendar knows.

use crate::base::Instant;

use super::Sampler;
use super::armour::base64url;

/// What base64url makes of `{"alg":"HS256","typ":"JWT"}`.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Which JWT of the API it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JwtType {
    /// Of the access to the API: 15 minutes.
    #[default]
    Access,
    /// Of the refresh: 7 days.
    Refresh,
    /// Of the authentication: 45 minutes.
    Authentication,
}

/// Which KSeF it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Environment {
    /// Invoices of the real world.
    #[default]
    Production,
    /// The rehearsal.
    Demo,
    /// The test environment.
    Test,
}

/// What a JWT is to be like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JwtForm {
    /// Which of them.
    pub kind: JwtType,
    /// Where it was issued.
    pub environment: Environment,
    /// When, instead of at random.
    pub issued: Option<Instant>,
    /// With the full names of claims that the first versions had.
    pub full_names: bool,
}

impl Sampler {
    /// A JWT of the KSeF API.
    pub fn jwt(&mut self, form: &JwtForm) -> String {
        let issued = form.issued.unwrap_or_else(|| self.issued());
        let payload = self.claims(form, issued);
        format!("{HEADER}.{}.{}", base64url(payload.as_bytes()), self.signature())
    }

    fn claims(&mut self, form: &JwtForm, issued: Instant) -> String {
        let (kind, minutes) = match form.kind {
            JwtType::Access => ("ContextToken", 15),
            JwtType::Refresh => ("RefreshToken", 7 * 24 * 60),
            JwtType::Authentication => ("AuthenticationToken", 45),
        };
        let issuer = match form.environment {
            Environment::Production => "ksef-api-pr",
            Environment::Demo => "ksef-api-tr",
            Environment::Test => "ksef-api-te",
        };
        let names = if form.full_names {
            ["token-type", "context-identifier-type", "context-identifier-value", "authentication-method"]
        } else {
            ["typ", "cit", "civ", "aum"]
        };
        let [typ, cit, civ, aum] = names;
        let (arn, sud) =
            if form.full_names { ("authentication-token-reference-number", "subject-details") } else { ("arn", "sud") };
        let methods = ["Token", "TrustedProfile", "QualifiedSeal", "QualifiedSignature", "InternalCertificate"];
        let method = methods[self.below(methods.len() as u64) as usize];
        let reference = self.reference_issued("AU", issued);
        let iat = issued.millis() / 1000;
        format!(
            r#"{{"{typ}":"{kind}","{cit}":"Nip","{civ}":"{nip}","{aum}":"{method}","{arn}":"{reference}","{sud}":"{person}","iat":{iat},"exp":{exp},"iss":"{issuer}","aud":"{issuer}"}}"#,
            nip = self.nip(),
            person = self.person(),
            exp = iat + 60 * minutes,
        )
    }

    /// A person as a JSON text inside a JSON text, which is how KSeF writes one.
    fn person(&mut self) -> String {
        let ((given, surname), pesel) = (self.name(), self.pesel());
        format!(
            r#"{{\"subjectIdentifier\":{{\"type\":\"Pesel\",\"value\":\"{pesel}\"}},\"givenName\":\"{given}\",\"surname\":\"{surname}\"}}"#
        )
    }

    /// The given name and the surname of nobody.
    pub(super) fn name(&mut self) -> (&'static str, &'static str) {
        let given = ["Zofia", "Jan", "Łucja", "Świętosław"][self.below(4) as usize];
        (given, ["Zmyślona", "Nieistniejąca", "Przykładowy", "Fikcyjny"][self.below(4) as usize])
    }

    /// The number of nobody: its month is in no calendar.
    pub(super) fn pesel(&mut self) -> String {
        format!("{}{}", 70 + self.below(30), 13 + self.below(7)) + &self.string(b"0123456789", 7)
    }

    /// 32 bytes in base64url: the last of its 43 digits holds only four bits.
    fn signature(&mut self) -> String {
        let bytes: Vec<u8> = (0..32).map(|_| self.below(256) as u8).collect();
        base64url(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    fn decoded(jwt: &str) -> serde_json::Value {
        let payload = jwt.split('.').nth(1).unwrap();
        let bits = payload.bytes().map(|digit| BASE64URL.iter().position(|known| *known == digit).unwrap() as u32);
        let bits: Vec<u32> = bits.collect();
        let bytes: Vec<u8> = bits
            .chunks(4)
            .flat_map(|chunk| {
                let word = chunk.iter().fold(0, |word, digit| word << 6 | digit) << (6 * (4 - chunk.len()));
                word.to_be_bytes()[1..chunk.len()].to_vec()
            })
            .collect();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[test]
    fn the_header_and_the_lengths_are_those_of_ksef() {
        assert_eq!(base64url(br#"{"alg":"HS256","typ":"JWT"}"#), HEADER);
        for seed in 0..50 {
            let jwt = Sampler::new(seed).jwt(&JwtForm::default());
            let parts: Vec<&str> = jwt.split('.').collect();
            assert_eq!((parts.len(), parts[0], parts[2].len()), (3, HEADER, 43));
            assert!(jwt.len() < 4096);
        }
    }

    #[test]
    fn the_claims_say_what_was_asked_for() {
        let issued = Instant::from_seconds(1_767_225_600).unwrap();
        let form =
            JwtForm { kind: JwtType::Refresh, environment: Environment::Test, issued: Some(issued), full_names: false };
        let claims = decoded(&Sampler::new(1).jwt(&form));
        assert_eq!(claims["typ"], "RefreshToken");
        assert_eq!(claims["iss"], "ksef-api-te");
        assert_eq!(claims["aud"], claims["iss"]);
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 7 * 24 * 3600);
        assert!(crate::codec::nip_is_valid(claims["civ"].as_str().unwrap().as_bytes()));
        let arn = claims["arn"].as_str().unwrap();
        assert!(arn.starts_with("20260101-AU-"));
        assert_eq!(format!("{:02X}", crate::codec::crc8(&arn.as_bytes()[..33])), &arn[34..]);
        let person: serde_json::Value = serde_json::from_str(claims["sud"].as_str().unwrap()).unwrap();
        assert_eq!(person["subjectIdentifier"]["value"].as_str().unwrap().len(), 11);
    }

    #[test]
    fn the_first_versions_named_claims_in_full() {
        let claims = decoded(&Sampler::new(2).jwt(&JwtForm { full_names: true, ..JwtForm::default() }));
        assert_eq!(claims["token-type"], "ContextToken");
        assert_eq!(claims["iss"], "ksef-api-pr");
        assert!(claims["context-identifier-value"].is_string());
    }
}
