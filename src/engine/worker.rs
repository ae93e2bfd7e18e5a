//! One worker of a run: what it holds from blob to blob, and what it says to a source.
//!
//! Holds: the buffers of a thread, what was met in the blob at hand. Must not know: how bytes are searched or opened.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use super::keys::{Again, Reach, Second, Top};
use super::search::Here;
use super::{Session, scrub};
use crate::base::{Budget, Confidence, Context, Cursor, Fingerprint, Notice, Origin, Places, Reason, Secret, Trouble};
use crate::source::{Blob, Body, Event, Visitor};
use crate::unpack;

/// Buffers larger than this are not kept.
const KEEP: usize = 8 << 20;

/// One thread of a run.
pub(super) struct Worker<'a> {
    pub(super) session: &'a Session,
    /// Buffers at rest; one is in use for each stream within a stream.
    buffers: RefCell<Vec<Vec<u8>>>,
    /// Whether something came of the blob that is being read.
    pub(super) spoke: Cell<bool>,
    /// When each credential was met last in the blob at hand, where something in it says again what was said before.
    met: RefCell<HashMap<Fingerprint, Meeting>>,
    /// Moments since the blob began.
    moment: Cell<u64>,
    /// Whether anything asks what was met.
    pub(super) asked: Cell<bool>,
    /// How many of the streams that are being read within each other ended before their time, of which whoever yields
    /// them tells.
    pub(super) broken: Cell<u32>,
    /// What the blob at hand is known by, where it can be read once more.
    top: RefCell<Option<Top>>,
    /// Where the reading is one for the second time: what of it.
    second: Option<&'a Second>,
    again: Cell<Option<&'a Again>>,
}

/// When a credential was met last.
#[derive(Clone, Copy, Default)]
struct Meeting {
    /// At all.
    ever: u64,
    /// Where no comment allows it.
    open: u64,
    /// How sure it was at best.
    confidence: Option<Confidence>,
}

/// What a worker met, for another one that goes on from there.
#[derive(Clone)]
pub(super) struct Memory<'a> {
    second: Option<&'a Second>,
    again: Option<&'a Again>,
    top: Option<Top>,
    met: HashMap<Fingerprint, Meeting>,
    moment: u64,
    spoke: bool,
}

