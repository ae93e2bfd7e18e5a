//! Tests of 7z archives, with samples that 7-Zip made and tables of contents that nothing sound would write.

use super::*;
use crate::base::{Limits, Reason};
use crate::unpack::recorded::{Recorded, record, record_with, torture};

macro_rules! samples {
    ($($name:literal),*) => {
        [$(($name, include_bytes!(concat!("../../../corpus/formats/seven/", $name, ".7z")).as_slice())),*]
    };
}

const NAMES: [&str; 4] = ["folder/empty.txt", "first.txt", "folder/drugi-żółty.txt", "third.exe"];

fn assert_sound(name: &str, recorded: &Recorded) {
    assert_eq!(recorded.troubles, [], "{name}");
    NAMES.iter().for_each(|file| assert!(recorded.names().contains(file), "{name}: {:?}", recorded.names()));
    assert!(recorded.named("first.txt").text().starts_with("needle-first\n1\n"), "{name}");
    assert!(recorded.named("folder/drugi-żółty.txt").text().ends_with("\n600\n"), "{name}");
    assert!(recorded.named("third.exe").text().ends_with("call1300needle-third\n"), "{name}");
    assert_eq!(recorded.named("third.exe").bytes.len(), 301 * 13 + 13, "{name}");
}

#[test]
fn all_methods_are_opened() {
    for (name, bytes) in
        samples!["lzma", "lzma2", "apart", "ppmd", "bzip2", "deflate", "stored", "bcj", "delta", "bcj2", "plain-header"]
    {
        assert_sound(name, &record(&FORMAT, bytes, &Limits::default()));
    }
}

#[test]
fn what_is_not_known_is_told() {
    let [(_, bytes)] = samples!["deflate64"];
    let recorded = record(&FORMAT, bytes, &Limits::default());
    let [(Some(name), trouble)] = recorded.troubles.as_slice() else { panic!("{:?}", recorded.troubles) };
    assert_eq!((name.as_str(), trouble.reason), ("first.txt", Reason::Unsupported));
    assert!(trouble.text.ends_with("; the same is true of 2 members behind it"), "{trouble}");
}

#[test]
fn passwords_are_tried() {
    let [(_, members), (_, header)] = samples!["locked", "locked-header"];
    for (bytes, told) in [(members, 3), (header, 1)] {
        for words in [[].as_slice(), &["wrong"]] {
            let recorded = record_with(&FORMAT, bytes, &Limits::default(), words);
            let reasons: Vec<Reason> = recorded.troubles.iter().map(|told| told.1.reason).collect();
            assert_eq!(reasons, vec![Reason::Encrypted; told], "{:?}", recorded.troubles);
        }
        let recorded = record_with(&FORMAT, bytes, &Limits::default(), &["wrong", "needle-password"]);
        assert_sound("locked", &recorded);
    }
}

#[test]
fn damage_costs_its_block_only() {
    let [(_, apart), (_, solid)] = samples!["apart", "lzma"];
    let mut bytes = apart.to_vec();
    bytes[40] ^= 0x55;
    let recorded = record(&FORMAT, &bytes, &Limits::default());
    assert_eq!(recorded.troubles.len(), 1, "{:?}", recorded.troubles);
    assert!(recorded.named("third.exe").text().ends_with("needle-third\n"));
    let mut bytes = solid.to_vec();
    bytes[300..310].fill(0x55);
    let recorded = record(&FORMAT, &bytes, &Limits::default());
    assert!(recorded.troubles.iter().all(|told| told.1.reason == Reason::Malformed), "{:?}", recorded.troubles);
    assert!(!recorded.troubles.is_empty() && recorded.named("first.txt").text().starts_with("needle-first"));
    for cut in [10, 40, apart.len() - 1] {
        let recorded = record(&FORMAT, &apart[..cut], &Limits::default());
        assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
    }
}

/// An archive of a table of contents.
fn archive(packed: &[u8], header: &[u8]) -> Vec<u8> {
    let mut start = (packed.len() as u64).to_le_bytes().to_vec();
    start.extend((header.len() as u64).to_le_bytes());
    start.extend(sum(header).to_le_bytes());
    let begin = [b"7z\xBC\xAF\x27\x1C\0\x04".as_slice(), &sum(&start).to_le_bytes(), &start].concat();
    [&begin, packed, header].concat()
}

#[test]
fn numbers_that_cannot_be_are_not_believed() {
    let huge = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0x10];
    for header in [
        // Files, packed streams, blocks, what comes out of a block, in numbers that only memory would bear.
        [[1, 5].as_slice(), &huge, &[0, 0]].concat(),
        [[1, 4, 6, 0].as_slice(), &huge, &[9, 1, 0]].concat(),
        [[1, 4, 7, 11].as_slice(), &huge, &[0, 0]].concat(),
        [[1, 4, 7, 11, 1, 0, 1, 1, 0, 12, 5, 0, 8, 13].as_slice(), &huge, &[0, 0, 0]].concat(),
        [[1, 4, 7, 11, 1, 0].as_slice(), &huge, &[0, 0]].concat(),
        [[1, 4, 7, 11, 1, 0, 1, 0x11, 0].as_slice(), &huge, &[1]].concat(),
    ] {
        let recorded = record(&FORMAT, &archive(b"", &header), &Limits::default());
        assert_eq!((recorded.members.len(), recorded.troubles.len()), (0, 1), "{header:?}");
        assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
    }
    let empty = record(&FORMAT, &archive(b"", b""), &Limits::default());
    assert!(empty.members.is_empty() && empty.troubles.is_empty());
}

