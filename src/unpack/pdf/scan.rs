//! Finds the objects of a PDF.
//!
//! Holds: `scan`, which looks for «12 0 obj» and leaves cross-reference tables alone: what they say may be wrong, lead
//! in circles or leave out what older versions of the file held. Must not know: what objects mean.

use std::ops::Range;

use memchr::memmem;

use super::lex::{Lexer, is_space};
use super::value::{Dict, Value, parse};

/// How many objects are looked at; each takes memory.
const MOST: usize = 1 << 20;

/// How far behind a dictionary its stream begins, and how long the number is that tells a length.
const NEAR: usize = 256;

/// How long a trailer is; of what is longer, the rest is cut off.
const TRAILER: usize = 64 << 10;

/// An object that stands in the file as it is.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) number: u32,
    pub(super) generation: u16,
    /// Where its value begins, and where the next thing does.
    pub(super) body: Range<u32>,
    /// The bytes of its stream; it is a stream if its value ends where this begins.
    pub(super) stream: Option<Range<u32>>,
    pub(super) kind: Kind,
}

/// What of an object matters before others can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// A stream of objects.
    Objects,
    /// A stream of a cross-reference table.
    Table,
}

/// What a file holds.
#[derive(Default)]
pub(super) struct Scan {
    pub(super) entries: Vec<Entry>,
    /// Trailers, the oldest first.
    pub(super) trailers: Vec<Dict>,
    /// Whether there were more objects than are looked at.
    pub(super) too_many: bool,
    /// Whether an object held more values than are kept.
    pub(super) full: bool,
}

/// «12 0 obj» that stands somewhere.
struct Mark {
    number: u32,
    generation: u16,
    begin: u32,
    body: u32,
}

/// Finds all objects; files are smaller than 4 GiB, for they are held whole.
pub(super) fn scan(bytes: &[u8]) -> Scan {
    let (marks, too_many) = marks(bytes);
    let mut scan = Scan { too_many, ..Scan::default() };
    let mut reader = Reader::new(bytes, &marks);
    let (mut at, mut trailers) = (0, Vec::new());
    for (index, mark) in marks.iter().enumerate() {
        if mark.begin < at {
            continue;
        }
        let (entry, dict, full) = reader.read(index, mark);
        at = entry.body.end.max(mark.body);
        scan.full |= full;
        if entry.kind == Kind::Table {
            trailers.extend(dict.map(|dict| (mark.body, dict)));
        }
        scan.entries.push(entry);
    }
    // What looks like a trailer may be long, and hold others. The last ones count most.
    let mut room = bytes.len() + 16 * TRAILER;
    for found in memmem::rfind_iter(bytes, b"trailer") {
        let inside = scan.entries.partition_point(|entry| (entry.body.start as usize) < found);
        let is_inside = inside
            .checked_sub(1)
            .and_then(|index| scan.entries.get(index))
            .is_some_and(|entry| entry.stream.as_ref().is_some_and(|stream| stream.contains(&(found as u32))));
        if is_inside {
            continue;
        }
        if trailers.len() >= 1000 || room == 0 {
            break;
        }
        let end = bytes.len().min(found + TRAILER.min(room));
        let mut lexer = Lexer::new(&bytes[..end], found + b"trailer".len());
        let parsed = parse(&mut lexer);
        room = room.saturating_sub(lexer.at.saturating_sub(found));
        if let Value::Dict(dict) = parsed.value {
            trailers.push((found as u32, dict));
        }
    }
    trailers.sort_by_key(|(at, _)| *at);
    scan.trailers = trailers.into_iter().map(|(_, dict)| dict).collect();
    scan
}

/// All that looks like the beginning of an object, and whether there is more of it than counts.
fn marks(bytes: &[u8]) -> (Vec<Mark>, bool) {
    let mut marks = Vec::new();
    for at in memmem::find_iter(bytes, b"obj") {
        if let Some(mark) = mark(bytes, at) {
            if marks.len() >= MOST {
                return (marks, true);
            }
            marks.push(mark);
        }
    }
    (marks, false)
}