impl<'a> Worker<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Self {
            session,
            buffers: RefCell::default(),
            spoke: Cell::new(false),
            met: RefCell::default(),
            moment: Cell::new(0),
            asked: Cell::new(false),
            broken: Cell::new(0),
            top: RefCell::default(),
            second: None,
            again: Cell::new(None),
        }
    }

    /// A worker that looks once more at what could not be opened.
    pub(super) fn again(session: &'a Session, second: &'a Second) -> Self {
        Self { second: Some(second), ..Self::new(session) }
    }

    /// Whether a place was looked at before and only what is in it may be new.
    pub(super) fn is_elsewhere(&self, origin: &Origin) -> bool {
        self.again.get().is_some_and(|again| !again.has(origin))
    }

    /// A place is looked at, or told of, for the second time: what was told of it before is out of date.
    pub(super) fn enter(&self, origin: &Origin) {
        self.again.get().into_iter().for_each(|again| again.enter(origin));
    }

    /// Whether a place could not be looked at before, and is now.
    pub(super) fn is_unlocked(&self, origin: &Origin) -> bool {
        self.again.get().is_some_and(|again| again.has(origin))
    }

    /// What is tried on what is locked.
    pub(super) fn passwords(&self) -> &[Secret] {
        self.again.get().map_or(&self.session.plan.passwords, |again| &again.passwords)
    }

    /// Tells of trouble with what is there; what is locked is told when nothing that was found opens it.
    pub(super) fn trouble(&self, notice: Notice, here: &Here<'_>) {
        if self.is_elsewhere(&notice.origin) {
            return;
        }
        self.enter(&notice.origin);
        if notice.reason != Reason::Encrypted || !self.session.plan.unlock {
            return self.notice(notice);
        }
        self.spoke.set(true);
        let reach = Reach::of_place(&notice.origin, here.object, here.mail);
        let top = self.top.borrow().clone();
        let refused = self.session.vault().lock(top, reach, notice.origin.clone(), notice);
        refused.into_iter().for_each(|notice| self.notice(notice));
    }

    /// A buffer, filled with whatever it held before.
    pub(super) fn buffer(&self) -> Vec<u8> {
        self.buffers.borrow_mut().pop().unwrap_or_default()
    }

    /// Gives a buffer back.
    pub(super) fn rest(&self, buffer: Vec<u8>) {
        if buffer.capacity() <= KEEP {
            self.buffers.borrow_mut().push(buffer);
        }
    }

    /// A moment that is later than all before.
    pub(super) fn now(&self) -> u64 {
        self.asked.set(true);
        self.moment.set(self.moment.get() + 1);
        self.moment.get()
    }

    /// Whether a credential was met since some moment, in a way that says as much as the one at hand: itself or something
    /// that it is a part of, no less surely, and not only where a comment allows it.
    pub(super) fn was_met(&self, print: &Fingerprint, confidence: Confidence, allowed: bool, since: u64) -> bool {
        self.met.borrow().get(print).is_some_and(|meeting| {
            meeting.confidence >= Some(confidence) && if allowed { meeting.ever } else { meeting.open } >= since
        })
    }

    /// Remembers that a credential was met now.
    pub(super) fn meet(&self, prints: Vec<Fingerprint>, confidence: Confidence, allowed: bool) {
        let moment = self.moment.get();
        let mut met = self.met.borrow_mut();
        for print in prints {
            let meeting = met.entry(print).or_default();
            meeting.ever = moment;
            meeting.open = if allowed { meeting.open } else { moment };
            meeting.confidence = meeting.confidence.max(Some(confidence));
        }
    }

    /// What it met until now.
    pub(super) fn memory(&self) -> Memory<'a> {
        let (second, again, top) = (self.second, self.again.get(), self.top.borrow().clone());
        Memory {
            second,
            again,
            top,
            met: self.met.borrow().clone(),
            moment: self.moment.get(),
            spoke: self.spoke.get(),
        }
    }

    /// A worker that goes on from what another one met.
    pub(super) fn with(session: &'a Session, memory: &Memory<'a>) -> Self {
        let worker = Self { second: memory.second, ..Self::new(session) };
        worker.again.set(memory.again);
        worker.top.replace(memory.top.clone());
        worker.met.replace(memory.met.clone());
        worker.moment.set(memory.moment);
        worker.asked.set(true);
        worker
    }

    /// What another worker met while it did a part of this one's work counts as met now.
    pub(super) fn learn(&self, other: Memory<'a>) {
        self.spoke.set(self.spoke.get() || other.spoke);
        let (mut met, now, begun) = (self.met.borrow_mut(), self.moment.get(), self.moment.get());
        for (print, meeting) in other.met {
            let own = met.entry(print).or_default();
            let later = |before: u64, after: u64| if after >= begun { now } else { before };
            own.ever = later(own.ever, meeting.ever);
            own.open = later(own.open, meeting.open);
            own.confidence = own.confidence.max(meeting.confidence);
        }
    }

    pub(super) fn notice(&self, notice: Notice) {
        self.spoke.set(true);
        // Of what is in a damaged stream the end is missing: that is told once, of the stream.
        if (self.broken.get() > 0 && notice.reason == Reason::Malformed) || self.is_elsewhere(&notice.origin) {
            return;
        }
        self.session.notice(notice);
    }

    fn read(&self, blob: &mut Blob<'_>) {
        let session = self.session;
        let top = match (&blob.body, blob.object) {
            (_, Some(key)) => Some(Top::Object(key)),
            (Body::File(_), None) if blob.origin.path.raw().is_none() => {
                Some(Top::File(blob.origin.path.text().to_owned()))
            }
            _ => None,
        };
        let again = top.as_ref().and_then(|top| self.second?.of(top));
        self.again.set(again);
        self.top.replace(top);
        let is_again = blob.again || again.is_some();
        let budget = Budget::new(&session.plan.limits);
        budget.feed(blob.size.unwrap_or(0));
        let places = Places::default();
        let here = Here {
            label: blob.context.names.last().map_or("", String::as_str),
            origin: &blob.origin,
            context: &blob.context,
            depth: 0,
            within: None,
            object: blob.object,
            again: is_again,
            places: &places,
            mail: None,
            after: None,
            what: "file",
        };
        self.search_name(&here, &budget);
        let count = match &mut blob.body {
            Body::Stream(source) => {
                self.look_through(&mut Fed { source: &mut **source, budget: &budget }, None, &here, &budget)
            }
            Body::File(file) => {
                let mut cursor = Cursor::new(*file);
                self.look_through(&mut Fed { source: &mut cursor, budget: &budget }, Some(*file), &here, &budget)
            }
            Body::Whole(bytes) => {
                self.look_at(bytes, &here, &budget);
                bytes.len() as u64
            }
        };
        session.bytes.fetch_add(if is_again { 0 } else { count }, Ordering::Relaxed);
        session.files.fetch_add(u64::from(blob.object.is_none() && again.is_none()), Ordering::Relaxed);
    }
}

