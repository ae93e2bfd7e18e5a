//! A file of the corpus and what is to be found in it.
//!
//! Holds: `Document`, which is put together from texts and credentials, and `Expected`. Lines and
//! columns are counted here anew, apart from the library. Must not know: which files there are.

use ksefleaks::{Fingerprint, Sampler};

/// One finding that a file must give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) path: String,
    pub(crate) rule: String,
    pub(crate) sha256: String,
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) offset: u64,
    pub(crate) clothes: Vec<String>,
}

impl Expected {
    /// One line of `expected.jsonl`.
    pub(crate) fn to_json(&self) -> String {
        serde_json::json!({
            "path": self.path, "rule": self.rule, "sha256": self.sha256, "line": self.line, "column": self.column,
            "offset": self.offset, "clothes": self.clothes,
        })
        .to_string()
    }
}

/// A file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    /// With forward slashes, below the corpus.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) expected: Vec<Expected>,
}

impl Document {
    /// An empty one.
    pub(crate) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::default() }
    }

    /// A file with nothing to find.
    pub(crate) fn of(path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.to_owned(), bytes: bytes.into(), expected: Vec::new() }
    }

    /// Adds bytes.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Adds bytes in which a credential begins at `at`.
    pub(crate) fn hit(&mut self, bytes: &[u8], at: usize, rule: &str, secret: &str, clothes: &[&str]) {
        let print = Fingerprint::of_public(secret.as_bytes()).to_string();
        self.hit_of(bytes, at, rule, &print, clothes);
    }

    /// The same of one that is known by another fingerprint than its own, or by none.
    pub(crate) fn hit_of(&mut self, bytes: &[u8], at: usize, rule: &str, print: &str, clothes: &[&str]) {
        let offset = self.bytes.len() + at;
        self.add(bytes);
        let wide = clothes.first().is_some_and(|first| first.starts_with("utf16"));
        let (line, column) = place(&self.bytes[..offset], wide);
        self.expected.push(Expected {
            path: self.path.clone(),
            rule: rule.to_owned(),
            sha256: print.to_owned(),
            line,
            column,
            offset: offset as u64,
            clothes: clothes.iter().map(|&name| name.to_owned()).collect(),
        });
    }

    /// A text in which each `@` becomes a new credential in its plain dress.
    pub(crate) fn filled(path: &str, rule: &str, text: &str, draw: &mut dyn FnMut() -> String) -> Self {
        let mut document = Self::new(path);
        for (index, part) in text.split('@').enumerate() {
            if index > 0 {
                let secret = draw();
                document.hit(secret.as_bytes(), 0, rule, &secret, &[]);
            }
            document.add(part.as_bytes());
        }
        document
    }
}

/// Line and column behind these bytes.
fn place(before: &[u8], wide: bool) -> (u64, u64) {
    let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let mark: &[u8] = if wide { &[] } else { b"\xEF\xBB\xBF" };
    let text =
        if line == 1 { before[start..].strip_prefix(mark).unwrap_or(&before[start..]) } else { &before[start..] };
    if wide {
        let marked = line == 1 && (text.starts_with(&[0xFF, 0xFE]) || text.starts_with(&[0xFE, 0xFF]));
        return (line, (text.len() / 2) as u64 + 1 - u64::from(marked));
    }
    let characters: usize = text.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum();
    (line, characters as u64 + 1)
}

/// A generator whose seed is a name, so that one file more does not change the others.
pub(crate) fn sampler(name: &str) -> Sampler {
    let seed = name
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    Sampler::new(seed)
}

/// A template filled; a broken one shows itself in the corpus.
pub(crate) fn fill(sampler: &mut Sampler, template: &str) -> String {
    sampler.fill(template).unwrap_or_else(|error| format!("broken template: {error}"))
}
