//! How a sealed key is protected, as it says itself.
//!
//! Holds: `Protection` with its words, and `Scheme`, the same with all that opening needs, read from DER. Must not
//! know: passwords.

use std::fmt;

use super::objects;
use crate::codec::der::{Der, INTEGER, OBJECT, OCTET_STRING, SEQUENCE, dotted};

/// A digest, inside of what makes keys of passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// What makes a key of a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kdf {
    /// PKCS#5, first version.
    Pbkdf1 { hash: Hash, rounds: u64 },
    /// PKCS#5, second version.
    Pbkdf2 { hash: Hash, rounds: u64 },
    /// PKCS#12, appendix B.
    Pkcs12 { hash: Hash, rounds: u64 },
    /// RFC 7914.
    Scrypt { n: u64, r: u64, p: u64 },
    /// That of OpenSSH.
    Bcrypt { rounds: u64 },
    /// That of `PuTTY` since 0.75.
    Argon2 { kind: &'static str, kibibytes: u64, passes: u64, lanes: u64 },
    /// One MD5, as in PEM with headers.
    Md5Once,
    /// One or two SHA-1, as in `.pvk`, older `.ppk` and JKS.
    Sha1Once,
    /// That of JCEKS.
    JavaMd5 { rounds: u64 },
    /// Another one, by object identifier or name.
    Unknown(String),
}

/// What the key encrypts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cipher {
    Des,
    TripleDes,
    /// With two different keys in place of three.
    TripleDesOfTwo,
    /// With so many bits.
    Rc2(u32),
    /// With so many bits.
    Rc4(u32),
    Aes128Cbc,
    Aes192Cbc,
    Aes256Cbc,
    Aes128Ctr,
    Aes192Ctr,
    Aes256Ctr,
    /// A stream of SHA-1, that of JKS.
    Sha1Stream,
    /// Another one, by object identifier or name.
    Unknown(String),
}

/// What is between a sealed key and the one who found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// What makes a key of the password, and how much work that is.
    pub kdf: Kdf,
    /// What the key encrypts with.
    pub cipher: Cipher,
    /// Bytes of salt.
    pub salt: usize,
    /// Encrypted bytes.
    pub sealed: usize,
    /// Whether it has the exact shape that the Ministry's application for taxpayers writes.
    pub application: bool,
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}

impl fmt::Display for Kdf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pbkdf1 { hash, rounds } => write!(f, "PBKDF1 with {rounds} rounds of {hash}"),
            Self::Pbkdf2 { hash, rounds } => write!(f, "PBKDF2 with {rounds} rounds of HMAC-{hash}"),
            Self::Pkcs12 { hash, rounds } => write!(f, "PKCS#12 with {rounds} rounds of {hash}"),
            Self::Scrypt { n, r, p } => write!(f, "scrypt with N {n}, r {r}, p {p}"),
            Self::Bcrypt { rounds } => write!(f, "bcrypt with {rounds} rounds"),
            Self::Argon2 { kind, kibibytes, passes, lanes } => {
                write!(f, "{kind} with {kibibytes} KiB, {passes} passes, {lanes} lanes")
            }
            Self::Md5Once => f.write_str("one MD5"),
            Self::Sha1Once => f.write_str("one SHA-1"),
            Self::JavaMd5 { rounds } => write!(f, "{rounds} rounds of MD5"),
            Self::Unknown(name) => write!(f, "an unknown derivation ({name})"),
        }
    }
}

impl fmt::Display for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Des => "DES",
            Self::TripleDes => "3DES",
            Self::TripleDesOfTwo => "3DES with two keys",
            Self::Rc2(bits) => return write!(f, "RC2 with {bits} bits"),
            Self::Rc4(bits) => return write!(f, "RC4 with {bits} bits"),
            Self::Aes128Cbc => "AES-128-CBC",
            Self::Aes192Cbc => "AES-192-CBC",
            Self::Aes256Cbc => "AES-256-CBC",
            Self::Aes128Ctr => "AES-128-CTR",
            Self::Aes192Ctr => "AES-192-CTR",
            Self::Aes256Ctr => "AES-256-CTR",
            Self::Sha1Stream => "a stream of SHA-1",
            Self::Unknown(name) => return write!(f, "an unknown cipher ({name})"),
        })
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.kdf, self.cipher)
    }
}

