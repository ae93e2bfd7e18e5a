//! Keys from passwords, and what that costs.
//!
//! Holds: `Effort`, which is asked before any work, and the derivations. Must not know: what is opened with the keys.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::protection::{Hash, Kdf};

pub(super) type Bytes = Zeroizing<Vec<u8>>;

/// What one round of bcrypt costs, in rounds of a digest: 128 key schedules
/// of Blowfish for each block of 32 bytes. Measured, as are the factors of scrypt and Argon2.
const BCRYPT: u64 = 30_000;

/// What may be spent on trying passwords. It is counted in rounds, so that a run can be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Rounds of a digest that are left.
    pub rounds: u64,
    /// Bytes that may be held at once.
    pub memory: u64,
}

/// Why nothing was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The password is another one.
    Wrong,
    /// Trying it would cost more than is left.
    TooCostly,
    /// It is sealed in a way that is not known here.
    Unknown,
}

impl Effort {
    /// Pays for a derivation, or fails without having done anything.
    pub(super) fn pay(&mut self, kdf: &Kdf, length: usize) -> Result<(), Failure> {
        let (rounds, memory) = cost(kdf, length as u64);
        if memory > self.memory {
            return Err(Failure::TooCostly);
        }
        self.rounds = self.rounds.checked_sub(rounds).ok_or(Failure::TooCostly)?;
        Ok(())
    }
}

/// Rounds of a digest, and bytes, that a key of so many bytes costs.
pub(super) fn cost(kdf: &Kdf, length: u64) -> (u64, u64) {
    match kdf {
        Kdf::Pbkdf1 { rounds, .. } => (*rounds, 0),
        Kdf::Pbkdf2 { hash, rounds } => {
            (rounds.saturating_mul(length.div_ceil(hash.len() as u64)).saturating_mul(2), 0)
        }
        // The start of the cipher is made by itself, which may take a digest more.
        Kdf::Pkcs12 { hash, rounds } => (rounds.saturating_mul(length.div_ceil(hash.len() as u64) + 1), 0),
        Kdf::Scrypt { n, r, p } => {
            let block = r.saturating_mul(128);
            let rounds = n.saturating_mul(*r).saturating_mul(*p).saturating_mul(3);
            (rounds, n.saturating_add(*p).saturating_mul(block))
        }
        Kdf::Bcrypt { rounds } => (rounds.saturating_mul(length.div_ceil(32)).saturating_mul(BCRYPT), 0),
        Kdf::Argon2 { kibibytes, passes, .. } => {
            (kibibytes.saturating_mul(*passes).saturating_mul(4), kibibytes.saturating_mul(1024))
        }
        Kdf::JavaMd5 { rounds } => (rounds.saturating_mul(2), 0),
        Kdf::Md5Once | Kdf::Sha1Once | Kdf::Unknown(_) => (3, 0),
    }
}

impl Hash {
    /// Bytes of its digest.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Bytes of its blocks.
    fn block(self) -> usize {
        match self {
            Self::Sha384 | Self::Sha512 => 128,
            _ => 64,
        }
    }

    /// The digest of some parts in a row.
    pub(super) fn of(self, parts: &[&[u8]]) -> Bytes {
        match self {
            Self::Md5 => hash::<Md5>(parts),
            Self::Sha1 => hash::<Sha1>(parts),
            Self::Sha224 => hash::<Sha224>(parts),
            Self::Sha256 => hash::<Sha256>(parts),
            Self::Sha384 => hash::<Sha384>(parts),
            Self::Sha512 => hash::<Sha512>(parts),
        }
    }

    /// The seal that a key sets on a message.
    pub(super) fn seal(self, key: &[u8], message: &[u8]) -> Option<Bytes> {
        match self {
            Self::Md5 => mac::<Hmac<Md5>>(key, message),
            Self::Sha1 => mac::<Hmac<Sha1>>(key, message),
            Self::Sha224 => mac::<Hmac<Sha224>>(key, message),
            Self::Sha256 => mac::<Hmac<Sha256>>(key, message),
            Self::Sha384 => mac::<Hmac<Sha384>>(key, message),
            Self::Sha512 => mac::<Hmac<Sha512>>(key, message),
        }
    }
}

fn hash<D: Digest>(parts: &[&[u8]]) -> Bytes {
    let mut digest = D::new();
    parts.iter().for_each(|part| digest.update(part));
    Zeroizing::new(digest.finalize().to_vec())
}

