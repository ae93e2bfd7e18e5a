//! What comes out of disc images, sound and broken.
//!
//! Holds: samples and what is expected of them. Must not know: how they are read.

use std::io::Read;

use super::*;
use crate::base::Limits;
use crate::unpack::recorded::{Taken, recognises, record, torture};

fn unpacked(packed: &[u8]) -> Vec<u8> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    let mut decoder = flate2::bufread::GzDecoder::new(packed);
    loop {
        match decoder.read(&mut chunk).expect("the sample is sound") {
            0 => return bytes,
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

fn rock() -> Vec<u8> {
    unpacked(include_bytes!("../../../corpus/formats/iso/rock.iso.gz"))
}

#[test]
fn names_of_all_kinds_are_read() {
    let disc = rock();
    assert!(recognises(&FORMAT, &disc, ""));
    let recorded = record(&FORMAT, &disc, &Limits::default());
    assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
    assert_eq!(recorded.named("a long name of a file.txt").text(), "needle-1\n");
    assert_eq!(recorded.named(&format!("folder/{}", "long".repeat(50))).bytes, b"needle-2\n".repeat(400));
    assert_eq!(recorded.named("folder/link").text(), "needle-3");
    let disc = unpacked(include_bytes!("../../../corpus/formats/iso/joliet.iso.gz"));
    let recorded = record(&FORMAT, &disc, &Limits::default());
    assert_eq!(recorded.members.iter().map(Taken::text).collect::<Vec<_>>(), ["needle-1\n"]);
    let disc = unpacked(include_bytes!("../../../corpus/formats/iso/plain.iso.gz"));
    let recorded = record(&FORMAT, &disc, &Limits::default());
    assert_eq!(recorded.names(), ["EMPTY", "DIR/A.TXT"]);
    assert_eq!(recorded.named("DIR/A.TXT").text(), "needle-1\n");
}

#[test]
fn udf_is_told() {
    let disc = unpacked(include_bytes!("../../../corpus/formats/iso/udf.iso.gz"));
    let recorded = record(&FORMAT, &disc, &Limits::default());
    assert_eq!(recorded.named("A.TXT").text(), "needle-1\n");
    let (_, trouble) = &recorded.troubles[0];
    assert_eq!((trouble.reason, trouble.incomplete), (Reason::Unsupported, false));
}

/// Where the record of a folder or file of that name stands.
fn place_of(disc: &[u8], name: &[u8]) -> usize {
    disc.windows(name.len()).position(|window| window == name).expect("it is there") - 33
}

#[test]
fn a_folder_that_holds_itself_is_read_once() {
    let mut disc = unpacked(include_bytes!("../../../corpus/formats/iso/plain.iso.gz"));
    let (file, folder) = (place_of(&disc, b"A.TXT;1"), place_of(&disc, b"DIR"));
    let extent: [u8; 4] = *disc[folder + 2..].first_chunk().expect("it is there");
    disc[file + 2..file + 6].copy_from_slice(&extent);
    disc[file + 25] |= 2;
    let recorded = record(&FORMAT, &disc, &Limits::default());
    assert_eq!(recorded.names(), ["EMPTY"]);
}

/// A disc of folders that hold nothing but folders: a name, how many of them, where they lead.
fn folders(list: &[(usize, usize, usize)]) -> Vec<u8> {
    let mut disc = vec![0; 16 * SECTOR];
    let mut descriptor = [&[1][..], b"CD001", &[0; SECTOR - 6]].concat();
    descriptor[128..130].copy_from_slice(&2048_u16.to_le_bytes());
    descriptor[158..162].copy_from_slice(&18_u32.to_le_bytes());
    let sectors = |length: usize, count: usize| count.div_ceil(SECTOR / (34 + length));
    let (length, count, _) = list[0];
    descriptor[166..170].copy_from_slice(&((sectors(length, count) * SECTOR) as u32).to_le_bytes());
    disc.extend(descriptor);
    disc.extend([&[255][..], b"CD001", &[0; SECTOR - 6]].concat());
    for (index, (length, count, target)) in list.iter().enumerate() {
        let start = |index: usize| 18 + list[..index].iter().map(|(a, b, _)| sectors(*a, *b)).sum::<usize>();
        assert_eq!(disc.len(), start(index) * SECTOR);
        let (inner, inner_count) = list.get(*target).map_or((1, 1), |(a, b, _)| (*a, *b));
        let mut record = vec![0; 33];
        record[0] = (34 + length) as u8;
        record[2..6].copy_from_slice(&(start(*target) as u32).to_le_bytes());
        record[10..14].copy_from_slice(&((sectors(inner, inner_count) * SECTOR) as u32).to_le_bytes());
        record[25] = 2;
        record[32] = *length as u8;
        record.extend(vec![b'n'; length + 1]);
        let mut left = *count;
        while left > 0 {
            let some = left.min(SECTOR / record.len());
            let mut sector = record.repeat(some);
            sector.resize(SECTOR, 0);
            disc.extend(sector);
            left -= some;
        }
    }
    disc
}

#[test]
fn paths_of_folders_are_bounded() {
    let chain: Vec<_> = (0..40).map(|index| (200, 1, index + 1)).collect();
    let recorded = record(&FORMAT, &folders(&chain), &Limits::default());
    let [(None, trouble)] = recorded.troubles.as_slice() else { panic!("{:?}", recorded.troubles) };
    assert_eq!(trouble.text, "has 1 folders that lie too deep or are too many; not opened");
    let wide: Vec<_> = (0..19).map(|index| (200, 1, index + 1)).chain([(100, 3000, 0)]).collect();
    let recorded = record(&FORMAT, &folders(&wide), &Limits::default());
    let [(None, trouble)] = recorded.troubles.as_slice() else { panic!("{:?}", recorded.troubles) };
    assert!(trouble.text.starts_with("has 8") && trouble.reason == Reason::TooMany, "{trouble}");
}

#[test]
fn damage_is_told() {
    let mut disc = unpacked(include_bytes!("../../../corpus/formats/iso/plain.iso.gz"));
    let file = place_of(&disc, b"A.TXT;1");
    disc[file + 10..file + 14].copy_from_slice(&u32::MAX.to_le_bytes());
    let recorded = record(&FORMAT, &disc, &Limits::default());
    assert!(recorded.named("DIR/A.TXT").text().starts_with("needle-1"));
    assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
    assert_eq!(record(&FORMAT, &disc[..33 << 10], &Limits::default()).troubles[0].1.reason, Reason::Malformed);
}

#[test]
fn nothing_breaks_it() {
    let disc = rock();
    // Most of it is empty; what is not stands at the end.
    torture(&FORMAT, &disc);
    let limits = Limits { max_expanded: 1 << 20, ..Limits::default() };
    let beginning = 16 * SECTOR;
    for round in 0..600 {
        let mut damaged = disc.clone();
        let span = damaged.len() - beginning;
        for step in 0..8 {
            let at = beginning + (round * 7919 + step * 104_729) % span;
            damaged[at] ^= 1 << (round % 8);
        }
        let recorded = record(&FORMAT, &damaged, &limits);
        assert!(recorded.members.len() < 1000);
    }
}
