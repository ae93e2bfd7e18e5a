//! What matching yields.
//!
//! Holds: the hit with its secret, and what else a window of bytes may turn out to be. Must not
//! know: how it was found, or what becomes of it.

use super::key::{self, Certificate};
use super::password::Strength;
use crate::base::{About, Clothes, Confidence, Secret, Severity, Standing};

/// A credential and the place where it stands in the bytes that were searched.
#[derive(Debug)]
pub struct Hit {
    /// What it is.
    pub credential: Credential,
    /// Where it stands.
    pub place: Place,
    /// Where it ends in the window that was searched.
    pub end: usize,
    /// Whether an allow comment stands on one of its lines.
    pub allowed: bool,
}

/// What a verifier makes of a match.
#[derive(Debug)]
pub struct Credential {
    /// The place of the rule in its set.
    pub rule: usize,
    /// How sure the verifier is.
    pub confidence: Confidence,
    /// How bad it is.
    pub severity: Severity,
    /// The canonical form.
    pub secret: Secret,
    /// Other forms of the same credential.
    pub aliases: Vec<Secret>,
    /// The form with the secret part replaced.
    pub redacted: String,
    /// What it says about itself.
    pub about: About,
    /// What it says about its own standing.
    pub standing: Standing,
}

/// Where something stands in the bytes that were searched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: u64,
    /// From 1, in characters.
    pub column: u64,
    /// From 0, in bytes.
    pub offset: u64,
    /// The dresses it wears, from the outermost inwards.
    pub clothes: Vec<Clothes>,
}

/// Bytes that were inside of others and want to be opened.
pub struct Nested {
    /// What was decoded; it may hold credentials.
    pub bytes: zeroize::Zeroizing<Vec<u8>>,
    /// Where it stands.
    pub place: Place,
    /// Whether an allow comment stands on its first line.
    pub allowed: bool,
}

/// A private key, open or sealed.
#[derive(Debug)]
pub struct KeyHit {
    /// What was read of it.
    pub key: Box<key::Found>,
    /// Whether words near it or in a name speak of KSeF.
    pub evidence: bool,
    /// Where it stands.
    pub place: Place,
    /// Where it ends in the window that was searched.
    pub end: usize,
    /// Whether an allow comment stands on one of its lines.
    pub allowed: bool,
}

/// What may be the password of a key or an archive near.
#[derive(Debug)]
pub struct PasswordHit {
    /// The password, if it is one.
    pub secret: Secret,
    /// What speaks for it.
    pub strength: Strength,
    /// Whether words near it or in a name speak of KSeF.
    pub evidence: bool,
    /// Where it stands.
    pub place: Place,
    /// Where it ends in the window that was searched.
    pub end: usize,
    /// Whether an allow comment stands on one of its lines.
    pub allowed: bool,
}

/// One thing that was found.
pub enum Found {
    /// A credential.
    Hit(Box<Hit>),
    /// A private key.
    Key(KeyHit),
    /// A certificate.
    Certificate(Box<Certificate>),
    /// What may be a password.
    Password(PasswordHit),
    /// Something to be opened.
    Nested(Nested),
    /// An invented token.
    Placeholder,
    /// A copy of the official example.
    Example,
    /// More was encoded in one another than is decoded; the rest was passed over.
    TooMuch,
    /// Something too long to be held whole; it was passed over.
    TooLong(Place),
}
