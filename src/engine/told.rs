//! Places as reports tell them.
//!
//! Holds: what becomes of a place in decoded bytes. Must not know: how it was found.

use std::sync::Arc;

use crate::base::{Clothes, Inside, Location, Mail, Origin, Places};
use crate::detect::Place;

/// A place in bytes as reports tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    pub(super) line: Option<u64>,
    pub(super) column: Option<u64>,
    pub(super) offset: Option<u64>,
    pub(super) clothes: Vec<Clothes>,
    pub(super) inside: Inside,
    pub(super) mail: Option<Arc<Mail>>,
}

impl Told {
    /// A place in bytes that stand in their document as `places` tells.
    pub(super) fn of(place: Place, places: &Places, mail: Option<Arc<Mail>>) -> Self {
        let verbatim = matches!(places, Places::Verbatim);
        let lines = verbatim || matches!(places, Places::Lines);
        Self {
            line: lines.then_some(place.line),
            column: verbatim.then_some(place.column),
            offset: verbatim.then_some(place.offset),
            inside: places.at(place.offset),
            clothes: place.clothes,
            mail,
        }
    }
}

/// A place as reports tell it.
pub(super) fn location(origin: Origin, told: Told) -> Location {
    let Told { line, column, offset, clothes, inside, mail } = told;
    Location { origin, line, column, offset, clothes, inside, mail, git: None }
}