impl Visitor for Worker<'_> {
    fn visit(&mut self, event: Event<'_>) -> ControlFlow<()> {
        match event {
            Event::Blob(mut blob) => {
                let origin = blob.origin.clone();
                self.spoke.set(false);
                if catch_unwind(AssertUnwindSafe(|| self.read(&mut blob))).is_err() {
                    self.buffers.borrow_mut().clear();
                    self.broken.set(0);
                    self.spoke.set(true);
                    self.session.panicked(origin);
                }
                if self.asked.replace(false) {
                    self.met.borrow_mut().clear();
                    self.moment.set(0);
                }
            }
            // What was counted and told is not counted and told again.
            Event::Read(_) | Event::Left(_) | Event::GitStore(_) if self.second.is_some() => {}
            Event::Read(read) => self.session.read(read),
            Event::Notice(notice) => self.session.notice(notice),
            Event::Left(left) => self.session.collector().left(left),
            Event::GitStore(repository) => {
                let shown = repository.display().to_string();
                self.session.vault().repository(&shown);
                let shown = scrub::text(&self.session.detector, &shown).unwrap_or(shown);
                self.session.collector().git_store(&shown);
            }
        }
        if self.session.stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn is_still(&mut self, bytes: &[u8]) -> bool {
        unpack::recognise_whole(bytes).is_none() && self.session.detector.is_still(bytes)
    }

    fn part_is_still(&mut self, part: &[u8], cut_before: bool, cut_behind: bool) -> bool {
        !unpack::recognises_part(part, cut_before, cut_behind)
            && self.session.detector.part_is_still(part, cut_before, cut_behind)
    }

    fn was_quiet(&self) -> bool {
        !self.spoke.get() && !self.session.stopped()
    }

    fn heeds_one_of(&mut self, names: &[u8]) -> bool {
        self.session.detector.heeds_one_of(names)
    }

    fn shortest(&self) -> usize {
        self.session.detector.shortest()
    }

    fn heeds(&mut self, context: &Context) -> bool {
        self.session.detector.heeds(context)
    }
}

/// What comes from a source: it is paid for by nobody, and what the system says is told without what it may quote.
struct Fed<'a> {
    source: &'a mut dyn Read,
    budget: &'a Budget,
}

impl Read for Fed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.budget.read(self.source, buffer).map_err(|error| {
            let text = match error.raw_os_error() {
                Some(code) => format!("could not be read: system error {code} ({})", error.kind()),
                None => format!("could not be read: {}", error.kind()),
            };
            Trouble::new(Reason::Unreadable, text).into()
        })
    }
}
