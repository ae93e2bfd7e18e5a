//! Texts with placeholders, from which credentials are generated.
//!
//! Holds: the placeholders and their options. A template with an unknown one is an error, never a
//! text that happens to hold no credential.

use std::fmt;

use super::{Environment, Flaw, JwtForm, JwtType, Sampler, TokenForm};

/// The most characters that `{{base64:N}}` gives.
const MOST: usize = 65_536;

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
        let wrong =
            ["{{tokenn}}", "{{token:wrong=x}}", "{{jwt:access}}", "{{base64:-1}}", "{{nip:x}}", "{{reference:x}}"];
        for template in wrong.map(|template| format!("ab{template}")) {
            let error = Sampler::new(0).fill(&template).unwrap_err();
            assert_eq!(error.offset, 2);
            assert!(!error.to_string().contains("{{"), "{error}");
        }
        assert_eq!(Sampler::new(0).fill("{{nip").unwrap_err().problem, "it is not closed by }}");
    }
}
