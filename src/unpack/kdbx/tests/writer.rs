//! Writes databases, for tests alone.
//!
//! In the XML of a plan, what stands between `[[` and `]]` is masked in the order in which it stands; its element says
//! so by itself where it begins with `Value`.

use std::io::Write;

use aes::Aes256;
use argon2::{Algorithm, Argon2, Params, Version};
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use chacha20::ChaCha20;
use chacha20::cipher::StreamCipher;
use hmac::{Hmac, KeyInit, Mac};
use salsa20::Salsa20;
use sha2::{Digest, Sha256, Sha512};

const SEED: [u8; 32] = [7; 32];
const SALT: [u8; 32] = [9; 32];

/// What masks the bytes that come next.
type Masking = Box<dyn FnMut(&mut [u8])>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Three,
    Four,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kdf {
    Aes(u64),
    Argon2 {
        id: bool,
        memory: u32,
        passes: u32,
        lanes: u32,
    },
    /// What the header says, while the key is made otherwise.
    Claimed {
        memory: u64,
        passes: u64,
        lanes: u64,
    },
    ClaimedAes(u64),
    /// One that needs a secret.
    Secret,
}

#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) shape: Shape,
    pub(super) is_packed: bool,
    pub(super) is_chacha: bool,
    pub(super) is_twofish: bool,
    pub(super) kdf: Kdf,
    /// Bytes of a block.
    pub(super) block: usize,
    /// Which mask there is; else the usual one of the version.
    pub(super) mask: u32,
    pub(super) xml: Option<String>,
    /// What is attached, in version 4.
    pub(super) attached: Vec<Vec<u8>>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            shape: Shape::Four,
            is_packed: false,
            is_chacha: false,
            is_twofish: false,
            kdf: Kdf::Aes(1),
            block: 1 << 20,
            mask: 0,
            xml: None,
            attached: Vec::new(),
        }
    }
}

/// What a database holds where nothing else is said.
pub(super) const SAMPLE: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<KeePassFile><Meta>{HASH}<Generator>needle-0</Generator></Meta><Root><Group><Name>Baza</Name>
<Entry><String><Key>Title</Key><Value>needle-1</Value></String>
<String><Key>Password</Key><Value Protected="True">[[needle-2 <&> ż]]</Value></String>
<String><Key>Empty</Key><Value Protected="True" /></String>
<String><Key>UserName</Key><Value Protected="True"></Value></String>
<History><Entry><String><Key>Password</Key><Value Protected="true" Odd="1">[[needle-3]]</Value></String></Entry>
</History></Entry>
<Entry><String><Key>Password</Key><Value Protected="False">needle-4</Value></String>
<String><Key>Notes</Key><Value Protected="True">[[needle-5]]</Value></String></Entry></Group></Root></KeePassFile>"#;

pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let word = group.iter().chain(&[0; 3]).take(3).fold(0, |word, byte| word << 8 | usize::from(*byte));
        for index in 0..4 {
            let digit = char::from(DIGITS[word >> (18 - 6 * index) & 63]);
            text.push(if index <= group.len() { digit } else { '=' });
        }
    }
    text
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(parts.concat()).into()
}

fn sha512(parts: &[&[u8]]) -> [u8; 64] {
    Sha512::digest(parts.concat()).into()
}

fn field(shape: Shape, id: u8, value: &[u8]) -> Vec<u8> {
    let length = (value.len() as u32).to_le_bytes();
    let width = if shape == Shape::Three { 2 } else { 4 };
    [&[id], &length[..width], value].concat()
}

fn entry(kind: u8, name: &str, value: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
    [&[kind][..], &length(name.as_bytes()), name.as_bytes(), &length(value), value].concat()
}

impl Plan {
    pub(super) fn write(&self, password: &str) -> Vec<u8> {
        self.write_with_header(password).0
    }

