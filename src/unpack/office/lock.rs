//! The locks of `OpenDocument`: keys out of passwords.
//!
//! Holds: what the list of members says of a lock, what a password costs to be tried, reading through a lock. Must not
//! know: where passwords come from, or what is locked.

use std::io::{self, Read};

use aes::Aes256;
use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, Nonce, Tag as Seal};
use argon2::{Algorithm, Argon2, Params, Version};
use blowfish::Blowfish;
use cbc::cipher::{BlockModeDecrypt, InnerIvInit, KeyInit, KeyIvInit};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::xml::Tag;
use crate::base::{Reason, Trouble};
use crate::codec::base64_bytes;
use crate::unpack::ready::Ready;

/// Bytes of the packed content that prove a password.
const PROVING: usize = 1024;

/// Bytes that are unlocked as one.
const BLOCK: usize = 16;

/// Bytes that have to be there to prove a password, with what may pad them.
pub(super) const BEGINNING: u64 = (PROVING + BLOCK + 1) as u64;

/// Bytes that are unlocked at once.
const STEP: usize = 4096;

/// What a round costs, in bytes that could have been read meanwhile.
const ROUND: u64 = 32;

/// Of what it fills of memory, what Argon2 costs so.
const FILLED: u64 = 8;

/// The longest key, and the longest of what is given in letters.
const LONGEST: usize = 256;

type Bytes = Zeroizing<Vec<u8>>;

