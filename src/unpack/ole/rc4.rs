//! The locks of workbooks up to 2003.
//!
//! Holds: RC4 in both of its forms, whose key changes every kilobyte. Must not know: where passwords come from, or
//! what records mean.

use md5::Md5;
use rc4::Rc4;
use rc4::cipher::{KeyInit, StreamCipher};
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::integers::{size_at, u16_at, u32_at};

/// What trying a password costs, in bytes that could have been read meanwhile.
pub(super) const COST: u64 = 4096;

/// Bytes for which a key is used.
const BLOCK: u64 = 1024;

type Bytes = Zeroizing<Vec<u8>>;

/// What the record says that locks a workbook.
pub(super) struct Lock {
    salt: [u8; 16],
    verifier: Vec<u8>,
    hash: Vec<u8>,
    /// The length of the key, in the later form.
    length: Option<usize>,
}

impl Lock {
    /// Reads the record; nothing where it is of another kind.
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        let part = |at: usize, length: usize| data.get(at..at.checked_add(length)?);
        match (u16_at(data, 0)?, u16_at(data, 2)?, u16_at(data, 4)?) {
            (1, 1, 1) => Some(Self {
                salt: *part(6, 16)?.first_chunk()?,
                verifier: part(22, 16)?.to_vec(),
                hash: part(38, 16)?.to_vec(),
                length: None,
            }),
            (1, 2..=4, 2) => {
                let header = size_at(data, 10)?;
                // RC4, and a hash of twenty bytes.
                if u32_at(data, 14 + 8)? != 0x6801 {
                    return None;
                }
                let bits = size_at(data, 14 + 16)?;
                let at = header.checked_add(14)?;
                Some(Self {
                    salt: *part(at.checked_add(4)?, 16)?.first_chunk()?,
                    verifier: part(at + 20, 16)?.to_vec(),
                    hash: part(at + 40, 20)?.to_vec(),
                    length: Some(if bits == 0 { 5 } else { bits / 8 }),
                })
            }
            _ => None,
        }
    }

    /// The key, if the password is right.
    pub(super) fn key(&self, password: &[u8]) -> Option<Key> {
        let mut key = match self.length {
            Some(length) if length > 16 => return None,
            Some(length) => Key::new(digest::<Sha1>(&[&self.salt, password]), Some(length)),
            None => {
                let mut short = digest::<Md5>(&[password]);
                short.truncate(5);
                let parts = Zeroizing::new([&short[..], &self.salt].concat().repeat(16));
                let mut base = digest::<Md5>(&[&parts]);
                base.truncate(5);
                Key::new(base, None)
            }
        };
        let mut both = Zeroizing::new([&self.verifier[..], &self.hash].concat());
        key.unlock(0, &mut both);
        let (verifier, hash) = both.split_at_checked(16)?;
        let right = match self.length {
            Some(_) => digest::<Sha1>(&[verifier]),
            None => digest::<Md5>(&[verifier]),
        };
        (right.as_slice() == hash).then_some(key)
    }
}

/// What unlocks a workbook.
pub(super) struct Key {
    base: Bytes,
    length: Option<usize>,
    /// What the bytes of the last block are combined with.
    stream: Bytes,
    block: u64,
}

impl Key {
    fn new(base: Bytes, length: Option<usize>) -> Self {
        Self { base, length, stream: Zeroizing::default(), block: u64::MAX }
    }

    /// Unlocks bytes that stand at a place.
    pub(super) fn unlock(&mut self, place: u64, bytes: &mut [u8]) {
        for (place, byte) in (place..).zip(bytes) {
            let block = place / BLOCK;
            if block != self.block {
                self.turn(block);
            }
            let within = usize::try_from(place % BLOCK).unwrap_or(0);
            *byte ^= self.stream.get(within).copied().unwrap_or(0);
        }
    }

    /// Makes what the bytes of a block are combined with.
    fn turn(&mut self, block: u64) {
        self.block = block;
        self.stream = Zeroizing::new(vec![0; usize::try_from(BLOCK).unwrap_or(0)]);
        if let Some(mut cipher) = u32::try_from(block).ok().and_then(|block| self.cipher(block)) {
            cipher.apply_keystream(&mut self.stream);
        }
    }

    fn cipher(&self, block: u32) -> Option<Rc4> {
        let number = block.to_le_bytes();
        let mut key = match self.length {
            Some(_) => digest::<Sha1>(&[&self.base, &number]),
            None => digest::<Md5>(&[&self.base, &number]),
        };
        if let Some(length) = self.length {
            key.truncate(length);
            // Forty bits are filled up with zeros.
            key.resize(if length == 5 { 16 } else { length }, 0);
        }
        Rc4::new_from_slice(&key).ok()
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Bytes {
    let mut digest = D::new();
    parts.iter().for_each(|part| digest.update(part));
    Zeroizing::new(digest.finalize().to_vec())
}
