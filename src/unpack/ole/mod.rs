//! Compound files: documents of Office up to 2003, and whatever else it and installers keep in streams.
//!
//! Holds: what is made of which stream. Must not know: where streams end up.

mod atoms;
mod chain;
mod container;
mod directory;
mod embedded;
mod integers;
mod letters;
mod locked;
mod macros;
mod pictures;
mod properties;
mod rc4;
mod records;
mod rows;
mod sheets;
mod slides;
#[cfg(test)]
mod tests;
mod unlock;
mod unseal;
mod word;
mod workbook;
mod xor;

use self::container::{Compound, MAGIC};
use self::directory::{Entry, path};
use super::{Content, Flow, Format, Member, Open, Raw, Sink};
use crate::base::{Cursor, ReadAt, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "OLE2 compound file",
    scope: "every stream, under its path; the text of Word 6-2003, of Excel \
            5-2003 and of PowerPoint 97-2003; VBA modules, properties, embedded packages and objects, packed drawings of Word and PowerPoint; of what is \
            encrypted OOXML (AES), Word and Excel 97-2003 (RC4), Excel 5-2003 (XOR) and PowerPoint (RC4 of \
            CryptoAPI) with the given passwords and the default ones, but not its properties and pictures; what is \
            locked in other ways, such as Word by XOR, is told and not opened",
    recognises: |probe| probe.head.starts_with(&MAGIC),
    raw: Raw::Last,
    open: Open::Random(open),
};

fn open(bytes: &dyn ReadAt, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let file = Compound::read(bytes, sink)?;
    let damaged = file.is_damaged();
    let result = open_streams(&file, sink);
    file.release(sink);
    match result? {
        Flow::Continue(()) if damaged => Err(Trouble::malformed("has lost a part of its tables")),
        _ => Ok(()),
    }
}

/// Hands over first the text of documents, then all streams as they are.
fn open_streams(file: &Compound<'_>, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let streams: Vec<&Entry> = file.entries().iter().filter(|entry| entry.is_stream() && entry.size > 0).collect();
    for entry in &streams {
        let Some((what, reader)) = reader_of(file, entry) else { continue };
        // Each looks for its neighbours, and reads a stream that others may have as well.
        sink.spend(file.entries().len() as u64 + file.stream(entry).size())?;
        let name = path(file.entries(), entry);
        match reader(file, entry, &name, sink) {
            Ok(Flow::Break(())) => return Ok(Flow::Break(())),
            Ok(Flow::Continue(())) => {}
            Err(trouble) => sink.tell(Some(&name), what, trouble),
        }
    }
    for entry in streams {
        let name = path(file.entries(), entry);
        let stream = file.stream(entry);
        if stream.is_short() {
            sink.tell(Some(&name), "stream", Trouble::malformed("ends early"));
        }
        let member = Member::named("stream", &name).echo();
        if sink.take(member, Content::Read(&mut Cursor::new(&stream), Some(stream.size()))).is_break() {
            return Ok(Flow::Break(()));
        }
        if pictures::may_be_in(&entry.name) && pictures::open(&stream, &name, sink)?.is_break() {
            return Ok(Flow::Break(()));
        }
        if sink.left() == 0 {
            // What the last stream met is told; the others would only meet it again.
            sink.spend(1)?;
        }
    }
    Ok(Flow::Continue(()))
}

/// What makes something of a stream.
type Reader = fn(&Compound<'_>, &Entry, &str, &mut dyn Sink) -> Result<Flow, Trouble>;

/// What reads a stream, if it is one from which more can be had than its bytes, and what to call it.
fn reader_of(file: &Compound<'_>, entry: &Entry) -> Option<(&'static str, Reader)> {
    let name = entry.name.to_ascii_lowercase();
    Some(match name.as_str() {
        "worddocument" => ("Word document", word::open),
        "workbook" | "book" => ("workbook", workbook::open),
        "powerpoint document" => ("presentation", slides::open),
        "encryptedpackage" => ("document", locked::open),
        "\u{1}ole10native" => ("embedded package", embedded::open),
        "\u{5}summaryinformation" | "\u{5}documentsummaryinformation" => ("properties", properties::open),
        _ => {
            let folder = file.entries().get(entry.parent)?;
            if folder.is("VBA") {
                ("VBA module", macros::open)
            } else if folder.is("_SX_DB_CUR") {
                ("pivot cache", workbook::open)
            } else {
                return None;
            }
        }
    })
}
