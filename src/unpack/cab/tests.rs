//! What comes out of cabinets, sound and broken.
//!
//! Holds: samples and what is expected of them. Must not know: how they are read.

use super::*;
use crate::base::{Limits, Reason};
use crate::unpack::recorded::{recognises, record, torture};

fn text() -> Vec<u8> {
    (0..6_000_u32).flat_map(|number| format!("line {} of {number}\n", number * 7919 % 977).into_bytes()).collect()
}

/// A cabinet of two folders, as a library writes it.
fn pack() -> Vec<u8> {
    include_bytes!("../../../corpus/formats/cab/mszip.cab").to_vec()
}

/// A cabinet with one folder of LZX, whose only block is not compressed.
fn pack_lzx(content: &[u8]) -> Vec<u8> {
    let size = u16::try_from(content.len()).expect("it is short");
    // Words of 16 bits, read from their highest bit: no translation, kind 3, 24 bits of size; then three offsets.
    let bits = 3_u32 << 28 | u32::from(size) << 4;
    let words = [(bits >> 16) as u16, bits as u16];
    let mut block: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    block.extend([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
    block.extend_from_slice(content);
    let files = 36 + 8;
    let data = files + 16 + 6;
    let mut cabinet = vec![0; 36];
    cabinet[..4].copy_from_slice(b"MSCF");
    cabinet[16] = files;
    (cabinet[24], cabinet[25], cabinet[26], cabinet[28]) = (3, 1, 1, 1);
    cabinet.extend([data, 0, 0, 0, 1, 0, 3, 15]);
    cabinet.extend([&u32::from(size).to_le_bytes()[..], &[0; 12], b"a.txt\0"].concat());
    cabinet.extend([&[0; 4], &(block.len() as u16).to_le_bytes()[..], &size.to_le_bytes()].concat());
    cabinet.extend(block);
    cabinet
}

#[test]
fn all_folders_are_read() {
    let packed = pack();
    assert!(recognises(&FORMAT, &packed, ""));
    let recorded = record(&FORMAT, &packed, &Limits::default());
    assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
    assert_eq!(recorded.names(), ["a.txt", "folder/b.txt", "c", "d"]);
    assert!(recorded.named("a.txt").bytes == text());
    assert_eq!(recorded.named("folder/b.txt").text(), "needle of folder\\b.txt");
    assert_eq!(recorded.named("d").text(), "needle of d");
    let recorded = record(&FORMAT, &pack_lzx(b"needle-1"), &Limits::default());
    assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
    assert_eq!(recorded.named("a.txt").text(), "needle-1");
}

#[test]
fn names_may_not_take_all_memory() {
    let mut cabinet = pack_lzx(b"needle-1");
    let files: u16 = 17_500;
    cabinet.truncate(36 + 8);
    cabinet[28..30].copy_from_slice(&files.to_le_bytes());
    let file = [&[0; 16][..], &[b'n'; 1000], &[0]].concat();
    cabinet.extend(file.repeat(files.into()));
    let recorded = record(&FORMAT, &cabinet, &Limits::default());
    let [(None, trouble)] = recorded.troubles.as_slice() else { panic!("{}", recorded.troubles.len()) };
    assert_eq!((trouble.reason, recorded.members.len()), (Reason::Malformed, 0));
}

#[test]
fn what_is_not_opened_is_told() {
    let mut quantum = pack_lzx(b"needle-1");
    quantum[42] = 2;
    let recorded = record(&FORMAT, &quantum, &Limits::default());
    assert_eq!(recorded.troubles[0].1.reason, Reason::Unsupported);
    let mut spanned = pack_lzx(b"needle-1");
    spanned[44 + 8..44 + 10].copy_from_slice(&0xFFFD_u16.to_le_bytes());
    let recorded = record(&FORMAT, &spanned, &Limits::default());
    assert_eq!(
        (recorded.troubles[0].0.as_deref(), recorded.troubles[0].1.reason),
        (Some("a.txt"), Reason::Unsupported)
    );
    let mut ends = pack_lzx(b"needle-1");
    let data = 44 + 16 + 6;
    ends[data + 6] = 0;
    let recorded = record(&FORMAT, &ends, &Limits::default());
    assert_eq!(recorded.troubles[0].1.reason, Reason::Unsupported);
}

#[test]
fn damage_is_told() {
    let mut damaged = pack();
    let block = damaged.windows(2).position(|window| window == b"CK").expect("it is there");
    damaged[block + 300..block + 310].fill(0xFF);
    let recorded = record(&FORMAT, &damaged, &Limits::default());
    assert_eq!(recorded.named("d").text(), "needle of d");
    assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
    // Files that lie over each other would be decoded again and again.
    let mut over = pack();
    let second = over.windows(8).position(|window| window == b"folder\\b").expect("it is there") - 16;
    over[second + 4..second + 8].fill(0);
    let recorded = record(&FORMAT, &over, &Limits::default());
    assert_eq!(recorded.names().len(), 3);
    assert!(recorded.troubles.iter().any(|(_, trouble)| trouble.reason == Reason::Malformed));
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, &pack());
    torture(&FORMAT, &pack_lzx(&b"needle-1 ".repeat(50)));
}
