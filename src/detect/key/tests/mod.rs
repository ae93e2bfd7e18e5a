//! Keys of real programs in all forms and dresses, damaged ones, and the comparison with openssl.
//!
//! Holds: what the tests share: the samples, which `corpus/formats/key/make.sh` generated. Must not know: rules.

mod damage;
mod dresses;
mod forms;
mod locks;
mod openssl;
mod sampled;

use super::*;

/// A sample by its name.
macro_rules! sample {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../../../corpus/formats/key/", $name)).as_slice())
    };
}
pub(super) use sample;

const PASSWORD: &[u8] = b"needle-password";

const RSA: &[u8] = sample!("rsa.spki").1;
const SMALL: &[u8] = sample!("rsa-1024.spki").1;
const EC: &[u8] = sample!("ec.spki").1;
const ED: &[u8] = sample!("ed25519.spki").1;
const SSH_RSA: &[u8] = sample!("ssh-rsa.spki").1;
const SSH_EC: &[u8] = sample!("ssh-ec.spki").1;

type Sample = (&'static str, &'static [u8]);

/// Keys that lie open, and their public halves. That of the Ed25519 key of SSH is told by the key itself.
const OPEN: [(Form, Sample, Option<&[u8]>); 21] = [
    (Form::Pkcs1, sample!("rsa.pem"), Some(RSA)),
    (Form::Pkcs1, sample!("rsa-1024.pem"), Some(SMALL)),
    (Form::Pkcs8, sample!("rsa.p8.pem"), Some(RSA)),
    (Form::Sec1, sample!("ec.pem"), Some(EC)),
    (Form::Pkcs8, sample!("ec.p8.pem"), Some(EC)),
    (Form::Pkcs8, sample!("ed25519.pem"), Some(ED)),
    (Form::Pvk, sample!("rsa-1024.pvk"), Some(SMALL)),
    (Form::Pvk, sample!("rsa-1024.blob"), Some(SMALL)),
    (Form::Pfx, sample!("open.p12"), Some(EC)),
    (Form::OpenSsh, sample!("ssh-rsa"), Some(SSH_RSA)),
    (Form::OpenSsh, sample!("ssh-ec"), Some(SSH_EC)),
    (Form::OpenSsh, sample!("ssh-ed25519"), None),
    (Form::Putty, sample!("rsa.2.ppk"), Some(SSH_RSA)),
    (Form::Putty, sample!("rsa.3.ppk"), Some(SSH_RSA)),
    (Form::Putty, sample!("ec.2.ppk"), Some(SSH_EC)),
    (Form::Putty, sample!("ec.3.ppk"), Some(SSH_EC)),
    (Form::Putty, sample!("ed25519.2.ppk"), None),
    (Form::Putty, sample!("ed25519.3.ppk"), None),
    (Form::Jwk, sample!("ec.jwk"), Some(EC)),
    (Form::Jwk, sample!("rsa-1024.jwk"), Some(SMALL)),
    (Form::Xml, sample!("rsa-1024.xml"), Some(SMALL)),
];

