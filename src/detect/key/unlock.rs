//! The opening of a sealed key with a password.
//!
//! Holds: `unlock`, which leads each form to its own way. Must not know: where passwords come from.

use super::cipher::Password;
use super::derive::{Effort, Failure};
use super::{Contents, Form, Protection, Sealed, derive, legacy, openssh, pfx, pkcs, putty, pvk, store};
use crate::base::Secret;

/// What came of a password.
#[derive(Debug, PartialEq, Eq)]
pub enum Unlocked {
    /// It opens it; of a store, what is in it, which may be no key.
    Opened(Contents),
    /// It is another one.
    Wrong,
    /// To try it would cost more than the effort that is left.
    TooCostly,
    /// It is sealed in a way that is not known here, or broken under its seal.
    Unknown,
}

/// Bytes that are read and decrypted in the time of one round, by the slowest cipher.
const BYTES: usize = 16;

/// Rounds that a try costs besides, however little there is to do.
const TRY: u64 = 10;

/// Rounds that it takes to read and decrypt what is sealed, whatever makes the key.
fn passage(sealed: &Sealed) -> u64 {
    TRY + (sealed.bytes.len() / BYTES) as u64
}

/// Rounds of a digest that one try costs, at the most: of a store, its seal, and two bags that are sealed by themselves.
pub fn cost_of(sealed: &Sealed) -> u64 {
    let Protection { kdf, cipher, .. } = &sealed.protection;
    let (rounds, _) = derive::cost(kdf, (cipher.key_len() + cipher.start_len()) as u64);
    rounds.saturating_mul(if sealed.form == Form::Pfx { 4 } else { 1 }).saturating_add(passage(sealed))
}

/// Bytes that one try needs.
pub fn memory_of(sealed: &Sealed) -> u64 {
    derive::cost(&sealed.protection.kdf, 0).1
}

/// Tries a password, and spends of the effort what that costs.
#[expect(clippy::disallowed_methods, reason = "it unlocks a key")]
pub fn unlock(sealed: &Sealed, password: &Secret, effort: &mut Effort) -> Unlocked {
    let Some(left) = effort.rounds.checked_sub(passage(sealed)) else { return Unlocked::TooCostly };
    effort.rounds = left;
    let (bytes, mut password) = (sealed.bytes.expose(), Password::new(password.expose()));
    let opened = match sealed.form {
        Form::SealedPkcs8 => pkcs8(bytes, &password, effort),
        Form::SealedPem => legacy::open(bytes, &password, effort),
        Form::OpenSsh => openssh::open(bytes, &password.plain, effort),
        Form::Putty => putty::open(bytes, &password.plain, effort),
        Form::Pvk => pvk::open(bytes, &password),
        Form::Pfx => pfx::open(bytes, &mut password, effort),
        Form::Jks | Form::Jceks => store::open(bytes, &password, effort),
        _ => Err(Failure::Unknown),
    };
    match opened {
        Ok(contents) => Unlocked::Opened(contents),
        Err(Failure::Wrong) => Unlocked::Wrong,
        Err(Failure::TooCostly) => Unlocked::TooCostly,
        Err(Failure::Unknown) => Unlocked::Unknown,
    }
}

fn pkcs8(bytes: &[u8], password: &Password, effort: &mut Effort) -> Result<Contents, Failure> {
    let (scheme, data) = pkcs::sealed_parts(bytes).ok_or(Failure::Unknown)?;
    let plain = scheme.open(password, &data, effort)?;
    pkcs::plain(&plain).map(|(_, key)| key.into()).ok_or(Failure::Wrong)
}
