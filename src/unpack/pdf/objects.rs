//! What objects of a PDF hold besides pages: attachments, texts, streams, and what no page names any more.
//!
//! Holds: handing it over. Must not know: how pages are read.

use std::collections::HashSet;
use std::io::BufRead;

use memchr::memmem;
use zeroize::Zeroizing;

use super::document::{Document, Stream};
use super::filters::{DEEPEST, is_picture, unpack};
use super::pages::{Leaf, Pages, Walk};
use super::scan::Kind;
use super::value::{Dict, Value};
use super::{BATCH, Stop, bytes_of, go_on, texts};
use crate::base::{Places, Trouble};
use crate::unpack::{Content, Member, Sink};

/// How large a stream may be that is looked at for text that no page shows.
const LARGEST: usize = 4 << 20;

/// Texts that belong together, and what they are called; those of no kind have no name.
const KINDS: [Option<&str>; 4] = [Some("properties"), Some("form fields"), Some("outlines"), None];

struct Hand<'h, 'a> {
    document: &'h Document<'a>,
    pages: &'h mut Pages,
    walk: &'h Walk,
    /// The object that describes the document.
    info: Option<u32>,
    texts: [Zeroizing<String>; KINDS.len()],
    /// Streams that were handed over: entries.
    handed: HashSet<usize>,
    /// Attachments and forms: the number of the stream, its name, and whether it may have been met before.
    named: Vec<(u32, String, bool)>,
    /// Whether it was told that an attachment is not there.
    missing: bool,
}

/// Hands over what is not in the text of the pages.
pub(super) fn hand_over(
    document: &Document<'_>,
    trailers: &[Dict],
    pages: &mut Pages,
    walk: &Walk,
    sink: &mut dyn Sink,
) -> Result<(), Stop> {
    let info = trailers.iter().rev().find_map(|trailer| trailer.get(b"Info")?.reference());
    let texts = KINDS.map(|_| Zeroizing::new(String::new()));
    let mut hand =
        Hand { document, pages, walk, info, texts, handed: HashSet::new(), named: Vec::new(), missing: false };
    let result = hand.pass(sink);
    hand.hand_texts(0, sink)?;
    hand.hand_alone(0, sink)?;
    result?;
    for at in 0..document.entries.len() {
        hand.hand_stream(at, sink)?;
        document.pay(sink)?;
    }
    hand.hand_alone(0, sink)
}

impl Hand<'_, '_> {
    /// Looks at every object.
    fn pass(&mut self, sink: &mut dyn Sink) -> Result<(), Stop> {
        let document = self.document;
        for at in 0..document.entries.len() {
            let Some(entry) = document.entries.get(at) else { break };
            if let Some(value) = document.plain(at) {
                self.look(&value, entry.number, document.is_latest(at));
            }
            if entry.kind == Kind::Objects {
                for index in 0..document.packed_count(at) {
                    if let Some(value) = document.packed_value(at, index) {
                        let number = document.packed_number(at, index);
                        self.look(&value, number, document.is_latest_packed(number, at, index));
                    }
                    document.pay(sink)?;
                    self.hand_texts(BATCH, sink)?;
                }
            }
            document.pay(sink)?;
            self.hand_texts(BATCH, sink)?;
            self.hand_alone(BATCH, sink)?;
            for (number, name, echo) in std::mem::take(&mut self.named) {
                self.hand_named(number, &name, echo, sink)?;
            }
        }
        Ok(())
    }

    fn look(&mut self, value: &Value, number: u32, is_latest: bool) {
        let kind = match value {
            _ if self.info == Some(number) => 0,
            Value::Dict(dict) if dict.get(b"FT").is_some() => 1,
            Value::Dict(dict) if dict.get(b"Title").is_some() && dict.get(b"Parent").is_some() => 2,
            _ => 3,
        };
        texts::list(value, "", &mut self.texts[kind]);
        let (document, named) = (self.document, &mut self.named);
        texts::each_dict(value, &mut |dict| {
            note_attachment(dict, number, named);
            note_form(document, dict, named);
        });
        if let Value::Dict(dict) = value
            && dict.says(b"Type", b"Page")
            && !(is_latest && self.walk.met.contains_key(&number))
        {
            self.pages.read(self.document, &Leaf::alone(dict.clone()));
        }
    }

    /// Hands over texts, of which there are more than so many bytes.
    fn hand_texts(&mut self, most: usize, sink: &mut dyn Sink) -> Result<(), Stop> {
        for (text, name) in self.texts.iter_mut().zip(KINDS) {
            if text.len() > most {
                let member = Member { name, ..Member::only("pdf texts") }.made(Places::Lines).echo();
                let text = std::mem::replace(text, Zeroizing::new(String::new()));
                go_on(sink.take(member, Content::Owned(bytes_of(text))))?;
            }
        }
        Ok(())
    }

