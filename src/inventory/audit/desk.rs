//! The books as the rules read them.
//!
//! Holds: each credential with what every rule asks of it, and the tables that keep a rule from looking through all the
//! books for each credential. Must not know: any rule.

use std::collections::{HashMap, HashSet};

use crate::base::Instant;
use crate::inventory::{Credential, Entity, Field, System, Voice};

use super::Books;
use super::convention::Names;
use super::kin::{Families, Kin};
use super::words::{fold, initialed, one, people, said};
use crate::inventory::several::parts;

/// Milliseconds of a day.
pub(super) const DAY: i64 = 86_400_000;

/// Whether a credential may still open something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// It may.
    Live,
    /// It is a certificate, or its key, whose validity has passed, and nobody wrote that down.
    Ended,
    /// It is listed, or somebody wrote down, that it is revoked, expired or was never issued.
    Over,
}

/// What sort of credential it is, as far as anything says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Token,
    Certificate,
    Key,
    Unknown,
}

/// The end of a validity.
pub(super) struct End {
    /// The first instant at which it is past.
    pub(super) at: Instant,
    /// The last day, for people.
    pub(super) day: String,
}

/// A credential in the books.
pub(super) struct Entry<'a> {
    pub(super) credential: &'a Credential,
    /// Its place in the list of credentials.
    pub(super) at: usize,
    pub(super) sort: Sort,
    pub(super) state: State,
    /// Whether that it is over is more than what somebody wrote down, which closes nothing.
    pub(super) is_proved: bool,
    pub(super) end: Option<End>,
    /// The systems that it is named for.
    pub(super) systems: Vec<&'a str>,
}

impl<'a> Entry<'a> {
    /// What a field says, unless it says nothing.
    pub(super) fn said(&self, field: Field) -> Option<&'a str> {
        said(self.credential.get(field)?)
    }

    /// What it is called: by people, or else in KSeF.
    pub(super) fn called(&self) -> Option<&'a str> {
        self.said(Field::Name).or_else(|| self.said(Field::Description))
    }

    /// The tax number and the environment, within which names and systems are compared.
    fn room(&self) -> Option<Room<'a>> {
        Some((self.said(Field::Nip)?, self.said(Field::Environment)))
    }
}

/// A tax number and an environment.
type Room<'a> = (&'a str, Option<&'a str>);

/// Those that have one name in one room.
pub(super) struct Namesakes {
    pub(super) count: usize,
    /// The first two, by their places in the list of credentials.
    pub(super) first: usize,
    pub(super) second: usize,
}

