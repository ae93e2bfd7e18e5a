//! The trees of a database: from a root to its rows, and every page but once.
//!
//! Holds: `Walk`, which knows what was visited. Must not know: files, logs.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow::{self, Break, Continue};

use super::page::{Cell, Encoding, Image, Page, Visited, four};
use super::record::{Payload, Value, integer, values};
use super::text::{Rows, Table};
use crate::base::Trouble;
use crate::unpack::{Content, Flow, Sink, recognise_whole};

/// Values longer than this are handed over by themselves.
const LARGE: u64 = 16 << 10;

/// The longest text of a schema that is read.
const LONGEST: u64 = 256 << 10;

/// Values of a row that `heads` reads.
const HEADS: usize = 8;

/// Places in freed space that are remembered because a page may go on there.
const MOST_ENDS: usize = 64 << 10;

/// Goes through pages, none of them twice.
pub(super) struct Walk<'i, 'a> {
    pub(super) image: &'i Image<'a>,
    pub(super) visited: Visited,
    /// Where freed space of a page ends in the number of a page: the slot and the place.
    pub(super) ends: BTreeMap<u32, (u32, usize)>,
}

/// What to do with the rows of a tree.
pub(super) struct Task<'t> {
    pub(super) table: &'t Table,
    /// The column that is the number of the row.
    pub(super) alias: Option<usize>,
    /// Whether rows that are none are worth telling: not where it is only guessed that there are any.
    pub(super) known: bool,
}

/// A value at the beginning of a row.
pub(super) enum Head {
    Text(String),
    Number(i64),
    Other,
}

impl<'i, 'a> Walk<'i, 'a> {
    pub(super) fn new(image: &'i Image<'a>) -> Self {
        Self { image, visited: Visited::new(image.slots()), ends: BTreeMap::new() }
    }

    /// Hands each page below a root to a function, from left to right; tells how many could not be had.
    fn pages(&mut self, root: u32, mut each: impl FnMut(&mut Self, &Page) -> Flow) -> ControlFlow<(), u64> {
        let mut missing = 0;
        let mut stack = Vec::new();
        self.push(root, &mut stack, &mut missing);
        while let Some((number, slot)) = stack.pop() {
            let Some(page) = self.image.page(slot, number == 1) else {
                missing += 1;
                continue;
            };
            for child in page.children().into_iter().rev() {
                self.push(child, &mut stack, &mut missing);
            }
            self.remember_ends(&page, slot);
            each(self, &page)?;
        }
        Continue(missing)
    }

    fn push(&mut self, number: u32, stack: &mut Vec<(u32, u32)>, missing: &mut u64) {
        match self.image.slot(number, u32::MAX) {
            Some(slot) if self.visited.claim(slot) => stack.push((number, slot)),
            _ => *missing += 1,
        }
    }

    /// A row that was deleted ends in the number of the page where it goes on.
    fn remember_ends(&mut self, page: &Page, slot: u32) {
        for gap in page.gaps() {
            for at in gap.start..gap.end.saturating_sub(3) {
                let number = four(&page.bytes, at).unwrap_or(0);
                if number > 1 && u64::from(number) <= self.image.slots() && self.ends.len() < MOST_ENDS {
                    self.ends.insert(number, (slot, at));
                }
            }
        }
    }

    /// Hands over the rows below a root.
    pub(super) fn tree(&mut self, root: u32, task: &Task<'_>, sink: &mut dyn Sink) -> Flow {
        let mut rows = Rows::new(task.table);
        let (mut broken, mut ordinal) = (0_u64, 0);
        let missing = self.pages(root, |walk, page| {
            broken += walk.rows_of(page, u32::MAX, task, &mut rows, &mut ordinal, sink)?;
            Continue(())
        });
        let ControlFlow::Continue(missing) = missing else { return Break(()) };
        rows.hand_over(sink)?;
        if task.known && broken + missing > 0 {
            let text = format!("is damaged: {missing} pages and {broken} rows of it cannot be read");
            rows.tell(sink, Trouble::malformed(text));
        }
        Continue(())
    }

    /// Hands the values at the beginning of the rows below a root to a function; tells whether all could be read.
    pub(super) fn heads(&mut self, root: u32, mut each: impl FnMut(Vec<Head>) -> Flow) -> bool {
        let mut sound = true;
        let missing = self.pages(root, |walk, page| {
            for cell in page.cells() {
                match cell.and_then(|cell| walk.heads_of(page, &cell)) {
                    Some(heads) => each(heads)?,
                    None => sound &= !page.has_rows(),
                }
            }
            Continue(())
        });
        sound && missing == Continue(0)
    }

