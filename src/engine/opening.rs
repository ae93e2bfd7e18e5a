//! What one container yields, taken and looked at.
//!
//! Holds: the sink that formats hand their members to. Must not know: any format, or when one is asked to open
//! something.

use std::cell::{Cell, OnceCell, RefCell};
use std::io::{self, Read};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::inside::HELD;
use super::search::{Here, Letter, Windows};
use super::worker::Worker;
use crate::base::{Budget, Limits, Packed, Reason, Secret, Trouble, share_out};
use crate::source::{Emptied, each_held};
use crate::unpack::{Content, Flow, Member, Sink, Work};

/// Bytes that are read at once of what is gathered.
const STEP: usize = 64 << 10;

/// Characters that a name of a member is told with; a hostile archive has longer ones.
const NAME: usize = 1000;

/// Endings of names that say of a file how it is compressed, and nothing of what it is.
const ENDINGS: [&str; 9] = ["gz", "bz2", "xz", "lzma", "zst", "lz4", "z", "br", "lz"];

/// Takes what comes out of one container.
pub(super) struct Opening<'w, 'a> {
    worker: &'w Worker<'a>,
    here: &'w Here<'w>,
    budget: &'w Budget,
    /// When it was begun.
    begun: u64,
    /// Of how many bytes its content is made.
    packed: Packed<'w>,
    /// The search of its own bytes, where that comes first and goes on while they are read; all it yields is text then.
    pub(super) first: Option<&'w RefCell<Windows<'w, 'a>>>,
    /// Whether it was told that there are too many members.
    full: bool,
    /// Whether some of it was not taken, for want of means: then its bytes are searched as they are.
    pub(super) cut: bool,
    /// Whether its names alone make text in it worth a look.
    heeded: OnceCell<bool>,
}

impl<'w, 'a> Opening<'w, 'a> {
    pub(super) fn new(
        worker: &'w Worker<'a>,
        here: &'w Here<'w>,
        budget: &'w Budget,
        begun: u64,
        packed: Packed<'w>,
    ) -> Self {
        Self { worker, here, budget, begun, packed, first: None, full: false, cut: false, heeded: OnceCell::new() }
    }

    /// Takes the objects of a pack of a repository.
    pub(super) fn take_objects(&mut self, pack: &[u8]) -> Result<(), Trouble> {
        let size = pack.len() as u64;
        self.hold(size)?;
        let mut poor = None;
        let emptied = each_held(pack.to_vec(), &mut |name, bytes| {
            if let Err(trouble) = self.spend(bytes.len() as u64) {
                poor = Some(trouble);
                return Break(());
            }
            self.take(Member::named("git object", name), Content::Held(bytes))
        });
        self.release(size);
        match (emptied, poor) {
            (_, Some(trouble)) => Err(trouble),
            (None, None) => Err(Trouble::malformed("is damaged")),
            (Some(Emptied { damaged: 0, missing: 0, .. }), None) => Ok(()),
            (Some(Emptied { objects, damaged, missing }), None) => Err(Trouble::malformed(format!(
                "is damaged: {objects} of its objects were read, {damaged} could not be, {missing} were not reached"
            ))),
        }
    }

    /// Whether more is wanted.
    fn goes_on(&mut self) -> Flow {
        self.cut |= self.budget.left() == 0;
        if self.worker.session.stopped() || self.cut { Break(()) } else { Continue(()) }
    }

    fn count(&mut self) -> Flow {
        if self.worker.session.stopped() {
            return Break(());
        }
        if self.budget.take_member() {
            return Continue(());
        }
        self.cut = true;
        if !std::mem::replace(&mut self.full, true) {
            let limit = self.budget.limits().max_members;
            let text = format!("holds more members than --max-members {limit}; the others were not opened");
            let trouble = Trouble::limit(Reason::TooMany, "--max-members", text);
            self.worker.notice(trouble.notice(self.here.origin.clone(), self.here.what, ""));
        }
        Break(())
    }

