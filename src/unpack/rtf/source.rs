//! The words of RTF, one after the other.
//!
//! Holds: reading of control words, symbols and bytes. Must not know: what they mean.

use std::io::{self, BufRead};

/// Bytes that are held at once.
const STEP: usize = 32 << 10;

/// The longest name of a control word.
const NAME: usize = 32;

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `{` and `}`.
    Open,
    Close,
    /// `\name12`.
    Word(Word),
    /// `\*`, `\~` and the like.
    Symbol(u8),
    /// `\'b9`.
    Hex(u8),
    /// A byte of text.
    Byte(u8),
}

/// A control word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    name: [u8; NAME],
    length: usize,
    /// The number behind its name.
    pub(super) number: Option<i32>,
}

impl Word {
    /// Its name.
    pub(super) fn name(&self) -> &[u8] {
        &self.name[..self.length]
    }
}

/// Reads words.
pub(super) struct Source<'a> {
    input: &'a mut dyn BufRead,
    held: Vec<u8>,
    at: usize,
}

impl<'a> Source<'a> {
    /// Of a document.
    pub(super) fn new(input: &'a mut dyn BufRead) -> Self {
        Self { input, held: Vec::new(), at: 0 }
    }

    /// The next byte, which is not taken.
    #[inline]
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.at >= self.held.len() {
            let more = self.input.fill_buf()?;
            let count = more.len().min(STEP);
            self.at = 0;
            self.held.clear();
            self.held.extend_from_slice(&more[..count]);
            self.input.consume(count);
        }
        Ok(self.held.get(self.at).copied())
    }

    /// Takes the next byte.
    #[inline]
    pub(super) fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }

    /// Takes bytes of text that mean nothing but themselves.
    pub(super) fn plain(&mut self) -> &[u8] {
        let rest = &self.held[self.at.min(self.held.len())..];
        let count = rest.iter().position(|byte| matches!(byte, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0x80..));
        let from = self.at;
        self.at += count.unwrap_or(rest.len());
        &self.held[from.min(self.held.len())..self.at.min(self.held.len())]
    }

    /// Takes bytes that are no text, as `\bin` announces them.
    pub(super) fn skip(&mut self, mut count: u64) -> io::Result<()> {
        while count > 0 && self.peek()?.is_some() {
            let step = usize::try_from(count).unwrap_or(usize::MAX).min(self.held.len() - self.at);
            self.at += step;
            count -= step as u64;
        }
        Ok(())
    }

    /// Takes what comes next; nothing at the end.
    pub(super) fn token(&mut self) -> io::Result<Option<Token>> {
        Ok(Some(match self.byte()? {
            None => return Ok(None),
            Some(b'{') => Token::Open,
            Some(b'}') => Token::Close,
            Some(b'\\') => match self.peek()? {
                Some(b'\'') => {
                    self.at += 1;
                    let mut value = 0;
                    for _ in 0..2 {
                        let Some(digit) = self.peek()?.and_then(|byte| char::from(byte).to_digit(16)) else { break };
                        self.at += 1;
                        value = value << 4 | digit as u8;
                    }
                    Token::Hex(value)
                }
                Some(byte) if byte.is_ascii_alphabetic() => Token::Word(self.word()?),
                Some(byte) => {
                    self.at += 1;
                    Token::Symbol(byte)
                }
                None => return Ok(None),
            },
            Some(byte) => Token::Byte(byte),
        }))
    }

    fn word(&mut self) -> io::Result<Word> {
        let mut word = Word { name: [0; NAME], length: 0, number: None };
        while let Some(byte) = self.peek()?.filter(u8::is_ascii_alphabetic) {
            self.at += 1;
            if let Some(place) = word.name.get_mut(word.length) {
                *place = byte;
                word.length += 1;
            }
        }
        let negative = self.peek()? == Some(b'-');
        self.at += usize::from(negative);
        while let Some(digit) = self.peek()?.and_then(|byte| char::from(byte).to_digit(10)) {
            self.at += 1;
            word.number = Some(word.number.unwrap_or(0).saturating_mul(10).saturating_add(digit.cast_signed()));
        }
        if negative {
            word.number = word.number.map(|number| -number);
        }
        if self.peek()? == Some(b' ') {
            self.at += 1;
        }
        Ok(word)
    }
}
