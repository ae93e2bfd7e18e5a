//! What is locked: AES-256 with a key made of a password, many times hashed.
//!
//! Holds: `Locked`, which makes keys, and the reader that a key opens. Must not know: blocks, files.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::base::{Secret, Trouble};
use crate::unpack::ready::Ready;

/// The work that is done for one key at most, in powers of two; 7-Zip writes 19.
const MOST_WORK: u8 = 24;

/// What says that the password is the key as it stands.
const RAW: u8 = 0x3F;

/// Keys that are kept, because one password opens most blocks.
const KEPT: usize = 16;

/// How something is locked.
pub(super) struct Locked<'b> {
    work: u8,
    salt: &'b [u8],
    start: [u8; 16],
}

/// What opens it.
#[derive(Clone)]
pub(super) struct Key {
    bytes: Zeroizing<[u8; 32]>,
    start: [u8; 16],
}

/// Keys that were made.
#[derive(Default)]
pub(super) struct Keys(Mutex<Vec<Made>>);

/// A key, and what it was made of.
struct Made {
    work: u8,
    salt: Vec<u8>,
    /// The number of the password.
    index: usize,
    bytes: Zeroizing<[u8; 32]>,
}

impl<'b> Locked<'b> {
    /// Reads what the decoder says of its key.
    pub(super) fn of(properties: &'b [u8]) -> Self {
        let first = properties.first().copied().unwrap_or(0);
        let second = properties.get(1).copied().unwrap_or(0);
        let salt_size = usize::from(first >> 7) + usize::from(second >> 4);
        let start_size = usize::from((first >> 6) & 1) + usize::from(second & 15);
        let rest = properties.get(2..).unwrap_or_default();
        let (salt, rest) = rest.split_at(salt_size.min(rest.len()));
        let mut start = [0; 16];
        start.iter_mut().zip(rest.iter().take(start_size)).for_each(|(to, from)| *to = *from);
        Self { work: first & 0x3F, salt, start }
    }

    /// What it costs to make the key of a password.
    pub(super) fn cost(&self, keys: &Keys, (index, password): (usize, &Secret)) -> Result<u64, Trouble> {
        if self.work == RAW || keys.find(self, index).is_some() {
            return Ok(0);
        }
        if self.work > MOST_WORK {
            return Err(Trouble::unsupported("asks for more work to be unlocked than anything that is sound"));
        }
        Ok((1 << self.work) * (self.salt.len() + 2 * password.len() + 8) as u64)
    }

    /// The key that a password makes. Ask for its cost first, which may be too high.
    #[expect(clippy::disallowed_methods, reason = "the password is tried on what is locked")]
    pub(super) fn key(&self, keys: &Keys, (index, password): (usize, &Secret)) -> Key {
        if let Some(bytes) = keys.find(self, index) {
            return Key { bytes, start: self.start };
        }
        let text = Zeroizing::new(String::from_utf8_lossy(password.expose()).into_owned());
        let wide: Zeroizing<Vec<u8>> = Zeroizing::new(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        let mut bytes = Zeroizing::new([0; 32]);
        if self.work == RAW {
            let raw = self.salt.iter().chain(wide.iter());
            bytes.iter_mut().zip(raw).for_each(|(to, from)| *to = *from);
        } else {
            let mut hash = Sha256::new();
            for count in 0..1_u64 << self.work.min(MOST_WORK) {
                hash.update(self.salt);
                hash.update(&*wide);
                hash.update(count.to_le_bytes());
            }
            bytes.copy_from_slice(&hash.finalize());
        }
        keys.keep(Made { work: self.work, salt: self.salt.to_vec(), index, bytes: bytes.clone() });
        Key { bytes, start: self.start }
    }
}

impl Keys {
    fn find(&self, locked: &Locked<'_>, index: usize) -> Option<Zeroizing<[u8; 32]>> {
        let made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |made: &&Made| made.work == locked.work && made.salt == locked.salt && made.index == index;
        made.iter().find(is_it).map(|made| made.bytes.clone())
    }

    fn keep(&self, one: Made) {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if made.len() >= KEPT {
            made.remove(0);
        }
        made.push(one);
    }
}

impl Key {
    /// What was locked, as it was before.
    pub(super) fn reader<'r>(&self, input: impl Read + 'r) -> impl Read + 'r {
        let cipher = cbc::Decryptor::<aes::Aes256>::new(&(*self.bytes).into(), &self.start.into());
        Unlocked { input, cipher, ready: Ready::new(4096), kept: 0 }
    }
}

struct Unlocked<R> {
    input: R,
    cipher: cbc::Decryptor<aes::Aes256>,
    /// What is unlocked and was not given yet.
    ready: Ready,
    /// What stands behind that and is no whole block yet.
    kept: usize,
}

impl<R: Read> Unlocked<R> {
    fn fill(&mut self) -> io::Result<()> {
        let (from, to) = (self.ready.range.end, self.ready.range.end + self.kept);
        self.ready.buffer.copy_within(from..to, 0);
        let mut length = self.kept;
        while length < 16 {
            let count = self.input.read(&mut self.ready.buffer[length..])?;
            if count == 0 {
                // What is no whole block at the end was never locked.
                length = 0;
                break;
            }
            length += count;
        }
        let whole = length - length % 16;
        for block in self.ready.buffer[..whole].as_chunks_mut::<16>().0 {
            self.cipher.decrypt_block(block.into());
        }
        (self.ready.range, self.kept) = (0..whole, length - whole);
        Ok(())
    }
}

impl<R: Read> Read for Unlocked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ready.range.is_empty() && !buffer.is_empty() {
            self.fill()?;
        }
        Ok(self.ready.give(buffer))
    }
}
