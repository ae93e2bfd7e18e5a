//! What a container says twice is told once, and what it says better is told.
//!
//! Holds: archives whose comment, names and members say a credential again. Must not know: how it is remembered what
//! was met.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "not all of it is used here")]
mod run;

use std::fs;
use std::io::{Cursor, Write};

use ksefleaks::{Confidence, Limits, Outcome, Sampler};
use run::scan;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn archive(members: &[(&str, Vec<u8>)], comment: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.set_comment(comment).unwrap();
    writer.finish().unwrap().into_inner()
}

fn look(bytes: &[u8], jobs: usize, limits: Limits) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.zip"), bytes).unwrap();
    scan(&[folder.path()], jobs, limits)
}

fn counts(outcome: &Outcome) -> Vec<(Confidence, u64)> {
    outcome.findings.iter().map(|finding| (finding.confidence, finding.count)).collect()
}

/// Bytes that compress to nothing less.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 1_u64;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u8
    })
    .take(size)
    .collect()
}

#[test]
fn a_comment_allows_only_its_own_line() {
    let token = Sampler::new(1).token();
    let allowed = format!("KSEF_TOKEN={token} # ksefleaks:allow\n").into_bytes();
    let outcome = look(&archive(&[("a.env", allowed.clone())], &token), 1, Limits::default());
    assert_eq!(counts(&outcome), [(Confidence::Certain, 1)], "the archive's comment is allowed by nobody");
    let outcome = look(&archive(&[("a.env", allowed)], "nothing"), 1, Limits::default());
    assert_eq!((counts(&outcome), outcome.summary.quieted.allow), (vec![], 1));
}

#[test]
fn the_whole_token_is_told_behind_its_bare_secret() {
    let token = Sampler::new(2).token();
    let bare = token.rsplit('|').next().unwrap();
    let member = format!("ksef token secret: {bare}\n").into_bytes();
    let outcome = look(&archive(&[("a.env", member)], &token), 1, Limits::default());
    assert_eq!(counts(&outcome), [(Confidence::Certain, 2)]);
    // The other way round the bare secret says nothing new.
    let outcome =
        look(&archive(&[("a.env", token.clone().into_bytes())], &format!("ksef {bare}")), 1, Limits::default());
    assert_eq!(counts(&outcome), [(Confidence::Certain, 1)]);
}

#[test]
fn a_credential_in_a_name_is_told_once() {
    let name = format!("{}.txt", Sampler::new(3).token().replace('|', "_"));
    let plain = look(&archive(&[("a.txt", b"nothing".to_vec())], ""), 1, Limits::default());
    assert_eq!(counts(&plain), []);
    let token = Sampler::new(3).token();
    let outcome = look(&archive(&[(&token, b"nothing".to_vec())], ""), 1, Limits::default());
    assert_eq!(counts(&outcome), [(Confidence::Certain, 1)], "{name}");
}

#[test]
fn threads_know_what_was_met_before_them() {
    let token = Sampler::new(4).token();
    let noise = noise(6 << 20);
    let parts = noise.chunks(1 << 20).enumerate().map(|(index, part)| (format!("m{index}"), part.to_vec()));
    let mut members: Vec<(String, Vec<u8>)> = parts.collect();
    members.push(("b.env".to_owned(), format!("KSEF_TOKEN={token}").into_bytes()));
    let members: Vec<(&str, Vec<u8>)> = members.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    for jobs in [1, 2, 8] {
        let outcome = look(&archive(&members, &token), jobs, Limits::default());
        assert_eq!(counts(&outcome), [(Confidence::Certain, 1)], "{jobs} jobs");
    }
}

#[test]
fn parts_are_given_all_that_is_left_and_pay_for_it() {
    let token = Sampler::new(5).token();
    let long = [vec![b' '; 12 << 20], format!("\nKSEF_TOKEN={token}\n").into_bytes()].concat();
    let noise = noise(5 << 20);
    let members = [("noise", noise.clone()), ("long.log", long)];
    let limits = || Limits { max_expanded: 20 << 20, max_ratio: 100_000, ..Limits::default() };
    let outcome = look(&archive(&members, ""), 2, limits());
    assert_eq!((counts(&outcome), outcome.notices.len()), (vec![(Confidence::Certain, 1)], 0));
    // An archive in an archive has no more to spend than what is around it: sixteen times the size of the file.
    let zeros = vec![0; 60 << 20];
    let bomb = archive(&[("noise", noise), ("1", zeros.clone()), ("2", zeros)], "");
    let outcome = look(&archive(&[("1.zip", bomb)], ""), 2, limits());
    let told: Vec<&str> = outcome.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert!(matches!(told[..], [text] if text.contains("--max-expanded")), "{told:?}");
}
