//! Documents put together by hand, and by real programs.
//!
//! Holds: archives for tests, of which the members can be damaged. Must not know: how a family is read.

mod book;
mod locked;
mod open_document;
mod real;
mod running;
mod torment;

use std::collections::HashSet;
use std::io::Read;

use crate::base::{Inside, Limits, Places, Trouble};
use crate::unpack::package::Package;
use crate::unpack::recorded::{Recorded, Taken, record};
use crate::unpack::{Format, Open, Raw, Sink};

/// A container of our own: the length of a name, the name, the length of a member, the member.
const PACK: Format =
    Format { name: "pack", scope: "for tests", recognises: |_| true, raw: Raw::Last, open: Open::Whole(open) };

struct Pack<'a>(Vec<(&'a str, &'a [u8])>);

impl Package for Pack<'_> {
    fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| *name).collect()
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, Trouble> {
        let found = self.0.iter().find(|(found, _)| *found == name);
        let (_, bytes) = found.ok_or_else(|| Trouble::malformed("is not there"))?;
        Ok(Box::new(*bytes))
    }
}

fn open(mut bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut members = Vec::new();
    while let (Some(name), Some(content)) = (field(&mut bytes), field(&mut bytes)) {
        members.push((std::str::from_utf8(name).unwrap_or("?"), content));
    }
    let told = super::tell(&Pack(members), &HashSet::new(), sink);
    told.then_some(()).ok_or_else(|| Trouble::unsupported("is no document"))
}

fn field<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (field, rest) = rest.split_at((u32::from_le_bytes(*length) as usize).min(rest.len()));
    *bytes = rest;
    Some(field)
}

/// Members as one archive.
fn pack<Bytes: AsRef<[u8]>>(members: &[(&str, Bytes)]) -> Vec<u8> {
    let fields = members.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes.as_ref()]);
    fields.flat_map(|field| [&u32::try_from(field.len()).unwrap().to_le_bytes(), field].concat()).collect()
}

/// What came of members.
fn told<Bytes: AsRef<[u8]>>(members: &[(&str, Bytes)]) -> Recorded {
    record(&PACK, &pack(members), &Limits::default())
}

/// What came of members that are sound.
fn sound<Bytes: AsRef<[u8]>>(members: &[(&str, Bytes)]) -> Recorded {
    let recorded = told(members);
    assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
    recorded
}

/// All that was not said before.
fn text(recorded: &Recorded) -> String {
    recorded.members.iter().filter(|member| !member.echo).map(Taken::text).collect()
}

/// The place of a word that was said once, but for echoes.
fn place(recorded: &Recorded, word: &str) -> Inside {
    let mut found = recorded.members.iter().filter(|member| !member.echo).flat_map(|member| {
        let text = member.text();
        let places: Vec<Inside> = text.match_indices(word).map(|(at, _)| member.places.at(at as u64)).collect();
        places
    });
    let place = found.next().unwrap_or_else(|| panic!("{word} was not said in {:?}", text(recorded)));
    assert_eq!(found.next(), None, "{word} was said twice");
    place
}

/// The same as sheet and cell.
fn cell(recorded: &Recorded, word: &str) -> String {
    let Inside { sheet, cell, .. } = place(recorded, word);
    format!("{}!{}", sheet.as_deref().unwrap_or("-"), cell.as_deref().unwrap_or("-"))
}

/// What was told of what.
fn troubles(recorded: &Recorded) -> Vec<(Option<&str>, &str)> {
    recorded.troubles.iter().map(|(member, trouble)| (member.as_deref(), trouble.text.as_str())).collect()
}
