//! The pages of a listing.
//!
//! Holds: finding the entries in whatever way the answers were saved: one page, an array of them, one behind the other,
//! entries without pages. Must not know: what entries mean.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use super::MOST;
use super::context::Contexts;
use super::entry::{Entry, Fields, Shape};
use crate::inventory::Rejected;

/// What the pages hold.
pub(super) struct Pages {
    shape: &'static Shape,
    /// The entries that could be read, with their places.
    pub(super) read: Vec<(String, Fields)>,
    /// Those that could not.
    pub(super) rejected: Vec<Rejected>,
    /// Whose pages they are, and which say that another follows.
    pub(super) contexts: Contexts,
    entries: usize,
    documents: usize,
    /// Documents with the list.
    lists: usize,
    /// Whether an entry was met that is known for one of this kind.
    known: bool,
    /// Whether a page was met that can only be one of these, though its list is empty.
    blank: bool,
}

impl Pages {
    /// Those of entries of some kind.
    pub(super) fn new(shape: &'static Shape) -> Self {
        Self {
            shape,
            read: Vec::new(),
            rejected: Vec::new(),
            contexts: Contexts::default(),
            entries: 0,
            documents: 0,
            lists: 0,
            known: false,
            blank: false,
        }
    }

    /// Whether they are known for what they are, and not just for the name of a list.
    pub(super) fn is_listing(&self) -> bool {
        self.known || self.blank
    }

    /// Whether there is a page or an entry.
    pub(super) fn is_met(&self) -> bool {
        self.lists > 0 || self.entries > 0
    }

    fn take(&mut self, entry: &Entry) {
        self.entries += 1;
        if let Some(context) = entry.identifier(self.shape.context) {
            self.contexts.meet(context);
        }
        let place = format!("{} {}", self.shape.what, self.entries);
        match (self.shape.read)(entry) {
            Ok(fields) => self.read.push((place, fields)),
            Err(why) => self.rejected.push(Rejected { place, why }),
        }
    }

    fn is_full(&self) -> bool {
        self.read.len() + self.rejected.len() >= MOST
    }
}

/// Reads all pages in a text. The error names a line and a column, and quotes nothing.
pub(super) fn read(text: &str, pages: &mut Pages) -> Result<(), String> {
    let mut documents = serde_json::Deserializer::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    // Whatever is behind a document is the next one.
    while documents.end().is_err() {
        Part(pages, Stand::Text).deserialize(&mut documents).map_err(|error| {
            let why = match error.classify() {
                Category::Data if pages.is_full() => "begins more than 100000 entries; import them in parts",
                Category::Data => "stands something else than in the answers of KSeF",
                Category::Eof => "is the end, before the list is at its end",
                Category::Syntax | Category::Io => "is no sound JSON",
            };
            format!("line {}, column {}: there {why}", error.line(), error.column())
        })?;
    }
    Ok(())
}

/// Where something stands that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// In the text.
    Text,
    /// In an array of the text.
    Array,
    /// In the list of a page.
    List,
}

/// A page, an entry, or an array of them.
struct Part<'p>(&'p mut Pages, Stand);

/// The list of a page.
struct List<'p>(&'p mut Pages);

fn full<E: Error>(pages: &Pages) -> Result<(), E> {
    if pages.is_full() { Err(E::custom("too many entries")) } else { Ok(()) }
}

impl Part<'_> {
    /// Takes what is neither a page nor an entry.
    fn reject<E: Error>(self) -> Result<(), E> {
        let Self(pages, stand) = self;
        full(pages)?;
        let (place, why) = if stand == Stand::List {
            pages.entries += 1;
            (format!("{} {}", pages.shape.what, pages.entries), "is no object")
        } else {
            pages.documents += 1;
            (format!("document {}", pages.documents), "is neither a page nor an entry of this list")
        };
        pages.rejected.push(Rejected { place, why: why.to_owned() });
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a page")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(pages, stand) = self;
        full(pages)?;
        let (shape, before) = (pages.shape, pages.entries);
        if stand != Stand::List {
            pages.contexts.begin();
        }
        let (mut entry, mut more, mut is_page, mut others) = (Entry::default(), Value::Null, false, 0);
        while let Some(key) = map.next_key::<String>()? {
            if stand != Stand::List && key.eq_ignore_ascii_case(shape.list) {
                map.next_value_seed(List(pages))?;
                is_page = true;
            } else if key.eq_ignore_ascii_case(shape.more) {
                more = map.next_value()?;
            } else if let Some(name) = shape.wanted(&key) {
                entry.set(name, map.next_value()?);
            } else {
                others += 1;
                map.next_value::<IgnoredAny>()?;
            }
        }
        if is_page {
            pages.documents += 1;
            pages.lists += 1;
            pages.blank |= pages.entries == before && others == 0 && entry.is_empty();
            pages.contexts.end(match more {
                Value::Null | Value::Bool(false) => false,
                Value::String(more) => !more.trim().is_empty(),
                _ => true,
            });
            return Ok(());
        }
        if stand != Stand::List {
            if entry.is_empty() {
                return Part(pages, stand).reject();
            }
            pages.documents += 1;
        }
        pages.known |= entry.has(shape.identity) && (stand == Stand::List || entry.has(shape.mark));
        pages.take(&entry);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self(pages, stand) = self;
        if stand != Stand::Text {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Part(pages, stand).reject();
        }
        while list.next_element_seed(Part(pages, Stand::Array))?.is_some() {}
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.reject()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.reject()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.reject()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.reject()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.reject()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.reject()
    }
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Part(self.0, Stand::List))?.is_some() {}
        Ok(())
    }
}
