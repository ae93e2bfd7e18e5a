//! UTF-16 as UTF-8, while it is read.
//!
//! Holds: how it is recognised, and the reader. Must not know: what is written in it.

use std::io::{self, BufRead, Read};

use crate::codec::Order;

/// How much is held at once.
const STEP: usize = 8 << 10;

/// The order of the bytes of markup that is UTF-16.
pub(super) fn order(head: &[u8]) -> Option<Order> {
    match head {
        [0xFF, 0xFE, _, 0, ..] | [b'<' | b' ' | b'\r' | b'\n', 0, _, 0, ..] => Some(Order::Little),
        [0xFE, 0xFF, 0, _, ..] | [0, b'<' | b' ' | b'\r' | b'\n', 0, _, ..] => Some(Order::Big),
        _ => None,
    }
}

/// Reads UTF-16 as UTF-8.
pub(super) struct Narrow<'a> {
    input: &'a mut dyn BufRead,
    order: Order,
    /// The first byte of a unit, and the first unit of a pair.
    half: Option<u8>,
    high: Option<u16>,
    out: Vec<u8>,
    given: usize,
}

impl<'a> Narrow<'a> {
    /// Of a stream in that order.
    pub(super) fn new(input: &'a mut dyn BufRead, order: Order) -> Self {
        Self { input, order, half: None, high: None, out: Vec::new(), given: 0 }
    }

    fn push(&mut self, unit: u16) {
        let units = [self.high.take().unwrap_or(unit), unit];
        let pair = if (0xDC00..0xE000).contains(&unit) { &units[..] } else { &units[1..] };
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
            return;
        }
        for character in char::decode_utf16(pair.iter().copied()) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

impl Read for Narrow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let held = self.fill_buf()?;
        let count = held.len().min(buffer.len());
        buffer[..count].copy_from_slice(&held[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Narrow<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.given >= self.out.len() {
            (self.given, self.out) = (0, Vec::with_capacity(STEP * 2));
            while self.out.is_empty() {
                let mut piece = [0; STEP];
                let count = self.input.read(&mut piece)?;
                if count == 0 {
                    break;
                }
                for byte in &piece[..count] {
                    let Some(first) = self.half.take() else {
                        self.half = Some(*byte);
                        continue;
                    };
                    self.push(match self.order {
                        Order::Little => u16::from_le_bytes([first, *byte]),
                        Order::Big => u16::from_be_bytes([first, *byte]),
                    });
                }
            }
        }
        Ok(&self.out[self.given..])
    }

    fn consume(&mut self, count: usize) {
        self.given = (self.given + count).min(self.out.len());
    }
}
