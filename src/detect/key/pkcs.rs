//! Keys in DER: PKCS#1, SEC1, PKCS#8 open and encrypted, and the telling apart of stores that begin like them.
//!
//! Holds: `read` of what begins with a sequence, and `plain`, the open forms alone. Must not know: armour, passwords.

use zeroize::Zeroizing;

use super::protection::Scheme;
use super::rsa::Numbers;
use super::{Algorithm, Form, Found, Key, Sealed, curve, objects, pfx};
use crate::codec::der::{self, Der, INTEGER, OBJECT, OCTET_STRING, SEQUENCE, context};

/// Bytes of the private part of an algorithm that is not known here: less are no key.
const SHORTEST_UNKNOWN: usize = 16;

/// Reads the key or store that begins with the first byte.
pub(super) fn read(bytes: &[u8]) -> Option<Found> {
    let value = der::first(bytes).filter(|value| value.tag == SEQUENCE)?;
    let mut parts = Der::new(value.body);
    if parts.peek()? == INTEGER {
        if let Some(found) = pfx::read(value) {
            return Some(found);
        }
        let (form, key) = plain(value.whole)?;
        return Some(Found::open(form, value.whole.len(), key));
    }
    let first = parts.value().filter(|first| first.tag == SEQUENCE)?;
    if is_bcfks(first.body, parts) {
        let mut data = Der::new(first.body);
        let scheme = Scheme::read(&mut data.enter(SEQUENCE)?)?;
        let sealed = Sealed::new(Form::Bcfks, scheme.protection(data.octets()?.len()), value.whole);
        return Some(Found::sealed(value.whole.len(), sealed));
    }
    // The digest of a signature stands in the same two parts, so only what encrypts is taken.
    let object = Der::new(first.body).take(OBJECT)?;
    if !is_password_based(object) {
        return None;
    }
    read_sealed(bytes)
}

/// An encrypted key, whatever it is encrypted with.
pub(super) fn read_sealed(bytes: &[u8]) -> Option<Found> {
    let value = der::first(bytes).filter(|value| value.tag == SEQUENCE)?;
    let (scheme, data) = sealed_parts(value.whole)?;
    // The shortest key takes two blocks of the smallest cipher.
    if data.len() < 16 || !data.len().is_multiple_of(scheme.cipher.start_len().max(1)) {
        return None;
    }
    let mut protection = scheme.protection(data.len());
    protection.application = scheme.is_application(value.whole.len(), data.len());
    Some(Found::sealed(value.whole.len(), Sealed::new(Form::SealedPkcs8, protection, value.whole)))
}

/// How an encrypted key is encrypted, and what is.
pub(super) fn sealed_parts(bytes: &[u8]) -> Option<(Scheme, Vec<u8>)> {
    let mut parts = Der::new(bytes).enter(SEQUENCE)?;
    let scheme = Scheme::read(&mut parts.enter(SEQUENCE)?)?;
    let data = parts.octets()?.into_owned();
    parts.is_done().then_some((scheme, data))
}

fn is_password_based(object: &[u8]) -> bool {
    let is_within = |root: &[u8]| object.len() == root.len() + 1 && object.starts_with(root);
    is_within(objects::PKCS5) || is_within(objects::PKCS12_PBE)
}

/// Whether the first part is encrypted data, and what is left is the check of its integrity.
fn is_bcfks(first: &[u8], mut rest: Der<'_>) -> bool {
    let mut data = Der::new(first);
    let is_encrypted = || Some(Der::new(data.take(SEQUENCE)?).take(OBJECT)? == [objects::PKCS5, &[13]].concat());
    let (mut is_encrypted, mut check) = (is_encrypted, rest.enter(SEQUENCE));
    let mut is_checked = || Some(check.as_mut()?.peek()? == SEQUENCE);
    is_encrypted().unwrap_or(false) && is_checked().unwrap_or(false) && rest.is_done()
}

/// The key in one of the open forms, which must take all of the bytes.
pub(super) fn plain(bytes: &[u8]) -> Option<(Form, Key)> {
    let value = der::first(bytes).filter(|value| value.tag == SEQUENCE && value.whole.len() == bytes.len())?;
    let mut parts = Der::new(value.body);
    version(&mut parts)?;
    match parts.peek()? {
        INTEGER => Some((Form::Pkcs1, pkcs1(bytes)?)),
        SEQUENCE => Some((Form::Pkcs8, pkcs8(bytes)?)),
        OCTET_STRING => Some((Form::Sec1, sec1(bytes, None)?)),
        _ => None,
    }
}

