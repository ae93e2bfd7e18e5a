//! The locks of a PDF that a password opens: RC4 and AES, all revisions.
//!
//! Holds: `Lock`, which tries passwords, and `Key`, which decrypts texts and streams. Must not know: where objects
//! stand, or who gave the passwords.

use aes::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit, StreamCipher, consts::U16};
use md5::{Digest, Md5};
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::value::{Dict, Value};

/// What fills passwords up to 32 bytes.
const FILL: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E, 0x2E, 0x00,
    0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

/// How something is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Plain,
    Rc4,
    /// AES with a key of its own for each object.
    Aes,
    /// AES with one key for all.
    Aes256,
}

/// A lock, as the file describes it.
pub(super) struct Lock {
    revision: usize,
    /// Bytes of the key, up to revision 4.
    length: usize,
    owner: Vec<u8>,
    user: Vec<u8>,
    owner_key: Vec<u8>,
    user_key: Vec<u8>,
    permissions: u32,
    first_id: Vec<u8>,
    metadata: bool,
    texts: Method,
    streams: Method,
}

/// What opens it.
pub(super) struct Key {
    bytes: Zeroizing<Vec<u8>>,
    texts: Method,
    streams: Method,
    metadata: bool,
}

impl Lock {
    /// The lock that a dictionary without references describes; nothing, where it is one that no password opens.
    pub(super) fn of(dict: &Dict, first_id: &[u8]) -> Option<Self> {
        let count = |key: &[u8]| dict.get(key).and_then(Value::count);
        let text = |key: &[u8]| dict.get(key).and_then(Value::text).unwrap_or_default().to_vec();
        if !dict.says(b"Filter", b"Standard") {
            return None;
        }
        let (version, revision) = (count(b"V").unwrap_or(0), count(b"R")?);
        let (texts, streams) = match version {
            1..=3 => (Method::Rc4, Method::Rc4),
            4 | 5 => (method(dict, b"StrF")?, method(dict, b"StmF")?),
            _ => return None,
        };
        let bits = match version {
            1 => 40,
            4 => 128,
            5 => 256,
            _ => count(b"Length").filter(|bits| (40..=128).contains(bits)).unwrap_or(40),
        };
        #[expect(clippy::cast_sign_loss, reason = "its bits count, not its value")]
        let permissions = dict.get(b"P").and_then(Value::number).unwrap_or(0.0) as i64 as u32;
        Some(Self {
            revision,
            // A hash that keys are made of has no more; a file may say what fits no revision.
            length: (bits / 8).min(16),
            owner: text(b"O"),
            user: text(b"U"),
            owner_key: text(b"OE"),
            user_key: text(b"UE"),
            permissions,
            first_id: first_id.to_vec(),
            metadata: dict.get(b"EncryptMetadata") != Some(&Value::Bool(false)),
            texts,
            streams,
        })
    }

    /// The key, if this is the password of a user or of the owner.
    pub(super) fn open(&self, password: &[u8]) -> Option<Key> {
        let key = match self.revision {
            2..=4 => self.open_old(password).or_else(|| self.open_old(&self.user_password(password)?))?,
            5 | 6 => self.open_new(password)?,
            _ => return None,
        };
        Some(Key { bytes: key, texts: self.texts, streams: self.streams, metadata: self.metadata })
    }

    /// Revisions 2 to 4: the key comes of the password, and opens it if it makes the known bytes.
    fn open_old(&self, password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut hash = Md5::new();
        hash.update(filled(password));
        hash.update(self.owner.get(..32)?);
        hash.update(self.permissions.to_le_bytes());
        hash.update(&self.first_id);
        if self.revision >= 4 && !self.metadata {
            hash.update([0xFF; 4]);
        }
        let mut key = Zeroizing::new(hash.finalize().to_vec());
        if self.revision >= 3 {
            for _ in 0..50 {
                key = Zeroizing::new(Md5::digest(&key[..self.length]).to_vec());
            }
        }
        key.truncate(self.length);
        let (made, known) = if self.revision == 2 {
            let mut made = FILL.to_vec();
            rc4(&key, &mut made);
            (made, self.user.get(..32)?)
        } else {
            let mut made = Md5::new().chain_update(FILL).chain_update(&self.first_id).finalize().to_vec();
            (0..20).for_each(|round| rc4(&turned(&key, round), &mut made));
            (made, self.user.get(..16)?)
        };
        (made == known).then_some(key)
    }

    /// The user's password, which the owner's opens.
    fn user_password(&self, owner: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut key = Zeroizing::new(Md5::digest(filled(owner)).to_vec());
        let mut password = Zeroizing::new(self.owner.get(..32)?.to_vec());
        if self.revision == 2 {
            rc4(&key[..self.length], &mut password);
        } else {
            for _ in 0..50 {
                key = Zeroizing::new(Md5::digest(&key[..self.length]).to_vec());
            }
            (0..20).rev().for_each(|round| rc4(&turned(&key[..self.length], round), &mut password));
        }
        Some(password)
    }

    /// Revisions 5 and 6: the password opens a box that holds the key.
    fn open_new(&self, password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let password = &password[..password.len().min(127)];
        let hash = |salt: &[u8], user: &[u8]| match self.revision {
            5 => Zeroizing::new(
                Sha256::new().chain_update(password).chain_update(salt).chain_update(user).finalize().to_vec(),
            ),
            _ => hardened(password, salt, user),
        };
        let user = self.user.get(..48)?;
        let (salts, sealed) = if hash(&user[32..40], &[]).as_slice() == &user[..32] {
            (hash(&user[40..48], &[]), &self.user_key)
        } else {
            let owner = self.owner.get(..48)?;
            if hash(&owner[32..40], user).as_slice() != &owner[..32] {
                return None;
            }
            (hash(&owner[40..48], user), &self.owner_key)
        };
        let mut key = Zeroizing::new(sealed.get(..32)?.to_vec());
        let mut cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(&salts, &[0; 16]).ok()?;
        each_block(&mut key, |block| cipher.decrypt_block(block));
        Some(key)
    }
}

