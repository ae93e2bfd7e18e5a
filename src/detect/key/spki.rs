//! The public half of a key, as every certificate writes it.
//!
//! Holds: the writing of `SubjectPublicKeyInfo`, and the canonical form of one that was read. Must not know: private
//! parts.

use super::objects;
use crate::codec::der::{self, BIT_STRING, Der, NULL, OBJECT, SEQUENCE};

/// That of RSA: `rsaEncryption` with its NULL.
pub(super) fn of_rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let numbers = der::wrap(SEQUENCE, &[&der::wrap_number(modulus), &der::wrap_number(exponent)]);
    let parameters = der::wrap(NULL, &[]);
    of(&[&der::wrap(OBJECT, &[objects::RSA]), &parameters], &numbers)
}

/// That of a named curve, with a point that is not compressed.
pub(super) fn of_curve(curve: &[u8], point: &[u8]) -> Vec<u8> {
    of(&[&der::wrap(OBJECT, &[objects::EC]), &der::wrap(OBJECT, &[curve])], point)
}

/// That of an algorithm without parameters.
pub(super) fn of_plain(algorithm: &[u8], public: &[u8]) -> Vec<u8> {
    of(&[&der::wrap(OBJECT, &[algorithm])], public)
}

fn of(algorithm: &[&[u8]], public: &[u8]) -> Vec<u8> {
    der::wrap(SEQUENCE, &[&der::wrap(SEQUENCE, algorithm), &der::wrap(BIT_STRING, &[&[0], public])])
}

/// A public half as it was read, in the form in which keys write it: RSA is named without what it is to be used for.
pub(super) fn canonical(spki: &[u8]) -> Vec<u8> {
    rsa_of(spki).unwrap_or_else(|| spki.to_vec())
}

fn rsa_of(spki: &[u8]) -> Option<Vec<u8>> {
    let mut parts = Der::new(spki).enter(SEQUENCE)?;
    let algorithm = parts.enter(SEQUENCE)?.take(OBJECT)?;
    if algorithm != objects::RSA && algorithm != objects::RSA_PSS {
        return None;
    }
    let mut numbers = Der::new(parts.bits()?).enter(SEQUENCE)?;
    Some(of_rsa(numbers.number()?, numbers.number()?))
}
