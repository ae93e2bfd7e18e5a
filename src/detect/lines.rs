//! Lines and columns.
//!
//! Holds: counting them through the windows of a blob, and the comment that allows a line. Must
//! not know: what stands in a line.

use super::hit::Place;
use crate::base::Clothes;

/// The comments that allow what stands on their line.
const ALLOWING: [&[u8]; 2] = [b"ksefleaks:allow", b"gitleaks:allow"];

/// How far a line is looked at on either side of a hit.
const LONGEST_LINE: usize = 8 << 10;

/// Where the lines of the current window begin.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lines {
    /// Line ends before the window.
    ends: u64,
    /// Characters between the last of them and the window.
    characters: u64,
    /// Bytes between the last of them and the window.
    bytes: u64,
}

impl Lines {
    /// Goes behind bytes that are done with.
    pub(super) fn advance(&mut self, bytes: &[u8]) {
        self.ends += memchr::memchr_iter(b'\n', bytes).count() as u64;
        match memchr::memrchr(b'\n', bytes) {
            Some(end) => {
                self.characters = characters(&bytes[end + 1..]);
                self.bytes = (bytes.len() - end - 1) as u64;
            }
            None => {
                self.characters += characters(bytes);
                self.bytes += bytes.len() as u64;
            }
        }
    }

    /// Counts through a window that begins at `base`; places must be asked for in order.
    pub(super) fn cursor(self, window: &[u8], base: u64) -> Cursor<'_> {
        Cursor { lines: self, window, base, at: 0 }
    }
}

/// A position that goes forward through a window.
pub(super) struct Cursor<'a> {
    lines: Lines,
    window: &'a [u8],
    base: u64,
    at: usize,
}

impl Cursor<'_> {
    /// The place of the byte at `start`.
    pub(super) fn place(&mut self, start: usize, clothes: Vec<Clothes>) -> Place {
        let start = start.clamp(self.at, self.window.len());
        self.lines.advance(&self.window[self.at..start]);
        self.at = start;
        // What was base64 of UTF-16 stands in the file in characters of one byte.
        let wide = matches!(clothes.first(), Some(Clothes::Utf16le | Clothes::Utf16be));
        let before = if wide { self.lines.bytes / 2 } else { self.lines.characters };
        let mark = u64::from(self.lines.ends == 0 && self.has_byte_order_mark(wide));
        Place {
            line: self.lines.ends + 1,
            column: before.saturating_sub(mark) + 1,
            offset: self.base + start as u64,
            clothes,
        }
    }

    fn has_byte_order_mark(&self, wide: bool) -> bool {
        let utf8 = !wide && self.window.starts_with(b"\xEF\xBB\xBF");
        self.base == 0 && (utf8 || (wide && crate::codec::utf16_announced(self.window).is_some()))
    }
}

/// Characters of UTF-8; in other alphabets each byte is one.
fn characters(bytes: &[u8]) -> u64 {
    let chunks = bytes.utf8_chunks();
    chunks.map(|chunk| (chunk.valid().chars().count() + chunk.invalid().len()) as u64).sum()
}

/// Whether an allow comment stands on one of the lines that a hit touches.
pub(super) fn is_allowed(window: &[u8], start: usize, end: usize) -> bool {
    let before = &window[start.saturating_sub(LONGEST_LINE)..start];
    let first = memchr::memrchr(b'\n', before).map_or(start - before.len(), |at| start - before.len() + at + 1);
    let behind = &window[end..window.len().min(end + LONGEST_LINE)];
    let last = memchr::memchr(b'\n', behind).map_or(end + behind.len(), |at| end + at);
    let lines = &window[first..last];
    let contains = |text: &[u8]| ALLOWING.iter().any(|comment| memchr::memmem::find(text, comment).is_some());
    if memchr::memchr(0, lines).is_none() {
        return contains(lines);
    }
    // UTF-16.
    contains(&lines.iter().copied().filter(|byte| *byte != 0).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &[u8], start: usize) -> (u64, u64) {
        let place = Lines::default().cursor(text, 0).place(start, Vec::new());
        (place.line, place.column)
    }

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let text = "a\nżółw token\r\nb".as_bytes();
        assert_eq!(at(text, 0), (1, 1));
        assert_eq!(at(text, text.len() - 1), (3, 1));
        let token = text.windows(5).position(|window| window == b"token").expect("it is there");
        assert_eq!(at(text, token), (2, 6));
        assert_eq!(at(b"\xB3\xF3d x", 4), (1, 5), "CP1250");
        assert_eq!(at(b"\xEF\xBB\xBFx", 3), (1, 1), "a byte order mark is no column");
    }

    #[test]
    fn units_of_two_bytes_count_only_where_the_file_has_them() {
        let column = |clothes: &[Clothes]| Lines::default().cursor(b"0123456789", 0).place(8, clothes.to_vec()).column;
        assert_eq!(column(&[Clothes::Utf16le]), 5);
        assert_eq!(column(&[Clothes::Base64, Clothes::Utf16le]), 9);
    }

    #[test]
    fn windows_make_no_difference() {
        let text = "ą\nbc\n\ndęf\nghi".as_bytes();
        for cut in 0..text.len() {
            let mut lines = Lines::default();
            lines.advance(&text[..cut]);
            for start in cut..text.len() {
                if text[start] & 0xC0 != 0x80 && text.get(cut).is_none_or(|byte| byte & 0xC0 != 0x80) {
                    let place = lines.cursor(&text[cut..], cut as u64).place(start - cut, Vec::new());
                    assert_eq!((place.line, place.column), at(text, start), "cut at {cut}, place {start}");
                }
            }
        }
    }

    #[test]
    fn comments_allow_their_own_line_only() {
        let text = b"one # ksefleaks:allow\ntwo\nthree // gitleaks:allow";
        assert!(is_allowed(text, 0, 3));
        assert!(!is_allowed(text, 22, 25));
        assert!(is_allowed(text, 26, 31));
        assert!(is_allowed(b"o\0n\0e\0 \0k\0s\0e\0f\0l\0e\0a\0k\0s\0:\0a\0l\0l\0o\0w\0", 0, 6));
    }
}
