//! The rule about environments: production and trials are kept apart.
//!
//! Must not know: the other rules.

use crate::inventory::Field;

use super::Said;
use super::desk::{Desk, Entry};
use super::words::{list, words};

/// On which side of the wall something stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Production,
    Trial,
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Trial => "test",
        }
    }
}

pub(super) fn environment_mixed(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let stated = entry.said(Field::Environment).and_then(side);
    let name = entry.called();
    let own = stated.or_else(|| name.and_then(spoken))?;
    let what = entry.said(Field::Environment).unwrap_or(own.word());
    let described = entry.systems.iter().filter_map(|system| {
        let environment = desk.system(system)?.environment.as_deref()?;
        Some((*system, environment, side(environment)?))
    });
    let described: Vec<_> = described.collect();
    if let Some((system, environment, _)) = described.iter().find(|(.., theirs)| *theirs != own) {
        let system = list([*system]);
        return Some(Said::new(format!("A credential of {what} is used by {system}, a system of {environment}.")));
    }
    // What the books say of a system goes before what its name sounds like.
    if !described.is_empty() {
        return None;
    }
    let systems = entry.systems.iter().map(|system| ("its system is", *system));
    let home = entry.said(Field::Home).map(|home| ("its home is", home));
    // A name that already told the environment cannot contradict it.
    let name = name.filter(|_| stated.is_some()).map(|name| ("it is called", name));
    let (how, text) = systems.chain(home).chain(name).find(|(_, text)| spoken(text).is_some_and(|said| said != own))?;
    Some(Said::new(format!("It is a credential of {what}, but {how} {}.", list([text]))))
}

fn side(environment: &str) -> Option<Side> {
    match environment {
        "production" => Some(Side::Production),
        "demo" | "test" => Some(Side::Trial),
        _ => None,
    }
}

/// The side that the words of a text tell; nothing where they tell both.
fn spoken(text: &str) -> Option<Side> {
    let words = words(text);
    let sides = words.iter().filter_map(|word| side_of_word(word));
    let (production, trial): (Vec<Side>, Vec<Side>) = sides.partition(|side| *side == Side::Production);
    match (production.is_empty(), trial.is_empty()) {
        (false, true) => Some(Side::Production),
        (true, false) => Some(Side::Trial),
        _ => None,
    }
}

fn side_of_word(word: &str) -> Option<Side> {
    // `PROD2026`, `test1`.
    match word.trim_end_matches(|digit: char| digit.is_ascii_digit()) {
        "prod" | "prd" | "production" | "produkcja" | "produkcji" | "produkcyjna" | "produkcyjne" | "produkcyjny" => {
            Some(Side::Production)
        }
        "test" | "testy" | "testow" | "testowa" | "testowe" | "testowy" | "tst" | "dev" | "uat" | "demo" => {
            Some(Side::Trial)
        }
        _ => None,
    }
}