    /// Looks at the content of a member.
    fn look(&self, content: Content<'_>, made: bool, here: &Here<'_>, budget: &Budget) {
        let worker = self.worker;
        let held = |bytes: &[u8]| {
            if made {
                worker.keep(bytes, here);
                worker.search(bytes, here, budget);
            } else {
                worker.look_at(bytes, here, budget);
            }
        };
        match content {
            Content::Held(bytes) => held(bytes),
            Content::Owned(bytes) => {
                if let Err(trouble) = budget.spend(bytes.len() as u64) {
                    worker.notice(trouble.notice(here.origin.clone(), here.what, "; what follows it is not opened"));
                }
                held(&bytes);
            }
            Content::Read(source, packed) => {
                let packed = match (packed, self.packed) {
                    (Some(packed), _) => Packed::Known(packed),
                    (None, Packed::Taken(taken, _)) => Packed::Taken(taken, taken.get()),
                    (None, known @ Packed::Known(_)) => known,
                };
                let mut source = budget.metered(source, packed);
                let mut source = Ending { source: &mut source, is_broken: false, broken: &worker.broken };
                if worker.session.kept.is_some() {
                    worker.look_through_kept(&mut source, made, here, budget);
                } else if let Some(first) = self.first {
                    self.search_behind(first, &mut source, here, budget);
                } else if made {
                    worker.search_stream(&mut source, here, budget);
                } else {
                    worker.look_through(&mut source, None, here, budget);
                }
                worker.broken.set(worker.broken.get().saturating_sub(u32::from(source.is_broken)));
            }
        }
    }

    /// Searches what is made of bytes, each piece of it behind the bytes that it is made of.
    fn search_behind(&self, first: &RefCell<Windows<'_, '_>>, source: &mut dyn Read, here: &Here<'_>, budget: &Budget) {
        let worker = self.worker;
        let mut text = Windows::new(worker, here, budget, worker.buffer(), 0);
        let mut buffer = worker.buffer();
        buffer.resize(buffer.len().max(STEP), 0);
        while !worker.session.stopped() {
            match source.read(&mut buffer[..STEP]) {
                Ok(0) => break,
                Ok(count) => {
                    if text.is_full_with(count) {
                        first.borrow_mut().catch_up();
                    }
                    text.push(&buffer[..count]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    worker.notice(Trouble::of(&error).notice(here.origin.clone(), here.what, HELD));
                    break;
                }
            }
        }
        first.borrow_mut().run(&mut io::empty());
        text.run(&mut io::empty());
        worker.rest(buffer);
        worker.rest(text.take_buffer());
    }
}

impl Sink for Opening<'_, '_> {
    fn take(&mut self, member: Member<'_>, content: Content<'_>) -> Flow {
        self.count()?;
        let Member { name, what, places, made, echo, mail, purse, words } = member;
        let (worker, above) = (self.worker, self.here);
        let name = name.map(short);
        let origin = name.map_or_else(|| above.origin.clone(), |name| above.origin.member(name));
        worker.enter(&origin);
        // What was locked when all was looked at was not counted then.
        let was_counted = above.again && !worker.is_unlocked(&origin);
        if !(was_counted || made && name.is_none()) {
            worker.session.members.fetch_add(1, Ordering::Relaxed);
        }
        let mut context = name.map_or_else(|| above.context.clone(), |name| above.context.member(name));
        context.names.splice(0..0, words);
        let here = Here {
            origin: &origin,
            context: &context,
            label: name.unwrap_or_else(|| stem(above.label)),
            what,
            depth: above.depth + 1,
            places: &places,
            // Whoever has the outermost message has all that is in it.
            mail: above.mail.or(mail.map(|mail| Letter { mail, origin: above.origin, mailbox: purse })),
            after: above.after.or(echo.then_some(self.begun)),
            ..*above
        };
        // Inside of something else a purse for each message would multiply.
        let own = (purse && above.depth == 0).then(|| Budget::new(self.budget.limits()));
        let budget = own.as_ref().unwrap_or(self.budget);
        if let (Some(own), Content::Held(bytes)) = (&own, &content) {
            own.feed(bytes.len() as u64);
        }
        if name.is_some() {
            worker.search_name(&here, budget);
        }
        self.look(content, made, &here, budget);
        // What the purse cannot pay for was told where it became empty.
        self.goes_on()
    }

