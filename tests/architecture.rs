//! The house rules, read off the sources: who may import whom, what may stand where, how long a
//! file may be. A message names file and line.
//!
//! A new layer is a name in `LAYERS`, a new rule one more function beside `check_words`; both need
//! a snippet in `snippets_that_break_a_rule_are_told`.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the sources is to fail")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

/// The layers from the bottom up; those of one row are siblings, which do not know each other.
const LAYERS: [&[&str]; 5] =
    [&["base"], &["codec"], &["rules"], &["source", "unpack", "detect", "inventory", "report"], &["engine"]];

/// Lines a file may have.
const LONGEST: usize = 500;

/// Files that may hold `unsafe`, each with a reason in the file.
const UNSAFE: [&str; 1] = ["src/detect/vector.rs"];

/// Names that say nothing about what is in a file or folder.
const EMPTY_NAMES: [&str; 7] = ["util", "utils", "helper", "helpers", "common", "misc", "shared"];

#[test]
fn the_sources_keep_the_house_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        collect(root, &root.join(folder), &mut files);
    }
    assert!(files.iter().any(|(path, _)| path == "src/lib.rs"), "the sources were found");
    let broken: Vec<String> = files.iter().flat_map(|(path, text)| check(path, text)).collect();
    assert!(broken.is_empty(), "{} rules broken:\n{}", broken.len(), broken.join("\n"));
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let lines = BufReader::new(File::open(&path).unwrap()).lines().map(Result::unwrap);
            let text = lines.map(|line| line + "\n").collect();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push((name, text));
        }
    }
}

/// All that is wrong with one file.
fn check(path: &str, text: &str) -> Vec<String> {
    let code = code_of(text);
    let mut told = Vec::new();
    check_whole(path, text, &mut told);
    let mut inline = Inline::default();
    for (index, line) in code.lines().enumerate() {
        let mut broken = check_words(path, line);
        if let Some(layer) = layer_of(path) {
            broken.extend(check_imports(layer, line));
            if is_top(path, layer) && inline.depth() == 0 && !finds(line, "super::").is_empty() {
                broken.push(
                    "`super` is the crate's root here, which hides the layer; write `crate::` and its name".into(),
                );
            }
        } else if path.starts_with("src/bin/") {
            broken.extend(check_face(line));
        }
        if path == "src/lib.rs" && !finds(line, "pub mod").is_empty() {
            broken.push("layers are private; put names into the list of `pub use`".into());
        }
        inline.pass(line);
        told.extend(broken.into_iter().map(|what| format!("{path}:{}: {what}", index + 1)));
    }
    told
}

fn check_whole(path: &str, text: &str, told: &mut Vec<String>) {
    let count = text.lines().count();
    if count > LONGEST {
        told.push(format!("{path}:{}: {count} lines, {LONGEST} are allowed; split it", LONGEST + 1));
    }
    if path.starts_with("src/") && !text.starts_with("//!") {
        told.push(format!("{path}:1: does not open with `//!`: what it holds, what it must not know"));
    }
    let parts = path.trim_end_matches(".rs").split('/');
    for part in parts.filter(|part| EMPTY_NAMES.contains(part)) {
        told.push(format!("{path}:1: `{part}` says nothing; name what is in it"));
    }
}

fn check_words(path: &str, line: &str) -> Vec<String> {
    let mut told = Vec::new();
    for word in ["todo!", "unimplemented!", "dbg!"] {
        if !finds(line, word).is_empty() {
            told.push(format!("`{word}` is left over"));
        }
    }
    if !finds(line, "unsafe").is_empty() && !UNSAFE.contains(&path) {
        told.push("`unsafe` outside of the files that are allowed it".into());
    }
    if path.starts_with("src/") && !path.starts_with("src/bin/") {
        for word in ["print!", "println!", "eprint!", "eprintln!", "clap", "anyhow"] {
            if !finds(line, word).is_empty() {
                told.push(format!("`{word}` belongs to src/bin/"));
            }
        }
    }
    told
}

