//! Decryption with a key that a password made.
//!
//! Holds: the ciphers, and a scheme's way from password to plain bytes. Must not know: what the bytes mean.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{Block, BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit, KeyIvInit, StreamCipher};
use des::{Des, TdesEde3};
use rc2::Rc2;
use rc4::Rc4;
use zeroize::Zeroizing;

use super::derive::{self, Bytes, Effort, Failure, Purpose};
use super::protection::{Cipher, Hash, Kdf, Scheme};

/// A password in the two ways in which programs write it.
pub(super) struct Password {
    /// As it was given.
    pub plain: Bytes,
    /// In UTF-16, the high byte first, with two zeros at its end.
    pub wide: Bytes,
}

impl Password {
    pub(super) fn new(password: &[u8]) -> Self {
        let mut wide = Zeroizing::new(Vec::with_capacity(password.len() * 2 + 2));
        match std::str::from_utf8(password) {
            Ok(text) => text.encode_utf16().for_each(|unit| wide.extend_from_slice(&unit.to_be_bytes())),
            Err(_) => password.iter().for_each(|byte| wide.extend_from_slice(&[0, *byte])),
        }
        wide.extend_from_slice(&[0, 0]);
        Self { plain: Zeroizing::new(password.to_vec()), wide }
    }

    /// The same in UTF-16 without the end, as Java's stores have it.
    pub(super) fn unended(&self) -> &[u8] {
        self.wide.get(..self.wide.len() - 2).unwrap_or_default()
    }
}

impl Scheme {
    /// Decrypts and takes the padding off. A password that leaves none is wrong; one that leaves some may be.
    pub(super) fn open(&self, password: &Password, data: &[u8], effort: &mut Effort) -> Result<Bytes, Failure> {
        if matches!(self.kdf, Kdf::Unknown(_)) || matches!(self.cipher, Cipher::Unknown(_)) {
            return Err(Failure::Unknown);
        }
        let (length, start) = (self.cipher.key_len(), self.cipher.start_len());
        effort.pay(&self.kdf, length + if self.start.is_empty() { start } else { 0 })?;
        let salt = self.salt.as_slice();
        let split = |both: &[u8]| -> Option<(Bytes, Vec<u8>)> {
            Some((Zeroizing::new(both.get(..length)?.to_vec()), both.get(length..length + start)?.to_vec()))
        };
        let (key, start) = match self.kdf {
            Kdf::Pbkdf1 { hash, rounds } => split(&derive::pbkdf1(hash, &password.plain, salt, rounds)),
            Kdf::Pbkdf2 { hash, rounds } => {
                Some((derive::pbkdf2(hash, &password.plain, salt, rounds, length)?, self.start.clone()))
            }
            Kdf::Scrypt { n, r, p } => {
                Some((derive::scrypt(n, r, p, &password.plain, salt, length)?, self.start.clone()))
            }
            Kdf::Pkcs12 { hash, rounds } => {
                let make = |purpose, length| derive::pkcs12(hash, purpose, &password.wide, salt, rounds, length);
                Some((make(Purpose::Cipher, length), make(Purpose::Start, start).to_vec()))
            }
            Kdf::JavaMd5 { rounds } => split(&java(&password.plain, salt, rounds).ok_or(Failure::Unknown)?),
            Kdf::Md5Once => {
                let salt = salt.get(..8).ok_or(Failure::Unknown)?;
                Some((derive::md5_chain(&password.plain, salt, length), self.start.clone()))
            }
            Kdf::Bcrypt { .. } | Kdf::Argon2 { .. } | Kdf::Sha1Once | Kdf::Unknown(_) => None,
        }
        .ok_or(Failure::Unknown)?;
        let mut plain = decrypt(&self.cipher, &key, &start, data)?;
        if self.cipher.start_len() > 0 {
            let length = unpadded(&plain, self.cipher.start_len()).ok_or(Failure::Wrong)?.len();
            plain.truncate(length);
        }
        Ok(plain)
    }
}

