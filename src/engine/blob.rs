//! One worker: reads blobs in windows, has them searched, opens what is inside.
//!
//! Holds: the buffer of a thread. Must not know: how findings are merged.

use std::cell::Cell;
use std::io::Read;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use super::collect::{Met, Spot, location};
use super::{Session, scrub};
use crate::base::{Budget, Context, Notice, Origin, Reason};
use crate::detect::{Found, Hit, MARGIN, Nested, Place};
use crate::source::{Blob, Body, Event, ObjectKey, Visitor};
use crate::unpack::{self, Child};

/// Most files are smaller; a buffer that stays in the cache is the fastest.
const FIRST_WINDOW: usize = 256 << 10;

/// Windows of long blobs: large against the margins that are searched twice, small in memory.
const WINDOW: usize = 4 << 20;

/// One thread of a run.
pub(super) struct Worker<'a> {
    session: &'a Session,
    buffer: Vec<u8>,
    /// Whether something came of the blob that is being read.
    spoke: Cell<bool>,
}

/// Where the bytes of a search stand.
#[derive(Clone, Copy)]
struct Here<'a> {
    origin: &'a Origin,
    context: &'a Context,
    depth: u32,
    /// For what was encoded inside of something else: its place there, which is where its
    /// credentials are said to stand.
    within: Option<&'a Nested>,
    /// The object of a repository that it is in.
    object: Option<ObjectKey>,
    /// Whether what is only counted in it was counted before.
    again: bool,
}