/// Keys behind the password, their public halves once they are open, and how they say to be protected.
const SEALED: [(Form, Sample, Option<&[u8]>, &str); 41] = [
    (Form::SealedPkcs8, sample!("ec.pbes2.pem"), Some(EC), "PBKDF2 with 2048 rounds of HMAC-SHA-256, AES-256-CBC"),
    (
        Form::SealedPkcs8,
        sample!("ec.application.pem"),
        Some(EC),
        "PBKDF2 with 100000 rounds of HMAC-SHA-256, AES-256-CBC",
    ),
    (Form::SealedPkcs8, sample!("ec.scrypt.pem"), Some(EC), "scrypt with N 16384, r 8, p 1, AES-256-CBC"),
    (Form::SealedPkcs8, sample!("ec.pbes2-3des.pem"), Some(EC), "PBKDF2 with 2048 rounds of HMAC-SHA-1, 3DES"),
    (
        Form::SealedPkcs8,
        sample!("ec.pbes2-sha512.pem"),
        Some(EC),
        "PBKDF2 with 2048 rounds of HMAC-SHA-512, AES-128-CBC",
    ),
    (Form::SealedPkcs8, sample!("ec.PBE-MD5-DES.pem"), Some(EC), "PBKDF1 with 2048 rounds of MD5, DES"),
    (Form::SealedPkcs8, sample!("ec.PBE-SHA1-DES.pem"), Some(EC), "PBKDF1 with 2048 rounds of SHA-1, DES"),
    (Form::SealedPkcs8, sample!("ec.PBE-MD5-RC2-64.pem"), Some(EC), "PBKDF1 with 2048 rounds of MD5, RC2 with 64 bits"),
    (
        Form::SealedPkcs8,
        sample!("ec.PBE-SHA1-RC2-64.pem"),
        Some(EC),
        "PBKDF1 with 2048 rounds of SHA-1, RC2 with 64 bits",
    ),
    (Form::SealedPkcs8, sample!("ec.PBE-SHA1-3DES.pem"), Some(EC), "PKCS#12 with 2048 rounds of SHA-1, 3DES"),
    (
        Form::SealedPkcs8,
        sample!("ec.PBE-SHA1-2DES.pem"),
        Some(EC),
        "PKCS#12 with 2048 rounds of SHA-1, 3DES with two keys",
    ),
    (
        Form::SealedPkcs8,
        sample!("ec.PBE-SHA1-RC2-40.pem"),
        Some(EC),
        "PKCS#12 with 2048 rounds of SHA-1, RC2 with 40 bits",
    ),
    (
        Form::SealedPkcs8,
        sample!("ec.PBE-SHA1-RC2-128.pem"),
        Some(EC),
        "PKCS#12 with 2048 rounds of SHA-1, RC2 with 128 bits",
    ),
    (
        Form::SealedPkcs8,
        sample!("ec.PBE-SHA1-RC4-40.pem"),
        Some(EC),
        "PKCS#12 with 2048 rounds of SHA-1, RC4 with 40 bits",
    ),
    (
        Form::SealedPkcs8,
        sample!("ec.PBE-SHA1-RC4-128.pem"),
        Some(EC),
        "PKCS#12 with 2048 rounds of SHA-1, RC4 with 128 bits",
    ),
    (Form::SealedPem, sample!("ec.aes128.pem"), Some(EC), "one MD5, AES-128-CBC"),
    (Form::SealedPem, sample!("rsa-1024.des.pem"), Some(SMALL), "one MD5, DES"),
    (Form::SealedPem, sample!("rsa-1024.des3.pem"), Some(SMALL), "one MD5, 3DES"),
    (Form::SealedPem, sample!("rsa-1024.aes128.pem"), Some(SMALL), "one MD5, AES-128-CBC"),
    (Form::SealedPem, sample!("rsa-1024.aes192.pem"), Some(SMALL), "one MD5, AES-192-CBC"),
    (Form::SealedPem, sample!("rsa-1024.aes256.pem"), Some(SMALL), "one MD5, AES-256-CBC"),
    (Form::Pvk, sample!("rsa-1024.strong.pvk"), Some(SMALL), "one SHA-1, RC4 with 128 bits"),
    (Form::Pvk, sample!("rsa-1024.weak.pvk"), Some(SMALL), "one SHA-1, RC4 with 128 bits"),
    (Form::OpenSsh, sample!("ssh-rsa-sealed"), Some(SSH_RSA), "bcrypt with 1 rounds, AES-256-CTR"),
    (Form::OpenSsh, sample!("ssh-ec-sealed"), Some(SSH_EC), "bcrypt with 1 rounds, AES-256-CTR"),
    (Form::OpenSsh, sample!("ssh-ed25519-sealed"), None, "bcrypt with 1 rounds, AES-256-CTR"),
    (Form::Putty, sample!("rsa.2-sealed.ppk"), Some(SSH_RSA), "one SHA-1, AES-256-CBC"),
    (Form::Putty, sample!("ec.2-sealed.ppk"), Some(SSH_EC), "one SHA-1, AES-256-CBC"),
    (Form::Putty, sample!("ed25519.2-sealed.ppk"), None, "one SHA-1, AES-256-CBC"),
    (Form::Putty, sample!("rsa.3-sealed.ppk"), Some(SSH_RSA), "Argon2id with 1024 KiB, 2 passes, 1 lanes, AES-256-CBC"),
    (Form::Putty, sample!("ec.3-sealed.ppk"), Some(SSH_EC), "Argon2id with 1024 KiB, 2 passes, 1 lanes, AES-256-CBC"),
    (Form::Putty, sample!("ed25519.3-sealed.ppk"), None, "Argon2id with 1024 KiB, 2 passes, 1 lanes, AES-256-CBC"),
    (Form::Pfx, sample!("modern.p12"), Some(EC), "PBKDF2 with 2048 rounds of HMAC-SHA-256, AES-256-CBC"),
    (Form::Pfx, sample!("legacy.p12"), Some(EC), "PKCS#12 with 2048 rounds of SHA-1, 3DES"),
    (Form::Pfx, sample!("triple.p12"), Some(EC), "PKCS#12 with 2048 rounds of SHA-1, 3DES"),
    (Form::Pfx, sample!("sha512.p12"), Some(SMALL), "PBKDF2 with 100 rounds of HMAC-SHA-256, AES-256-CBC"),
    (Form::Pfx, sample!("nomac.p12"), Some(EC), "PBKDF2 with 2048 rounds of HMAC-SHA-256, AES-256-CBC"),
    (Form::Pfx, sample!("java.p12"), Some(EC), "PBKDF2 with 10000 rounds of HMAC-SHA-256, AES-256-CBC"),
    (Form::Pfx, sample!("indefinite.p12"), Some(EC), "PBKDF2 with 2048 rounds of HMAC-SHA-256, AES-256-CBC"),
    (Form::Jks, sample!("store.jks"), Some(EC), "one SHA-1, a stream of SHA-1"),
    (Form::Jceks, sample!("store.jceks"), Some(EC), "200000 rounds of MD5, 3DES"),
];

/// Whether a sample's name has an ending.
fn ends(name: &str, ending: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|own| own == ending)
}

/// More than any of the samples costs.
fn plenty() -> Effort {
    Effort { rounds: 10_000_000, memory: 64 << 20 }
}

fn secret(password: &[u8]) -> Secret {
    Secret::new(password.to_vec())
}

/// The first key of what lies open.
fn key_of(found: &Found) -> &Key {
    let Holds::Open(contents) = &found.holds else { panic!("{}: it is sealed", found.form.name()) };
    &contents.keys[0]
}

fn sealed_of(found: &Found) -> &Sealed {
    let Holds::Sealed(sealed) = &found.holds else { panic!("{}: it lies open", found.form.name()) };
    sealed
}

/// The same numbers on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}
