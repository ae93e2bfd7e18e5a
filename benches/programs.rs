//! The program as a whole, beside the programs it is measured against, in turn, warm page cache:
//! a directory against `rg -uuu -c -F` of a literal that is nowhere, one small file against
//! `git --version`. What is not installed is said to be absent.
//!
//! The directory is `KSEFLEAKS_BENCH_TREE`, or the sources of the packages that this one is built
//! with.

#![expect(clippy::print_stdout, clippy::panic, reason = "a bench prints, and cannot go on without what it measures")]

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant as Clock;

const ROUNDS: usize = 9;

fn main() {
    let tree = tree();
    let ours = env!("CARGO_BIN_EXE_ksefleaks");
    let scan = |path: &str| vec![ours.to_owned(), "scan".to_owned(), "-q".to_owned(), path.to_owned()];
    let search = ["rg", "-uuu", "-c", "-F", "kSefLeaksAbsentLiteral"].map(str::to_owned);
    let search: Vec<String> = search.into_iter().chain([tree.clone()]).collect();
    println!("directory {tree}");
    compare("scan", &scan(&tree), "rg", &search, "1.8", "1.3");
    let small = std::env::temp_dir().join(format!("ksefleaks-bench-{}.env", std::process::id()));
    std::fs::write(&small, "KSEF_ENVIRONMENT=test\n").unwrap_or_else(|error| panic!("{}: {error}", small.display()));
    let git = ["git", "--version"].map(str::to_owned);
    println!("start-up");
    compare("scan of one small file", &scan(&small.to_string_lossy()), "git --version", &git, "4", "2");
    drop(std::fs::remove_file(&small));
}

fn compare(name: &str, ours: &[String], other: &str, theirs: &[String], reach: &str, stretch: &str) {
    if run(theirs).is_none() {
        println!("  {other} is not installed; not compared");
        return;
    }
    run(ours);
    let mut pairs: Vec<(f64, f64)> = (0..ROUNDS).filter_map(|_| Some((run(ours)?, run(theirs)?))).collect();
    pairs.sort_by(|one, another| (one.0 / one.1).total_cmp(&(another.0 / another.1)));
    let Some(median) = pairs.get(pairs.len() / 2) else { return };
    println!("  {name}: {:.1} ms, {other}: {:.1} ms", median.0 * 1e3, median.1 * 1e3);
    println!("  ratio, median of {ROUNDS} pairs: {:.2}   (to reach: {reach}; stretch: {stretch})", median.0 / median.1);
}

/// Seconds of one run; nothing where the program is absent.
fn run(command: &[String]) -> Option<f64> {
    let began = Clock::now();
    let mut process = Command::new(&command[0]);
    process.args(&command[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    process.status().ok()?;
    Some(began.elapsed().as_secs_f64())
}

fn tree() -> String {
    if let Ok(tree) = std::env::var("KSEFLEAKS_BENCH_TREE") {
        return tree;
    }
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
    let tree = cargo.or_else(|| home.map(|home| home.join(".cargo"))).unwrap_or_default().join("registry/src");
    tree.to_string_lossy().into_owned()
}