    /// The database, and where its header ends.
    pub(super) fn write_with_header(&self, password: &str) -> (Vec<u8>, usize) {
        let (header, start) = self.header();
        let made = self.made(&sha256(&[&sha256(&[password.as_bytes()])]));
        let key = sha256(&[&SEED, &made]);
        let xml = self.xml.as_deref().unwrap_or(SAMPLE);
        let hash = format!("<HeaderHash>{}</HeaderHash>", base64(&sha256(&[&header])));
        let xml = xml.replace("{HASH}", if self.shape == Shape::Three { &hash } else { "" });
        let xml = self.masked(&xml);
        let length = header.len();
        if self.shape == Shape::Three {
            let content = if self.is_packed { gzip(xml.as_bytes()) } else { xml.into_bytes() };
            let mut plain = vec![8; 32];
            for (number, block) in (0_u32..).zip(content.chunks(self.block).chain([&[][..]])) {
                let sum = if block.is_empty() { [0; 32] } else { sha256(&[block]) };
                let size = (block.len() as u32).to_le_bytes();
                plain.extend([&number.to_le_bytes()[..], &sum, &size, block].concat());
            }
            return ([header, self.encrypted(&key, &start, plain)].concat(), length);
        }
        let mut content = [field(Shape::Four, 1, &self.mask().to_le_bytes()), field(Shape::Four, 2, &[5; 64])].concat();
        for bytes in &self.attached {
            content.extend(field(Shape::Four, 3, &[&[1][..], bytes].concat()));
        }
        content.extend(field(Shape::Four, 0, &[]));
        content.extend(xml.as_bytes());
        let content = if self.is_packed { gzip(&content) } else { content };
        let encrypted = self.encrypted(&key, &start, content);
        let seal = sha512(&[&SEED, &made, &[1]]);
        let sealed = |number: u64, parts: &[&[u8]]| {
            let key = sha512(&[&number.to_le_bytes(), &seal]);
            let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).expect("any length is one");
            parts.iter().for_each(|part| mac.update(part));
            mac.finalize().into_bytes().to_vec()
        };
        let mut bytes = [&header[..], &sha256(&[&header]), &sealed(u64::MAX, &[&header])].concat();
        for (number, block) in (0_u64..).zip(encrypted.chunks(self.block).chain([&[][..]])) {
            let size = (block.len() as u32).to_le_bytes();
            bytes.extend(sealed(number, &[&number.to_le_bytes(), &size, block]));
            bytes.extend([&size[..], block].concat());
        }
        (bytes, length)
    }

    fn mask(&self) -> u32 {
        match (self.mask, self.shape) {
            (0, Shape::Three) => 2,
            (0, Shape::Four) => 3,
            (mask, _) => mask,
        }
    }

    /// The header, and the start of the cipher.
    fn header(&self) -> (Vec<u8>, Vec<u8>) {
        let cipher = match (self.is_twofish, self.is_chacha) {
            (true, _) => "AD68F29F576F4BB9A36AD47AF965346C",
            (_, true) => "D6038A2B8B6F4CB5A524339A31DBB59A",
            _ => "31C1F2E6BF714350BE5805216AFC5AFF",
        };
        let start = vec![3; if self.is_chacha { 12 } else { 16 }];
        let shape = self.shape;
        let packing = u32::from(self.is_packed).to_le_bytes();
        let (Kdf::Aes(rounds) | Kdf::ClaimedAes(rounds)) = self.kdf else {
            return (
                self.joined(&[(2, &hex(cipher)), (3, &packing), (4, &SEED), (7, &start), (11, &self.kdf())]),
                start,
            );
        };
        if shape == Shape::Four {
            return (
                self.joined(&[(2, &hex(cipher)), (3, &packing), (4, &SEED), (7, &start), (11, &self.kdf())]),
                start,
            );
        }
        let parts: [(u8, &[u8]); 9] = [
            (2, &hex(cipher)),
            (3, &packing),
            (4, &SEED),
            (5, &SALT),
            (6, &rounds.to_le_bytes()),
            (7, &start),
            (8, &[5; 32]),
            (9, &[8; 32]),
            (10, &self.mask().to_le_bytes()),
        ];
        (self.joined(&parts), start)
    }

    fn joined(&self, parts: &[(u8, &[u8])]) -> Vec<u8> {
        let version = if self.shape == Shape::Three { [1, 0, 3, 0] } else { [0, 0, 4, 0] };
        let mut header = [&hex("03D9A29A67FB4BB5")[..], &version].concat();
        for (id, value) in parts {
            header.extend(field(self.shape, *id, value));
        }
        header.extend(field(self.shape, 0, b"\r\n\r\n"));
        header
    }

    /// How the key is made, as version 4 tells it.
    fn kdf(&self) -> Vec<u8> {
        let argon2 = |id: bool, memory: u64, passes: u64, lanes: u64| {
            let name = if id { "9E298B1956DB4773B23DFC3EC6F0A1E6" } else { "EF636DDF8C29444B91F7A9A403E30A0C" };
            let lanes: &[u8] = &lanes.to_le_bytes();
            let lanes = if lanes[4..] == [0; 4] { &lanes[..4] } else { lanes };
            [
                entry(0x42, "$UUID", &hex(name)),
                entry(0x42, "S", &SALT),
                entry(0x04, "P", lanes),
                entry(0x05, "M", &memory.to_le_bytes()),
                entry(0x05, "I", &passes.to_le_bytes()),
                entry(0x04, "V", &0x13_u32.to_le_bytes()),
            ]
            .concat()
        };
        let values = match self.kdf {
            Kdf::Aes(rounds) | Kdf::ClaimedAes(rounds) => [
                entry(0x42, "$UUID", &hex("C9D9F39A628A4460BF740D08C18A4FEA")),
                entry(0x05, "R", &rounds.to_le_bytes()),
                entry(0x42, "S", &SALT),
            ]
            .concat(),
            Kdf::Argon2 { id, memory, passes, lanes } => argon2(id, memory.into(), passes.into(), lanes.into()),
            Kdf::Claimed { memory, passes, lanes } => argon2(true, memory, passes, lanes),
            Kdf::Secret => [argon2(true, 1 << 16, 1, 1), entry(0x42, "K", b"x")].concat(),
        };
        [&[0, 1][..], &values, &[0]].concat()
    }

    fn made(&self, composite: &[u8; 32]) -> [u8; 32] {
        match self.kdf {
            Kdf::Aes(rounds) => {
                let cipher = |half: &[u8]| {
                    let mut block = aes::Block::default();
                    block.copy_from_slice(half);
                    let cipher = <Aes256 as aes::cipher::KeyInit>::new(&SALT.into());
                    (0..rounds).for_each(|_| aes::cipher::BlockCipherEncrypt::encrypt_block(&cipher, &mut block));
                    block
                };
                sha256(&[&cipher(&composite[..16]), &cipher(&composite[16..])])
            }
            Kdf::Argon2 { id, memory, passes, lanes } => {
                let algorithm = if id { Algorithm::Argon2id } else { Algorithm::Argon2d };
                let params = Params::new(memory >> 10, passes, lanes, Some(32)).expect("they are sound");
                let mut key = [0; 32];
                let hash = Argon2::new(algorithm, Version::V0x13, params);
                hash.hash_password_into(composite, &SALT, &mut key).expect("it can be made");
                key
            }
            Kdf::Claimed { .. } | Kdf::ClaimedAes(_) | Kdf::Secret => *composite,
        }
    }

    fn encrypted(&self, key: &[u8; 32], start: &[u8], mut plain: Vec<u8>) -> Vec<u8> {
        if self.is_chacha {
            ChaCha20::new_from_slices(key, start).expect("they fit").apply_keystream(&mut plain);
            return plain;
        }
        let fill = 16 - plain.len() % 16;
        plain.extend(vec![fill as u8; fill]);
        let mut cipher = cbc::Encryptor::<Aes256>::new_from_slices(key, start).expect("they fit");
        plain.as_chunks_mut::<16>().0.iter_mut().for_each(|block| cipher.encrypt_block(block.into()));
        plain
    }

    /// The XML with its values masked.
    fn masked(&self, xml: &str) -> String {
        let key: &[u8] = if self.shape == Shape::Three { &[5; 32] } else { &[5; 64] };
        let mut mask: Masking = if self.mask() == 2 {
            let key = sha256(&[key]);
            let mut cipher = Salsa20::new(&key.into(), &[0xE8, 0x30, 0x09, 0x4B, 0x97, 0x20, 0x5D, 0x2A].into());
            Box::new(move |bytes| cipher.apply_keystream(bytes))
        } else {
            let both = sha512(&[key]);
            let mut cipher = ChaCha20::new_from_slices(&both[..32], &both[32..44]).expect("they fit");
            Box::new(move |bytes| cipher.apply_keystream(bytes))
        };
        let mut parts = xml.split("[[");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (value, behind) = part.split_once("]]").expect("it is closed");
            // What is no text is given in hexadecimal digits.
            let mut value = value.strip_prefix("hex:").map_or_else(|| value.as_bytes().to_vec(), hex);
            mask(&mut value);
            if text.ends_with("<Value>") {
                text.truncate(text.len() - 1);
                text += " Protected=\"True\">";
            }
            text += &base64(&value);
            text += behind;
        }
        text
    }
}

pub(super) fn hex(digits: &str) -> Vec<u8> {
    digits.as_bytes().chunks(2).map(|pair| u8::from_str_radix(&String::from_utf8_lossy(pair), 16).unwrap()).collect()
}
