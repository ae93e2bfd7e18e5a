//! The stores of Java: JKS and JCEKS.
//!
//! Holds: their reading and opening. By hand: the crate for them stands on copies of libraries from long ago. Must not
//! know: PKCS#12, which Java writes by now.

use zeroize::Zeroizing;

use super::cipher::Password;
use super::derive::{Bytes, Effort, Failure};
use super::protection::{Hash, Kdf};
use super::{Contents, Form, Found, Key, Sealed, pkcs};
use crate::codec::der::{Der, SEQUENCE};

/// Bytes of the digest over all of a store, and of the salt and the check of a key.
const DIGEST: usize = 20;

/// Entries that are looked at.
const MOST_ENTRIES: u32 = 10_000;

/// A store, its keys sealed.
struct Parts<'a> {
    form: Form,
    keys: Vec<&'a [u8]>,
    certificates: Vec<Vec<u8>>,
    /// Those that stand first in the chain of each key.
    owned: Vec<Vec<u8>>,
    len: usize,
}

struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (field, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(field)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(*self.take(4)?.first_chunk()?))
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let length = u16::from_be_bytes(*self.take(2)?.first_chunk()?);
        self.take(length.into())
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length as usize)
    }

    fn certificate(&mut self, version: u32) -> Option<Vec<u8>> {
        if version == 2 {
            self.text()?;
        }
        self.bytes().map(<[u8]>::to_vec)
    }
}

impl<'a> Parts<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let form = match bytes.first_chunk::<4>()? {
            [0xFE, 0xED, 0xFE, 0xED] => Form::Jks,
            [0xCE, 0xCE, 0xCE, 0xCE] => Form::Jceks,
            _ => return None,
        };
        let mut fields = Fields(&bytes[4..]);
        let version = fields.number().filter(|version| matches!(version, 1 | 2))?;
        let count = fields.number().filter(|count| (1..=MOST_ENTRIES).contains(count))?;
        let mut parts = Self { form, keys: vec![], certificates: vec![], owned: vec![], len: bytes.len() };
        for _ in 0..count {
            let before = bytes.len() - fields.0.len();
            if form == Form::Jceks && fields.0.is_empty() && !parts.keys.is_empty() {
                // What was kept of one that holds such an object, as below.
                return Some(parts);
            }
            let kind = fields.number()?;
            fields.text()?;
            fields.take(8)?;
            match kind {
                1 => parts.entry(&mut fields, version)?,
                2 => parts.certificates.push(fields.certificate(version)?),
                // A serialised object of Java, whose end only Java finds: what stands before it is the store.
                3 if form == Form::Jceks => {
                    parts.len = before;
                    return Some(parts);
                }
                _ => return None,
            }
        }
        // The digest over all of it, made with its own password, which need not be that of its keys.
        fields.take(DIGEST)?;
        parts.len = bytes.len() - fields.0.len();
        Some(parts)
    }

    fn entry(&mut self, fields: &mut Fields<'a>, version: u32) -> Option<()> {
        self.keys.push(fields.bytes()?);
        for index in 0..fields.number()? {
            let certificate = fields.certificate(version)?;
            if index == 0 {
                self.owned.push(certificate.clone());
            }
            self.certificates.push(certificate);
        }
        Some(())
    }
}

/// Reads a store that has a key.
pub(super) fn read(bytes: &[u8]) -> Option<Found> {
    let parts = Parts::read(bytes)?;
    let (scheme, data) = pkcs::sealed_parts(parts.keys.first()?)?;
    let mut sealed = Sealed::new(parts.form, scheme.protection(data.len()), bytes.get(..parts.len)?);
    sealed.spki = parts.owned.iter().filter_map(|own| Some(super::Certificate::read(own)?.spki)).collect();
    sealed.certificates = parts.certificates;
    Some(Found::sealed(parts.len, sealed))
}

/// Opens the keys of a store. Its own password may be another one than theirs, so only theirs is asked.
pub(super) fn open(bytes: &[u8], password: &Password, effort: &mut Effort) -> Result<Contents, Failure> {
    let parts = Parts::read(bytes).ok_or(Failure::Unknown)?;
    let (mut keys, mut left, mut failure) = (Vec::new(), 0, Failure::Wrong);
    for sealed in &parts.keys {
        match key(sealed, password, effort) {
            Ok(key) => keys.push(key),
            Err(other) => (left, failure) = (left + 1, other),
        }
    }
    if keys.is_empty() {
        return Err(failure);
    }
    Ok(Contents { keys, certificates: parts.certificates, left })
}

fn key(sealed: &[u8], password: &Password, effort: &mut Effort) -> Result<Key, Failure> {
    let (scheme, data) = pkcs::sealed_parts(sealed).ok_or(Failure::Unknown)?;
    let plain = if scheme.kdf == Kdf::Sha1Once {
        effort.pay(&scheme.kdf, data.len())?;
        unstream(&data, password.unended()).ok_or(Failure::Wrong)?
    } else {
        scheme.open(password, &data, effort)?
    };
    Der::new(&plain).enter(SEQUENCE).and_then(|_| pkcs::pkcs8(&plain)).ok_or(Failure::Wrong)
}

/// Takes the stream off: each digest is over the password and the digest before it, the first over the salt.
fn unstream(data: &[u8], password: &[u8]) -> Option<Bytes> {
    let (salt, rest) = data.split_at_checked(DIGEST)?;
    let (sealed, check) = rest.split_at_checked(rest.len().checked_sub(DIGEST)?)?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    let mut digest = Zeroizing::new(salt.to_vec());
    for part in plain.chunks_mut(DIGEST) {
        digest = Hash::Sha1.of(&[password, &digest]);
        part.iter_mut().zip(digest.iter()).for_each(|(byte, key)| *byte ^= key);
    }
    (Hash::Sha1.of(&[password, &plain])[..] == *check).then_some(plain)
}
