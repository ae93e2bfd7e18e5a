//! The sheets of a workbook.
//!
//! Holds: which records are cells and comments, and what their text is. Must not know: what is true of the workbook
//! as a whole, beyond its strings.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use encoding_rs::Encoding;
use zeroize::Zeroizing;

use super::integers::{u16_at, u32_at, u64_at};
use super::records::Records;
use super::rows::Rows;

/// Bytes of text boxes that are kept until it is known which of them are comments.
const BOXES: usize = 1 << 20;

/// Text that many cells share.
#[derive(Default)]
pub(super) struct Strings {
    /// All of it.
    pub(super) text: Zeroizing<Vec<u8>>,
    /// Where each string ends.
    pub(super) ends: Vec<usize>,
    /// Whether a cell has it.
    pub(super) used: Vec<bool>,
}

impl Strings {
    /// A string by its number.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        std::str::from_utf8(self.text.get(start..end)?).ok()
    }
}

/// A sheet that is being read.
pub(super) struct Sheet<'b> {
    pub(super) rows: Rows,
    strings: &'b mut Strings,
    /// How letters of one byte are to be read; nothing where the version has others.
    page: Option<&'static Encoding>,
    /// The cell of a formula, whose text comes in a record of its own.
    formula: Option<(u64, u32)>,
    object: Option<u16>,
    boxes: BTreeMap<u16, String>,
    boxes_size: usize,
    /// Text that stands at no cell, line by line.
    pub(super) lines: String,
}

impl<'b> Sheet<'b> {
    /// A sheet of that name.
    pub(super) fn new(name: &str, strings: &'b mut Strings, page: Option<&'static Encoding>) -> Self {
        let rows = Rows::new(name);
        Self {
            rows,
            strings,
            page,
            formula: None,
            object: None,
            boxes: BTreeMap::new(),
            boxes_size: 0,
            lines: String::new(),
        }
    }

    /// Takes what is to be had of a record; nothing where it ends early.
    pub(super) fn take(&mut self, kind: u16, records: &mut Records<'_>) -> Option<()> {
        match kind {
            0x00FD => self.shared(records.data()),
            0x0204 | 0x00D6 => self.label(records),
            0x0203 => self.number(records.data(), f64::from_bits(u64_at(records.data(), 6)?)),
            0x027E => self.number(records.data(), short_number(u32_at(records.data(), 6)?)),
            0x00BD => self.numbers(records.data()),
            0x0006 | 0x0206 | 0x0406 => self.formula(records.data()),
            0x0207 => {
                let (row, column) = self.formula.take()?;
                let text = long_text(records, self.page)?;
                self.rows.add(row, column, &text, true);
                Some(())
            }
            0x001C => self.note(records),
            0x005D => {
                self.object = u16_at(records.data(), 6);
                Some(())
            }
            0x01B6 => self.text_box(records),
            0x0014 | 0x0015 => self.margin(records),
            0x100D => self.series(records),
            _ => Some(()),
        }
    }

    fn shared(&mut self, data: &[u8]) -> Option<()> {
        let (row, column) = cell(data)?;
        let index = usize::try_from(u32_at(data, 6)?).ok()?;
        let text = self.strings.get(index)?;
        self.rows.add(row, column, text, true);
        if let Some(used) = self.strings.used.get_mut(index) {
            *used = true;
        }
        Some(())
    }

    fn label(&mut self, records: &mut Records<'_>) -> Option<()> {
        let (row, column) = cell(records.data())?;
        records.skip(6)?;
        let text = long_text(records, self.page)?;
        self.rows.add(row, column, &text, true);
        Some(())
    }

    fn number(&mut self, data: &[u8], number: f64) -> Option<()> {
        let (row, column) = cell(data)?;
        self.rows.add(row, column, &figures(number), false);
        Some(())
    }

    /// A row of numbers: its first column, each with its form, its last column.
    fn numbers(&mut self, data: &[u8]) -> Option<()> {
        let (row, first) = cell(data)?;
        let numbers = data.get(4..data.len().checked_sub(2)?)?.chunks_exact(6);
        for (column, number) in (first..).zip(numbers) {
            self.rows.add(row, column, &figures(short_number(u32_at(number, 2)?)), false);
        }
        Some(())
    }

    fn formula(&mut self, data: &[u8]) -> Option<()> {
        let place = cell(data)?;
        self.formula = None;
        if u16_at(data, 12)? != 0xFFFF {
            return self.number(data, f64::from_bits(u64_at(data, 6)?));
        }
        if data.get(6) == Some(&0) {
            self.formula = Some(place);
        }
        Some(())
    }

