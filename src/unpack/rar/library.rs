//! RAR archives opened by a library, which hands over what comes out piece by piece.
//!
//! Holds: limits, passwords, one time through an archive after the other. Must not know: how anything is decoded.

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::rc::Rc;

use rars::{
    Archive, ArchiveMember, ArchiveReadOptions, ArchiveReader, Error, ErrorKind, ExtractionDecision,
    ExtractionErrorAction,
};
use zeroize::Zeroizing;

use crate::base::{Reason, Trouble};
use crate::unpack::{Content, Member, Sink};

/// Headers that an archive may have, and bytes of memory for each.
const MOST_HEADERS: u64 = 200_000;
const HEADER: u64 = 512;

/// The least memory with which anything can be opened.
const LEAST: u64 = 1 << 20;

/// Work that is done for one key at most, in powers of two; `WinRAR` writes 15.
const MOST_WORK: u8 = 19;

/// What of the purse a key costs.
const KEY: u64 = 256 << 10;

/// How often an archive is begun anew behind a member that ended it.
const RESTARTS: usize = 32;

/// Opens an archive with each password, until all its members are had.
pub(super) fn open(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Trouble> {
    let size = bytes.len() as u64;
    // The library holds the archive itself.
    sink.hold(size)?;
    let mut memory = sink.limits().max_blob;
    while memory >= LEAST && sink.hold(memory).is_err() {
        memory /= 2;
    }
    let result = if memory < LEAST {
        Err(too_large())
    } else {
        // A part for the headers, one for decoding, one for what comes out.
        let result = Opening { memory: memory / 2, ..Opening::default() }.run(bytes, sink);
        sink.release(memory);
        result
    };
    sink.release(size);
    result
}

fn too_large() -> Trouble {
    Trouble::limit(Reason::TooLarge, "--max-blob", "needs more memory than --max-blob leaves; not opened")
}

/// What is known from one time through an archive to the next.
#[derive(Default)]
struct Opening {
    memory: u64,
    /// Members of which nothing more is to be had.
    done: BTreeSet<usize>,
    /// What the last password did not open: the archive, or members.
    whole: bool,
    locked: Vec<String>,
}

impl Opening {
    fn run(mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Trouble> {
        let passwords = sink.passwords().len();
        for attempt in 0..=passwords {
            if attempt > 0 && !self.whole && self.locked.is_empty() {
                break;
            }
            self.whole = false;
            let before = std::mem::take(&mut self.locked);
            let secret = attempt.checked_sub(1).and_then(|index| password(index, sink));
            if secret.is_some() {
                // A locked archive makes its key while it is parsed.
                sink.spend(KEY)?;
            }
            match parse(bytes, self.memory, secret.as_deref().map(Vec::as_slice)) {
                Ok(archive) => self.times(&archive, secret.as_deref().map(Vec::as_slice), sink),
                // Some versions tell of a wrong password before there is any member.
                Err(error) if is_locked(&error) => (self.whole, self.locked) = (before.is_empty(), before),
                Err(error) => return Err(trouble_of(&error)),
            }
        }
        let text = if passwords == 0 { "is encrypted; not opened" } else { "is encrypted; no password opens it" };
        self.locked.iter().for_each(|name| sink.tell(Some(name), "rar member", Trouble::encrypted(text)));
        if self.whole { Err(Trouble::encrypted(text)) } else { Ok(()) }
    }

    /// Goes through an archive, again behind each member that ended it.
    fn times(&mut self, archive: &Archive, secret: Option<&[u8]>, sink: &mut dyn Sink) {
        let memory = self.memory;
        for _ in 0..RESTARTS {
            self.locked.clear();
            let options = ArchiveReadOptions::with_optional_password(secret)
                .with_max_total_output_bytes(sink.left().max(1))
                .with_max_reader_workspace_bytes(memory)
                .with_rar50_dictionary_size_limit(memory)
                .with_rar50_buffered_decode_limit(memory / 4);
            let pass = Pass {
                opening: self,
                sink,
                archive,
                has_secret: secret.is_some(),
                pending: None,
                next: 0,
                stopped: false,
            };
            let pass = RefCell::new(pass);
            let outcome = archive.extract_with_control_and_errors(
                options,
                |member| Ok(pass.borrow_mut().decide(member)),
                |member, error| Ok(pass.borrow_mut().failed(member, error)),
            );
            let mut pass = pass.into_inner();
            let Err(error) = outcome else {
                pass.hand_over(None);
                return;
            };
            if is_locked(&error) || pass.stopped {
                pass.lock_pending();
                return;
            }
            let is_solid = archive.is_solid();
            let begun = pass.pending.is_some();
            pass.hand_over(Some(trouble_of(&error)));
            if is_solid || !begun {
                return;
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the password is tried on what is locked")]
fn password(index: usize, sink: &dyn Sink) -> Option<Zeroizing<Vec<u8>>> {
    sink.passwords().get(index).map(|password| Zeroizing::new(password.expose().to_vec()))
}

fn parse(bytes: &[u8], memory: u64, secret: Option<&[u8]>) -> rars::Result<Archive> {
    let options = ArchiveReadOptions::with_optional_password(secret)
        .with_max_header_count(MOST_HEADERS.min(memory / HEADER))
        .with_max_header_bytes(memory / 4);
    ArchiveReader::read_owned_with_options(bytes.to_vec(), options)
}

fn is_locked(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::PasswordRequired | ErrorKind::BadPassword)
}

fn trouble_of(error: &Error) -> Trouble {
    match error.kind() {
        ErrorKind::ResourceLimit => too_large(),
        ErrorKind::UnsupportedFeature | ErrorKind::UnsupportedFormat => {
            Trouble::unsupported("is packed in a way that is not known; not opened")
        }
        _ => Trouble::malformed("is damaged"),
    }
}

/// What comes out of a member.
#[derive(Default)]
struct Out {
    bytes: Zeroizing<Vec<u8>>,
    most: usize,
    /// Whether there was more.
    cut: bool,
}

/// Gathers it.
struct Gather(Rc<RefCell<Out>>);

impl Write for Gather {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let mut out = self.0.borrow_mut();
        let room = out.most.saturating_sub(out.bytes.len());
        out.cut |= room < buffer.len();
        out.bytes.extend_from_slice(&buffer[..buffer.len().min(room)]);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One time through an archive.
struct Pass<'p> {
    opening: &'p mut Opening,
    sink: &'p mut dyn Sink,
    archive: &'p Archive,
    has_secret: bool,
    /// The member that is being read: its number, its name, what came out of it.
    pending: Option<(usize, String, Rc<RefCell<Out>>)>,
    next: usize,
    /// Whether nothing more is wanted.
    stopped: bool,
}

impl Pass<'_> {
    fn decide(&mut self, member: &ArchiveMember) -> ExtractionDecision {
        self.hand_over(None);
        if let Err(trouble) = self.sink.spend(0) {
            self.tell(&member.meta.name_lossy(), trouble);
            self.stopped = true;
        }
        if self.stopped {
            return ExtractionDecision::Stop;
        }
        let (index, name) = (self.next, member.meta.name_lossy());
        self.next += 1;
        if member.meta.is_directory || member.meta.is_redirection {
            return ExtractionDecision::Skip;
        }
        if self.opening.done.contains(&index) {
            return self.without();
        }
        if member.meta.is_split_before || member.meta.is_split_after {
            self.tell(&name, Trouble::unsupported("goes on in another file of this archive; not opened"));
            self.opening.done.insert(index);
            return if self.archive.is_solid() { ExtractionDecision::Stop } else { ExtractionDecision::Skip };
        }
        if member.meta.is_encrypted && !self.has_secret {
            self.opening.locked.push(name);
            return if self.archive.is_solid() { ExtractionDecision::Stop } else { ExtractionDecision::Skip };
        }
        if member.meta.is_encrypted
            && let Err(trouble) = self.pay(index)
        {
            self.tell(&name, trouble);
            self.opening.done.insert(index);
            return if self.archive.is_solid() { ExtractionDecision::Stop } else { ExtractionDecision::Skip };
        }
        let most = usize::try_from(self.opening.memory / 2).unwrap_or(usize::MAX);
        let out = Rc::new(RefCell::new(Out { most, ..Out::default() }));
        self.pending = Some((index, name, Rc::clone(&out)));
        ExtractionDecision::Extract(Box::new(Gather(out)))
    }

    /// Passes over a member that was had; what comes behind it in a solid archive needs it.
    fn without(&self) -> ExtractionDecision {
        if self.archive.is_solid() {
            ExtractionDecision::Extract(Box::new(io::sink()))
        } else {
            ExtractionDecision::Skip
        }
    }

    /// Pays for the key of a member.
    fn pay(&mut self, index: usize) -> Result<(), Trouble> {
        let encryption = match self.archive {
            Archive::Rar50Plus(archive) => archive.files().nth(index).and_then(|file| file.encryption.as_ref()),
            _ => None,
        };
        if encryption.is_some_and(|encryption| encryption.kdf_count > MOST_WORK) {
            return Err(Trouble::unsupported("asks for more work to be unlocked than anything that is sound"));
        }
        self.sink.spend(KEY)
    }

    fn failed(&mut self, member: &ArchiveMember, error: &Error) -> ExtractionErrorAction {
        // A wrong password makes nonsense of older archives, which is told as damage.
        if is_locked(error) || (member.meta.is_encrypted && error.kind() != ErrorKind::ResourceLimit) {
            self.lock_pending();
        } else {
            self.hand_over(Some(trouble_of(error)));
        }
        ExtractionErrorAction::Continue
    }

    fn lock_pending(&mut self) {
        self.opening.locked.extend(self.pending.take().map(|(_, name, _)| name));
    }

    /// Hands over what came out of the last member.
    fn hand_over(&mut self, trouble: Option<Trouble>) {
        let Some((index, name, out)) = self.pending.take() else { return };
        self.opening.done.insert(index);
        let Out { bytes, cut, .. } = out.take();
        if let Some(trouble) = if cut { Some(too_large()) } else { trouble } {
            self.tell(&name, trouble);
        }
        let flow = self.sink.take(Member::named("rar member", &name), Content::Owned(bytes));
        self.stopped |= flow.is_break();
    }

    fn tell(&mut self, name: &str, trouble: Trouble) {
        self.sink.tell(Some(name), "rar member", trouble);
    }
}
