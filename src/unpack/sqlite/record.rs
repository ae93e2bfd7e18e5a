//! Records: the values of a row, put together again from the pages that they run over.
//!
//! Holds: `Payload`, which reads over pages, and `Record`, the list of values. Must not know: tables, text.

use std::io::{self, Read};

use zeroize::Zeroizing;

use super::page::{Image, Visited, four, varint};

/// Columns that a table can have.
const MOST_COLUMNS: usize = 32_767;

/// What a cell holds, from its page and from those that follow it.
pub(super) struct Payload<'p, 'a> {
    image: &'p Image<'a>,
    visited: &'p mut Visited,
    /// Pages are taken in their versions up to this slot.
    until: u32,
    local: &'p [u8],
    next: u32,
    page: Zeroizing<Vec<u8>>,
    at: usize,
    /// Bytes that the next pages hold of it.
    left: u64,
}

impl<'p, 'a> Payload<'p, 'a> {
    /// A payload of that size; `u64::MAX` where it is not known, and all pages that follow belong to it.
    pub(super) fn new(
        image: &'p Image<'a>,
        visited: &'p mut Visited,
        until: u32,
        local: &'p [u8],
        overflow: Option<u32>,
        size: u64,
    ) -> Self {
        let left = if overflow.is_some() { size.saturating_sub(local.len() as u64) } else { 0 };
        let page = Zeroizing::new(Vec::new());
        Self { image, visited, until, local, next: overflow.unwrap_or(0), page, at: 0, left }
    }

    /// Whether it runs over more than one page.
    pub(super) fn is_spilled(&self) -> bool {
        self.left > 0 || self.at > 0
    }

    /// Reads the next page; false where there is none that was not read before.
    fn turn(&mut self) -> bool {
        let slot = self.image.slot(self.next, self.until).filter(|slot| self.visited.claim(*slot));
        let Some(slot) = slot else { return false };
        self.page = self.image.read(slot);
        self.page.truncate(self.image.usable);
        self.next = four(&self.page, 0).unwrap_or(0);
        self.at = 4;
        self.page.len() > 4
    }

    /// Reads so many bytes; fewer where it ends early.
    pub(super) fn next_bytes(&mut self, count: usize) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(vec![0; count]);
        let mut length = 0;
        while length < count {
            match self.read(&mut bytes[length..]) {
                Ok(more) if more > 0 => length += more,
                _ => break,
            }
        }
        bytes.truncate(length);
        bytes
    }
}

impl Read for Payload<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.local.is_empty() {
            return self.local.read(buffer);
        }
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        if self.at >= self.page.len() && !self.turn() {
            let open_end = self.left > u64::MAX / 2;
            self.left = 0;
            return if open_end { Ok(0) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        let rest = &self.page[self.at..];
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let count = rest.len().min(buffer.len()).min(most);
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        self.left -= count as u64;
        Ok(count)
    }
}

/// What a value is, and how many bytes it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Integer(usize),
    Real,
    Constant(u8),
    Blob(u64),
    Text(u64),
}

impl Value {
    fn of(serial: u64) -> Option<Self> {
        Some(match serial {
            0 => Self::Null,
            1..=4 => Self::Integer(serial as usize),
            5 => Self::Integer(6),
            6 => Self::Integer(8),
            7 => Self::Real,
            8 | 9 => Self::Constant((serial - 8) as u8),
            10 | 11 => return None,
            _ if serial.is_multiple_of(2) => Self::Blob((serial - 12) / 2),
            _ => Self::Text((serial - 13) / 2),
        })
    }

    pub(super) fn size(self) -> u64 {
        match self {
            Self::Null | Self::Constant(_) => 0,
            Self::Integer(size) => size as u64,
            Self::Real => 8,
            Self::Blob(size) | Self::Text(size) => size,
        }
    }
}

/// Reads the list of values at the beginning of a payload; nothing where it cannot be one.
pub(super) fn values(payload: &mut Payload<'_, '_>, size: u64) -> Option<Vec<Value>> {
    // The length of the list has at most three bytes, for as many columns as there can be.
    let mut beginning = payload.local.get(..payload.local.len().min(9))?;
    let (head, used) = varint(beginning)?;
    beginning = &beginning[..used];
    let most = (MOST_COLUMNS * 9) as u64;
    let rest = usize::try_from(head.checked_sub(beginning.len() as u64)?).ok()?;
    if head > size || head > most {
        return None;
    }
    payload.local = payload.local.get(used..)?;
    let list = payload.next_bytes(rest);
    if list.len() < rest {
        return None;
    }
    let (mut values, mut at, mut total) = (Vec::new(), 0, head);
    while at < list.len() && values.len() < MOST_COLUMNS {
        let (serial, used) = varint(&list[at..])?;
        let value = Value::of(serial)?;
        total = total.checked_add(value.size())?;
        values.push(value);
        at += used;
    }
    // Where a byte is left over, the list was none.
    (total == size && !values.is_empty()).then_some(values)
}

/// A number as people write it.
pub(super) fn integer(bytes: &[u8]) -> i64 {
    let sign = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    bytes.iter().fold(if sign { -1 } else { 0 }, |value: i64, byte| (value << 8) | i64::from(*byte))
}
