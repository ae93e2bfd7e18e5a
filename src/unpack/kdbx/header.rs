//! The header of a database: how it is locked.
//!
//! Holds: reading it, in both versions. Must not know: passwords, or what follows it. Numbers are little-endian.

use sha2::{Digest, Sha256};

use super::cipher::Cipher;
use super::key::Kdf;
use crate::base::Trouble;

/// What all databases of `KeePass` begin with.
const MARK: [u8; 4] = [0x03, 0xD9, 0xA2, 0x9A];

/// What follows: `KeePass` 1, a draft of `KeePass` 2, `KeePass` 2.
const KEEPASS_1: [u8; 4] = [0x65, 0xFB, 0x4B, 0xB5];
const DRAFT: [u8; 4] = [0x66, 0xFB, 0x4B, 0xB5];
const KEEPASS_2: [u8; 4] = [0x67, 0xFB, 0x4B, 0xB5];

/// How large the sum and the seal behind a header of version 4 are.
const SUM: usize = 32;

/// The versions that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Three,
    Four,
}

/// What a header says.
pub(super) struct Header<'b> {
    pub(super) version: Version,
    /// The bytes of it.
    bytes: &'b [u8],
    pub(super) cipher: Cipher,
    pub(super) is_packed: bool,
    /// What the keys are salted with.
    pub(super) seed: &'b [u8],
    /// Of what the first block depends.
    pub(super) start: &'b [u8],
    pub(super) kdf: Kdf<'b>,
    /// The mask on values, and its key; in version 4 the content says that.
    pub(super) mask: u32,
    pub(super) mask_key: &'b [u8],
    /// What version 3 is known to be unlocked by: the content begins with it.
    pub(super) proof: &'b [u8],
    /// What version 4 is known to be unlocked by: the seal on the header.
    pub(super) seal: &'b [u8],
    /// What follows.
    pub(super) body: &'b [u8],
}

/// The fields of a header as they stand.
#[derive(Default)]
struct Fields<'b> {
    cipher: &'b [u8],
    packing: &'b [u8],
    seed: &'b [u8],
    key_seed: &'b [u8],
    rounds: &'b [u8],
    start: &'b [u8],
    mask_key: &'b [u8],
    proof: &'b [u8],
    mask: &'b [u8],
    kdf: Option<&'b [u8]>,
}

/// Whether bytes begin like a database.
pub(super) fn recognises(head: &[u8]) -> bool {
    head.strip_prefix(&MARK).is_some_and(|rest| [KEEPASS_1, DRAFT, KEEPASS_2].iter().any(|mark| rest.starts_with(mark)))
}

fn damaged() -> Trouble {
    Trouble::malformed("has a damaged header")
}

impl<'b> Header<'b> {
    /// Reads the header of a database.
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self, Trouble> {
        let (mark, numbers) = (bytes.get(4..8).unwrap_or_default(), bytes.get(8..12).ok_or_else(damaged)?);
        let version = match (mark == KEEPASS_2, u16::from_le_bytes([numbers[2], numbers[3]])) {
            (true, 3) => Version::Three,
            (true, 4) => Version::Four,
            _ if mark == KEEPASS_1 => return Err(Trouble::unsupported("is a database of KeePass 1; not opened")),
            _ => return Err(Trouble::unsupported("is of a version that is not opened")),
        };
        let (fields, length) = Fields::read(bytes, version).ok_or_else(damaged)?;
        let (bytes, rest) = bytes.split_at_checked(length).ok_or_else(damaged)?;
        let (seal, body) = match version {
            Version::Three => (&[][..], rest),
            Version::Four => {
                let (sum, rest) = rest.split_at_checked(SUM).ok_or_else(damaged)?;
                if Sha256::digest(bytes)[..] != *sum {
                    return Err(damaged());
                }
                rest.split_at_checked(SUM).ok_or_else(damaged)?
            }
        };
        let cipher = Cipher::of(fields.cipher, fields.start)?;
        let kdf = match (version, fields.kdf) {
            (Version::Three, _) => Kdf::aes(fields.key_seed, number(fields.rounds).ok_or_else(damaged)?),
            (Version::Four, Some(kdf)) => Kdf::read(kdf)?,
            (Version::Four, None) => None,
        };
        let is_packed = match number(fields.packing).ok_or_else(damaged)? {
            0 => false,
            1 => true,
            _ => return Err(Trouble::unsupported("is packed in a way that is not known")),
        };
        let mask = u32::try_from(number(fields.mask).unwrap_or(0)).unwrap_or(u32::MAX);
        let is_proved = version == Version::Four || fields.proof.len() == 32;
        let Some(kdf) = kdf.filter(|_| is_proved && fields.seed.len() == 32) else { return Err(damaged()) };
        let Fields { seed, start, mask_key, proof, .. } = fields;
        Ok(Self { version, bytes, cipher, is_packed, seed, start, kdf, mask, mask_key, proof, seal, body })
    }

    /// The bytes that the seal is on.
    pub(super) fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// The sum of them.
    pub(super) fn sum(&self) -> [u8; SUM] {
        Sha256::digest(self.bytes).into()
    }
}

impl<'b> Fields<'b> {
    /// Reads the fields, and where they end.
    fn read(bytes: &'b [u8], version: Version) -> Option<(Self, usize)> {
        let (mut fields, mut at) = (Self::default(), 12);
        loop {
            let rest = bytes.get(at..)?;
            let (id, value, length) = field(rest, if version == Version::Three { 2 } else { 4 })?;
            at += length;
            match id {
                0 => return Some((fields, at)),
                2 => fields.cipher = value,
                3 => fields.packing = value,
                4 => fields.seed = value,
                5 => fields.key_seed = value,
                6 => fields.rounds = value,
                7 => fields.start = value,
                8 => fields.mask_key = value,
                9 => fields.proof = value,
                10 => fields.mask = value,
                11 => fields.kdf = Some(value),
                // Remarks, and what other programs write.
                _ => {}
            }
        }
    }
}

/// A field: its number, its value after a length of so many bytes, and the bytes of all that.
pub(super) fn field(bytes: &[u8], width: usize) -> Option<(u8, &[u8], usize)> {
    let (id, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_at_checked(width)?;
    let value = rest.get(..usize::try_from(number(length)?).ok()?)?;
    Some((*id, value, 1 + width + value.len()))
}

/// A number of up to eight bytes.
pub(super) fn number(bytes: &[u8]) -> Option<u64> {
    let is_one = (1..=8).contains(&bytes.len());
    is_one.then(|| bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}