fn check_imports(layer: &str, line: &str) -> Vec<String> {
    let mut told = Vec::new();
    if !finds(line, "super::super").is_empty() {
        told.push("`super::super` hides the layer; write `crate::` and its name".into());
    }
    for word in ["crate as", "extern crate", "use crate;"] {
        if !finds(line, word).is_empty() {
            told.push(format!("`{word}` hides the layer"));
        }
    }
    if line.contains("#[path") {
        told.push("`#[path]` hides the layer".into());
    }
    for at in finds(line, "crate::") {
        let rest = &line[at + "crate::".len()..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        match (rank(&name), rank(layer)) {
            _ if rest.starts_with('{') => told.push("`crate::{…}` hides the layer; one `use` for each".into()),
            _ if name == layer => {}
            (None, _) => told.push(format!("`crate::{name}` is no layer; import from where it is defined")),
            (Some(theirs), Some(ours)) if theirs >= ours => {
                let who = if theirs == ours { "a sibling of" } else { "above" };
                told.push(format!("`{name}` is {who} `{layer}`, which must not know it"));
            }
            _ => {}
        }
    }
    told
}

/// The binary knows the library by its public face only.
fn check_face(line: &str) -> Vec<String> {
    let mut told = Vec::new();
    for layer in LAYERS.iter().flat_map(|row| row.iter()) {
        if !finds(line, &format!("ksefleaks::{layer}::")).is_empty() {
            told.push(format!("`{layer}` is inside of the library; use its public face"));
        }
    }
    if line.contains("#[path") {
        told.push("`#[path]` reaches behind the library's public face".into());
    }
    told
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&layer))
}

/// The layer a file belongs to; the library's root and the binary belong to none. An unknown folder
/// counts as a layer above all, so that nothing else may import it until it has its place here.
fn layer_of(path: &str) -> Option<&str> {
    let inner = path.strip_prefix("src/")?;
    let first = inner.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(name, "lib" | "bin" | "main")).then_some(name)
}

/// Whether `super` leads out of the layer from this file.
fn is_top(path: &str, layer: &str) -> bool {
    path == format!("src/{layer}.rs") || path == format!("src/{layer}/mod.rs")
}

/// Where a word stands in a line, not as a part of a longer one.
fn finds(line: &str, word: &str) -> Vec<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let starts = line.match_indices(word).map(|(at, _)| at);
    let whole = |at: &usize| {
        let before = line[..*at].chars().next_back();
        let after = line[*at + word.len()..].chars().next();
        let longer = before.is_some_and(part) || (word.ends_with(part) && after.is_some_and(part));
        !longer
    };
    starts.filter(whole).collect()
}

/// How deep in modules written in place a line stands.
#[derive(Default)]
struct Inline {
    braces: usize,
    modules: Vec<usize>,
}

impl Inline {
    fn depth(&self) -> usize {
        self.modules.len()
    }

    fn pass(&mut self, line: &str) {
        if !finds(line, "mod").is_empty() && line.contains('{') {
            self.modules.push(self.braces);
        }
        for c in line.chars() {
            match c {
                '{' => self.braces += 1,
                '}' => self.braces = self.braces.saturating_sub(1),
                _ => {}
            }
        }
        self.modules.retain(|outside| self.braces > *outside);
    }
}

/// The text with comments and the insides of strings taken out, line for line.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = dead_length(rest, code.chars().next_back());
        if length == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.push(' ');
            code.extend(rest[..length].chars().filter(|c| *c == '\n'));
            rest = &rest[length..];
        }
    }
    code
}

/// The length of the comment, string or character that begins here; 0 where none does.
fn dead_length(rest: &str, before: Option<char>) -> usize {
    let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return until("*/", 2);
    }
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r')).filter(|_| !in_word);
    if let Some(raw) = raw {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let open = rest.len() - raw.len() + hashes + 1;
            return until(&format!("\"{}", "#".repeat(hashes)), open);
        }
    }
    if rest.starts_with('"') {
        return quoted_length(rest, '"');
    }
    // A quotation mark that is not closed after one character begins a lifetime.
    let mut ahead = rest.chars().skip(1);
    match (rest.starts_with('\''), ahead.next(), ahead.next()) {
        (true, Some('\\'), _) | (true, Some(_), Some('\'')) => quoted_length(rest, '\''),
        _ => 0,
    }
}

