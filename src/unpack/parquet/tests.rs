//! Tests of Parquet files, with samples that pyarrow wrote.

use super::*;
use crate::base::{Limits, Reason};
use crate::unpack::recorded::{Recorded, Taken, record, torture};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../corpus/formats/parquet/", $name, ".parquet")).as_slice()
    };
}

fn opened(bytes: &[u8]) -> Recorded {
    record(&FORMAT, bytes, &Limits::default())
}

#[test]
fn texts_have_columns() {
    for bytes in [sample!("none"), sample!("snappy"), sample!("gzip"), sample!("lz4"), sample!("second")] {
        let recorded = opened(bytes);
        assert_eq!(recorded.troubles, []);
        let tokens = recorded.members.iter().find(|member| member.words == ["ksef token"]).expect("a column");
        assert!(
            tokens.made && tokens.text().starts_with("ksef token\t\nneedle-000-of-0\t\nneedle-001-of-7919\t\n"),
            "{}",
            tokens.text()
        );
        assert_eq!(tokens.name.as_deref(), Some("ksef token"));
        let all: String = recorded.members.iter().map(Taken::text).collect();
        for needle in ["needle-039-of-308841", "needle-bytes-2", "needle-list-39"] {
            assert!(all.contains(needle), "{needle}");
        }
    }
}

#[test]
fn zstd_is_left_to_its_format() {
    let recorded = opened(sample!("zstd"));
    assert_eq!(recorded.troubles, []);
    let tokens = recorded.members.iter().find(|member| member.words == ["ksef token"]).expect("a column");
    assert!(!tokens.made && tokens.bytes.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]));
}

#[test]
fn what_is_not_opened_is_told() {
    let reasons = |bytes: &[u8]| opened(bytes).troubles.into_iter().map(|told| told.1.reason).collect::<Vec<_>>();
    assert_eq!(reasons(sample!("brotli"))[0], Reason::Unsupported);
    let mut locked = sample!("none").to_vec();
    locked.truncate(locked.len() - 4);
    locked.extend(b"PARE");
    assert_eq!(reasons(&locked), [Reason::Encrypted]);
    assert_eq!(reasons(&sample!("none")[..500]), [Reason::Malformed]);
    let mut damaged = sample!("snappy").to_vec();
    damaged[4..40].fill(0xFF);
    assert_eq!(reasons(&damaged)[0], Reason::Malformed);
    assert!(opened(&damaged).members.iter().any(|member| member.text().contains("needle-039")));
}

#[test]
fn sizes_are_judged() {
    let limits = Limits { max_blob: 4 << 10, ..Limits::default() };
    let recorded = record(&FORMAT, sample!("gzip"), &limits);
    assert!(recorded.members.iter().all(|member| member.bytes.len() < 4 << 10));
    let limits = Limits { max_blob: 600, ..Limits::default() };
    let recorded = record(&FORMAT, sample!("gzip"), &limits);
    assert_eq!(recorded.troubles[0].1.reason, Reason::TooLarge);
}

#[test]
fn nothing_breaks_it() {
    for bytes in [sample!("none"), sample!("snappy"), sample!("gzip"), sample!("lz4"), sample!("second")] {
        torture(&FORMAT, bytes);
    }
}
