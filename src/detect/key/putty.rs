//! Keys of `PuTTY`: `.ppk` of versions 2 and 3.
//!
//! Holds: their reading and opening; both are checked by the code that they carry. Must not know: what SSH is for.

use argon2::{Argon2, Params, Version};
use zeroize::Zeroizing;

use super::cipher;
use super::derive::{Bytes, Effort, Failure};
use super::openssh::{Wire, public_of};
use super::protection::{Cipher, Hash, Kdf, Protection, named};
use super::rsa::Numbers;
use super::{Contents, Form, Found, Key, Sealed, curve};
use crate::codec::{base64_bytes, hex_decode};

/// Bytes of a file: one of RSA with 16,384 bits has 15 KiB.
const LONGEST: usize = 64 << 10;

/// Bytes of a line, of which the comment is the longest.
const LONGEST_LINE: usize = 1024;

/// A file, line by line.
struct Parts<'a> {
    version: u8,
    algorithm: &'a str,
    cipher: &'a str,
    comment: &'a str,
    public: Vec<u8>,
    kdf: Option<(Kdf, Vec<u8>)>,
    private: Bytes,
    seal: Vec<u8>,
    len: usize,
}

/// Reads lines, whatever ends them.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let near = rest.get(..LONGEST_LINE).unwrap_or(rest);
        let end = memchr::memchr2(b'\r', b'\n', near).or((near.len() == rest.len()).then_some(rest.len()))?;
        let behind = &rest[end..];
        let breaks = if behind.starts_with(b"\r\n") { 2 } else { behind.len().min(1) };
        self.at += end + breaks;
        std::str::from_utf8(&rest[..end]).ok()
    }

    fn value(&mut self, name: &str) -> Option<&'a str> {
        self.next()?.strip_prefix(name)?.strip_prefix(": ")
    }

    fn base64(&mut self, name: &str) -> Option<Bytes> {
        let count = self.value(name)?.parse::<usize>().ok().filter(|count| *count <= LONGEST / 64)?;
        let mut digits = Zeroizing::new(Vec::with_capacity(count * 64));
        for _ in 0..count {
            let line = self.next()?.as_bytes();
            if !line.iter().all(|digit| digit.is_ascii_alphanumeric() || b"+/=".contains(digit)) {
                return None;
            }
            digits.extend_from_slice(line);
        }
        Some(Zeroizing::new(base64_bytes(&digits)))
    }
}

impl<'a> Parts<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut lines = Lines { text: bytes.get(..LONGEST).unwrap_or(bytes), at: 0 };
        let (name, algorithm) = lines.next()?.split_once(": ")?;
        let version = name.strip_prefix("PuTTY-User-Key-File-")?.parse().ok()?;
        if !matches!(version, 2 | 3) {
            return None;
        }
        let (cipher, comment) = (lines.value("Encryption")?, lines.value("Comment")?);
        let public = lines.base64("Public-Lines")?.to_vec();
        let kdf = if version == 3 && cipher != "none" { Some(derivation(&mut lines)?) } else { None };
        let private = lines.base64("Private-Lines")?;
        let seal = hex_decode(lines.value("Private-MAC")?.as_bytes()).bytes().to_vec();
        let len = lines.at;
        Some(Self { version, algorithm, cipher, comment, public, kdf, private, seal, len })
    }

    /// The key in a private part that is open, if the code over all of it is right.
    fn key(&self, private: &[u8], seal_key: &[u8]) -> Option<Key> {
        let mut message = Zeroizing::new(Vec::new());
        let fields =
            [self.algorithm.as_bytes(), self.cipher.as_bytes(), self.comment.as_bytes(), &self.public, private];
        for field in fields {
            message.extend_from_slice(&(field.len() as u32).to_be_bytes());
            message.extend_from_slice(field);
        }
        let hash = if self.version == 3 { Hash::Sha256 } else { Hash::Sha1 };
        if hash.seal(seal_key, &message)?[..] != self.seal[..] {
            return None;
        }
        let key = key(&mut Wire(&self.public), &mut Wire(private))?;
        (public_of(&self.public) == key.spki).then_some(key)
    }

    /// What the code is made with: of a file of version 2, a digest of the password.
    fn old_seal_key(password: &[u8]) -> Bytes {
        Hash::Sha1.of(&[b"putty-private-key-file-mac-key", password])
    }
}

