//! Sheets of workbooks that are XML, their shared strings and their comments.
//!
//! Holds: how their elements become cells. Must not know: which sheets there are.

use std::ops::ControlFlow::Continue;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::grid::{CELL, Grid, Notes, cell};
use super::parts::{PART, Parts, settle};
use super::strings::Strings;
use super::xml::{Event, Tag};
use crate::base::Trouble;
use crate::unpack::{Flow, Sink};

/// Reads the shared strings.
pub(super) fn strings(parts: &Parts<'_>, name: &str, strings: &mut Strings, sink: &mut dyn Sink) -> Flow {
    let Some(mut part) = parts.read(name, sink) else { return Continue(()) };
    let mut text = Runs::default();
    loop {
        match part.next() {
            Ok(Some(event)) => {
                if text.apply(&event, b"si") {
                    strings.add(&text.value, sink);
                    text.clear();
                }
            }
            Ok(None) => break,
            Err(error) => {
                sink.tell(Some(name), PART, Trouble::of(&error));
                break;
            }
        }
        if strings.full {
            break;
        }
    }
    settle(part.source(), name, sink)
}

/// Text in runs.
#[derive(Default)]
struct Runs {
    value: Zeroizing<Vec<u8>>,
    texts: u32,
    /// How it is spoken, which is no part of it.
    spoken: u32,
    cut: bool,
}

impl Runs {
    /// Takes what belongs to it; true when the element ends that is given.
    fn apply(&mut self, event: &Event<'_>, whole: &[u8]) -> bool {
        match event {
            Event::Open(tag) => match tag.name {
                b"t" => self.texts = self.texts.saturating_add(1),
                b"rPh" => self.spoken = self.spoken.saturating_add(1),
                _ => {}
            },
            Event::Close(b"t") => self.texts = self.texts.saturating_sub(1),
            Event::Close(b"rPh") => self.spoken = self.spoken.saturating_sub(1),
            Event::Close(name) => return *name == whole,
            Event::Text(text) if self.texts > 0 && self.spoken == 0 => self.put(text),
            Event::Text(_) => {}
        }
        false
    }

    fn put(&mut self, text: &[u8]) {
        let room = CELL.saturating_sub(self.value.len());
        self.cut |= text.len() > room;
        self.value.extend_from_slice(&text[..text.len().min(room)]);
    }

    fn clear(&mut self) {
        self.value.clear();
        (self.texts, self.spoken) = (0, 0);
    }
}

/// Where text belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Into {
    Sheet,
    Cell,
    Value,
    Formula,
}

/// A sheet that is being read.
struct Reading<'s> {
    grid: Grid,
    strings: &'s mut Strings,
    row: u64,
    /// The row behind the last one.
    next_row: u64,
    column: u32,
    shared: bool,
    into: Into,
    value: Runs,
    formula: Runs,
    remark: Runs,
}

/// Reads the cells of a sheet.
pub(super) fn sheet(
    parts: &Parts<'_>,
    name: &str,
    title: Arc<str>,
    strings: &mut Strings,
    sink: &mut dyn Sink,
) -> Flow {
    let Some(mut part) = parts.read(name, sink) else { return Continue(()) };
    let grid = match Grid::new(title, sink) {
        Ok(grid) => grid,
        Err(trouble) => {
            sink.tell(Some(name), PART, trouble);
            return Continue(());
        }
    };
    let mut reading = Reading::new(grid, strings);
    let mut flow = Continue(());
    while flow.is_continue() {
        flow = match part.next() {
            Ok(Some(event)) => reading.apply(&event, sink),
            Ok(None) => break,
            Err(error) => {
                sink.tell(Some(name), PART, Trouble::of(&error));
                break;
            }
        };
    }
    if reading.value.cut || reading.formula.cut || reading.remark.cut {
        sink.tell(Some(name), PART, Trouble::malformed("has a cell of more than 256 KiB, which was cut"));
    }
    let ended = reading.grid.end(sink);
    flow?;
    ended?;
    settle(part.source(), name, sink)
}

impl<'s> Reading<'s> {
    fn new(grid: Grid, strings: &'s mut Strings) -> Self {
        Self {
            grid,
            strings,
            row: 0,
            next_row: 0,
            column: 0,
            shared: false,
            into: Into::Sheet,
            value: Runs::default(),
            formula: Runs::default(),
            remark: Runs::default(),
        }
    }

    fn apply(&mut self, event: &Event<'_>, sink: &mut dyn Sink) -> Flow {
        match event {
            Event::Open(tag) => return self.open(tag, sink),
            Event::Close(name) => return self.close(name, sink),
            Event::Text(text) => match self.into {
                Into::Value => self.value.put(text),
                Into::Formula => self.formula.put(text),
                Into::Cell => _ = self.value.apply(event, b""),
                Into::Sheet => {
                    let first = self.remark.value.is_empty();
                    self.remark.put(if first { text.trim_ascii_start() } else { text });
                }
            },
        }
        Continue(())
    }

