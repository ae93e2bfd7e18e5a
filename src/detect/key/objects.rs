//! The object identifiers that stand in keys.
//!
//! Holds: their bytes in DER, and the names of algorithms. Must not know: what is done with them.

use crate::codec::der::dotted;

pub(super) const RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];
pub(super) const RSA_PSS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 10];
pub(super) const EC: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1];
pub(super) const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7];
pub(super) const P384: &[u8] = &[0x2B, 0x81, 4, 0, 0x22];
pub(super) const P521: &[u8] = &[0x2B, 0x81, 4, 0, 0x23];
pub(super) const K256: &[u8] = &[0x2B, 0x81, 4, 0, 0x0A];
pub(super) const X25519: &[u8] = &[0x2B, 0x65, 0x6E];
pub(super) const ED25519: &[u8] = &[0x2B, 0x65, 0x70];
pub(super) const PRIME_FIELD: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 1, 1];

/// PKCS#5; the last byte tells the scheme.
pub(super) const PKCS5: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5];
/// The schemes of PKCS#12; the last byte tells which.
pub(super) const PKCS12_PBE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 12, 1];
/// The bags of PKCS#12; the last byte tells which.
pub(super) const PKCS12_BAG: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 12, 10, 1];
pub(super) const PKCS7_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1];
pub(super) const PKCS7_ENCRYPTED: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 6];
pub(super) const X509_CERTIFICATE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 22, 1];
pub(super) const SCRYPT: &[u8] = &[0x2B, 6, 1, 4, 1, 0xDA, 0x47, 4, 11];
/// The digests and ciphers of RSA Data Security; the last byte tells which.
pub(super) const RSADSI: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D];
pub(super) const SHA1: &[u8] = &[0x2B, 0x0E, 3, 2, 0x1A];
pub(super) const DES: &[u8] = &[0x2B, 0x0E, 3, 2, 7];
/// The algorithms of NIST.
pub(super) const NIST: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4];
/// What Java's stores seal a key with.
pub(super) const JKS_SEAL: &[u8] = &[0x2B, 6, 1, 4, 1, 0x2A, 2, 17, 1, 1];
pub(super) const JCEKS_SEAL: &[u8] = &[0x2B, 6, 1, 4, 1, 0x2A, 2, 19, 1];

/// Algorithms that have a name but are not computed with.
const NAMED: [(&[u8], &str); 14] = [
    (&[0x2A, 0x86, 0x48, 0xCE, 0x38, 4, 1], "DSA"),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 3, 1], "DH"),
    (&[0x2B, 0x65, 0x6F], "X448"),
    (&[0x2B, 0x65, 0x71], "Ed448"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17], "ML-DSA-44"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 18], "ML-DSA-65"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 19], "ML-DSA-87"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 20], "SLH-DSA-SHA2-128s"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 21], "SLH-DSA-SHA2-128f"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 22], "SLH-DSA-SHA2-192s"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 24], "SLH-DSA-SHA2-256s"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 4, 1], "ML-KEM-512"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 4, 2], "ML-KEM-768"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 4, 3], "ML-KEM-1024"),
];

/// The name of an algorithm, or else its object identifier.
pub(super) fn name(object: &[u8]) -> String {
    let named = NAMED.iter().find(|(bytes, _)| *bytes == object);
    named.map_or_else(|| dotted(object), |(_, name)| (*name).to_owned())
}
