//! Workbooks that are encrypted.

use md5::Md5;
use rc4::Rc4;
use rc4::cipher::{KeyInit, StreamCipher};
use sha1::{Digest, Sha1};

use super::sheets::{book, cell, part};
use super::{compound, utf16};
use crate::base::{Limits, Reason};
use crate::unpack::ole::FORMAT;
use crate::unpack::recorded::{record_with, torture};

const SALT: [u8; 16] = [3; 16];

/// The key of a block, by the letter of the specification.
fn key(password: &str, block: u32, new: bool) -> Vec<u8> {
    let number = block.to_le_bytes();
    if new {
        let first = Sha1::digest([&SALT[..], &utf16(password)].concat());
        let key = Sha1::digest([&first[..], &number].concat());
        return key[..16].to_vec();
    }
    let first = Md5::digest(utf16(password));
    let many: Vec<u8> = (0..16).flat_map(|_| [&first[..5], &SALT].concat()).collect();
    Md5::digest([&Md5::digest(many)[..5], &number].concat()).to_vec()
}

fn stream(password: &str, size: usize, new: bool) -> Vec<u8> {
    let mut stream = vec![0; size.next_multiple_of(1024)];
    for (block, bytes) in (0..).zip(stream.chunks_mut(1024)) {
        Rc4::new_from_slice(&key(password, block, new)).expect("a key").apply_keystream(bytes);
    }
    stream
}

fn locked(password: &str, new: bool) -> Vec<u8> {
    let verifier = [5; 16];
    let hash = if new { Sha1::digest(verifier).to_vec() } else { Md5::digest(verifier).to_vec() };
    let mut verified = [&verifier[..], &hash].concat();
    verified.iter_mut().zip(stream(password, 100, new)).for_each(|(byte, key)| *byte ^= key);
    let header = [4_u32, 0, 0x6801, 0x8004, 128, 1, 0, 0].map(u32::to_le_bytes).concat();
    let pass = if new {
        let sizes = [&4_u32.to_le_bytes()[..], &(header.len() as u32).to_le_bytes()].concat();
        let (verifier, hash) = verified.split_at(16);
        let parts = [&[1, 0, 4, 0, 2, 0], &sizes[..], &header, &[16, 0, 0, 0], &SALT, verifier, &[20, 0, 0, 0], hash];
        part(0x002F, &parts)
    } else {
        part(0x002F, &[&[1, 0, 1, 0, 1, 0], &SALT, &verified])
    };
    let mut rows: Vec<Vec<u8>> = (0..200).map(|row| part(0x0204, &[&cell(row, 0), &[6, 0, 0], b"needle"])).collect();
    rows.push(part(0x01B8, &[b"needle-link"]));
    let mut book = book(0x0600, &[pass], b"\x06\0Tokeny", &rows);
    let keys = stream(password, book.len(), new);
    let (mut at, mut begun) = (0, false);
    while at < book.len() {
        let kind = u16::from_le_bytes([book[at], book[at + 1]]);
        let end = at + 4 + usize::from(u16::from_le_bytes([book[at + 2], book[at + 3]]));
        let open = if kind == 0x0085 { 4 } else { 0 };
        if begun && kind != 0x0809 {
            (at + 4 + open..end).for_each(|place| book[place] ^= keys[place]);
        }
        begun |= kind == 0x002F;
        at = end;
    }
    compound(&[("/Workbook", &book)])
}

#[test]
fn both_forms_are_unlocked() {
    for new in [false, true] {
        for (password, given) in [("klucz-ż", &["wrong", "klucz-ż"][..]), ("VelvetSweatshop", &[])] {
            let recorded = record_with(&FORMAT, &locked(password, new), &Limits::default(), given);
            assert_eq!(recorded.troubles, []);
            assert_eq!(recorded.named("Workbook").text(), "needle\n".repeat(200));
            assert_eq!(recorded.named("Workbook").words, ["Tokeny"]);
            let rest = recorded.members.iter().find(|member| member.text().contains("needle-link"));
            assert!(rest.is_some_and(|rest| rest.echo && !rest.made));
        }
        let recorded = record_with(&FORMAT, &locked("klucz", new), &Limits::default(), &["wrong"]);
        assert_eq!(recorded.troubles.first().map(|(_, trouble)| trouble.reason), Some(Reason::Encrypted));
    }
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, &locked("VelvetSweatshop", true));
    torture(&FORMAT, &locked("VelvetSweatshop", false));
}
