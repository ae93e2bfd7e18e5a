//! Streams, what is embedded, and what is left of damaged files.

use super::{compound, opened, text, utf16};
use crate::base::{Limits, Reason};
use crate::unpack::ole::FORMAT;
use crate::unpack::recorded::{recognises, record, torture};

fn package(content: &[u8]) -> Vec<u8> {
    let inner = [
        &[2, 0][..],
        b"faktury.zip\0C:\\faktury.zip\0\0\0\x03\0\x0D\0\0\0C:\\Temp\\f.zi\0",
        &(content.len() as u32).to_le_bytes(),
        content,
        b"what follows",
    ]
    .concat();
    [&(inner.len() as u32).to_le_bytes()[..], &inner].concat()
}

/// A property set with a title and a property that has a name of its own.
fn properties() -> Vec<u8> {
    let title = [&[0x1E, 0, 0, 0, 13, 0, 0, 0][..], b"needle-title\0\0\0\0"].concat();
    let custom = [&[0x1F, 0, 0, 0, 14, 0, 0, 0][..], &utf16("needle-custom\0")].concat();
    let names = [&[1, 0, 0, 0, 7, 0, 0, 0, 7, 0, 0, 0][..], b"Klucz\xF3\0\0"].concat();
    let page = [2, 0, 0, 0, 0xE2, 4, 0, 0];
    let values = [&names[..], &page, &title, &custom];
    let mut at = 8 + 4 * 8;
    let mut set = [0, 4_u32].map(u32::to_le_bytes).concat();
    for (id, value) in [0, 1, 2, 7_u32].iter().zip(values) {
        set.extend([*id, at].map(u32::to_le_bytes).concat());
        at += value.len() as u32;
    }
    set.extend(values.concat());
    let mut stream = vec![0xFE, 0xFF, 0, 0, 0, 0, 0, 0];
    stream.extend([0; 16]);
    stream.extend(1_u32.to_le_bytes());
    stream.extend([0; 16]);
    stream.extend(48_u32.to_le_bytes());
    [stream, set].concat()
}

fn sample() -> Vec<u8> {
    compound(&[
        ("/ObjectPool/_123/\u{1}Ole10Native", &package(b"needle-package")),
        ("/ObjectPool/_124/\u{1}Ole10Native", b"\x08\0\0\0needle-8"),
        ("/\u{5}SummaryInformation", &properties()),
        ("/VBA/Module1", b"compiled\x01\x18\xB0\0Attribut\0e needle\0-vba\r\n"),
        ("/large", &[b"needle-large ".repeat(2000), vec![0; 5000]].concat()),
        ("/small", b"needle-small"),
    ])
}

#[test]
fn all_streams_come_out() {
    let bytes = sample();
    assert!(recognises(&FORMAT, &bytes, "") && !recognises(&FORMAT, &bytes[1..], "a.doc"));
    let recorded = opened(&bytes);
    assert_eq!(recorded.troubles, []);
    assert_eq!(recorded.named("ObjectPool/_123/faktury.zip").text(), "needle-package");
    assert_eq!(recorded.named("ObjectPool/_124/\\x01Ole10Native").text(), "needle-8");
    assert_eq!(recorded.named("VBA/Module1").text(), "Attribute needle-vba\r\n");
    let properties = recorded.named("\\x05SummaryInformation");
    assert!(properties.made && !properties.echo);
    assert_eq!(properties.text(), "title: needle-title\nKluczó: needle-custom\n");
    for (name, size) in [("large", 31_000), ("small", 12)] {
        let stream = recorded.named(name);
        assert!(
            stream.echo && !stream.made && stream.bytes.len() == size && stream.text().contains("needle"),
            "{name}"
        );
    }
    let echoes = recorded.members.iter().filter(|member| member.echo && !member.made).count();
    assert_eq!(echoes, 6);
}

