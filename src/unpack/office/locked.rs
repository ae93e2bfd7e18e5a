//! Documents of `OpenDocument` that are encrypted: all of their members one by one, or as a whole.
//!
//! Holds: trying passwords, and the document as it is without its locks. Must not know: how keys are made of
//! passwords.

use std::collections::HashMap;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow::Continue;

use super::lock::{BEGINNING, Key, Lock};
use super::odf::BODY;
use super::parts::{PART, Parts, fold};
use crate::base::{Reason, Trouble};
use crate::unpack::inflate::Inflating;
use crate::unpack::package::Package;
use crate::unpack::{Content, Flow, Member, Sink};

/// The member that is the whole document, where it is locked as one.
pub(super) const WHOLE: &str = "encrypted-package";

/// Members that no password opens before no other is tried: mostly one opens all.
const FAILURES: usize = 2;

/// Memory that is asked for at once.
const HELD: u64 = 1 << 20;

/// The parts of a document, of which some were locked.
pub(super) struct Unlocked<'p, 'a> {
    parts: &'p Parts<'a>,
    /// What opens them; nothing where no password does.
    locks: HashMap<String, (Lock, Option<Key>)>,
}

/// What was found out about passwords.
#[derive(Default)]
struct Tried {
    /// The one that opened a member before.
    proven: Option<usize>,
    failures: usize,
}

impl<'p, 'a> Unlocked<'p, 'a> {
    /// Looks for the passwords of members; what none opens is told. A document that is locked as a whole is handed
    /// over.
    pub(super) fn of(parts: &'p Parts<'a>, locks: Vec<(String, Lock)>, sink: &mut dyn Sink) -> Self {
        let mut tried = Tried::default();
        let mut unlocked = Self { parts, locks: HashMap::new() };
        let mut locks = locks;
        // What there is to be paid with goes to what matters most.
        locks.sort_by_key(|(name, _)| !matches!(name.rsplit('/').next(), Some(BODY | WHOLE)));
        for (name, lock) in locks {
            let key = if lock.is_sealed() {
                tried.seal(parts, &name, &lock, sink).map(|()| None)
            } else {
                tried.find(parts, &name, &lock, sink).map(Some)
            };
            let key = key.unwrap_or_else(|trouble| {
                sink.tell(Some(&name), PART, trouble);
                None
            });
            unlocked.locks.insert(fold(&name), (lock, key));
        }
        unlocked
    }

    /// The members that stay closed, as they are called elsewhere.
    pub(super) fn closed(&self) -> impl Iterator<Item = String> {
        self.locks.iter().filter(|(_, (_, key))| key.is_none()).map(|(name, _)| name.clone())
    }

    /// Hands over all that was unlocked, as the archive does with what is not locked.
    pub(super) fn hand_over(&self, sink: &mut dyn Sink) -> Flow {
        for (folded, name) in self.parts.all() {
            if !matches!(self.locks.get(&folded), Some((_, Some(_)))) {
                continue;
            }
            let member =
                if folded == WHOLE { Member::only("encrypted document") } else { Member::named(PART, name).echo() };
            match self.open(name) {
                Ok(mut content) => sink.take(member, Content::Read(&mut content, None))?,
                Err(trouble) => sink.tell(Some(name), PART, trouble),
            }
        }
        Continue(())
    }
}

impl Package for Unlocked<'_, '_> {
    fn names(&self) -> Vec<&str> {
        self.parts.all().map(|(_, name)| name).collect()
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, Trouble> {
        let source = self.parts.open(name)?;
        match self.locks.get(&fold(name)) {
            None => Ok(source),
            Some((lock, key)) => {
                let reader = key.as_ref().and_then(|key| lock.reader(key, source));
                let reader = reader.ok_or_else(|| closed(true))?;
                Ok(Box::new(Inflating::bare(BufReader::with_capacity(4096, reader))))
            }
        }
    }
}

impl Tried {
    /// Finds the key of a member.
    fn find(&mut self, parts: &Parts<'_>, name: &str, lock: &Lock, sink: &mut dyn Sink) -> Result<Key, Trouble> {
        self.begin(lock, sink)?;
        let mut beginning = Vec::new();
        let source = parts.open(name)?;
        take(source, BEGINNING, &mut beginning).map_err(|error| Trouble::of(&error))?;
        self.each(lock, sink, |key| lock.proves(&key, &beginning).then_some(key))
    }

