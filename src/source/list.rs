//! Lists of files, as `--files-from` takes them.
//!
//! Holds: the reading of such a list. Must not know: what is done with the files.

use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;

use super::system;
use crate::base::{Budget, Limits};

/// Bytes a list may have: a million long names, held once as bytes and once as names.
const LIST_LIMIT: usize = 64 << 20;

/// Why a list of files could not be read.
#[derive(Debug)]
pub enum ListError {
    /// The source failed.
    Io(io::Error),
    /// It is longer than a list may be.
    TooLong,
    /// It is written in UTF-16.
    Utf16,
    /// The entry of this number, from 1, is no name on this system.
    Name(usize),
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "list of files cannot be read: {}", super::why(error)),
            Self::TooLong => write!(f, "list of files exceeds {} MiB; split it", LIST_LIMIT >> 20),
            Self::Utf16 => write!(f, "list of files is in UTF-16; write it in UTF-8"),
            Self::Name(entry) => write!(f, "entry {entry} of the list of files is no UTF-8; rename the file"),
        }
    }
}

impl std::error::Error for ListError {}

/// Reads a list of files: entries end with NUL if there is any, else with a newline, before which
/// a carriage return may stand. Empty entries are passed over.
pub fn files_from(reader: &mut dyn Read) -> Result<Vec<PathBuf>, ListError> {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    let budget = Budget::new(&Limits::default());
    loop {
        match budget.read(reader, &mut chunk).map_err(ListError::Io)? {
            0 => break,
            count if bytes.len() + count > LIST_LIMIT => return Err(ListError::TooLong),
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(ListError::Utf16);
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let nul = memchr::memchr(0, text).is_some();
    let mut paths = Vec::new();
    for (index, entry) in text.split(|byte| *byte == if nul { 0 } else { b'\n' }).enumerate() {
        let entry = if nul { entry } else { entry.strip_suffix(b"\r").unwrap_or(entry) };
        if !entry.is_empty() {
            paths.push(system::list_entry(entry.to_vec()).ok_or(ListError::Name(index + 1))?);
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &[u8]) -> Vec<PathBuf> {
        files_from(&mut &*list).unwrap()
    }

    #[test]
    fn entries_end_with_newlines_of_both_kinds() {
        assert_eq!(read(b"a b\r\n\n  c\nd"), ["a b", "  c", "d"].map(PathBuf::from));
        assert_eq!(read(b"\xEF\xBB\xBFa\r\n"), [PathBuf::from("a")]);
        assert!(read(b"").is_empty());
    }

    #[test]
    fn one_nul_makes_all_entries_end_with_nul() {
        assert_eq!(read(b"a\nb\0c\r\0\0"), ["a\nb", "c\r"].map(PathBuf::from));
    }

    #[test]
    fn a_list_has_a_limit() {
        let mut endless = io::repeat(b'x').take(LIST_LIMIT as u64 + 1);
        assert!(matches!(files_from(&mut endless), Err(ListError::TooLong)));
    }

    #[test]
    fn a_list_in_utf_16_is_refused_with_a_remedy() {
        let error = files_from(&mut &b"\xFF\xFEa\0\n\0"[..]).unwrap_err();
        assert_eq!(error.to_string(), "list of files is in UTF-16; write it in UTF-8");
    }
}
