//! All objects of a repository.
//!
//! Holds: what is made of each kind of object while they are gone through (`look`), and the second look at
//! files whose names speak of KSeF (`named`): names stand in trees, which come in no order, so it is taken when
//! all trees were met. Must not know: in which order objects are read, or what is remembered of them.

mod look;
mod named;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gix::ObjectId;
use gix::objs::Kind;

use super::store::{Damage, Each, Survey, Taker};
use crate::base::{Context, ObjectName, Origin};
use crate::source::crew::{Crew, Hand};
use crate::source::{Blob, Body, ObjectKey};
use look::Look;

/// What threads found out together.
#[derive(Default)]
struct Told {
    /// Files and folders with names that speak of KSeF: those names, and the trees that have them.
    named: BTreeMap<ObjectId, Named>,
    /// Names that are long enough to be a credential, and whether there was something in them.
    names: BTreeMap<Vec<u8>, bool>,
    /// Objects of which something was told, or may be told when they are read with others.
    spoke: BTreeSet<ObjectId>,
    /// Whether a reader failed, so that nobody knows which objects were left out.
    failed: bool,
}

/// What trees say of a file or a folder.
#[derive(Clone, Default)]
struct Named {
    is_folder: bool,
    /// The name of the folder, where that is the one that speaks, and its own.
    names: BTreeSet<Vec<String>>,
    trees: BTreeSet<ObjectId>,
}

/// What is the same for all threads.
#[derive(Clone, Copy)]
struct Scene<'s, 'a, 'v> {
    crew: &'s Crew<'a, 'v>,
    survey: &'s Survey<'s>,
    /// The number of the repository.
    number: u32,
    told: &'s Mutex<Told>,
}

impl Scene<'_, '_, '_> {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Goes through all objects, or only through some of them; `number` is that of the repository. Returns those
/// that have something to say: whoever leaves out the others the next time learns the same.
pub(super) fn visit(
    crew: &Crew<'_, '_>,
    survey: &Survey<'_>,
    number: u32,
    jobs: usize,
    only: Option<&[ObjectId]>,
) -> Option<BTreeSet<ObjectId>> {
    let told = Mutex::new(Told::default());
    let scene = Scene { crew, survey, number, told: &told };
    match only {
        None => survey.run((0..jobs.max(1)).map(|_| Box::new(Look::new(scene)) as Box<dyn Taker + Send>).collect()),
        Some(only) => {
            survey.some(only, None, jobs, &|| crew.is_over(), &|| Box::new(Look::new(scene)) as Box<dyn Each>);
        }
    }
    if !crew.is_over() {
        named::visit(scene, jobs);
    }
    let told = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    (!told.failed && !crew.is_over()).then_some(told.spoke)
}

/// Hands some objects to the visitor once more, whatever is in them.
pub(super) fn again(crew: &Crew<'_, '_>, survey: &Survey<'_>, number: u32, jobs: usize, wanted: &[ObjectId]) {
    survey.some(wanted, None, jobs, &|| crew.is_over(), &|| {
        Box::new(Once { number, hand: Hand::of(crew) }) as Box<dyn Each>
    });
}

/// One thread that hands on what it is given.
struct Once<'s, 'a, 'v> {
    number: u32,
    hand: Hand<'s, 'a, 'v>,
}

impl Each for Once<'_, '_, '_> {
    fn take(&mut self, kind: Kind, id: &ObjectId, _: u64, body: Body<'_>) {
        visit_object(&mut self.hand, self.number, kind, id, body);
    }

    // It was told at the first look.
    fn damaged(&mut self, _: Kind, _: &ObjectId, _: Damage) {}

    fn panicked(&mut self) {}
}

/// Hands an object to the visitor as one blob; false where something came of it.
fn visit_object(hand: &mut Hand<'_, '_, '_>, number: u32, kind: Kind, id: &ObjectId, body: Body<'_>) -> bool {
    let size = if let Body::Whole(bytes) = &body { Some(bytes.len() as u64) } else { None };
    hand.visit_quietly(Blob { size, body, ..blob(number, kind, id) })
}

fn blob(number: u32, kind: Kind, id: &ObjectId) -> Blob<'static> {
    Blob {
        origin: Origin::label(&format!("{kind} {id}")),
        context: Context::default(),
        size: None,
        body: Body::Whole(&[]),
        object: ObjectName::new(id.as_bytes()).map(|name| ObjectKey { repository: number, name }),
        again: false,
    }
}
