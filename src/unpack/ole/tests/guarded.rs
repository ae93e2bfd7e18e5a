//! Word documents and presentations that are encrypted.

use rc4::Rc4;
use rc4::cipher::{KeyInit, StreamCipher};
use sha1::{Digest, Sha1};

use super::slides::{atom, numbers};
use super::{compound, opened, text, utf16};
use crate::base::{Limits, Reason};
use crate::unpack::ole::FORMAT;
use crate::unpack::recorded::{Recorded, record_with, torture};

/// As `LibreOffice` encrypts `letter.doc`: with RC4 of 40 bits.
const LOCKED: &[u8] = include_bytes!("../../../../corpus/formats/ole/locked.doc");
const LETTER: &[u8] = include_bytes!("../../../../corpus/formats/ole/letter.doc");

const SALT: [u8; 16] = [3; 16];
const PASSWORD: &str = "klucz-ż";

fn with(bytes: &[u8], passwords: &[&str]) -> Recorded {
    record_with(&FORMAT, bytes, &Limits::default(), passwords)
}

/// Locks or unlocks bytes as `CryptoAPI` does, by the letter of the specification.
fn turn(password: &str, block: u32, bytes: &mut [u8]) {
    let first = Sha1::digest([&SALT[..], &utf16(password)].concat());
    let key = Sha1::digest([&first[..], &block.to_le_bytes()].concat());
    Rc4::new_from_slice(&key[..16]).expect("a key").apply_keystream(bytes);
}

/// What describes the lock.
fn description(password: &str) -> Vec<u8> {
    let header = [4_u32, 0, 0x6801, 0x8004, 128, 1, 0, 0].map(u32::to_le_bytes).concat();
    let mut verified = [&[5; 16][..], &Sha1::digest([5; 16])].concat();
    turn(password, 0, &mut verified);
    let (verifier, hash) = verified.split_at(16);
    let size = (header.len() as u32).to_le_bytes();
    [&[4, 0, 2, 0, 4, 0, 0, 0][..], &size, &header, &[16, 0, 0, 0], &SALT, verifier, &[20, 0, 0, 0], hash].concat()
}

fn turn_blocks(password: &str, bytes: &mut [u8]) {
    (0..).zip(bytes.chunks_mut(512)).for_each(|(block, bytes)| turn(password, block, bytes));
}

/// A document of two kilobytes of letters, locked by `CryptoAPI`.
fn document(password: &str) -> Vec<u8> {
    let letters = "needle-1 ".repeat(300);
    let mut stream = vec![0; 0x400];
    stream[..2].copy_from_slice(&0xA5EC_u16.to_le_bytes());
    stream[2..4].copy_from_slice(&0xC1_u16.to_le_bytes());
    let describes = description(password);
    let pieces = [0, letters.len() as u32].map(u32::to_le_bytes).concat();
    let place = (0x4000_0000_u32 | (0x400 * 2)).to_le_bytes();
    let pieces = [&pieces[..], &[0; 2], &place, &[0; 2]].concat();
    let list = [&[2][..], &(pieces.len() as u32).to_le_bytes(), &pieces].concat();
    stream[0x1A2..0x1A6].copy_from_slice(&(describes.len() as u32).to_le_bytes());
    stream[0x1A6..0x1AA].copy_from_slice(&(list.len() as u32).to_le_bytes());
    stream.extend(letters.bytes());
    turn_blocks(password, &mut stream[..]);
    let mut plain = vec![0; 0x44];
    plain[..2].copy_from_slice(&0xA5EC_u16.to_le_bytes());
    plain[2..4].copy_from_slice(&0xC1_u16.to_le_bytes());
    plain[0x0A..0x0C].copy_from_slice(&0x0300_u16.to_le_bytes());
    plain[0x0E..0x12].copy_from_slice(&(describes.len() as u32).to_le_bytes());
    stream[..0x44].copy_from_slice(&plain);
    let mut table = [&vec![0; describes.len()][..], &list].concat();
    turn_blocks(password, &mut table);
    table[..describes.len()].copy_from_slice(&describes);
    compound(&[("/WordDocument", &stream), ("/1Table", &table)])
}

