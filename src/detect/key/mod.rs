//! Private keys: what they are and whose, read from bytes alone.
//!
//! Holds: one file a form in which keys stand, what all of them come to (`Key`, named by its public half), how sealed
//! ones are protected, and the opening of those with a password. A key is one only if it parses to its last byte and
//! its numbers fit each other. Must not know: where the bytes were met, which words stood beside them, which password
//! belongs to which key. A new form is a file here, a line in `Form` and in `read`.

mod certificate;
mod cipher;
mod curve;
mod derive;
#[cfg(feature = "fuzzing")]
mod endure;
mod jwk;
mod legacy;
mod objects;
mod openssh;
mod pfx;
mod pkcs;
mod protection;
mod putty;
mod pvk;
mod rsa;
mod spki;
mod store;
mod unlock;
mod xml;

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::fmt;

pub use certificate::{Certificate, Environment, Holder, Use};
pub use derive::Effort;
#[cfg(feature = "fuzzing")]
pub use endure::{endure_certificate, endure_key};
pub use protection::{Lock, Protection};
pub use unlock::{Unlocked, cost_of, memory_of, unlock};

use crate::base::{Fingerprint, Secret};
use crate::codec::pem;

/// In what form a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// PKCS#1: the numbers of RSA alone.
    Pkcs1,
    /// PKCS#8: any algorithm.
    Pkcs8,
    /// SEC1: a scalar and its curve.
    Sec1,
    /// PKCS#8, encrypted.
    SealedPkcs8,
    /// PEM whose headers name a cipher: `Proc-Type: 4,ENCRYPTED`.
    SealedPem,
    /// What `ssh-keygen` writes.
    OpenSsh,
    /// `.ppk` of `PuTTY`.
    Putty,
    /// `.pvk` of Windows, or the blob inside of one.
    Pvk,
    /// JSON Web Key, or a set of them.
    Jwk,
    /// `RSAKeyValue` of .NET.
    Xml,
    /// PKCS#12: `.p12` and `.pfx`.
    Pfx,
    /// Java's first key store.
    Jks,
    /// Java's second key store.
    Jceks,
    /// The key store of Bouncy Castle, which is noticed and not opened.
    Bcfks,
}

impl Form {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pkcs1 => "PKCS#1",
            Self::Pkcs8 => "PKCS#8",
            Self::Sec1 => "SEC1",
            Self::SealedPkcs8 => "encrypted PKCS#8",
            Self::SealedPem => "encrypted PEM",
            Self::OpenSsh => "OpenSSH",
            Self::Putty => "PuTTY",
            Self::Pvk => "PVK",
            Self::Jwk => "JWK",
            Self::Xml => "RSAKeyValue",
            Self::Pfx => "PKCS#12",
            Self::Jks => "JKS",
            Self::Jceks => "JCEKS",
            Self::Bcfks => "BCFKS",
        }
    }
}

/// What a key computes with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA, with the bits of its modulus.
    Rsa(u32),
    /// An elliptic curve, by its name.
    Curve(String),
    /// Edwards curve 25519, to sign.
    Ed25519,
    /// Montgomery curve 25519, to agree on keys.
    X25519,
    /// Anything else, such as what is to stand against quantum computers: by name or object identifier.
    Other(String),
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
            Self::Curve(name) => write!(f, "EC {name}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::X25519 => f.write_str("X25519"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// A private key that was read, by its public half. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What it computes with.
    pub algorithm: Algorithm,
    /// The DER of its public half as `SubjectPublicKeyInfo`, the same in whatever form the key stood. Nothing for
    /// algorithms whose public half does not stand in the key and is not computed here.
    pub spki: Option<Vec<u8>>,
    /// The fingerprint of that, or else of the private part.
    pub fingerprint: Fingerprint,
}

impl Key {
    fn public(algorithm: Algorithm, spki: Vec<u8>) -> Self {
        Self { algorithm, fingerprint: Fingerprint::of_public(&spki), spki: Some(spki) }
    }

    fn nameless(algorithm: Algorithm, private: &[u8]) -> Self {
        Self { algorithm, fingerprint: Fingerprint::of_public(private), spki: None }
    }
}

