//! The locks of documents up to 2003.
//!
//! Holds: RC4 in both of its forms, whose key changes from block to block. Must not know: where passwords come from, or
//! what is locked.

use md5::Md5;
use rc4::Rc4;
use rc4::cipher::{KeyInit, StreamCipher};
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::integers::{size_at, u16_at, u32_at};

/// What trying a password costs, in bytes that could have been read meanwhile.
pub(super) const COST: u64 = 4096;

/// Bytes of a workbook for which a key is used.
pub(super) const BOOK: u64 = 1024;

/// Bytes of a Word document for which a key is used.
pub(super) const WORD: u64 = 512;

type Bytes = Zeroizing<Vec<u8>>;

/// What a document says of how it is locked.
pub(super) struct Lock {
    salt: [u8; 16],
    verifier: Vec<u8>,
    hash: Vec<u8>,
    /// The length of the key, in the later form.
    length: Option<usize>,
}

impl Lock {
    /// Reads it; nothing where it is of another kind.
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        let part = |at: usize, length: usize| data.get(at..at.checked_add(length)?);
        match (u16_at(data, 0)?, u16_at(data, 2)?) {
            (1, 1) => Some(Self {
                salt: *part(4, 16)?.first_chunk()?,
                verifier: part(20, 16)?.to_vec(),
                hash: part(36, 16)?.to_vec(),
                length: None,
            }),
            (2..=4, 2) => {
                let header = size_at(data, 8)?;
                // RC4, and a hash of twenty bytes.
                if u32_at(data, 12 + 8)? != 0x6801 {
                    return None;
                }
                let bits = size_at(data, 12 + 16)?;
                let at = header.checked_add(12)?;
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
        let key = match self.length {
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
        key.unlock_block(0, &mut both);
        let (verifier, hash) = both.split_at_checked(16)?;
        let right = match self.length {
            Some(_) => digest::<Sha1>(&[verifier]),
            None => digest::<Md5>(&[verifier]),
        };
        (right.as_slice() == hash).then_some(key)
    }
}

/// What unlocks a document.
pub(super) struct Key {
    base: Bytes,
    length: Option<usize>,
}

impl Key {
    fn new(base: Bytes, length: Option<usize>) -> Self {
        Self { base, length }
    }

    /// Unlocks bytes from the beginning of a block on.
    pub(super) fn unlock_block(&self, block: u32, bytes: &mut [u8]) {
        if let Some(mut cipher) = self.cipher(block) {
            cipher.apply_keystream(bytes);
        }
    }

    /// Unlocks bytes that stand at a place, where the key changes with blocks of this size.
    pub(super) fn unlock(&self, size: u64, mut place: u64, mut bytes: &mut [u8]) {
        while !bytes.is_empty() {
            let within = place % size;
            let count = usize::try_from(size - within).unwrap_or(usize::MAX).min(bytes.len());
            let (piece, rest) = bytes.split_at_mut(count);
            let stream = self.stream(size, place / size);
            let from = usize::try_from(within).unwrap_or(usize::MAX);
            piece.iter_mut().zip(stream.iter().skip(from)).for_each(|(byte, key)| *byte ^= key);
            place = place.saturating_add(count as u64);
            bytes = rest;
        }
    }

    /// What the bytes of a block are combined with.
    fn stream(&self, size: u64, block: u64) -> Bytes {
        let mut stream = Zeroizing::new(vec![0; usize::try_from(size).unwrap_or(0)]);
        self.unlock_block(u32::try_from(block).unwrap_or(u32::MAX), &mut stream);
        stream
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

/// Unlocks the small pieces of a workbook, one behind the other.
pub(super) struct Unlocking {
    key: Key,
    /// What the bytes of the last block are combined with.
    stream: Bytes,
    block: u64,
}

impl Unlocking {
    pub(super) fn new(key: Key) -> Self {
        Self { key, stream: Zeroizing::default(), block: u64::MAX }
    }

    /// Unlocks bytes that stand at a place.
    pub(super) fn unlock(&mut self, place: u64, bytes: &mut [u8]) {
        for (place, byte) in (place..).zip(bytes) {
            let block = place / BOOK;
            if block != self.block {
                (self.block, self.stream) = (block, self.key.stream(BOOK, block));
            }
            let within = usize::try_from(place % BOOK).unwrap_or(0);
            *byte ^= self.stream.get(within).copied().unwrap_or(0);
        }
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Bytes {
    let mut digest = D::new();
    parts.iter().for_each(|part| digest.update(part));
    Zeroizing::new(digest.finalize().to_vec())
}
