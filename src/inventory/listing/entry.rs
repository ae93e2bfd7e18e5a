//! One entry of a listing, as far as its fields are asked for.
//!
//! Holds: `Shape`, how an entry of some kind is written, and `Entry`, the values of its fields. Must not know: pages.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::base::Instant;
use crate::inventory::line::one_line;
use crate::inventory::value::read;
use crate::inventory::{Field, Form};

/// What an entry says, in canonical forms.
pub(super) type Fields = BTreeMap<Field, String>;

/// How the entries of one kind are written.
pub(super) struct Shape {
    /// What one is called, in places, messages and as `Field::Sort`.
    pub(super) what: &'static str,
    /// The list in a page.
    pub(super) list: &'static str,
    /// What says of a page that another follows.
    pub(super) more: &'static str,
    /// The field by which an entry is known.
    pub(super) identity: &'static str,
    /// The field that says whose it is: KSeF lists what one context has at a time.
    pub(super) context: &'static str,
    /// A field that only such an entry has besides.
    pub(super) mark: &'static str,
    /// The fields that are read; no other is.
    pub(super) wanted: &'static [&'static str],
    /// Reads an entry; the error is a clause: «has no status».
    pub(super) read: fn(&Entry) -> Result<Fields, String>,
}

/// The fields of an entry that are asked for.
#[derive(Default)]
pub(super) struct Entry {
    values: BTreeMap<&'static str, Value>,
    /// A field that it has twice.
    twice: Option<&'static str>,
}

impl Shape {
    /// The field of that name, in whatever case, if it is asked for.
    pub(super) fn wanted(&self, name: &str) -> Option<&'static str> {
        self.wanted.iter().find(|known| known.eq_ignore_ascii_case(name)).copied()
    }
}

impl Entry {
    /// Takes the value of a field.
    pub(super) fn set(&mut self, name: &'static str, value: Value) {
        if self.values.insert(name, value).is_some() {
            self.twice = Some(name);
        }
    }

    /// Whether it has the field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Whether none of its fields is asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Fails where a field is there twice: nobody can tell which of them counts.
    pub(super) fn once(&self) -> Result<(), String> {
        self.twice.map_or(Ok(()), |name| Err(format!("has the field {name} twice")))
    }

    /// A text that may be missing.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.values.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
            Some(_) => Err(format!("has a {name} that is no text")),
        }
    }

    /// A text that must be there.
    pub(super) fn needed(&self, name: &str) -> Result<&str, String> {
        self.text(name)?.ok_or_else(|| format!("has no {name}"))
    }

    /// A number that must be there; nothing where it is none, or is not written as KSeF writes it.
    pub(super) fn number(&self, name: &str, field: Field) -> Result<Option<String>, String> {
        self.needed(name).map(|text| exact(field, text))
    }

    /// One of some words, as it is written among them.
    pub(super) fn word(&self, name: &str, known: &[&str]) -> Result<Option<String>, String> {
        self.text(name)?.map(|text| word(text, name, known)).transpose()
    }

    /// Some of some words, sorted, with commas.
    pub(super) fn words(&self, name: &str, known: &[&str]) -> Result<Option<String>, String> {
        let list = match self.values.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(format!("has {name} that are no list")),
        };
        let texts = list.iter().map(|text| text.as_str().ok_or_else(|| format!("has {name} that are no texts")));
        let mut words = texts.map(|text| word(text?.trim(), name, known)).collect::<Result<Vec<_>, _>>()?;
        words.sort_unstable();
        words.dedup();
        Ok((!words.is_empty()).then(|| words.join(",")))
    }

    /// What people called it.
    pub(super) fn name(&self, name: &str) -> Result<Option<String>, String> {
        Ok(self.text(name)?.map(one_line).filter(|text| !text.is_empty()))
    }

    /// An instant.
    pub(super) fn instant(&self, name: &str) -> Result<Option<String>, String> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        // A time without its place on Earth is none.
        let is_placed = text.split_once('T').is_none_or(|(_, time)| time.contains(['Z', '+', '-']));
        let instant = text.parse::<Instant>().ok().filter(|_| is_placed);
        instant.map(|instant| Some(instant.to_string())).ok_or_else(|| format!("has a {name} that is no date and time"))
    }

    /// The identifier in a field, to be compared with others alone: it may be that of a person.
    pub(super) fn identifier(&self, name: &str) -> Option<String> {
        let Some(Value::Object(identifier)) = self.values.get(name) else { return None };
        let (kind, value) = (part(identifier, "type")?, part(identifier, "value")?);
        Some(format!("{}:{}", kind.to_ascii_lowercase(), value.trim()))
    }

    /// The tax number in an identifier, which has a type and a value. Those of persons are passed over.
    pub(super) fn nip(&self, name: &str) -> Result<Option<String>, String> {
        let identifier = match self.values.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Object(identifier)) => identifier,
            Some(_) => return Err(format!("has a {name} that is no identifier")),
        };
        let part = |wanted| part(identifier, wanted);
        let kind = part("type").ok_or_else(|| format!("has a {name} without a type"))?;
        let value = part("value").ok_or_else(|| format!("has a {name} without a value"))?.trim();
        let digits = if kind.eq_ignore_ascii_case("Nip") {
            value
        } else if ["InternalId", "NipVatUe"].iter().any(|known| kind.eq_ignore_ascii_case(known)) {
            // The NIP comes first in both.
            value.split_once('-').map_or("", |(nip, _)| nip)
        } else {
            return Ok(None);
        };
        exact(Field::Nip, digits).map(Some).ok_or_else(|| format!("has a {name} that is no NIP"))
    }
}

/// A part of an identifier.
fn part<'v>(identifier: &'v Map<String, Value>, wanted: &str) -> Option<&'v str> {
    let (_, value) = identifier.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted))?;
    value.as_str()
}

/// A number that is written in its canonical form: KSeF uses no other, and one that is cut is none.
fn exact(field: Field, text: &str) -> Option<String> {
    read(field, text).ok().flatten().filter(|number| number.eq_ignore_ascii_case(text))
}

/// The words that a field may hold.
pub(super) fn choices(field: Field) -> &'static [&'static str] {
    match field.form() {
        Form::Choice(known) | Form::Choices(known) => known,
        _ => &[],
    }
}

fn word(text: &str, name: &str, known: &[&str]) -> Result<String, String> {
    let word = known.iter().find(|word| word.eq_ignore_ascii_case(text));
    word.map(|word| (*word).to_owned())
        .ok_or_else(|| format!("has {name} that is not known; a newer version may know it"))
}