/// Passes the version, of which no reader makes much: openssl takes any number for it. Tells how many
/// bytes it has.
pub(super) fn version(parts: &mut Der<'_>) -> Option<usize> {
    Some(parts.take(INTEGER)?.len()).filter(|length| *length <= 4)
}

fn pkcs1(bytes: &[u8]) -> Option<Key> {
    let mut parts = Der::new(bytes).enter(SEQUENCE)?;
    version(&mut parts)?;
    let mut numbers = [&[][..]; 8];
    for number in &mut numbers {
        *number = parts.number()?;
    }
    let [modulus, exponent, private, p, q, dp, dq, inverse] = numbers;
    let mut primes = vec![(p, dp), (q, dq)];
    if !parts.is_done() {
        let mut others = parts.enter(SEQUENCE)?;
        while let (false, true) = (others.is_done(), primes.len() < 8) {
            let mut other = others.enter(SEQUENCE)?;
            primes.push((other.number()?, other.number()?));
            other.number()?;
            other.is_done().then_some(())?;
        }
    }
    let key = Numbers { modulus, exponent, private, primes, inverse }.key();
    key.filter(|_| parts.is_done())
}

/// A scalar, with its curve where the form around it does not tell it.
fn sec1(bytes: &[u8], outer: Option<&[u8]>) -> Option<Key> {
    let mut parts = Der::new(bytes).enter(SEQUENCE)?;
    version(&mut parts)?;
    let scalar = Zeroizing::new(parts.octets()?.into_owned());
    let mut object = outer;
    if parts.peek() == Some(context(0)) {
        let own = curve::object_in(&mut parts.enter(context(0))?)?;
        if outer.is_some_and(|outer| outer != own) {
            return None;
        }
        object = Some(own);
    }
    let point = if parts.peek() == Some(context(1)) { Some(parts.enter(context(1))?.bits()?) } else { None };
    curve::key(object?, &scalar, point).filter(|_| parts.is_done())
}

/// A key of PKCS#8, of which version 2 has the public half at its end.
pub(super) fn pkcs8(bytes: &[u8]) -> Option<Key> {
    let mut parts = Der::new(bytes).enter(SEQUENCE)?;
    version(&mut parts).filter(|length| *length > 0)?;
    let mut algorithm = parts.enter(SEQUENCE)?;
    let private = Zeroizing::new(parts.octets()?.into_owned());
    if parts.peek() == Some(context(0)) {
        parts.value()?;
    }
    let mut public = None;
    if let Some(0x81 | 0xA1) = parts.peek() {
        let value = parts.value()?;
        // Its tag takes the place of that of a bit string, and not as a wrapping, but some wrap.
        let bits = if value.tag == 0xA1 { Der::new(value.body).bits()? } else { value.body.strip_prefix(&[0])? };
        public = Some(bits);
    }
    if !parts.is_done() {
        return None;
    }
    let object = algorithm.take(OBJECT)?;
    match object {
        objects::RSA | objects::RSA_PSS => {
            algorithm.pass()?;
            der::first(&private).filter(|value| value.whole.len() == private.len()).and(pkcs1(&private))
        }
        objects::EC => {
            let outer = curve::object_in(&mut algorithm)?;
            der::first(&private).filter(|value| value.whole.len() == private.len())?;
            sec1(&private, Some(outer))
        }
        objects::ED25519 => curve::ed25519(whole_octets(&private)?, public),
        objects::X25519 => curve::x25519(whole_octets(&private)?, public),
        _ => unknown(object, &private, public),
    }
}

/// The bytes inside of bytes, if there is nothing behind them.
fn whole_octets(bytes: &[u8]) -> Option<&[u8]> {
    let mut parts = Der::new(bytes);
    let inner = parts.take(OCTET_STRING)?;
    parts.is_done().then_some(inner)
}

/// A key of an algorithm that is known by its identifier alone, such as those of after-quantum times.
fn unknown(object: &[u8], private: &[u8], public: Option<&[u8]>) -> Option<Key> {
    let is_whole = object.len() >= 3 && object.last().is_some_and(|last| last & 0x80 == 0);
    if !is_whole || private.len() < SHORTEST_UNKNOWN {
        return None;
    }
    let algorithm = Algorithm::Other(objects::name(object));
    Some(match public {
        Some(public) => Key::public(algorithm, super::spki::of_plain(object, public)),
        None => Key::nameless(algorithm, private),
    })
}