fn derivation(lines: &mut Lines<'_>) -> Option<(Kdf, Vec<u8>)> {
    let kind = match lines.value("Key-Derivation")? {
        "Argon2id" => "Argon2id",
        "Argon2i" => "Argon2i",
        "Argon2d" => "Argon2d",
        _ => return None,
    };
    let kibibytes = lines.value("Argon2-Memory")?.parse::<u32>().ok()?.into();
    let passes = lines.value("Argon2-Passes")?.parse::<u32>().ok()?.into();
    let lanes = lines.value("Argon2-Parallelism")?.parse::<u32>().ok()?.into();
    let salt = hex_decode(lines.value("Argon2-Salt")?.as_bytes()).bytes().to_vec();
    Some((Kdf::Argon2 { kind, kibibytes, passes, lanes }, salt))
}

/// Reads what begins with the name of the format.
pub(super) fn read(bytes: &[u8]) -> Option<Found> {
    let parts = Parts::read(bytes)?;
    if parts.cipher == "none" {
        let seal_key = if parts.version == 3 { Zeroizing::new(Vec::new()) } else { Parts::old_seal_key(&[]) };
        let key = parts.key(&parts.private, &seal_key)?;
        return Some(Found::open(Form::Putty, parts.len, key));
    }
    if parts.private.is_empty() || !parts.private.len().is_multiple_of(16) {
        return None;
    }
    let (kdf, salt) = parts.kdf.clone().unwrap_or((Kdf::Sha1Once, vec![]));
    let cipher = if parts.cipher == "aes256-cbc" { Cipher::Aes256Cbc } else { Cipher::Unknown(named(parts.cipher)) };
    let protection = Protection { kdf, cipher, salt: salt.len(), sealed: parts.private.len(), application: false };
    let mut sealed = Sealed::new(Form::Putty, protection, bytes.get(..parts.len)?);
    sealed.spki = vec![public_of(&parts.public)?];
    Some(Found::sealed(parts.len, sealed))
}

/// Opens it.
pub(super) fn open(bytes: &[u8], password: &[u8], effort: &mut Effort) -> Result<Contents, Failure> {
    let parts = Parts::read(bytes).ok_or(Failure::Unknown)?;
    if parts.cipher != "aes256-cbc" {
        return Err(Failure::Unknown);
    }
    let made = match &parts.kdf {
        Some((kdf, salt)) => {
            effort.pay(kdf, 80)?;
            argon2(kdf, password, salt).ok_or(Failure::Unknown)?
        }
        None => {
            let key = [Hash::Sha1.of(&[&[0; 4], password]), Hash::Sha1.of(&[&[0, 0, 0, 1], password])];
            let mut made = Zeroizing::new(Vec::with_capacity(80));
            made.extend_from_slice(&key[0]);
            made.extend_from_slice(&key[1]);
            made.truncate(32);
            made.extend_from_slice(&[0; 16]);
            made.extend_from_slice(&Parts::old_seal_key(password));
            made
        }
    };
    let (key, rest) = made.split_at(32);
    let (start, seal_key) = rest.split_at(16);
    let plain = cipher::decrypt(&Cipher::Aes256Cbc, key, start, &parts.private)?;
    parts.key(&plain, seal_key).map(Contents::from).ok_or(Failure::Wrong)
}

fn argon2(kdf: &Kdf, password: &[u8], salt: &[u8]) -> Option<Bytes> {
    let Kdf::Argon2 { kind, kibibytes, passes, lanes } = kdf else { return None };
    let algorithm = match *kind {
        "Argon2id" => argon2::Algorithm::Argon2id,
        "Argon2i" => argon2::Algorithm::Argon2i,
        _ => argon2::Algorithm::Argon2d,
    };
    let small = |number: &u64| u32::try_from(*number).ok();
    let parameters = Params::new(small(kibibytes)?, small(passes)?, small(lanes)?, Some(80)).ok()?;
    let mut made = Zeroizing::new(vec![0; 80]);
    Argon2::new(algorithm, Version::V0x13, parameters).hash_password_into(password, salt, &mut made).ok()?;
    Some(made)
}

/// The key whose two halves stand apart. Behind the private one may stand what fills the last block.
fn key(public: &mut Wire<'_>, private: &mut Wire<'_>) -> Option<Key> {
    match public.text()? {
        "ssh-rsa" => {
            let (exponent, modulus) = (public.field()?, public.field()?);
            let own = private.field()?;
            let primes = vec![(private.field()?, &[][..]), (private.field()?, &[][..])];
            Numbers { modulus, exponent, private: own, primes, inverse: private.field()? }.key()
        }
        "ssh-ed25519" => {
            let seed = private.field()?;
            curve::ed25519(seed, Some(public.field()?))
        }
        other => {
            let object = curve::object_of(other.strip_prefix("ecdsa-sha2-")?)?;
            public.field()?;
            curve::key(object, private.field()?, Some(public.field()?))
        }
    }
}
