//! The locks of Office 2007 and later: keys out of passwords.
//!
//! Holds: standard encryption (AES in blocks of their own) and agile encryption (AES in chained blocks, described in
//! XML). Must not know: where passwords come from, or what is locked.

use aes::cipher::{Block, BlockCipherDecrypt, BlockSizeUser, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::integers::{size_at, u16_at, u32_at};
use crate::base::Trouble;
use crate::codec::base64_bytes;

/// Rounds of hashing that are done for a password; programs ask for 100,000.
const MOST_ROUNDS: u32 = 1_000_000;

/// Rounds of standard encryption.
const STANDARD_ROUNDS: u32 = 50_000;

/// What a round costs, in bytes that could have been read meanwhile.
const ROUND: u64 = 64;

/// What agile encryption makes of one password, by what it is for.
const VERIFIER: [u8; 8] = [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79];
const VERIFIED: [u8; 8] = [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E];
const KEY: [u8; 8] = [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6];

type Bytes = Zeroizing<Vec<u8>>;

/// How a document is locked.
pub(super) enum Lock {
    /// As Office 2007 does.
    Standard { salt: Vec<u8>, key_length: usize, verifier: Vec<u8>, hash: Vec<u8> },
    /// As later ones do.
    Agile(Box<Agile>),
}

/// What agile encryption says of itself.
#[derive(Default)]
pub(super) struct Agile {
    /// Of the content.
    salt: Vec<u8>,
    hash: Option<Hash>,
    /// Of the password.
    key_salt: Vec<u8>,
    key_hash: Option<Hash>,
    key_length: usize,
    rounds: u32,
    verifier: Vec<u8>,
    verified: Vec<u8>,
    key: Vec<u8>,
}

/// What unlocks a document.
pub(super) struct Key {
    key: Bytes,
    /// Of what the first block of each segment depends, where it does.
    start: Option<(Hash, Vec<u8>)>,
}

impl Lock {
    /// Reads how a document is locked.
    pub(super) fn read(info: &[u8]) -> Result<Self, Trouble> {
        let broken = || Trouble::malformed("does not say how it is encrypted");
        match u16_at(info, 0).zip(u16_at(info, 2)) {
            Some((4, 4)) => Agile::read(info.get(8..).unwrap_or_default()).map(|agile| Self::Agile(Box::new(agile))),
            Some((2..=4, 2)) => standard(info).ok_or_else(broken)?,
            Some(_) => Err(Trouble::unsupported("is encrypted in a way that is not opened")),
            None => Err(broken()),
        }
    }

    /// What trying a password costs.
    pub(super) fn cost(&self) -> u64 {
        ROUND
            * u64::from(match self {
                Self::Standard { .. } => STANDARD_ROUNDS,
                Self::Agile(agile) => agile.rounds,
            })
    }

    /// The key, if the password is right.
    pub(super) fn key(&self, password: &[u8]) -> Option<Key> {
        match self {
            Self::Standard { salt, key_length, verifier, hash } => {
                let rounds = Hash::Sha1.rounds(salt, password, STANDARD_ROUNDS);
                let mixed = Hash::Sha1.of(&[&rounds, &[0; 4]]);
                let half = |fill: u8| {
                    let mut pad = Zeroizing::new(vec![fill; 64]);
                    pad.iter_mut().zip(mixed.iter()).for_each(|(pad, byte)| *pad ^= byte);
                    Hash::Sha1.of(&[&pad])
                };
                let key = Zeroizing::new([half(0x36), half(0x5C)].iter().flat_map(|half| half.to_vec()).collect());
                let key = resized(key, *key_length);
                let (mut verifier, mut hash) = (verifier.clone(), hash.clone());
                decrypt(&key, None, &mut verifier)?;
                decrypt(&key, None, &mut hash)?;
                hash.starts_with(&Hash::Sha1.of(&[&verifier])).then_some(Key { key, start: None })
            }
            Self::Agile(agile) => agile.key(password),
        }
    }
}

/// Reads standard encryption: a header of a given length, then what passwords are verified with.
fn standard(info: &[u8]) -> Option<Result<Lock, Trouble>> {
    let header = info.get(12..)?;
    let length = size_at(info, 8)?;
    let (cipher, bits) = (u32_at(header, 8)?, size_at(header, 16)?);
    if !matches!(cipher, 0x660E..=0x6610) {
        return Some(Err(Trouble::unsupported("is encrypted in a way that is not opened")));
    }
    let verifier = header.get(length..)?;
    let part = |at: usize, length: usize| Some(verifier.get(at..at + length)?.to_vec());
    Some(Ok(Lock::Standard { salt: part(4, 16)?, key_length: bits / 8, verifier: part(20, 16)?, hash: part(40, 32)? }))
}

impl Agile {
    fn read(xml: &[u8]) -> Result<Self, Trouble> {
        let broken = || Trouble::malformed("does not say how it is encrypted");
        let mut agile = Self::default();
        let mut reader = Reader::from_reader(xml);
        loop {
            match reader.read_event() {
                Ok(Event::Start(element) | Event::Empty(element)) => agile.element(&element).ok_or_else(broken)?,
                Ok(Event::Eof) => break,
                Ok(_) => {}
                Err(_) => return Err(broken()),
            }
        }
        if agile.rounds > MOST_ROUNDS {
            let text = format!("asks for more than {MOST_ROUNDS} rounds to be unlocked; not opened");
            return Err(Trouble::unsupported(text));
        }
        if agile.hash.is_none() || agile.key_hash.is_none() || agile.key.is_empty() {
            return Err(Trouble::unsupported("is encrypted in a way that is not opened"));
        }
        Ok(agile)
    }

    fn element(&mut self, element: &BytesStart<'_>) -> Option<()> {
        let value = |name: &str| {
            let value = element.try_get_attribute(name).ok().flatten()?;
            Some(value.value.into_owned())
        };
        let bytes = |name: &str| Some(base64_bytes(value(name)?.as_bytes()));
        match element.local_name().as_ref() {
            "keyData" => {
                self.hash = Hash::named(&value("hashAlgorithm")?, &value("cipherChaining")?);
                self.salt = bytes("saltValue")?;
            }
            // Keys for certificates have no rounds.
            "encryptedKey" if value("spinCount").is_some() => {
                self.key_hash = Hash::named(&value("hashAlgorithm")?, &value("cipherChaining")?);
                self.key_salt = bytes("saltValue")?;
                self.key_length = value("keyBits")?.parse::<usize>().ok()? / 8;
                self.rounds = value("spinCount")?.parse().ok()?;
                self.verifier = bytes("encryptedVerifierHashInput")?;
                self.verified = bytes("encryptedVerifierHashValue")?;
                self.key = bytes("encryptedKeyValue")?;
            }
            _ => {}
        }
        Some(())
    }

    fn key(&self, password: &[u8]) -> Option<Key> {
        let hash = self.key_hash?;
        let rounds = hash.rounds(&self.key_salt, password, self.rounds);
        let part = |purpose: &[u8], locked: &[u8]| {
            let key = resized(hash.of(&[&rounds, purpose]), self.key_length);
            let mut part = Zeroizing::new(locked.to_vec());
            decrypt(&key, Some(&self.key_salt), &mut part).map(|()| part)
        };
        let verifier = part(&VERIFIER, &self.verifier)?;
        if !part(&VERIFIED, &self.verified)?.starts_with(&hash.of(&[&verifier])) {
            return None;
        }
        let mut key = part(&KEY, &self.key)?;
        key.truncate(self.key_length);
        Some(Key { key, start: Some((self.hash?, self.salt.clone())) })
    }
}

impl Key {
    /// Unlocks a segment, which has a number.
    pub(super) fn unlock(&self, index: u32, segment: &mut [u8]) {
        let start = self.start.as_ref().map(|(hash, salt)| hash.of(&[salt, &index.to_le_bytes()]));
        // The key has a length that is known, or no password would have been verified with it.
        let _ = decrypt(&self.key, start.as_ref().map(|start| start.as_slice()), segment);
    }
}

/// The hashes that are in use.
#[derive(Clone, Copy)]
enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// A hash by its name, if blocks are chained in the way that is known.
    fn named(name: &str, chaining: &str) -> Option<Self> {
        match name.replace('-', "").as_str() {
            _ if chaining != "ChainingModeCBC" => None,
            "SHA1" => Some(Self::Sha1),
            "SHA256" => Some(Self::Sha256),
            "SHA384" => Some(Self::Sha384),
            "SHA512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn of(self, parts: &[&[u8]]) -> Bytes {
        match self {
            Self::Sha1 => digest::<Sha1>(parts),
            Self::Sha256 => digest::<Sha256>(parts),
            Self::Sha384 => digest::<Sha384>(parts),
            Self::Sha512 => digest::<Sha512>(parts),
        }
    }

    /// Hashes salt and password, and again and again what came of it.
    fn rounds(self, salt: &[u8], password: &[u8], rounds: u32) -> Bytes {
        let first = self.of(&[salt, password]);
        (0..rounds).fold(first, |hash, round| self.of(&[&round.to_le_bytes(), &hash]))
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Bytes {
    let mut digest = D::new();
    parts.iter().for_each(|part| digest.update(part));
    Zeroizing::new(digest.finalize().to_vec())
}

/// A key of the length that is asked for.
fn resized(mut key: Bytes, length: usize) -> Bytes {
    // No key is longer; what asks for one gets none.
    key.resize(length.min(64), 0x36);
    key
}

/// Decrypts whole blocks with AES, each by itself or chained to the one before. Written here, for the libraries want
/// the length of the key at compile time.
fn decrypt(key: &[u8], start: Option<&[u8]>, bytes: &mut [u8]) -> Option<()> {
    match key.len() {
        16 => decrypt_with(&Aes128::new_from_slice(key).ok()?, start, bytes),
        24 => decrypt_with(&Aes192::new_from_slice(key).ok()?, start, bytes),
        32 => decrypt_with(&Aes256::new_from_slice(key).ok()?, start, bytes),
        _ => return None,
    }
    Some(())
}

fn decrypt_with<C: BlockCipherDecrypt + BlockSizeUser>(cipher: &C, start: Option<&[u8]>, bytes: &mut [u8]) {
    let mut before = start.map(|start| {
        let mut block = [0x36; 16];
        block.iter_mut().zip(start).for_each(|(to, from)| *to = *from);
        block
    });
    for block in bytes.chunks_exact_mut(16) {
        let mut locked = [0; 16];
        locked.copy_from_slice(block);
        let Ok(whole) = <&mut Block<C>>::try_from(&mut *block) else { return };
        cipher.decrypt_block(whole);
        if let Some(before) = &mut before {
            block.iter_mut().zip(before.iter()).for_each(|(to, from)| *to ^= from);
            *before = locked;
        }
    }
}
