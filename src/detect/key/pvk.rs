//! Keys of Windows: `.pvk`, and the blob of the cryptographic interface that is inside of it and stands alone too.
//!
//! Holds: their reading and opening. Must not know: .NET's XML, which has the same numbers.

use super::cipher::{self, Password};
use super::derive::{Bytes, Failure};
use super::protection::{Cipher, Hash, Kdf, Protection};
use super::rsa::Numbers;
use super::{Contents, Form, Found, Key, Sealed};

const MAGIC: &[u8] = &[0x1E, 0xF1, 0xB5, 0xB0];

/// A private key, in the second version of blobs.
const BLOB: &[u8] = &[7, 2, 0, 0];

/// To exchange keys, and to sign.
const ALGORITHMS: [&[u8]; 2] = [&[0, 0xA4, 0, 0], &[0, 0x24, 0, 0]];

/// Bytes of the blob before what is encrypted.
const HEAD: usize = 8;

/// Bytes of salt that are looked at; programs write 16.
const MOST_SALT: usize = 1024;

/// A file, its blob as it stands.
struct Parts<'a> {
    salt: &'a [u8],
    blob: &'a [u8],
    is_sealed: bool,
    len: usize,
}

impl<'a> Parts<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let fields = bytes.strip_prefix(MAGIC)?;
        let number = |index: usize| word(fields.get(index * 4..)?);
        if number(0)? != 0 || !matches!(number(1)?, 1 | 2) || number(2)? > 1 {
            return None;
        }
        let (is_sealed, salt, blob) = (number(2)? == 1, number(3)? as usize, number(4)? as usize);
        if salt > MOST_SALT || (salt == 0) == is_sealed {
            return None;
        }
        let rest = fields.get(20..)?;
        let parts = Self {
            salt: rest.get(..salt)?,
            blob: rest.get(salt..salt.checked_add(blob)?)?,
            is_sealed,
            len: 24 + salt + blob,
        };
        is_head(parts.blob).then_some(parts)
    }
}

fn word(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.first_chunk::<4>()?))
}

fn is_head(blob: &[u8]) -> bool {
    blob.starts_with(BLOB) && ALGORITHMS.iter().any(|algorithm| blob.get(4..HEAD) == Some(*algorithm))
}

/// Reads a file or a blob.
pub(super) fn read(bytes: &[u8]) -> Option<Found> {
    if is_head(bytes) {
        let (key, taken) = key(&bytes[HEAD..])?;
        return Some(Found::open(Form::Pvk, HEAD + taken, key));
    }
    let parts = Parts::read(bytes)?;
    if !parts.is_sealed {
        let (key, taken) = key(&parts.blob[HEAD..])?;
        return (HEAD + taken == parts.blob.len()).then(|| Found::open(Form::Pvk, parts.len, key));
    }
    let sealed = parts.blob.len() - HEAD;
    // The numbers of 256 bits take as much; those who seal less seal no key.
    if sealed < 156 {
        return None;
    }
    let protection =
        Protection { kdf: Kdf::Sha1Once, cipher: Cipher::Rc4(128), salt: parts.salt.len(), sealed, application: false };
    Some(Found::sealed(parts.len, Sealed::new(Form::Pvk, protection, bytes.get(..parts.len)?)))
}

/// Opens a file, sealed with all of the key or, for the export of old, with 40 bits of it.
pub(super) fn open(bytes: &[u8], password: &Password) -> Result<Contents, Failure> {
    let parts = Parts::read(bytes).ok_or(Failure::Unknown)?;
    let made = Hash::Sha1.of(&[parts.salt, &password.plain]);
    let mut weak: Bytes = zeroize::Zeroizing::new(vec![0; 16]);
    weak[..5].copy_from_slice(&made[..5]);
    for made in [&made[..16], &weak[..]] {
        let plain = cipher::decrypt(&Cipher::Rc4(128), made, &[], &parts.blob[HEAD..])?;
        if let Some((key, taken)) = key(&plain)
            && taken == plain.len()
        {
            return Ok(key.into());
        }
    }
    Err(Failure::Wrong)
}

/// The key behind the head of a blob, its numbers with the lowest byte first, and how many bytes it takes.
fn key(blob: &[u8]) -> Option<(Key, usize)> {
    let bits = word(blob.strip_prefix(b"RSA2")?)? as usize;
    if !bits.is_multiple_of(16) || bits > 16_384 {
        return None;
    }
    let exponent = word(blob.get(8..)?)?.to_be_bytes();
    let (whole, half) = (bits / 8, bits / 16);
    let (mut at, mut numbers) = (12, Vec::<Bytes>::new());
    for length in [whole, half, half, half, half, half, whole] {
        let number = blob.get(at..at + length)?;
        numbers.push(zeroize::Zeroizing::new(number.iter().rev().copied().collect()));
        at += length;
    }
    let [modulus, p, q, dp, dq, inverse, private] = numbers.as_slice() else { return None };
    let primes = vec![(&p[..], &dp[..]), (&q[..], &dq[..])];
    let key = Numbers { modulus, exponent: &exponent, private, primes, inverse }.key()?;
    Some((key, at))
}
