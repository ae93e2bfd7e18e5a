//! The matcher against the memory: all rules in all dresses on source text, and `memchr` of a rare
//! byte on the same bytes, in turn, one thread.
//!
//! The text is what lies below `KSEFLEAKS_BENCH_TREE`, or the sources of the packages that this
//! one is built with.

#![expect(
    clippy::print_stdout,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a bench prints, and reads files that it trusts"
)]

use std::hint::black_box;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant as Clock;

use ksefleaks::{Context, Detector, Instant, RuleSet};

/// Text enough to leave every cache behind.
const ENOUGH: usize = 256 << 20;

const ROUNDS: usize = 7;

fn main() {
    let (text, files) = text();
    let now = Instant::now();
    let detector = Detector::new(RuleSet::built_in(), now).unwrap_or_else(|error| panic!("{error}"));
    let context = Context::default();
    let mut hits = 0;
    let mut matcher = || {
        for file in &files {
            hits += detector.window(&mut detector.begin(&context), &text[file.clone()], true, true).found.len();
        }
    };
    let mut memory = || {
        for file in &files {
            black_box(memchr::memchr_iter(0x01, black_box(&text[file.clone()])).count());
        }
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(speed(text.len(), &mut matcher));
        theirs.push(speed(text.len(), &mut memory));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("source text        {:.2} GB in {} files", text.len() as f64 / 1e9, files.len());
    println!("matcher            {ours:.2} GB/s ({} found)", hits / ROUNDS);
    println!("memchr, rare byte  {theirs:.2} GB/s");
    println!("ratio              {:.3}   (to reach: 0.20; stretch: 0.35)", ours / theirs);
}

fn speed(bytes: usize, work: &mut dyn FnMut()) -> f64 {
    let began = Clock::now();
    work();
    bytes as f64 / 1e9 / began.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn text() -> (Vec<u8>, Vec<Range<usize>>) {
    let (mut text, mut files) = (Vec::with_capacity(ENOUGH), Vec::new());
    let mut folders = vec![tree()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && is_text(&path) && text.len() < ENOUGH {
                let start = text.len();
                text.extend(std::fs::read(&path).unwrap_or_default());
                files.push(start..text.len());
            }
        }
    }
    assert!(!text.is_empty(), "no source text below {}", tree().display());
    (text, files)
}

fn is_text(path: &Path) -> bool {
    let known = [
        "rs", "c", "h", "py", "js", "ts", "java", "go", "md", "txt", "toml", "json", "yaml", "yml", "sh", "html", "css",
    ];
    path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| known.contains(&extension))
}

fn tree() -> PathBuf {
    if let Some(tree) = std::env::var_os("KSEFLEAKS_BENCH_TREE") {
        return tree.into();
    }
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
    cargo.or_else(|| home.map(|home| home.join(".cargo"))).unwrap_or_default().join("registry/src")
}
