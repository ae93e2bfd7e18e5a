//! Maps of a PDF from codes to characters, or to glyphs.
//!
//! Holds: `CMap`: `ToUnicode` maps, and encodings that a file brings with it. Must not know: fonts.

use std::collections::HashMap;

use super::lex::{Lexer, Token};

/// How many codes one map may name one by one; there are 65,536 at most in honest ones.
const MOST: usize = 100_000;

/// How many bytes of text one code stands for.
const LONGEST: usize = 64;

/// Codes that follow each other, and what the first of them is.
struct Span<T> {
    first: u32,
    last: u32,
    target: T,
}

/// A map.
#[derive(Default)]
pub(super) struct CMap {
    /// How long codes are, and which are.
    spaces: Vec<(usize, Span<()>)>,
    letters: HashMap<u32, Box<str>>,
    /// How many of them were noted, also of one code again.
    noted: usize,
    spans: Vec<Span<u32>>,
    glyphs: HashMap<u32, u32>,
    glyph_spans: Vec<Span<u32>>,
}

impl CMap {
    /// Reads a map.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let (mut map, mut lexer, mut operands) = (Self::default(), Lexer::new(bytes, 0), Vec::new());
        loop {
            match lexer.next() {
                Token::End => break,
                Token::Word(word) => {
                    map.operate(word, &operands);
                    operands.clear();
                }
                token if operands.len() < 2 * MOST => operands.push(token),
                _ => {}
            }
            if map.len() > MOST {
                break;
            }
        }
        map.spans.sort_by_key(|span| span.first);
        map.glyph_spans.sort_by_key(|span| span.first);
        map
    }

    /// How much it holds.
    pub(super) fn len(&self) -> usize {
        self.letters.len().max(self.noted)
            + self.spans.len()
            + self.glyphs.len()
            + self.glyph_spans.len()
            + self.spaces.len()
    }

    fn operate(&mut self, word: &[u8], operands: &[Token<'_>]) {
        match word {
            b"endcodespacerange" => {
                for pair in operands.chunks_exact(2) {
                    if let [Token::Text(first), Token::Text(last)] = pair
                        && (1..=4).contains(&first.len())
                    {
                        self.spaces.push((first.len(), Span { first: code(first), last: code(last), target: () }));
                    }
                }
            }
            b"endbfchar" => {
                for pair in operands.chunks_exact(2) {
                    match pair {
                        [Token::Text(from), Token::Text(to)] => self.note_letter(code(from), to),
                        [Token::Text(from), Token::Name(to)] => {
                            let letter = std::str::from_utf8(to).ok().and_then(super::letters::character);
                            letter.into_iter().for_each(|letter| self.note(code(from), letter.to_string()));
                        }
                        _ => {}
                    }
                }
            }
            b"endbfrange" => self.note_ranges(operands),
            b"endcidchar" => {
                for pair in operands.chunks_exact(2) {
                    if let [Token::Text(from), Token::Number(to)] = pair {
                        self.glyphs.extend(super::value::object_number(*to).map(|to| (code(from), to)));
                    }
                }
            }
            b"endcidrange" => {
                for triple in operands.chunks_exact(3) {
                    if let [Token::Text(first), Token::Text(last), Token::Number(to)] = triple
                        && let Some(target) = super::value::object_number(*to)
                    {
                        self.glyph_spans.push(Span { first: code(first), last: code(last), target });
                    }
                }
            }
            _ => {}
        }
    }

    fn note_letter(&mut self, from: u32, to: &[u8]) {
        self.note(from, utf16(to));
    }

    fn note(&mut self, from: u32, to: String) {
        if self.noted < MOST {
            self.noted += 1;
            self.letters.insert(from, to.into());
        }
    }

    fn note_ranges(&mut self, operands: &[Token<'_>]) {
        let mut rest = operands;
        while let [Token::Text(first), Token::Text(last), behind @ ..] = rest {
            let (first, last) = (code(first), code(last));
            match behind {
                [Token::Text(to), behind @ ..] => {
                    self.note_range(first, last, to);
                    rest = behind;
                }
                [Token::ArrayBegins, behind @ ..] => {
                    let count = behind.iter().take_while(|token| matches!(token, Token::Text(_))).count();
                    for (from, token) in (first..=last).zip(&behind[..count]) {
                        if let Token::Text(to) = token {
                            self.note_letter(from, to);
                        }
                    }
                    rest = &behind[behind.len().min(count + 1)..];
                }
                _ => break,
            }
        }
    }

    /// A range of one letter counts on; of several, the last counts on.
    fn note_range(&mut self, first: u32, last: u32, to: &[u8]) {
        let text = utf16(to);
        let mut letters = text.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => self.spans.push(Span { first, last, target: letter.into() }),
            (Some(_), Some(_)) => {
                let Some((at, ending)) = text.char_indices().next_back() else { return };
                for from in (first..=last.min(first.saturating_add(255))).take(MOST - self.noted.min(MOST)) {
                    let next = char::from_u32(u32::from(ending) + (from - first));
                    let next: String = text[..at].chars().chain(next).collect();
                    self.note(from, next);
                }
            }
            _ => {}
        }
    }

    /// What a code shows, as text.
    pub(super) fn show(&self, code: u32, out: &mut String) -> bool {
        if let Some(text) = self.letters.get(&code) {
            out.push_str(text);
            return true;
        }
        let letter = find(&self.spans, code).and_then(char::from_u32);
        out.extend(letter);
        letter.is_some()
    }

    /// The glyph of a code.
    pub(super) fn glyph(&self, code: u32) -> Option<u32> {
        self.glyphs.get(&code).copied().or_else(|| find(&self.glyph_spans, code))
    }

    /// How long the code is that begins here; nothing where the map does not say how long codes are.
    pub(super) fn length(&self, bytes: &[u8]) -> Option<usize> {
        let fits = |(length, span): &&(usize, Span<()>)| {
            bytes.get(..*length).is_some_and(|bytes| (span.first..=span.last).contains(&code(bytes)))
        };
        // There are a handful of them; of more only those are asked.
        let few = self.spaces.get(..self.spaces.len().min(32))?;
        few.iter().find(fits).or_else(|| few.iter().min_by_key(|(length, _)| *length)).map(|(length, _)| *length)
    }
}