/// An archive of one block without a name, with one decoder of three bytes of method.
fn block(method: [u8; 3], properties: [u8; 5], size: u32, packed: &[u8]) -> Vec<u8> {
    let [a, b, c, d] = size.to_le_bytes();
    let first = [1, 4, 6, 0, 1, 9, packed.len() as u8, 0, 7, 11, 1, 0, 1, 0x23];
    let last = [12, 0xF0, a, b, c, d, 0, 0, 5, 1, 0, 0];
    let header = [first.as_slice(), &method, &[5], &properties, &last];
    archive(packed, &header.concat())
}

#[test]
fn windows_are_judged_before_they_are_opened() {
    let limits = Limits { max_blob: 1 << 20, ..Limits::default() };
    let packed = [0; 40];
    for (method, properties, reason) in [
        ([3, 1, 1], [0x5D, 0, 0, 0, 0x80], Reason::TooLarge),
        ([3, 4, 1], [6, 0, 0, 0, 0x40], Reason::TooLarge),
        // What comes out of this is small, whatever its window.
        ([3, 1, 1], [0x5D, 0, 0, 1, 0], Reason::Malformed),
    ] {
        let size = if reason == Reason::TooLarge { 1 << 31 } else { 1 << 30 };
        let recorded = record(&FORMAT, &block(method, properties, size, &packed), &limits);
        assert_eq!(recorded.troubles.len(), 1, "{:?}", recorded.troubles);
        assert_eq!(recorded.troubles[0].1.reason, reason);
    }
    let small = record(&FORMAT, &block([3, 1, 1], [0x5D, 0, 0, 0, 0x80], 1 << 10, &packed), &limits);
    assert_ne!(small.troubles[0].1.reason, Reason::TooLarge, "a window need not be larger than what comes out");
}

#[test]
fn decoders_do_not_multiply() {
    // Each decoder of fifteen reads twice what comes out of the next.
    let mut header = vec![1, 4, 6, 0, 1, 9, 8, 0, 7, 11, 1, 0, 31];
    header.extend([0x11, 4, 2, 1].repeat(15));
    header.extend([1, 0]);
    header.extend([0x11, 0, 0, 1].repeat(15));
    (0..30).for_each(|input| header.extend([input, input / 2 + 1]));
    header.push(12);
    header.extend([8; 31]);
    header.extend([0, 0, 5, 1, 0, 0]);
    let recorded = record(&FORMAT, &archive(&[0; 8], &header), &Limits::default());
    let [(None, trouble)] = recorded.troubles.as_slice() else { panic!("{:?}", recorded.troubles) };
    assert_eq!(trouble.text, "has a damaged table of contents");
}

#[test]
fn bombs_end() {
    let content = vec![0; 64 << 20];
    let mut packed = Vec::new();
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let mut writer = lzma_rust2::LzmaWriter::new_no_header(&mut packed, &options, false).expect("an encoder");
    io::Write::write_all(&mut writer, &content).expect("memory takes it");
    writer.finish().expect("memory takes it");
    let properties = [options.get_props(), 0, 0, 0x10, 0];
    let mut header = vec![1, 4, 6, 0, 1, 9, 0xE0];
    header.extend(&(packed.len() as u32).to_le_bytes()[..3]);
    header.extend([0, 7, 11, 1, 0, 1, 0x23, 3, 1, 1, 5]);
    header.extend(properties);
    header.extend([12, 0xF0]);
    header.extend((64_u32 << 20).to_le_bytes());
    header.extend([0, 0, 5, 1, 0, 0]);
    let bomb = archive(&packed, &header);
    let limits = Limits { max_ratio: 100_000, ..Limits::default() };
    assert_eq!(record(&FORMAT, &bomb, &limits).members[0].bytes.len(), 64 << 20);
    let limits = Limits { max_ratio: 100, ..Limits::default() };
    let recorded = record(&FORMAT, &bomb, &limits);
    assert_eq!(recorded.troubles[0].1.reason, Reason::Ratio);
    let limits = Limits { max_expanded: 1 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, &bomb, &limits);
    assert!(recorded.troubles.iter().all(|told| told.1.reason == Reason::TooLarge) && !recorded.troubles.is_empty());
}

#[test]
fn nothing_breaks_it() {
    for (_, bytes) in samples!["lzma", "apart", "ppmd", "bzip2", "bcj2", "stored", "plain-header"] {
        torture(&FORMAT, bytes);
    }
    // Behind a sound checksum: what is damaged is the table of contents itself.
    let [(_, bytes)] = samples!["plain-header"];
    let (offset, size, _) = start_of(&bytes).expect("a sound start");
    let (packed, header) = bytes[32..].split_at(offset as usize - 32);
    for at in 0..size as usize {
        for value in [0, 1, 2, 0x7F, 0x80, 0xC0, 0xFE, 0xFF] {
            let mut header = header.to_vec();
            header[at] = value;
            let limits = Limits { max_blob: 4 << 20, max_expanded: 16 << 20, ..Limits::default() };
            let recorded = record_with(&FORMAT, &archive(packed, &header), &limits, &["needle-password"]);
            let total: usize = recorded.members.iter().map(|member| member.bytes.len()).sum();
            assert!(total <= 20 << 20, "{at} {value}: {total}");
        }
    }
}
