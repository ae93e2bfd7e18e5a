//! Containers opened and searched, beside the programs that only unpack them, in turn, warm page cache: one large
//! text in each kind of compression and archive, a workbook, a mailbox of plain text mails against `cat`. What is not
//! installed is said to be absent.
//!
//! The text is `KSEFLEAKS_BENCH_TEXT`, or one that is generated. `KSEFLEAKS_BENCH_JOBS` is what `--jobs` gets; else
//! it is 1, since those programs have one thread. All files lie in the folder for temporary ones meanwhile.

#![expect(
    clippy::print_stdout,
    clippy::panic,
    clippy::expect_used,
    reason = "a bench prints, and cannot go on without what it measures"
)]

mod pairs;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pairs::{Named, compare, words};

const ROUNDS: usize = 5;
const TEXT: usize = 128 << 20;
const MAILBOX: usize = 512 << 20;
const ROWS: usize = 100_000;
const OURS: &str = env!("CARGO_BIN_EXE_ksefleaks");

/// A way to pack the text: how it is called, how it is packed and unpacked, what to reach.
struct Way {
    name: &'static str,
    /// A line of a shell that packs `$1`, which holds `text`, as `$2`.
    pack: &'static str,
    /// The words that unpack it, before its path.
    unpack: &'static [&'static str],
    goals: &'static str,
}

const WAYS: [Way; 8] = [
    Way { name: "gz", pack: "gzip -c \"$1/text\" >\"$2\"", unpack: &["gzip", "-dc"], goals: "to reach: 1.5" },
    Way { name: "zip", pack: "cd \"$1\" && zip -q \"$2\" text", unpack: &["unzip", "-p"], goals: "to reach: 1.5" },
    Way { name: "xz", pack: "xz -c \"$1/text\" >\"$2\"", unpack: &["xz", "-dc"], goals: "to reach: 2" },
    Way { name: "zst", pack: "zstd -qc \"$1/text\" >\"$2\"", unpack: &["zstd", "-dc"], goals: "to reach: 3" },
    Way { name: "bz2", pack: "bzip2 -c \"$1/text\" >\"$2\"", unpack: &["bzip2", "-dc"], goals: "no goal" },
    Way { name: "tar.gz", pack: "tar -C \"$1\" -czf \"$2\" text", unpack: &["tar", "-xzOf"], goals: "to reach: 1.5" },
    Way {
        name: "7z",
        pack: "7zz a -bd -bso0 \"$2\" \"$1/text\"",
        unpack: &["7zz", "e", "-so", "-mmt=1"],
        goals: "no goal",
    },
    Way {
        name: "7z by p7zip",
        pack: "7z a -bd -bso0 \"$2\" \"$1/text\"",
        unpack: &["7z", "e", "-so", "-mmt=1"],
        goals: "no goal",
    },
];

fn main() {
    let place = tempfile::tempdir().unwrap_or_else(|error| panic!("no place: {error}"));
    let top = place.path();
    let text = top.join("text");
    match std::env::var_os("KSEFLEAKS_BENCH_TEXT") {
        Some(given) => drop(std::fs::copy(given, &text).unwrap_or_else(|error| panic!("no text: {error}"))),
        None => write(&text, |out| prose(out, TEXT)),
    }
    let size = std::fs::metadata(&text).map_or(0, |about| about.len());
    println!("one text of {:.1} MB", size as f64 / 1e6);
    for way in &WAYS {
        packed(way, top);
    }
    workbook(top);
    mailbox(top);
}

fn packed(way: &Way, top: &Path) {
    let file = top.join(format!("packed.{}", way.name.split(' ').next().unwrap_or_default()));
    let done = Command::new("sh")
        .args(["-c", way.pack, "sh"])
        .args([top, &file])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|ended| ended.success());
    if done {
        against(way.name, &file, way.unpack, way.goals);
    } else {
        println!("  {}: cannot be made here; not compared", way.name);
    }
    drop(std::fs::remove_file(&file));
}

fn workbook(top: &Path) {
    let file = top.join("book.xlsx");
    write(&file, book);
    println!("a workbook of {ROWS} rows");
    against("xlsx", &file, &["unzip", "-p"], "to reach: 1.5 of what only inflates it");
}

fn mailbox(top: &Path) {
    let file = top.join("mail.mbox");
    write(&file, mails);
    println!("a mailbox of {} MiB", MAILBOX >> 20);
    against("mbox", &file, &["cat"], "to reach: 5");
}

/// Compares a search of a file with a program that writes out what is in it.
fn against(name: &str, file: &Path, unpack: &[&str], goals: &str) {
    let path = file.to_string_lossy();
    let jobs = std::env::var("KSEFLEAKS_BENCH_JOBS").unwrap_or_else(|_| "1".to_owned());
    let ours = words(&[OURS, "scan", "-q", "--no-progress", "--jobs", &jobs, &path]);
    let theirs = words(&[unpack, &[&*path]].concat());
    let shown = unpack.join(" ");
    compare(ROUNDS, &Named { name, words: &ours }, &Named { name: &shown, words: &theirs }, goals);
}

fn write(path: &PathBuf, content: impl FnOnce(&mut BufWriter<File>)) {
    let mut out = BufWriter::new(File::create(path).unwrap_or_else(|error| panic!("no file: {error}")));
    content(&mut out);
    out.flush().unwrap_or_else(|error| panic!("no file: {error}"));
}

