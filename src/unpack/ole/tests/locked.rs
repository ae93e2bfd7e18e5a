//! Documents that are encrypted as a whole.

use aes::Aes128;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use sha1::{Digest, Sha1};

use super::{compound, opened, utf16};
use crate::base::{Limits, Reason};
use crate::unpack::ole::FORMAT;
use crate::unpack::ole::unlock::Lock;
use crate::unpack::recorded::{record_with, torture};

/// As the program msoffcrypto-tool encrypts a document.
const AGILE: &[u8] = include_bytes!("../../../../corpus/formats/ole/agile.docx");

fn sha1(parts: &[&[u8]]) -> Vec<u8> {
    Sha1::digest(parts.concat()).to_vec()
}

fn encrypted(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let cipher = Aes128::new_from_slice(key).expect("a key");
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    for block in bytes.chunks_exact_mut(16) {
        let mut whole = Array::try_from(&*block).expect("a block");
        cipher.encrypt_block(&mut whole);
        block.copy_from_slice(&whole);
    }
    bytes
}

/// What Office 2007 writes for a password.
fn standard(password: &str, content: &[u8]) -> Vec<u8> {
    let salt = [7; 16];
    let mut hash = sha1(&[&salt, &utf16(password)]);
    for round in 0..50_000_u32 {
        hash = sha1(&[&round.to_le_bytes(), &hash]);
    }
    let hash = sha1(&[&hash, &[0; 4]]);
    let mut pad = [0x36; 64];
    pad.iter_mut().zip(&hash).for_each(|(pad, byte)| *pad ^= byte);
    let key = &sha1(&[&pad])[..16];
    let header = [0x24_u32, 0, 0x660E, 0x8004, 128, 0x18, 0, 0].map(u32::to_le_bytes).concat();
    let verifier = [9; 16];
    let info = [
        &[4, 0, 2, 0, 0x24, 0, 0, 0][..],
        &(header.len() as u32).to_le_bytes(),
        &header,
        &16_u32.to_le_bytes(),
        &salt,
        &encrypted(key, &verifier),
        &20_u32.to_le_bytes(),
        &encrypted(key, &sha1(&[&verifier])),
    ]
    .concat();
    let package = [&(content.len() as u64).to_le_bytes()[..], &encrypted(key, content)].concat();
    compound(&[("/EncryptionInfo", &info), ("/EncryptedPackage", &package)])
}

#[test]
fn given_passwords_unlock() {
    for (bytes, begin) in [(AGILE, &b"PK\x03\x04"[..]), (&standard("klucz-ż", &b"needle".repeat(2000)), b"needle")] {
        let recorded = record_with(&FORMAT, bytes, &Limits::default(), &["wrong", "klucz-ż"]);
        assert_eq!(recorded.troubles, []);
        let document = &recorded.members[0];
        assert!(document.name.is_none() && !document.made && document.bytes.starts_with(begin));
        let locked = record_with(&FORMAT, bytes, &Limits::default(), &["wrong"]);
        assert_eq!(locked.troubles.first().map(|(_, trouble)| trouble.reason), Some(Reason::Encrypted));
        assert!(locked.members.iter().all(|member| member.echo));
    }
}

#[test]
fn the_password_of_programs_is_known() {
    let content = b"needle".repeat(2000);
    assert_eq!(opened(&standard("VelvetSweatshop", &content)).members[0].bytes, content);
}

#[test]
fn trying_passwords_is_paid_for() {
    let passwords = vec!["wrong"; 100];
    let limits = Limits { max_expanded: 1 << 20, ..Limits::default() };
    let recorded = record_with(&FORMAT, AGILE, &limits, &passwords);
    assert_eq!(recorded.troubles.first().map(|(_, trouble)| trouble.reason), Some(Reason::TooLarge));
}

/// The description of an agile lock, with another number of rounds.
fn description(rounds: &str) -> Vec<u8> {
    let info = opened(AGILE).named("EncryptionInfo").bytes.clone();
    let text = String::from_utf8(info[8..].to_vec()).expect("text");
    [&info[..8], text.replace("spinCount=\"100000\"", &format!("spinCount=\"{rounds}\"")).as_bytes()].concat()
}

#[test]
fn endless_work_is_refused() {
    assert!(Lock::read(&description("1000000")).is_ok());
    let trouble = Lock::read(&description("1000001")).err().expect("too much work");
    assert_eq!(trouble.reason, Reason::Unsupported);
    for broken in
        [&b""[..], b"\x04\0\x04\0\0\0\0\0<keyData", b"\x04\0\x04\0\0\0\0\0<a/>", b"\x03\0\x02\0", b"\x09\0\x09\0"]
    {
        assert!(Lock::read(broken).is_err());
    }
}

#[test]
fn nothing_breaks_it() {
    let package = opened(AGILE).named("EncryptedPackage").bytes.clone();
    torture(&FORMAT, &compound(&[("/EncryptionInfo", &description("3")), ("/EncryptedPackage", &package)]));
}