/// The books, laid out.
pub(super) struct Desk<'a> {
    pub(super) now: Instant,
    pub(super) expiring_days: u32,
    pub(super) entries: Vec<Entry<'a>>,
    pub(super) names: Names,
    systems: HashMap<String, &'a System>,
    entities: HashMap<&'a str, &'a Entity>,
    left: HashSet<String>,
    /// The same people, with an initial for one of their names.
    left_initialed: HashSet<String>,
    families: Families<'a>,
    namesakes: HashMap<(String, Room<'a>), Namesakes>,
    /// Systems with a credential that no other uses.
    provided: HashSet<(Room<'a>, String)>,
}

impl<'a> Desk<'a> {
    /// Lays out the books.
    pub(super) fn new(books: &Books<'a>) -> Self {
        let systems: HashMap<_, _> = books.systems.iter().map(|system| (fold(&system.name), system)).collect();
        let credentials = books.credentials.iter().enumerate();
        let entries: Vec<Entry<'a>> = credentials.map(|(at, one)| entry(at, one, books.now, &systems)).collect();
        let mut families = Families::new(books.credentials, books.leaks);
        for entry in entries.iter().filter(|entry| entry.state == State::Live) {
            entry.systems.iter().for_each(|system| families.used_by(entry.at, system));
        }
        let left: HashSet<String> =
            books.left.iter().flat_map(|name| one(name)).filter(|name| !name.is_empty()).collect();
        let mut desk = Self {
            now: books.now,
            expiring_days: books.expiring_days,
            names: Names::new(books.convention, &entries),
            entries,
            systems,
            entities: books.entities.iter().map(|entity| (&*entity.nip, entity)).collect(),
            left_initialed: left.iter().flat_map(|name| initialed(name)).collect(),
            left,
            families,
            namesakes: HashMap::new(),
            provided: HashSet::new(),
        };
        desk.namesakes = desk.find_namesakes();
        desk.provided = desk.find_provided();
        desk
    }

    /// Days since an instant.
    pub(super) fn days_since(&self, instant: Instant) -> i64 {
        self.now.millis().saturating_sub(instant.millis()).div_euclid(DAY)
    }

    /// The system of that name, where the books describe it.
    pub(super) fn system(&self, name: &str) -> Option<&'a System> {
        self.systems.get(&fold(name)).copied()
    }

    /// The company that a credential belongs to, as the books describe it.
    pub(super) fn entity(&self, entry: &Entry<'a>) -> Option<&'a Entity> {
        self.entities.get(entry.said(Field::Nip)?).copied()
    }

    /// Whether a text names someone who left; nothing where it may, since of a name only an initial is written.
    pub(super) fn names_who_left(&self, text: &str) -> Option<bool> {
        if self.left.is_empty() {
            return Some(false);
        }
        let named = people(text);
        let may_be =
            |name: &String| self.left_initialed.contains(name) || initialed(name).any(|name| self.left.contains(&name));
        match named.iter().any(|name| self.left.contains(name)) {
            false if named.iter().any(may_be) => None,
            is_sure => Some(is_sure),
        }
    }

    /// All that is one with this credential.
    pub(super) fn kin(&self, entry: &Entry<'a>) -> Option<&Kin<'a>> {
        self.families.kin(entry.at)
    }

    /// Whether several systems use it.
    pub(super) fn is_shared(&self, entry: &Entry<'a>) -> bool {
        self.kin(entry).is_some_and(|kin| kin.systems.len() > 1)
    }

    /// Those that have its name, where there is more than it.
    pub(super) fn namesakes(&self, entry: &Entry<'a>) -> Option<&Namesakes> {
        let key = (fold(entry.called()?), entry.room()?);
        self.namesakes.get(&key).filter(|same| same.count > 1)
    }

    /// Whether a system has a credential of its own where this one is used; nothing where the company is not known.
    pub(super) fn is_provided(&self, entry: &Entry<'a>, system: &str) -> Option<bool> {
        Some(self.provided.contains(&(entry.room()?, fold(system))))
    }

    fn live(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter().filter(|entry| entry.state == State::Live)
    }

    fn find_namesakes(&self) -> HashMap<(String, Room<'a>), Namesakes> {
        let mut found: HashMap<_, Namesakes> = HashMap::new();
        for entry in self.live() {
            let (Some(name), Some(room)) = (entry.called(), entry.room()) else { continue };
            let new = Namesakes { count: 0, first: entry.at, second: entry.at };
            let same = found.entry((fold(name), room)).or_insert(new);
            same.count += 1;
            if same.count == 2 {
                same.second = entry.at;
            }
        }
        found
    }

    fn find_provided(&self) -> HashSet<(Room<'a>, String)> {
        let alone = self.live().filter(|entry| !self.is_shared(entry));
        let rooms = alone.filter_map(|entry| Some((entry.room()?, entry)));
        rooms.flat_map(|(room, entry)| entry.systems.iter().map(move |system| (room, fold(system)))).collect()
    }
}

fn entry<'a>(at: usize, credential: &'a Credential, now: Instant, known: &HashMap<String, &System>) -> Entry<'a> {
    let sort = sort(credential);
    let end = end(credential);
    let status = credential.get(Field::Status);
    let over = matches!(status, Some("Revoked" | "Expired" | "Failed"));
    let voice = |field| credential.fields.get(&field).map(|value| value.voice);
    let has_ended = |end: &End| matches!(voice(Field::ValidTo), Some(Voice::Itself | Voice::Ksef)) && end.at <= now;
    // What is written as the end of a token ends nothing: KSeF knows of none.
    let ends = matches!(sort, Sort::Certificate | Sort::Key);
    let state = match &end {
        _ if over => State::Over,
        Some(end) if ends && end.at <= now => State::Ended,
        _ => State::Live,
    };
    let is_closed = over && voice(Field::Status) == Some(Voice::Ksef);
    let is_proved = is_closed || ends && end.as_ref().is_some_and(has_ended);
    let systems = credential.get(Field::System).and_then(said).map(|text| systems(text, known)).unwrap_or_default();
    Entry { credential, at, sort, state, is_proved, end, systems }
}

fn sort(credential: &Credential) -> Sort {
    match credential.get(Field::Sort) {
        Some("token") => Sort::Token,
        Some("certificate") => Sort::Certificate,
        Some("key") => Sort::Key,
        _ if credential.get(Field::Reference).is_some() => Sort::Token,
        _ if credential.get(Field::Serial).is_some() => Sort::Certificate,
        _ => Sort::Unknown,
    }
}

/// A day that a person wrote down is the last one; what a certificate or KSeF says is exact.
fn end(credential: &Credential) -> Option<End> {
    let told = credential.instant(Field::ValidTo)?;
    let voice = credential.fields.get(&Field::ValidTo)?.voice;
    let whole_day = voice == Voice::Person && told.millis().rem_euclid(DAY) == 0;
    let at = if whole_day { Instant::from_millis(told.millis() + DAY)? } else { told };
    Some(End { at, day: day(told) })
}

/// The day of an instant, for people.
pub(super) fn day(instant: Instant) -> String {
    let text = instant.to_string();
    text.split_once('T').map_or_else(|| text.clone(), |(day, _)| day.to_owned())
}

/// The systems that a text names: one, where the books know one of that name.
fn systems<'a>(text: &'a str, known: &HashMap<String, &System>) -> Vec<&'a str> {
    if known.contains_key(&fold(text)) {
        return vec![text];
    }
    parts(Field::System, text).into_iter().filter_map(said).collect()
}
