//! Rows as text: cells between tabs, below a line of headings.
//!
//! Holds: `Rows`, which gathers text and hands it over in chunks. Must not know: pages, records.

use std::ops::ControlFlow::Continue;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::base::{Cells, Places, Trouble};
use crate::unpack::{Content, Flow, Member, Sink};

/// How much text is handed over at once.
const CHUNK: usize = 1 << 20;

/// Cells shorter than this hold no credential: their places need not be known.
const SHORT: usize = 8;

/// Whose rows they are.
pub(super) struct Table {
    /// The name of the table; empty where nobody knows.
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// What to call it in messages.
    pub(super) what: &'static str,
    /// Whether its rows say again what others said.
    pub(super) echo: bool,
}

impl Table {
    /// The name of a column.
    pub(super) fn column(&self, index: usize) -> String {
        self.columns.get(index).cloned().unwrap_or_else(|| format!("column {}", index + 1))
    }
}

/// Text and where its cells begin.
#[derive(Default)]
struct Chunk {
    text: Zeroizing<Vec<u8>>,
    starts: Vec<(u64, u64, u32)>,
}

/// Gathers the rows of a table.
pub(super) struct Rows<'t> {
    table: &'t Table,
    sheet: Option<Arc<str>>,
    headings: Vec<u8>,
    wide: Chunk,
    /// Cells of more than one line, which would tear their rows apart.
    long: Chunk,
    row: u64,
    column: usize,
}

impl<'t> Rows<'t> {
    pub(super) fn new(table: &'t Table) -> Self {
        let mut headings = Vec::new();
        for (index, name) in table.columns.iter().enumerate() {
            headings.extend_from_slice(if index > 0 { b"\t" } else { b"" });
            headings.extend(name.bytes().map(flat));
        }
        if !headings.is_empty() {
            // What ends each row shows that it is a table, of one column too.
            headings.extend_from_slice(if table.columns.len() == 1 { b"\t\n" } else { b"\n" });
        }
        let sheet = (!table.name.is_empty()).then(|| Arc::from(table.name.as_str()));
        Self { table, sheet, headings, wide: Chunk::default(), long: Chunk::default(), row: 0, column: 0 }
    }

    /// Begins a row; rows count from 0 here.
    pub(super) fn row(&mut self, row: u64) {
        if self.wide.text.is_empty() {
            self.wide.text.extend_from_slice(&self.headings);
        }
        (self.row, self.column) = (row, 0);
    }

    /// The next cell of the row.
    pub(super) fn cell(&mut self, text: &[u8]) {
        let column = u32::try_from(self.column).unwrap_or(u32::MAX);
        if self.column > 0 {
            self.wide.text.push(b'\t');
        }
        if text.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
            let name = self.table.column(self.column);
            self.long.text.extend(name.bytes().map(flat));
            self.long.text.extend_from_slice(b":\n");
            self.long.starts.push((self.long.text.len() as u64, self.row, column));
            self.long.text.extend_from_slice(text);
            self.long.text.extend_from_slice(b"\n\n");
        } else {
            if self.column == 0 || text.len() >= SHORT {
                self.wide.starts.push((self.wide.text.len() as u64, self.row, column));
            }
            self.wide.text.extend(text.iter().copied().map(flat));
        }
        self.column += 1;
    }

    /// Ends the row; hands over what was gathered, once it is enough.
    pub(super) fn end(&mut self, sink: &mut dyn Sink) -> Flow {
        self.wide.text.extend_from_slice(if self.table.columns.len() == 1 { b"\t\n" } else { b"\n" });
        if self.wide.text.len() >= CHUNK || self.long.text.len() >= CHUNK { self.hand_over(sink) } else { Continue(()) }
    }

    /// Hands over what was gathered.
    pub(super) fn hand_over(&mut self, sink: &mut dyn Sink) -> Flow {
        for chunk in [std::mem::take(&mut self.wide), std::mem::take(&mut self.long)] {
            if chunk.text.is_empty() {
                continue;
            }
            let places = Places::Cells(Cells {
                sheet: self.sheet.clone(),
                columns: self.table.columns.clone(),
                starts: chunk.starts,
            });
            let mut member = Member::only(self.table.what).made(places);
            member.echo = self.table.echo;
            // One column alone is no table to a reader.
            let only = self.table.columns.iter().filter(|_| self.table.columns.len() == 1);
            member.words = self.sheet.iter().map(ToString::to_string).chain(only.cloned()).collect();
            sink.take(member, Content::Owned(chunk.text))?;
        }
        Continue(())
    }

    /// A value that is handed over by itself. Whoever asks has its bytes read first.
    pub(super) fn apart(&mut self, sink: &mut dyn Sink, content: Content<'_>) -> Flow {
        let column = self.table.column(self.column);
        let table = if self.table.name.is_empty() { "unknown" } else { &self.table.name };
        let name = format!("{table}.{column} row {}", self.row.saturating_add(1));
        let mut member = Member::named("database value", &name);
        member.echo = self.table.echo;
        member.words = [self.table.name.clone(), column].into_iter().filter(|word| !word.is_empty()).collect();
        sink.take(member, content)
    }

    /// Tells of damage.
    pub(super) fn tell(&self, sink: &mut dyn Sink, trouble: Trouble) {
        sink.tell(self.sheet.as_deref(), self.table.what, trouble);
    }
}

/// A byte that does not end its cell.
fn flat(byte: u8) -> u8 {
    if matches!(byte, b'\t' | b'\n' | b'\r') { b' ' } else { byte }
}
