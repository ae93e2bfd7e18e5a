//! Bytes searched in windows, and what was found handed on.
//!
//! Holds: the search of a stream and of bytes that are held. Must not know: what is a container.

use std::cell::RefCell;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::collect::{Met, Spot};
use super::told::{Told, location};
use super::worker::Worker;
use super::{folder, scrub};
use crate::base::{Budget, Confidence, Context, Fingerprint, Mail, Notice, Origin, Places, Reason, Trouble};
use crate::detect::{Credential, Detector, Found, Hit, MARGIN, Nested, Place, Scan};
use crate::source::ObjectKey;
use crate::unpack::MailOf;

/// Most files are smaller; a buffer that stays in the cache is the fastest.
pub(super) const FIRST_WINDOW: usize = 256 << 10;

/// Windows of long blobs: large against the margins that are searched twice, small in memory.
const WINDOW: usize = 4 << 20;

/// Where the bytes of a search stand.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) origin: &'a Origin,
    pub(super) context: &'a Context,
    /// Its own name, without the endings of compressions that were opened.
    pub(super) label: &'a str,
    /// What messages call it.
    pub(super) what: &'static str,
    pub(super) depth: u32,
    /// For what was encoded inside of something else: its place there, which is where its
    /// credentials are said to stand.
    pub(super) within: Option<Within<'a>>,
    /// The object of a repository that it is in.
    pub(super) object: Option<ObjectKey>,
    /// Whether what is only counted in it was counted before.
    pub(super) again: bool,
    /// Where the bytes stand in the document they were made of.
    pub(super) places: &'a Places,
    /// The message that it came with.
    pub(super) mail: Option<Letter<'a>>,
    /// The moment since which a credential must not have been met to count here.
    pub(super) after: Option<u64>,
}

/// A message, and what it lay in.
#[derive(Clone, Copy)]
pub(super) struct Letter<'a> {
    pub(super) mail: MailOf<'a>,
    pub(super) origin: &'a Origin,
    /// Whether it was one of several in a file.
    pub(super) mailbox: bool,
}

impl Letter<'_> {
    /// What is told of it.
    fn told(&self, detector: &Detector) -> Arc<Mail> {
        let mut mail = (self.mail)();
        if mail.folder.is_none() {
            Arc::make_mut(&mut mail).folder = folder::of(self.origin, self.mailbox);
        }
        scrub::mail(detector, mail)
    }
}

/// What of a credential was met before in the same container.
pub(super) enum Echo {
    /// Nothing that says as much.
    None,
    /// A part of it, in the place where it stands whole.
    Part,
    /// All of it.
    Whole,
}

/// Something encoded in a text.
#[derive(Clone, Copy)]
pub(super) struct Within<'a> {
    nested: &'a Nested,
    places: &'a Places,
}

/// The search of a stream, window by window.
pub(super) struct Windows<'w, 'a> {
    worker: &'w Worker<'a>,
    here: &'w Here<'w>,
    budget: &'w Budget,
    scan: Scan,
    /// What was not searched yet, or is to be searched again with what follows it.
    buffer: Vec<u8>,
    length: usize,
    room: usize,
    most: usize,
    total: u64,
    ended: bool,
}

impl<'w, 'a> Windows<'w, 'a> {
    /// The search of a stream of which the first `length` bytes are in the buffer already.
    pub(super) fn new(
        worker: &'w Worker<'a>,
        here: &'w Here<'w>,
        budget: &'w Budget,
        buffer: Vec<u8>,
        length: usize,
    ) -> Self {
        let most = usize::try_from(worker.session.plan.limits.max_blob).unwrap_or(usize::MAX).max(WINDOW);
        let scan = worker.session.detector.begin(here.context);
        Self {
            worker,
            here,
            budget,
            scan,
            buffer,
            length,
            room: FIRST_WINDOW.max(length),
            most,
            total: 0,
            ended: false,
        }
    }

