//! Keys of OpenSSH, and the way in which SSH writes numbers, which `PuTTY` shares.
//!
//! Holds: the reading and opening of `openssh-key-v1`, and `Wire`. Must not know: armour.

use zeroize::Zeroizing;

use super::cipher;
use super::derive::{Effort, Failure};
use super::protection::{Cipher, Kdf, Protection, named};
use super::rsa::Numbers;
use super::{Algorithm, Contents, Form, Found, Key, Sealed, curve, objects, spki};

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Keys in one file. The format has room for several, of which no program makes use.
const MOST_KEYS: u32 = 16;

/// Reads the fields of SSH one behind the other.
#[derive(Clone, Copy)]
pub(super) struct Wire<'a>(pub(super) &'a [u8]);

impl<'a> Wire<'a> {
    pub(super) fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    /// A field that tells its length.
    pub(super) fn field(&mut self) -> Option<&'a [u8]> {
        let length = self.number()? as usize;
        let (field, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(field)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.field()?).ok()
    }
}

/// All parts of a file, the private one as it stands.
struct Parts<'a> {
    cipher: &'a str,
    kdf: &'a str,
    options: &'a [u8],
    publics: Vec<&'a [u8]>,
    private: &'a [u8],
    len: usize,
}

impl<'a> Parts<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut wire = Wire(bytes.strip_prefix(MAGIC)?);
        let (cipher, kdf, options) = (wire.text()?, wire.text()?, wire.field()?);
        let count = wire.number().filter(|count| (1..=MOST_KEYS).contains(count))?;
        let publics = (0..count).map(|_| wire.field()).collect::<Option<Vec<_>>>()?;
        let private = wire.field()?;
        if cipher.contains("gcm") || cipher.contains("poly1305") {
            // The seal of these stands behind the field.
            wire.0 = wire.0.get(16..)?;
        }
        Some(Self { cipher, kdf, options, publics, private, len: bytes.len() - wire.0.len() })
    }

    fn protection(&self) -> Option<(Protection, Vec<u8>)> {
        let mut options = Wire(self.options);
        let (kdf, salt) = match self.kdf {
            "bcrypt" => {
                let salt = options.field()?.to_vec();
                (Kdf::Bcrypt { rounds: options.number().filter(|rounds| *rounds > 0)?.into() }, salt)
            }
            other => (Kdf::Unknown(named(other)), vec![]),
        };
        let cipher = match self.cipher {
            "aes128-cbc" => Cipher::Aes128Cbc,
            "aes192-cbc" => Cipher::Aes192Cbc,
            "aes256-cbc" | "rijndael-cbc@lysator.liu.se" => Cipher::Aes256Cbc,
            "aes128-ctr" => Cipher::Aes128Ctr,
            "aes192-ctr" => Cipher::Aes192Ctr,
            "aes256-ctr" => Cipher::Aes256Ctr,
            "3des-cbc" => Cipher::TripleDes,
            other => Cipher::Unknown(named(other)),
        };
        let sealed = self.private.len();
        Some((Protection { kdf, cipher, salt: salt.len(), sealed, application: false }, salt))
    }

    /// The keys in a private part that is open.
    fn keys(&self, private: &[u8]) -> Option<Vec<Key>> {
        let mut wire = Wire(private);
        if wire.number()? != wire.number()? {
            return None;
        }
        let mut keys = Vec::new();
        for public in &self.publics {
            let key = key(&mut wire)?;
            wire.field()?;
            if key.spki.is_some() && public_of(public) != key.spki {
                return None;
            }
            keys.push(key);
        }
        let is_padding = wire.0.len() < 32 && wire.0.iter().zip(1..).all(|(byte, number)| *byte == number);
        is_padding.then_some(keys)
    }
}

/// Reads what begins with the magic word.
pub(super) fn read(bytes: &[u8]) -> Option<Found> {
    let parts = Parts::read(bytes)?;
    if parts.cipher == "none" {
        let contents = Contents { keys: parts.keys(parts.private)?, certificates: Vec::new(), left: 0 };
        return Some(Found::open(Form::OpenSsh, parts.len, contents));
    }
    let (protection, _) = parts.protection()?;
    let mut sealed = Sealed::new(Form::OpenSsh, protection, bytes.get(..parts.len)?);
    sealed.spki = parts.publics.iter().filter_map(|public| public_of(public)).collect();
    // Its first block holds two numbers, and no key fits into what is left of two.
    (parts.private.len() >= 48).then(|| Found::sealed(parts.len, sealed))
}

/// Opens it.
pub(super) fn open(bytes: &[u8], password: &[u8], effort: &mut Effort) -> Result<Contents, Failure> {
    let parts = Parts::read(bytes).ok_or(Failure::Unknown)?;
    let (protection, salt) = parts.protection().ok_or(Failure::Unknown)?;
    let Protection { kdf: kdf @ Kdf::Bcrypt { rounds }, cipher, .. } = &protection else {
        return Err(Failure::Unknown);
    };
    if cipher.start_len() == 0 {
        return Err(Failure::Unknown);
    }
    if password.is_empty() {
        return Err(Failure::Wrong);
    }
    let length = cipher.key_len() + cipher.start_len();
    effort.pay(kdf, length)?;
    let rounds = u32::try_from(*rounds).map_err(|_| Failure::TooCostly)?;
    let mut both = Zeroizing::new(vec![0; length]);
    bcrypt_pbkdf::bcrypt_pbkdf(password, &salt, rounds, &mut both).map_err(|_| Failure::Unknown)?;
    let (key, start) = both.split_at(cipher.key_len());
    let plain = cipher::decrypt(cipher, key, start, parts.private)?;
    let keys = parts.keys(&plain).ok_or(Failure::Wrong)?;
    Ok(Contents { keys, certificates: Vec::new(), left: 0 })
}

/// The next key of a private part.
fn key(wire: &mut Wire<'_>) -> Option<Key> {
    match wire.text()? {
        "ssh-rsa" => {
            let (modulus, exponent, private) = (wire.field()?, wire.field()?, wire.field()?);
            let inverse = wire.field()?;
            let primes = vec![(wire.field()?, &[][..]), (wire.field()?, &[][..])];
            Numbers { modulus, exponent, private, primes, inverse }.key()
        }
        "ssh-ed25519" => {
            let (public, private) = (wire.field()?, wire.field()?);
            let (seed, again) = private.split_at_checked(32)?;
            curve::ed25519(seed, Some(public)).filter(|_| again == public)
        }
        "ssh-dss" => {
            for _ in 0..4 {
                wire.field()?;
            }
            Some(Key::nameless(Algorithm::Other("DSA".to_owned()), wire.field()?))
        }
        other => {
            let object = curve::object_of(other.strip_prefix("ecdsa-sha2-")?)?;
            let (name, point, scalar) = (wire.text()?, wire.field()?, wire.field()?);
            curve::key(object, scalar, Some(point)).filter(|_| other.ends_with(name))
        }
    }
}

/// The public half that stands outside of the seal.
pub(super) fn public_of(blob: &[u8]) -> Option<Vec<u8>> {
    let mut wire = Wire(blob);
    let spki = match wire.text()? {
        "ssh-rsa" => {
            let exponent = wire.field()?;
            spki::of_rsa(wire.field()?, exponent)
        }
        "ssh-ed25519" => spki::of_plain(objects::ED25519, wire.field().filter(|public| public.len() == 32)?),
        other => {
            let object = curve::object_of(other.strip_prefix("ecdsa-sha2-")?)?;
            wire.field()?;
            spki::of_curve(object, wire.field()?)
        }
    };
    wire.0.is_empty().then_some(spki)
}
