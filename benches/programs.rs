//! The program as a whole, beside the programs it is measured against, in turn, warm page cache:
//! a directory against `rg -uuu -c -F` of a literal that is nowhere, one small file against
//! `git --version`. What is not installed is said to be absent.
//!
//! The directory is `KSEFLEAKS_BENCH_TREE`, or the sources of the packages that this one is built
//! with.

#![expect(clippy::print_stdout, clippy::panic, reason = "a bench prints, and cannot go on without what it measures")]

mod pairs;

use std::path::PathBuf;

use pairs::{Named, compare, words};

const ROUNDS: usize = 9;

fn main() {
    let tree = tree();
    let ours = env!("CARGO_BIN_EXE_ksefleaks");
    let scan = |path: &str| words(&[ours, "scan", "-q", path]);
    let search = words(&["rg", "-uuu", "-c", "-F", "kSefLeaksAbsentLiteral", &tree]);
    println!("directory {tree}");
    let goals = "to reach: 1.8; stretch: 1.3";
    compare(ROUNDS, &Named { name: "scan", words: &scan(&tree) }, &Named { name: "rg", words: &search }, goals);
    let small = std::env::temp_dir().join(format!("ksefleaks-bench-{}.env", std::process::id()));
    std::fs::write(&small, "KSEF_ENVIRONMENT=test\n").unwrap_or_else(|error| panic!("{}: {error}", small.display()));
    let (ours, git) = (scan(&small.to_string_lossy()), words(&["git", "--version"]));
    println!("start-up");
    let theirs = Named { name: "git --version", words: &git };
    compare(ROUNDS, &Named { name: "scan of one small file", words: &ours }, &theirs, "to reach: 4; stretch: 2");
    drop(std::fs::remove_file(&small));
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