    /// Searches what comes next of it.
    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            self.make_room();
            let (now, later) = bytes.split_at(bytes.len().min(self.room - self.length));
            self.buffer[self.length..self.length + now.len()].copy_from_slice(now);
            self.length += now.len();
            bytes = later;
            if self.length == self.room {
                self.step(false);
            }
        }
    }

    /// Whether so many bytes more make it search what it holds.
    pub(super) fn is_full_with(&self, count: usize) -> bool {
        self.length + count >= self.room
    }

    /// Searches what it holds, but for what must be seen with what follows: `MARGIN` at the most at its end, as with any
    /// text that is made of it.
    pub(super) fn catch_up(&mut self) {
        if self.length > 2 * MARGIN {
            self.step(false);
        }
    }

    /// Searches the rest of it; tells how many bytes there were in all.
    pub(super) fn run(&mut self, source: &mut dyn Read) -> u64 {
        while !self.ended && !self.worker.session.stopped() {
            self.make_room();
            let (ended, trouble) = fill(source, &mut self.buffer[..self.room], &mut self.length);
            if let Some(trouble) = trouble {
                let tail = format!("; the first {} bytes were scanned", self.total + self.length as u64);
                self.worker.notice(trouble.notice(self.here.origin.clone(), self.here.what, &tail));
            }
            self.ended = ended;
            self.step(ended);
        }
        self.total + self.length as u64
    }

    /// The buffer, when this search is over.
    pub(super) fn take_buffer(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffer)
    }

    fn make_room(&mut self) {
        if self.buffer.len() < self.room {
            self.buffer.resize(self.room, 0);
        }
    }

    fn step(&mut self, ended: bool) {
        let (length, room) = (self.length, self.room);
        let full = room >= self.most && (ended || length == room);
        let detector = &self.worker.session.detector;
        let step = detector.window(&mut self.scan, &self.buffer[..length], ended, full);
        self.worker.take(step.found, self.here, self.budget);
        self.total += step.consumed as u64;
        self.buffer.copy_within(step.consumed..length, 0);
        self.length -= step.consumed;
        if self.length > room / 2 || (room < WINDOW && length == room) {
            self.room = (room * 2).max(WINDOW).min(self.most);
        }
    }
}

/// A stream that is searched while something else reads it.
pub(super) struct Overheard<'o, 'w, 'a> {
    source: &'o mut dyn Read,
    windows: &'o RefCell<Windows<'w, 'a>>,
    /// Whether it failed, which whoever reads it tells.
    broken: bool,
}

impl<'o, 'w, 'a> Overheard<'o, 'w, 'a> {
    pub(super) fn new(source: &'o mut dyn Read, windows: &'o RefCell<Windows<'w, 'a>>) -> Self {
        Self { source, windows, broken: false }
    }

    /// Searches what was not read; tells how many bytes there were in all.
    pub(super) fn finish(self) -> u64 {
        let (mut windows, mut nothing) = (self.windows.borrow_mut(), io::empty());
        // What was made of it may have ended before it does.
        windows.ended = false;
        windows.run(if self.broken { &mut nothing } else { self.source })
    }
}

impl Read for Overheard<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = self.source.read(buffer);
        match &result {
            Ok(count) => self.windows.borrow_mut().push(&buffer[..*count]),
            Err(error) => self.broken |= error.kind() != io::ErrorKind::Interrupted,
        }
        result
    }
}

