//! JSON Web Keys, and sets of them.
//!
//! Holds: their reading. Must not know: JWTs, which are signed with them.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::derive::Bytes;
use super::rsa::Numbers;
use super::{Contents, Form, Found, Key, curve};
use crate::codec::base64_bytes;

/// Bytes of a key or set that are looked at.
const LONGEST: usize = 1 << 20;

/// What is decoded of a field, wiped when it is done with.
struct Field(Zeroizing<String>);

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

#[derive(Deserialize)]
struct Jwk {
    #[serde(default)]
    keys: Vec<Jwk>,
    kty: Option<Field>,
    crv: Option<Field>,
    n: Option<Field>,
    e: Option<Field>,
    d: Option<Field>,
    p: Option<Field>,
    q: Option<Field>,
    dp: Option<Field>,
    dq: Option<Field>,
    qi: Option<Field>,
    x: Option<Field>,
    y: Option<Field>,
    /// Its certificate and those of the authorities above, in base64.
    #[serde(default)]
    x5c: Vec<String>,
}

/// Reads the object that begins with the first byte.
pub(super) fn read(bytes: &[u8]) -> Option<Found> {
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    // The parser goes over all that an object holds, so it is asked only where there can be a key in it.
    if !has(bytes, b"\"kty\"") || !has(bytes, b"\"d\"") {
        return None;
    }
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<Jwk>();
    let jwk = values.next()?.ok()?;
    let keys: Vec<Key> = std::iter::once(&jwk).chain(&jwk.keys).filter_map(key).collect();
    let chain = std::iter::once(&jwk).chain(&jwk.keys).flat_map(|jwk| &jwk.x5c);
    let certificates = chain.map(|digits| base64_bytes(digits.as_bytes())).collect();
    let contents = Contents { keys, certificates, left: 0 };
    (!contents.keys.is_empty()).then(|| Found::open(Form::Jwk, values.byte_offset(), contents))
}

fn has(bytes: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(bytes, word).is_some()
}

fn key(jwk: &Jwk) -> Option<Key> {
    let text = |field: &Option<Field>| field.as_ref().map(|field| field.0.to_string());
    let private = bytes_of(jwk.d.as_ref()?);
    let decoded = |field: &Option<Field>| field.as_ref().map(bytes_of).unwrap_or_default();
    match text(&jwk.kty)?.as_str() {
        "RSA" => {
            let [modulus, exponent, p, q] = [&jwk.n, &jwk.e, &jwk.p, &jwk.q].map(decoded);
            let [dp, dq, inverse] = [&jwk.dp, &jwk.dq, &jwk.qi].map(decoded);
            let primes = vec![(&p[..], &dp[..]), (&q[..], &dq[..])];
            Numbers { modulus: &modulus, exponent: &exponent, private: &private, primes, inverse: &inverse }.key()
        }
        "EC" => {
            let [x, y] = [&jwk.x, &jwk.y].map(decoded);
            curve::key(curve::object_of(&text(&jwk.crv)?)?, &private, Some(&[&[4], &x[..], &y[..]].concat()))
        }
        "OKP" => match text(&jwk.crv)?.as_str() {
            "Ed25519" => curve::ed25519(&private, Some(&decoded(&jwk.x))),
            "X25519" => curve::x25519(&private, Some(&decoded(&jwk.x))),
            _ => None,
        },
        _ => None,
    }
}

fn bytes_of(field: &Field) -> Bytes {
    Zeroizing::new(base64_bytes(field.0.as_bytes()))
}