    fn open(&mut self, tag: &Tag<'_>, sink: &mut dyn Sink) -> Flow {
        match tag.name {
            b"row" => {
                self.row = tag.number("r").and_then(|row| row.checked_sub(1)).unwrap_or(self.next_row);
                self.next_row = self.row.saturating_add(1);
                self.column = 0;
            }
            b"c" => {
                if let Some(place) = tag.value("r").and_then(|name| cell(&name)) {
                    (self.row, self.column) = place;
                }
                self.shared = tag.value("t").as_deref() == Some(b"s");
                self.value.clear();
                self.formula.clear();
                self.into = Into::Cell;
            }
            b"v" if self.into != Into::Sheet => self.into = Into::Value,
            b"f" if self.into != Into::Sheet => self.into = Into::Formula,
            b"hyperlink" | b"dataValidation" => return self.remark_on(tag, sink),
            _ if self.into == Into::Cell => _ = self.value.apply(&Event::Open(*tag), b""),
            _ => {}
        }
        Continue(())
    }

    fn close(&mut self, name: &[u8], sink: &mut dyn Sink) -> Flow {
        match name {
            b"v" | b"f" if self.into != Into::Sheet => self.into = Into::Cell,
            b"c" => {
                self.into = Into::Sheet;
                let flow = self.end_cell(sink);
                self.column = self.column.saturating_add(1);
                return flow;
            }
            _ if self.into == Into::Cell => _ = self.value.apply(&Event::Close(name), b""),
            _ if self.into == Into::Sheet && !self.remark.value.is_empty() => {
                let text = std::mem::take(&mut self.remark.value);
                return self.grid.remark(&text, sink);
            }
            _ => {}
        }
        Continue(())
    }

    fn end_cell(&mut self, sink: &mut dyn Sink) -> Flow {
        let number = || std::str::from_utf8(self.value.value.trim_ascii()).ok()?.parse().ok();
        let text: &[u8] =
            if self.shared { number().map_or(&[], |number| self.strings.get(number)) } else { &self.value.value };
        let text = unescape(text);
        if text.is_empty() {
            return self.grid.cell(self.row, self.column, &self.formula.value, sink);
        }
        self.grid.cell(self.row, self.column, &text, sink)?;
        self.grid.beside(self.row, self.column, &self.formula.value, sink)
    }

    /// What attributes say of cells.
    fn remark_on(&mut self, tag: &Tag<'_>, sink: &mut dyn Sink) -> Flow {
        let place = tag.value("ref").or_else(|| tag.value("sqref")).and_then(|name| cell(&name));
        for name in ["location", "display", "tooltip", "promptTitle", "prompt", "errorTitle", "error"] {
            let Some(text) = tag.value(name) else { continue };
            match place {
                Some((row, column)) => self.grid.beside(row, column, &text, sink)?,
                None => self.grid.remark(&text, sink)?,
            }
        }
        Continue(())
    }
}

/// Letters that are written by their numbers: `_x000D_`.
fn unescape(text: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let number = |at: usize| {
        let digits = text.get(at..at + 7)?.strip_prefix(b"_x")?.strip_suffix(b"_")?;
        char::from_u32(u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?)
    };
    if memchr::memmem::find(text, b"_x").is_none() {
        return text.into();
    }
    let (mut out, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(byte) = text.get(at) {
        match number(at) {
            Some(letter) => {
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                at += 7;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out.into()
}

/// Reads comments, whose cells are in the sheet of that name.
pub(super) fn comments(parts: &Parts<'_>, name: &str, title: Arc<str>, echo: bool, sink: &mut dyn Sink) -> Flow {
    let Some(mut part) = parts.read(name, sink) else { return Continue(()) };
    let (mut notes, mut text, mut place, mut threaded) = (Notes::new(title), Runs::default(), None, false);
    loop {
        match part.next() {
            Ok(Some(Event::Open(tag))) if matches!(tag.name, b"comment" | b"threadedComment") => {
                place = tag.value("ref").and_then(|name| cell(&name));
                threaded = tag.name == b"threadedComment";
                text.clear();
            }
            Ok(Some(Event::Open(Tag { name: b"text", .. }))) if threaded => text.texts = 1,
            Ok(Some(Event::Close(b"text"))) => {
                notes.put(place, &text.value);
                text.clear();
            }
            Ok(Some(event)) => _ = text.apply(&event, b""),
            Ok(None) => break,
            Err(error) => {
                sink.tell(Some(name), PART, Trouble::of(&error));
                break;
            }
        }
        if notes.is_full() {
            notes.flush(echo, sink)?;
        }
    }
    notes.flush(echo, sink)?;
    settle(part.source(), name, sink)
}
