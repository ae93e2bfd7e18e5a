//! Exports of `KeePass` in XML, and what is in its databases.
//!
//! Holds: recognising and reading them. Must not know: where the XML came from. Of the strings of an entry the title
//! alone is read.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Item, push};
use crate::inventory::line::one_line;

/// Groups within each other whose names are told.
const DEEPEST: usize = 32;

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Group,
    GroupName,
    Entry,
    Pair,
    Key,
    Value,
    Other,
}

/// Whether a text is such an export.
pub(super) fn recognises(text: &str) -> bool {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => return element.name().as_ref() == "KeePassFile",
            Ok(Event::Eof | Event::Empty(_)) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

/// The items of an export.
pub(super) fn items(text: &str) -> Result<Vec<Item>, String> {
    if !recognises(text) {
        return Err("is no export of KeePass".to_owned());
    }
    let mut reader = Reader::from_str(text);
    let mut walk = Walk::default();
    loop {
        let start = position(&reader, text);
        let event = reader.read_event().map_err(|_| fault(text, start))?;
        let end = position(&reader, text);
        match event {
            Event::Start(element) => walk.enter(element.name().as_ref(), start),
            Event::End(_) => walk.leave(end)?,
            Event::Text(words) => walk.hear(&words.xml10_content()),
            Event::CData(words) => walk.hear(&words.xml10_content()),
            Event::GeneralRef(name) => walk.refer(&name.xml10_content(), name.resolve_char_ref().ok().flatten()),
            Event::Eof if walk.path.is_empty() => return Ok(walk.items),
            Event::Eof => return Err(fault(text, text.len())),
            _ => {}
        }
    }
}

fn position(reader: &Reader<&[u8]>, text: &str) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len())
}

/// Says where the text is no sound XML.
fn fault(text: &str, at: usize) -> String {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
    format!("line {line}, column {column}: there is no sound XML")
}

/// What is known on the way through an export.
#[derive(Default)]
struct Walk {
    items: Vec<Item>,
    /// The elements that are open.
    path: Vec<Kind>,
    /// The names of the groups that are, as far as they are told; and how many are not.
    groups: Vec<String>,
    deeper: usize,
    /// What the element says that is read.
    heard: String,
    entry: Told,
    /// Whether the value that comes is a title.
    is_title: bool,
}

/// What an entry says of itself.
#[derive(Default)]
struct Told {
    start: usize,
    title: Option<String>,
}

impl Walk {
    fn enter(&mut self, name: &str, start: usize) {
        let kind = match (name, self.path.last()) {
            ("Group", _) => Kind::Group,
            ("Name", Some(Kind::Group)) => Kind::GroupName,
            ("Entry", Some(Kind::Group)) => Kind::Entry,
            ("String", Some(Kind::Entry)) => Kind::Pair,
            ("Key", Some(Kind::Pair)) => Kind::Key,
            ("Value", Some(Kind::Pair)) => Kind::Value,
            // An entry in the history of another belongs to that.
            _ => Kind::Other,
        };
        match kind {
            Kind::Group if self.groups.len() < DEEPEST => self.groups.push(String::new()),
            Kind::Group => self.deeper += 1,
            Kind::Entry => self.entry = Told { start, ..Told::default() },
            Kind::Pair => self.is_title = false,
            _ => {}
        }
        self.heard.clear();
        self.path.push(kind);
    }

    /// Whether the words of the element at hand are read.
    fn heeds(&self) -> bool {
        match self.path.last() {
            Some(Kind::Value) => self.is_title,
            Some(Kind::Key | Kind::GroupName) => true,
            _ => false,
        }
    }

    fn hear(&mut self, words: &str) {
        if self.heeds() {
            self.heard.push_str(words);
        }
    }

    fn refer(&mut self, name: &str, letter: Option<char>) {
        let named = || quick_xml::escape::resolve_xml_entity(name);
        match letter {
            Some(letter) => self.hear(letter.encode_utf8(&mut [0; 4])),
            None => self.hear(named().unwrap_or_default()),
        }
    }

    fn leave(&mut self, end: usize) -> Result<(), String> {
        let kind = self.path.pop();
        match kind {
            Some(Kind::Group) if self.deeper > 0 => self.deeper -= 1,
            Some(Kind::Group) => drop(self.groups.pop()),
            Some(Kind::GroupName) if self.deeper == 0 => {
                if let Some(name) = self.groups.last_mut() {
                    *name = one_line(&self.heard);
                }
            }
            Some(Kind::Key) => self.is_title = self.heard == "Title",
            Some(Kind::Value) if self.is_title => self.entry.title = Some(one_line(&self.heard)),
            Some(Kind::Entry) => {
                let Told { start, title } = std::mem::take(&mut self.entry);
                let folder = self.groups.join(" / ");
                push(&mut self.items, start..end, title.as_deref(), Some(&folder))?;
            }
            _ => {}
        }
        self.heard.clear();
        Ok(())
    }
}
