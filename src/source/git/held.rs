//! A pack that came out of an archive, gone through like those of a repository.
//!
//! Holds: `each_held`, which hands over the objects of a pack. Must not know: what it came out of. Nothing is known
//! there but the pack: objects have the names that are computed from them, and no places in a history.

use std::io::Read;
use std::ops::ControlFlow;

use gix::objs::Kind;

use super::store::{Damage, Met, Store, Survey, Taker};
use super::text;

/// What became of a pack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Emptied {
    /// Objects that were handed over.
    pub objects: u64,
    /// Objects that could not be read.
    pub damaged: u64,
    /// Objects that it says to have and that could not be reached.
    pub missing: u64,
}

/// Takes an object: its name, and its bytes.
pub type EachHeld<'a> = &'a mut dyn FnMut(&str, &[u8]) -> ControlFlow<()>;

/// Goes through the objects of a pack of which nothing else is known; nothing where it is no pack. Names are those of
/// SHA-1, for a pack does not say what it is from.
pub fn each_held(pack: Vec<u8>, take: EachHeld<'_>) -> Option<Emptied> {
    let store = Store::held(pack, gix::hash::Kind::Sha1)?;
    let mut reader = Reader { take, over: false, emptied: Emptied::default(), said: store.said() };
    Survey::new(&store).run_alone(&mut reader);
    let emptied = reader.emptied;
    let met = emptied.objects + emptied.damaged;
    let missing = if reader.over { 0 } else { reader.said.saturating_sub(met) };
    Some(Emptied { missing, ..emptied })
}

struct Reader<'a> {
    take: EachHeld<'a>,
    over: bool,
    emptied: Emptied,
    /// How many objects the pack says to have.
    said: u64,
}

impl Taker for Reader<'_> {
    fn wants(&mut self, _: Kind) -> bool {
        true
    }

    fn take(&mut self, met: &Met<'_>, bytes: &[u8]) -> bool {
        self.emptied.objects += 1;
        let name = match gix::objs::compute_hash(gix::hash::Kind::Sha1, met.kind, bytes) {
            Ok(id) => format!("{} {id}", met.kind),
            Err(_) => met.kind.to_string(),
        };
        let flow = match met.kind {
            Kind::Commit | Kind::Tag => (self.take)(&name, &text::words(bytes)),
            Kind::Blob | Kind::Tree => (self.take)(&name, bytes),
        };
        self.over = flow.is_break();
        false
    }

    fn part_is_still(&mut self, _: Kind, _: &[u8], _: bool, _: bool) -> bool {
        false
    }

    fn pass(&mut self, _: &Met<'_>, _: u64) {}

    fn stream(&mut self, met: &Met<'_>, _: u64, _: &mut dyn Read) {
        // What came out of memory and is larger than what is held whole is told like what is broken.
        self.damaged(met, Damage::Broken);
    }

    fn damaged(&mut self, _: &Met<'_>, _: Damage) {
        self.emptied.damaged += 1;
    }

    fn panicked(&mut self) {
        self.emptied.damaged += 1;
    }

    fn is_over(&self) -> bool {
        self.over
    }
}
