//! The samples in `corpus/formats`: a rule of one's own looks for the words in them that stand for secrets.

use std::collections::BTreeSet;

use crate::program::Bench;
use crate::sight::print;

const RULE: &str = "[[rule]]
id = \"needle\"
kind = \"token\"
title = { en = \"a needle\", pl = \"igla\" }
severity = \"low\"
anchors = [\"needle-\"]
pattern = 'needle-[a-z0-9-]*[a-z0-9]'
max_len = 60
hits = [\"needle-1\"]
misses = [\"haystack\"]
help = { en = \"none\", pl = \"brak\" }
";

/// Samples, and what shows the text of one.
const WAYS: [(&str, &str); 17] = [
    ("zip/deflate64.zip", "$seven x -so"),
    ("zip/lzma.zip", "$seven x -so"),
    ("seven/apart.7z", "$seven x -so"),
    ("seven/bcj.7z", "$seven x -so"),
    ("seven/bcj2.7z", "$seven x -so"),
    ("seven/bzip2.7z", "$seven x -so"),
    ("seven/deflate.7z", "$seven x -so"),
    ("seven/delta.7z", "$seven x -so"),
    ("seven/lzma.7z", "$seven x -so"),
    ("seven/lzma2.7z", "$seven x -so"),
    ("seven/ppmd.7z", "$seven x -so"),
    ("seven/stored.7z", "$seven x -so"),
    ("tar/gnu.tar", "tar -xOf"),
    ("tar/pax-1.0.tar", "tar -xOf"),
    ("sqlite/utf16le.db", "sh -c 'sqlite3 \"$0\" .dump'"),
    ("sqlite/utf16be.db", "sh -c 'sqlite3 \"$0\" .dump'"),
    ("sqlite/tables.db", "sh -c 'sqlite3 \"$0\" .dump'"),
];

#[test]
fn words_of_the_samples() {
    let Some(bench) = Bench::with(&["7zz|7z|7za", "tar", "sqlite3"]) else { return };
    bench.write("rules.toml", RULE);
    let samples = format!("{}/corpus/formats", env!("CARGO_MANIFEST_DIR"));
    for (sample, shows) in WAYS {
        let folder = format!("in-{}", sample.replace('/', "-"));
        let name = sample.rsplit('/').next().unwrap_or_default();
        bench.write(&format!("{folder}/{name}"), std::fs::read(format!("{samples}/{sample}")).expect("it is kept"));
        let text = bench.shell(&folder, &format!("{shows} {name}"));
        let theirs = needles(&String::from_utf8_lossy(&text));
        assert!(!theirs.is_empty(), "{sample}: the witness sees something");
        let told = bench.room().tell(&["scan", "--config", "rules.toml", &folder]);
        let found: BTreeSet<&str> =
            told.findings.iter().filter_map(|finding| finding["secret"]["sha256"].as_str()).collect();
        let missed: Vec<&String> = theirs.iter().filter(|needle| !found.contains(&*print(needle))).collect();
        assert!(missed.is_empty(), "{sample}: {missed:?}");
    }
}

/// The words that stand for secrets.
fn needles(text: &str) -> BTreeSet<String> {
    let is_part = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let words = text.split(|letter| !is_part(letter)).filter_map(|word| word.find("needle-").map(|at| &word[at..]));
    words.map(|word| word.trim_end_matches('-').to_owned()).filter(|word| word.len() > 7 && word.len() <= 60).collect()
}
