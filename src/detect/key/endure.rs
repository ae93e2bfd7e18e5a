//! Keys and certificates read whatever they are, for the targets in `fuzz/`.
//!
//! Holds: what must hold of all that is read and opened. Must not know: any form by itself.

#![allow(clippy::panic, clippy::expect_used, reason = "a target fails by panicking")]

use super::{
    Certificate, Contents, Effort, Found, Holds, Unlocked, jwk, openssh, pfx, pkcs, putty, pvk, read_armour,
    read_base64, store, unlock, xml,
};
use crate::base::Secret;
use crate::codec::der;

/// How each form is read that has a target of its own.
const READERS: [(&str, fn(&[u8]) -> Option<Found>); 10] = [
    ("der", pkcs::read),
    ("pfx", |bytes| pfx::read(der::first(bytes).filter(|value| value.tag == der::SEQUENCE)?)),
    ("store", store::read),
    ("pvk", pvk::read),
    ("putty", putty::read),
    ("openssh", openssh::read),
    ("jwk", |bytes| jwk::read(bytes).filter(|_| bytes.first() == Some(&b'{'))),
    ("xml", |bytes| xml::read(bytes).filter(|_| bytes.first() == Some(&b'<'))),
    ("armour", |bytes| read_armour(bytes).filter(|_| bytes.first() == Some(&b'-'))),
    ("base64", read_base64),
];

/// Forms that are text, of which what lies behind may still be read as theirs.
const TEXTS: [&str; 2] = ["armour", "base64"];

/// Passwords that are tried on what is sealed: that of the samples, and none.
const PASSWORDS: [&[u8]; 2] = [b"needle-password", b""];

/// Reads bytes as a key of that form, and tries passwords on what is sealed.
pub fn endure_key(form: &str, bytes: &[u8]) {
    let (_, read) = READERS.into_iter().find(|(known, _)| *known == form).expect("a form that has a reader");
    let Some(found) = read(bytes) else { return };
    assert!((1..=bytes.len()).contains(&found.len), "{} of {} bytes", found.len, bytes.len());
    if !TEXTS.contains(&form) {
        let again = read(&bytes[..found.len]).expect("what was read is read again by itself");
        assert_eq!(again.len, found.len);
        assert_eq!(told(&again), told(&found), "what lies behind makes a difference");
    }
    match &found.holds {
        Holds::Open(contents) => sound(contents),
        Holds::Sealed(sealed) => {
            sealed.spki.iter().for_each(|spki| is_whole(spki));
            sealed.certificates.iter().for_each(|certificate| endure_certificate(certificate));
            for password in PASSWORDS {
                let plenty = Effort { rounds: 5_000, memory: 1 << 20 };
                let mut effort = plenty;
                let unlocked = unlock(sealed, &Secret::new(password.to_vec()), &mut effort);
                assert!(effort.rounds <= plenty.rounds && effort.memory == plenty.memory);
                if let Unlocked::Opened(contents) = unlocked {
                    sound_or_empty(&contents);
                }
            }
        }
    }
}

/// Reads bytes as a certificate, in DER or armour, and in base64 alone.
pub fn endure_certificate(bytes: &[u8]) {
    for certificate in [Certificate::read(bytes), Certificate::read_base64(bytes)].into_iter().flatten() {
        assert!((1..=bytes.len()).contains(&certificate.len), "{} of {} bytes", certificate.len, bytes.len());
        is_whole(&certificate.spki);
    }
}

fn told(found: &Found) -> String {
    match &found.holds {
        Holds::Open(contents) => format!("{:?} {contents:?}", found.form),
        Holds::Sealed(sealed) => {
            format!(
                "{:?} {:?} {:?} {:?} {:?}",
                found.form,
                sealed.fingerprint(),
                sealed.protection,
                sealed.spki,
                sealed.certificates
            )
        }
    }
}

fn sound(contents: &Contents) {
    assert!(!contents.keys.is_empty(), "a key without a key");
    sound_or_empty(contents);
}

fn sound_or_empty(contents: &Contents) {
    contents.keys.iter().filter_map(|key| key.spki.as_ref()).for_each(|spki| is_whole(spki));
    contents.certificates.iter().for_each(|certificate| endure_certificate(certificate));
}

fn is_whole(spki: &[u8]) {
    let value = der::first(spki).expect("a public half is DER");
    assert_eq!((value.tag, value.whole.len()), (der::SEQUENCE, spki.len()), "a public half is whole");
}