/// What stands before «obj», read backwards.
fn mark(bytes: &[u8], at: usize) -> Option<Mark> {
    let body = at + 3;
    if bytes.get(body).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let (generation, at) = number_before(bytes, at)?;
    let (number, begin) = number_before(bytes, at).filter(|(_, begin)| *begin < at)?;
    Some(Mark {
        number: u32::try_from(number).ok()?,
        generation: u16::try_from(generation).unwrap_or(0),
        begin: u32::try_from(begin).ok()?,
        body: u32::try_from(body).ok()?,
    })
}

/// A number that ends before an offset, with some blanks behind it; and where it begins.
fn number_before(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let blanks = bytes[..at].iter().rev().take(9).take_while(|byte| is_space(**byte)).count();
    let end = at - blanks;
    let digits = bytes[..end].iter().rev().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    let text = &bytes[end - digits..end];
    let number = text.iter().fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
    (digits > 0 && (blanks > 0 || bytes.get(at) == Some(&b'o'))).then_some((number, end - digits))
}

/// Reads objects one after the other.
struct Reader<'a> {
    bytes: &'a [u8],
    marks: &'a [Mark],
    /// The marks sorted by number, to find lengths that stand elsewhere.
    sorted: Vec<u32>,
    /// Where streams end.
    ends: Vec<u32>,
    /// What may yet be read twice, where an object goes on behind what looks like the next one.
    again: usize,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], marks: &'a [Mark]) -> Self {
        let mut sorted: Vec<u32> = (0..marks.len() as u32).collect();
        sorted.sort_by_key(|index| marks.get(*index as usize).map_or(0, |mark| mark.number));
        let ends = memmem::find_iter(bytes, b"endstream").map(|at| at as u32).collect();
        Self { bytes, marks, sorted, ends, again: 2 * bytes.len() }
    }

    /// Reads an object; its dictionary, where it is a table.
    fn read(&mut self, index: usize, mark: &Mark) -> (Entry, Option<Dict>, bool) {
        let next = self.marks.get(index + 1).map_or(self.bytes.len(), |next| next.begin as usize);
        let mut lexer = Lexer::new(&self.bytes[..next], mark.body as usize);
        let mut parsed = parse(&mut lexer);
        // What looks like the next object may stand in a text of this one.
        if !parsed.closed && lexer.at >= next && next < self.bytes.len() && self.again > 0 {
            let end = self.bytes.len().min(next.saturating_add(self.again));
            let mut longer = Lexer::new(&self.bytes[..end], mark.body as usize);
            let again = parse(&mut longer);
            self.again = self.again.saturating_sub(longer.at - mark.body as usize);
            if again.closed {
                (parsed, lexer) = (again, longer);
            }
        }
        let mut entry = Entry {
            number: mark.number,
            generation: mark.generation,
            body: mark.body..lexer.at as u32,
            stream: None,
            kind: Kind::Plain,
        };
        let Value::Dict(dict) = parsed.value else { return (entry, None, parsed.full) };
        let near = self.bytes.len().min(lexer.at + NEAR);
        let behind = Lexer::new(&self.bytes[..near], lexer.at);
        if let Some(stream) = self.stream(behind, &dict) {
            entry.body.end = stream.end;
            entry.stream = Some(stream);
            entry.kind = match dict.get(b"Type").and_then(Value::name) {
                Some(b"ObjStm") => Kind::Objects,
                Some(b"XRef") => Kind::Table,
                _ => Kind::Plain,
            };
        }
        let dict = Some(dict).filter(|_| entry.kind == Kind::Table);
        (entry, dict, parsed.full)
    }

    /// The bytes of the stream that begins here, if one does.
    fn stream(&self, mut behind: Lexer<'_>, dict: &Dict) -> Option<Range<u32>> {
        behind.skip_spaces();
        if !self.bytes[behind.at..].starts_with(b"stream") {
            return None;
        }
        let mut begin = behind.at + b"stream".len();
        begin += match &self.bytes[begin..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        let fits = |length: &usize| {
            let end = begin.saturating_add(*length);
            let tail = self.bytes.get(end..).unwrap_or_default();
            let blanks = tail.iter().take(4).take_while(|byte| is_space(**byte)).count();
            tail[blanks..].starts_with(b"endstream")
        };
        let length = match dict.get(b"Length") {
            Some(Value::Reference(number)) => self.lengths(*number).find(fits),
            length => length.and_then(Value::count).filter(fits),
        };
        let end = length.map_or_else(|| self.end_of(begin), |length| begin + length);
        Some(begin as u32..end as u32)
    }

    /// Where a stream ends that does not say so, or says what is wrong.
    fn end_of(&self, begin: usize) -> usize {
        let next = self.ends.partition_point(|end| (*end as usize) < begin);
        if let Some(end) = self.ends.get(next) {
            let end = *end as usize;
            return match &self.bytes[begin..end] {
                [.., b'\r', b'\n'] => end - 2,
                [.., b'\r' | b'\n'] => end - 1,
                _ => end,
            };
        }
        let next = self.marks.partition_point(|mark| (mark.begin as usize) < begin);
        self.marks.get(next).map_or(self.bytes.len(), |mark| mark.begin as usize)
    }

    /// The numbers that objects of this number consist of: a few versions of it.
    fn lengths(&self, number: u32) -> impl Iterator<Item = usize> {
        let of = |index: &u32| self.marks.get(*index as usize).map_or(0, |mark| mark.number);
        let first = self.sorted.partition_point(|index| of(index) < number);
        let versions = self.sorted[first..].iter().take_while(move |index| of(index) == number).take(4);
        versions.filter_map(|index| {
            let body = self.marks.get(*index as usize)?.body as usize;
            let mut lexer = Lexer::new(&self.bytes[..self.bytes.len().min(body + NEAR)], body);
            match lexer.next() {
                super::lex::Token::Number(length) => Value::Number(length).count(),
                _ => None,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(bytes: &[u8]) -> Vec<(u32, Option<&[u8]>)> {
        let stream = |entry: &Entry| entry.stream.clone().map(|range| &bytes[range.start as usize..range.end as usize]);
        scan(bytes).entries.iter().map(|entry| (entry.number, stream(entry))).collect()
    }

    #[test]
    fn objects_are_found_without_a_table() {
        let file =
            b"%PDF-1.4\n1 0 obj\n<< /A (2 0 obj) >>\nendobj 3 0 obj<</Length 4 0 R>>stream\r\n9 0 obj endstream \
            x\nendstream endobj\n4 0 obj 19 endobj\n5 0 obj <</Length 99>> stream\nabc\nendstream\nendobj\
            \ntrailer << /Root 1 0 R >>";
        let expected: [(u32, Option<&[u8]>); 4] =
            [(1, None), (3, Some(b"9 0 obj endstream x")), (4, None), (5, Some(b"abc"))];
        assert_eq!(objects(file), expected);
        assert_eq!(scan(file).trailers.len(), 1);
    }

    #[test]
    fn what_never_ends_costs_no_other() {
        let file =
            b"1 0 obj (never closed\nendobj\n2 0 obj << /B 1 >> endobj\n3 0 obj << /C [ endobj\n4 0 obj 1 endobj";
        let numbers: Vec<u32> = objects(file).iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [1, 2, 3, 4]);
    }

    #[test]
    fn many_streams_without_an_end_are_quick() {
        let file = b"1 0 obj<<>>stream\n(1 0 obj ".repeat(100_000);
        assert!(objects(&file).len() >= 100_000);
    }

    #[test]
    fn what_stands_behind_objects_is_not_read_for_each_of_them() {
        let file = b"1 0 obj<<>>%".repeat(300_000);
        assert_eq!(objects(&file).len(), 300_000);
        for length in [b"0".repeat(1 << 21), b"%".repeat(1 << 21), [&b"("[..], &b"x".repeat(1 << 21)].concat()] {
            let file =
                [b"5 0 obj ", &*length, &b"\n1 0 obj<</Length 5 0 R>>stream\nendstream ".repeat(40_000)].concat();
            assert!(objects(&file).len() >= 40_000);
        }
    }

    #[test]
    fn many_trailers_are_quick() {
        let file = [&b"1 0 obj 1 endobj "[..], &b"trailer(".repeat(400_000), b")trailer<</Root 1 0 R>>"].concat();
        assert_eq!(scan(&file).trailers.len(), 1);
    }
}
