//! The seal over what is kept.
//!
//! Holds: HMAC-SHA-256 with the owner's key over the name of a table, the key of a record and what it says. Must not
//! know: what a record says, or where seals lie.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Key;

/// A whole seal.
pub(super) const WHOLE: usize = 32;

/// The first half of a seal, which is plenty: whoever forges one can try it only by asking its owner.
pub(super) const SHORT: usize = 16;

pub(super) type Whole = [u8; WHOLE];
pub(super) type Short = [u8; SHORT];

/// Seals with one key.
#[derive(Clone, Debug)]
pub(super) struct Seal(Key);

impl Seal {
    pub(super) fn new(key: Key) -> Self {
        Self(key)
    }

    /// The seal over some parts, each with its length before it, so that none can lend bytes to the next.
    pub(super) fn whole(&self, parts: &[&[u8]]) -> Whole {
        // A key shorter than a block is filled up with zeros.
        let mut block = Zeroizing::new([0; 64]);
        for (byte, of_key) in block.iter_mut().zip(self.0.bytes()) {
            *byte = *of_key;
        }
        let block: &[u8; 64] = &block;
        let mut mac = Hmac::<Sha256>::new(block.into());
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The seal over a record.
    pub(super) fn record(&self, table: &str, key: &[u8], says: &[u8]) -> Short {
        first_half(self.whole(&[b"record", table.as_bytes(), key, says]))
    }

    /// Under which name something is tallied.
    pub(super) fn name(&self, kind: &str, key: &[u8]) -> Short {
        first_half(self.whole(&[b"name", kind.as_bytes(), key]))
    }

    /// A value with its seal before it.
    pub(super) fn close(&self, table: &str, key: &[u8], says: &[u8]) -> Vec<u8> {
        let mut sealed = self.whole(&[b"value", table.as_bytes(), key, says]).to_vec();
        sealed.extend_from_slice(says);
        sealed
    }

    /// What a value says; nothing where its seal is another.
    pub(super) fn open<'a>(&self, table: &str, key: &[u8], sealed: &'a [u8]) -> Option<&'a [u8]> {
        let (seal, says) = sealed.split_first_chunk::<WHOLE>()?;
        (*seal == self.whole(&[b"value", table.as_bytes(), key, says])).then_some(says)
    }
}

fn first_half(whole: Whole) -> Short {
    let mut short = [0; SHORT];
    for (to, from) in short.iter_mut().zip(whole) {
        *to = from;
    }
    short
}