/// Keys, and the certificates that lie beside them, in DER.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// At least one, in the order in which they stand.
    pub keys: Vec<Key>,
    /// Those of a store.
    pub certificates: Vec<Vec<u8>>,
    /// Keys of a store that another password opens.
    pub left: usize,
}

impl From<Key> for Contents {
    fn from(key: Key) -> Self {
        Self { keys: vec![key], certificates: Vec::new(), left: 0 }
    }
}

/// A key or store that a password protects.
#[derive(Debug)]
pub struct Sealed {
    /// Its form.
    pub form: Form,
    /// How it is protected: of a store, how its first key is.
    pub protection: Protection,
    /// The public halves that stand outside of the seal.
    pub spki: Vec<Vec<u8>>,
    /// The certificates that stand outside of the seal, in DER.
    pub certificates: Vec<Vec<u8>>,
    /// Its DER or the file, by which it is named until it is opened.
    pub bytes: Secret,
}

impl Sealed {
    fn new(form: Form, protection: Protection, bytes: &[u8]) -> Self {
        Self { form, protection, spki: Vec::new(), certificates: Vec::new(), bytes: Secret::new(bytes.to_vec()) }
    }

    /// The fingerprint of the sealed form.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.bytes)
    }
}

/// What was read.
#[derive(Debug)]
pub enum Holds {
    /// Keys that lie open.
    Open(Contents),
    /// Keys that need a password.
    Sealed(Box<Sealed>),
}

/// A key at the beginning of bytes.
#[derive(Debug)]
pub struct Found {
    /// Its form.
    pub form: Form,
    /// How many of the bytes are its own.
    pub len: usize,
    /// What it is.
    pub holds: Holds,
}

impl Found {
    fn open(form: Form, len: usize, contents: impl Into<Contents>) -> Self {
        Self { form, len, holds: Holds::Open(contents.into()) }
    }

    fn sealed(len: usize, sealed: Sealed) -> Self {
        Self { form: sealed.form, len, holds: Holds::Sealed(Box::new(sealed)) }
    }
}

thread_local! {
    /// What the numbers of keys cost that were computed with since it was asked last.
    static COMPUTED: Cell<usize> = const { Cell::new(0) };
}

/// What was computed on this thread since it was asked last, in nanoseconds as they were once measured. What is no key
/// costs as much as what is one, so readers tell it whatever comes of it.
pub fn computed() -> usize {
    COMPUTED.take()
}

fn compute(nanoseconds: usize) {
    COMPUTED.set(COMPUTED.get().saturating_add(nanoseconds));
}

/// Reads the key that begins with the first byte, in any form but bare base64.
pub fn read(bytes: &[u8]) -> Option<Found> {
    match bytes.first()? {
        b'-' => read_armour(bytes),
        0x30 => pkcs::read(bytes),
        b'o' => openssh::read(bytes),
        b'P' => putty::read(bytes),
        b'{' => jwk::read(bytes),
        b'<' => xml::read(bytes),
        0xFE | 0xCE => store::read(bytes),
        0x1E | 0x07 => pvk::read(bytes),
        _ => None,
    }
}

/// Reads the key whose base64 begins with the first byte, without armour, broken into lines or not.
pub fn read_base64(text: &[u8]) -> Option<Found> {
    let armour = pem::read_bare(text);
    let found = read(&armour.body)?;
    Some(Found { len: armour.len_of(found.len), ..found })
}

fn read_armour(text: &[u8]) -> Option<Found> {
    let armour = pem::read(text)?;
    // Certificates, requests and public keys stand in armour too; a certificate stays none with another label.
    if !armour.label.contains("PRIVATE KEY") && !armour.label.contains("PKCS12") {
        return None;
    }
    if let Some((cipher, start)) = &armour.locked {
        return legacy::read(&armour, cipher, start);
    }
    let found = match read(&armour.body) {
        None if armour.label == "ENCRYPTED PRIVATE KEY" => pkcs::read_sealed(&armour.body),
        found => found,
    }?;
    let len = if armour.is_ended { armour.len } else { armour.len_of(found.len) };
    Some(Found { len, ..found })
}
