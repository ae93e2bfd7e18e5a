//! What reports tell of a private key: its form, its lock, whose it is.
//!
//! Holds: facts alone, none of them secret. Must not know: how a key is read, or opened.

use serde::{Deserialize, Serialize};

use super::{Instant, Location};

/// What is told of a private key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFacts {
    /// What it computes with: `EC P-256`, `RSA 2048`; nothing where that is under the lock.
    pub algorithm: Option<String>,
    /// The form in which it stands: `PKCS#8`, `PKCS#12`; of several the first by name.
    pub form: String,
    /// How it is locked, wherever it stands; nothing of a key that lies open somewhere.
    pub lock: Option<LockFacts>,
    /// What opened it, where it is locked and was opened.
    pub opened: Option<Opened>,
    /// The certificate that belongs to it: one of KSeF before others, of several the one that ends last.
    pub certificate: Option<CertificateFacts>,
    /// The numbers of all certificates of KSeF that belong to it, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<String>,
}

/// How a key is locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockFacts {
    /// How its password becomes a key, and with what that encrypts.
    pub protection: String,
    /// How good that is: `broken`, `weak`, `fair`, `strong`, `unknown`.
    pub strength: String,
    /// What came of the passwords that were tried: `opened`, `closed`, `not-tried`, `cut-off`, `unknown-scheme`.
    pub tried: String,
}

/// What opened a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// `found` near it, the `empty` password, a `common` one, or one `given` with `--password-file`.
    pub by: String,
    /// Where the password stands that was found.
    pub at: Option<Location>,
}

/// What is told of a certificate. Names of people are not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// Until when it is valid.
    pub not_after: Instant,
    /// From when on.
    pub not_before: Instant,
    /// The common name of who issued it, where that is KSeF.
    pub issuer: Option<String>,
    /// Its number, in upper-case hexadecimal digits.
    pub serial: String,
    /// `production`, `demo` or `test`, where KSeF issued it.
    pub environment: Option<String>,
    /// `authentication` or `offline`, where it tells one of the two.
    pub usage: Option<String>,
    /// The tax number of its holder.
    pub nip: Option<String>,
    /// The PESEL of its holder, but for the last two digits masked.
    pub pesel: Option<String>,
}
