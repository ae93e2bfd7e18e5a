//! SQLite: databases, their write-ahead logs and their rollback journals.
//!
//! Holds: recognising them, and the order in which a database is read. Must not know: whether it was a file or stood
//! inside of another. Written by hand: SQLite itself is C, opens files by name and stops at the first damage.

mod log;
mod page;
mod record;
mod rest;
mod schema;
#[cfg(test)]
mod tests;
mod text;
mod walk;

use std::ops::ControlFlow::{Break, Continue};

use zeroize::Zeroizing;

use super::{Content, Flow, Format, Member, Open, Raw, Sink};
use crate::base::{Places, ReadAt, Trouble};
use page::{Encoding, Image, Visited};
use schema::Columns;
use text::Table;
use walk::{Head, Task, Walk};

/// How a database is recognised and opened.
pub(super) const DATABASE: Format = Format {
    name: "SQLite",
    scope: "rows of all tables with the names of their columns, values over several pages, blobs that are containers, \
            deleted rows as far as their pages tell; encrypted databases cannot be recognised",
    recognises: |probe| probe.head.starts_with(MAGIC),
    raw: Raw::Last,
    open: Open::Random(open),
};

/// How a write-ahead log is recognised and opened.
pub(super) const LOG: Format = Format {
    name: "SQLite write-ahead log",
    scope: "rows of all versions of the pages in it, old ones too; columns have names where the schema is in it",
    recognises: |probe| matches!(probe.head, [0x37, 0x7F, 0x06, 0x82 | 0x83, 0, 0x2D, 0xE2, 0x18, ..]),
    raw: Raw::Last,
    open: Open::Random(log::open_log),
};

/// How a rollback journal is recognised and opened.
pub(super) const JOURNAL: Format = Format {
    name: "SQLite rollback journal",
    scope: "rows of the pages as they were before a change; columns have names where the schema is in it",
    recognises: |probe| probe.head.starts_with(&log::JOURNAL_MAGIC),
    raw: Raw::Last,
    open: Open::Random(log::open_journal),
};

/// How databases begin.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Objects of a schema that are read.
const MOST_OBJECTS: usize = 100_000;

fn open(bytes: &dyn ReadAt, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut head = [0; 100];
    let length = bytes.read_at(&mut head, 0).unwrap_or(0);
    if length < head.len() {
        return Err(Trouble::malformed("ends early"));
    }
    let page_size = match u16::from_be_bytes([head[16], head[17]]) {
        1 => 65_536,
        size => usize::from(size),
    };
    let usable = page_size.saturating_sub(usize::from(head[20]));
    if !page_size.is_power_of_two() || page_size < 512 || usable < 480 {
        return Err(Trouble::malformed("has a broken header"));
    }
    let encoding = match head[59] {
        2 => Encoding::Utf16Le,
        3 => Encoding::Utf16Be,
        _ => Encoding::Utf8,
    };
    open_image(&Image::of_file(bytes, page_size, usable, encoding), sink)
}

/// Reads the pages of a database, or those that a log holds of one.
fn open_image(image: &Image<'_>, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let size = Visited::size(image.slots());
    sink.hold(size)?;
    // Whoever wants no more knows why.
    let _ = read(&mut Walk::new(image), sink);
    sink.release(size);
    Ok(())
}

fn read(walk: &mut Walk<'_, '_>, sink: &mut dyn Sink) -> Flow {
    let known = walk.image.is_file();
    let objects = schema_of(walk, sink)?;
    // Tables first: what stands in an index stands in its table too.
    for is_index in [false, true] {
        for object in objects.iter().filter(|object| object.is_index == is_index && object.root > 1) {
            let table = Table {
                name: object.name.clone(),
                columns: object.columns.names.clone(),
                what: if is_index { "database index" } else { "database table" },
                echo: is_index,
            };
            walk.tree(object.root, &Task { table: &table, alias: object.columns.alias, known }, sink)?;
        }
    }
    let table = Table { name: String::new(), columns: Vec::new(), what: "database page", echo: true };
    rest::rest(walk, &table, sink)
}

/// A table or an index.
struct Object {
    is_index: bool,
    name: String,
    root: u32,
    columns: Columns,
}

/// Reads the schema, and hands over its text.
fn schema_of(walk: &mut Walk<'_, '_>, sink: &mut dyn Sink) -> std::ops::ControlFlow<(), Vec<Object>> {
    let known = walk.image.is_file();
    if !known && walk.image.slot(1, u32::MAX).is_none() {
        return Continue(Vec::new());
    }
    let mut objects = Vec::new();
    let mut text = Zeroizing::new(Vec::new());
    let most = usize::try_from(sink.limits().max_blob).unwrap_or(usize::MAX);
    let sound = walk.heads(1, |heads| {
        if objects.len() >= MOST_OBJECTS || text.len() >= most {
            return Break(());
        }
        let mut heads = heads.into_iter();
        let (Some(Head::Text(kind)), Some(Head::Text(name)), Some(_), root) =
            (heads.next(), heads.next(), heads.next(), heads.next())
        else {
            return Continue(());
        };
        let sql = match heads.next() {
            Some(Head::Text(sql)) => sql,
            _ => String::new(),
        };
        text.extend_from_slice(sql.as_bytes());
        text.extend_from_slice(b";\n");
        if let (Some(Head::Number(root)), "table" | "index") = (root, kind.as_str()) {
            let (root, columns) = (u32::try_from(root).unwrap_or(0), schema::columns(&sql));
            let name = name.chars().take(schema::NAME).collect();
            objects.push(Object { is_index: kind == "index", name, root, columns });
        }
        Continue(())
    });
    if known && !sound {
        sink.tell(None, "the schema of this database", Trouble::malformed("is damaged; tables may be without names"));
    }
    if !text.is_empty() {
        sink.take(Member::only("database schema").made(Places::Lines), Content::Owned(text))?;
    }
    Continue(objects)
}
