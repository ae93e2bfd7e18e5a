//! The way through packs: each base is decoded once, for all its deltas, and a thread that has
//! nothing to do takes over a part of a family from one that has.
//!
//! Holds: the order of decoding, and what is held meanwhile: per thread `HELD` bytes of bases that
//! wait for more of their deltas, and two objects. Must not know: what objects mean.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;
use gix::zlib::Inflate;

use super::delta::Delta;
use super::pack::{Damage, Entry};
use super::queue::{Held, Queue, Task};
use super::survey::Survey;
use super::{Store, Taker};

/// Bytes of bases that one thread holds while it is with their deltas.
const HELD: usize = 24 << 20;

/// Bytes of the largest object that is held whole.
pub(in crate::source::git) const LARGEST: u64 = 64 << 20;

/// Larger objects are held by one thread at a time.
const LARGE: u64 = 8 << 20;

/// An entry of a pack that is being read.
pub(in crate::source::git) struct Met<'s> {
    survey: &'s Survey<'s>,
    /// What it is.
    pub(in crate::source::git) kind: Kind,
    /// Whether it is met for the first time: another pack may have it too.
    pub(in crate::source::git) is_first: bool,
    place: Place,
}

/// Where an object lies.
#[derive(Clone, Copy)]
enum Place {
    /// In a pack.
    Pack { pack: usize, node: u32 },
    /// In a file of its own.
    Loose(ObjectId),
}

impl<'s> Met<'s> {
    /// An object in a file of its own.
    pub(super) fn loose(survey: &'s Survey<'s>, name: ObjectId, kind: Kind) -> Self {
        Self { survey, kind, is_first: true, place: Place::Loose(name) }
    }

    /// The name of the object.
    pub(in crate::source::git) fn name(&self) -> ObjectId {
        match self.place {
            Place::Pack { pack, node } => self.survey.store.packs[pack].name(&self.survey.orders()[pack], node),
            Place::Loose(name) => name,
        }
    }
}

/// A base, and which of its deltas comes next.
struct Frame {
    base: Arc<Held>,
    kids: Vec<u32>,
    pack: usize,
}

/// One thread on its way.
pub(super) struct Walker<'s, 't> {
    survey: &'s Survey<'s>,
    store: &'s Store,
    queue: &'s Queue,
    taker: &'t mut dyn Taker,
    inflate: Inflate,
    delta: Vec<u8>,
    part: Vec<u8>,
    seams: Vec<std::ops::Range<usize>>,
    /// Buffers at rest.
    spare: Vec<Vec<u8>>,
    frames: Vec<Frame>,
    held: usize,
    /// Entries whose deltas were put off, for too much was held.
    later: Vec<(usize, u32)>,
}

impl<'s, 't> Walker<'s, 't> {
    pub(super) fn new(survey: &'s Survey<'s>, queue: &'s Queue, taker: &'t mut dyn Taker) -> Self {
        Self {
            survey,
            store: survey.store,
            queue,
            taker,
            inflate: Inflate::default(),
            delta: Vec::new(),
            part: Vec::new(),
            seams: Vec::new(),
            spare: Vec::new(),
            frames: Vec::new(),
            held: 0,
            later: Vec::new(),
        }
    }

    /// Takes tasks until there are none.
    pub(super) fn run(&mut self) {
        while let Some(task) = self.queue.next() {
            if !self.taker.is_over() && catch_unwind(AssertUnwindSafe(|| self.task(task))).is_err() {
                self.abandon();
                self.taker.panicked();
            }
            self.queue.done();
        }
    }

    fn task(&mut self, task: Task) {
        match task {
            Task::Roots { pack, range } => {
                for index in range {
                    let node = self.survey.orders()[pack].roots[index];
                    self.root(pack, node);
                    self.rest();
                }
            }
            Task::Kids { pack, base, kids } => {
                self.held += base.bytes().len();
                self.frames.push(Frame { base, kids, pack });
                self.rest();
            }
        }
    }

    /// Goes on until nothing of a family is left.
    fn rest(&mut self) {
        loop {
            while let Some(frame) = self.frames.last_mut() {
                if self.taker.is_over() {
                    return self.abandon();
                }
                let (pack, kid) = (frame.pack, frame.kids.pop());
                let Some(kid) = kid else {
                    self.drop_frame();
                    continue;
                };
                if !frame.kids.is_empty() && self.queue.is_hungry() {
                    let kids = std::mem::take(&mut frame.kids);
                    self.queue.give(Task::Kids { pack, base: Arc::clone(&frame.base), kids });
                }
                let base = Arc::clone(&frame.base);
                if self.frames.last().is_some_and(|frame| frame.kids.is_empty()) {
                    // The last of them needs it no longer than it takes to be built.
                    self.drop_frame();
                }
                self.kid(pack, kid, base);
            }
            let Some((pack, node)) = self.later.pop() else { return };
            self.again(pack, node);
        }
    }

    fn abandon(&mut self) {
        self.frames.clear();
        self.later.clear();
        self.held = 0;
    }

