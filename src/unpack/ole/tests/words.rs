//! Word documents.

use super::{compound, opened, text, utf16};
use crate::base::Reason;
use crate::unpack::ole::FORMAT;
use crate::unpack::recorded::torture;

/// As `LibreOffice` writes it.
const LETTER: &[u8] = include_bytes!("../../../../corpus/formats/ole/letter.doc");

/// A document of some pieces, of which each is a text and whether it is stored in UTF-16.
fn document(pieces: &[(&str, bool)], flags: u16) -> Vec<u8> {
    let mut stream = vec![0; 0x400];
    let (mut ends, mut places, mut letters) = (vec![0; 4], Vec::new(), 0);
    for (text, wide) in pieces {
        letters += text.chars().count() as u32;
        ends.extend(letters.to_le_bytes());
        let at = stream.len() as u32;
        let place = if *wide { at } else { (at * 2) | 0x4000_0000 };
        places.extend([&[0, 0][..], &place.to_le_bytes(), &[0, 0]].concat());
        let bytes = if *wide { utf16(text) } else { text.chars().map(|letter| letter as u8).collect() };
        stream.extend(bytes);
        stream.extend(b" what was deleted ");
    }
    let table = [ends, places].concat();
    let list = [&[1, 3, 0, 9, 9, 9, 2][..], &(table.len() as u32).to_le_bytes(), &table].concat();
    for (at, number) in [(0, 0xA5EC_u16), (2, 0xC1), (0x0A, flags)] {
        stream[at..at + 2].copy_from_slice(&number.to_le_bytes());
    }
    stream[0x1A2..0x1AA].copy_from_slice(&[100, list.len() as u32].map(u32::to_le_bytes).concat());
    let table = [vec![0; 100], list].concat();
    compound(&[("/WordDocument", &stream), ("/1Table", &table), ("/0Table", b"not this one")])
}

#[test]
fn pieces_are_joined_in_their_order() {
    let bytes = document(&[("token: needle-", false), ("12345-żółć", true), ("6789\r", false)], 0x0200);
    let recorded = opened(&bytes);
    assert_eq!(recorded.troubles, []);
    assert_eq!(recorded.named("WordDocument").text(), "token: needle-12345-żółć6789\n");
    assert!(recorded.members.last().is_some_and(|member| member.echo));
    // The same of which the text is so long that it is read in several steps.
    let long = "ab\u{1D11E}".repeat(20_000);
    let recorded = opened(&document(&[("x", true), (&long, true)], 0x0200));
    assert!(recorded.named("WordDocument").text().starts_with(&format!("x{}", "ab\u{1D11E}".repeat(9_999))));
}

#[test]
fn marks_are_written_as_readers_see_them() {
    let marks = "a\x07b\x07\x07c\x0Bd\x13 HYPERLINK e\x14f\x15g\x1Eh\x1Fi\x0C";
    let recorded = opened(&document(&[(marks, false)], 0x0200));
    assert_eq!(recorded.named("WordDocument").text(), "a\tb\nc\nd  HYPERLINK e fg-hi\n");
}

#[test]
fn a_real_document_is_read() {
    let recorded = opened(LETTER);
    assert_eq!(recorded.troubles, []);
    let text = text(&recorded);
    for part in ["body żółć", "foot", "head", "remark", "box", "cell", "link", "title", "Klucz: needle-custom"] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn the_locked_and_the_broken_are_told() {
    let locked = opened(&document(&[("needle", false)], 0x0300));
    assert_eq!(locked.troubles.first().map(|(_, trouble)| trouble.reason), Some(Reason::Encrypted));
    // Without its tables, the streams are all that is left.
    let lost = opened(&compound(&[("/WordDocument", b"\xEC\xA5\xC1\0\0\0\0\0\0\0\0\0 needle")]));
    assert_eq!(lost.troubles.first().map(|(_, trouble)| trouble.reason), Some(Reason::Malformed));
    assert!(lost.named("WordDocument").text().contains("needle"));
}

#[test]
fn the_text_of_word_95_is_read() {
    let mut stream = vec![0; 0x300];
    stream[..4].copy_from_slice(&[0xDC, 0xA5, 0x68, 0]);
    stream[0x18..0x20].copy_from_slice(&[0x300, 0x306_u32].map(u32::to_le_bytes).concat());
    stream.extend(b"needle and more");
    assert_eq!(opened(&compound(&[("/WordDocument", &stream)])).named("WordDocument").text(), "needle");
}

#[test]
fn the_text_of_word_6_is_read_in_its_pieces_and_letters() {
    let mut stream = vec![0; 0x300];
    // Polish, saved in pieces.
    stream[..12].copy_from_slice(&[0xDC, 0xA5, 0x65, 0, 0, 0, 0x15, 4, 0, 0, 4, 0]);
    stream.extend(b"67 ha\xB3s-needle-");
    let places = [0, 7, 9, 11, 13].map(u32::to_le_bytes).concat();
    let pieces = [0x308, 0x300, 0x306, 0x304_u32].map(|at| [&[0, 0][..], &at.to_le_bytes(), &[0, 0]].concat());
    let table = [places, pieces.concat()].concat();
    let list = [&[2][..], &(table.len() as u32).to_le_bytes(), &table].concat();
    let at = stream.len() as u32;
    stream[0x160..0x168].copy_from_slice(&[at, list.len() as u32].map(u32::to_le_bytes).concat());
    stream.extend(list);
    let bytes = compound(&[("/WordDocument", &stream)]);
    assert_eq!(opened(&bytes).named("WordDocument").text(), "needle-67s-ał");
    torture(&FORMAT, &bytes);
}

#[test]
fn letters_of_word_95_are_those_of_its_fonts() {
    let mut stream = vec![0; 0x300];
    stream[..8].copy_from_slice(&[0xDC, 0xA5, 0x68, 0, 0, 0, 9, 4]);
    stream[0x18..0x20].copy_from_slice(&[0x300, 0x304_u32].map(u32::to_le_bytes).concat());
    stream[0xD0..0xD8].copy_from_slice(&[0x304, 16_u32].map(u32::to_le_bytes).concat());
    stream.extend(b"ha\xB3a");
    stream.extend([16, 0, 6, 0, 0, 0, 0, 0, b'A', 6, 0, 0, 0, 238, 0, b'B']);
    assert_eq!(opened(&compound(&[("/WordDocument", &stream)])).named("WordDocument").text(), "hała");
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, LETTER);
    torture(&FORMAT, &document(&[("needle-", false), ("żółć", true)], 0x0200));
}
