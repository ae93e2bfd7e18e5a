//! Values in quotes of all sorts.
//!
//! Holds: where a quoted value begins and ends. Must not know: what it is the value of.

use std::ops::Range;

use memchr::memmem;

use super::plain::Dress;

/// The longest value that is read, in bytes.
const LONGEST: usize = 300;

/// How many backslashes may stand before a quote inside of other quotes.
const MOST_SLASHES: usize = 4;

/// Quotes as people and word processors write them, in UTF-8 and in CP1250; each may be closed by
/// any that follows it.
const WRITTEN: [(&[u8], &[&[u8]]); 10] = [
    ("„".as_bytes(), &["”".as_bytes(), "“".as_bytes(), b"\""]),
    ("“".as_bytes(), &["”".as_bytes(), "“".as_bytes()]),
    ("”".as_bytes(), &["”".as_bytes()]),
    ("»".as_bytes(), &["«".as_bytes()]),
    ("«".as_bytes(), &["»".as_bytes()]),
    ("‘".as_bytes(), &["’".as_bytes()]),
    ("‚".as_bytes(), &["’".as_bytes(), "‘".as_bytes()]),
    (b"&quot;", &[b"&quot;"]),
    (b"\x84", &[b"\x94", b"\x93"]),
    (b"\x93", &[b"\x94"]),
];

/// A value in quotes.
pub(super) struct Quoted {
    /// The value without its quotes.
    pub(super) range: Range<usize>,
    /// Behind the quote that closes it.
    pub(super) end: usize,
    /// What takes it off.
    pub(super) dress: Dress,
    /// Whether the program puts something in where braces stand.
    pub(super) interpolated: bool,
}

/// The literal that a script makes a secure string of: `(ConvertTo-SecureString "…" -AsPlainText)`.
pub(super) fn read_secure(text: &[u8], at: usize) -> Option<Quoted> {
    let at = at + usize::from(text.get(at) == Some(&b'('));
    if !super::starts_with(text, at, b"convertto-securestring") {
        return None;
    }
    let line = line_from(text, at);
    let open = line.iter().take(64).position(|byte| matches!(byte, b'"' | b'\''))?;
    read(text, at + open)
}

/// How many bytes the quote has that stands at a place, with its backslashes: `\"`.
pub(super) fn quote_at(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let slashes = rest.iter().take(MOST_SLASHES).take_while(|byte| **byte == b'\\').count();
    matches!(rest.get(slashes), Some(b'"' | b'\'' | b'`')).then_some(slashes + 1)
}

/// The value in quotes that begins at a place.
pub(super) fn read(text: &[u8], at: usize) -> Option<Quoted> {
    let rest = text.get(at..)?;
    for (open, closes) in WRITTEN {
        if rest.starts_with(open) {
            return written(text, at + open.len(), closes);
        }
    }
    // `b"…"`, `r"…"`, `f"…"`, `@"…"`, `$"…"`, `$@"…"`.
    let prefix = rest.iter().take(2).take_while(|byte| b"bBrRuUfFLN@$".contains(byte)).count();
    let width = quote_at(text, at + prefix)?;
    let interpolated = rest.get(..prefix)?.iter().any(|byte| b"fF$".contains(byte));
    let open = text.get(at + prefix..at + prefix + width)?;
    let start = at + prefix + width;
    let quote = *open.last()?;
    let (range, end) = if width > 1 {
        let line = line_from(text, start);
        let length = memmem::find(line, open)?;
        (start..start + length, start + length + width)
    } else if text.get(start..start + 2) == Some(&[quote; 2]) {
        let line = text.get(start + 2..text.len().min(start + LONGEST))?;
        let length = memmem::find(line, &[quote; 3])?;
        (start + 2..start + 2 + length, start + length + 5)
    } else {
        let line = line_from(text, start);
        let verbatim = rest.get(..prefix)?.contains(&b'@');
        let length = close(line, quote, !verbatim).or_else(|| close(line, quote, false))?;
        (start..start + length, start + length + 1)
    };
    Some(Quoted { range, end, dress: Dress::Quoted(quote), interpolated })
}

fn written(text: &[u8], start: usize, closes: &[&[u8]]) -> Option<Quoted> {
    let line = line_from(text, start);
    let found = closes.iter().filter_map(|close| Some((memmem::find(line, close)?, close.len()))).min()?;
    let end = start + found.0;
    Some(Quoted { range: start..end, end: end + found.1, dress: Dress::Enclosed, interpolated: false })
}

/// What is left of the line, as far as a value may reach.
fn line_from(text: &[u8], start: usize) -> &[u8] {
    let rest = text.get(start..text.len().min(start + LONGEST)).unwrap_or_default();
    let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// Where the quote stands that closes a value.
fn close(line: &[u8], quote: u8, escapes: bool) -> Option<usize> {
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        if *byte == b'\\' && escapes {
            at += 2;
        } else if *byte != quote {
            at += 1;
        } else if at > 0 && line.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return Some(at);
        }
    }
    None
}
