//! Opens containers into the blobs inside of them, in memory, within a budget.
//!
//! Holds: the registry of formats, in the order in which they are tried; one file a format. Must
//! not know: what is searched for. A new format is a file here and its line in `FORMATS`.

mod gzip;

use crate::base::{Budget, Notice, Origin};

/// Something inside of a container.
pub struct Child {
    /// Where it stands: the container's origin and its name there.
    pub origin: Origin,
    /// Its bytes, or as many of them as could be had.
    pub bytes: zeroize::Zeroizing<Vec<u8>>,
}

/// What came out of a container.
#[derive(Default)]
pub struct Opened {
    /// What was inside.
    pub children: Vec<Child>,
    /// What could not be had.
    pub notices: Vec<Notice>,
}

/// A format: how it is recognised and how it is opened.
struct Format {
    /// Whether bytes are of this format, by their beginning.
    recognises: fn(&[u8]) -> bool,
    /// Opens them; spends the budget, and tells what it had to leave.
    open: fn(&[u8], &Origin, &mut Budget) -> Opened,
}

const FORMATS: [Format; 1] = [gzip::FORMAT];

/// How many bytes of the beginning tell a format.
pub const BEGINNING: usize = 16;

/// Whether the beginning is that of a container that is opened.
pub fn is_container(beginning: &[u8]) -> bool {
    FORMATS.iter().any(|format| (format.recognises)(beginning))
}

/// Opens a container; nothing where the bytes are none.
pub fn open(bytes: &[u8], origin: &Origin, budget: &mut Budget) -> Option<Opened> {
    let format = FORMATS.iter().find(|format| (format.recognises)(bytes))?;
    Some((format.open)(bytes, origin, budget))
}