fn quoted_length(rest: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == mark => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// What is told of a snippet, without its opening line.
fn told(path: &str, body: &str) -> Vec<String> {
    check(path, &format!("//! It holds a snippet.\n{body}\n"))
}

#[test]
fn snippets_that_break_a_rule_are_told() {
    let broken = [
        ("src/base/x.rs", "use crate::codec::crc8;", "`codec` is above `base`"),
        ("src/codec/mod.rs", "fn f(r: &crate::rules::Rule) {}", "`rules` is above `codec`"),
        ("src/source/x.rs", "use crate::unpack::Zip;", "`unpack` is a sibling of `source`"),
        ("src/report/deep/x.rs", "use crate::engine::run;", "`engine` is above `report`"),
        ("src/engine/x.rs", "use crate::Scan;", "`crate::Scan` is no layer"),
        ("src/engine/x.rs", "use crate::{base::Secret, rules::Rule};", "`crate::{…}` hides the layer"),
        ("src/base/x.rs", "use crate::extra::Y;", "`crate::extra` is no layer"),
        ("src/extra/x.rs", "use crate::base::Secret;\nuse crate::other::Y;", ":3: `crate::other` is no layer"),
        ("src/source/a/b.rs", "use super::super::Walk;", "`super::super` hides the layer"),
        ("src/detect/mod.rs", "use super::unpack::Zip;", "`super` is the crate's root here"),
        ("src/detect/mod.rs", "mod t {\n}\nuse super::unpack::Zip;", ":4: `super` is the crate's root here"),
        ("src/detect/x.rs", "use crate as all;", "`crate as` hides the layer"),
        ("src/detect/x.rs", "#[path = \"../unpack/zip.rs\"]\nmod zip;", "`#[path]` hides the layer"),
        ("src/bin/ksefleaks/main.rs", "use ksefleaks::engine::run;", "`engine` is inside of the library"),
        ("src/lib.rs", "pub mod base;", "layers are private"),
        ("src/codec/x.rs", "fn f() { unsafe { g() } }", "`unsafe` outside"),
        ("src/engine/x.rs", "fn f() { eprintln!(\"a\") }", "`eprintln!` belongs to src/bin/"),
        ("src/engine/x.rs", "use anyhow::Result;", "`anyhow` belongs to src/bin/"),
        ("src/engine/x.rs", "use clap::Parser;", "`clap` belongs to src/bin/"),
        ("tests/x.rs", "fn f() { todo!() }", "`todo!` is left over"),
        ("benches/x.rs", "fn f() { dbg!(1); }", "`dbg!` is left over"),
        ("src/codec/util.rs", "", "`util` says nothing"),
        ("src/helpers/x.rs", "", "`helpers` says nothing"),
        ("tests/common/mod.rs", "", "`common` says nothing"),
    ];
    for (path, body, wanted) in broken {
        let told = told(path, body);
        assert!(told.len() == 1 && told[0].contains(wanted) && told[0].starts_with(path), "{path}: {body}: {told:?}");
    }
    assert_eq!(check("src/base/x.rs", "// no\n").len(), 1, "no opening comment");
    assert_eq!(told("examples/x.rs", &"\n".repeat(LONGEST)).len(), 1, "too long");
}

#[test]
fn snippets_that_keep_the_rules_are_passed_over() {
    let kept = [
        ("src/engine/x.rs", "use crate::base::{Finding, Secret};\nuse crate::source::Walk;\nuse super::plan;"),
        ("src/source/x.rs", "pub(in crate::source) fn f() {}\nuse crate::codec::crc8;"),
        ("src/source/mod.rs", "mod tests {\n    use super::*;\n    fn f() { if true { } }\n    use super::Walk;\n}"),
        ("src/base/x.rs", "// crate::engine, unsafe, todo!\n/// use super::super::x\nfn f() {}"),
        (
            "src/base/x.rs",
            "const A: &str = \"crate::engine println! \\\" unsafe\";\nconst B: &str = r#\"todo!(\"dbg!\")\"#;",
        ),
        ("src/base/x.rs", "/* unsafe\n dbg! */ fn f<'a>(c: &'a char) -> bool { *c == '\"' || *c == '\\'' }"),
        ("src/base/x.rs", "#![deny(unsafe_code)]\nfn clapped(anyhowever: u8) {}"),
        ("src/bin/ksefleaks/main.rs", "use crate::arguments::Plan;\nuse clap::Parser;\nfn f() { println!(\"a\") }"),
        ("tests/x.rs", "fn f() { eprintln!(\"tool is absent\") }"),
    ];
    for (path, body) in kept {
        assert_eq!(told(path, body), Vec::<String>::new(), "{path}: {body}");
    }
}
