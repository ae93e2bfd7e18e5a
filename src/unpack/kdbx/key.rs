//! Keys out of passwords.
//!
//! Holds: what a password costs to be tried, and the trying. Must not know: what the keys open. All that is secret is
//! wiped.

use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use argon2::{Algorithm, Argon2, Params, Version as Argon2Version};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

use super::header::{Header, Version, number};
use crate::base::{Reason, Trouble};
use crate::unpack::Sink;

const AES: [u8; 16] = [0xC9, 0xD9, 0xF3, 0x9A, 0x62, 0x8A, 0x44, 0x60, 0xBF, 0x74, 0x0D, 0x08, 0xC1, 0x8A, 0x4F, 0xEA];
/// The same under the name that `KeePassXC` gave it.
const AES_4: [u8; 16] =
    [0x7C, 0x02, 0xBB, 0x82, 0x79, 0xA7, 0x4A, 0xC0, 0x92, 0x7D, 0x11, 0x4A, 0x00, 0x64, 0x82, 0x38];
const ARGON2D: [u8; 16] =
    [0xEF, 0x63, 0x6D, 0xDF, 0x8C, 0x29, 0x44, 0x4B, 0x91, 0xF7, 0xA9, 0xA4, 0x03, 0xE3, 0x0A, 0x0C];
const ARGON2ID: [u8; 16] =
    [0x9E, 0x29, 0x8B, 0x19, 0x56, 0xDB, 0x47, 0x73, 0xB2, 0x3D, 0xFC, 0x3E, 0xC6, 0xF0, 0xA1, 0xE6];

/// What a round of AES costs, in bytes that could have been read meanwhile.
const ROUND: u64 = 32;

/// Of what it fills of memory, what Argon2 costs so; and in rounds, for each kibibyte.
const FILLED: u64 = 8;
const KIBIBYTE: u64 = 4;

type Half = Zeroizing<[u8; 32]>;

