//! The corpus: every credential in it is found where it stands, and nothing else is.
//!
//! The folder of a file is what is expected of it; `corpus/expected.jsonl` says it line by line.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads what it has written itself"
)]

#[path = "../examples/corpus/all.rs"]
#[allow(dead_code, unused_imports, reason = "the generator is shared with other tests")]
mod all;
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use all::Expected;
use ksefleaks::{Confidence, Limits};
use run::{Row, rows, scan};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn expected() -> Vec<Expected> {
    all::documents().into_iter().flat_map(|document| document.expected).collect()
}

/// Where binary files have no lines worth the name, the offset is all that is compared.
fn is_binary(path: &str) -> bool {
    ["in-binary", ".pyc", ".sqlite"].iter().any(|name| path.contains(name))
}

/// ASCII in UTF-16 looks alike in both byte orders; without a mark and out of step with the file, the
/// order, and so the first byte, cannot be told. A mail is opened, and its places are those in its parts.
fn is_ambiguous(path: &str) -> bool {
    path.ends_with("in-binary-odd.txt") || path.ends_with("quoted-printable-mail.txt")
}

#[test]
fn every_hit_is_found_where_it_stands_and_nothing_else() {
    let outcome = scan(&[&corpus().join("hit")], 2, Limits::default());
    let mut found: BTreeMap<(String, u64), Row> =
        rows(&outcome, &corpus()).into_iter().map(|row| ((row.path.clone(), row.offset), row)).collect();
    let mut report = String::new();
    for expected in expected() {
        if is_ambiguous(&expected.path) {
            let before = found.len();
            found.retain(|_, row| (&row.path, &row.sha256) != (&expected.path, &expected.sha256));
            assert!(found.len() < before, "missed {}", expected.path);
            continue;
        }
        match found.remove(&(expected.path.clone(), expected.offset)) {
            None => report.push_str(&missed(&expected, &found)),
            Some(row) => differences(&expected, &row, &mut report),
        }
    }
    let unexpected = found.values().filter(|row| row.confidence > Confidence::Possible);
    for row in unexpected {
        let _ = writeln!(
            report,
            "unexpected {} {}:{}:{} at {} {:?}",
            row.rule, row.path, row.line, row.column, row.offset, row.clothes
        );
    }
    let names: BTreeSet<&str> = report.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    assert!(report.is_empty(), "{} files\n{report}", names.len());
    // These files look like databases and have no schema.
    let others = outcome.notices.iter().filter(|notice| !notice.origin.path.text().ends_with("office.sqlite"));
    assert_eq!(others.count(), 0, "{:?}", outcome.notices);
}

fn missed(expected: &Expected, found: &BTreeMap<(String, u64), Row>) -> String {
    let elsewhere = found.values().find(|row| row.path == expected.path && row.sha256 == expected.sha256);
    match elsewhere {
        Some(row) => {
            format!("displaced {} from {} to {} {:?}\n", expected.path, expected.offset, row.offset, row.clothes)
        }
        None => format!("missed {} at {}\n", expected.path, expected.offset),
    }
}

fn differences(expected: &Expected, row: &Row, report: &mut String) {
    let path = &expected.path;
    if (&expected.rule, &expected.sha256) != (&row.rule, &row.sha256) {
        let _ = writeln!(report, "another {path} at {}: {} {}", row.offset, row.rule, row.confidence as u8);
    }
    if expected.clothes != row.clothes {
        let _ = writeln!(report, "clothes {path} at {}: {:?} and not {:?}", row.offset, row.clothes, expected.clothes);
    }
    if (expected.line, expected.column) != (row.line, row.column) && !is_binary(path) {
        let _ =
            writeln!(report, "place {path}: {}:{} and not {}:{}", row.line, row.column, expected.line, expected.column);
    }
    // A password is one only by the key that it opens.
    if row.confidence < Confidence::Likely && row.rule != "ksef-key-password" {
        let _ = writeln!(report, "possible {path} at {}", row.offset);
    }
}

#[test]
fn nothing_is_found_among_the_look_alikes() {
    let outcome = scan(&[&corpus().join("miss")], 2, Limits::default());
    let rows = rows(&outcome, &corpus());
    assert!(rows.is_empty(), "{rows:#?}");
    assert!(outcome.notices.is_empty(), "{:?}", outcome.notices);
}

#[test]
fn copies_of_the_official_example_are_counted_and_no_findings() {
    let outcome = scan(&[&corpus().join("miss/example")], 2, Limits::default());
    assert_eq!(outcome.findings, []);
    assert_eq!(outcome.summary.examples, all::dress::all().len() as u64);
}

#[test]
fn the_generator_gives_what_lies_in_the_repository() {
    let documents = all::documents();
    for document in &documents {
        let kept = std::fs::read(corpus().join(&document.path)).unwrap_or_default();
        assert!(kept == document.bytes, "{} differs; write the corpus anew with `just bless`", document.path);
    }
    let kept = std::fs::read_to_string(corpus().join("expected.jsonl")).expect("it is kept");
    assert!(kept == all::expected(&documents), "expected.jsonl differs; write the corpus anew with `just bless`");
    let size: usize = documents.iter().map(|document| document.bytes.len()).sum();
    assert!(size < 3 << 20, "{size} bytes");
}

#[test]
fn the_table_of_clothes_is_that_of_the_corpus() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/clothes.md");
    let page = all::table::page();
    if std::env::var_os("KSEFLEAKS_BLESS").is_some() {
        std::fs::write(&path, &page).expect("it can be written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == page, "docs/clothes.md differs; write it anew with `just bless`");
}