    /// Hands over the text of what no page names.
    fn hand_alone(&mut self, most: usize, sink: &mut dyn Sink) -> Result<(), Stop> {
        let layout = &mut self.pages.layout;
        if layout.lines.len().max(layout.written.len()) <= most {
            return Ok(());
        }
        for text in [&mut layout.lines, &mut layout.written] {
            let text = std::mem::replace(text, Zeroizing::new(String::new()));
            if !text.trim().is_empty() {
                let member = Member::only("pdf text").made(Places::Lines).echo();
                go_on(sink.take(member, Content::Owned(bytes_of(text))))?;
            }
        }
        Ok(())
    }

    fn hand_named(&mut self, number: u32, name: &str, echo: bool, sink: &mut dyn Sink) -> Result<(), Stop> {
        let Some(stream) = self.document.stream(number) else {
            // One stands for all; a hostile file names as many as it likes.
            if !std::mem::replace(&mut self.missing, true) {
                sink.tell(Some(name), "pdf attachment", Trouble::malformed("is not there"));
            }
            return Ok(());
        };
        if !self.handed.insert(stream.entry) {
            return Ok(());
        }
        let member = Member::named("pdf attachment", name);
        self.take(&stream, if echo { member.echo() } else { member }, sink)
    }

    /// Hands over a stream that was not before, as it is without its packing.
    fn hand_stream(&mut self, at: usize, sink: &mut dyn Sink) -> Result<(), Stop> {
        let document = self.document;
        let Some(entry) = document.entries.get(at) else { return Ok(()) };
        if entry.stream.is_none() || entry.kind == Kind::Table || self.handed.contains(&at) {
            return Ok(());
        }
        let Some(stream) = document.stream_at(at) else { return Ok(()) };
        let is_content = !self.pages.read.contains(&at)
            && stream.dict.get(b"Length1").is_none()
            && !stream.dict.says(b"Subtype", b"Image")
            && entry.kind == Kind::Plain;
        if is_content {
            let (bytes, _) = document.unpacked(&stream, LARGEST);
            if memmem::find(&bytes, b"Tj").or_else(|| memmem::find(&bytes, b"TJ")).is_some() {
                self.pages.read_alone(document, entry.number, &stream.dict, &bytes);
                self.hand_alone(BATCH, sink)?;
            }
        }
        // What is as it stands in the file is searched there, unless it may be something to be opened.
        let filters = document.filters(&stream.dict);
        if filters.first().is_some_and(|filter| is_picture(&filter.name)) && !document.is_locked(&stream) {
            return Ok(());
        }
        let name = format!("object {}", entry.number);
        self.take(&stream, Member::named("pdf stream", &name).echo(), sink)
    }

    fn take(&self, stream: &Stream, member: Member<'_>, sink: &mut dyn Sink) -> Result<(), Stop> {
        let packed = self.document.raw(stream).len() as u64;
        let filters = self.document.filters(&stream.dict);
        let (mut source, stopped) = unpack(self.document.source(stream), &filters);
        let is_unknown = stopped.is_some_and(|name| !is_picture(name));
        if is_unknown || filters.len() > DEEPEST {
            let trouble = Trouble::unsupported("is packed in a way that is not known");
            sink.tell(member.name, member.what, trouble);
        }
        if source.fill_buf().is_ok_and(<[u8]>::is_empty) {
            return Ok(());
        }
        go_on(sink.take(member, Content::Read(&mut source, Some(packed))))
    }
}

/// Notes the streams of an attachment: what stands under its names for different systems is the same most of the time.
fn note_attachment(dict: &Dict, number: u32, named: &mut Vec<(u32, String, bool)>) {
    let Some(files) = dict.get(b"EF").and_then(Value::dict) else { return };
    let name = [&b"UF"[..], b"F", b"Unix", b"DOS", b"Mac"].into_iter().find_map(|key| dict.get(key)?.text());
    let name = name.map(texts::decode).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| format!("attachment of object {number}"));
    for (_, file) in files.0.iter().take(10) {
        named.extend(file.reference().map(|file| (file, name.clone(), false)));
    }
}

/// Notes the streams of a form of XML, whose fields say the same.
fn note_form(document: &Document<'_>, dict: &Dict, named: &mut Vec<(u32, String, bool)>) {
    let Some(form) = dict.get(b"XFA") else { return };
    if let Value::Array(items) = &*document.resolve(form) {
        for pair in items.chunks_exact(2).take(1000) {
            if let [Value::Text(name), Value::Reference(number)] = pair {
                named.push((*number, format!("XFA {}", texts::decode(name)), true));
            }
        }
    } else {
        named.extend(form.reference().map(|number| (number, "XFA".to_owned(), true)));
    }
}
