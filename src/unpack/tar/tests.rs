//! What comes out of archives of tar, sound and broken.
//!
//! Holds: samples and what is expected of them. Must not know: how they are read.

use super::*;
use crate::base::{Limits, Reason};
use crate::unpack::recorded::{Recorded, recognises, record, torture};

fn seal(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// A member with its header; `magic` is that of its dialect.
fn member(name: &str, kind: u8, content: &[u8], magic: &[u8]) -> Vec<u8> {
    let mut block = vec![0; BLOCK];
    block[..name.len()].copy_from_slice(name.as_bytes());
    for (at, text) in [(100, "0000644\0"), (108, "0000000\0"), (116, "0000000\0"), (136, "15000000000\0")] {
        block[at..at + text.len()].copy_from_slice(text.as_bytes());
    }
    block[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    block[156] = kind;
    block[257..257 + magic.len()].copy_from_slice(magic);
    seal(&mut block);
    block.extend_from_slice(content);
    block.resize(block.len().next_multiple_of(BLOCK), 0);
    block
}

const USTAR: &[u8] = b"ustar\x0000";

fn open_it(bytes: &[u8]) -> Recorded {
    record(&FORMAT, bytes, &Limits::default())
}

fn texts(recorded: &Recorded) -> Vec<(&str, String)> {
    recorded.members.iter().map(|member| (member.name.as_deref().unwrap_or_default(), member.text())).collect()
}

#[test]
fn what_gnu_tar_writes_is_read() {
    let long = "long".repeat(40);
    for (bytes, text) in [
        (&include_bytes!("../../../corpus/formats/tar/gnu.tar")[..], "long tar name"),
        (include_bytes!("../../../corpus/formats/tar/pax-0.0.tar"), "path="),
        (include_bytes!("../../../corpus/formats/tar/pax-0.1.tar"), "path="),
        (include_bytes!("../../../corpus/formats/tar/pax-1.0.tar"), "path="),
    ] {
        assert!(recognises(&FORMAT, bytes, ""));
        let recorded = open_it(bytes);
        assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
        let holes = &recorded.named("holes.txt").bytes;
        assert_eq!(holes.len(), 100_000 + 23);
        assert!(holes.starts_with(b"needle-1 at") && holes.ends_with(b"needle-2 behind a hole\n"));
        assert_eq!(recorded.named(&format!("d/{long}/{long}.txt")).text(), "needle-3\n");
        assert_eq!(recorded.named("d/link").text(), format!("{long}/to-needle-4"));
        let plain = recorded.members.iter().filter(|member| member.text() == "needle-5\n").count();
        assert_eq!(plain, 1, "a hard link has no content of its own");
        let says = recorded.members.iter().find(|member| member.echo && member.text().contains(&long));
        assert!(says.is_some_and(|says| says.made && (text == "long tar name" || says.text().contains(text))));
    }
    let recorded = open_it(include_bytes!("../../../corpus/formats/tar/v7.tar"));
    assert_eq!(recorded.named("d/plain.txt").text(), "needle-5\n");
}

#[test]
fn headers_without_magic_must_look_like_some() {
    let bytes = member("a.txt", 0, b"needle-1", b"");
    assert!(recognises(&FORMAT, &bytes, ""));
    assert_eq!(texts(&open_it(&bytes)), [("a.txt", "needle-1".to_owned())]);
    assert!(!recognises(&FORMAT, &bytes[..511], "a.tar") && !recognises(&FORMAT, &[0; 1024], "a.tar"));
    let mut other = bytes.clone();
    other[3] ^= 1;
    assert!(!recognises(&FORMAT, &other, "a.tar"));
    other[3] = 7;
    seal(&mut other[..BLOCK]);
    assert!(!recognises(&FORMAT, &other, "a.tar"));
}

#[test]
fn large_numbers_are_read() {
    let mut bytes = member("a.txt", b'0', b"needle-1", USTAR);
    bytes[124..136].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8]);
    seal(&mut bytes[..BLOCK]);
    assert_eq!(texts(&open_it(&bytes)), [("a.txt", "needle-1".to_owned())]);
    bytes[124..136].fill(0xFF);
    bytes[124] = 0x80;
    seal(&mut bytes[..BLOCK]);
    assert_eq!(open_it(&bytes).troubles[0].1.reason, Reason::Malformed);
}

#[test]
fn records_rule_over_headers() {
    let records = b"19 path=new-name.x\n11 size=10\n19 comment=needle2\n";
    let bytes = [member("x", b'x', records, USTAR), member("a.txt", b'0', b"needle-1xx", USTAR)].concat();
    let mut short = bytes;
    short[1024 + 124..1024 + 136].copy_from_slice(b"00000000001\0");
    seal(&mut short[1024..1536]);
    let recorded = open_it(&short);
    assert_eq!(texts(&recorded)[0], ("new-name.x", "needle-1xx".to_owned()));
    assert_eq!(recorded.members[1].text().as_bytes(), records);
    assert!(recorded.members[1].echo && recorded.troubles.is_empty());
}

