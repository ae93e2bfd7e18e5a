//! Files written into text between `begin 644 name` and `end`.
//!
//! Holds: where they stand in a text, and their bytes. By hand: what a mailer broke off or stripped of its spaces is
//! read as far as it goes. Must not know: messages.

use std::io::{self, Read};

use memchr::memmem;

use super::headers::line;
use super::transfer::Base64;

/// A file in a text.
pub(super) struct Block<'a> {
    /// Its name.
    pub(super) name: String,
    /// Its lines.
    pub(super) body: &'a [u8],
    base64: bool,
}

impl<'a> Block<'a> {
    /// A reader of its bytes.
    pub(super) fn reader(&self) -> Box<dyn Read + 'a> {
        if self.base64 { Box::new(Base64::new(self.body)) } else { Box::new(Uuencoded::new(self.body)) }
    }
}

/// The files in a text.
pub(super) fn blocks(text: &[u8]) -> impl Iterator<Item = Block<'_>> {
    let mut at = if text.starts_with(b"begin") { Some(0) } else { None };
    let mut from = 0;
    let finder = memmem::Finder::new(b"\nbegin");
    std::iter::from_fn(move || {
        loop {
            let begin = match at.take() {
                Some(begin) => begin,
                None => from + finder.find(text.get(from..)?)? + 1,
            };
            let first = line(&text[begin..]);
            from = begin + first.len();
            let Some((base64, name)) = opening(first) else {
                // The end of this line may be the beginning of the next.
                from -= 1;
                continue;
            };
            let start = from;
            while from < text.len() {
                let line = line(&text[from..]);
                if is_end(line, base64) {
                    break;
                }
                from += line.len();
            }
            let body = &text[start..from];
            from -= 1;
            return Some(Block { name, body, base64 });
        }
    })
}

/// Whether a line begins a file: its mode is octal, its name is not empty.
fn opening(line: &[u8]) -> Option<(bool, String)> {
    let rest = line.strip_prefix(b"begin")?;
    let (base64, rest) = match rest.strip_prefix(b"-base64") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let rest = rest.strip_prefix(b" ")?;
    let digits = rest.iter().take(5).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let name = rest.get(digits..)?.strip_prefix(b" ")?.trim_ascii();
    ((3..=4).contains(&digits) && !name.is_empty()).then(|| (base64, String::from_utf8_lossy(name).into_owned()))
}

/// Whether a line ends a file, or is no line of one.
fn is_end(line: &[u8], base64: bool) -> bool {
    let line = line.trim_ascii_end();
    if base64 {
        return line.starts_with(b"====") || line.is_empty();
    }
    line == b"end" || line.starts_with(b"begin ") || line.iter().any(|byte| !(b' '..=b'`').contains(byte))
}

/// Reads lines, each of which begins with the number of its bytes.
pub(super) struct Uuencoded<'a> {
    rest: &'a [u8],
    ready: [u8; 64],
    from: usize,
    to: usize,
}

impl<'a> Uuencoded<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest, ready: [0; 64], from: 0, to: 0 }
    }

    fn decode(&mut self, line: &[u8]) {
        (self.from, self.to) = (0, 0);
        let [length, digits @ ..] = line.trim_ascii_end() else { return };
        let length = usize::from(length.wrapping_sub(32) & 63);
        // Spaces at the end of a line, which are zeros, are often lost.
        let value = |index: usize| digits.get(index).map_or(0, |digit| digit.wrapping_sub(32) & 63);
        for (index, byte) in self.ready.iter_mut().enumerate().take(length) {
            let (group, shift) = (index / 3 * 4 + index % 3, index % 3 * 2);
            *byte = value(group) << (shift + 2) | value(group + 1) >> (4 - shift);
        }
        self.to = length;
    }
}

impl Read for Uuencoded<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.from == self.to && !self.rest.is_empty() {
            let line = line(self.rest);
            self.rest = &self.rest[line.len()..];
            self.decode(line);
        }
        let count = out.len().min(self.to - self.from);
        out[..count].copy_from_slice(&self.ready[self.from..self.from + count]);
        self.from += count;
        Ok(count)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Writes a file into text.
    pub(in crate::unpack::mail) fn encode(name: &str, bytes: &[u8]) -> String {
        let digit = |value: u8| char::from(if value == 0 { b'`' } else { value + 32 });
        let mut text = format!("begin 644 {name}\n");
        for line in bytes.chunks(45) {
            text.push(digit(line.len() as u8));
            for group in line.chunks(3) {
                let [a, b, c] = [0, 1, 2].map(|index| group.get(index).copied().unwrap_or(0));
                let values = [a >> 2, (a << 4 | b >> 4) & 63, (b << 2 | c >> 6) & 63, c & 63];
                text.extend(values.map(digit));
            }
            text.push('\n');
        }
        text + "`\nend\n"
    }

    fn decode(text: &str) -> Vec<(String, Vec<u8>)> {
        let bytes = |block: &Block<'_>| {
            let (mut reader, mut all, mut piece) = (block.reader(), Vec::new(), [0; 7]);
            loop {
                match reader.read(&mut piece).expect("memory can be read") {
                    0 => break all,
                    count => all.extend_from_slice(&piece[..count]),
                }
            }
        };
        blocks(text.as_bytes()).map(|block| (block.name.clone(), bytes(&block))).collect()
    }

    #[test]
    fn files_in_a_text_are_read() {
        let bytes: Vec<u8> = (0..=255).collect();
        let one = encode("one file.bin", &bytes);
        let text = format!("Hello\nbegin\nbegin now\nbegin 644 \n{one}between\n{}bye", encode("two", b"needle-2"));
        let two = ("two".to_owned(), b"needle-2".to_vec());
        assert_eq!(decode(&text), [("one file.bin".to_owned(), bytes.clone()), two.clone()]);
        // What a mailer lost: the zeros at the ends of lines, carriage returns added, and the end.
        let worn = text.replace('`', " ").replace(" \n", "\n").replace('\n', "\r\n");
        assert_eq!(decode(&worn)[0].1[..200], bytes[..200]);
        assert_eq!(decode(&one[..one.len() / 2])[0].1[..90], bytes[..90]);
        assert_eq!(decode(&format!("{}\n{}", &one[..80], encode("two", b"needle-2"))).pop(), Some(two));
        let base64 = decode("begin-base64 644 x\nbmVlZGxlLTE=\n====\nrest");
        assert_eq!(base64, [("x".to_owned(), b"needle-1".to_vec())]);
    }
}
