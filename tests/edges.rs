//! The chunk-edge kit: a credential at each offset round each edge of the read windows.
//!
//! A long blob is read in windows that overlap; what stands across an edge, or is longer than the
//! overlap, must be found once, at its place.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../examples/corpus/all.rs"]
#[allow(dead_code, unused_imports, reason = "the generator is shared with other tests")]
mod all;
mod run;

use std::path::Path;

use all::dress::{Carrier, Dress};
use all::encode::{base64, gzip, wrap};
use ksefleaks::{Context, Detector, Fingerprint, Found, Limits, RuleSet, Sampler};
use run::{now, rows, scan};

/// The sizes that the engine reads in: `FIRST_WINDOW` and `WINDOW` of `src/engine/blob.rs`.
const FIRST: usize = 256 << 10;
const WINDOW: usize = 4 << 20;
/// `MARGIN` of `src/detect/mod.rs`: where a window ends it is searched again from here.
const MARGIN: usize = 48 << 10;

/// Lines that hold nothing, as many bytes as asked for.
fn filler(length: usize) -> Vec<u8> {
    b"Lorem ipsum dolor sit amet, consectetur adipiscing elit.\n".iter().copied().cycle().take(length).collect()
}

fn detector() -> Detector {
    Detector::new(RuleSet::built_in(), now()).expect("the built-in rules can be searched for")
}

/// What is found when the text is handed over in windows of this size: fingerprint and offset.
fn in_windows(detector: &Detector, text: &[u8], size: usize) -> Vec<(String, u64)> {
    let (mut scan, mut start, mut end) = (detector.begin(&Context::default()), 0, size.min(text.len()));
    let mut all = Vec::new();
    loop {
        let last = end == text.len();
        let step = detector.window(&mut scan, &text[start..end], last, end - start >= 16 << 20);
        for found in step.found {
            if let Found::Hit(hit) = found {
                all.push((Fingerprint::of(&hit.credential.secret).to_string(), hit.place.offset));
            }
        }
        if last {
            return all;
        }
        start += step.consumed;
        // A window that could not be consumed grows, as the engine lets it.
        let room = if step.consumed == 0 { (end - start) * 2 } else { size };
        end = text.len().min((start + room).max(end + 1));
    }
}

#[test]
fn a_plain_token_is_found_at_each_offset_round_an_edge() {
    let detector = detector();
    let token = Sampler::new(1).token();
    let print = Fingerprint::of_public(token.as_bytes()).to_string();
    // Small windows have the same edges as large ones, and are searched in no time.
    let size = 4 * MARGIN;
    let mut text = filler(size * 2);
    for edge in [size, size - MARGIN, size - 2 * MARGIN] {
        for at in edge - 200..edge + 200 {
            text[at..at + token.len()].copy_from_slice(token.as_bytes());
            let from = at.saturating_sub(3 * MARGIN);
            // Only the bytes around matter; the edge keeps its distance from the beginning.
            let found = in_windows(&detector, &text[..at + 2 * MARGIN], size);
            assert_eq!(found, [(print.clone(), at as u64)], "edge {edge}, offset {at}, from {from}");
            let rest = filler(at + token.len());
            text[at..at + token.len()].copy_from_slice(&rest[at..]);
        }
    }
}

#[test]
fn every_dress_is_found_across_an_edge() {
    let detector = detector();
    let mut sampler = Sampler::new(2);
    let size = 4 * MARGIN;
    for dress in all::dress::all().iter().filter(|dress| is_one_of_its_file(dress)) {
        if dress.clothes.contains(&"gzip") || dress.family.starts_with("hyphens") {
            continue;
        }
        let token = sampler.token();
        let print = Fingerprint::of_public(token.as_bytes()).to_string();
        let worn = dress.wear(&Carrier { lead: "\nx = ", value: &token, tail: "\n" });
        for edge in [size, size - MARGIN] {
            for step in 0..4 {
                // UTF-16 is aligned; some dress in two hundred bytes, others in a thousand.
                let at = (edge - worn.bytes.len() * step / 3) & !1;
                let text = [&filler(at)[..], &worn.bytes, &filler(2 * MARGIN)].concat();
                let found = in_windows(&detector, &text, size);
                let ours: Vec<_> = found.iter().filter(|(known, _)| *known == print).collect();
                assert_eq!(ours.len(), 1, "{}, edge {edge}, offset {at}: {found:?}", dress.file);
                if !dress.file.ends_with("-odd") {
                    assert_eq!(ours[0].1, (at + worn.at) as u64, "{}, edge {edge}, offset {at}", dress.file);
                }
            }
        }
    }
}

