//! The name under which a credential may be printed, stored and compared.
//!
//! Holds: `Fingerprint`, the SHA-256 of a credential's canonical form. All canonical forms have
//! well over 120 bits of entropy, so a plain hash is safe to publish; a password never gets one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::Secret;

/// SHA-256 of the canonical form of a credential.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a credential in its canonical form.
    #[expect(clippy::disallowed_methods, reason = "to fingerprint is one of the four uses of a secret")]
    pub fn of(secret: &Secret) -> Self {
        Self::of_public(secret.expose())
    }

    /// The same hash of bytes that are no secret, such as a rule set or a name.
    pub fn of_public(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The first 64 bits, by which people quote a finding.
    pub fn short(&self) -> String {
        self.to_string()[..16].to_owned()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| ())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| ())?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|()| serde::de::Error::custom("no SHA-256 in hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_plain_sha_256_of_the_bytes() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Fingerprint::of(&Secret::new(Vec::new())).to_string(), empty);
        assert_eq!(empty.parse(), Ok(Fingerprint::of_public(b"")));
    }

    #[test]
    fn refuses_what_is_no_sha_256() {
        assert_eq!("e3b0".parse::<Fingerprint>(), Err(()));
        assert_eq!("zz".repeat(32).parse::<Fingerprint>(), Err(()));
        assert_eq!("é".repeat(32).parse::<Fingerprint>(), Err(()));
    }
}