    fn drop_frame(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.held -= frame.base.bytes().len();
            self.recycle(frame.base);
        }
    }

    fn recycle(&mut self, held: Arc<Held>) {
        if let Some(held) = Arc::into_inner(held) {
            self.keep(held.into_buffer());
        }
    }

    fn keep(&mut self, buffer: Vec<u8>) {
        if self.spare.len() < 8 && buffer.len() as u64 <= LARGE {
            self.spare.push(buffer);
        }
    }

    fn met(&self, pack: usize, node: u32, kind: Kind) -> Met<'s> {
        let is_first = !self.survey.is_copy(pack, node);
        Met { survey: self.survey, kind, is_first, place: Place::Pack { pack, node } }
    }

    /// An entry that is no delta, or one of an object outside of the pack.
    fn root(&mut self, pack: usize, node: u32) {
        let store = self.store;
        let order = &self.survey.orders()[pack];
        let Some((entry, outside)) = store.packs[pack].head(order, node) else { return };
        if let Some(base) = outside {
            return self.thin(pack, node, &entry, &base);
        }
        let Some(kind) = entry.kind else { return };
        if !self.taker.wants(kind) {
            return;
        }
        let met = self.met(pack, node, kind);
        if entry.size > LARGEST {
            let mut stream = super::loose::Stream::of_pack(store.packs[pack].packed(&entry));
            self.taker.stream(&met, entry.size, &mut stream);
            if stream.is_other_than(entry.size) {
                self.taker.damaged(&met, Damage::Broken);
            }
            return self.lose_kids(pack, node, kind, Damage::TooLarge(entry.size));
        }
        let _turn = self.turn(entry.size);
        let mut buffer = self.spare.pop().unwrap_or_default();
        let count = match store.packs[pack].inflate(&entry, &mut self.inflate, &mut buffer) {
            Ok(count) => count,
            Err(count) => {
                if let Some(sound) = self.elsewhere(pack, node) {
                    self.keep(buffer);
                    return self.make_up(pack, node, sound);
                }
                self.taker.damaged(&met, Damage::Broken);
                self.lose_kids(pack, node, kind, Damage::Broken);
                count
            }
        };
        let still = self.taker.take(&met, &buffer[..count]);
        let whole = count as u64 == entry.size;
        self.hold(pack, node, Held::new(buffer, count, kind, still), whole);
    }

    /// A delta of an object that is outside of the pack.
    fn thin(&mut self, pack: usize, node: u32, entry: &Entry, base: &ObjectId) {
        let mut bytes = Vec::new();
        match self.store.find(base, &mut bytes).ok().flatten() {
            Some(kind) if self.taker.wants(kind) => {
                let count = bytes.len();
                self.build(pack, node, entry, &Held::new(bytes, count, kind, false));
            }
            Some(_) => {}
            None => self.lose(pack, node, Kind::Blob, Damage::NoBase),
        }
    }

    /// A delta of an entry of the pack.
    fn kid(&mut self, pack: usize, node: u32, base: Arc<Held>) {
        match self.store.packs[pack].delta(&self.survey.orders()[pack], node) {
            Some(entry) => self.build(pack, node, &entry, &base),
            None => self.lose(pack, node, base.kind, Damage::Broken),
        }
        self.recycle(base);
    }

    fn build(&mut self, pack: usize, node: u32, entry: &Entry, base: &Held) {
        let store = self.store;
        let (met, kids) = (self.met(pack, node, base.kind), self.survey.orders()[pack].kids(node));
        let mut scratch = std::mem::take(&mut self.delta);
        let read = if entry.size > LARGEST {
            Err(Damage::TooLarge(entry.size))
        } else {
            store.packs[pack].inflate(entry, &mut self.inflate, &mut scratch).map_err(|_| Damage::Broken)
        };
        let delta = read.and_then(|count| Delta::read(&scratch[..count]).map_err(|_| Damage::Broken));
        let delta = delta.and_then(|delta| match delta.size {
            _ if delta.base != base.bytes().len() as u64 => Err(Damage::Broken),
            size if size > LARGEST => Err(Damage::TooLarge(size)),
            _ => Ok(delta),
        });
        match delta {
            Err(damage) => self.lose(pack, node, base.kind, damage),
            Ok(delta) => {
                let still = base.is_still && self.is_still(base, &delta);
                if still && kids.is_empty() {
                    self.taker.pass(&met, delta.size);
                } else {
                    self.build_whole(&met, pack, node, base, &delta, still);
                }
            }
        }
        self.delta = scratch;
    }

    /// Whether what a delta adds to a base that is still leaves it so.
    fn is_still(&mut self, base: &Held, delta: &Delta<'_>) -> bool {
        let size = delta.size as usize;
        if !matches!(delta.seams(size, &mut self.seams), Ok(true)) {
            return false;
        }
        let taker = &mut *self.taker;
        let still = delta.parts(base.bytes(), &self.seams, &mut self.part, |part, seam| {
            taker.part_is_still(base.kind, part, seam.start > 0, seam.end < size)
        });
        still == Ok(true)
    }

    fn build_whole(&mut self, met: &Met<'_>, pack: usize, node: u32, base: &Held, delta: &Delta<'_>, still: bool) {
        let size = delta.size as usize;
        let _turn = self.turn(delta.size);
        let mut buffer = self.spare.pop().unwrap_or_default();
        if buffer.len() < size {
            buffer.resize(size, 0);
        }
        let (count, whole) = match delta.build(base.bytes(), &mut buffer[..size]) {
            Ok(()) => (size, true),
            Err(count) => (count, false),
        };
        if !whole {
            if let Some(sound) = self.elsewhere(pack, node) {
                self.keep(buffer);
                return self.make_up(pack, node, sound);
            }
            self.taker.damaged(met, Damage::Broken);
            self.lose_kids(pack, node, base.kind, Damage::Broken);
        }
        let still = if still && whole {
            self.taker.pass(met, delta.size);
            true
        } else {
            self.taker.take(met, &buffer[..count])
        };
        self.hold(pack, node, Held::new(buffer, count, base.kind, still), whole);
    }

    /// Keeps a base for its deltas.
    fn hold(&mut self, pack: usize, node: u32, base: Held, whole: bool) {
        let kids = self.survey.orders()[pack].kids(node);
        if !whole || kids.is_empty() {
            return self.keep(base.into_buffer());
        }
        if !self.frames.is_empty() && self.held + base.bytes().len() > HELD {
            self.later.push((pack, node));
            return self.keep(base.into_buffer());
        }
        self.held += base.bytes().len();
        self.frames.push(Frame { base: Arc::new(base), kids: kids.to_vec(), pack });
    }

    /// Builds a base once more whose deltas were put off.
    fn again(&mut self, pack: usize, node: u32) {
        let mut bytes = Vec::new();
        match self.store.read_at(pack, self.survey.orders()[pack].offset(node), &mut bytes) {
            Ok(kind) => {
                let count = bytes.len();
                self.hold(pack, node, Held::new(bytes, count, kind, false), true);
            }
            Err(damage) => match self.elsewhere(pack, node) {
                Some(sound) => self.hold(pack, node, sound, true),
                None => self.lose_kids(pack, node, Kind::Blob, damage),
            },
        }
    }

    /// Waits until no other thread holds a large object.
    fn turn(&self, size: u64) -> Option<std::sync::MutexGuard<'s, ()>> {
        (size > LARGE).then(|| self.queue.turn())
    }

    /// Deals with what no root leads to: the deltas of something broken, and deltas of each other.
    pub(super) fn run_lost(&mut self) {
        for (pack, order) in self.survey.orders().iter().enumerate() {
            for node in &order.broken {
                self.lose(pack, *node, Kind::Blob, Damage::Broken);
                self.rest();
            }
            for node in &order.circular {
                // What is made of it is in this list as well.
                if let Some(sound) = self.elsewhere(pack, *node).filter(|sound| self.taker.wants(sound.kind)) {
                    self.taker.take(&self.met(pack, *node, sound.kind), sound.bytes());
                }
            }
        }
    }

    /// Deals with an entry that cannot be read, and with all that is made of it.
    fn lose(&mut self, pack: usize, node: u32, kind: Kind, damage: Damage) {
        match self.elsewhere(pack, node) {
            Some(sound) => self.make_up(pack, node, sound),
            None => {
                self.taker.damaged(&self.met(pack, node, kind), damage);
                self.lose_kids(pack, node, kind, damage);
            }
        }
    }

    /// Tells of all that cannot be built without an entry, but for what is elsewhere.
    fn lose_kids(&mut self, pack: usize, node: u32, kind: Kind, damage: Damage) {
        let damage = if matches!(damage, Damage::TooLarge(_)) { damage } else { Damage::NoBase };
        let order = &self.survey.orders()[pack];
        let mut stack = order.kids(node).to_vec();
        while let Some(node) = stack.pop() {
            match self.elsewhere(pack, node) {
                Some(sound) => self.make_up(pack, node, sound),
                None => {
                    self.taker.damaged(&self.met(pack, node, kind), damage);
                    stack.extend(order.kids(node));
                }
            }
        }
    }

    /// The object of an entry, from another pack or from a file.
    fn elsewhere(&self, pack: usize, node: u32) -> Option<Held> {
        let (name, mut bytes) = (self.store.packs[pack].name(&self.survey.orders()[pack], node), Vec::new());
        let kind = self.store.find_beside(pack, &name, &mut bytes)?;
        let count = bytes.len();
        Some(Held::new(bytes, count, kind, false))
    }

    /// Takes what was elsewhere in place of an entry.
    fn make_up(&mut self, pack: usize, node: u32, mut sound: Held) {
        if self.taker.wants(sound.kind) {
            sound.is_still = self.taker.take(&self.met(pack, node, sound.kind), sound.bytes());
            self.hold(pack, node, sound, true);
        }
    }
}