/// Letters of a name that a key gives to how it is locked.
const LONGEST_NAME: usize = 40;

/// A name that a key gives to how it is locked: whoever wrote it may have written anything.
pub(super) fn named(name: &str) -> String {
    let is_name = |letter: u8| letter.is_ascii_alphanumeric() || b"@._-".contains(&letter);
    let is_told = name.len() <= LONGEST_NAME && !name.is_empty() && name.bytes().all(is_name);
    if is_told { name.to_owned() } else { "unnamed".to_owned() }
}

/// How good the lock on a key is, all passwords being equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lock {
    /// Its cipher can be broken, or passwords are tried by the billion.
    Broken,
    /// Passwords are tried by the million in a second: only a long random one holds.
    Weak,
    /// A good password holds.
    Fair,
    /// Passwords are slow to try, as is recommended today.
    Strong,
    /// It is not known.
    Unknown,
}

impl Lock {
    /// What reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Weak => "weak",
            Self::Fair => "fair",
            Self::Strong => "strong",
            Self::Unknown => "unknown",
        }
    }
}

/// Rounds of PBKDF2 with SHA-256 that OWASP recommends since 2023.
const RECOMMENDED: u64 = 600_000;

/// Rounds below which a machine with one graphics card tries millions of passwords in a second: it computes about ten
/// billion digests.
const FEW: u64 = 10_000;

impl Protection {
    /// How good it is.
    pub fn lock(&self) -> Lock {
        if matches!(self.cipher, Cipher::Des | Cipher::Rc2(40) | Cipher::Rc4(40)) {
            return Lock::Broken;
        }
        match &self.kdf {
            Kdf::Md5Once | Kdf::Sha1Once => Lock::Broken,
            Kdf::Unknown(_) => Lock::Unknown,
            Kdf::Pbkdf1 { rounds, .. }
            | Kdf::Pbkdf2 { rounds, .. }
            | Kdf::Pkcs12 { rounds, .. }
            | Kdf::JavaMd5 { rounds } => match *rounds {
                0..100 => Lock::Broken,
                100..FEW => Lock::Weak,
                FEW..RECOMMENDED => Lock::Fair,
                RECOMMENDED.. => Lock::Strong,
            },
            Kdf::Scrypt { n, r, p } => grade(n.saturating_mul(*r).saturating_mul(*p), 1 << 13, 1 << 17),
            // Each round is 128 key schedules of Blowfish; `ssh-keygen` takes 16 rounds.
            Kdf::Bcrypt { rounds } => grade(*rounds, 4, 16),
            Kdf::Argon2 { kibibytes, passes, .. } => grade(kibibytes.saturating_mul(*passes), 1 << 10, 16 << 10),
        }
    }
}

fn grade(work: u64, fair: u64, strong: u64) -> Lock {
    if work >= strong {
        Lock::Strong
    } else if work >= fair {
        Lock::Fair
    } else {
        Lock::Weak
    }
}

impl Cipher {
    /// Bytes of its key.
    pub(super) fn key_len(&self) -> usize {
        match self {
            Self::Des => 8,
            Self::TripleDes | Self::Aes192Cbc | Self::Aes192Ctr => 24,
            Self::TripleDesOfTwo | Self::Aes128Cbc | Self::Aes128Ctr => 16,
            Self::Rc2(bits) | Self::Rc4(bits) => *bits as usize / 8,
            Self::Aes256Cbc | Self::Aes256Ctr => 32,
            Self::Sha1Stream | Self::Unknown(_) => 0,
        }
    }

    /// Bytes of its start value.
    pub(super) fn start_len(&self) -> usize {
        match self {
            Self::Des | Self::TripleDes | Self::TripleDesOfTwo | Self::Rc2(_) => 8,
            Self::Rc4(_) | Self::Sha1Stream | Self::Unknown(_) => 0,
            _ => 16,
        }
    }
}

/// What an algorithm identifier says about a password's work.
#[derive(Clone, Debug)]
pub(super) struct Scheme {
    pub kdf: Kdf,
    pub cipher: Cipher,
    pub salt: Vec<u8>,
    /// Where the cipher starts; empty where the password makes it too.
    pub start: Vec<u8>,
}

