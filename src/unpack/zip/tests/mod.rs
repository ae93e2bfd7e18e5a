//! Archives of all kinds, opened.
//!
//! Holds: samples that a library writes, and what must come out of them. Must not know: how.

mod broken;
mod hostile;
mod locked;
mod passing;

use std::io::{Cursor, Write};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::FORMAT;
use crate::base::{Limits, Reason};
use crate::unpack::recorded::{Recorded, Taken, recognises, record};

/// As 7-Zip packs it.
const PPMD: &[u8] = include_bytes!("../../../../corpus/formats/zip/ppmd.zip");

type Writer = ZipWriter<Cursor<Vec<u8>>>;

/// Text that has something to pack.
fn text(lines: usize) -> Vec<u8> {
    (0..lines).flat_map(|line| format!("line {line} of {lines}, {:x}, needle-1\n", line * 7919).into_bytes()).collect()
}

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

/// An archive that a library writes.
fn written(fill: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    fill(&mut writer);
    writer.finish().unwrap().into_inner()
}

fn add(writer: &mut Writer, name: &str, content: &[u8], options: SimpleFileOptions) {
    writer.start_file(name, options).unwrap();
    writer.write_all(content).unwrap();
}

/// Two members, of which one is packed.
fn plain() -> Vec<u8> {
    written(|writer| {
        add(writer, "a.txt", b"needle-a", stored());
        add(writer, "sub/b.txt", &text(200), deflated());
    })
}

fn open(bytes: &[u8]) -> Recorded {
    assert!(recognises(&FORMAT, bytes, ""), "it is recognised");
    record(&FORMAT, bytes, &Limits::default())
}

/// Opens what must come out without any trouble.
fn open_sound(bytes: &[u8]) -> Recorded {
    let recorded = open(bytes);
    assert_eq!(recorded.troubles, []);
    recorded
}

fn reasons(recorded: &Recorded) -> Vec<Reason> {
    recorded.troubles.iter().map(|(_, trouble)| trouble.reason).collect()
}

fn texts(recorded: &Recorded) -> Vec<&str> {
    recorded.troubles.iter().map(|(_, trouble)| trouble.text.as_str()).collect()
}

/// A header before a member, made by hand: version, flags, method, crc, sizes.
fn local(name: &str, flags: u16, method: u16, content: &[u8], (packed, size): (u32, u32)) -> Vec<u8> {
    let crc = crc(content);
    let fields = [20, flags, method, 0, 0x5B21].map(u16::to_le_bytes).concat();
    let sizes = [crc, packed, size].map(u32::to_le_bytes).concat();
    let lengths = [name.len() as u16, 0].map(u16::to_le_bytes).concat();
    [b"PK\x03\x04", &fields[..], &sizes, &lengths, name.as_bytes()].concat()
}

/// The same in the directory.
fn central(name: &str, flags: u16, method: u16, content: &[u8], sizes: (u32, u32), offset: u32) -> Vec<u8> {
    let own = local(name, flags, method, content, sizes);
    [b"PK\x01\x02\x14\0", &own[4..30], &[0; 10][..], &offset.to_le_bytes(), name.as_bytes()].concat()
}

fn ending(count: u16, size: usize, offset: usize) -> Vec<u8> {
    let counts = [0, 0, count, count].map(u16::to_le_bytes).concat();
    let places = [size as u32, offset as u32].map(u32::to_le_bytes).concat();
    [b"PK\x05\x06", &counts[..], &places, &[0; 2]].concat()
}

fn crc(content: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    crc.sum()
}

fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_method_is_read() {
    use CompressionMethod as Method;
    let content = text(2000);
    for method in [Method::Stored, Method::Deflated, Method::Bzip2, Method::Zstd, Method::Xz] {
        let packed = written(|writer| add(writer, "a", &content, stored().compression_method(method)));
        assert!(open_sound(&packed).named("a").bytes == content, "{method:?}");
    }
    for packed in [
        &include_bytes!("../../../../corpus/formats/zip/deflate64.zip")[..],
        include_bytes!("../../../../corpus/formats/zip/lzma.zip"),
        PPMD,
    ] {
        let recorded = open_sound(packed);
        let content = recorded.named("text.txt").text();
        assert!(content.len() == 17_901 && content.contains("needle-1"));
    }
}

#[test]
fn what_cannot_be_decoded_is_told() {
    let odd = [local("a", 0, 19, b"", (3, 3)), b"abc".to_vec(), local("b", 0, 0, b"xyz", (3, 3)), b"xyz".to_vec()];
    let recorded = open(&odd.concat());
    assert_eq!((recorded.names(), reasons(&recorded)), (vec!["b"], vec![Reason::Unsupported, Reason::Malformed]));
}

#[test]
fn the_memory_of_ppmd_is_judged_by_its_header() {
    // Order and memory stand behind the name of the only member.
    let at = 30 + usize::from(u16::from_le_bytes([PPMD[26], PPMD[27]]));
    let with = |bits: u16| {
        let mut packed = PPMD.to_vec();
        packed[at..at + 2].copy_from_slice(&bits.to_le_bytes());
        open(&packed)
    };
    // 256 MB, a way to go on that is not known, order 1, the first bit of the range coder.
    let sound = u16::from_le_bytes([PPMD[at], PPMD[at + 1]]);
    let told = [sound | 0xFF0, sound | 0x2000, sound & !0x0F].map(|bits| reasons(&with(bits)));
    assert_eq!(told, [[Reason::TooLarge], [Reason::Unsupported], [Reason::Malformed]]);
    let recorded = open(&PPMD[..=at]);
    assert_eq!((recorded.members.len(), reasons(&recorded).contains(&Reason::Malformed)), (0, true));
    crate::unpack::recorded::torture(&FORMAT, PPMD);
}

