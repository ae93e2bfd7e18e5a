//! The page on formats, `docs/formats.md`, written from the registry.
//!
//! Holds: what the page says around the table. Must not know: any format.

use std::fmt::Write as _;

use super::{FORMATS, Open, Raw};

const INTRODUCTION: &str = "# Formats

What `ksefleaks` opens. The table is written from the registry in `src/unpack/mod.rs` by `just bless`; edit that.

Every file is searched as it stands, whatever it is. What is one of the formats below is opened besides, in memory, and what comes out of it
is looked at in the same way: a token in a spreadsheet in a zip in a mail in a mailbox is found, and its place is told member by member. Nothing is
ever written to disk. A format is known by its content; only where it has no mark of its own, by its name. The objects of repositories have no
names, and are known by content alone.

* **Nothing is left in silence.** What is broken, locked, too large or not known is a notice that names the thing, the limit and the option
  that raises it, and ends the run with 3 where nothing else was found. Its bytes are searched as they are, and what could be read before the
  damage is searched as well. A broken member costs none of the others.
* **One place is told once.** A credential that stands in the text of a document and in the bytes that the text was made of is told where its
  readers would look for it: sheet and cell, page, part.
* **How deep:** `--max-depth` containers within each other (8). The rest is searched as it stands, with a notice that does not make the run incomplete.
* **How much:** one file may expand to `--max-expanded` (1 GiB, or 16 times its size where that is more; each message of a mailbox has that for
  itself), each thing in it to `--max-ratio` times its packed size (1100), into `--max-members` members (2,000,000). What must be held whole, and the memory
  that a decoder asks for in its header, may have `--max-blob` (32 MiB), and twice that with all that is held around it; what is read as a stream or at any place has no limit of size.
* **Locked things:** each line of `--password-file FILE` is tried on archives and documents that are locked. Passwords are never told. What stays
  locked is a notice with the reason `encrypted`.
* **Threads:** large archives and mailboxes are opened by all threads (`--jobs`).

| format | what is opened | how it is read | searched as it stands |
|---|---|---|---|
";

const CLOSING: &str = "
*As it passes*: from front to back, whatever its size. *At any place*: whatever its size, if it is a file; inside of something else, up to
`--max-blob`; a larger zip there as it passes, by its members alone: sheets have no cells then. *Whole*: up to `--max-blob`.

Not opened, only searched as they stand, without a notice, since their text stands in them as it is: OneNote sections, the storage of browsers and mail
programs that is no SQLite, memory dumps, Windows shortcuts, executables, pictures.
";

/// The page.
pub fn formats_page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for format in &FORMATS {
        let read = match format.open {
            Open::Stream(_) => "as it passes",
            Open::Random(_) => "at any place",
            Open::Either(..) => "at any place, or as it passes",
            Open::Whole(_) | Open::Objects => "whole",
        };
        let raw = match format.raw {
            Raw::First => "first",
            Raw::Last => "last",
            Raw::Covered => "all is handed over",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| {} | {} | {read} | {raw} |", format.name, format.scope.replace('|', "\\|"));
    }
    page + CLOSING
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_page_says_what_the_registry_says() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md");
        let page = formats_page();
        if std::env::var_os("KSEFLEAKS_BLESS").is_some() {
            fs::write(&path, &page).unwrap();
        }
        let mut written = vec![0; page.len() + 1];
        let count = fs::File::open(&path).and_then(|mut file| file.read(&mut written)).unwrap_or(0);
        assert!(
            written[..count] == *page.as_bytes(),
            "docs/formats.md is not what the registry says: run the tests with KSEFLEAKS_BLESS=1"
        );
    }

    #[test]
    fn every_format_has_a_name_of_its_own() {
        let mut names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FORMATS.len());
    }

    #[test]
    fn every_format_is_fuzzed() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
        let text = |path: &Path| {
            let mut text = vec![0; 1 << 16];
            let count = fs::File::open(path).and_then(|mut file| file.read(&mut text)).expect("it can be read");
            String::from_utf8_lossy(&text[..count]).into_owned()
        };
        let manifest = text(&fuzz.join("Cargo.toml"));
        let mut called = String::new();
        for entry in fs::read_dir(fuzz.join("fuzz_targets")).expect("it is there") {
            let path = entry.expect("it can be listed").path();
            let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
            assert!(manifest.contains(&format!("\"fuzz_targets/{name}\"")), "fuzz/Cargo.toml does not name {name}");
            called += &text(&path);
        }
        // Packs are read by the walker of repositories, which has targets of its own.
        for format in FORMATS.iter().filter(|format| !matches!(format.open, Open::Objects)) {
            let name = format.name;
            assert!(called.contains(&format!("endure(\"{name}\"")), "no target in fuzz/fuzz_targets opens {name}");
        }
    }
}
