//! Parquet: pages of columns, each packed by itself.
//!
//! Holds: finding the pages and opening them. Must not know: whether it was a file or stood inside of another.

mod page;
#[cfg(test)]
mod tests;
mod thrift;

use std::io::{Read, Seek, SeekFrom};

use zeroize::Zeroizing;

use super::{Flow, Format, Open, Raw, Sink};
use crate::base::{Cursor, ReadAt, Trouble};
use page::Pages;
use thrift::{BINARY, LIST, Reader, STRUCT};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "Parquet",
    scope: "pages packed by snappy, gzip, zstd or lz4: texts with the names of their columns, other values as their \
            bytes; not: brotli, lzo, locked files; Arrow IPC, ORC and Avro are searched as they are",
    recognises: |probe| probe.head.starts_with(b"PAR1") || probe.head.starts_with(b"PARE"),
    raw: Raw::Last,
    open: Open::Random(open),
};

/// Memory that a column of a part takes, and what else of the table of contents.
const COLUMN: u64 = 256;

/// A column of a part of the rows.
#[derive(Default)]
pub(super) struct Column {
    pub(super) name: String,
    /// Whether its values are bytes of any length.
    pub(super) is_text: bool,
    pub(super) codec: i64,
    /// Lists of levels before its values.
    pub(super) levels: usize,
    pub(super) begin: u64,
    pub(super) size: u64,
}

fn open(bytes: &dyn ReadAt, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let damaged = || Trouble::malformed("has a damaged table of contents");
    let mut cursor = Cursor::new(bytes);
    let mut end = [0; 8];
    let at = bytes.size().checked_sub(8).ok_or_else(damaged)?;
    let mut read_at = |at: u64, buffer: &mut [u8]| {
        let read = cursor.seek(SeekFrom::Start(at)).and_then(|_| cursor.read_exact(buffer));
        read.map_err(|error| Trouble::of(&error))
    };
    read_at(at, &mut end)?;
    match &end[4..] {
        b"PAR1" => {}
        b"PARE" => return Err(Trouble::new(crate::base::Reason::Encrypted, "is encrypted; not opened")),
        _ => return Err(damaged()),
    }
    let size = u64::from(u32::from_le_bytes([end[0], end[1], end[2], end[3]]));
    let begin = at.checked_sub(size).ok_or_else(damaged)?;
    sink.hold(size)?;
    let mut footer = Zeroizing::new(vec![0; size as usize]);
    let result = read_at(begin, &mut footer).and_then(|()| {
        let mut columns = Vec::new();
        let most = sink.limits().max_blob / COLUMN;
        contents(&footer, most, &mut columns).ok_or_else(damaged)?;
        Ok(columns)
    });
    let result = result.and_then(|columns| {
        let memory = columns.len() as u64 * COLUMN;
        sink.hold(memory)?;
        // Whoever wants no more knows why.
        let _: Flow = columns.iter().try_for_each(|column| Pages::new(bytes, column).hand_over(sink));
        sink.release(memory);
        Ok(())
    });
    sink.release(size);
    result
}

/// Reads the columns of all parts.
fn contents(footer: &[u8], most: u64, columns: &mut Vec<Column>) -> Option<()> {
    let mut levels = Vec::new();
    Reader::new(footer).fields(|reader, id, kind| match (id, kind) {
        (2, LIST) => schema(reader, &mut levels).map(|()| true),
        (4, LIST) => {
            let (STRUCT, count) = reader.list()? else { return None };
            (0..count).try_for_each(|_| part(reader, most, &levels, columns))?;
            Some(true)
        }
        _ => Some(false),
    })
}

/// How many lists of levels stand before the values of each column: one for what may be missing, one for what may be
/// repeated. The columns are the leaves of a tree.
fn schema(reader: &mut Reader<'_>, levels: &mut Vec<usize>) -> Option<()> {
    let (STRUCT, count) = reader.list()? else { return None };
    // Children that are to come, and whether what they lie in may be missing or repeated.
    let mut above: Vec<(i64, bool, bool)> = Vec::new();
    for index in 0..count {
        let (mut repetition, mut children) = (0, 0);
        reader.fields(|reader, id, kind| {
            match (id, kind) {
                (3, 5) => repetition = reader.number()?,
                (5, 5) => children = reader.number()?,
                _ => return Some(false),
            }
            Some(true)
        })?;
        let (missing, repeated) = above.last().map_or((false, false), |last| (last.1, last.2));
        let (missing, repeated) = (missing || (index > 0 && repetition > 0), repeated || repetition == 2);
        if let Some(last) = above.last_mut() {
            last.0 -= 1;
        }
        if children > 0 {
            above.push((children, missing, repeated));
        } else {
            levels.push(usize::from(missing) + usize::from(repeated));
        }
        while above.last().is_some_and(|last| last.0 <= 0) {
            above.pop();
        }
    }
    Some(())
}

fn part(reader: &mut Reader<'_>, most: u64, levels: &[usize], columns: &mut Vec<Column>) -> Option<()> {
    reader.fields(|reader, id, kind| match (id, kind) {
        (1, LIST) => {
            let (STRUCT, count) = reader.list()? else { return None };
            for index in 0..count {
                let levels = levels.get(index as usize).copied().unwrap_or(0);
                let mut column = Column { levels, ..Column::default() };
                reader.fields(|reader, id, kind| match (id, kind) {
                    (3, STRUCT) => description(reader, &mut column).map(|()| true),
                    _ => Some(false),
                })?;
                if columns.len() as u64 >= most {
                    return None;
                }
                columns.push(column);
            }
            Some(true)
        }
        _ => Some(false),
    })
}

fn description(reader: &mut Reader<'_>, column: &mut Column) -> Option<()> {
    let (mut data, mut words) = (None, None);
    reader.fields(|reader, id, kind| {
        match (id, kind) {
            (1, 5) => column.is_text = reader.number()? == 6,
            (3, LIST) => {
                let (BINARY, count) = reader.list()? else { return None };
                let mut names = Vec::new();
                for _ in 0..count {
                    let name = String::from_utf8_lossy(reader.binary()?).into_owned();
                    // Names of lists are the first of several.
                    if names.len() < 4 {
                        names.push(name.chars().take(200).collect::<String>());
                    }
                }
                column.name = names.join(".");
            }
            (4, 5) => column.codec = reader.number()?,
            (7, 6) => column.size = u64::try_from(reader.number()?).ok()?,
            (9, 6) => data = u64::try_from(reader.number()?).ok(),
            (11, 6) => words = u64::try_from(reader.number()?).ok(),
            _ => return Some(false),
        }
        Some(true)
    })?;
    let data = data?;
    // Some writers say 0 where there is no dictionary.
    column.begin = words.filter(|words| *words > 0).map_or(data, |words| words.min(data));
    Some(())
}
