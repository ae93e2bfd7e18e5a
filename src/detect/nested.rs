//! Compressed streams that stand in a text as base64.
//!
//! Holds: cutting the whole body out, however long it is. Must not know: how a stream is opened.

use zeroize::Zeroizing;

use crate::codec::{base64_bytes, is_base64};

/// How a gzip stream begins.
const GZIP: &[u8] = &[0x1F, 0x8B, 0x08];

/// What stands behind an anchor.
pub(super) enum Body {
    /// A stream that begins as gzip does, whether it was encoded twice, and how long the text was.
    Whole { bytes: Zeroizing<Vec<u8>>, twice: bool, length: usize },
    /// The window ends before the body does.
    Open,
    /// Something else.
    None,
}

/// Reads the body that begins with the text, over line ends, indentation and escaped line ends.
pub(super) fn gzip_body(text: &[u8], last: bool) -> Body {
    if !begins_as_gzip(&text[..text.len().min(64)]) {
        return Body::None;
    }
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len().min(64 << 10)));
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let run = rest.iter().position(|byte| !is_base64(*byte)).unwrap_or(rest.len());
        digits.extend_from_slice(&rest[..run]);
        at += run;
        let between = between_lines(&text[at..]);
        at += between;
        match text.get(at) {
            None if !last => return Body::Open,
            Some(byte) if between > 0 && is_base64(*byte) => {}
            _ => break,
        }
    }
    let mut bytes = Zeroizing::new(base64_bytes(&digits));
    let twice = bytes.starts_with(b"H4sI");
    if twice {
        let inner: Zeroizing<Vec<u8>> = Zeroizing::new(bytes.iter().copied().filter(|byte| is_base64(*byte)).collect());
        bytes = Zeroizing::new(base64_bytes(&inner));
    }
    if bytes.starts_with(GZIP) { Body::Whole { bytes, twice, length: at } } else { Body::None }
}

fn begins_as_gzip(text: &[u8]) -> bool {
    let once = base64_bytes(text);
    once.starts_with(GZIP) || base64_bytes(&once).starts_with(GZIP)
}

/// Bytes that part the lines of one body.
fn between_lines(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        at += match byte {
            b'\n' | b'\r' | b' ' | b'\t' | b'>' => 1,
            b'\\' if matches!(text.get(at + 1), Some(b'n' | b'r')) => 2,
            _ => break,
        };
    }
    at
}
