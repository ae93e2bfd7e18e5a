//! The outer cipher of a database.
//!
//! Holds: the ciphers and decrypting with them. Must not know: how keys are made.

use aes::Aes256;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use chacha20::ChaCha20;
use chacha20::cipher::StreamCipher;

use crate::base::Trouble;

const AES: [u8; 16] = [0x31, 0xC1, 0xF2, 0xE6, 0xBF, 0x71, 0x43, 0x50, 0xBE, 0x58, 0x05, 0x21, 0x6A, 0xFC, 0x5A, 0xFF];
const CHACHA: [u8; 16] =
    [0xD6, 0x03, 0x8A, 0x2B, 0x8B, 0x6F, 0x4C, 0xB5, 0xA5, 0x24, 0x33, 0x9A, 0x31, 0xDB, 0xB5, 0x9A];
const TWOFISH: [u8; 16] =
    [0xAD, 0x68, 0xF2, 0x9F, 0x57, 0x6F, 0x4B, 0xB9, 0xA3, 0x6A, 0xD4, 0x7A, 0xF9, 0x65, 0x34, 0x6C];

/// A cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cipher {
    /// AES-256 in chained blocks.
    Aes,
    /// `ChaCha20`.
    ChaCha,
}

impl Cipher {
    /// The cipher of that name, which begins with those bytes.
    pub(super) fn of(name: &[u8], start: &[u8]) -> Result<Self, Trouble> {
        let cipher = match name {
            name if name == AES => Self::Aes,
            name if name == CHACHA => Self::ChaCha,
            name if name == TWOFISH => return Err(Trouble::unsupported("is encrypted with Twofish; not opened")),
            _ => return Err(Trouble::unsupported("is encrypted in a way that is not opened")),
        };
        let wanted = if cipher == Self::Aes { 16 } else { 12 };
        if start.len() == wanted { Ok(cipher) } else { Err(Trouble::malformed("has a damaged header")) }
    }

    /// How many of so many bytes can be decrypted: what is no whole block cannot.
    pub(super) fn whole(self, length: usize) -> usize {
        if self == Self::Aes { length - length % 16 } else { length }
    }

    /// Decrypts bytes from the first on, as many as are whole blocks.
    pub(super) fn decrypt(self, key: &[u8; 32], start: &[u8], bytes: &mut [u8]) -> Result<(), Trouble> {
        let damaged = || Trouble::malformed("has a damaged header");
        match self {
            Self::Aes => {
                let mut cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, start).map_err(|_| damaged())?;
                for block in bytes.as_chunks_mut::<16>().0 {
                    cipher.decrypt_block(block.into());
                }
            }
            Self::ChaCha => {
                let mut cipher = ChaCha20::new_from_slices(key, start).map_err(|_| damaged())?;
                cipher.try_apply_keystream(bytes).map_err(|_| damaged())?;
            }
        }
        Ok(())
    }

    /// How much of decrypted bytes is content, and not what fills the last block: so many bytes of that number.
    pub(super) fn content(self, bytes: &[u8]) -> usize {
        let fill = bytes.last().map_or(0, |last| usize::from(*last));
        let start = bytes.len().saturating_sub(fill);
        let is_filled = self == Self::Aes && (1..=16).contains(&fill);
        let is_sound = is_filled && bytes[start..].iter().all(|byte| usize::from(*byte) == fill);
        if is_sound { start } else { bytes.len() }
    }
}
