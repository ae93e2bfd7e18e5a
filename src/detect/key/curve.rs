//! Keys on curves: a scalar, and the point that it makes.
//!
//! Holds: the curves that are computed with, and the check of a point against its scalar. Must not know: in which form
//! they stood.

use curve25519_dalek::{EdwardsPoint, MontgomeryPoint};
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

use super::{Algorithm, Key, compute, objects, spki};
use crate::codec::der::{BIT_STRING, Der, INTEGER, OBJECT, SEQUENCE, trimmed};

/// Curves that are known but not computed with: their identifiers, their names, and the bytes of a coordinate.
const FOREIGN: [(&[u8], &str, usize); 10] = [
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 1], "P-192", 24),
    (&[0x2B, 0x81, 4, 0, 0x20], "secp224k1", 28),
    (&[0x2B, 0x81, 4, 0, 0x21], "P-224", 28),
    (&[0x2B, 0x24, 3, 3, 2, 8, 1, 1, 5], "brainpoolP224r1", 28),
    (&[0x2B, 0x24, 3, 3, 2, 8, 1, 1, 7], "brainpoolP256r1", 32),
    (&[0x2B, 0x24, 3, 3, 2, 8, 1, 1, 8], "brainpoolP256t1", 32),
    (&[0x2B, 0x24, 3, 3, 2, 8, 1, 1, 9], "brainpoolP320r1", 40),
    (&[0x2B, 0x24, 3, 3, 2, 8, 1, 1, 11], "brainpoolP384r1", 48),
    (&[0x2B, 0x24, 3, 3, 2, 8, 1, 1, 13], "brainpoolP512r1", 64),
    (&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x82, 0x2D], "SM2", 32),
];

/// Nanoseconds that a point on curve 25519 takes.
const FAST: usize = 50_000;

/// A curve that is computed with.
struct Curve {
    object: &'static [u8],
    name: &'static str,
    /// Bytes of a coordinate.
    field: usize,
    /// Nanoseconds that a point takes.
    cost: usize,
    /// The beginning of the digest of its numbers, for keys that spell their curve out: the prime, both coefficients,
    /// the first coordinate of the base and the order, each without leading zeros.
    spelt: [u8; 8],
    /// The point of a scalar, not compressed; nothing if it is out of range.
    point: fn(&[u8]) -> Option<Vec<u8>>,
}

const CURVES: [Curve; 4] = [
    Curve {
        object: objects::P256,
        name: "P-256",
        field: 32,
        cost: 500_000,
        spelt: [0x03, 0x59, 0xD9, 0xC1, 0x43, 0x55, 0xDD, 0xA4],
        point: |scalar| {
            use p256::elliptic_curve::sec1::ToSec1Point;
            let key = p256::SecretKey::from_slice(scalar).ok()?.public_key();
            Some(key.to_sec1_point(false).as_bytes().to_vec())
        },
    },
    Curve {
        object: objects::P384,
        name: "P-384",
        field: 48,
        cost: 1_900_000,
        spelt: [0x12, 0x86, 0xB8, 0x96, 0xBB, 0xF5, 0x6D, 0x50],
        point: |scalar| {
            use p384::elliptic_curve::sec1::ToSec1Point;
            let key = p384::SecretKey::from_slice(scalar).ok()?.public_key();
            Some(key.to_sec1_point(false).as_bytes().to_vec())
        },
    },
    Curve {
        object: objects::P521,
        name: "P-521",
        field: 66,
        cost: 1_300_000,
        spelt: [0xA4, 0xF7, 0x38, 0x4A, 0x5F, 0x07, 0x54, 0x95],
        point: |scalar| {
            use p521::elliptic_curve::sec1::ToSec1Point;
            let key = p521::SecretKey::from_slice(scalar).ok()?.public_key();
            Some(key.to_sec1_point(false).as_bytes().to_vec())
        },
    },
    Curve {
        object: objects::K256,
        name: "secp256k1",
        field: 32,
        cost: 300_000,
        spelt: [0xF6, 0x35, 0xE6, 0x71, 0x9C, 0x8E, 0x29, 0x4D],
        point: |scalar| {
            use k256::elliptic_curve::sec1::ToSec1Point;
            let key = k256::SecretKey::from_slice(scalar).ok()?.public_key();
            Some(key.to_sec1_point(false).as_bytes().to_vec())
        },
    },
];

/// The object identifier of the curve with a name of JOSE or of SSH.
pub(super) fn object_of(name: &str) -> Option<&'static [u8]> {
    let object = match name {
        "P-256" | "nistp256" => objects::P256,
        "P-384" | "nistp384" => objects::P384,
        "P-521" | "nistp521" => objects::P521,
        "secp256k1" => objects::K256,
        _ => return None,
    };
    Some(object)
}