/// What makes it slow to try passwords.
#[derive(Debug)]
pub(super) enum Kdf<'b> {
    Aes { seed: &'b [u8; 32], rounds: u64 },
    Argon2 { algorithm: Algorithm, version: Argon2Version, salt: &'b [u8], memory: u64, passes: u64, lanes: u64 },
}

/// What opens a database.
pub(super) struct Keys {
    /// For the cipher.
    pub(super) cipher: Half,
    /// For the seals of version 4.
    seal: Zeroizing<[u8; 64]>,
}

impl<'b> Kdf<'b> {
    /// That of version 3; nothing where its seed is none.
    pub(super) fn aes(seed: &'b [u8], rounds: u64) -> Option<Self> {
        Some(Self::Aes { seed: seed.try_into().ok()?, rounds })
    }

    /// That of version 4, a dictionary; nothing where that is damaged.
    pub(super) fn read(bytes: &'b [u8]) -> Result<Option<Self>, Trouble> {
        let Some(dictionary) = Dictionary::read(bytes) else { return Ok(None) };
        let value = |name: &[u8]| dictionary.get(name);
        let count = |name: &[u8]| value(name).and_then(number);
        let algorithm = match value(b"$UUID").unwrap_or_default() {
            name if name == AES || name == AES_4 => {
                return Ok(value(b"S").zip(count(b"R")).and_then(|(seed, rounds)| Self::aes(seed, rounds)));
            }
            name if name == ARGON2D => Algorithm::Argon2d,
            name if name == ARGON2ID => Algorithm::Argon2id,
            _ => return Err(Trouble::unsupported("makes its key in a way that is not known")),
        };
        let version = match count(b"V") {
            Some(0x10) => Argon2Version::V0x10,
            Some(0x13) => Argon2Version::V0x13,
            _ => return Err(Trouble::unsupported("makes its key in a way that is not known")),
        };
        if [&b"K"[..], b"A"].iter().any(|name| value(name).is_some_and(|value| !value.is_empty())) {
            return Err(Trouble::unsupported("makes its key with a secret that no program gives"));
        }
        let numbers = count(b"M").zip(count(b"I")).zip(count(b"P")).zip(value(b"S"));
        Ok(numbers.map(|(((memory, passes), lanes), salt)| Self::Argon2 {
            algorithm,
            version,
            salt,
            memory,
            passes,
            lanes,
        }))
    }

    /// What a try costs: rounds of a digest, memory, and bytes that could have been read meanwhile.
    fn cost(&self) -> (u64, u64, u64) {
        match self {
            // A round encrypts two blocks.
            Self::Aes { rounds, .. } => (*rounds, 0, rounds.saturating_mul(ROUND)),
            Self::Argon2 { memory, passes, .. } => {
                let rounds = (memory >> 10).saturating_mul(*passes).saturating_mul(KIBIBYTE);
                (rounds, *memory, (memory / FILLED).saturating_mul(*passes))
            }
        }
    }

    /// What it makes of what a password was hashed to. Ask for its cost first, which may be too high.
    fn make(&self, composite: &Half) -> Option<Half> {
        match self {
            Self::Aes { seed, rounds } => {
                let cipher = Aes256::new_from_slice(*seed).ok()?;
                let mut blocks = Zeroizing::new([aes::Block::default(); 2]);
                let halves = composite.as_chunks::<16>().0;
                blocks.iter_mut().zip(halves).for_each(|(block, half)| block.copy_from_slice(half));
                for _ in 0..*rounds {
                    cipher.encrypt_blocks(&mut *blocks);
                }
                Some(digest(&[&blocks[0], &blocks[1]]))
            }
            Self::Argon2 { algorithm, version, salt, memory, passes, lanes } => {
                let [kibibytes, passes, lanes] = [memory >> 10, *passes, *lanes].map(u32::try_from);
                let params = Params::new(kibibytes.ok()?, passes.ok()?, lanes.ok()?, Some(32)).ok()?;
                let mut key = Half::default();
                let hash = Argon2::new(*algorithm, *version, params);
                hash.hash_password_into(&**composite, salt, &mut *key).ok()?;
                Some(key)
            }
        }
    }
}

/// Names and values as version 4 writes them.
struct Dictionary<'b>(Vec<(&'b [u8], &'b [u8])>);

/// Values of a dictionary; none has more.
const VALUES: usize = 64;

impl<'b> Dictionary<'b> {
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let ([_, 1], mut rest) = bytes.split_first_chunk::<2>()? else { return None };
        let mut values = Vec::new();
        loop {
            let (kind, behind) = rest.split_first()?;
            if *kind == 0 {
                return Some(Self(values));
            }
            let mut part = behind;
            let mut take = || {
                let (length, after) = part.split_first_chunk::<4>()?;
                let (value, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                part = after;
                Some(value)
            };
            values.push((take()?, take()?));
            rest = part;
            if values.len() > VALUES {
                return None;
            }
        }
    }

    fn get(&self, name: &[u8]) -> Option<&'b [u8]> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// Finds the keys of a database, by trying passwords.
#[expect(clippy::disallowed_methods, reason = "passwords are tried on a database")]
pub(super) fn find(header: &Header<'_>, sink: &mut dyn Sink) -> Result<Keys, Trouble> {
    let count = sink.passwords().len();
    let (rounds, memory, bytes) = header.kdf.cost();
    let (most, most_memory) = (sink.limits().max_rounds, sink.limits().max_kdf_memory);
    if count == 0 {
        return Err(Trouble::encrypted("is encrypted; not opened"));
    }
    if memory > most_memory {
        let text = format!(
            "asks for {memory} bytes of memory to be unlocked, which exceeds --max-kdf-memory {most_memory}; not opened"
        );
        return Err(Trouble::limit(Reason::TooLarge, "--max-kdf-memory", text));
    }
    if rounds > most {
        let text = format!("asks for {rounds} rounds to be unlocked, which exceeds --max-rounds {most}; not opened");
        return Err(Trouble::limit(Reason::TooLarge, "--max-rounds", text));
    }
    let mut left = most;
    for index in 0..count {
        if rounds > left {
            let text = format!("is encrypted, and not all passwords were tried: --max-rounds {most} pays for {index}");
            return Err(Trouble::limit(Reason::TooMany, "--max-rounds", text));
        }
        left -= rounds;
        // What is refused costs nothing, so that the rest can be read.
        if bytes > sink.left() {
            let text = "asks for more work to be unlocked than --max-expanded allows for one file; not opened";
            return Err(Trouble::limit(Reason::TooLarge, "--max-expanded", text));
        }
        sink.spend(bytes)?;
        let Some(password) = sink.passwords().get(index) else { break };
        let composite = digest(&[&digest(&[password.expose()])[..]]);
        let made = header.kdf.make(&composite).ok_or_else(|| Trouble::malformed("has a damaged header"))?;
        let keys = Keys::of(header.seed, &made);
        if keys.open(header)? {
            return Ok(keys);
        }
    }
    // What else a key is made of cannot be told from a wrong password.
    let text = "is encrypted, and no password given opens it, or a key file or hardware key belongs to it; not opened";
    Err(Trouble::encrypted(text))
}

impl Keys {
    fn of(seed: &[u8], made: &Half) -> Self {
        let mut seal = Zeroizing::new([0; 64]);
        seal.copy_from_slice(&Sha512::new().chain_update(seed).chain_update(&made[..]).chain_update([1]).finalize());
        Self { cipher: digest(&[seed, &made[..]]), seal }
    }

    /// Whether they are the right ones.
    fn open(&self, header: &Header<'_>) -> Result<bool, Trouble> {
        match header.version {
            Version::Four => Ok(self.sealed(u64::MAX, &[header.bytes()], header.seal)),
            Version::Three => {
                let Some(beginning) = header.body.first_chunk::<32>() else {
                    return Err(Trouble::malformed("ends early"));
                };
                let mut beginning = Zeroizing::new(*beginning);
                header.cipher.decrypt(&self.cipher, header.start, &mut *beginning)?;
                Ok(*beginning == *header.proof)
            }
        }
    }

    /// Whether this is the seal on some parts, of that number.
    pub(super) fn sealed(&self, number: u64, parts: &[&[u8]], seal: &[u8]) -> bool {
        let mut key = Zeroizing::new([0; 64]);
        key.copy_from_slice(&Sha512::new().chain_update(number.to_le_bytes()).chain_update(&self.seal[..]).finalize());
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&*key) else { return false };
        parts.iter().for_each(|part| mac.update(part));
        mac.verify_slice(seal).is_ok()
    }
}

fn digest(parts: &[&[u8]]) -> Half {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    let mut half = Half::default();
    half.copy_from_slice(&digest.finalize());
    half
}
