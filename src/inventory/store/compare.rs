//! What a change changed.
//!
//! Holds: what the store must know of the things that it keeps: where they lie, what they are called, and what differs
//! between one before and one after. Must not know: how they lie there, or who changed them.

use redb::TableHandle;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::tables::{CREDENTIALS, ENTITIES, SYSTEMS, State, Table, number_of, numbered};
use crate::inventory::{Credential, Entity, Field, System};

/// A difference: of which field, what it said before, what it says now.
pub(super) type Difference = (String, Option<String>, Option<String>);

/// A thing that is kept under a key.
pub(super) trait Kept: Serialize + DeserializeOwned + Clone + PartialEq {
    /// Where it lies.
    const TABLE: Table;

    /// Under which key.
    fn key(&self) -> Vec<u8>;

    /// What the history calls it.
    fn what(&self) -> String;

    /// What is told of it where the whole of it comes or goes.
    fn title(&self) -> String;

    /// What it says, field by field; a field may say several things.
    fn says(&self) -> Vec<(String, String)>;

    /// What is said by another voice than before, though it is the same: told with that on both sides.
    fn confirmed(&self, _: &Self) -> Vec<Difference> {
        Vec::new()
    }

    /// How many there are.
    fn count(state: &mut State) -> &mut u64;
}

impl Kept for Credential {
    const TABLE: Table = CREDENTIALS;

    fn key(&self) -> Vec<u8> {
        numbered(self.number).to_vec()
    }

    fn what(&self) -> String {
        format!("credential {}", self.number)
    }

    fn title(&self) -> String {
        let known = [Field::Reference, Field::Serial, Field::Name].iter().find_map(|field| self.get(*field));
        let print = || self.prints.first().map(ToString::to_string).unwrap_or_default();
        known.map_or_else(print, ToOwned::to_owned)
    }

    fn says(&self) -> Vec<(String, String)> {
        let fields = self.fields.iter().map(|(field, value)| (field.to_string(), value.text.clone()));
        fields.chain(self.prints.iter().map(|print| ("fingerprint".to_owned(), print.to_string()))).collect()
    }

    fn confirmed(&self, before: &Self) -> Vec<Difference> {
        let same = self.fields.iter().filter(|(field, value)| {
            before.fields.get(field).is_some_and(|old| old.text == value.text && old.voice != value.voice)
        });
        same.map(|(field, value)| (field.to_string(), Some(value.text.clone()), Some(value.text.clone()))).collect()
    }

    fn count(state: &mut State) -> &mut u64 {
        &mut state.credentials
    }
}

impl Kept for Entity {
    const TABLE: Table = ENTITIES;

    fn key(&self) -> Vec<u8> {
        self.nip.as_bytes().to_vec()
    }

    fn what(&self) -> String {
        format!("entity {}", self.nip)
    }

    fn title(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.nip.clone())
    }

    fn says(&self) -> Vec<(String, String)> {
        let name = self.name.iter().map(|name| ("name".to_owned(), name.clone()));
        name.chain(self.environments.iter().map(|one| ("environment".to_owned(), one.clone()))).collect()
    }

    fn count(state: &mut State) -> &mut u64 {
        &mut state.entities
    }
}

impl Kept for System {
    const TABLE: Table = SYSTEMS;

    fn key(&self) -> Vec<u8> {
        self.name.as_bytes().to_vec()
    }

    fn what(&self) -> String {
        format!("system {}", self.name)
    }

    fn title(&self) -> String {
        self.name.clone()
    }

    fn says(&self) -> Vec<(String, String)> {
        let environment = self.environment.iter().map(|one| ("environment".to_owned(), one.clone()));
        // That it needs nothing is another thing than that nobody said.
        let needs = self.needs.iter().map(|needs| needs.iter().map(String::as_str).collect::<Vec<_>>().join(","));
        environment.chain(needs.map(|needs| ("needs".to_owned(), needs))).collect()
    }

    fn count(state: &mut State) -> &mut u64 {
        &mut state.systems
    }
}

/// What errors call the record of a key: a number at the most, never what it says.
pub(super) fn record_of(table: Table, key: &[u8]) -> String {
    match (table.name(), number_of(key)) {
        ("credentials", Some(number)) => format!("credential {number}"),
        ("entities", _) => "an entity".to_owned(),
        ("systems", _) => "a system".to_owned(),
        _ => "a record".to_owned(),
    }
}

/// What differs. A field that says one thing on each side was changed; one of several, such as the fingerprints, had
/// some added and some removed.
pub(super) fn differences<T: Kept>(before: &T, after: &T) -> Vec<Difference> {
    let (mut old, mut new) = (before.says(), after.says());
    let (said, says) = (old.clone(), new.clone());
    old.retain(|one| !says.contains(one));
    new.retain(|one| !said.contains(one));
    let several = |field: &str| {
        let count = |all: &[(String, String)]| all.iter().filter(|(other, _)| other == field).count();
        count(&said) > 1 || count(&says) > 1 || matches!(field, "fingerprint")
    };
    let mut told = Vec::new();
    for (field, text) in old {
        let to = if several(&field) { None } else { new.iter().position(|(other, _)| *other == field) };
        let now = to.map(|at| new.remove(at).1);
        told.push((field, Some(text), now));
    }
    told.extend(new.into_iter().map(|(field, text)| (field, None, Some(text))));
    told.extend(after.confirmed(before));
    told
}