    /// Opens and hands over what is sealed as a whole.
    fn seal(&mut self, parts: &Parts<'_>, name: &str, lock: &Lock, sink: &mut dyn Sink) -> Result<(), Trouble> {
        self.begin(lock, sink)?;
        let (mut source, mut bytes, mut held) = (parts.open(name)?, Vec::new(), 0);
        let result = loop {
            // What is locked, and the same unlocked.
            match sink.hold(2 * HELD) {
                Ok(()) => held += 2 * HELD,
                Err(trouble) => break Err(trouble),
            }
            match take(&mut source, HELD, &mut bytes) {
                Ok(HELD) => {}
                Ok(_) => break self.each(lock, sink, |key| key.open(&bytes)),
                Err(error) => break Err(Trouble::of(&error)),
            }
        };
        drop(bytes);
        let flow = result.map(|plain| {
            let member = Member::only("encrypted document");
            if plain.starts_with(b"PK") {
                return sink.take(member, Content::Owned(plain));
            }
            let size = plain.len() as u64;
            sink.take(member, Content::Read(&mut Inflating::bare(&**plain), Some(size)))
        });
        sink.release(held);
        // Whether more is wanted is asked again with the members.
        flow.map(|_: Flow| ())
    }

    /// Whether there is any sense in trying.
    fn begin(&self, lock: &Lock, sink: &dyn Sink) -> Result<(), Trouble> {
        lock.check()?;
        let count = sink.passwords().len();
        if count == 0 || self.failures >= FAILURES { Err(closed(count > 0)) } else { Ok(()) }
    }

    /// Tries all passwords; first the one that opened a member before.
    #[expect(clippy::disallowed_methods, reason = "it unlocks a document")]
    fn each<T>(&mut self, lock: &Lock, sink: &mut dyn Sink, opened: impl Fn(Key) -> Option<T>) -> Result<T, Trouble> {
        let proven = self.proven;
        let (cost, memory) = lock.cost();
        let most = sink.limits().max_blob;
        // The usual ones ask for twice what may be held at once; it is held for a moment only.
        if memory > most.saturating_mul(2) {
            let text =
                format!("asks for {memory} bytes of memory to be unlocked, which exceeds --max-blob {most} twice");
            return Err(Trouble::limit(Reason::TooLarge, "--max-blob", text));
        }
        let all = (0..sink.passwords().len()).filter(|index| Some(*index) != proven);
        for index in proven.into_iter().chain(all) {
            // What is refused costs nothing, so that the rest can be read.
            if cost > sink.left() {
                let text = "asks for more work to be unlocked than --max-expanded allows for one file; not opened";
                return Err(Trouble::limit(Reason::TooLarge, "--max-expanded", text));
            }
            sink.spend(cost)?;
            let held = memory.min(most.saturating_sub(8 * HELD));
            sink.hold(held)?;
            let key = sink.passwords().get(index).and_then(|password| lock.key(password.expose()));
            sink.release(held);
            if let Some(found) = key.and_then(&opened) {
                self.proven = Some(index);
                return Ok(found);
            }
        }
        self.failures += usize::from(proven.is_none());
        Err(closed(true))
    }
}

/// Takes so many bytes, or as many as there are.
fn take(source: impl Read, count: u64, out: &mut Vec<u8>) -> io::Result<u64> {
    io::copy(&mut source.take(count), out)
}

fn closed(tried: bool) -> Trouble {
    let tried = if tried { ", and no password given opens it" } else { "" };
    Trouble::encrypted(format!("is encrypted{tried}; not opened"))
}
