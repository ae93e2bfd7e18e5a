//! The mask on protected values: one stream of bytes for all of them, in the order in which they stand.
//!
//! Holds: making it and lifting it. Must not know: where values stand.

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use salsa20::Salsa20;
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

use crate::base::Trouble;

/// Of what Salsa20 begins in every database.
const START: [u8; 8] = [0xE8, 0x30, 0x09, 0x4B, 0x97, 0x20, 0x5D, 0x2A];

/// A mask.
pub(super) enum Mask {
    /// There is none.
    Open,
    Salsa(Zeroizing<[u8; 32]>),
    /// The key, and of what it begins.
    ChaCha(Zeroizing<[u8; 44]>),
}

/// A mask that is being lifted.
pub(super) enum Lifting {
    Open,
    Salsa(Box<Salsa20>),
    ChaCha(Box<ChaCha20>),
}

fn broken() -> Trouble {
    Trouble::malformed("is damaged")
}

impl Mask {
    /// The mask of some kind.
    pub(super) fn of(kind: u32, key: &[u8]) -> Result<Self, Trouble> {
        match kind {
            0 => Ok(Self::Open),
            2 => {
                let mut made = Zeroizing::new([0; 32]);
                made.copy_from_slice(&Sha256::digest(key));
                Ok(Self::Salsa(made))
            }
            3 => {
                let digest = Zeroizing::new(<[u8; 64]>::from(Sha512::digest(key)));
                let mut made = Zeroizing::new([0; 44]);
                made.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
                Ok(Self::ChaCha(made))
            }
            _ => Err(Trouble::unsupported("has values that are protected in a way that is not known; not opened")),
        }
    }

    /// The mask from the first value on.
    pub(super) fn begin(&self) -> Result<Lifting, Trouble> {
        Ok(match self {
            Self::Open => Lifting::Open,
            Self::Salsa(key) => Lifting::Salsa(Box::new(Salsa20::new((&**key).into(), &START.into()))),
            Self::ChaCha(both) => {
                let (key, start) = both.split_at(32);
                Lifting::ChaCha(Box::new(ChaCha20::new_from_slices(key, start).map_err(|_| broken())?))
            }
        })
    }
}

impl Lifting {
    /// Lifts it from the bytes that come next.
    pub(super) fn lift(&mut self, bytes: &mut [u8]) -> Result<(), Trouble> {
        match self {
            Self::Open => Ok(()),
            Self::Salsa(cipher) => cipher.try_apply_keystream(bytes).map_err(|_| broken()),
            Self::ChaCha(cipher) => cipher.try_apply_keystream(bytes).map_err(|_| broken()),
        }
    }

    /// Lifts it from bytes before which it covered so many.
    pub(super) fn lift_at(&mut self, at: u64, bytes: &mut [u8]) -> Result<(), Trouble> {
        match self {
            Self::Open => Ok(()),
            Self::Salsa(cipher) => cipher.try_seek(at).map_err(|_| broken()),
            Self::ChaCha(cipher) => cipher.try_seek(at).map_err(|_| broken()),
        }?;
        self.lift(bytes)
    }
}