/// The derivation of JCEKS: each half of the salt is digested with the password, over and over. Equal halves are told
/// apart by turning the first one, with a slip that has to be repeated.
fn java(password: &[u8], salt: &[u8], rounds: u64) -> Option<Bytes> {
    let mut salt = <[u8; 8]>::try_from(salt).ok()?;
    if salt[..4] == salt[4..] {
        for index in 0..2 {
            let byte = salt[index];
            salt[index] = salt[3 - index];
            salt[2] = byte;
        }
    }
    let password: Bytes = Zeroizing::new(password.iter().map(|byte| byte & 0x7F).collect());
    let mut key = Zeroizing::new(Vec::with_capacity(32));
    for half in salt.chunks(4) {
        let mut digest = Zeroizing::new(half.to_vec());
        for _ in 0..rounds {
            digest = Hash::Md5.of(&[&digest, &password]);
        }
        key.extend_from_slice(&digest);
    }
    Some(key)
}

/// Decrypts, and leaves the padding on.
pub(super) fn decrypt(cipher: &Cipher, key: &[u8], start: &[u8], data: &[u8]) -> Result<Bytes, Failure> {
    let mut plain = Zeroizing::new(data.to_vec());
    let done = match cipher {
        Cipher::Des => Des::new_from_slice(key).ok().and_then(|cipher| chained(cipher, start, &mut plain)),
        Cipher::TripleDes => TdesEde3::new_from_slice(key).ok().and_then(|cipher| chained(cipher, start, &mut plain)),
        Cipher::TripleDesOfTwo => {
            let three = Zeroizing::new([key, key.get(..8).unwrap_or_default()].concat());
            TdesEde3::new_from_slice(&three).ok().and_then(|cipher| chained(cipher, start, &mut plain))
        }
        Cipher::Rc2(bits) if (1..=128).contains(&key.len()) => {
            chained(Rc2::new_with_eff_key_len(key, *bits as usize), start, &mut plain)
        }
        Cipher::Aes128Cbc => Aes128::new_from_slice(key).ok().and_then(|cipher| chained(cipher, start, &mut plain)),
        Cipher::Aes192Cbc => Aes192::new_from_slice(key).ok().and_then(|cipher| chained(cipher, start, &mut plain)),
        Cipher::Aes256Cbc => Aes256::new_from_slice(key).ok().and_then(|cipher| chained(cipher, start, &mut plain)),
        Cipher::Aes128Ctr => counted::<ctr::Ctr128BE<Aes128>>(key, start, &mut plain),
        Cipher::Aes192Ctr => counted::<ctr::Ctr128BE<Aes192>>(key, start, &mut plain),
        Cipher::Aes256Ctr => counted::<ctr::Ctr128BE<Aes256>>(key, start, &mut plain),
        Cipher::Rc4(_) => Rc4::new_from_slice(key).ok().map(|mut cipher| cipher.apply_keystream(&mut plain)),
        Cipher::Rc2(_) | Cipher::Sha1Stream | Cipher::Unknown(_) => None,
    };
    done.ok_or(Failure::Unknown)?;
    Ok(plain)
}

/// Takes the padding off; nothing where it is none, as under a wrong password.
fn unpadded(plain: &[u8], block: usize) -> Option<&[u8]> {
    let padding = usize::from(*plain.last()?);
    let length = plain.len().checked_sub(padding)?;
    let is_padding = (1..=block).contains(&padding) && plain[length..].iter().all(|byte| usize::from(*byte) == padding);
    is_padding.then(|| &plain[..length])
}

/// Cipher block chaining over whole blocks.
fn chained<C: BlockCipherDecrypt>(cipher: C, start: &[u8], data: &mut [u8]) -> Option<()> {
    let mut mode = cbc::Decryptor::inner_iv_slice_init(cipher, start).ok()?;
    let (blocks, rest) = Block::<C>::slice_as_chunks_mut(data);
    mode.decrypt_blocks(blocks);
    rest.is_empty().then_some(())
}

/// Counter mode over any bytes.
fn counted<M: KeyIvInit + StreamCipher>(key: &[u8], start: &[u8], data: &mut [u8]) -> Option<()> {
    M::new_from_slices(key, start).ok()?.try_apply_keystream(data).ok()
}