/// The method of a crypt filter; `None` where it is one that is not known.
fn method(dict: &Dict, which: &[u8]) -> Option<Method> {
    let Some(name) = dict.get(which).and_then(Value::name).filter(|name| *name != b"Identity") else {
        return Some(Method::Plain);
    };
    let filter = dict.get(b"CF").and_then(Value::dict).and_then(|filters| filters.get(name)?.dict());
    match filter.and_then(|filter| filter.get(b"CFM")).and_then(Value::name) {
        None | Some(b"None") => Some(Method::Plain),
        Some(b"V2") => Some(Method::Rc4),
        Some(b"AESV2") => Some(Method::Aes),
        Some(b"AESV3") => Some(Method::Aes256),
        Some(_) => None,
    }
}

fn filled(password: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut all = Zeroizing::new(FILL);
    let count = password.len().min(32);
    all[..count].copy_from_slice(&password[..count]);
    all[count..].copy_from_slice(&FILL[..32 - count]);
    all
}

fn turned(key: &[u8], round: u8) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(key.iter().map(|byte| byte ^ round).collect())
}

fn rc4(key: &[u8], bytes: &mut [u8]) {
    // A key is neither empty nor longer than 256 bytes.
    if let Ok(mut cipher) = rc4::Rc4::new_from_slice(key) {
        cipher.apply_keystream(bytes);
    }
}

fn each_block(bytes: &mut [u8], mut change: impl FnMut(&mut Array<u8, U16>)) {
    for chunk in bytes.chunks_exact_mut(16) {
        if let Ok(block) = chunk.try_into() {
            change(block);
        }
    }
}

/// The hash of revision 6 (ISO 32000-2, algorithm 2.B).
fn hardened(password: &[u8], salt: &[u8], user: &[u8]) -> Zeroizing<Vec<u8>> {
    let first = Sha256::new().chain_update(password).chain_update(salt).chain_update(user).finalize();
    let mut key = Zeroizing::new(first.to_vec());
    let mut round = 0_u32;
    loop {
        let mut text = Zeroizing::new([password, key.as_slice(), user].concat().repeat(64));
        if let Ok(mut cipher) = cbc::Encryptor::<aes::Aes128>::new_from_slices(&key[..16], &key[16..32]) {
            each_block(&mut text, |block| cipher.encrypt_block(block));
        }
        let sum: u32 = text.iter().take(16).map(|byte| u32::from(*byte)).sum();
        key = Zeroizing::new(match sum % 3 {
            0 => Sha256::digest(&text).to_vec(),
            1 => Sha384::digest(&text).to_vec(),
            _ => Sha512::digest(&text).to_vec(),
        });
        round += 1;
        let last = text.last().copied().unwrap_or(0);
        // The last byte is at most 255, so this ends.
        if round >= 64 && u32::from(last) <= round - 32 {
            key.truncate(32);
            return key;
        }
    }
}

impl Key {
    /// Decrypts a text of an object.
    pub(super) fn text(&self, number: u32, generation: u16, text: &mut Zeroizing<Vec<u8>>) {
        self.decrypt(self.texts, number, generation, text);
    }

    /// Whether streams are encrypted, such as the description of the document.
    pub(super) fn locks_streams(&self, is_metadata: bool) -> bool {
        self.streams != Method::Plain && (self.metadata || !is_metadata)
    }

    /// Decrypts a stream.
    pub(super) fn stream(&self, number: u32, generation: u16, bytes: &mut Zeroizing<Vec<u8>>) {
        self.decrypt(self.streams, number, generation, bytes);
    }

    fn decrypt(&self, method: Method, number: u32, generation: u16, bytes: &mut Zeroizing<Vec<u8>>) {
        match method {
            Method::Plain => {}
            Method::Rc4 => rc4(&self.own(number, generation, b""), bytes),
            Method::Aes => aes(&self.own(number, generation, b"sAlT"), bytes),
            Method::Aes256 => aes(&self.bytes, bytes),
        }
    }

    /// The key of one object.
    fn own(&self, number: u32, generation: u16, salt: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut hash = Md5::new();
        hash.update(self.bytes.as_slice());
        hash.update(&number.to_le_bytes()[..3]);
        hash.update(generation.to_le_bytes());
        hash.update(salt);
        let mut key = Zeroizing::new(hash.finalize().to_vec());
        key.truncate((self.bytes.len() + 5).min(16));
        key
    }
}

/// The first block is where it begins, the last tells how much of it is padding.
fn aes(key: &[u8], bytes: &mut Zeroizing<Vec<u8>>) {
    if bytes.len() < 32 {
        bytes.clear();
        return;
    }
    let (begin, rest) = bytes.split_at_mut(16);
    if let Ok(mut cipher) = cbc::Decryptor::<aes::Aes256>::new_from_slices(key, begin) {
        each_block(rest, |block| cipher.decrypt_block(block));
    } else if let Ok(mut cipher) = cbc::Decryptor::<aes::Aes128>::new_from_slices(key, begin) {
        each_block(rest, |block| cipher.decrypt_block(block));
    }
    let whole = bytes.len() / 16 * 16;
    bytes.truncate(whole);
    let padding = usize::from(bytes.last().copied().unwrap_or(0));
    if (1..=16).contains(&padding) {
        bytes.truncate(whole - padding);
    }
    bytes.drain(..16);
}
