//! Running text of `OpenDocument`: paragraphs, tables, frames, notes, changes that are tracked.
//!
//! Holds: which elements mean what. Must not know: in which parts there is such text.

use std::collections::{HashMap, HashSet};

use super::layout::Layout;
use super::told::Dialect;
use super::words::{down, up};
use super::xml::Tag;

/// How many spaces one element may stand for.
const SPACES: u64 = 1000;

/// How much text that was taken out is kept for where it stood, and how many changes.
const GONE: usize = 1 << 20;
const CHANGES: usize = 20_000;

/// Text of documents, drawings and presentations.
#[derive(Default)]
pub(super) struct Prose {
    layout: Layout,
    /// How many paragraphs are open, each in something that stands in another.
    texts: u32,
    /// Whether the list of changes is open, and the change that is being told.
    listing: bool,
    change: Vec<u8>,
    /// What was taken out, by its change.
    gone: HashMap<Vec<u8>, Vec<u8>>,
    size: usize,
    /// The changes that put something in.
    put: HashSet<Vec<u8>>,
}

impl Prose {
    /// The list of changes, which stands before the text.
    fn list(&mut self, tag: &Tag<'_>) {
        match tag.name {
            b"changed-region" => self.change = tag.value("id").unwrap_or_default().into_owned(),
            b"insertion" if self.put.len() < CHANGES => _ = self.put.insert(self.change.clone()),
            b"deletion" if self.gone.len() < CHANGES => _ = self.gone.insert(self.change.clone(), Vec::new()),
            b"p" | b"h" => up(&mut self.texts),
            _ => {}
        }
    }

    fn end_of_list(&mut self, name: &[u8]) {
        match name {
            b"tracked-changes" => self.listing = false,
            b"p" | b"h" => {
                down(&mut self.texts);
                self.keep(b"\n");
            }
            _ => {}
        }
    }

    fn keep(&mut self, text: &[u8]) {
        if self.size < GONE
            && let Some(gone) = self.gone.get_mut(&self.change)
        {
            self.size += text.len();
            gone.extend_from_slice(text);
        }
    }

    /// A place in the text where something was changed.
    fn changed(&mut self, tag: &Tag<'_>, out: &mut Vec<u8>) {
        let change = tag.value("change-id").unwrap_or_default();
        let before = self.layout.before;
        if !before {
            self.layout.omit();
        }
        if tag.name == b"change" {
            if let Some(gone) = self.gone.get_mut(change.as_ref()).filter(|_| before).map(std::mem::take) {
                self.layout.put(gone.strip_suffix(b"\n").unwrap_or(&gone), out);
            }
            return;
        }
        // What was taken out may stand where it stood, if its writer shows it there.
        let change = change.as_ref();
        if before && self.put.contains(change) || !before && self.gone.contains_key(change) {
            let hidden = &mut self.layout.hidden;
            if tag.name == b"change-start" { up(hidden) } else { down(hidden) }
        }
    }
}

impl Dialect for Prose {
    fn open(&mut self, tag: &Tag<'_>, out: &mut Vec<u8>) {
        if self.listing {
            self.list(tag);
            return;
        }
        let layout = &mut self.layout;
        match tag.name {
            b"tracked-changes" => self.listing = true,
            b"p" | b"h" => up(&mut self.texts),
            b"s" if self.texts > 0 => {
                let count = tag.number("c").unwrap_or(1).min(SPACES);
                (0..count).for_each(|_| layout.put(b" ", out));
            }
            b"tab" => layout.tab(out),
            b"line-break" => layout.line(out),
            b"annotation" | b"note-body" | b"text-box" | b"title" | b"desc" | b"custom-shape" => {
                layout.line_beside();
                up(&mut layout.beside);
            }
            b"binary-data" => up(&mut layout.hidden),
            b"change" | b"change-start" | b"change-end" => self.changed(tag, out),
            b"a" | b"text-input" | b"placeholder" => {
                layout.remark(&tag.value("href").unwrap_or_default());
                layout.remark(&tag.value("description").unwrap_or_default());
            }
            b"user-field-decl" | b"variable-set" | b"conditional-text" | b"hidden-text" | b"database-display" => {
                for name in ["string-value", "formula", "condition", "string-value-if-true", "string-value-if-false"] {
                    layout.remark(&tag.value(name).unwrap_or_default());
                }
            }
            b"table" => layout.begin_table(),
            b"table-cell" => layout.begin_cell(out),
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8], out: &mut Vec<u8>) {
        if self.listing {
            self.end_of_list(name);
            return;
        }
        let layout = &mut self.layout;
        match name {
            b"p" | b"h" => {
                down(&mut self.texts);
                layout.paragraph(out);
            }
            b"creator" | b"date" | b"date-string" if layout.beside > 0 => layout.line_beside(),
            b"annotation" | b"note-body" | b"text-box" | b"title" | b"desc" | b"custom-shape" => {
                layout.line_beside();
                down(&mut layout.beside);
                // A frame may stand outside of paragraphs.
                if self.texts == 0 && layout.beside == 0 {
                    layout.flush(out);
                }
            }
            b"binary-data" => down(&mut layout.hidden),
            b"table-cell" => layout.end_cell(),
            b"table-row" => layout.end_row(out),
            _ => {}
        }
    }

    fn text(&mut self, text: &[u8], out: &mut Vec<u8>) {
        if self.texts > 0 && self.listing {
            self.keep(text);
        } else if self.texts > 0 || self.layout.beside > 0 && !text.trim_ascii().is_empty() {
            self.layout.put(text, out);
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.layout.flush(out);
    }

    fn again(&mut self) -> bool {
        let again = self.layout.again();
        *self = Self { layout: std::mem::take(&mut self.layout), ..Self::default() };
        again
    }
}
