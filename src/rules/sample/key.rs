//! Invented private keys.
//!
//! Holds: `KeyPair`, on P-256 as those of KSeF are, in the forms in which openssl and the taxpayer application write
//! them. RSA takes too long to generate. Must not know: how keys are read.

use aes::Aes256;
use cbc::cipher::{Block, BlockModeEncrypt, InnerIvInit, KeyInit};
use p256::elliptic_curve::sec1::ToSec1Point;
use sha2::Sha256;

use super::Sampler;
use super::armour::armour;
use crate::codec::der::{self, BIT_STRING, INTEGER, NULL, OBJECT, OCTET_STRING, SEQUENCE};

const EC: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1];
const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7];
const PBES2: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5, 13];
const PBKDF2: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5, 12];
const HMAC_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 2, 9];
const AES256_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42];

/// Rounds with which the taxpayer application makes a key of a password.
const APPLICATION_ROUNDS: u32 = 100_000;
/// Bytes of a block of AES.
const BLOCK: usize = 16;

/// A private key and its public half.
#[derive(Clone)]
pub struct KeyPair {
    scalar: [u8; 32],
    /// The point, not compressed.
    point: Vec<u8>,
    /// What salts, serial numbers and signatures are drawn from.
    pub(super) seed: u64,
}

impl Sampler {
    /// A key on P-256.
    pub fn key_pair(&mut self) -> KeyPair {
        loop {
            let scalar = self.bytes();
            // One draw in four billion is beyond the order of the curve.
            if let Ok(key) = p256::SecretKey::from_slice(&scalar) {
                let point = key.public_key().to_sec1_point(false).as_bytes().to_vec();
                return KeyPair { scalar, point, seed: self.draw() };
            }
        }
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.below(256) as u8)
    }
}

impl KeyPair {
    /// PKCS#8 in armour: `PRIVATE KEY`.
    pub fn pem(&self) -> String {
        armour("PRIVATE KEY", &self.der())
    }

    /// PKCS#8 in DER.
    pub fn der(&self) -> Vec<u8> {
        let inside = self.private(&[]);
        der::wrap(SEQUENCE, &[&der::wrap_number(&[]), &algorithm(), &der::wrap(OCTET_STRING, &[&inside])])
    }

    /// SEC1 in DER: what stands in the armour `EC PRIVATE KEY`.
    pub fn sec1(&self) -> Vec<u8> {
        self.private(&der::wrap(der::context(0), &[&der::wrap(OBJECT, &[P256])]))
    }

    /// The public half as `SubjectPublicKeyInfo` in DER.
    pub fn spki(&self) -> Vec<u8> {
        der::wrap(SEQUENCE, &[&algorithm(), &self.public()])
    }

    /// PKCS#8 in DER, encrypted as openssl does it: what stands in the armour `ENCRYPTED PRIVATE KEY`.
    pub fn sealed(&self, password: &str, rounds: u32) -> Vec<u8> {
        self.seal(password, rounds, &der::wrap(NULL, &[]))
    }

    /// The same as the taxpayer application does it, which leaves out a NULL: 408 bytes in armour.
    pub fn application(&self, password: &str) -> Vec<u8> {
        self.seal(password, APPLICATION_ROUNDS, &[])
    }

    /// The scalar, its curve where it stands alone, and its point.
    fn private(&self, curve: &[u8]) -> Vec<u8> {
        let scalar = der::wrap(OCTET_STRING, &[&self.scalar]);
        let point = der::wrap(der::context(1), &[&self.public()]);
        der::wrap(SEQUENCE, &[&der::wrap(INTEGER, &[&[1]]), &scalar, curve, &point])
    }

    fn public(&self) -> Vec<u8> {
        der::wrap(BIT_STRING, &[&[0], &self.point])
    }

    fn seal(&self, password: &str, rounds: u32, parameters: &[u8]) -> Vec<u8> {
        let mut sampler = Sampler::new(self.seed);
        let (salt, start) = (sampler.bytes::<16>(), sampler.bytes::<BLOCK>());
        let function = der::wrap(SEQUENCE, &[&der::wrap(OBJECT, &[HMAC_SHA256]), parameters]);
        let count = der::wrap_number(&rounds.to_be_bytes());
        let work = der::wrap(SEQUENCE, &[&der::wrap(OCTET_STRING, &[&salt]), &count, &function]);
        let kdf = der::wrap(SEQUENCE, &[&der::wrap(OBJECT, &[PBKDF2]), &work]);
        let cipher = der::wrap(SEQUENCE, &[&der::wrap(OBJECT, &[AES256_CBC]), &der::wrap(OCTET_STRING, &[&start])]);
        let scheme = der::wrap(SEQUENCE, &[&der::wrap(OBJECT, &[PBES2]), &der::wrap(SEQUENCE, &[&kdf, &cipher])]);
        let mut key = [0; 32];
        pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), &salt, rounds, &mut key);
        der::wrap(SEQUENCE, &[&scheme, &der::wrap(OCTET_STRING, &[&encrypted(self.der(), &key, start)])])
    }
}

/// `id-ecPublicKey` on P-256.
fn algorithm() -> Vec<u8> {
    der::wrap(SEQUENCE, &[&der::wrap(OBJECT, &[EC]), &der::wrap(OBJECT, &[P256])])
}

/// AES-256-CBC, padded.
fn encrypted(mut data: Vec<u8>, key: &[u8; 32], start: [u8; BLOCK]) -> Vec<u8> {
    let padding = BLOCK - data.len() % BLOCK;
    data.resize(data.len() + padding, padding as u8);
    let mut mode = cbc::Encryptor::inner_iv_init(Aes256::new(key.into()), &start.into());
    let (blocks, _) = Block::<Aes256>::slice_as_chunks_mut(&mut data);
    mode.encrypt_blocks(blocks);
    data
}