fn mac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Option<Bytes> {
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    mac.update(message);
    Some(Zeroizing::new(mac.finalize().into_bytes().to_vec()))
}

/// PBKDF2.
pub(super) fn pbkdf2(hash: Hash, password: &[u8], salt: &[u8], rounds: u64, length: usize) -> Result<Bytes, Failure> {
    let rounds = u32::try_from(rounds).map_err(|_| Failure::TooCostly)?;
    let mut key = Zeroizing::new(vec![0; length]);
    match hash {
        Hash::Md5 => pbkdf2::pbkdf2_hmac::<Md5>(password, salt, rounds, &mut key),
        Hash::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, rounds, &mut key),
        Hash::Sha224 => pbkdf2::pbkdf2_hmac::<Sha224>(password, salt, rounds, &mut key),
        Hash::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut key),
        Hash::Sha384 => pbkdf2::pbkdf2_hmac::<Sha384>(password, salt, rounds, &mut key),
        Hash::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, rounds, &mut key),
    }
    Ok(key)
}

/// PBKDF1, without the bound on what it gives: the cipher and its start come out of one digest.
pub(super) fn pbkdf1(hash: Hash, password: &[u8], salt: &[u8], rounds: u64) -> Bytes {
    let mut digest = hash.of(&[password, salt]);
    for _ in 1..rounds {
        digest = hash.of(&[&digest]);
    }
    digest
}

/// scrypt; its memory was paid for.
pub(super) fn scrypt(n: u64, r: u64, p: u64, password: &[u8], salt: &[u8], length: usize) -> Result<Bytes, Failure> {
    let r_and_p = (u32::try_from(r), u32::try_from(p));
    let (Ok(r), Ok(p)) = r_and_p else { return Err(Failure::TooCostly) };
    // The library multiplies both without a check.
    if !n.is_power_of_two() || n < 2 || r.checked_mul(p).is_none_or(|both| both == 0 || both >= 1 << 30) {
        return Err(Failure::Unknown);
    }
    let parameters = ::scrypt::Params::new(n.trailing_zeros() as u8, r, p).map_err(|_| Failure::Unknown)?;
    let mut key = Zeroizing::new(vec![0; length]);
    ::scrypt::scrypt(password, salt, &parameters, &mut key).map_err(|_| Failure::Unknown)?;
    Ok(key)
}

/// What PKCS#12 derives a key for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Cipher = 1,
    Start = 2,
    Seal = 3,
}

/// The derivation of PKCS#12, by hand as the crate that has it is a pre-release. The password is in UTF-16 with its end.
pub(super) fn pkcs12(hash: Hash, purpose: Purpose, password: &[u8], salt: &[u8], rounds: u64, length: usize) -> Bytes {
    let block = hash.block();
    let filled = |bytes: &[u8]| -> Bytes {
        Zeroizing::new(bytes.iter().copied().cycle().take(bytes.len().div_ceil(block) * block).collect())
    };
    let mark = vec![purpose as u8; block];
    let mut input = Zeroizing::new([&filled(salt)[..], &filled(password)].concat());
    let mut key = Zeroizing::new(Vec::with_capacity(length + hash.len()));
    loop {
        let mut digest = hash.of(&[&mark, &input]);
        for _ in 1..rounds {
            digest = hash.of(&[&digest]);
        }
        key.extend_from_slice(&digest);
        if key.len() >= length {
            key.truncate(length);
            return key;
        }
        // Each block of the input grows by the digest, filled to a block, and by one.
        let added = Zeroizing::new(digest.iter().copied().cycle().take(block).collect::<Vec<u8>>());
        for part in input.chunks_mut(block) {
            let mut carry = 1;
            for (byte, add) in part.iter_mut().zip(added.iter()).rev() {
                let sum = u16::from(*byte) + u16::from(*add) + carry;
                (*byte, carry) = (sum as u8, sum >> 8);
            }
        }
    }
}

/// That of PEM with headers: digests in a row, each over the one before it, the password and the salt.
pub(super) fn md5_chain(password: &[u8], salt: &[u8], length: usize) -> Bytes {
    let mut key = Zeroizing::new(Vec::with_capacity(length + 16));
    let mut digest = Zeroizing::new(Vec::new());
    while key.len() < length {
        digest = Hash::Md5.of(&[&digest, password, salt]);
        key.extend_from_slice(&digest);
    }
    key.truncate(length);
    key
}
