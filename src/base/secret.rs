//! The only holder of found bytes.
//!
//! Holds: `Secret`. It can be looked into only through `expose`, which clippy forbids everywhere
//! but at sites marked with a reason: verify, fingerprint, scrub and unlock.

use std::fmt;

use zeroize::Zeroizing;

/// Bytes that open a door. Wiped when dropped; it can be neither printed, copied nor serialised.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes over the bytes, which the caller no longer holds afterwards.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves. Every caller says in an `#[expect]` what it needs them for.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes it has; the length of a credential's form is no secret.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_only_the_length() {
        assert_eq!(format!("{:?}", Secret::new(b"canary".to_vec())), "Secret(6 bytes)");
    }
}
