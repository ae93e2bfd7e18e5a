//! PEM that is encrypted as a whole, as its headers tell: `Proc-Type: 4,ENCRYPTED` and `DEK-Info`.
//!
//! Holds: its reading and its opening. Must not know: how armour is taken off.

use super::cipher::Password;
use super::derive::{Effort, Failure};
use super::protection::{Cipher, Kdf, Scheme, named};
use super::{Contents, Form, Found, Sealed, pkcs};
use crate::codec::{hex_decode, pem::Armour};

/// Bytes of salt: the beginning of the start value.
const SALT: usize = 8;

/// A sealed key whose headers were read.
pub(super) fn read(armour: &Armour, cipher: &str, start: &str) -> Option<Found> {
    let scheme = scheme(cipher, start)?;
    // Nothing but its end tells how long it is.
    let block = if scheme.start.len() == 16 { 16 } else { 8 };
    if !armour.is_ended || armour.body.len() < 2 * block || !armour.body.len().is_multiple_of(block) {
        return None;
    }
    let protection = scheme.protection(armour.body.len());
    let head = format!("{}\n{cipher}\n{start}\n", armour.label);
    let bytes = zeroize::Zeroizing::new([head.as_bytes(), &armour.body].concat());
    Some(Found::sealed(armour.len, Sealed::new(Form::SealedPem, protection, &bytes)))
}

fn scheme(cipher: &str, start: &str) -> Option<Scheme> {
    let cipher = match cipher {
        "DES-CBC" => Cipher::Des,
        "DES-EDE3-CBC" => Cipher::TripleDes,
        "DES-EDE-CBC" => Cipher::TripleDesOfTwo,
        "AES-128-CBC" => Cipher::Aes128Cbc,
        "AES-192-CBC" => Cipher::Aes192Cbc,
        "AES-256-CBC" => Cipher::Aes256Cbc,
        "RC2-CBC" => Cipher::Rc2(128),
        "RC2-64-CBC" => Cipher::Rc2(64),
        "RC2-40-CBC" => Cipher::Rc2(40),
        other => Cipher::Unknown(named(other)),
    };
    let start = hex_decode(start.as_bytes()).bytes().to_vec();
    let salt = start.get(..SALT)?.to_vec();
    Some(Scheme { kdf: Kdf::Md5Once, cipher, salt, start })
}

/// Opens what `read` sealed.
pub(super) fn open(bytes: &[u8], password: &Password, effort: &mut Effort) -> Result<Contents, Failure> {
    let mut parts = bytes.splitn(4, |byte| *byte == b'\n').skip(1);
    let mut word = || parts.next().and_then(|part| std::str::from_utf8(part).ok());
    let (Some(cipher), Some(start)) = (word(), word()) else { return Err(Failure::Unknown) };
    let scheme = scheme(cipher, start).ok_or(Failure::Unknown)?;
    let plain = scheme.open(password, parts.next().ok_or(Failure::Unknown)?, effort)?;
    pkcs::plain(&plain).map(|(_, key)| key.into()).ok_or(Failure::Wrong)
}