#[test]
fn what_a_broken_table_leaves_is_read() {
    let mut bytes = sample();
    // The place of the first sector of the table, which so lies far behind the end.
    bytes[0x4C..0x50].copy_from_slice(&[0xF0, 0xFF, 0xFF, 0]);
    let recorded = opened(&bytes);
    assert!(recorded.named("large").text().starts_with("needle-large"));
    assert_eq!(recorded.troubles.last().map(|(_, trouble)| trouble.reason), Some(Reason::Malformed));
    let cut = opened(&sample()[..4000]);
    assert!(!cut.troubles.is_empty());
}

#[test]
fn what_is_no_compound_file_is_told() {
    for bytes in [&sample()[..8], &sample()[..512], &[0xD0; 0][..]] {
        let recorded = opened(bytes);
        assert_eq!(recorded.troubles.len(), 1, "{:?}", recorded.troubles);
    }
}

#[test]
fn a_stream_that_stands_in_many_entries_is_paid_for_each_time() {
    let streams: Vec<String> = (0..40).map(|number| format!("/stream{number}")).collect();
    let big = vec![b'x'; 1 << 20];
    let list: Vec<(&str, &[u8])> = streams
        .iter()
        .enumerate()
        .map(|(at, name)| (name.as_str(), if at == 0 { &big[..] } else { &b"x"[..] }))
        .collect();
    let mut bytes = compound(&list);
    let first = bytes.windows(16).position(|window| window == utf16("stream0\0")).expect("an entry");
    let place: Vec<u8> = bytes[first + 116..first + 128].to_vec();
    for number in 1..40 {
        let name = utf16(&format!("stream{number}\0"));
        let at = bytes.windows(name.len()).position(|window| window == name).expect("an entry");
        bytes[at + 116..at + 128].copy_from_slice(&place);
    }
    let limits = Limits { max_expanded: 4 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, &bytes, &limits);
    let total: usize = recorded.members.iter().map(|member| member.bytes.len()).sum();
    assert!((4 << 20..21 << 20).contains(&total), "{total}");
    assert!(recorded.troubles.iter().any(|(_, trouble)| trouble.reason == Reason::TooLarge));
}

#[test]
fn a_workbook_that_stands_in_many_entries_is_paid_for_before_it_is_read() {
    let paths: Vec<String> = (0..40).map(|number| format!("/folder{number}/Workbook")).collect();
    // Records from which nothing comes.
    let big = [0xB7, 1, 0, 0].repeat(1 << 18);
    let content = |number: usize| if number == 0 { big.as_slice() } else { b"x" };
    let list: Vec<_> = paths.iter().enumerate().map(|(at, path)| (path.as_str(), content(at))).collect();
    let mut bytes = compound(&list);
    let name = utf16("Workbook\0");
    let entries: Vec<usize> = (0..bytes.len() - 18).step_by(128).filter(|at| bytes[*at..].starts_with(&name)).collect();
    let whole = |at: &&usize| bytes[**at + 120..**at + 124] == (1_u32 << 20).to_le_bytes();
    let place = bytes[*entries.iter().find(whole).expect("an entry") + 116..][..12].to_vec();
    entries.iter().for_each(|at| bytes[at + 116..at + 128].copy_from_slice(&place));
    assert_eq!(entries.len(), 40);
    let limits = Limits { max_expanded: 4 << 20, max_ratio: 1 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, &bytes, &limits);
    assert_eq!(recorded.members.len(), 0);
    assert_eq!(recorded.troubles.last().map(|(_, trouble)| trouble.reason), Some(Reason::TooLarge));
}

#[test]
fn embedded_files_that_end_early_are_told() {
    let whole = package(b"needle-package");
    let recorded = opened(&compound(&[("/\u{1}Ole10Native", &whole[..whole.len() - 20])]));
    assert_eq!(recorded.named("faktury.zip").text(), "needle");
    assert_eq!(recorded.troubles.len(), 1);
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, &sample());
    assert!(text(&opened(&sample())).contains("needle"));
}