impl<'a> Worker<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Self { session, buffer: Vec::new(), spoke: Cell::new(false) }
    }

    fn read(&mut self, blob: &mut Blob<'_>) {
        let session = self.session;
        let mut budget = Budget::new(&session.plan.limits);
        budget.feed(blob.size.unwrap_or(0));
        let here = Here {
            origin: &blob.origin,
            context: &blob.context,
            depth: 0,
            within: None,
            object: blob.object,
            again: blob.again,
        };
        self.search_name(&here, &mut budget);
        let count = match &mut blob.body {
            Body::Stream(reader) => self.stream(&mut **reader, &here, &mut budget),
            Body::Whole(bytes) => {
                self.search(bytes, &here, &mut budget);
                let children = self.unpack(bytes, &here, &mut budget);
                self.search_children(children, &here, &mut budget);
                bytes.len() as u64
            }
        };
        session.bytes.fetch_add(if blob.again { 0 } else { count }, Ordering::Relaxed);
        session.files.fetch_add(u64::from(blob.object.is_none()), Ordering::Relaxed);
    }

    fn notice(&self, notice: Notice) {
        self.spoke.set(true);
        self.session.notice(notice);
    }

    /// Reads a blob in windows; tells how many bytes there were.
    fn stream(&mut self, reader: &mut dyn Read, here: &Here<'_>, budget: &mut Budget) -> u64 {
        let session = self.session;
        let limits = &session.plan.limits;
        let most = usize::try_from(limits.max_blob).unwrap_or(usize::MAX).max(WINDOW);
        let mut scan = session.detector.begin(here.context);
        let (mut length, mut total, mut room) = (0, 0, FIRST_WINDOW);
        let mut container = false;
        loop {
            if self.buffer.len() < room {
                self.buffer.resize(room, 0);
            }
            let ended = match fill(budget, reader, &mut self.buffer[..room], &mut length) {
                Ok(ended) => ended,
                Err(error) => {
                    let text = format!("{}; the first {} bytes were scanned", reason_of(&error), total + length as u64);
                    self.notice(Notice::new(here.origin.clone(), Reason::Unreadable, text));
                    true
                }
            };
            let window = &self.buffer[..length];
            if total == 0 {
                container = limits.max_depth > 0 && unpack::is_container(&window[..length.min(unpack::BEGINNING)]);
            }
            if container && !ended && room < most {
                // A container is opened whole.
                room = (room * 4).min(most);
                continue;
            }
            let step = session.detector.window(&mut scan, window, ended, room >= most);
            self.take(step.found, here, budget);
            if container {
                self.open(length, ended, here, budget);
                container = false;
            }
            total += step.consumed as u64;
            if ended || session.stopped() {
                break;
            }
            self.buffer.copy_within(step.consumed..length, 0);
            length -= step.consumed;
            room = if length > room / 2 || room < WINDOW { (room * 2).max(WINDOW).min(most) } else { room };
        }
        if self.buffer.len() > 2 * WINDOW {
            self.buffer = Vec::new();
        }
        total + if session.stopped() { length as u64 } else { 0 }
    }

    /// Opens the container in the buffer, if all of it is there.
    fn open(&mut self, length: usize, whole: bool, here: &Here<'_>, budget: &mut Budget) {
        if !whole {
            let limit = self.session.plan.limits.max_blob;
            let text = format!("compressed file exceeds --max-blob {limit}; it was scanned as it is, not opened");
            self.notice(Notice::new(here.origin.clone(), Reason::TooLarge, text).limit("--max-blob"));
            return;
        }
        let children = self.unpack(&self.buffer[..length], here, budget);
        self.search_children(children, here, budget);
    }

    /// What is inside of a container, if it does not stand too deep.
    fn unpack(&self, bytes: &[u8], here: &Here<'_>, budget: &mut Budget) -> Vec<Child> {
        if !unpack::is_container(&bytes[..bytes.len().min(unpack::BEGINNING)]) {
            return Vec::new();
        }
        let deepest = self.session.plan.limits.max_depth;
        if here.depth >= deepest {
            let text = format!("stands deeper than --max-depth {deepest}; scanned as it is, not opened");
            let mut notice = Notice::new(here.origin.clone(), Reason::TooDeep, text).limit("--max-depth");
            // The user, or the design, chose the depth.
            notice.incomplete = false;
            self.notice(notice);
            return Vec::new();
        }
        let Some(opened) = unpack::open(bytes, here.origin, budget) else { return Vec::new() };
        opened.notices.into_iter().for_each(|notice| self.notice(notice));
        opened.children
    }

    fn search_children(&mut self, children: Vec<Child>, here: &Here<'_>, budget: &mut Budget) {
        for Child { origin, bytes } in children {
            self.session.collector().members += u64::from(!here.again);
            let here = Here { origin: &origin, depth: here.depth + 1, ..*here };
            self.search(&bytes, &here, budget);
            let inside = self.unpack(&bytes, &here, budget);
            // What is nested in it must not be held beside it.
            drop(bytes);
            self.search_children(inside, &here, budget);
        }
    }

    /// Searches bytes that are all there.
    fn search(&mut self, bytes: &[u8], here: &Here<'_>, budget: &mut Budget) {
        let mut scan = self.session.detector.begin(here.context);
        let (mut at, mut size) = (0, WINDOW);
        loop {
            let end = bytes.len().min(at + size);
            let step = self.session.detector.window(&mut scan, &bytes[at..end], end == bytes.len(), false);
            self.take(step.found, here, budget);
            at += step.consumed;
            if end == bytes.len() || self.session.stopped() {
                break;
            }
            // What is encoded in it goes on behind the window.
            size = if step.consumed < size / 2 { size * 2 } else { WINDOW };
        }
    }

    fn take(&mut self, found: Vec<Found>, here: &Here<'_>, budget: &mut Budget) {
        for found in found {
            self.spoke.set(self.spoke.get() || !matches!(found, Found::Nested(_)));
            match found {
                Found::Hit(hit) => {
                    if !self.take_hit(*hit, here, budget) {
                        return;
                    }
                }
                Found::Placeholder => self.session.collector().placeholders += u64::from(!here.again),
                Found::Example => self.session.collector().examples += u64::from(!here.again),
                Found::Nested(nested) => {
                    let within = here.within.unwrap_or(&nested);
                    let here = Here { within: Some(within), ..*here };
                    let children = self.unpack(&nested.bytes, &here, budget);
                    self.search_children(children, &here, budget);
                }
                Found::TooMuch => {
                    let text =
                        "more layers of encoding in one another than are decoded; the innermost were not searched";
                    self.notice(Notice::new(here.origin.clone(), Reason::TooMany, text));
                }
                Found::TooLong(place) => {
                    let limit = self.session.plan.limits.max_blob;
                    let text =
                        format!("base64 text at line {} exceeds --max-blob {limit}; it was not decoded", place.line);
                    self.notice(Notice::new(here.origin.clone(), Reason::TooLarge, text).limit("--max-blob"));
                }
            }
        }
    }

    /// Hands a hit over; false when there have been too many.
    fn take_hit(&self, hit: Hit, here: &Here<'_>, budget: &mut Budget) -> bool {
        let session = self.session;
        if !budget.take_hit() {
            let limit = session.plan.limits.max_hits;
            let text = format!("holds more credentials than --max-hits {limit}; the others are not listed");
            self.notice(Notice::new(here.origin.clone(), Reason::TooMany, text).limit("--max-hits"));
            return false;
        }
        let Hit { credential, place, allowed, .. } = hit;
        let (place, allowed) = match here.within {
            Some(nested) => (nested.place.clone(), allowed || nested.allowed),
            None => (place, allowed),
        };
        let met = self.met(here, place, allowed && session.plan.comments);
        let new = session.collector().hit(credential, met, &session.plan);
        session.findings.fetch_add(u64::from(new), Ordering::Relaxed);
        true
    }

    fn met(&self, here: &Here<'_>, place: Place, allowed: bool) -> Met {
        let origin = scrub::origin(&self.session.detector, here.origin);
        match here.object {
            Some(key) => Met::Object(key, Spot { inner: origin.inner, place, allowed }),
            None => Met::File(location(origin, place), allowed),
        }
    }

    /// A name can be a credential as well.
    fn search_name(&mut self, here: &Here<'_>, budget: &mut Budget) {
        let Some(name) = here.context.names.last().filter(|name| name.len() >= self.session.detector.shortest()) else {
            return;
        };
        let detector = &self.session.detector;
        let step = detector.window(&mut detector.begin(&Context::default()), name.as_bytes(), true, true);
        for found in step.found {
            if let Found::Hit(hit) = found
                && budget.take_hit()
            {
                self.spoke.set(true);
                let mut location = location(scrub::origin(detector, here.origin), hit.place);
                (location.line, location.column, location.offset) = (None, None, None);
                let met = Met::File(location, false);
                let new = self.session.collector().hit(hit.credential, met, &self.session.plan);
                self.session.findings.fetch_add(u64::from(new), Ordering::Relaxed);
            }
        }
    }
}