    fn tell(&mut self, member: Option<&str>, what: &str, trouble: Trouble) {
        let origin = member.map_or_else(|| self.here.origin.clone(), |name| self.here.origin.member(short(name)));
        self.worker.trouble(trouble.notice(origin, what, ""), self.here);
    }

    fn part_is_still(&self, part: &[u8], cut_before: bool, cut_behind: bool) -> bool {
        let detector = &self.worker.session.detector;
        // What names alone make worth a look must be looked at, and what somebody else reads too.
        self.worker.session.kept.is_none()
            && !*self.heeded.get_or_init(|| detector.heeds(self.here.context))
            && detector.part_is_still(part, cut_before, cut_behind)
    }

    fn quiet(&mut self, members: u64) -> Flow {
        if !self.here.again {
            self.worker.session.members.fetch_add(members, Ordering::Relaxed);
        }
        (0..members).try_for_each(|_| self.count())
    }

    fn spend(&mut self, bytes: u64) -> Result<(), Trouble> {
        self.budget.spend(bytes)
    }

    fn left(&self) -> u64 {
        self.budget.left()
    }

    fn hold(&mut self, bytes: u64) -> Result<(), Trouble> {
        let limit = self.budget.limits().max_blob;
        if bytes <= limit && self.budget.hold(bytes) {
            return Ok(());
        }
        let text = format!("needs {bytes} bytes of memory, which exceeds --max-blob {limit} with what is held already");
        Err(Trouble::limit(Reason::TooLarge, "--max-blob", text))
    }

    fn release(&mut self, bytes: u64) {
        self.budget.release(bytes);
    }

    fn limits(&self) -> &Limits {
        self.budget.limits()
    }

    fn passwords(&self) -> &[Secret] {
        self.worker.passwords()
    }

    fn share(&mut self, parts: usize, work: Work<'_>) -> Flow {
        let session = self.worker.session;
        // Inside of something else threads would multiply, and what they hold with them.
        if self.here.depth > 0 {
            (0..parts).for_each(|part| work(part, self));
            return self.goes_on();
        }
        let (here, begun, cut) = (*self.here, self.begun, AtomicBool::new(false));
        let size = match self.packed {
            Packed::Known(size) => size,
            Packed::Taken(taken, _) => taken.get(),
        };
        let (purse, memory, done) = (self.budget.purse(), self.worker.memory(), Mutex::new(Vec::new()));
        let hands = session.hire(parts.saturating_sub(1));
        share_out(hands + 1, parts, &|indices| {
            for part in indices.take_while(|_| !session.stopped()) {
                // Each part begins with the same, whichever comes first.
                let (worker, budget) = (Worker::with(session, &memory), Budget::of(&session.plan.limits, &purse));
                let mut opening = Opening::new(&worker, &here, &budget, begun, Packed::Known(size));
                let sound = worker.attempt(&here, here.what, HELD, || {
                    work(part, &mut opening);
                    Ok(())
                });
                cut.fetch_or(opening.cut || !sound, Ordering::Relaxed);
                done.lock().unwrap_or_else(PoisonError::into_inner).push((part, worker.memory(), budget));
            }
        });
        session.dismiss(hands);
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(part, _, _)| *part);
        for (_, memory, budget) in done {
            self.budget.pay(&purse, &budget);
            self.worker.learn(memory);
        }
        self.cut |= cut.into_inner();
        self.goes_on()
    }
}

/// Reads as content that ends where its damage is met; remembers that there was any.
struct Ending<'s> {
    source: &'s mut dyn Read,
    is_broken: bool,
    broken: &'s Cell<u32>,
}

impl Read for Ending<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.source.read(buffer) {
            Err(error) if Trouble::was_told(&error) => {
                if !std::mem::replace(&mut self.is_broken, true) {
                    self.broken.set(self.broken.get() + 1);
                }
                Ok(0)
            }
            result => result,
        }
    }
}

/// The name of a member as it is told.
fn short(name: &str) -> &str {
    name.char_indices().nth(NAME).map_or(name, |(end, _)| &name[..end])
}

/// A name without the ending of the compression that was opened.
fn stem(label: &str) -> &str {
    match label.rsplit_once('.') {
        Some((stem, ending)) if ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) => stem,
        _ => label,
    }
}
