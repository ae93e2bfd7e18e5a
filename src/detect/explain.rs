//! What a token says about itself, check by check.
//!
//! Holds: the names of the checks in words. Must not know: how they are printed.

use super::Detector;
use super::verify::token::Token;
use crate::codec::{Reading, join, unescape};

/// One check and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenCheck {
    /// Its name in `about.weak`.
    pub name: &'static str,
    /// Whether it was passed.
    pub passed: bool,
    /// What it looks at.
    pub text: &'static str,
}

/// The checks of a 2.0 token, in the order of its parts.
const CHECKS: [(&str, &str); 5] = [
    ("date", "the reference begins with a real day since September 2025"),
    ("time", "its first block holds the millisecond of that day"),
    ("crc", "its last two digits are the CRC-8 of what stands before"),
    ("nip", "the tax number has the right check digit"),
    ("secret", "the secret part is two version-4 UUIDs, as KSeF draws them"),
];

impl Detector {
    /// The checks of the first text in the form of a 2.0 token; nothing where there is none.
    pub fn token_checks(&self, text: &[u8]) -> Vec<TokenCheck> {
        let rule = self.rules.rules().iter().position(|rule| rule.verify.as_deref() == Some("ksef-token"));
        let Some(compiled) = rule.and_then(|index| self.compiled.get(index)) else { return Vec::new() };
        let plain = join(&unescape(text, Reading { quoted_printable: false, drop_spaces: true }));
        let Some(found) = compiled.pattern.ready().and_then(|(regex, _)| regex.find(plain.bytes())) else {
            return Vec::new();
        };
        let Some(token) = Token::parse(&plain.bytes()[found.range()]) else { return Vec::new() };
        let checks = token.checks(self.now);
        let passed = |name: &str| if name == "secret" { checks.uuids } else { !checks.weak.contains(&name) };
        CHECKS.iter().map(|&(name, text)| TokenCheck { name, passed: passed(name), text }).collect()
    }
}