impl Visitor for Worker<'_> {
    fn visit(&mut self, event: Event<'_>) -> ControlFlow<()> {
        match event {
            Event::Blob(mut blob) => {
                let origin = blob.origin.clone();
                self.spoke.set(false);
                if catch_unwind(AssertUnwindSafe(|| self.read(&mut blob))).is_err() {
                    self.buffer = Vec::new();
                    self.spoke.set(true);
                    self.session.panicked(origin);
                }
            }
            Event::Read(read) => self.session.read(read),
            Event::Notice(notice) => self.session.notice(notice),
            Event::Left(left) => self.session.collector().left(left),
            Event::GitStore(repository) => {
                let shown = repository.display().to_string();
                let shown = scrub::text(&self.session.detector, &shown).unwrap_or(shown);
                self.session.collector().git_store(&shown);
            }
        }
        if self.session.stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn is_still(&mut self, bytes: &[u8]) -> bool {
        !unpack::is_container(&bytes[..bytes.len().min(unpack::BEGINNING)]) && self.session.detector.is_still(bytes)
    }

    fn part_is_still(&mut self, part: &[u8], cut_before: bool, cut_behind: bool) -> bool {
        let opens = !cut_before && unpack::is_container(&part[..part.len().min(unpack::BEGINNING)]);
        !opens && self.session.detector.part_is_still(part, cut_before, cut_behind)
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

/// Reads until the buffer is full or the source ends.
fn fill(budget: &mut Budget, source: &mut dyn Read, buffer: &mut [u8], length: &mut usize) -> std::io::Result<bool> {
    debug_assert!(buffer.len() > 2 * MARGIN, "a window must be larger than what is kept of it");
    while *length < buffer.len() {
        let count = budget.read(source, &mut buffer[*length..])?;
        if count == 0 {
            return Ok(true);
        }
        *length += count;
    }
    Ok(false)
}

/// What the system said, without what it may have quoted.
fn reason_of(error: &std::io::Error) -> String {
    match error.raw_os_error() {
        Some(code) => format!("reading failed with system error {code} ({})", error.kind()),
        None => format!("reading failed: {}", error.kind()),
    }
}
