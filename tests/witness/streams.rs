//! Compressed files of other programs.

use crate::program::Bench;
use crate::sight::{NUMBERS, Sight, agree, certain, long, shown};

/// A file, what writes it of `a` and `b`, and what reads it again.
const WAYS: [(&str, &str, &str); 22] = [
    ("fast.gz", "gzip -1c a", "gzip -dc"),
    ("best.gz", "gzip -9c a", "gzip -dc"),
    ("named.gz", "gzip -Nc a", "gzip -dc"),
    ("two.gz", "gzip -c a; gzip -c b", "gzip -dc"),
    ("fast.bz2", "bzip2 -1c a", "bzip2 -dc"),
    ("best.bz2", "bzip2 -9c a", "bzip2 -dc"),
    ("two.bz2", "bzip2 -c a; bzip2 -c b", "bzip2 -dc"),
    ("fast.xz", "xz -0c a", "xz -dc"),
    ("extreme.xz", "xz -9ec a", "xz -dc"),
    ("unchecked.xz", "xz --check=none -c a", "xz -dc"),
    ("sha.xz", "xz --check=sha256 -c a", "xz -dc"),
    ("blocks.xz", "xz --block-size=4096 -c a", "xz -dc"),
    ("filtered.xz", "xz --x86 --lzma2=preset=6 -c a", "xz -dc"),
    ("delta.xz", "xz --delta=dist=4 --lzma2 -c a", "xz -dc"),
    ("two.xz", "xz -c a; xz -c b", "xz -dc"),
    ("a.lzma", "xz --format=lzma -c a", "xz --format=lzma -dc"),
    ("fast.zst", "zstd -q --fast=5 -c a", "zstd -qdc"),
    ("best.zst", "zstd -q --ultra -22 --long -c a", "zstd -qdc"),
    ("two.zst", "zstd -q --no-check -c a; zstd -qc b", "zstd -qdc"),
    ("best.lz4", "lz4 -q9c a", "lz4 -qdc"),
    ("old.lz4", "lz4 -qlc a", "lz4 -qdc"),
    ("linked.lz4", "lz4 -q -BD -B4 -c a", "lz4 -qdc"),
];

#[test]
fn streams() {
    let Some(bench) = Bench::with(&["gzip", "bzip2", "xz", "zstd", "lz4"]) else { return };
    let (mut numbers, mut theirs): (_, Vec<Sight>) = (NUMBERS, Vec::new());
    for (name, pack, unpack) in WAYS {
        let mut next = || numbers.next().expect("there are enough");
        bench.write("work/a", long(next(), 100) + &long(next(), 150_000));
        bench.write("work/b", long(next(), 1_000));
        bench.shell("work", &format!("mkdir -p ../in; ({pack}) > ../in/{name}"));
        let text = bench.shell("in", &format!("{unpack} < {name}"));
        let prints = shown(&text);
        assert_eq!(prints.len(), if name.starts_with("two") { 3 } else { 2 }, "{name}: the witness sees all");
        theirs.extend(prints.into_iter().map(|print| (name.to_owned(), String::new(), print)));
    }
    theirs.sort();
    agree(&certain(&bench, "in"), &theirs);
}
