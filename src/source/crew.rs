//! The workers of a walk and what they share.
//!
//! Holds: `Crew` (the visitors at rest, whether the walk is over) and `Hand` (one thread's grip on
//! a visitor). Must not know: what is walked over, or what visitors do.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Blob, Event, LeftOut, Visitor};
use crate::base::{Context, Notice, Origin, Reason};

/// Makes visitors.
pub(super) type Maker<'a, 'v> = &'a (dyn Fn() -> Box<dyn Visitor + 'v> + Sync);

/// What the threads of one walk share.
pub(super) struct Crew<'a, 'v> {
    make: Maker<'a, 'v>,
    stop: &'a AtomicBool,
    ended: AtomicBool,
    idle: Mutex<Vec<Box<dyn Visitor + 'v>>>,
}

impl<'a, 'v> Crew<'a, 'v> {
    /// A crew without visitors; they are made when there is something to visit.
    pub(super) fn new(make: Maker<'a, 'v>, stop: &'a AtomicBool) -> Self {
        Self { make, stop, ended: AtomicBool::new(false), idle: Mutex::default() }
    }

    /// Whether the user or a visitor ended the walk.
    pub(super) fn is_over(&self) -> bool {
        self.ended.load(Ordering::Relaxed) || self.stop.load(Ordering::Relaxed)
    }

    /// What the user sets to end the walk.
    pub(super) fn stop(&self) -> &'a AtomicBool {
        self.stop
    }

    /// Takes a visitor at rest, or a new one.
    fn take(&self) -> Box<dyn Visitor + 'v> {
        let rested = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        rested.unwrap_or_else(|| (self.make)())
    }
}

/// One thread's grip on a visitor, taken with the first event and given back at the end, so that
/// there are never more visitors than threads.
pub(super) struct Hand<'c, 'a, 'v> {
    /// The crew it belongs to.
    pub(super) crew: &'c Crew<'a, 'v>,
    visitor: Option<Box<dyn Visitor + 'v>>,
}

impl<'c, 'a, 'v> Hand<'c, 'a, 'v> {
    /// An empty hand.
    pub(super) fn of(crew: &'c Crew<'a, 'v>) -> Self {
        Self { crew, visitor: None }
    }

    /// Passes on one event. `Break` where the walk is over.
    pub(super) fn visit(&mut self, event: Event<'_>) -> ControlFlow<()> {
        let flow = self.visitor().visit(event);
        if flow.is_break() {
            self.crew.ended.store(true, Ordering::Relaxed);
        }
        flow
    }

    /// Passes on bytes; true where nothing at all came of them.
    pub(super) fn visit_quietly(&mut self, blob: Blob<'_>) -> bool {
        // Whether all is over is asked before the next one.
        let _ = self.visit(Event::Blob(blob));
        self.visitor().was_quiet()
    }

    fn visitor(&mut self) -> &mut (dyn Visitor + 'v) {
        &mut **self.visitor.get_or_insert_with(|| self.crew.take())
    }

    /// Asks what a visitor makes of bytes; see `Visitor`.
    pub(super) fn is_still(&mut self, bytes: &[u8]) -> bool {
        self.visitor().is_still(bytes)
    }

    /// Asks what a visitor makes of a part; see `Visitor`.
    pub(super) fn part_is_still(&mut self, part: &[u8], cut_before: bool, cut_behind: bool) -> bool {
        self.visitor().part_is_still(part, cut_before, cut_behind)
    }

    /// Asks what a visitor makes of many names; see `Visitor`.
    pub(super) fn heeds_one_of(&mut self, names: &[u8]) -> bool {
        self.visitor().heeds_one_of(names)
    }

    /// Asks how short a name may be; see `Visitor`.
    pub(super) fn shortest(&mut self) -> usize {
        self.visitor().shortest()
    }

    /// Asks what a visitor makes of names; see `Visitor`.
    pub(super) fn heeds(&mut self, context: &Context) -> bool {
        self.visitor().heeds(context)
    }

    /// Tells that something was left by choice.
    pub(super) fn left(&mut self, what: LeftOut) -> ControlFlow<()> {
        self.visit(Event::Left(what))
    }

    /// Tells that something could not be read.
    pub(super) fn notice(&mut self, origin: Origin, reason: Reason, text: &str) -> ControlFlow<()> {
        self.visit(Event::Notice(Notice::new(origin, reason, text)))
    }
}

impl Drop for Hand<'_, '_, '_> {
    fn drop(&mut self) {
        if let Some(visitor) = self.visitor.take() {
            self.crew.idle.lock().unwrap_or_else(PoisonError::into_inner).push(visitor);
        }
    }
}