    fn heads_of(&mut self, page: &Page, cell: &Cell) -> Option<Vec<Head>> {
        let encoding = self.image.encoding;
        let mut payload = self.payload(page, cell, u32::MAX);
        let list = values(&mut payload, cell.size)?;
        let list = list.iter().take(HEADS).take_while(|value| value.size() <= LONGEST);
        let head = |value: &Value| {
            let bytes = payload.next_bytes(value.size() as usize);
            match value {
                Value::Text(_) => Head::Text(decoded(&bytes, encoding)),
                Value::Integer(_) => Head::Number(integer(&bytes)),
                Value::Constant(value) => Head::Number(i64::from(*value)),
                _ => Head::Other,
            }
        };
        Some(list.map(head).collect())
    }

    fn payload<'p>(&'p mut self, page: &'p Page, cell: &Cell, until: u32) -> Payload<'p, 'a> {
        let local = page.bytes.get(cell.local.clone()).unwrap_or_default();
        Payload::new(self.image, &mut self.visited, until, local, cell.overflow, cell.size)
    }

    /// Reads the rows of one page; tells how many could not be read.
    pub(super) fn rows_of(
        &mut self,
        page: &Page,
        until: u32,
        task: &Task<'_>,
        rows: &mut Rows<'_>,
        ordinal: &mut u64,
        sink: &mut dyn Sink,
    ) -> ControlFlow<(), u64> {
        if let Err(trouble) = sink.spend(0) {
            rows.tell(sink, trouble);
            return Break(());
        }
        let mut broken = 0;
        for cell in page.cells() {
            let Some(cell) = cell else {
                broken += u64::from(page.has_rows());
                continue;
            };
            // Numbers below 1 push those that follow, so that no two rows have one.
            let own = cell.rowid.and_then(|rowid| u64::try_from(rowid).ok()?.checked_sub(1)).unwrap_or(0);
            let number = own.max(*ordinal);
            broken += u64::from(!self.row(page, &cell, until, (number, task.alias), rows, sink)?);
            *ordinal = number.saturating_add(1);
        }
        Continue(broken)
    }

    /// Reads one row; tells whether it was one.
    fn row(
        &mut self,
        page: &Page,
        cell: &Cell,
        until: u32,
        (number, alias): (u64, Option<usize>),
        rows: &mut Rows<'_>,
        sink: &mut dyn Sink,
    ) -> ControlFlow<(), bool> {
        let encoding = self.image.encoding;
        let mut payload = self.payload(page, cell, until);
        let spilled = payload.is_spilled();
        let Some(list) = values(&mut payload, cell.size) else { return Continue(false) };
        let mut sound = true;
        rows.row(number);
        for (index, value) in list.into_iter().enumerate() {
            if value.size() > LARGE {
                let mut part = (&mut payload).take(value.size());
                rows.apart(sink, Content::Read(&mut part, None))?;
                skip(&mut part);
                rows.cell(b"");
                continue;
            }
            let bytes = payload.next_bytes(value.size() as usize);
            sound &= bytes.len() as u64 == value.size();
            match value {
                Value::Null if alias == Some(index) => rows.cell(cell.rowid.unwrap_or(0).to_string().as_bytes()),
                Value::Null => rows.cell(b""),
                Value::Integer(_) => rows.cell(integer(&bytes).to_string().as_bytes()),
                Value::Constant(value) => rows.cell(&[b'0' + value]),
                Value::Real => rows.cell(real(&bytes).as_bytes()),
                Value::Text(_) if encoding == Encoding::Utf8 => rows.cell(&bytes),
                Value::Text(_) => rows.cell(decoded(&bytes, encoding).as_bytes()),
                Value::Blob(_) if is_text(&bytes) => rows.cell(&bytes),
                Value::Blob(_) => {
                    // What lies in one page, and is no container, is met by the search of the bytes as they are.
                    if spilled || recognise_whole(&bytes).is_some() {
                        rows.apart(sink, Content::Owned(bytes))?;
                    }
                    rows.cell(b"");
                }
            }
        }
        rows.end(sink)?;
        Continue(sound)
    }
}

/// Passes over what was not read.
fn skip(part: &mut dyn Read) {
    let mut passed = [0; 4096];
    while part.read(&mut passed).is_ok_and(|count| count > 0) {}
}

fn real(bytes: &[u8]) -> String {
    bytes.try_into().map(|bytes| f64::from_be_bytes(bytes).to_string()).unwrap_or_default()
}

/// Whether bytes are text that people can read.
fn is_text(bytes: &[u8]) -> bool {
    let odd = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    !bytes.iter().any(odd) && std::str::from_utf8(bytes).is_ok()
}

fn decoded(bytes: &[u8], encoding: Encoding) -> String {
    let unit = match encoding {
        Encoding::Utf8 => return String::from_utf8_lossy(bytes).into_owned(),
        Encoding::Utf16Le => u16::from_le_bytes,
        Encoding::Utf16Be => u16::from_be_bytes,
    };
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
