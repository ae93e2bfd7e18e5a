//! Workbooks that are locked as Excel 95 does.

use super::sheets::{book, cell, part};
use super::{compound, opened};
use crate::base::{Limits, Reason};
use crate::unpack::ole::FORMAT;
use crate::unpack::recorded::{record_with, torture};

/// What Excel mixes a password with is written down beside it: any will do.
const MIXED: [u8; 2] = [0x59, 0xB3];

/// What Excel writes down of `VelvetSweatshop`, and what follows from the algorithm for `klucz-ż` in Windows-1250.
const KNOWN: (&[u8], u16) = (b"VelvetSweatshop", 0x9A0A);
const GIVEN: (&[u8], u16) = (b"klucz-\xBF", 0x9132);

/// A workbook of Excel 95, or of a later one that says how it is locked.
fn locked((password, verifier): (&[u8], u16), new: bool) -> Vec<u8> {
    let verifier = verifier.to_le_bytes();
    let (version, kind, name) =
        if new { (0x0600, &[0, 0][..], &b"\x06\0Tokeny"[..]) } else { (0x0500, &[][..], &b"\x06Tokeny"[..]) };
    let text: &[u8] = if new { b"\0needle" } else { b"needle" };
    let mut rows: Vec<Vec<u8>> = (0..200).map(|row| part(0x0204, &[&cell(row, 0), &[6, 0], text])).collect();
    rows.push(part(0x01B8, &[b"needle-link"]));
    let mut book = book(version, &[part(0x002F, &[kind, &MIXED, &verifier])], name, &rows);
    let filling = [0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0, 0xBE, 0x0F, 0, 0xBF, 0x0F, 0];
    let mut key = [password, &filling].concat();
    (0..16).for_each(|at| key[at] = (key[at] ^ MIXED[at % 2]).rotate_left(2));
    let (mut at, mut begun) = (0, false);
    while at < book.len() {
        let kind = u16::from_le_bytes([book[at], book[at + 1]]);
        let length = usize::from(u16::from_le_bytes([book[at + 2], book[at + 3]]));
        let (from, end) = (at + 4, at + 4 + length);
        let open = if kind == 0x0085 { 4 } else { 0 };
        if begun && kind != 0x0809 {
            (from + open..end).for_each(|at| book[at] = (book[at] ^ key[(at + length) % 16]).rotate_right(3));
        }
        begun |= kind == 0x002F;
        at = end;
    }
    compound(&[(if new { "/Workbook" } else { "/Book" }, &book)])
}

#[test]
fn both_versions_are_unlocked() {
    for (new, stream) in [(false, "Book"), (true, "Workbook")] {
        for (password, given) in [(KNOWN, &[][..]), (GIVEN, &["λ", "klucz", "klucz-ż"])] {
            let recorded = record_with(&FORMAT, &locked(password, new), &Limits::default(), given);
            assert_eq!(recorded.troubles, []);
            assert_eq!(recorded.named(stream).text(), "needle\n".repeat(200));
            assert_eq!(recorded.named(stream).words, ["Tokeny"]);
            let rest = recorded.members.iter().find(|member| member.text().contains("needle-link"));
            assert!(rest.is_some_and(|rest| rest.echo && !rest.made));
        }
    }
}

#[test]
fn what_no_password_opens_is_told_with_the_remedy() {
    for new in [false, true] {
        let recorded = opened(&locked(GIVEN, new));
        let told = recorded.troubles.first().map(|(_, trouble)| (trouble.reason, trouble.option));
        assert_eq!(told, Some((Reason::Encrypted, Some("--password-file"))));
        assert!(!recorded.members.iter().any(|member| member.text().contains("needle")));
    }
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, &locked(KNOWN, false));
    torture(&FORMAT, &locked(KNOWN, true));
}