#[test]
fn names_and_folders_are_told_apart() {
    let packed = written(|writer| {
        writer.add_directory("folder/", stored()).unwrap();
        add(writer, "folder/zażółć.txt", b"one", deflated());
        add(writer, "a", b"two", stored());
    });
    assert_eq!(open_sound(&packed).names(), ["folder/zażółć.txt", "a"]);
    let odd = [local("looks/", 0, 0, b"hidden", (6, 6)), b"hidden".to_vec()].concat();
    assert_eq!(open(&odd).named("looks/").text(), "hidden");
}

#[test]
fn duplicates_are_all_read() {
    let first = [local("a", 0, 0, b"one", (3, 3)), b"one".to_vec()].concat();
    let second = [local("a", 0, 0, b"two", (3, 3)), b"two".to_vec()].concat();
    let listed =
        [central("a", 0, 0, b"one", (3, 3), 0), central("a", 0, 0, b"two", (3, 3), first.len() as u32)].concat();
    let at = first.len() + second.len();
    let packed = [first, second, listed.clone(), ending(2, listed.len(), at)].concat();
    let recorded = open_sound(&packed);
    assert_eq!(recorded.members.iter().map(Taken::text).collect::<Vec<_>>(), ["one", "two"]);
}

#[test]
fn large_sizes_are_read() {
    let packed = written(|writer| {
        add(writer, "a", &text(100), deflated().large_file(true));
        add(writer, "b", &text(10), stored().large_file(true));
    });
    assert_eq!(open_sound(&packed).named("b").bytes, text(10));
    // The directory itself by wide places.
    let member = [local("a", 0, 0, b"needle", (6, 6)), b"needle".to_vec()].concat();
    let mut listed = central("a", 0, 0, b"needle", (u32::MAX, u32::MAX), u32::MAX);
    let wide =
        [&1_u16.to_le_bytes()[..], &24_u16.to_le_bytes(), &[6_u64, 6, 0].map(u64::to_le_bytes).concat()].concat();
    listed[30..32].copy_from_slice(&(wide.len() as u16).to_le_bytes());
    listed.extend(wide);
    let numbers = [1, 1, listed.len() as u64, member.len() as u64].map(u64::to_le_bytes).concat();
    let record = [b"PK\x06\x06", &44_u64.to_le_bytes()[..], &[45, 0, 45, 0], &[0; 8], &numbers].concat();
    let place = (member.len() + listed.len()) as u64;
    let locator = [b"PK\x06\x07", &[0; 4][..], &place.to_le_bytes(), &1_u32.to_le_bytes()].concat();
    let mut end = ending(u16::MAX, 0, 0);
    end[12..20].fill(0xFF);
    let packed = [member, listed, record, locator, end].concat();
    assert_eq!(open_sound(&packed).named("a").text(), "needle");
    // With something in front, too.
    assert_eq!(open_sound(&[b"#!/bin/sh\n", &packed[..]].concat()).named("a").text(), "needle");
}

#[test]
fn large_archives_are_worked_on_in_parts() {
    let mut noise = 1_u32;
    let mut noisy = |length: usize| -> Vec<u8> {
        (0..length)
            .map(|_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (noise >> 24) as u8
            })
            .collect()
    };
    let contents: Vec<Vec<u8>> = (0..40).map(|number| noisy(if number == 3 { 3 << 20 } else { 60_000 })).collect();
    let packed = written(|writer| {
        contents.iter().enumerate().for_each(|(number, content)| add(writer, &number.to_string(), content, stored()));
    });
    let recorded = open_sound(&packed);
    assert_eq!(recorded.members.len(), contents.len());
    for (number, content) in contents.iter().enumerate() {
        assert!(recorded.named(&number.to_string()).bytes == *content);
    }
}

#[test]
fn limits_are_named() {
    let bomb = written(|writer| add(writer, "zeros", &vec![0; 8 << 20], deflated()));
    let small = Limits { max_expanded: 1 << 20, ..Limits::default() };
    assert_eq!(reasons(&record(&FORMAT, &bomb, &small)), [Reason::TooLarge]);
    let limits = Limits { max_ratio: 100, ..Limits::default() };
    assert_eq!(reasons(&record(&FORMAT, &bomb, &limits)), [Reason::Ratio]);
    let many = written(|writer| {
        (0..50).for_each(|number| add(writer, &format!("{number}"), &vec![0; 100_000], deflated()));
    });
    let recorded = record(&FORMAT, &many, &small);
    assert_eq!((recorded.members.len(), reasons(&recorded)), (11, vec![Reason::TooLarge; 2]));
    let zstd = written(|writer| add(writer, "a", &text(9), stored().compression_method(CompressionMethod::Zstd)));
    let recorded = record(&FORMAT, &zstd, &Limits { max_blob: 1 << 20, ..Limits::default() });
    assert_eq!(reasons(&recorded), [Reason::TooLarge]);
}

#[test]
fn other_things_are_left_alone() {
    for bytes in [&b"PK"[..], b"PK\x03", b"", b"Package", b"PK00", &[0; 22], &[b'P'; 40]] {
        assert!(!recognises(&FORMAT, bytes, "a.zip"));
    }
    assert!(recognises(&FORMAT, &ending(0, 0, 0), ""));
    assert_eq!(open_sound(&ending(0, 0, 0)).members.len(), 0);
    assert_eq!(texts(&open(b"PK\x03\x04 but then nothing of a member")), ["has no members that can be read"]);
}
