//! Containers opened, and what is in them looked at in turn.
//!
//! Holds: the order of raw search and opening, what is held and what is read as it passes, depth. Must not know: any
//! format.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::opening::Opening;
use super::search::{FIRST_WINDOW, Here, Overheard, Windows, fill};
use super::worker::Worker;
use crate::base::{Ahead, Budget, Cursor, Notice, Packed, ReadAt, Reason, Trouble};
use crate::unpack::{self, BEGINNING, ENDING, Format, Open, Probe, Raw, Sink};

/// What becomes of what could not be opened and can be read again.
pub(super) const HELD: &str = "; what could be had of it was scanned, and its bytes as they are";

/// What becomes of what could not be opened and had passed by then.
const PASSED: &str = "; what could be had of it was scanned, and the rest of its bytes as they are";

/// The bytes of a container.
enum Bytes<'a> {
    Whole(&'a [u8]),
    File(&'a dyn ReadAt),
}

impl Worker<'_> {
    /// Looks at bytes that are all there: searches them, opens them if they are a container.
    pub(super) fn look_at(&self, bytes: &[u8], here: &Here<'_>, budget: &Budget) {
        let probe = Probe {
            head: &bytes[..bytes.len().min(BEGINNING)],
            tail: &bytes[bytes.len().saturating_sub(ENDING)..],
            name: &label(here),
        };
        match self.format_of(&probe, here) {
            Some(format) => self.open_held(format, bytes, here, budget),
            None => {
                self.keep(bytes, here);
                self.search(bytes, here, budget);
            }
        }
    }

    /// Opens what was encoded in a text, if it is a container; its bytes were searched already.
    pub(super) fn open_encoded(&self, bytes: &[u8], here: &Here<'_>, budget: &Budget) {
        let Some(format) = unpack::recognise_whole(bytes) else { return };
        if self.is_too_deep(here) {
            return;
        }
        // What could not be opened was told.
        let _ = self.open(format, Bytes::Whole(bytes), here, self.now(), budget);
    }

    fn open_held(&self, format: &Format, bytes: &[u8], here: &Here<'_>, budget: &Budget) {
        // What is text is one whatever else can be made of it.
        if self.session.kept.is_some() && std::str::from_utf8(bytes).is_ok() {
            self.keep(bytes, here);
        }
        let begun = self.now();
        let echo = Here { after: here.after.or(Some(begun)), ..*here };
        if format.raw == Raw::First {
            self.search(bytes, here, budget);
            // What could not be opened was told, and searched before.
            let _ = self.open(format, Bytes::Whole(bytes), &echo, begun, budget);
            return;
        }
        let opened = self.open(format, Bytes::Whole(bytes), here, begun, budget);
        if format.raw == Raw::Last || !opened {
            self.search(bytes, &echo, budget);
        }
    }

    /// Looks at a stream, which may be a file that can be read anywhere; tells how many bytes there were.
    pub(super) fn look_through(
        &self,
        source: &mut dyn Read,
        file: Option<&dyn ReadAt>,
        here: &Here<'_>,
        budget: &Budget,
    ) -> u64 {
        let mut buffer = self.buffer();
        if buffer.len() < FIRST_WINDOW {
            buffer.resize(FIRST_WINDOW, 0);
        }
        let mut length = 0;
        let (ended, trouble) = fill(source, &mut buffer[..FIRST_WINDOW], &mut length);
        if let Some(trouble) = trouble {
            let tail = format!("; the first {length} bytes were scanned");
            self.notice(trouble.notice(here.origin.clone(), here.what, &tail));
        }
        let count = if ended {
            self.look_at(&buffer[..length], here, budget);
            length as u64
        } else {
            self.look_on(&mut buffer, length, source, file, here, budget)
        };
        self.rest(buffer);
        count
    }

    /// Looks at a stream of which the beginning is in the buffer.
    fn look_on(
        &self,
        buffer: &mut Vec<u8>,
        length: usize,
        source: &mut dyn Read,
        file: Option<&dyn ReadAt>,
        here: &Here<'_>,
        budget: &Budget,
    ) -> u64 {
        let mut tail = [0; ENDING];
        let tail = match file {
            Some(file) => {
                let count = file.read_at(&mut tail, file.size().saturating_sub(ENDING as u64)).unwrap_or(0);
                &tail[..count]
            }
            None => &[],
        };
        let probe = Probe { head: &buffer[..length.min(BEGINNING)], tail, name: &label(here) };
        let Some(format) = self.format_of(&probe, here) else {
            return self.search_on(buffer, length, source, here, budget);
        };
        match (format.open, format.raw, file) {
            (Open::Stream(_), Raw::Covered, None) => {
                self.open_passing(format, buffer[..length].to_vec(), source, here, budget)
            }
            (Open::Stream(_), Raw::First, None) => {
                self.open_overheard(format, buffer[..length].to_vec(), source, here, budget)
            }
            (Open::Stream(_) | Open::Random(_) | Open::Either(..), _, Some(file)) => {
                self.open_file(format, file, here, budget)
            }
            _ => self.open_gathered(format, buffer, length, source, here, budget),
        }
    }

    /// Opens a stream while it passes.
    fn open_passing(
        &self,
        format: &Format,
        beginning: Vec<u8>,
        source: &mut dyn Read,
        here: &Here<'_>,
        budget: &Budget,
    ) -> u64 {
        let taken = Cell::new(0);
        let mut ahead = Ahead::new(beginning, source, &taken);
        let begun = self.now();
        let mut opening = Opening::new(self, here, budget, begun, Packed::Taken(&taken, 0));
        let opened = self.attempt(here, format.name, PASSED, || passing(format, &mut ahead, &mut opening));
        let opened = opened && !opening.cut;
        let echo = Here { after: here.after.or(Some(begun)), ..*here };
        if !opened {
            ahead.rewind();
        }
        if !opened || !ahead.fill_buf().unwrap_or_default().is_empty() {
            // Of what was opened, what its format left unread; else as much as can be had again.
            self.search_stream(&mut ahead, &echo, budget);
        }
        taken.get()
    }

    /// Opens a stream while it is searched.
    fn open_overheard(
        &self,
        format: &Format,
        beginning: Vec<u8>,
        source: &mut dyn Read,
        here: &Here<'_>,
        budget: &Budget,
    ) -> u64 {
        let windows = RefCell::new(Windows::new(self, here, budget, self.buffer(), 0));
        windows.borrow_mut().push(&beginning);
        let (begun, taken) = (self.now(), Cell::new(0));
        let echo = Here { after: here.after.or(Some(begun)), ..*here };
        let mut overheard = Overheard::new(source, &windows);
        let mut opening = Opening::new(self, &echo, budget, begun, Packed::Taken(&taken, 0));
        opening.first = Some(&windows);
        // What could not be opened was told, and is searched all the same.
        self.attempt(here, format.name, HELD, || {
            passing(format, &mut Ahead::new(beginning, &mut overheard, &taken), &mut opening)
        });
        let count = overheard.finish();
        self.rest(windows.borrow_mut().take_buffer());
        count
    }

    /// Opens a file at any place of it.
    fn open_file(&self, format: &Format, file: &dyn ReadAt, here: &Here<'_>, budget: &Budget) -> u64 {
        let begun = self.now();
        let echo = Here { after: here.after.or(Some(begun)), ..*here };
        let raw = |here: &Here<'_>| self.search_stream(&mut Cursor::new(file), here, budget);
        let inner = if format.raw == Raw::First {
            raw(here);
            &echo
        } else {
            here
        };
        let opened = self.open(format, Bytes::File(file), inner, begun, budget);
        if format.raw == Raw::Last || (format.raw == Raw::Covered && !opened) {
            raw(&echo);
        }
        file.size()
    }

    /// Opens what must be held whole, as far as it may be.
    fn open_gathered(
        &self,
        format: &Format,
        buffer: &mut Vec<u8>,
        mut length: usize,
        source: &mut dyn Read,
        here: &Here<'_>,
        budget: &Budget,
    ) -> u64 {
        let limit = budget.limits().max_blob;
        let most = usize::try_from(limit).unwrap_or(usize::MAX).max(FIRST_WINDOW);
        let mut granted = 0;
        loop {
            let room = (length * 2).min(most);
            if room <= length || !budget.hold((room - length) as u64) {
                break;
            }
            granted += (room - length) as u64;
            buffer.resize(buffer.len().max(room), 0);
            let (ended, trouble) = fill(source, &mut buffer[..room], &mut length);
            if let Some(trouble) = trouble {
                let tail = format!("; the first {length} bytes were scanned");
                self.notice(trouble.notice(here.origin.clone(), here.what, &tail));
            }
            if ended {
                self.open_held(format, &buffer[..length], here, budget);
                budget.release(granted);
                return length as u64;
            }
        }
        if matches!(format.open, Open::Either(..)) {
            let mut beginning = std::mem::take(buffer);
            beginning.truncate(length);
            let count = self.open_passing(format, beginning, source, here, budget);
            budget.release(granted);
            return count;
        }
        let exceeds = if length as u64 >= limit {
            format!("exceeds --max-blob {limit}")
        } else {
            format!("exceeds twice --max-blob {limit} with what is held around it")
        };
        let text = format!("{} {exceeds}; it was scanned as it is, not opened", here.what);
        self.notice(Notice::new(here.origin.clone(), Reason::TooLarge, text).limit("--max-blob"));
        let count = self.search_on(buffer, length, source, here, budget);
        budget.release(granted);
        count
    }

    /// Searches a stream of which the beginning is in the buffer.
    fn search_on(
        &self,
        buffer: &mut Vec<u8>,
        length: usize,
        source: &mut dyn Read,
        here: &Here<'_>,
        budget: &Budget,
    ) -> u64 {
        let mut windows = Windows::new(self, here, budget, std::mem::take(buffer), length);
        let count = windows.run(source);
        *buffer = windows.take_buffer();
        count
    }

    /// The format that bytes are to be opened as.
    fn format_of(&self, probe: &Probe<'_>, here: &Here<'_>) -> Option<&'static Format> {
        unpack::recognise(probe).filter(|_| !self.is_too_deep(here))
    }

    fn is_too_deep(&self, here: &Here<'_>) -> bool {
        let deepest = self.session.plan.limits.max_depth;
        if here.depth >= deepest && deepest > 0 {
            let text =
                format!("{} stands deeper than --max-depth {deepest}; it was scanned as it is, not opened", here.what);
            let mut notice = Notice::new(here.origin.clone(), Reason::TooDeep, text).limit("--max-depth");
            // The user, or the design, chose the depth.
            notice.incomplete = false;
            self.notice(notice);
        }
        here.depth >= deepest
    }

    /// Opens bytes; false where that failed or was broken off, which is then told.
    fn open(&self, format: &Format, bytes: Bytes<'_>, here: &Here<'_>, begun: u64, budget: &Budget) -> bool {
        let size = match bytes {
            Bytes::Whole(bytes) => bytes.len() as u64,
            Bytes::File(file) => file.size(),
        };
        let mut opening = Opening::new(self, here, budget, begun, Packed::Known(size));
        let opened = self.attempt(here, format.name, HELD, || match (format.open, bytes) {
            (Open::Stream(open), Bytes::Whole(mut bytes)) => open(&mut bytes, &mut opening),
            (Open::Stream(open), Bytes::File(file)) => {
                let (mut cursor, taken) = (Cursor::new(file), Cell::new(0));
                open(&mut Ahead::anew(&mut cursor, &taken), &mut opening)
            }
            (Open::Random(open) | Open::Either(open, _), Bytes::Whole(bytes)) => open(&bytes, &mut opening),
            (Open::Random(open) | Open::Either(open, _), Bytes::File(file)) => open(file, &mut opening),
            (Open::Whole(open), Bytes::Whole(bytes)) => open(bytes, &mut opening),
            (Open::Objects, Bytes::Whole(bytes)) => opening.take_objects(bytes),
            (Open::Whole(_) | Open::Objects, Bytes::File(_)) => Err(Trouble::unsupported("must be held whole")),
        });
        opened && !opening.cut
    }

    /// Tells why something could not be opened; a parser that fails costs only what it was to open.
    pub(super) fn attempt(
        &self,
        here: &Here<'_>,
        what: &str,
        tail: &str,
        open: impl FnOnce() -> Result<(), Trouble>,
    ) -> bool {
        let broken = self.broken.get();
        let result = catch_unwind(AssertUnwindSafe(open)).unwrap_or_else(|_| {
            self.broken.set(broken);
            Err(Trouble::new(Reason::Panicked, "made a parser fail; please report this"))
        });
        let Err(trouble) = result else { return true };
        self.trouble(trouble.notice(here.origin.clone(), what, tail), here);
        false
    }
}

/// Opens what is read as it passes.
fn passing(format: &Format, input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    match format.open {
        Open::Stream(open) | Open::Either(_, open) => open(input, sink),
        Open::Random(_) | Open::Whole(_) | Open::Objects => Err(Trouble::unsupported("cannot be read as it passes")),
    }
}

/// What of a label names the thing itself, in lower case.
fn label(here: &Here<'_>) -> String {
    here.label.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase()
}