impl Scheme {
    /// What it says of itself, before so many encrypted bytes.
    pub(super) fn protection(&self, sealed: usize) -> Protection {
        Protection {
            kdf: self.kdf.clone(),
            cipher: self.cipher.clone(),
            salt: self.salt.len(),
            sealed,
            application: false,
        }
    }

    /// Whether an encrypted key of so many bytes is what the Ministry's application writes: 408 bytes of PEM with line
    /// feeds, in which the encrypted key is one of P-256 with its public half.
    pub(super) fn is_application(&self, whole: usize, sealed: usize) -> bool {
        let digits = whole.div_ceil(3) * 4;
        let armour = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----\n".len();
        let kdf = Kdf::Pbkdf2 { hash: Hash::Sha256, rounds: 100_000 };
        let is_shape = self.kdf == kdf && self.cipher == Cipher::Aes256Cbc;
        is_shape && sealed == 144 && digits + digits.div_ceil(64) + armour == 408
    }

    /// Reads the inside of an algorithm identifier. One that is not known is told as such; nothing comes of one that is
    /// broken.
    pub(super) fn read(identifier: &mut Der<'_>) -> Option<Self> {
        let object = identifier.take(OBJECT)?;
        if object.is_empty() {
            return None;
        }
        let scheme: Option<Named> = match object
            .strip_prefix(objects::PKCS5)
            .or(object.strip_prefix(objects::PKCS12_PBE))
        {
            Some([13]) if object.starts_with(objects::PKCS5) => return second(identifier),
            Some([number]) if object.starts_with(objects::PKCS5) => of_pkcs5(*number),
            Some([number]) => of_pkcs12(*number),
            _ if object == objects::JKS_SEAL => {
                return Some(Self { kdf: Kdf::Sha1Once, cipher: Cipher::Sha1Stream, salt: vec![0; 20], start: vec![] });
            }
            _ if object == objects::JCEKS_SEAL => {
                Some((|_, rounds| Kdf::JavaMd5 { rounds }, Hash::Md5, Cipher::TripleDes))
            }
            _ => None,
        };
        let Some((kdf, hash, cipher)) = scheme else {
            let unknown = dotted(object);
            return Some(Self {
                kdf: Kdf::Unknown(unknown.clone()),
                cipher: Cipher::Unknown(unknown),
                salt: vec![],
                start: vec![],
            });
        };
        let mut parameters = identifier.enter(SEQUENCE)?;
        let salt = parameters.octets()?.into_owned();
        let rounds = parameters.small().filter(|rounds| *rounds > 0)?;
        Some(Self { kdf: kdf(hash, rounds), cipher, salt, start: vec![] })
    }
}

type Named = (fn(Hash, u64) -> Kdf, Hash, Cipher);

fn of_pkcs5(number: u8) -> Option<Named> {
    let (hash, cipher) = match number {
        3 => (Hash::Md5, Cipher::Des),
        6 => (Hash::Md5, Cipher::Rc2(64)),
        10 => (Hash::Sha1, Cipher::Des),
        11 => (Hash::Sha1, Cipher::Rc2(64)),
        _ => return None,
    };
    Some((|hash, rounds| Kdf::Pbkdf1 { hash, rounds }, hash, cipher))
}

fn of_pkcs12(number: u8) -> Option<Named> {
    let cipher = match number {
        1 => Cipher::Rc4(128),
        2 => Cipher::Rc4(40),
        3 => Cipher::TripleDes,
        4 => Cipher::TripleDesOfTwo,
        5 => Cipher::Rc2(128),
        6 => Cipher::Rc2(40),
        _ => return None,
    };
    Some((|hash, rounds| Kdf::Pkcs12 { hash, rounds }, Hash::Sha1, cipher))
}

/// PBES2: a derivation and a cipher, each with its own parameters.
fn second(identifier: &mut Der<'_>) -> Option<Scheme> {
    let mut parameters = identifier.enter(SEQUENCE)?;
    let (kdf, salt) = derivation(&mut parameters.enter(SEQUENCE)?)?;
    let (cipher, start) = encryption(&mut parameters.enter(SEQUENCE)?)?;
    parameters.is_done().then_some(Scheme { kdf, cipher, salt, start })
}

