//! Bytes that are there already: the message of a commit that is being made.
//!
//! Holds: `Held`, a source of one blob. Must not know: where the bytes were read.

use super::crew::{Crew, Hand};
use super::{Blob, Body, Event};
use crate::base::{Context, Origin};

/// Bytes that the caller has read.
#[derive(Clone, Default)]
pub struct Held {
    /// What reports call them.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Words that are known to stand around them.
    pub words: Vec<String>,
}

impl std::fmt::Debug for Held {
    /// Without the bytes, which may hold a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Held {
    pub(super) fn run(&self, crew: &Crew<'_, '_>) {
        let blob = Blob {
            origin: Origin::label(&self.name),
            context: Context { names: self.words.clone() },
            size: Some(self.bytes.len() as u64),
            body: Body::Whole(&self.bytes),
            object: None,
            again: false,
        };
        // It is the only one, so that nothing follows that a break would end.
        let _ = Hand::of(crew).visit(Event::Blob(blob));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_not_shown_to_those_who_debug() {
        let held = Held { name: "commit message".to_owned(), bytes: b"canary".to_vec(), words: Vec::new() };
        let shown = format!("{held:?}");
        assert!(shown.contains("commit message") && !shown.contains("canary") && !shown.contains("99"), "{shown}");
    }
}
