//! Texts with placeholders, from which credentials are generated.
//!
//! Holds: the placeholders and their options. A template with an unknown one is an error, never a
//! text that happens to hold no credential.

use std::fmt;

use super::armour::{armour, base64};
use super::certificate::{CertificateForm, day};
use super::{Environment, Flaw, JwtForm, JwtType, Sampler, TokenForm};

/// The most characters that `{{base64:N}}` gives.
const MOST: usize = 65_536;
/// The rounds with which openssl makes a key of a password.
const ROUNDS: u32 = 2048;

/// The placeholders, and what each becomes.
pub const PLACEHOLDERS: &[(&str, &str)] = &[
    ("token", "a token of KSeF 2.0 for a NIP"),
    ("token:internal", "the same for an internal identifier"),
    ("token:wrong=crc+nip", "the same with flaws, any of `date`, `crc`, `time`, `nip`, `secret`"),
    ("secret", "the secret part of such a token alone"),
    ("reference", "the reference number of a token"),
    ("reference:CR", "a reference number of another type"),
    ("nip", "a tax number"),
    ("jwt:access:production", "a JWT: `access`, `refresh` or `authentication`; `production`, `demo` or `test`"),
    ("jwt:access:production:full", "the same with claims named in full"),
    ("key", "a private key on P-256: PKCS#8 in PEM"),
    ("key:sec1", "the same in the older form `EC PRIVATE KEY`"),
    ("key:der64", "the same in base64 on one line, without armour"),
    ("key:line", "the same in PEM on one line, with `\\n` for its line ends"),
    ("key:sealed=PASSWORD", "the same encrypted as openssl does it; letters, digits and `-_.!` make the password"),
    ("key:application=PASSWORD", "the same encrypted as the taxpayer application does it"),
    ("certificate", "a certificate of KSeF for a company, in PEM, without its key"),
    ("pair:production", "a key and its certificate, in PEM; of `production`, of `test`, or an `expired` one"),
    ("public-key", "a public key in PEM"),
    ("request", "a request for a certificate, in PEM"),
    ("token40", "40 letters and digits"),
    ("HEX64", "64 upper-case hexadecimal digits, a token of KSeF 1.0"),
    ("hex64", "64 lower-case hexadecimal digits that are no two UUIDs, like a SHA-256"),
    ("hex40", "40 lower-case hexadecimal digits, like a SHA-1"),
    ("uuid", "a version-4 UUID with dashes"),
    ("invoice-number", "the KSeF number of an invoice"),
    ("base64:N", "N characters of base64"),
];

/// Why a template cannot be filled; it never quotes the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleError {
    /// Where the placeholder begins, in bytes.
    pub offset: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "placeholder at byte {}: {}", self.offset, self.problem)
    }
}

impl std::error::Error for SampleError {}

impl Sampler {
    /// Fills a template. Braces followed by anything but a letter are text, so that `${{ secrets.X }}` of
    /// a pipeline can stand in a sample.
    pub fn fill(&mut self, template: &str) -> Result<String, SampleError> {
        let mut text = String::with_capacity(template.len() + 256);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            let offset = template.len() - after.len() - 2;
            text.push_str(before);
            if !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
                text.push_str("{{");
                rest = after;
                continue;
            }
            let (inside, after) =
                after.split_once("}}").ok_or(SampleError { offset, problem: "it is not closed by }}" })?;
            text += &self.placeholder(inside).map_err(|problem| SampleError { offset, problem })?;
            rest = after;
        }
        text.push_str(rest);
        Ok(text)
    }

    fn placeholder(&mut self, inside: &str) -> Result<String, &'static str> {
        let (name, options) = inside.split_once(':').map_or((inside, None), |(name, options)| (name, Some(options)));
        Ok(match (name, options) {
            ("token", options) => {
                let form = token_form(options)?;
                self.token_with(&form)
            }
            ("jwt", options) => {
                let form = jwt_form(options)?;
                self.jwt(&form)
            }
            ("key", options) => self.key(options)?,
            ("pair", options) => self.pair(options)?,
            ("certificate", None) => {
                let certificate = self.key_pair().certificate(&CertificateForm::default());
                ended(armour("CERTIFICATE", &certificate))
            }
            ("public-key", None) => ended(armour("PUBLIC KEY", &self.key_pair().spki())),
            ("request", None) => ended(armour("CERTIFICATE REQUEST", &self.key_pair().request())),
            ("reference", None) => self.reference("EC"),
            ("reference", Some(kind)) if kind.len() == 2 && kind.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                self.reference(kind)
            }
            ("reference", Some(_)) => return Err("a type is two upper-case letters"),
            ("base64", Some(count)) => {
                let count =
                    count.parse().ok().filter(|count| *count <= MOST).ok_or("base64 takes a count up to 65536")?;
                self.string(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", count)
            }
            ("secret", None) => self.secret(),
            ("nip", None) => self.nip(),
            ("token40", None) => self.token40(),
            ("hex40", None) => self.hex(40),
            ("hex64", None) => self.hex64(),
            ("HEX64", None) => self.hex64().to_ascii_uppercase(),
            ("uuid", None) => self.uuid(),
            ("invoice-number", None) => self.invoice_number(),
            _ => return Err("it is unknown"),
        })
    }

    fn key(&mut self, options: Option<&str>) -> Result<String, &'static str> {
        const TAKES: &str = "a key takes sec1, der64 or line, or sealed= or application= with a password of up to 64 \
                             letters, digits, -, _, . and !";
        let pair = self.key_pair();
        let sealed = |bytes: &[u8]| armour("ENCRYPTED PRIVATE KEY", bytes);
        let text = match options {
            None => pair.pem(),
            Some("sec1") => armour("EC PRIVATE KEY", &pair.sec1()),
            Some("der64") => base64(&pair.der()),
            Some("line") => pair.pem().replace('\n', "\\n"),
            Some(option) => match option.split_once('=').filter(|(_, password)| is_password(password)) {
                Some(("sealed", password)) => sealed(&pair.sealed(password, ROUNDS)),
                Some(("application", password)) => sealed(&pair.application(password)),
                _ => return Err(TAKES),
            },
        };
        Ok(ended(text))
    }

    fn pair(&mut self, options: Option<&str>) -> Result<String, &'static str> {
        let mut form = CertificateForm::default();
        match options {
            Some("production") => {}
            Some("test") => form.environment = Environment::Test,
            Some("expired") => {
                (form.not_before, form.not_after) = (Some(day(2024, 1, 1)), Some(day(2025, 12, 1)));
            }
            _ => return Err("a pair takes production, test or expired"),
        }
        let pair = self.key_pair();
        Ok(ended(pair.pem() + &armour("CERTIFICATE", &pair.certificate(&form))))
    }
}

