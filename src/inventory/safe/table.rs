//! Exports as tables with commas.
//!
//! Holds: the columns that each program writes, by which it is known. Must not know: inventories that people keep as
//! tables: a column that no program writes makes one of those.

use std::ops::Range;

use csv::{Reader, ReaderBuilder, StringRecord};

use super::{Item, SafeKind, push};

/// A table that some program writes.
struct Shape {
    kind: SafeKind,
    /// The columns that are always there.
    needed: &'static [&'static str],
    /// Those that may be; nothing where later versions may add others, as the needed ones are like no other's.
    others: Option<&'static [&'static str]>,
    title: &'static str,
    /// Where an item lies, and whether that is a path.
    folder: &'static [(&'static str, bool)],
}

const SHAPES: &[Shape] = &[
    Shape {
        kind: SafeKind::BitwardenTable,
        needed: &["type", "name", "notes", "login_uri", "login_username", "login_password"],
        others: None,
        title: "name",
        folder: &[("folder", false), ("collections", false)],
    },
    Shape {
        kind: SafeKind::OnePasswordTable,
        needed: &["title", "url", "username", "password", "otpauth", "notes"],
        others: Some(&["favorite", "archived", "tags"]),
        title: "title",
        folder: &[],
    },
    Shape {
        kind: SafeKind::OnePasswordTable,
        needed: &["title", "website", "username", "password", "notes"],
        others: Some(&[]),
        title: "title",
        folder: &[],
    },
    Shape {
        kind: SafeKind::KeepassTable,
        needed: &["group", "title", "username", "password", "url", "notes"],
        others: Some(&["totp", "icon", "last modified", "created"]),
        title: "title",
        folder: &[("group", true)],
    },
    Shape {
        kind: SafeKind::KeepassTable,
        needed: &["account", "login name", "password", "web site", "comments"],
        others: Some(&[]),
        title: "account",
        folder: &[],
    },
];

/// The longest heading that is looked at.
const HEADING: usize = 4096;

/// What wrote a table, if it is known by its columns.
pub(super) fn recognise(text: &str) -> Option<SafeKind> {
    shape(&heading(text)?).map(|shape| shape.kind)
}

/// The items of a table.
pub(super) fn items(kind: SafeKind, text: &str) -> Result<Vec<Item>, String> {
    let heading = heading(text).ok_or("has no heading")?;
    let shape = shape(&heading).filter(|shape| shape.kind == kind).ok_or("has not the columns of such an export")?;
    let column = |wanted: &str| heading.iter().position(|name| name == wanted);
    let title = column(shape.title);
    let folder = shape.folder.iter().find_map(|(name, is_path)| Some((column(name)?, *is_path)));
    let (mut items, mut record, mut reader) = (Vec::new(), StringRecord::new(), reader(text));
    while let Some(span) = next(&mut reader, &mut record, text)? {
        let title = title.and_then(|column| record.get(column));
        let folder = folder.and_then(|(column, is_path)| {
            let folder = record.get(column)?;
            Some(if is_path { folder.split('/').collect::<Vec<_>>().join(" / ") } else { folder.to_owned() })
        });
        push(&mut items, span, title, folder.as_deref())?;
    }
    Ok(items)
}

fn reader(text: &str) -> Reader<&[u8]> {
    ReaderBuilder::new().flexible(true).from_reader(text.as_bytes())
}

/// The next row, and its bytes.
fn next(reader: &mut Reader<&[u8]>, record: &mut StringRecord, text: &str) -> Result<Option<Range<usize>>, String> {
    let line = reader.position().line();
    let read = reader.read_record(record).map_err(|_| format!("line {line}: is no sound row"))?;
    let start = record.position().map_or(0, csv::Position::byte);
    let clip = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
    let (start, end) = (clip(start), clip(reader.position().byte()));
    // Lines without anything are passed over with the row behind them.
    let before = text.as_bytes().get(start..end).unwrap_or_default();
    let empty = before.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    Ok(read.then(|| start + empty..end))
}

/// The names of the columns, in lower case.
fn heading(text: &str) -> Option<Vec<String>> {
    // Names of columns have no line ends in them.
    let line = text.lines().next().filter(|line| line.len() <= HEADING)?;
    let mut reader = reader(line);
    let names = reader.headers().ok()?;
    Some(names.iter().map(|name| name.trim().to_lowercase()).collect())
}

fn shape(heading: &[String]) -> Option<&'static Shape> {
    let has = |wanted: &str| heading.iter().filter(|name| *name == wanted).count() == 1;
    SHAPES.iter().find(|shape| {
        let is_known = |name: &String| {
            shape.others.is_none_or(|others| shape.needed.iter().chain(others).any(|known| known == name))
        };
        shape.needed.iter().all(|name| has(name)) && heading.iter().all(is_known)
    })
}
