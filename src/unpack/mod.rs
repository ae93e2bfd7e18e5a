//! Opens containers into what is inside of them, in memory, within a budget.
//!
//! Holds: the registry of formats, in the order in which they are tried; one file a format. Must
//! not know: what is searched for. A new format is a file here and its line in `FORMATS`.

mod ar;
mod bzip2;
mod cab;
mod charsets;
mod compress;
mod cpio;
mod document;
mod face;
mod frames;
mod gzip;
mod inflate;
mod iso;
mod kdbx;
mod lz4;
mod lzip;
mod lzma;
mod mail;
mod markup;
mod notebook;
mod office;
mod ole;
mod outlook;
mod pack;
mod package;
mod parquet;
mod passing;
mod pdf;
mod rar;
mod ready;
#[cfg(any(test, feature = "fuzzing"))]
mod recorded;
mod rpm;
mod rtf;
mod seven;
mod sqlite;
mod tar;
mod titles;
mod xz;
mod zip;
mod zlib;
mod zstd;

use std::io::BufRead;

pub use document::formats_page;
pub use face::{Content, Flow, MailOf, Member, Sink, Work};
#[cfg(feature = "fuzzing")]
pub use recorded::endure;

use crate::base::{ReadAt, Trouble};

/// A format: how it is recognised and how it is opened.
pub struct Format {
    /// What people call it; for `docs/formats.md`.
    pub name: &'static str,
    /// What is opened of it, and what is not, in one line for `docs/formats.md`.
    pub scope: &'static str,
    /// Whether bytes are of this format.
    recognises: fn(&Probe<'_>) -> bool,
    /// What of its bytes is searched as it stands.
    pub raw: Raw,
    /// How it is opened.
    pub open: Open,
}

/// What is known of bytes before they are opened. Content comes first: the name is asked only where a format has no
/// mark of its own, and is not known of the objects of repositories.
#[derive(Clone, Copy)]
pub struct Probe<'a> {
    /// How it begins: `BEGINNING` bytes, or all there are.
    pub head: &'a [u8],
    /// How it ends: `ENDING` bytes, or all there are; empty where the end is not known yet.
    pub tail: &'a [u8],
    /// Its name in lower case, without folders and without the endings of compressions that were opened; empty where
    /// nothing is known.
    pub name: &'a str,
}

impl Probe<'_> {
    /// Whether the name has this ending, which begins with a dot.
    pub fn ends(&self, ending: &str) -> bool {
        self.name.ends_with(ending)
    }
}

/// What of the bytes of a container is searched as it stands, besides what comes out of them. Whatever fails to be
/// opened is searched as it stands in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raw {
    /// All, first; of what comes out then only what was not met yet counts. For text, of which lines and columns mean
    /// most to its readers: HTML.
    First,
    /// All, last, and only what was not met inside counts. For what is read at any place: zip, PDF.
    Last,
    /// Nothing: all of it is handed over, or is compressed. For streams: gzip, tar.
    Covered,
}

/// How a format is read. The error ends its sentence: «is damaged».
#[derive(Clone, Copy)]
pub enum Open {
    /// From front to back, whatever its size.
    Stream(fn(&mut dyn BufRead, &mut dyn Sink) -> Result<(), Trouble>),
    /// At any place, whatever its size; in memory where it is itself inside of something.
    Random(fn(&dyn ReadAt, &mut dyn Sink) -> Result<(), Trouble>),
    /// The same; but as it passes where it is inside of something and too large to be held.
    Either(
        fn(&dyn ReadAt, &mut dyn Sink) -> Result<(), Trouble>,
        fn(&mut dyn BufRead, &mut dyn Sink) -> Result<(), Trouble>,
    ),
    /// In memory, up to `--max-blob`.
    Whole(fn(&[u8], &mut dyn Sink) -> Result<(), Trouble>),
    /// In memory, by the walker of repositories.
    Objects,
}

/// The formats in the order in which they are tried.
pub const FORMATS: [Format; 34] = [
    xz::FORMAT,
    bzip2::FORMAT,
    zstd::FORMAT,
    lz4::FORMAT,
    lzip::FORMAT,
    seven::FORMAT,
    rar::FORMAT,
    kdbx::FORMAT,
    zip::FORMAT,
    ar::FORMAT,
    rpm::FORMAT,
    cab::FORMAT,
    cpio::FORMAT,
    pack::FORMAT,
    gzip::FORMAT,
    compress::FORMAT,
    sqlite::DATABASE,
    sqlite::LOG,
    sqlite::JOURNAL,
    parquet::FORMAT,
    outlook::FORMAT,
    ole::FORMAT,
    rtf::FORMAT,
    iso::FORMAT,
    tar::FORMAT,
    lzma::FORMAT,
    zlib::FORMAT,
    mail::EMLX,
    mail::MBOX,
    mail::MESSAGE,
    pdf::FORMAT,
    notebook::FORMAT,
    office::FLAT,
    markup::FORMAT,
];

/// How many bytes of the beginning tell a format, in most cases: what a source says of a part that was changed rests
/// on them. Disk images are known by bytes further on.
pub const BEGINNING: usize = 36 << 10;

/// How many bytes of the end tell a format.
pub const ENDING: usize = 22;

/// The format of bytes, if they are of one that is opened.
pub fn recognise(probe: &Probe<'_>) -> Option<&'static Format> {
    static ALL: [Format; FORMATS.len()] = FORMATS;
    ALL.iter().find(|format| (format.recognises)(probe))
}

/// The same for bytes that are all there, of which no name is known.
pub fn recognise_whole(bytes: &[u8]) -> Option<&'static Format> {
    recognise(&Probe {
        head: &bytes[..bytes.len().min(BEGINNING)],
        tail: &bytes[bytes.len().saturating_sub(ENDING)..],
        name: "",
    })
}

/// Whether a part of something that is changed makes it a container, where it was none before: by its beginning or by
/// its end, where those belong to the part.
pub fn recognises_part(part: &[u8], cut_before: bool, cut_behind: bool) -> bool {
    let head = if cut_before { &[] } else { &part[..part.len().min(BEGINNING)] };
    let tail = if cut_behind { &[] } else { &part[part.len().saturating_sub(ENDING)..] };
    recognise(&Probe { head, tail, name: "" }).is_some()
}