#[test]
fn a_damaged_header_costs_its_member_alone() {
    let bytes = [
        member("a.txt", b'0', b"needle-1", USTAR),
        member("b.txt", b'0', b"needle-2", USTAR),
        member("c.txt", b'0', b"needle-3", USTAR),
    ];
    let mut damaged = bytes.concat();
    damaged[1024 + 5] ^= 1;
    let recorded = open_it(&damaged);
    assert_eq!(recorded.names(), ["a.txt", "(unread)", "(unread)", "c.txt"]);
    assert!(recorded.members[2].text().starts_with("needle-2") && recorded.members[2].echo);
    let [(None, trouble)] = &recorded.troubles[..] else { panic!("{:?}", recorded.troubles) };
    assert_eq!(trouble.reason, Reason::Malformed);
    assert_eq!(trouble.text, "has 1 damaged headers; what follows them was scanned as it is");
    // At the very beginning, too.
    let mut damaged = bytes.concat();
    damaged[5] ^= 1;
    assert!(recognises(&FORMAT, &damaged, ""));
    assert_eq!(open_it(&damaged).names(), ["(unread)", "(unread)", "b.txt", "c.txt"]);
    let all: usize = open_it(&damaged).members.iter().map(|member| member.bytes.len()).sum();
    assert_eq!(all, 1024 + 16);
}

#[test]
fn what_stands_behind_the_end_is_read() {
    let archive = [member("a.txt", b'0', b"needle-1", USTAR), vec![0; 1024]].concat();
    let both = [archive.clone(), vec![0; 2048], member("b.txt", b'0', b"needle-2", USTAR)].concat();
    assert_eq!(open_it(&both).names(), ["a.txt", "b.txt"]);
    let behind = [archive, b"needle-3".to_vec()].concat();
    let recorded = open_it(&behind);
    assert_eq!(texts(&recorded)[1], ("(unread)", "needle-3".to_owned()));
    assert!(recorded.troubles.is_empty());
}

#[test]
fn padding_is_read() {
    let mut bytes = member("a.txt", b'0', b"needle-1", USTAR);
    bytes[800..808].copy_from_slice(b"needle-2");
    let recorded = open_it(&bytes);
    assert!(recorded.members[1].text().contains("needle-2") && recorded.members[1].echo);
}

#[test]
fn a_cut_archive_is_told() {
    let bytes = member("a.txt", b'0', &b"needle-1 ".repeat(100), USTAR);
    let recorded = open_it(&bytes[..700]);
    assert!(recorded.named("a.txt").text().starts_with("needle-1 needle-1"));
    assert_eq!(recorded.troubles.len(), 1);
    assert_eq!(recorded.troubles[0].0.as_deref(), Some("a.txt"));
    let recorded = open_it(&[member("b.txt", b'0', b"", USTAR), bytes[..300].to_vec()].concat());
    assert_eq!((recorded.names(), recorded.troubles.len()), (vec!["b.txt", "(unread)"], 1));
}

#[test]
fn a_large_hole_is_shortened() {
    let map = format!("1\n{}\n8\n", 1_u64 << 40);
    let mut content = map.into_bytes();
    content.resize(BLOCK, 0);
    content.extend_from_slice(b"needle-1");
    let mut records = Vec::new();
    for record in
        ["GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=a.txt", "GNU.sparse.realsize=9999999999999"]
    {
        records.extend_from_slice(format!("{:02} {record}\n", record.len() + 4).as_bytes());
    }
    let bytes = [member("x", b'x', &records, USTAR), member("y", b'0', &content, USTAR)].concat();
    let recorded = open_it(&bytes);
    let file = &recorded.named("a.txt").bytes;
    assert!(file.len() < 2000 && file.windows(8).any(|window| window == b"needle-1"), "{}", file.len());
    assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
    // A map that cannot be true is not followed.
    let mut content = b"1\n5\n99\n".to_vec();
    content.resize(BLOCK, 0);
    content.extend_from_slice(b"needle-1");
    let bytes = [member("x", b'x', &records, USTAR), member("y", b'0', &content, USTAR)].concat();
    assert_eq!(open_it(&bytes).named("a.txt").text(), "needle-1");
}

#[test]
fn too_many_members_are_not_taken() {
    let bytes = member("a.txt", b'0', b"", USTAR).repeat(100);
    let recorded = record(&FORMAT, &bytes, &Limits { max_members: 10, ..Limits::default() });
    assert_eq!(recorded.members.len(), 10);
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, include_bytes!("../../../corpus/formats/tar/gnu.tar"));
    torture(&FORMAT, include_bytes!("../../../corpus/formats/tar/pax-0.0.tar"));
    torture(&FORMAT, include_bytes!("../../../corpus/formats/tar/pax-1.0.tar"));
}
