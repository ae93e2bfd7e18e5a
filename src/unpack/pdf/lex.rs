//! The words of a PDF: numbers, names, strings, brackets, operators.
//!
//! Holds: `Lexer`, which never fails: whatever is no word is passed over. Must not know: what words mean together.

use zeroize::Zeroizing;

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Number(f64),
    Name(Vec<u8>),
    Text(Zeroizing<Vec<u8>>),
    ArrayBegins,
    ArrayEnds,
    DictBegins,
    DictEnds,
    /// An operator or a keyword.
    Word(&'a [u8]),
    End,
}

/// Reads words from bytes.
pub(super) struct Lexer<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

/// What separates words.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !is_delimiter(byte)
}

impl<'a> Lexer<'a> {
    /// A lexer that begins at an offset.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at: at.min(bytes.len()) }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn bump(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn skip_spaces(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let rest = &self.bytes[self.at..];
                self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// The next word.
    pub(super) fn next(&mut self) -> Token<'a> {
        self.skip_spaces();
        let begin = self.at;
        let Some(byte) = self.bump() else { return Token::End };
        match byte {
            b'[' => Token::ArrayBegins,
            b']' => Token::ArrayEnds,
            b'/' => Token::Name(self.name()),
            b'(' => Token::Text(self.literal()),
            b'<' if self.peek() == Some(b'<') => {
                self.at += 1;
                Token::DictBegins
            }
            b'>' if self.peek() == Some(b'>') => {
                self.at += 1;
                Token::DictEnds
            }
            b'<' => Token::Text(self.hex()),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number(begin),
            byte if is_delimiter(byte) => Token::Word(&self.bytes[begin..self.at]),
            _ => {
                self.pass_regular();
                Token::Word(&self.bytes[begin..self.at])
            }
        }
    }

    fn pass_regular(&mut self) {
        while self.peek().is_some_and(is_regular) {
            self.at += 1;
        }
    }

    /// A number, read as leniently as viewers read it: `--5` and `1.2.3` occur.
    fn number(&mut self, begin: usize) -> Token<'a> {
        self.at = begin;
        let (mut value, mut scale, mut negative, mut digits) = (0.0_f64, 0.0_f64, false, 0);
        while let Some(byte) = self.peek() {
            match byte {
                b'0'..=b'9' if scale > 0.0 => {
                    value += f64::from(byte - b'0') * scale;
                    scale /= 10.0;
                    digits += 1;
                }
                b'0'..=b'9' => {
                    value = value * 10.0 + f64::from(byte - b'0');
                    digits += 1;
                }
                b'.' if scale > 0.0 => {
                    self.pass_regular();
                    break;
                }
                b'.' => scale = 0.1,
                b'-' if digits == 0 => negative = true,
                b'+' if digits == 0 => {}
                b'-' => {}
                _ => break,
            }
            self.at += 1;
        }
        if digits == 0 && self.peek().is_some_and(is_regular) {
            self.pass_regular();
            return Token::Word(&self.bytes[begin..self.at]);
        }
        let value = value.min(1e15);
        Token::Number(if negative { -value } else { value })
    }

    fn name(&mut self) -> Vec<u8> {
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| is_regular(*byte)) {
            self.at += 1;
            let escaped = match (byte, self.bytes.get(self.at..self.at + 2)) {
                (b'#', Some(&[high, low])) => digit(high).zip(digit(low)),
                _ => None,
            };
            match escaped {
                Some((high, low)) => {
                    self.at += 2;
                    name.push(high << 4 | low);
                }
                None => name.push(byte),
            }
        }
        name
    }

    fn hex(&mut self) -> Zeroizing<Vec<u8>> {
        let (mut text, mut half) = (Zeroizing::new(Vec::new()), None);
        while let Some(byte) = self.bump() {
            if byte == b'>' {
                break;
            }
            match (digit(byte), half) {
                (Some(low), Some(high)) => {
                    text.push(high << 4 | low);
                    half = None;
                }
                (Some(high), None) => half = Some(high),
                (None, _) => {}
            }
        }
        text.extend(half.map(|high| high << 4));
        text
    }

    fn literal(&mut self) -> Zeroizing<Vec<u8>> {
        let (mut text, mut depth) = (Zeroizing::new(Vec::new()), 0_u32);
        while let Some(byte) = self.bump() {
            match byte {
                b'(' => depth += 1,
                b')' if depth == 0 => break,
                b')' => depth -= 1,
                b'\\' => {
                    text.extend(self.escaped());
                    continue;
                }
                b'\r' => {
                    if self.peek() == Some(b'\n') {
                        self.at += 1;
                    }
                    text.push(b'\n');
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        text
    }

    /// What a backslash makes of what follows it: nothing, where a line goes on.
    fn escaped(&mut self) -> Option<u8> {
        Some(match self.bump()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
                return None;
            }
            b'\n' => return None,
            byte @ b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(more) = self.peek().filter(|more| matches!(more, b'0'..=b'7')) else { break };
                    value = value * 8 + u32::from(more - b'0');
                    self.at += 1;
                }
                value as u8
            }
            byte => byte,
        })
    }
}

/// The value of a hexadecimal digit.
pub(super) fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        let mut lexer = Lexer::new(b"<</A#42 (a\\(b(c)\\101\\\n) /B [-1.5 --2 .5 <4 1 4> true]>>% c\nTj", 0);
        let text = |bytes: &[u8]| Token::Text(Zeroizing::new(bytes.to_vec()));
        let name = |bytes: &[u8]| Token::Name(bytes.to_vec());
        let expected = [
            Token::DictBegins,
            name(b"AB"),
            text(b"a(b(c)A"),
            name(b"B"),
            Token::ArrayBegins,
            Token::Number(-1.5),
            Token::Number(-2.0),
            Token::Number(0.5),
            text(b"A@"),
            Token::Word(b"true"),
            Token::ArrayEnds,
            Token::DictEnds,
            Token::Word(b"Tj"),
            Token::End,
        ];
        for token in expected {
            assert_eq!(lexer.next(), token);
        }
    }
}