    /// A comment: its author, or before 1997 its text.
    fn note(&mut self, records: &mut Records<'_>) -> Option<()> {
        let (row, column) = cell(records.data())?;
        if let Some(page) = self.page {
            let mut text = String::new();
            let length = u16_at(records.data(), 4)?;
            records.skip(6)?;
            records.bytes(usize::from(length).min(records.data().len().checked_sub(6)?), page, &mut text)?;
            self.rows.remark(row, column, &text);
            return Some(());
        }
        let object = u16_at(records.data(), 6)?;
        records.skip(8)?;
        let author = long_text(records, None).unwrap_or_default();
        let text = self.boxes.remove(&object)?;
        self.boxes_size = self.boxes_size.saturating_sub(text.len());
        self.rows.remark(row, column, &format!("{author}: {text}"));
        Some(())
    }

    fn text_box(&mut self, records: &mut Records<'_>) -> Option<()> {
        let letters = u16_at(records.data(), 10)?;
        let object = self.object.take().unwrap_or(0);
        if letters == 0 {
            return Some(());
        }
        records.go_on()?;
        let mut text = String::new();
        // How the letters are stored is all that stands before them.
        let whole = records.string(letters.into(), &mut text);
        self.boxes_size += text.len();
        if let Some(text) = self.boxes.insert(object, text) {
            self.boxes_size = self.boxes_size.saturating_sub(text.len());
            let _ = writeln!(self.lines, "{text}");
        }
        if self.boxes_size > BOXES {
            self.end();
        }
        whole
    }

    /// A header or a footer.
    fn margin(&mut self, records: &mut Records<'_>) -> Option<()> {
        if records.data().is_empty() {
            return Some(());
        }
        let text = if self.page.is_some() { short_text(records, self.page)? } else { long_text(records, None)? };
        let _ = writeln!(self.lines, "{text}");
        Some(())
    }

    /// The name of a series, a title of a chart.
    fn series(&mut self, records: &mut Records<'_>) -> Option<()> {
        records.skip(2)?;
        let text = short_text(records, self.page)?;
        let _ = writeln!(self.lines, "{text}");
        Some(())
    }

    /// Counts the text boxes that are left as text that stands at no cell.
    pub(super) fn end(&mut self) {
        for (_, text) in std::mem::take(&mut self.boxes) {
            let _ = writeln!(self.lines, "{text}");
        }
        self.boxes_size = 0;
    }
}

fn cell(data: &[u8]) -> Option<(u64, u32)> {
    Some((u16_at(data, 0)?.into(), u16_at(data, 2)?.into()))
}

/// A string before which its length stands in two bytes.
pub(super) fn long_text(records: &mut Records<'_>, page: Option<&'static Encoding>) -> Option<String> {
    let length = records.short()?;
    text(records, length.into(), page)
}

/// A string before which its length stands in one byte.
pub(super) fn short_text(records: &mut Records<'_>, page: Option<&'static Encoding>) -> Option<String> {
    let length = records.byte()?;
    text(records, length.into(), page)
}

/// A string of a known length. Where it ends early, what is there of it.
pub(super) fn text(records: &mut Records<'_>, length: usize, page: Option<&'static Encoding>) -> Option<String> {
    let mut text = String::new();
    let whole = match page {
        _ if length == 0 => Some(()),
        Some(page) => records.bytes(length, page, &mut text),
        None => records.string(length, &mut text),
    };
    (whole.is_some() || !text.is_empty()).then_some(text)
}

/// A number of four bytes: the upper half of one of eight, or a whole one, perhaps of hundredths.
fn short_number(bits: u32) -> f64 {
    let number =
        if bits & 2 == 0 { f64::from_bits(u64::from(bits & !3) << 32) } else { f64::from(bits.cast_signed() >> 2) };
    if bits & 1 == 0 { number } else { number / 100.0 }
}

/// A number as it is written; the NIP is kept as one.
fn figures(number: f64) -> String {
    if number.abs() < 1e16 { format!("{number}") } else { format!("{number:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_figures() {
        assert_eq!(figures(5_265_877_635.0), "5265877635");
        assert_eq!(figures(f64::MAX), "1.7976931348623157e308");
        assert_eq!(figures(f64::MIN_POSITIVE).len(), 326);
        let short = [0x3FF0_0000, 0x3FF0_0001, 0x0000_04D2, 0xFFFF_FFFE].map(|bits| figures(short_number(bits)));
        assert_eq!(short, ["1", "0.01", "308", "-1"]);
    }
}