/// The derivation that PBES2 and PBMAC1 name, and its salt.
pub(super) fn derivation(identifier: &mut Der<'_>) -> Option<(Kdf, Vec<u8>)> {
    let object = identifier.take(OBJECT)?;
    let is_pbkdf2 = object.strip_prefix(objects::PKCS5) == Some(&[12]);
    if !is_pbkdf2 && object != objects::SCRYPT {
        return Some((Kdf::Unknown(dotted(object)), vec![]));
    }
    let mut parameters = identifier.enter(SEQUENCE)?;
    let salt = parameters.octets()?.into_owned();
    if !is_pbkdf2 {
        let (n, r, p) = (parameters.small()?, parameters.small()?, parameters.small()?);
        return Some((Kdf::Scrypt { n, r, p }, salt));
    }
    let rounds = parameters.small().filter(|rounds| *rounds > 0)?;
    if parameters.peek() == Some(INTEGER) {
        parameters.small()?;
    }
    if parameters.is_done() {
        return Some((Kdf::Pbkdf2 { hash: Hash::Sha1, rounds }, salt));
    }
    let mut function = parameters.enter(SEQUENCE)?;
    let object = function.take(OBJECT)?;
    function.pass()?;
    let kdf = match object.strip_prefix(objects::RSADSI) {
        Some([2, 7]) => Kdf::Pbkdf2 { hash: Hash::Sha1, rounds },
        Some([2, 8]) => Kdf::Pbkdf2 { hash: Hash::Sha224, rounds },
        Some([2, 9]) => Kdf::Pbkdf2 { hash: Hash::Sha256, rounds },
        Some([2, 10]) => Kdf::Pbkdf2 { hash: Hash::Sha384, rounds },
        Some([2, 11]) => Kdf::Pbkdf2 { hash: Hash::Sha512, rounds },
        _ => Kdf::Unknown(dotted(object)),
    };
    Some((kdf, salt))
}

fn encryption(identifier: &mut Der<'_>) -> Option<(Cipher, Vec<u8>)> {
    let object = identifier.take(OBJECT)?;
    let cipher = match (object.strip_prefix(objects::NIST), object.strip_prefix(objects::RSADSI)) {
        (Some([1, 2]), _) => Cipher::Aes128Cbc,
        (Some([1, 22]), _) => Cipher::Aes192Cbc,
        (Some([1, 42]), _) => Cipher::Aes256Cbc,
        (_, Some([3, 7])) => Cipher::TripleDes,
        (_, Some([3, 2])) => return rc2(identifier),
        _ if object == objects::DES => Cipher::Des,
        _ => return Some((Cipher::Unknown(dotted(object)), vec![])),
    };
    let start = identifier.take(OCTET_STRING)?.to_vec();
    (start.len() == cipher.start_len()).then_some((cipher, start))
}

/// RC2, whose version tells its bits.
fn rc2(identifier: &mut Der<'_>) -> Option<(Cipher, Vec<u8>)> {
    let mut parameters = identifier.enter(SEQUENCE)?;
    let bits = match parameters.small()? {
        160 => 40,
        120 => 64,
        58 => 128,
        _ => return None,
    };
    let start = parameters.take(OCTET_STRING)?.to_vec();
    (start.len() == 8).then_some((Cipher::Rc2(bits), start))
}

/// The digest that an algorithm identifier names.
pub(super) fn digest(identifier: &mut Der<'_>) -> Option<Hash> {
    let object = identifier.take(OBJECT)?;
    identifier.pass()?;
    match (object.strip_prefix(objects::NIST), object.strip_prefix(objects::RSADSI)) {
        (Some([2, 1]), _) | (_, Some([2, 9])) => Some(Hash::Sha256),
        (Some([2, 2]), _) | (_, Some([2, 10])) => Some(Hash::Sha384),
        (Some([2, 3]), _) | (_, Some([2, 11])) => Some(Hash::Sha512),
        (Some([2, 4]), _) => Some(Hash::Sha224),
        (_, Some([2, 5])) => Some(Hash::Md5),
        (_, Some([2, 7])) => Some(Hash::Sha1),
        _ if object == objects::SHA1 => Some(Hash::Sha1),
        _ => None,
    }
}