/// The key of a scalar on a curve, by its object identifier, if the point beside it is its own.
pub(super) fn key(object: &[u8], scalar: &[u8], point: Option<&[u8]>) -> Option<Key> {
    let scalar = trimmed(scalar);
    let Some(curve) = CURVES.iter().find(|curve| curve.object == object) else {
        return foreign(object, scalar, point);
    };
    let lead = curve.field.checked_sub(scalar.len())?;
    let mut padded = Zeroizing::new(vec![0; curve.field]);
    padded[lead..].copy_from_slice(scalar);
    compute(curve.cost);
    let computed = (curve.point)(&padded)?;
    if point.is_some_and(|point| !is_same(&computed, point)) {
        return None;
    }
    Some(Key::public(Algorithm::Curve(curve.name.to_owned()), spki::of_curve(object, &computed)))
}

/// Whether a point is the computed one, compressed or not.
fn is_same(computed: &[u8], point: &[u8]) -> bool {
    let Some((mark, coordinates)) = computed.split_first() else { return false };
    let Some((form, given)) = point.split_first() else { return false };
    let (x, _) = coordinates.split_at(coordinates.len() / 2);
    let parity = coordinates.last().map_or(0, |last| last & 1);
    match form {
        2 | 3 => *form == 2 | parity && given == x,
        6 | 7 => *form == 6 | parity && given == coordinates,
        _ => form == mark && given == coordinates,
    }
}

/// A key on a curve that is not computed with: its public half is what stands beside it.
fn foreign(object: &[u8], scalar: &[u8], point: Option<&[u8]>) -> Option<Key> {
    let (_, name, field) = FOREIGN.iter().find(|(known, ..)| *known == object)?;
    if scalar.is_empty() || scalar.len() > *field {
        return None;
    }
    let algorithm = Algorithm::Curve((*name).to_owned());
    let Some(point) = point else { return Some(Key::nameless(algorithm, scalar)) };
    let (form, coordinates) = point.split_first()?;
    let point = match form {
        2 | 3 if coordinates.len() == *field => point.to_vec(),
        4 | 6 | 7 if coordinates.len() == 2 * field => [&[4], coordinates].concat(),
        _ => return None,
    };
    Some(Key::public(algorithm, spki::of_curve(object, &point)))
}

/// The curve that parameters mean, by name or spelt out.
pub(super) fn object_in<'a>(parameters: &mut Der<'a>) -> Option<&'a [u8]> {
    if parameters.peek()? == OBJECT {
        return parameters.take(OBJECT);
    }
    let mut spelt = parameters.enter(SEQUENCE)?;
    spelt.take(INTEGER)?;
    let mut field = spelt.enter(SEQUENCE)?;
    if field.take(OBJECT)? != objects::PRIME_FIELD {
        return None;
    }
    let prime = field.number()?;
    let mut coefficients = spelt.enter(SEQUENCE)?;
    let (a, b) = (coefficients.octets()?, coefficients.octets()?);
    if !coefficients.is_done() {
        // The seed of which they were made.
        coefficients.take(BIT_STRING)?;
    }
    let (base, order) = (spelt.octets()?, spelt.number()?);
    // What may stand behind is the cofactor.
    if !spelt.is_done() {
        spelt.number()?;
    }
    let first = base.get(1..)?.get(..prime.len())?;
    let mut digest = Sha256::new();
    [prime, trimmed(&a), trimmed(&b), trimmed(first), order].iter().for_each(|number| digest.update(number));
    let digest = digest.finalize();
    let curve = CURVES.iter().find(|curve| digest.starts_with(&curve.spelt))?;
    let mut one = vec![0; curve.field];
    *one.last_mut()? = 1;
    compute(curve.cost);
    is_same(&(curve.point)(&one)?, &base).then_some(curve.object)
}

/// The key of 32 bytes on curve 25519, to sign.
pub(super) fn ed25519(seed: &[u8], public: Option<&[u8]>) -> Option<Key> {
    if seed.len() != 32 {
        return None;
    }
    let hash = Zeroizing::new(<[u8; 64]>::from(Sha512::digest(seed)));
    let scalar = Zeroizing::new(<[u8; 32]>::try_from(hash.get(..32)?).ok()?);
    compute(FAST);
    let computed = EdwardsPoint::mul_base_clamped(*scalar).compress().to_bytes();
    let fits = public.is_none_or(|public| public == computed);
    fits.then(|| Key::public(Algorithm::Ed25519, spki::of_plain(objects::ED25519, &computed)))
}

/// The key of 32 bytes on curve 25519, to agree on keys.
pub(super) fn x25519(scalar: &[u8], public: Option<&[u8]>) -> Option<Key> {
    let scalar = Zeroizing::new(<[u8; 32]>::try_from(scalar).ok()?);
    compute(FAST);
    let computed = MontgomeryPoint::mul_base_clamped(*scalar).to_bytes();
    let fits = public.is_none_or(|public| public == computed);
    fits.then(|| Key::public(Algorithm::X25519, spki::of_plain(objects::X25519, &computed)))
}
