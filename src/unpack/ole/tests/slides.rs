//! Presentations.

use std::io::Write;

use super::{compound, opened, utf16};
use crate::base::{Places, Reason};
use crate::unpack::ole::FORMAT;
use crate::unpack::recorded::torture;

pub(super) fn atom(kind: u16, first: u16, data: &[u8]) -> Vec<u8> {
    [&first.to_le_bytes()[..], &kind.to_le_bytes(), &(data.len() as u32).to_le_bytes(), data].concat()
}

pub(super) fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Two slides that stand in reverse order, notes of the first, an object, a slide that was replaced.
fn sample() -> Vec<u8> {
    let object = compound(&[("/small", b"needle-object")]);
    let mut packed =
        flate2::write::ZlibEncoder::new((object.len() as u32).to_le_bytes().to_vec(), flate2::Compression::fast());
    packed.write_all(&object).expect("memory takes it");
    let packed = packed.finish().expect("memory takes it");
    let list = [
        atom(1011, 0, &numbers(&[2, 0, 1, 256, 0])),
        atom(4008, 0, b"outline one"),
        atom(1011, 0, &numbers(&[3, 0, 1, 257, 0])),
    ];
    let document = atom(1000, 0x0F, &atom(4080, 0x0F, &list.concat()));
    let old = atom(1006, 0x0F, &atom(4008, 0, b"needle-old"));
    let second = atom(1006, 0x0F, &atom(0xF00D, 0x0F, &atom(4000, 0, &utf16("needle-second\rżółć"))));
    let first = atom(1006, 0x0F, &atom(0xF00D, 0x0F, &atom(4008, 0, b"needle-first")));
    let notes = atom(1008, 0x0F, &[atom(1009, 0, &numbers(&[256, 0])), atom(4008, 0, b"needle-notes")].concat());
    let places = [document.len() + old.len(), document.len() + old.len() + second.len()].map(|at| at as u32);
    let places = atom(6002, 0, &numbers(&[2 << 20 | 2, places[1], places[0]]));
    let stream = [document, old, second, first, notes, places, atom(4113, 0x10, &packed)].concat();
    compound(&[("/PowerPoint Document", &stream), ("/Current User", &[0; 20])])
}

#[test]
fn slides_have_their_numbers() {
    let recorded = opened(&sample());
    assert_eq!(recorded.troubles, []);
    let slides = &recorded.members[1];
    assert_eq!(slides.name.as_deref(), Some("PowerPoint Document"));
    assert!(matches!(slides.places, Places::Pages(_)));
    let text = slides.text();
    let page = |part: &str| slides.places.at(text.find(part).expect(part) as u64).page;
    let pages = ["outline one", "needle-first", "needle-second\nżółć", "needle-notes"].map(page);
    assert_eq!(pages, [1, 1, 2, 1].map(Some));
    assert_eq!(recorded.members[2].text(), "needle-old\n");
    let object = opened(&recorded.named("PowerPoint Document/object 1").bytes);
    assert_eq!(object.named("small").text(), "needle-object");
}

#[test]
fn objects_end_at_the_length_before_them() {
    let object = compound(&[("/small", b"needle-object")]);
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&object).expect("memory takes it");
    packed.flush().expect("memory takes it");
    // Neither the last block nor the checksum.
    let packed = packed.get_ref();
    for (length, cut, troubles) in [(object.len(), 0, 0), (object.len() + 1, 0, 1), (object.len(), 40, 1)] {
        let data = [&(length as u32).to_le_bytes()[..], &packed[..packed.len() - cut]].concat();
        let recorded = opened(&compound(&[("/PowerPoint Document", &atom(4113, 0x10, &data))]));
        assert_eq!(recorded.troubles.len(), troubles, "{length} {cut}");
        let came = &recorded.named("PowerPoint Document/object 1").bytes;
        assert!(object.starts_with(came) && (*came == object || cut > 0));
    }
}

#[test]
fn the_locked_are_told() {
    let user = numbers(&[0, 0, 0, 0xF3D1_C4DF]);
    let recorded = opened(&compound(&[("/PowerPoint Document", b"noise"), ("/Current User", &user)]));
    assert_eq!(recorded.troubles.first().map(|(_, trouble)| trouble.reason), Some(Reason::Encrypted));
}

#[test]
fn what_stands_before_and_behind_the_damage_is_read() {
    let broken = atom(1006, 0x0F, &[atom(4008, 0, b"needle"), atom(4008, 0, b"lost")[..10].to_vec()].concat());
    let recorded = opened(&compound(&[("/PowerPoint Document", &[broken, atom(4008, 0, b"behind")].concat())]));
    assert_eq!(recorded.named("PowerPoint Document").text(), "needle\nbehind\n");
    assert_eq!(recorded.troubles.len(), 1);
}

#[test]
fn what_only_looks_like_records_is_no_damage() {
    // Table styles say that they hold records, and are an archive; tags do not, and comments stand in some of them.
    let styles = atom(1064, 0x0F, b"PK\x03\x04\xFF\xFF\xFF\xFF needle-styles");
    let tag = atom(5003, 0, &atom(12000, 0x0F, &atom(4026, 0, &utf16("needle-comment"))));
    let other = atom(5003, 0, b"needle: what the tags of others hold");
    let recorded =
        opened(&compound(&[("/PowerPoint Document", &[styles, tag, other, atom(4008, 0, b"last")].concat())]));
    assert_eq!(recorded.troubles, []);
    let member = |text: &str| recorded.members.iter().find(|member| member.text().contains(text)).expect(text).made;
    assert_eq!(["needle-styles", "needle-comment\nlast\n"].map(member), [false, true]);
}

#[test]
fn holes_end_where_the_presentation_says_that_something_begins() {
    let first = atom(4008, 0, b"one");
    let slide = (first.len() + 1001) as u32;
    let second = atom(1006, 0x0F, &atom(4008, 0, b"two"));
    let list = slide + second.len() as u32;
    let places = atom(6002, 0, &numbers(&[1 << 20 | 1, slide]));
    let edit = atom(4085, 0, &numbers(&[0, 0, 0, list, 0, 0, 0]));
    let user = [&[0; 16][..], &(list + places.len() as u32).to_le_bytes()].concat();
    let stream = [first, vec![0; 1001], second, places, edit].concat();
    let bytes = compound(&[("/PowerPoint Document", &stream), ("/Current User", &user)]);
    let recorded = opened(&bytes);
    assert_eq!(recorded.troubles, []);
    assert_eq!(recorded.named("PowerPoint Document").text(), "one\ntwo\n");
    torture(&FORMAT, &bytes);
}

#[test]
fn what_is_of_powerpoint_95_is_told() {
    let recorded = opened(&compound(&[("/PowerPoint Document", b"\x03\0\0\0\xFF\xFF\0\0 needle")]));
    assert_eq!(recorded.troubles.first().map(|(_, trouble)| trouble.reason), Some(Reason::Unsupported));
    assert!(recorded.named("PowerPoint Document").text().contains("needle"));
}

#[test]
fn containers_in_containers_cost_no_more_than_their_bytes() {
    for kind in [4000, 4008, 4113, 6002_u16] {
        let size = 1_u32 << 20;
        let stream: Vec<u8> = (1..size / 8)
            .flat_map(|at| [&[0x0F, 0][..], &kind.to_le_bytes(), &(size - 8 - at * 8).to_le_bytes()].concat())
            .collect();
        let recorded = opened(&compound(&[("/PowerPoint Document", &stream)]));
        assert_eq!((recorded.members.len(), recorded.troubles.len()), (1, 0), "{kind}");
    }
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, &sample());
}
