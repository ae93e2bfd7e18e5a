//! Encrypted members.
//!
//! Holds: the two ways of zip to lock a member with a password, and `Unlocking`, which reads through them. Must not
//! know: which passwords there are, or how members are packed.

use std::io::{self, BufRead, Read, Take};

use aes::{Aes128, Aes192, Aes256};
use ctr::Ctr128LE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::header::{Aes, Entry, read_at};
use crate::base::ReadAt;

/// Bytes before the data that the old way encrypts.
const OLD_HEADER: usize = 12;
/// Bytes that tell whether a password is wrong.
const CHECK: usize = 2;
/// Bytes of the seal behind the data.
const SEAL: usize = 10;
/// Rounds that make a key of a password.
const ROUNDS: u32 = 1000;

/// What it costs to try a password on AES, in bytes that could have been read meanwhile.
pub(super) const PRICE: u64 = 512 << 10;

/// What stands around the data of a locked member.
pub(super) struct Lock {
    /// What stands in front of them.
    head: Vec<u8>,
    seal: [u8; SEAL],
    /// Where they begin, and how many there are.
    pub(super) data: u64,
    pub(super) length: u64,
}

/// How a member is unlocked.
#[derive(Clone)]
pub(super) enum Key {
    Old(OldKey),
    New { keys: Zeroizing<Vec<u8>>, seal: [u8; SEAL] },
}

impl Lock {
    /// Reads it. Nothing where there is no room for it.
    pub(super) fn read(bytes: &dyn ReadAt, entry: &Entry) -> io::Result<Option<Self>> {
        let front = entry.aes.map_or(OLD_HEADER, |aes| salt_size(aes) + CHECK);
        let behind = if entry.aes.is_some() { SEAL } else { 0 };
        let Some(length) = entry.packed.checked_sub((front + behind) as u64) else { return Ok(None) };
        let data = entry.data.saturating_add(front as u64);
        let (mut head, mut seal) = (vec![0; front], [0; SEAL]);
        let whole = read_at(bytes, entry.data, &mut head)? == front
            && read_at(bytes, data.saturating_add(length), &mut seal[..behind])? == behind;
        Ok(whole.then_some(Self { head, seal, data, length }))
    }

    /// The key that a password makes; nothing where it is seen at once that the password is wrong.
    pub(super) fn key(&self, entry: &Entry, password: &[u8]) -> Option<Key> {
        let Some(aes) = entry.aes else { return self.old_key(entry, password) };
        let (salt, check) = self.head.split_at_checked(salt_size(aes))?;
        let mut keys = Zeroizing::new(vec![0; 2 * key_size(aes) + CHECK]);
        pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, ROUNDS, &mut keys);
        (keys.get(2 * key_size(aes)..) == Some(check)).then_some(Key::New { keys, seal: self.seal })
    }

    fn old_key(&self, entry: &Entry, password: &[u8]) -> Option<Key> {
        let mut key = OldKey::new(password);
        let mut head = Zeroizing::new(self.head.clone());
        key.decrypt(&mut head);
        // Some programs check by the time, which they know before the content.
        let by_time = entry.is_streamed() && head.last() == Some(&((entry.time >> 8) as u8));
        let by_crc = entry.crc.is_some_and(|crc| head.last() == Some(&((crc >> 24) as u8)));
        (by_time || by_crc).then_some(Key::Old(key))
    }
}

fn key_size(aes: Aes) -> usize {
    8 + 8 * usize::from(aes.strength)
}

fn salt_size(aes: Aes) -> usize {
    key_size(aes) / 2
}

/// Reads through a lock.
pub(super) struct Unlocking<'a> {
    bytes: Take<Box<dyn BufRead + 'a>>,
    cipher: Cipher,
}

enum Cipher {
    Old(OldKey),
    New(Box<(Stream, Hmac<Sha1>, [u8; SEAL])>),
}

enum Stream {
    Short(Ctr128LE<Aes128>),
    Middle(Ctr128LE<Aes192>),
    Long(Ctr128LE<Aes256>),
}

impl<'a> Unlocking<'a> {
    /// Reads the data of a member, which begin where its lock says.
    pub(super) fn new(bytes: Take<Box<dyn BufRead + 'a>>, key: &Key) -> Option<Self> {
        let cipher = match key {
            Key::Old(key) => Cipher::Old(key.clone()),
            Key::New { keys, seal } => {
                let size = keys.len().checked_sub(CHECK)? / 2;
                let (key, sealing) = (&keys[..size], &keys[size..2 * size]);
                let mut first = [0; 16];
                first[0] = 1;
                let stream = match size {
                    16 => Stream::Short(Ctr128LE::new_from_slices(key, &first).ok()?),
                    24 => Stream::Middle(Ctr128LE::new_from_slices(key, &first).ok()?),
                    _ => Stream::Long(Ctr128LE::new_from_slices(key, &first).ok()?),
                };
                let sealing = Hmac::<Sha1>::new_from_slice(sealing).ok()?;
                Cipher::New(Box::new((stream, sealing, *seal)))
            }
        };
        Some(Self { bytes, cipher })
    }

    /// Reads what is left; whether the seal fits all that was read.
    pub(super) fn is_genuine(&mut self) -> io::Result<bool> {
        let mut rest = vec![0; 8 << 10];
        while self.read(&mut rest)? > 0 {}
        Ok(match &self.cipher {
            Cipher::Old(_) => true,
            Cipher::New(new) => new.1.clone().verify_truncated_left(&new.2).is_ok(),
        })
    }
}

impl Read for Unlocking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        let read = &mut buffer[..count];
        match &mut self.cipher {
            Cipher::Old(key) => key.decrypt(read),
            Cipher::New(new) => {
                new.1.update(read);
                match &mut new.0 {
                    Stream::Short(stream) => stream.try_apply_keystream(read),
                    Stream::Middle(stream) => stream.try_apply_keystream(read),
                    Stream::Long(stream) => stream.try_apply_keystream(read),
                }
                .map_err(|_| io::ErrorKind::InvalidData)?;
            }
        }
        Ok(count)
    }
}

/// The old way to encrypt, which is broken, and which no crate offers by itself.
#[derive(Clone)]
pub(super) struct OldKey(Zeroizing<[u32; 3]>);

impl OldKey {
    fn new(password: &[u8]) -> Self {
        let mut key = Self(Zeroizing::new([0x1234_5678, 0x2345_6789, 0x3456_7890]));
        password.iter().for_each(|byte| key.turn(*byte));
        key
    }

    fn turn(&mut self, plain: u8) {
        let [a, b, c] = &mut *self.0;
        *a = crc(*a, plain);
        *b = b.wrapping_add(*a & 0xFF).wrapping_mul(134_775_813).wrapping_add(1);
        *c = crc(*c, (*b >> 24) as u8);
    }

    fn decrypt(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            let mask = (self.0[2] | 2) & 0xFFFF;
            *byte ^= (mask.wrapping_mul(mask ^ 1) >> 8) as u8;
            self.turn(*byte);
        }
    }
}

/// One step of CRC-32 without its inversions, which crates do not offer.
fn crc(value: u32, byte: u8) -> u32 {
    const TABLE: [u32; 256] = table();
    TABLE[((value ^ u32::from(byte)) & 0xFF) as usize] ^ (value >> 8)
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let (mut value, mut bit) = (at as u32, 0);
        while bit < 8 {
            value = if value & 1 == 1 { 0xEDB8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
}