impl Worker<'_> {
    /// Searches a stream; tells how many bytes there were.
    pub(super) fn search_stream(&self, source: &mut dyn Read, here: &Here<'_>, budget: &Budget) -> u64 {
        let mut windows = Windows::new(self, here, budget, self.buffer(), 0);
        let count = windows.run(source);
        self.rest(windows.take_buffer());
        count
    }

    /// Searches bytes that are all there.
    pub(super) fn search(&self, bytes: &[u8], here: &Here<'_>, budget: &Budget) {
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

    fn take(&self, found: Vec<Found>, here: &Here<'_>, budget: &Budget) {
        let new = !here.again && here.after.is_none();
        if self.is_elsewhere(here.origin) {
            return self.look_deeper(found, here, budget);
        }
        for found in found {
            self.spoke.set(self.spoke.get() || !matches!(found, Found::Nested(_)));
            match found {
                Found::Hit(hit) => {
                    if !self.take_hit(*hit, here, budget) {
                        return;
                    }
                }
                Found::Key(hit) => {
                    if !self.take_key(hit, here, budget) {
                        return;
                    }
                }
                Found::Certificate(certificate) => self.take_certificate(&certificate, here),
                Found::Password(hit) => self.take_password(hit, here),
                Found::Placeholder => self.session.collector().placeholders += u64::from(new),
                Found::Example => self.session.collector().examples += u64::from(new),
                Found::Nested(nested) => self.take_nested(&nested, here, budget),
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

    fn take_nested(&self, nested: &Nested, here: &Here<'_>, budget: &Budget) {
        let within = here.within.unwrap_or(Within { nested, places: here.places });
        let here = Here { within: Some(within), label: "", what: "encoded text", ..*here };
        self.open_encoded(&nested.bytes, &here, budget);
    }

    /// What was told before is not told again; what is in it may be new.
    fn look_deeper(&self, found: Vec<Found>, here: &Here<'_>, budget: &Budget) {
        for found in found {
            if let Found::Nested(nested) = found {
                self.take_nested(&nested, here, budget);
            }
        }
    }

    /// Hands a hit over; false when there have been too many.
    fn take_hit(&self, hit: Hit, here: &Here<'_>, budget: &Budget) -> bool {
        let session = self.session;
        let Hit { credential, place, allowed, .. } = hit;
        let (place, allowed, places) = self.stands(place, allowed, here);
        match self.echo_of(&credential, allowed, here) {
            Echo::None => {}
            Echo::Part => {
                session.collector().hit(&credential, Met::Told, &session.plan);
                return true;
            }
            Echo::Whole => return true,
        }
        if !self.may_take(here, budget) {
            return false;
        }
        let met = self.met(here, place, places, allowed);
        let new = session.collector().hit(&credential, met, &session.plan);
        session.findings.fetch_add(u64::from(new), Ordering::Relaxed);
        true
    }

    /// Where something stands that was found in a text, which may have been encoded in another; and whether a comment
    /// allows it.
    pub(super) fn stands<'h>(&self, place: Place, allowed: bool, here: &Here<'h>) -> (Place, bool, &'h Places) {
        let (place, allowed, places) = match here.within {
            Some(within) => (within.nested.place.clone(), allowed || within.nested.allowed, within.places),
            None => (place, allowed, here.places),
        };
        (place, allowed && self.session.plan.comments, places)
    }

    /// Whether one more credential may be told of here.
    pub(super) fn may_take(&self, here: &Here<'_>, budget: &Budget) -> bool {
        let taken = budget.take_hit();
        if !taken {
            let limit = self.session.plan.limits.max_hits;
            let text = format!("holds more credentials than --max-hits {limit}; the others are not listed");
            self.notice(Notice::new(here.origin.clone(), Reason::TooMany, text).limit("--max-hits"));
        }
        taken
    }

    fn echo_of(&self, credential: &Credential, allowed: bool, here: &Here<'_>) -> Echo {
        let aliases = credential.aliases.iter().map(Fingerprint::of).collect();
        self.echo(Fingerprint::of(&credential.secret), aliases, credential.confidence, allowed, here)
    }

    /// Whether a credential only says again what was met in the same container; it is met now.
    pub(super) fn echo(
        &self,
        own: Fingerprint,
        aliases: Vec<Fingerprint>,
        confidence: Confidence,
        allowed: bool,
        here: &Here<'_>,
    ) -> Echo {
        if !self.asked.get() {
            return Echo::None;
        }
        let met = |print, confidence| here.after.is_some_and(|moment| self.was_met(print, confidence, allowed, moment));
        // Text that was made of a document shows whole what its bytes show in pieces.
        let made = !matches!(here.places, Places::Verbatim);
        let echo = if met(&own, confidence) {
            Echo::Whole
        } else if made && aliases.iter().any(|print| met(print, Confidence::Possible)) {
            Echo::Part
        } else {
            Echo::None
        };
        self.meet([own].into_iter().chain(aliases).collect(), confidence, allowed);
        echo
    }

    pub(super) fn met(&self, here: &Here<'_>, place: Place, places: &Places, allowed: bool) -> Met {
        let detector = &self.session.detector;
        let origin = scrub::origin(detector, here.origin);
        let mail = here.mail.map(|letter| letter.told(detector));
        let mut told = Told::of(place, places, mail);
        scrub::inside(detector, &mut told.inside);
        match here.object {
            Some(key) => Met::Object(key, Spot { allowed, inner: Arc::clone(&origin.inner), told }),
            None => Met::File(location(origin, told), allowed),
        }
    }

    /// A name can be a credential as well.
    pub(super) fn search_name(&self, here: &Here<'_>, budget: &Budget) {
        let Some(name) = here.context.names.last().filter(|name| name.len() >= self.session.detector.shortest()) else {
            return;
        };
        let detector = &self.session.detector;
        if self.is_elsewhere(here.origin) {
            return;
        }
        let step = detector.window(&mut detector.begin(&Context::default()), name.as_bytes(), true, true);
        for found in step.found {
            if let Found::Hit(hit) = found
                && matches!(self.echo_of(&hit.credential, false, here), Echo::None)
                && budget.take_hit()
            {
                self.spoke.set(true);
                let clothes = hit.place.clothes;
                let mail = here.mail.map(|letter| letter.told(detector));
                let told = Told { clothes, mail, ..Told::default() };
                let met = Met::File(location(scrub::origin(detector, here.origin), told), false);
                let new = self.session.collector().hit(&hit.credential, met, &self.session.plan);
                self.session.findings.fetch_add(u64::from(new), Ordering::Relaxed);
            }
        }
    }
}

/// Reads until the buffer is full or the source ends; tells whether it ended, and why it did so too early.
pub(super) fn fill(source: &mut dyn Read, buffer: &mut [u8], length: &mut usize) -> (bool, Option<Trouble>) {
    debug_assert!(buffer.len() > 2 * MARGIN, "a window must be larger than what is kept of it");
    while *length < buffer.len() {
        match source.read(&mut buffer[*length..]) {
            Ok(0) => return (true, None),
            Ok(count) => *length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (true, Some(Trouble::of(&error))),
        }
    }
    (false, None)
}
