//! What a match is worth: one file a verifier.
//!
//! Holds: the registry of verifiers and what they are given. Must not know: how matches are found.
//! A new verifier is a file here and its line in `VERIFIERS`.

mod jwt;
mod plain;
mod shape;
pub(super) mod token;
mod token_1;
mod token_40;
mod token_secret;

use super::around::Around;
use super::hit::Credential;
use super::key::{self, Certificate};
use super::password::Strength;
use crate::base::{Instant, Secret};
use crate::rules::Rule;

pub(super) use shape::entropy;

/// A match, with all that helps to judge it.
pub(super) struct Candidate<'a> {
    /// The rule whose pattern matched, and its place in the set.
    pub(super) rule: &'a Rule,
    pub(super) index: usize,
    /// Its words, folded.
    pub(super) near: &'a [String],
    pub(super) unless: &'a [String],
    /// The place of the rule that holds bare secret parts, where the set has it.
    pub(super) secret_rule: Option<usize>,
    /// What matched, in its plain dress.
    pub(super) text: &'a [u8],
    /// The group `secret` of the pattern, or all of it.
    pub(super) secret: &'a [u8],
    /// What stands around.
    pub(super) around: &'a Around<'a>,
    /// The clock.
    pub(super) now: Instant,
}

/// What became of a match.
pub(super) enum Verdict {
    /// Not a credential.
    Nothing,
    /// Invented.
    Placeholder,
    /// The official example.
    Example,
    /// A credential.
    Credential(Box<Credential>),
    /// A private key, open or sealed, and whether something near speaks of KSeF.
    Key(Box<key::Found>, bool),
    /// A certificate, which is no credential and tells whose a key is.
    Certificate(Box<Certificate>),
    /// What may be the password of something near.
    Password(Secret, Strength),
}

/// A verifier.
pub(super) type Verify = fn(&Candidate<'_>) -> Verdict;

const VERIFIERS: [(&str, Verify); 5] = [
    ("ksef-token", token::verify),
    ("ksef-token-secret", token_secret::verify),
    ("ksef-token-40", token_40::verify),
    ("ksef-token-1", token_1::verify),
    ("ksef-jwt", jwt::verify),
];

/// The verifier of that name; a rule that names none is judged by its pattern and its words.
pub(super) fn by_name(name: Option<&str>) -> Option<Verify> {
    match name {
        None => Some(plain::verify),
        Some(name) => VERIFIERS.iter().find(|(known, _)| *known == name).map(|(_, verify)| *verify),
    }
}

/// Whether a run may be what a verifier accepts, told without looking around: nearly every run of
/// hexadecimal digits is a digest.
pub(super) fn may_be(name: Option<&str>, run: &[u8]) -> bool {
    name != Some("ksef-token-secret") || shape::is_two_uuids(run)
}

/// The names a rule may give, for messages.
pub(super) fn names() -> Vec<&'static str> {
    VERIFIERS.iter().map(|(name, _)| *name).collect()
}
