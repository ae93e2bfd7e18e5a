//! The same bytes give the same output, whatever the number of threads and the order in which a
//! directory was filled; the `run` line and the seconds aside.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../examples/corpus/all.rs"]
#[allow(dead_code, unused_imports, reason = "the generator is shared with other tests")]
mod all;
mod run;

use all::made;
use std::fs;
use std::path::Path;
use std::process::Command;

use all::Document;
use ksefleaks::{Limits, Sampler};
use run::{rows, scan};
use tempfile::TempDir;

/// The corpus written down in an order, with copies of some files, so that credentials have places
/// in many of them.
fn tree(reversed: bool) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut documents: Vec<Document> = all::documents();
    if reversed {
        documents.reverse();
    }
    for (index, document) in documents.iter().enumerate() {
        let index = if reversed { documents.len() - 1 - index } else { index };
        write(folder.path(), &document.path, &document.bytes);
        if index % 5 == 0 {
            write(folder.path(), &format!("copies/{}/{}", index % 7, document.path), &document.bytes);
        }
    }
    folder
}

fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("it can be made");
    fs::write(path, bytes).expect("it can be written");
}

#[test]
fn threads_and_order_change_nothing() {
    let (one, other) = (tree(false), tree(true));
    let limits = || Limits { max_locations: 3, ..Limits::default() };
    let first = scan(&[one.path()], 1, limits());
    for (folder, jobs) in [(&one, 8), (&other, 1), (&other, 8)] {
        let next = scan(&[folder.path()], jobs, limits());
        assert_eq!(rows(&first, one.path()), rows(&next, folder.path()));
        let order = |outcome: &ksefleaks::Outcome| -> Vec<_> {
            // The place of a password is in its name, and in what is told of its key.
            let placeless = |finding: &ksefleaks::Finding| {
                let mut about = finding.about.clone();
                let opened = about.key.as_mut().and_then(|key| key.opened.as_mut());
                opened.into_iter().for_each(|opened| opened.at = None);
                let id = if finding.kind == ksefleaks::Kind::Password { "" } else { &finding.id };
                (id.to_owned(), finding.count, about)
            };
            outcome.findings.iter().map(placeless).collect()
        };
        assert_eq!(order(&first), order(&next), "the worst come first, always the same");
        let summary = |outcome: &ksefleaks::Outcome| ksefleaks::Summary { seconds: 0.0, ..outcome.summary.clone() };
        assert_eq!(summary(&first), summary(&next));
        let notices = |outcome: &ksefleaks::Outcome| -> Vec<_> {
            outcome.notices.iter().map(|notice| (notice.reason, notice.text.clone())).collect()
        };
        assert_eq!(notices(&first), notices(&next));
    }
}

#[test]
fn too_many_findings_leave_the_same_ones() {
    let (one, other) = (tree(false), tree(true));
    let limits = || Limits { max_findings: 40, ..Limits::default() };
    // Both stand at the same place in turn, since the place of a password is in its name.
    let room = tempfile::tempdir().expect("a folder");
    let place = room.path().join("place");
    let ids = |folder: &TempDir, jobs| -> Vec<String> {
        fs::rename(folder.path(), &place).expect("it can be moved");
        let outcome = scan(&[place.as_path()], jobs, limits());
        fs::rename(&place, folder.path()).expect("it can be moved back");
        outcome.findings.into_iter().map(|finding| finding.id).collect()
    };
    let first = ids(&one, 1);
    assert_eq!(first, ids(&one, 8));
    assert_eq!(first, ids(&other, 8));
}

/// Standard output of the program, the run line and the seconds aside.
fn told(folder: &Path, format: &str, jobs: &str) -> String {
    let arguments =
        ["scan", "--format", format, "--jobs", jobs, "--now", "2026-11-21", "--no-progress", "--color", "never"];
    let output = Command::new(env!("CARGO_BIN_EXE_ksefleaks")).args(arguments).current_dir(folder).output();
    let output = output.expect("the program starts");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines = text.lines().filter(|line| !line.contains("\"type\":\"run\"") && !line.contains("\"started\""));
    let without_seconds = |line: &str| match (line.find("\"seconds\":"), line.rfind(" in ")) {
        (Some(at), _) => line[..at].to_owned(),
        (_, Some(at)) if line.ends_with(" s.") => line[..at].to_owned(),
        _ => line.to_owned(),
    };
    lines.map(without_seconds).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_written_is_the_same_to_the_byte() {
    let (one, other) = (tree(false), tree(true));
    for format in ["text", "jsonl"] {
        let first = told(one.path(), format, "1");
        assert!(first.len() > 10_000);
        for (folder, jobs) in [(&one, "8"), (&other, "1"), (&other, "8")] {
            assert!(first == told(folder.path(), format, jobs), "{format} with {jobs} threads differs");
        }
    }
}

/// Text without a credential, different each time, that hardly becomes smaller.
fn noise(sampler: &mut Sampler, bytes: usize) -> String {
    let line = |sampler: &mut Sampler| sampler.string(b"abcdefghijklmnopqrstuvwxyz ", 70) + "\n";
    (0..bytes / 71).map(|_| line(sampler)).collect()
}

/// An archive and a mailbox that are large enough for several threads, with credentials here and there: some in several
/// places, some in what is broken or locked.
fn large(folder: &Path) {
    let mut sampler = Sampler::new(21);
    let (common, mut members, mut messages) = (sampler.token(), Vec::new(), Vec::new());
    for number in 0..600 {
        let mut text = noise(&mut sampler, 16 << 10);
        if number % 7 == 0 {
            text += &made::env(&sampler.token());
        }
        if number % 50 == 3 {
            text += &made::env(&common);
        }
        let subject = format!("list {number}");
        messages.push(match number % 5 {
            0 => made::letter::encoded(&subject, text.as_bytes()),
            1 => made::letter::attached(&subject, &[("a.gz", &made::stream::gz(text.as_bytes()))]),
            _ => made::letter::mail(&subject, &text),
        });
        let mut bytes = match number % 4 {
            0 => made::stream::gz(text.as_bytes()),
            1 => made::office::docx(&[&sampler.token()]),
            _ => text.into_bytes(),
        };
        if number % 40 == 8 {
            bytes.truncate(bytes.len() / 2);
        }
        members.push((format!("{number}"), bytes));
    }
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let (archive, mailbox) = (made::archive::zip(&members), made::letter::mailbox(&messages));
    assert!(archive.len() > 4 << 20 && mailbox.len() > 8 << 20, "{} {}", archive.len(), mailbox.len());
    write(folder, "large.zip", &archive);
    write(folder, "large.mbox", mailbox.as_bytes());
}

#[test]
fn what_many_threads_open_is_told_as_one_would_tell_it() {
    let folder = tempfile::tempdir().expect("a folder");
    large(folder.path());
    let first = told(folder.path(), "jsonl", "1");
    assert!(first.matches("\"type\":\"finding\"").count() > 200 && first.contains("\"type\":\"notice\""));
    for jobs in ["2", "8"] {
        assert!(first == told(folder.path(), "jsonl", jobs), "{jobs} threads tell something else");
    }
}