/// Of the dresses that share a file in the corpus, some are enough here; a mark stands at the
/// beginning of a file only.
fn is_one_of_its_file(dress: &Dress) -> bool {
    let worn = dress.wear(&Carrier { lead: "", value: &"0".repeat(116), tail: "" });
    let sum: usize = worn.bytes.iter().map(|byte| usize::from(*byte)).sum();
    let many = dress.file.starts_with("quoted-printable-every")
        || dress.file.starts_with("unseen")
        || dress.file.starts_with("mail");
    !dress.file.contains("bom")
        && dress.family != "UTF-16, escaped"
        && (!many || (sum + worn.bytes.len()).is_multiple_of(7) || !dress.file.contains("every"))
}

#[test]
fn windows_of_the_engine_find_what_stands_across_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sampler = Sampler::new(3);
    let mut expected = Vec::new();
    let length = FIRST + 2 * WINDOW + (1 << 20);
    let mut text = filler(length);
    let edges = [
        FIRST - MARGIN,
        FIRST,
        WINDOW - MARGIN,
        WINDOW,
        FIRST + WINDOW - 2 * MARGIN,
        2 * WINDOW - 3 * MARGIN,
        2 * WINDOW,
    ];
    for edge in edges {
        for step in 0..24 {
            let token = sampler.token();
            let at = edge - 12 * 150 + step * 150;
            text[at..at + token.len()].copy_from_slice(token.as_bytes());
            expected.push((at as u64, Fingerprint::of_public(token.as_bytes()).to_string()));
        }
    }
    expected.sort();
    std::fs::write(folder.path().join("long.txt"), &text).expect("it can be written");
    let outcome = scan(&[folder.path()], 1, Limits::default());
    let found: Vec<_> = rows(&outcome, folder.path()).into_iter().map(|row| (row.offset, row.sha256)).collect();
    assert_eq!(found, expected);
    assert_eq!(outcome.summary.bytes, length as u64);
}

#[test]
fn bodies_longer_than_a_window_are_read_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sampler = Sampler::new(4);
    let token = sampler.token();
    let noise = sampler.string(b"abcdefghijklmnopqrstuvwxyz \n", 600 << 10);
    let inside = format!("{noise}\nKSEF_TOKEN={token}\n{noise}");
    let packed = wrap(&base64(&gzip(inside.as_bytes())), 76, "\n");
    let plain = wrap(&base64(inside.as_bytes()), 76, "\r\n");
    for (name, before, body) in [
        ("gzip-at-the-beginning.txt", 100, &packed),
        ("gzip-before-the-edge.txt", FIRST - 1_000, &packed),
        ("gzip-at-the-margin.txt", FIRST - MARGIN - 7, &packed),
        ("base64-over-the-edge.txt", FIRST - 400_000_usize.min(FIRST), &plain),
    ] {
        let text = [&filler(before)[..], b"\ndata:\n", body.as_bytes(), b"\n", &filler(1 << 20)].concat();
        std::fs::write(folder.path().join(name), text).expect("it can be written");
    }
    let outcome = scan(&[folder.path()], 2, Limits::default());
    let rows = rows(&outcome, Path::new(folder.path()));
    let paths: Vec<_> = rows.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(
        paths,
        ["base64-over-the-edge.txt", "gzip-at-the-beginning.txt", "gzip-at-the-margin.txt", "gzip-before-the-edge.txt"]
    );
    assert!(outcome.notices.is_empty(), "{:?}", outcome.notices);
}
