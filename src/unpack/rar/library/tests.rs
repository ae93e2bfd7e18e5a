//! Tests of RAR archives, which the library writes.

use rars::rar15_40::{FileEntry, Rar29Method, WriterOptions, write_rar29_compressed_archive_with_filter_policy};
use rars::{ArchiveVersion, Builder, FeatureSet, FilterPolicy};

use crate::base::{Limits, Reason};
use crate::unpack::rar::FORMAT;
use crate::unpack::recorded::{Recorded, record, record_with, torture};

const VERSIONS: [ArchiveVersion; 4] =
    [ArchiveVersion::Rar20, ArchiveVersion::Rar29, ArchiveVersion::Rar50, ArchiveVersion::Rar70];

fn content(needle: &str) -> Vec<u8> {
    (0..300).map(|line| format!("{needle} {line}\n")).collect::<String>().into_bytes()
}

fn archive(version: ArchiveVersion, change: impl FnOnce(Builder) -> Builder) -> Vec<u8> {
    let mut builder = change(Builder::new(version));
    for needle in ["needle-first", "needle-second"] {
        let name = format!("{needle}.txt").into_bytes();
        builder.add_bytes(name, content(needle), None, None).expect("a member");
    }
    builder.to_bytes().expect("an archive")
}

fn assert_sound(recorded: &Recorded) {
    assert_eq!(recorded.troubles, []);
    for needle in ["needle-first", "needle-second"] {
        assert!(recorded.named(&format!("{needle}.txt")).bytes == content(needle), "{needle}");
    }
}

#[test]
fn all_versions_are_opened() {
    for version in VERSIONS {
        for change in [(|builder| builder) as fn(Builder) -> Builder, |builder| builder.store(true)] {
            assert_sound(&record(&FORMAT, &archive(version, change), &Limits::default()));
        }
        assert_sound(&record(&FORMAT, &archive(version, |builder| builder.solid(true)), &Limits::default()));
    }
}

#[test]
fn passwords_are_tried() {
    for (version, headers) in
        [(ArchiveVersion::Rar29, false), (ArchiveVersion::Rar50, false), (ArchiveVersion::Rar50, true)]
    {
        let bytes =
            archive(version, |builder| builder.password(Some(b"needle-password".to_vec())).header_encryption(headers));
        for words in [[].as_slice(), &["wrong"]] {
            let recorded = record_with(&FORMAT, &bytes, &Limits::default(), words);
            let told = if headers { 1 } else { 2 };
            let reasons: Vec<Reason> = recorded.troubles.iter().map(|told| told.1.reason).collect();
            assert_eq!((recorded.members.len(), reasons), (0, vec![Reason::Encrypted; told]), "{version:?} {words:?}");
        }
        assert_sound(&record_with(&FORMAT, &bytes, &Limits::default(), &["wrong", "needle-password"]));
    }
}

#[test]
fn damage_costs_its_member_only() {
    for version in [ArchiveVersion::Rar29, ArchiveVersion::Rar50] {
        let mut bytes = archive(version, |builder| builder.store(true));
        let at = bytes.windows(16).position(|window| window == b"needle-first 17\n").expect("stored");
        bytes[at] ^= 1;
        let recorded = record(&FORMAT, &bytes, &Limits::default());
        assert_eq!(recorded.troubles.len(), 1, "{:?}", recorded.troubles);
        assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
        assert!(recorded.named("needle-second.txt").bytes == content("needle-second"));
        assert!(recorded.named("needle-first.txt").text().starts_with("needle-first 0\n"));
    }
}

#[test]
fn bombs_end() {
    let mut builder = Builder::new(ArchiveVersion::Rar50);
    for name in ["a", "b", "c"] {
        builder.add_bytes(name.into(), vec![0; 6 << 20], None, None).expect("a member");
    }
    let bytes = builder.to_bytes().expect("an archive");
    let limits = Limits { max_blob: 4 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, &bytes, &limits);
    let reasons: Vec<Reason> = recorded.troubles.iter().map(|told| told.1.reason).collect();
    assert_eq!(reasons, [Reason::TooLarge; 3]);
    let limits = Limits { max_expanded: 1 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, &bytes, &limits);
    assert!(recorded.troubles.iter().all(|told| told.1.reason == Reason::TooLarge) && !recorded.troubles.is_empty());
}

/// An archive packed by `PPMd`, which says that it takes 256 MiB of memory.
fn greedy(content: &[u8]) -> Vec<u8> {
    let member = FileEntry {
        name: b"a.txt",
        data: content,
        file_time: 0,
        file_attr: 0x20,
        host_os: 3,
        password: None,
        file_comment: None,
    };
    let options = WriterOptions::new(ArchiveVersion::Rar29, FeatureSet::store_only()).with_method(Rar29Method::Ppmd);
    let mut bytes =
        write_rar29_compressed_archive_with_filter_policy(&[member], options, FilterPolicy::None).expect("an archive");
    // A new model of order 8, and how many MiB it takes, less one.
    let at = bytes.windows(2).position(|window| window == [0xA7, 24]).expect("the beginning of the content");
    bytes[at + 1] = 0xFF;
    bytes
}

#[test]
fn memory_is_not_taken_because_ppmd_asks_for_it() {
    let limits = Limits { max_blob: 4 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, &greedy(&content("needle")), &limits);
    assert!(recorded.troubles.is_empty() && recorded.named("a.txt").bytes == content("needle"));
    // What is all different makes it need what it asks for.
    let mut random = 1_u64;
    let lines = (0..20_000).map(|_| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("{random:x}\n")
    });
    let content = lines.collect::<String>().into_bytes();
    let recorded = record(&FORMAT, &greedy(&content), &limits);
    let reasons: Vec<Reason> = recorded.troubles.iter().map(|told| told.1.reason).collect();
    assert_eq!(reasons, [Reason::TooLarge]);
    let came = &recorded.named("a.txt").bytes;
    assert!(content.starts_with(came) && came.len() < content.len(), "{}", came.len());
    let limits = Limits { max_blob: 128 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, &greedy(&content), &limits);
    assert!(recorded.troubles.is_empty() && recorded.named("a.txt").bytes == content, "{:?}", recorded.troubles);
}

#[test]
fn nothing_breaks_it() {
    for version in VERSIONS {
        torture(&FORMAT, &archive(version, |builder| builder));
    }
    torture(&FORMAT, &archive(ArchiveVersion::Rar50, |builder| builder.solid(true)));
}
