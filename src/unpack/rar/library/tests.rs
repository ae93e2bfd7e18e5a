//! Tests of RAR archives, which the library writes.

use rars::{ArchiveVersion, Builder};

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

#[test]
fn nothing_breaks_it() {
    for version in VERSIONS {
        torture(&FORMAT, &archive(version, |builder| builder));
    }
    torture(&FORMAT, &archive(ArchiveVersion::Rar50, |builder| builder.solid(true)));
}
