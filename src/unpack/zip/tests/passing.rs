//! Archives that pass in a stream.

use super::*;
use crate::unpack::recorded::{record_with, torture};
use crate::unpack::zip::passing;
use crate::unpack::{Format, Open};

const PASSING: Format = Format { open: Open::Stream(passing::open), ..FORMAT };

fn pass(bytes: &[u8]) -> Recorded {
    record(&PASSING, bytes, &Limits::default())
}

/// A member whose sizes stand behind it.
fn streamed(name: &str, method: u16, content: &[u8], sizes: &[u8]) -> Vec<u8> {
    let packed = if method == 8 { deflate(content) } else { content.to_vec() };
    let mut header = local(name, 8, method, b"", (0, 0));
    header[14..18].fill(0);
    [header, packed, sizes.to_vec()].concat()
}

#[test]
fn what_comes_out_is_what_the_directory_names() {
    let methods = [
        (CompressionMethod::Stored, "a"),
        (CompressionMethod::Deflated, "b"),
        (CompressionMethod::Bzip2, "c"),
        (CompressionMethod::Zstd, "d"),
    ];
    let bytes = written(|writer| {
        for (method, name) in methods {
            add(writer, name, &text(3000), SimpleFileOptions::default().compression_method(method));
        }
        writer.set_comment("needle-comment").unwrap();
    });
    let recorded = pass(&bytes);
    assert_eq!(recorded.troubles, []);
    for (_, name) in methods {
        assert!(recorded.named(name).bytes == text(3000), "{name}");
    }
    assert!(recorded.members.iter().any(|member| member.text().contains("needle-comment")));
    torture(&PASSING, &bytes);
}

#[test]
fn sizes_may_stand_behind_a_member() {
    let last = [local("z", 0, 0, b"needle-z", (8, 8)), b"needle-z".to_vec()].concat();
    let narrow = [9; 12];
    let wide = [9; 20];
    let marked = |sizes: &[u8]| [b"PK\x07\x08", sizes].concat();
    for sizes in [narrow.to_vec(), wide.to_vec(), marked(&narrow), marked(&wide)] {
        let recorded = pass(&[streamed("a", 8, &text(50), &sizes), last.clone()].concat());
        assert_eq!(recorded.troubles, [], "{}", sizes.len());
        assert_eq!(recorded.named("a").bytes, text(50));
        assert_eq!(recorded.named("z").text(), "needle-z");
    }
}

#[test]
fn what_is_damaged_costs_nothing_behind_it() {
    let last = [local("z", 0, 0, b"needle-z", (8, 8)), b"needle-z".to_vec()].concat();
    let stored = streamed("a", 0, b"needle-stored", &[9; 12]);
    let recorded = pass(&[stored, last.clone()].concat());
    assert_eq!(reasons(&recorded), [Reason::Unsupported]);
    assert!(recorded.members.iter().any(|member| member.text().contains("needle-stored")));
    assert_eq!(recorded.named("z").text(), "needle-z");
    let broken = [local("a", 0, 8, b"", (40, 900)), vec![0xFF; 40], b"needle-lost".to_vec(), last].concat();
    let recorded = pass(&broken);
    assert_eq!(reasons(&recorded), [Reason::Malformed; 2], "{:?}", texts(&recorded));
    assert!(recorded.members.iter().any(|member| member.text().contains("needle-lost")));
    assert_eq!(recorded.named("z").text(), "needle-z");
    assert_eq!(reasons(&pass(b"PK\x03\x04")), [Reason::Malformed]);
}

#[test]
fn the_locked_are_named() {
    let locked = [local("a", 1, 0, b"", (12, 0)), vec![7; 12]].concat();
    let bytes = [locked, local("z", 0, 0, b"needle-z", (8, 8)), b"needle-z".to_vec()].concat();
    let recorded = pass(&bytes);
    assert_eq!((reasons(&recorded), recorded.named("z").text()), (vec![Reason::Encrypted], "needle-z".to_owned()));
    let recorded = record_with(&PASSING, &bytes, &Limits::default(), &["x"]);
    assert_eq!(reasons(&recorded), [Reason::TooLarge]);
}

#[test]
fn what_is_no_content_is_handed_over_too() {
    let packed = [deflate(b"needle-in"), b"needle-tail".repeat(9)].concat();
    let tail = [local("a", 0, 8, b"needle-in", (packed.len() as u32, 9)), packed].concat();
    let text = b"needle-plain ".repeat(9);
    let sizes = (text.len() as u32, 900);
    let unknown = [local("b", 0, 15, b"", sizes), text.clone()].concat();
    let broken = [local("c", 0, 8, b"", sizes), text.repeat(1)].concat();
    let mut header = local("d", 0, 0, b"x", (1, 1));
    header[28] = 14;
    let extra = [header, b"needle-extra!!x".to_vec()].concat();
    let folder = local("e/", 0, 0, b"", (0, 0));
    for (bytes, needle, reasons_told) in [
        (tail, "needle-tail", vec![Reason::Malformed]),
        (unknown, "needle-plain", vec![Reason::Unsupported]),
        (broken, "needle-plain", vec![Reason::Malformed]),
        (extra, "needle-extra", vec![]),
    ] {
        let recorded = pass(&[folder.clone(), bytes].concat());
        assert!(recorded.members.iter().any(|member| member.text().contains(needle)), "{needle}");
        assert_eq!(reasons(&recorded), reasons_told, "{needle}");
        assert!(!recorded.names().contains(&"e/"), "a folder is none");
    }
}
