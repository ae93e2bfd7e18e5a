//! Some of the objects.
//!
//! Holds: the choice between reading them one by one and going through all for them. Must not know:
//! what they are read for.

use crate::base::share_out;
use std::io::Read;

use gix::ObjectId;
use gix::objs::Kind;

use super::{Damage, Met, Survey, Taker};
use crate::source::Body;

/// One by one costs as much as all of them where they are more than one in so many: an object is found
/// through its bases, a dozen on average, and the way through all reads each of those once.
const FEW: u64 = 32;

/// One thread's part in reading some objects.
pub(in crate::source::git) trait Each: Send {
    /// Takes an object.
    fn take(&mut self, kind: Kind, id: &ObjectId, size: u64, body: Body<'_>);

    /// Is told of one that is named and cannot be read.
    fn damaged(&mut self, kind: Kind, id: &ObjectId, damage: Damage);

    /// Is told that some of the objects were not read, for a reader of ours failed.
    fn panicked(&mut self);
}

/// Whether all is over, as any thread may ask.
pub(in crate::source::git) type IsOver<'o> = &'o (dyn Fn() -> bool + Sync);

impl Survey<'_> {
    /// Reads these objects, which are sorted; of one kind only where one is given.
    pub(in crate::source::git) fn some<'d>(
        &self,
        wanted: &[ObjectId],
        kind: Option<Kind>,
        jobs: usize,
        is_over: IsOver<'_>,
        each: &(dyn Fn() -> Box<dyn Each + 'd> + Sync),
    ) {
        if wanted.len() as u64 * FEW > self.len() {
            let taker = |_| Box::new(Picker { wanted, kind, is_over, each: each() }) as Box<dyn Taker + Send>;
            return self.run((0..jobs.max(1)).map(taker).collect());
        }
        share_out(jobs, wanted.len(), &|indices| {
            let mut each = each();
            let mut bytes = Vec::new();
            for index in indices {
                if is_over() {
                    return;
                }
                let read = self.store.read(&wanted[index], &mut bytes, |found, size, body| {
                    if kind.is_none_or(|kind| kind == found) {
                        each.take(found, &wanted[index], size, body);
                    }
                });
                if let Err(damage) = read {
                    each.damaged(kind.unwrap_or(Kind::Blob), &wanted[index], damage);
                }
            }
        });
    }
}

/// One thread on its way through everything.
struct Picker<'p, 'd> {
    wanted: &'p [ObjectId],
    kind: Option<Kind>,
    is_over: IsOver<'p>,
    each: Box<dyn Each + 'd>,
}

impl Picker<'_, '_> {
    fn picks(&self, met: &Met<'_>) -> Option<ObjectId> {
        let name = met.name();
        (met.is_first && self.wanted.binary_search(&name).is_ok()).then_some(name)
    }
}

impl Taker for Picker<'_, '_> {
    fn wants(&mut self, kind: Kind) -> bool {
        self.kind.is_none_or(|own| own == kind)
    }

    fn take(&mut self, met: &Met<'_>, bytes: &[u8]) -> bool {
        if let Some(name) = self.picks(met) {
            self.each.take(met.kind, &name, bytes.len() as u64, Body::Whole(bytes));
        }
        false
    }

    fn part_is_still(&mut self, _: Kind, _: &[u8], _: bool, _: bool) -> bool {
        false
    }

    fn pass(&mut self, _: &Met<'_>, _: u64) {}

    fn stream(&mut self, met: &Met<'_>, size: u64, reader: &mut dyn Read) {
        if let Some(name) = self.picks(met) {
            self.each.take(met.kind, &name, size, Body::Stream(reader));
        }
    }

    fn damaged(&mut self, met: &Met<'_>, damage: Damage) {
        if let Some(name) = self.picks(met) {
            self.each.damaged(met.kind, &name, damage);
        }
    }

    fn panicked(&mut self) {
        self.each.panicked();
    }

    fn is_over(&self) -> bool {
        (self.is_over)()
    }
}
