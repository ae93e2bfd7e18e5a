//! Workbooks of Excel 5 to 2003.
//!
//! Holds: what is true of the workbook as a whole, such as shared strings, and the order of its sheets. Must not know:
//! how cells are stored.

use std::fmt::Write as _;

use encoding_rs::Encoding;
use zeroize::Zeroizing;

use super::container::Compound;
use super::directory::Entry;
use super::integers::{u16_at, u32_at};
use super::letters::code_page;
use super::locked::{DEFAULT, find, find_oldest};
use super::rc4::{Lock, Unlocking};
use super::records::{Key, Records, Unlocked};
use super::sheets::{Sheet, Strings, long_text, short_text, text};
use super::xor;
use crate::base::{Cursor, Places, ReadAt, Reason, Trouble};
use crate::unpack::titles::Titles;
use crate::unpack::{Content, Flow, Member, Sink};

/// Shared strings are held in steps of so many bytes.
const STEP: u64 = 1 << 20;

/// Bytes of lines that are handed over at once.
const PIECE: usize = 1 << 20;

/// Hands over the cells of all sheets, and what else is text.
pub(super) fn open(file: &Compound<'_>, entry: &Entry, name: &str, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let stream = file.stream(entry);
    let records = Records::new(Cursor::new(&stream))?;
    let mut strings = Strings::default();
    let mut book = Book { name, sink, records, sheets: Vec::new(), page: None, lines: String::new(), held: 0 };
    let result = book.read(&mut strings);
    let (held, records) = (book.held, book.records);
    sink.release(held);
    if !records.is_unlocked() || matches!(result, Ok(Flow::Break(()))) {
        return result;
    }
    // What is no cell, such as links, is found in the bytes where nothing is locked.
    let mut bytes = Unlocked::new(records)?;
    let flow = sink.take(Member::named("stream", name).echo(), Content::Read(&mut bytes, Some(stream.size())));
    result.map(|_| flow)
}

struct Book<'a, 's> {
    name: &'a str,
    sink: &'s mut dyn Sink,
    records: Records<'a>,
    /// Where each sheet begins, and its name.
    sheets: Vec<(u64, String)>,
    /// How letters of one byte are to be read; nothing where the version has others.
    page: Option<&'static Encoding>,
    lines: String,
    held: u64,
}

impl Book<'_, '_> {
    fn read(&mut self, strings: &mut Strings) -> Result<Flow, Trouble> {
        // What is damaged costs what follows up to the next sheet.
        let mut damaged = match self.globals(strings) {
            Ok(Flow::Break(())) => return Ok(Flow::Break(())),
            Err(trouble) if trouble.reason == Reason::Encrypted => return Err(trouble),
            result => result.err(),
        };
        self.sheets.sort_unstable();
        self.sheets.dedup_by_key(|sheet| sheet.0);
        let mut titles = Titles::default();
        for index in 0..self.sheets.len() {
            let (at, name) = self.sheets.get(index).cloned().unwrap_or_default();
            let behind = self.sheets.get(index + 1).map_or(u64::MAX, |sheet| sheet.0);
            self.sink.spend(0)?;
            let mut sheet = Sheet::new(&titles.next(&name), strings, self.page);
            match self.sheet(at, behind, &mut sheet) {
                Ok(Flow::Continue(())) => {}
                Ok(Flow::Break(())) => return Ok(Flow::Break(())),
                Err(trouble) => damaged = damaged.or(Some(trouble)),
            }
        }
        if self.unused(strings).is_break() || self.hand_over_lines().is_break() {
            return Ok(Flow::Break(()));
        }
        damaged.map_or(Ok(Flow::Continue(())), Err)
    }

    /// Reads what stands before the sheets.
    fn globals(&mut self, strings: &mut Strings) -> Result<Flow, Trouble> {
        let (mut lost, mut code) = (false, 1252);
        while let Some(kind) = self.records.advance()? {
            let data = self.records.data();
            match kind {
                0x0809 => self.page = u16_at(data, 0).filter(|version| *version < 0x0600).map(|_| code_page(code)),
                0x0042 => {
                    code = u16_at(data, 0).unwrap_or(code);
                    self.page = self.page.map(|_| code_page(code));
                }
                0x002F if !self.records.is_unlocked() => self.unlock()?,
                0x0085 => lost |= self.sheet_name().is_none(),
                0x00FC => lost |= self.shared_strings(strings)?.is_none(),
                0x0018 => lost |= self.defined_name().is_none(),
                0x00CD => lost |= self.query().is_none(),
                0x000A if !self.sheets.is_empty() => break,
                _ => {}
            }
            if self.lines.len() > PIECE && self.hand_over_lines().is_break() {
                return Ok(Flow::Break(()));
            }
        }
        if lost { Err(Trouble::malformed("has broken records")) } else { Ok(Flow::Continue(())) }
    }