/// The target of the span that a code lies in, counted on. Spans that overlap are rare; a few are looked at.
fn find(spans: &[Span<u32>], code: u32) -> Option<u32> {
    let behind = spans.partition_point(|span| span.first <= code);
    let span = spans[..behind].iter().rev().take(8).find(|span| span.last >= code)?;
    span.target.checked_add(code - span.first)
}

/// A code as a number.
pub(super) fn code(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |code, byte| code << 8 | u32::from(*byte))
}

/// Text of UTF-16 with the higher byte first; a single byte stands for itself. One code shows a few letters at most.
fn utf16(bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(LONGEST)];
    if let [byte] = bytes {
        return char::from(*byte).to_string();
    }
    let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{FFFD}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_read() {
        let map = CMap::read(
            b"1 begincodespacerange <00> <7F> <8000> <FFFF> endcodespacerange 2 beginbfchar <01> <0104> <02> \
            <00660069> endbfchar 2 beginbfrange <10> <12> <0041> <20> <21> [<0061> <D83DDE00>] endbfrange \
            1 begincidrange <8001> <8005> 7 endcidrange",
        );
        let shown = |code| {
            let mut text = String::new();
            map.show(code, &mut text).then_some(text)
        };
        let expected = ["Ą", "fi", "C", "a", "😀"].map(|text| Some(text.to_owned()));
        assert_eq!([1, 2, 0x12, 0x20, 0x21].map(shown), expected);
        assert_eq!(shown(0x13), None);
        assert_eq!((map.length(b"\x01\x02"), map.length(b"\x80\x02")), (Some(1), Some(2)));
        assert_eq!((map.glyph(0x8003), map.glyph(0x8006)), (Some(9), None));
    }

    #[test]
    fn a_range_of_all_codes_takes_no_memory() {
        let map = CMap::read(&b"1 beginbfrange <00000000> <FFFFFFFF> <00410042> endbfrange ".repeat(1000));
        assert!(map.letters.len() <= MOST);
    }

    #[test]
    fn the_same_codes_many_times_are_little_work() {
        let ranges = b"<00> <FF> <00410042> ".repeat(180_000);
        let map = CMap::read(&[b"1 beginbfrange ", &*ranges, b"endbfrange"].concat());
        assert!(map.letters.len() == 256 && map.noted <= MOST);
    }
}