/// How a member is locked.
#[derive(Debug, Default)]
pub(super) struct Lock {
    cipher: Option<Cipher>,
    /// Of what the first block depends.
    start: Vec<u8>,
    /// What is made of the password at first.
    first: Hash,
    work: Option<Work>,
    salt: Vec<u8>,
    length: usize,
    /// What the beginning of the packed content comes to.
    proof: Option<(Hash, Vec<u8>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cipher {
    /// AES in chained blocks.
    Chained,
    /// AES with a seal at the end.
    Sealed,
    /// As it was done before ODF 1.2.
    Blowfish,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Hash {
    #[default]
    Sha1,
    Sha256,
}

/// What makes it slow to try passwords.
#[derive(Clone, Copy, Debug)]
enum Work {
    Rounds(u32),
    Memory { kilobytes: u32, passes: u32, lanes: u32 },
}

/// What unlocks a member.
pub(super) struct Key(Bytes);

impl Lock {
    /// What the element says with which the description of a lock begins.
    pub(super) fn of(tag: &Tag<'_>) -> Self {
        let hash =
            tag.text("checksum-type").and_then(|name| Hash::named(name.to_ascii_lowercase().strip_suffix("1k")?));
        Self { proof: hash.zip(bytes(tag, "checksum")), length: BLOCK, ..Self::default() }
    }

    /// What the elements in it say.
    pub(super) fn add(&mut self, tag: &Tag<'_>) {
        let name = |attribute| tag.text(attribute).map(|name| name.to_ascii_lowercase()).unwrap_or_default();
        let number = |attribute| tag.number(attribute).and_then(|number| u32::try_from(number).ok());
        match tag.name {
            b"algorithm" => {
                let name = name("algorithm-name");
                let known = [("aes256-cbc", Cipher::Chained), ("aes256-gcm", Cipher::Sealed)];
                let known = known.into_iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, cipher)| cipher);
                self.cipher = known.or(name.contains("blowfish").then_some(Cipher::Blowfish));
                self.start = bytes(tag, "initialisation-vector").unwrap_or_default();
            }
            b"start-key-generation" => match Hash::named(&name("start-key-generation-name")) {
                Some(hash) => self.first = hash,
                None => self.cipher = None,
            },
            b"key-derivation" => {
                let name = name("key-derivation-name");
                self.salt = bytes(tag, "salt").unwrap_or_default();
                self.length = number("key-size").map_or(BLOCK, |length| length as usize);
                self.work = if name.ends_with("pbkdf2") {
                    // So many where nothing is said.
                    Some(Work::Rounds(number("iteration-count").unwrap_or(1024)))
                } else if name.ends_with("argon2id") {
                    let numbers = number("argon2-memory").zip(number("argon2-iterations")).zip(number("argon2-lanes"));
                    numbers.map(|((kilobytes, passes), lanes)| Work::Memory { kilobytes, passes, lanes })
                } else {
                    None
                };
            }
            _ => {}
        }
    }

    /// Whether it can be told of a password that it is the right one.
    pub(super) fn check(&self) -> Result<(), Trouble> {
        let fits = match self.cipher {
            Some(Cipher::Chained) => self.length == 32 && self.start.len() == BLOCK && self.proof.is_some(),
            Some(Cipher::Sealed) => self.length == 32,
            Some(Cipher::Blowfish) => self.length == 16 && self.start.len() == 8 && self.proof.is_some(),
            None => false,
        };
        if fits && self.work.is_some() {
            return Ok(());
        }
        // To give a password is no remedy.
        Err(Trouble::new(Reason::Encrypted, "is encrypted in a way that is not opened"))
    }

    /// Whether all of it has to be there before any of it is read.
    pub(super) fn is_sealed(&self) -> bool {
        self.cipher == Some(Cipher::Sealed)
    }

    /// What trying a password costs, and the memory it takes.
    pub(super) fn cost(&self) -> (u64, u64) {
        match self.work {
            Some(Work::Rounds(rounds)) => (ROUND * u64::from(rounds) * (self.length as u64).div_ceil(20), 0),
            Some(Work::Memory { kilobytes, passes, .. }) => {
                let memory = u64::from(kilobytes) << 10;
                ((memory / FILLED).saturating_mul(passes.into()), memory)
            }
            None => (0, 0),
        }
    }

    /// The key that a password makes. Ask for its cost first, which may be too high.
    pub(super) fn key(&self, password: &[u8]) -> Option<Key> {
        let first = self.first.of(password);
        let mut key = Zeroizing::new(vec![0; self.length.min(LONGEST)]);
        match self.work? {
            Work::Rounds(rounds) => pbkdf2::pbkdf2_hmac::<Sha1>(&first, &self.salt, rounds, &mut key),
            Work::Memory { kilobytes, passes, lanes } => {
                let params = Params::new(kilobytes, passes, lanes, Some(key.len())).ok()?;
                let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                hash.hash_password_into(&first, &self.salt, &mut key).ok()?;
            }
        }
        Some(Key(key))
    }

    /// Whether it is the key, by the beginning of what is locked.
    pub(super) fn proves(&self, key: &Key, beginning: &[u8]) -> bool {
        let Some((hash, proof)) = &self.proof else { return false };
        let Some(mut reader) = self.reader(key, beginning) else { return false };
        let Ok(count) = reader.fill() else { return false };
        let mut plain = reader.ready.buffer;
        plain.truncate(count);
        if (beginning.len() as u64) < BEGINNING && self.cipher == Some(Cipher::Chained) {
            // The last byte says how many of them pad the last block.
            let padding = plain.last().map_or(0, |last| usize::from(*last));
            let length = plain.len().saturating_sub(padding);
            plain.truncate(length);
        }
        plain.truncate(PROVING);
        *hash.of(&plain) == **proof
    }

    /// Reads what is locked in blocks.
    pub(super) fn reader<R: Read>(&self, key: &Key, input: R) -> Option<Unlocking<R>> {
        let cipher = match self.cipher? {
            Cipher::Chained => Stream::Chained(Box::new(cbc::Decryptor::new_from_slices(&key.0, &self.start).ok()?)),
            Cipher::Blowfish => {
                let cipher = Blowfish::new_from_slice(&key.0).ok()?;
                Stream::Blowfish(Box::new(cfb_mode::BufDecryptor::inner_iv_slice_init(cipher, &self.start).ok()?))
            }
            Cipher::Sealed => return None,
        };
        Some(Unlocking { input, cipher, ready: Ready::new(STEP) })
    }
}

impl Key {
    /// Unlocks what is sealed, if it is the key: before it stands of what it depends, behind it the seal.
    pub(super) fn open(&self, bytes: &[u8]) -> Option<Bytes> {
        let (start, rest) = bytes.split_first_chunk::<12>()?;
        let (locked, seal) = rest.split_last_chunk::<16>()?;
        let cipher = Aes256Gcm::new_from_slice(&self.0).ok()?;
        let mut plain = Zeroizing::new(locked.to_vec());
        let (start, seal) = (Nonce::from(*start), Seal::from(*seal));
        cipher.decrypt_inout_detached(&start, &[], plain.as_mut_slice().into(), &seal).ok()?;
        Some(plain)
    }
}

/// Bytes that are given in letters; nothing where they are more than any that are sound.
fn bytes(tag: &Tag<'_>, name: &str) -> Option<Vec<u8>> {
    tag.value(name).filter(|value| value.len() <= LONGEST).map(|value| base64_bytes(&value))
}

impl Hash {
    /// A hash by the end of its name, in lower case.
    fn named(name: &str) -> Option<Self> {
        let name = name.trim_end_matches(['-', '/']);
        let known = [("sha1", Self::Sha1), ("sha256", Self::Sha256)];
        known.into_iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, hash)| hash)
    }

    fn of(self, bytes: &[u8]) -> Bytes {
        Zeroizing::new(match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
        })
    }
}

/// Reads through a lock. What pads the last block comes with it: nothing is read behind the end of what is packed.
pub(super) struct Unlocking<R> {
    input: R,
    cipher: Stream,
    /// What is unlocked and was not given yet.
    ready: Ready,
}

enum Stream {
    Chained(Box<cbc::Decryptor<Aes256>>),
    Blowfish(Box<cfb_mode::BufDecryptor<Blowfish>>),
}

impl<R: Read> Unlocking<R> {
    /// Unlocks some more; how much that is.
    fn fill(&mut self) -> io::Result<usize> {
        let mut length = 0;
        while length < STEP {
            match self.input.read(&mut self.ready.buffer[length..]) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        match &mut self.cipher {
            Stream::Chained(cipher) => {
                // What is no whole block at the end was never locked.
                length -= length % BLOCK;
                for block in self.ready.buffer[..length].as_chunks_mut::<BLOCK>().0 {
                    cipher.decrypt_block(block.into());
                }
            }
            Stream::Blowfish(cipher) => cipher.decrypt(&mut self.ready.buffer[..length]),
        }
        self.ready.range = 0..length;
        Ok(length)
    }
}

impl<R: Read> Read for Unlocking<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ready.range.is_empty() && !buffer.is_empty() {
            self.fill()?;
        }
        Ok(self.ready.give(buffer))
    }
}