    /// Looks for the password of what follows.
    fn unlock(&mut self) -> Result<(), Trouble> {
        let data = self.records.data();
        let key = if let Some(lock) = xor::Lock::read(data) {
            Key::Xor(find_oldest(&lock, self.sink)?)
        } else {
            let lock = data.get(2..).filter(|_| u16_at(data, 0) == Some(1)).and_then(Lock::read);
            Key::Rc4(Unlocking::new(find(lock.as_ref(), DEFAULT, self.sink)?))
        };
        self.records.unlock(key);
        Ok(())
    }

    fn sheet_name(&mut self) -> Option<()> {
        let at = u32_at(self.records.data(), 0)?;
        self.records.skip(6)?;
        let name = short_text(&mut self.records, self.page)?;
        let _ = writeln!(self.lines, "sheet: {name}");
        self.sheets.push((at.into(), name));
        Some(())
    }

    fn shared_strings(&mut self, strings: &mut Strings) -> Result<Option<()>, Trouble> {
        if self.records.skip(4).is_none() {
            return Ok(None);
        }
        let Some(count) = self.records.long() else { return Ok(None) };
        let mut string = Zeroizing::new(String::new());
        for _ in 0..count {
            string.clear();
            let Some(length) = self.records.short() else { return Ok(None) };
            let whole = self.records.string(length.into(), &mut string);
            // Each string costs its bytes, its end and its mark.
            let needed = (strings.text.len() + string.len()) as u64 + strings.ends.len() as u64 * 9 + 9;
            while self.held < needed {
                self.sink.hold(STEP)?;
                self.held += STEP;
            }
            strings.text.extend_from_slice(string.as_bytes());
            strings.ends.push(strings.text.len());
            strings.used.push(false);
            if whole.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(()))
    }

    /// A defined name, and the text that it stands for.
    fn defined_name(&mut self) -> Option<()> {
        let letters = *self.records.data().get(3)?;
        let formula = u16_at(self.records.data(), 4)?;
        self.records.skip(14)?;
        let name = text(&mut self.records, letters.into(), self.page)?;
        let _ = write!(self.lines, "name: {name}");
        if formula > 2 && self.records.byte()? == 0x17 {
            let value = short_text(&mut self.records, self.page)?;
            let _ = write!(self.lines, " = {value}");
        }
        self.lines.push('\n');
        Some(())
    }

    /// A part of a query or of a connection, or an item of a pivot cache. Parts are cut at 255 letters.
    fn query(&mut self) -> Option<()> {
        let part = long_text(&mut self.records, self.page)?;
        self.lines.push_str(&part);
        if part.chars().count() < 255 {
            self.lines.push('\n');
        }
        Some(())
    }

    /// Reads a sheet, which ends where the next begins, whatever it says itself.
    fn sheet(&mut self, at: u64, behind: u64, sheet: &mut Sheet<'_>) -> Result<Flow, Trouble> {
        let (mut depth, mut lost) = (0_u32, false);
        let result = self.records.seek(at).and_then(|()| {
            while let Some(kind) = self.records.advance()? {
                if self.records.place() >= behind {
                    break;
                }
                match kind {
                    0x0809 => depth += 1,
                    0x000A if depth <= 1 => break,
                    0x000A => depth -= 1,
                    0x00CD => lost |= self.query().is_none(),
                    kind => lost |= sheet.take(kind, &mut self.records).is_none(),
                }
                if sheet.rows.is_full() {
                    // What would exceed the purse need not be laid out.
                    self.sink.spend(0)?;
                    if sheet.rows.flush(false, self.name, self.sink).is_break() {
                        return Ok(Flow::Break(()));
                    }
                }
                if self.pass_lines(sheet).is_break() {
                    return Ok(Flow::Break(()));
                }
            }
            Ok(Flow::Continue(()))
        });
        sheet.end();
        let handed = sheet.rows.flush(true, self.name, self.sink);
        let passed = self.pass_lines(sheet);
        if handed.is_break() || passed.is_break() {
            return Ok(Flow::Break(()));
        }
        match result {
            Ok(Flow::Continue(())) if lost => Err(Trouble::malformed("has broken records")),
            result => result,
        }
    }

    /// Takes over the text that stands at no cell.
    fn pass_lines(&mut self, sheet: &mut Sheet<'_>) -> Flow {
        self.lines.push_str(&sheet.lines);
        sheet.lines.clear();
        if self.lines.len() < PIECE { Flow::Continue(()) } else { self.hand_over_lines() }
    }

    fn hand_over_lines(&mut self) -> Flow {
        let lines = Zeroizing::new(std::mem::take(&mut self.lines).into_bytes());
        if lines.is_empty() {
            return Flow::Continue(());
        }
        self.sink.take(Member::named("workbook", self.name).made(Places::Lines), Content::Owned(lines))
    }

    /// Shared strings that are in no cell any more.
    fn unused(&mut self, strings: &Strings) -> Flow {
        for index in 0..strings.ends.len() {
            if strings.used.get(index) == Some(&false)
                && let Some(text) = strings.get(index)
            {
                let _ = writeln!(self.lines, "{text}");
                if self.lines.len() > PIECE {
                    self.hand_over_lines()?;
                }
            }
        }
        Flow::Continue(())
    }
}
