//! Running text of Office: paragraphs, tables, text boxes, fields, changes that are tracked.
//!
//! Holds: which elements mean what. The text of runs is joined, whatever stands between them. Must not know: in which
//! parts there is such text.

use super::layout::Layout;
use super::told::Dialect;
use super::xml::Tag;

/// Text of documents, slides and drawings.
#[derive(Default)]
pub(super) struct Words {
    layout: Layout,
    deleted: u32,
    inserted: u32,
    /// How many elements are open that hold text.
    texts: u32,
    /// The same that hold the code of a field.
    codes: u32,
}

impl Words {
    fn put(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let before = self.layout.before;
        if self.deleted > 0 && !before || self.inserted > 0 && before {
            self.layout.omit();
        } else {
            self.layout.put(text, out);
        }
    }

    fn remark(&mut self, tag: &Tag<'_>, names: &[&str]) {
        for name in names {
            self.layout.remark(&tag.value(name).unwrap_or_default());
        }
    }
}

impl Dialect for Words {
    fn open(&mut self, tag: &Tag<'_>, out: &mut Vec<u8>) {
        let layout = &mut self.layout;
        match tag.name {
            b"t" | b"text" | b"v" => up(&mut self.texts),
            b"delText" => {
                up(&mut self.texts);
                up(&mut self.deleted);
            }
            b"instrText" | b"delInstrText" => {
                up(&mut self.codes);
                up(&mut layout.beside);
            }
            b"del" | b"moveFrom" => up(&mut self.deleted),
            b"ins" | b"moveTo" => up(&mut self.inserted),
            // The same twice, for programs of different age.
            b"Choice" if layout.before => up(&mut layout.hidden),
            b"Fallback" if !layout.before => {
                layout.omit();
                up(&mut layout.hidden);
            }
            b"txbxContent" => {
                layout.line_beside();
                up(&mut layout.beside);
            }
            b"tbl" => layout.begin_table(),
            b"tc" => layout.begin_cell(out),
            b"br" | b"cr" => layout.line(out),
            // Where a tab leads to has a place, and is no text.
            b"tab" if tag.value("pos").is_none() => layout.tab(out),
            b"noBreakHyphen" => self.put(b"-", out),
            b"fldSimple" => self.remark(tag, &["instr"]),
            b"docPr" | b"cNvPr" => self.remark(tag, &["title", "descr"]),
            b"hyperlink" | b"hlinkClick" => self.remark(tag, &["tooltip"]),
            b"alias" | b"tag" | b"default" | b"listEntry" | b"helpText" | b"statusText" => self.remark(tag, &["val"]),
            b"listItem" => self.remark(tag, &["displayText", "value"]),
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8], out: &mut Vec<u8>) {
        let layout = &mut self.layout;
        match name {
            b"t" => down(&mut self.texts),
            b"text" | b"v" => {
                down(&mut self.texts);
                layout.paragraph(out);
            }
            b"delText" => {
                down(&mut self.texts);
                down(&mut self.deleted);
            }
            b"instrText" | b"delInstrText" => {
                down(&mut self.codes);
                down(&mut layout.beside);
            }
            b"del" | b"moveFrom" => down(&mut self.deleted),
            b"ins" | b"moveTo" => down(&mut self.inserted),
            b"Choice" if layout.before => down(&mut layout.hidden),
            b"Fallback" if !layout.before => down(&mut layout.hidden),
            b"txbxContent" => {
                layout.line_beside();
                down(&mut layout.beside);
            }
            // The code of one field may be in several runs, that of another is not to be joined to it.
            b"fldChar" if layout.beside == 0 => layout.line_beside(),
            b"p" | b"si" => layout.paragraph(out),
            b"tc" => layout.end_cell(),
            b"tr" => layout.end_row(out),
            _ => {}
        }
    }

    fn text(&mut self, text: &[u8], out: &mut Vec<u8>) {
        if self.texts > 0 || self.codes > 0 {
            self.put(text, out);
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

/// One more is open.
pub(super) fn up(count: &mut u32) {
    *count = count.saturating_add(1);
}

/// One less is open.
pub(super) fn down(count: &mut u32) {
    *count = count.saturating_sub(1);
}