/// Numbers that differ, the same each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Words of which some are more frequent than others, as in all languages.
struct Words(Vec<String>);

impl Words {
    fn new(numbers: &mut Numbers) -> Self {
        const SYLLABLES: [&str; 24] = [
            "fa", "ktu", "ra", "wo", "je", "za", "pła", "ta", "mie", "siąc", "na", "po", "dek", "nie", "spół", "ka",
            "do", "ku", "ment", "ro", "zli", "cze", "ni", "a",
        ];
        let word = |numbers: &mut Numbers| {
            (0..=numbers.below(4)).map(|_| SYLLABLES[numbers.below(SYLLABLES.len())]).collect::<String>()
        };
        Self((0..20_000).map(|_| word(numbers)).collect())
    }

    fn any(&self, numbers: &mut Numbers) -> &str {
        let end = 1 + numbers.below(self.0.len());
        &self.0[numbers.below(end)]
    }

    fn line(&self, numbers: &mut Numbers) -> String {
        let mut line = String::new();
        for _ in 0..4 + numbers.below(10) {
            line.push_str(self.any(numbers));
            match numbers.below(12) {
                0 => line.extend([" ".to_owned(), numbers.next().to_string()]),
                1 => line.push_str(", "),
                _ => line.push(' '),
            }
        }
        line.push('\n');
        line
    }
}

fn prose(out: &mut BufWriter<File>, size: usize) {
    let mut numbers = Numbers(1);
    let known = Words::new(&mut numbers);
    let mut count = 0;
    while count < size {
        let line = known.line(&mut numbers);
        out.write_all(line.as_bytes()).expect("there is room");
        count += line.len();
    }
}

fn mails(out: &mut BufWriter<File>) {
    let mut numbers = Numbers(2);
    let known = Words::new(&mut numbers);
    let (mut count, mut number) = (0, 0);
    while count < MAILBOX {
        number += 1;
        let (from, id) = (numbers.below(900), numbers.next());
        let mut mail = format!(
            "From a{from}@example.pl Tue Oct 14 15:23:47 2025\nReturn-Path: <a{from}@example.pl>\n\
             Received: from mx.example.pl (mx.example.pl [192.0.2.1])\n\tby mail.example.pl with ESMTPS id {id:X};\n\
             \tTue, 14 Oct 2025 15:23:47 +0200\nMessage-ID: <{id}.{number}@example.pl>\n\
             Date: Tue, 14 Oct 2025 15:23:47 +0200\nFrom: a{from}@example.pl\nTo: office@example.pl\n\
             Subject: {}MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\
             Content-Transfer-Encoding: 8bit\n\n",
            known.any(&mut numbers).to_owned() + "\n",
        );
        for _ in 0..4 + numbers.below(80) {
            mail.push_str(&known.line(&mut numbers));
        }
        mail.push('\n');
        out.write_all(mail.as_bytes()).expect("there is room");
        count += mail.len();
    }
}

/// A workbook of ten columns: numbers, shared texts, texts in place.
fn book(out: &mut BufWriter<File>) {
    let mut numbers = Numbers(3);
    let known = Words::new(&mut numbers);
    let mut book = zip::ZipWriter::new(out);
    let mut part = |name: &str, content: &mut dyn FnMut(&mut dyn Write)| {
        book.start_file(name, zip::write::SimpleFileOptions::default()).expect("a member begins");
        content(&mut book);
    };
    let plain = |text: &'static str| move |out: &mut dyn Write| out.write_all(text.as_bytes()).expect("there is room");
    part("[Content_Types].xml", &mut plain(TYPES));
    part("xl/workbook.xml", &mut plain(BOOK));
    part("xl/_rels/workbook.xml.rels", &mut plain(RELATIONS));
    part("xl/sharedStrings.xml", &mut |out| {
        out.write_all(MAIN.replace("NAME", "sst").as_bytes()).expect("there is room");
        for word in &known.0 {
            write!(out, "<si><t>{word}</t></si>").expect("there is room");
        }
        out.write_all(b"</sst>").expect("there is room");
    });
    part("xl/worksheets/sheet1.xml", &mut |out| {
        out.write_all((MAIN.replace("NAME", "worksheet") + "<sheetData>").as_bytes()).expect("there is room");
        for row in 1..=ROWS {
            write!(out, "<row r=\"{row}\">").expect("there is room");
            for column in 'A'..='J' {
                let number = numbers.next();
                match column {
                    'A'..='D' => write!(out, "<c r=\"{column}{row}\"><v>{number}</v></c>"),
                    'E'..='H' => {
                        write!(out, "<c r=\"{column}{row}\" t=\"s\"><v>{}</v></c>", number as usize % known.0.len())
                    }
                    _ => {
                        let line = known.line(&mut numbers);
                        write!(out, "<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{line}</t></is></c>")
                    }
                }
                .expect("there is room");
            }
            out.write_all(b"</row>").expect("there is room");
        }
        out.write_all(b"</sheetData></worksheet>").expect("there is room");
    });
    book.finish().expect("the archive ends");
}

const MAIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
    <NAME xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">";

const TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
    <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Override PartName=\"/xl/workbook.xml\" \
    ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>";

const BOOK: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
    <workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
    <sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";

const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
    <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
    Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" \
    Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings\" \
    Target=\"sharedStrings.xml\"/></Relationships>";