/// The text without its last line end, so that anything may stand behind it.
fn ended(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    text
}

fn is_password(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(known)
}

fn token_form(options: Option<&str>) -> Result<TokenForm, &'static str> {
    let mut form = TokenForm::default();
    for option in options.into_iter().flat_map(|options| options.split(':')) {
        if option == "internal" {
            form.internal = true;
            continue;
        }
        let flaws = option.strip_prefix("wrong=").ok_or("a token takes the options internal and wrong=")?;
        for flaw in flaws.split('+') {
            form.flaws.push(match flaw {
                "date" => Flaw::Date,
                "crc" => Flaw::Crc,
                "time" => Flaw::Time,
                "nip" => Flaw::Nip,
                "secret" => Flaw::Secret,
                _ => return Err("wrong= takes date, crc, time, nip and secret, joined by +"),
            });
        }
    }
    Ok(form)
}

fn jwt_form(options: Option<&str>) -> Result<JwtForm, &'static str> {
    const TAKES: &str =
        "a jwt takes access, refresh or authentication, then production, demo or test, then perhaps full";
    let mut options = options.unwrap_or_default().split(':');
    let kind = match options.next() {
        Some("access") => JwtType::Access,
        Some("refresh") => JwtType::Refresh,
        Some("authentication") => JwtType::Authentication,
        _ => return Err(TAKES),
    };
    let environment = match options.next() {
        Some("production") => Environment::Production,
        Some("demo") => Environment::Demo,
        Some("test") => Environment::Test,
        _ => return Err(TAKES),
    };
    let full_names = match (options.next(), options.next()) {
        (None, None) => false,
        (Some("full"), None) => true,
        _ => return Err(TAKES),
    };
    Ok(JwtForm { kind, environment, issued: None, full_names })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_placeholder_can_be_filled() {
        for (name, _) in PLACEHOLDERS {
            let template = format!("a{{{{{}}}}}z", name.replace(":N", ":12"));
            let text = Sampler::new(7).fill(&template).unwrap();
            assert!(text.len() > 11 && text.starts_with('a') && text.ends_with('z'), "{name}");
        }
    }

    #[test]
    fn braces_of_other_languages_are_text() {
        let text = "KSEF_TOKEN: ${{ secrets.KSEF_TOKEN }} {{{{ {{";
        assert_eq!(Sampler::new(0).fill(text).as_deref(), Ok(text));
    }

    #[test]
    fn what_is_unknown_is_an_error_that_quotes_nothing() {
        let wrong = [
            "{{tokenn}}",
            "{{token:wrong=x}}",
            "{{jwt:access}}",
            "{{base64:-1}}",
            "{{nip:x}}",
            "{{reference:x}}",
            "{{key:pem}}",
            "{{key:sec1=}}",
            "{{key:sealed}}",
            "{{key:sealed=}}",
            "{{key:sealed=a b}}",
            "{{key:application=ż}}",
            "{{pair}}",
            "{{pair:demo}}",
            "{{certificate:test}}",
        ];
        for template in wrong.map(|template| format!("ab{template}")) {
            let error = Sampler::new(0).fill(&template).unwrap_err();
            assert_eq!(error.offset, 2);
            assert!(!error.to_string().contains("{{"), "{error}");
        }
        assert_eq!(Sampler::new(0).fill("{{nip").unwrap_err().problem, "it is not closed by }}");
    }
}