/// A presentation of one slide, and one that replaced another, locked by `CryptoAPI`.
fn presentation(password: &str) -> Vec<u8> {
    let mut stream = vec![0; 16];
    let mut places = Vec::new();
    for (object, text) in (1..).zip(["needle-one", "needle-two"]) {
        let mut slide = atom(1006, 0x0F, &atom(4008, 0, text.repeat(300).as_bytes()));
        turn(password, object, &mut slide);
        places.push(stream.len() as u32);
        stream.extend(slide);
    }
    places.push(stream.len() as u32);
    stream.extend(atom(0x2F14, 0x0F, &description(password)));
    let list = stream.len() as u32;
    stream.extend(atom(6002, 0, &numbers(&[&[3 << 20 | 1], &places[..]].concat())));
    let edit = stream.len() as u32;
    stream.extend(atom(4085, 0, &numbers(&[0, 0, 0, list, 0, 0, 0, 3])));
    let user = numbers(&[0, 0, 0, 0xF3D1_C4DF, edit]);
    compound(&[("/PowerPoint Document", &stream), ("/Current User", &user)])
}

#[test]
fn documents_of_libreoffice_are_unlocked() {
    let recorded = with(LOCKED, &["wrong", "klucz-z"]);
    assert_eq!(recorded.troubles, []);
    for needle in ["needle-body żółć", "needle-cell", "needle-foot", "needle-remark"] {
        assert!(text(&recorded).contains(needle) && text(&opened(LETTER)).contains(needle), "{needle}");
    }
}

#[test]
fn given_passwords_unlock() {
    for (make, name, word) in [
        (document as fn(&str) -> Vec<u8>, "WordDocument", "needle-1 "),
        (presentation, "PowerPoint Document", "needle-two"),
    ] {
        let recorded = with(&make(PASSWORD), &["wrong", PASSWORD]);
        assert_eq!(recorded.troubles, []);
        assert_eq!(text(&recorded).matches(word).count(), 300, "{name}");
        // The stream itself is handed over as it is behind the lock, too.
        let raw = |member: &&crate::unpack::recorded::Taken| member.echo && member.text().contains(word);
        assert_eq!(recorded.members.iter().filter(raw).count(), 1, "{name}");
        for (passwords, told) in [
            (&[][..], "is encrypted; not opened"),
            (&["x"], "is encrypted, and no password given opens it; not opened"),
        ] {
            let locked = with(&make(PASSWORD), passwords);
            let (member, trouble) = &locked.troubles[0];
            assert_eq!((member.as_deref(), trouble.text.as_str()), (Some(name), told));
            assert_eq!((trouble.reason, locked.troubles.len()), (Reason::Encrypted, 1));
        }
    }
}

#[test]
fn the_passwords_of_programs_are_known() {
    assert!(text(&opened(&document("VelvetSweatshop"))).contains("needle"));
    assert!(text(&opened(&presentation("/01Hannes Ruescher/01"))).contains("needle"));
}

#[test]
fn what_is_locked_in_other_ways_is_told() {
    let mut obscured = vec![0; 0x200];
    obscured[..4].copy_from_slice(&[0xEC, 0xA5, 0xC1, 0]);
    obscured[0x0A..0x0C].copy_from_slice(&0x8300_u16.to_le_bytes());
    let recorded = with(&compound(&[("/WordDocument", &obscured), ("/1Table", b"x")]), &["x"]);
    let (_, trouble) = &recorded.troubles[0];
    assert_eq!((trouble.reason, trouble.option), (Reason::Encrypted, None));
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, &document("VelvetSweatshop"));
    torture(&FORMAT, &presentation("/01Hannes Ruescher/01"));
}
