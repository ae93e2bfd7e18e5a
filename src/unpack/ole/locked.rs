//! Documents that are encrypted, mostly of Office 2007 and later: those are as a whole.
//!
//! Holds: trying passwords, and reading what is locked as a whole. Must not know: how keys are made of passwords.

use std::io::{self, Read, Seek, SeekFrom};

use zeroize::Zeroizing;

use super::chain::Chain;
use super::container::Compound;
use super::directory::Entry;
use super::integers::u64_at;
use super::letters::{code_page, wide};
use super::rc4;
use super::records::fill;
use super::unlock::{Key, Lock};
use super::xor;
use crate::base::{Cursor, ReadAt, Reason, Trouble};
use crate::unpack::{Content, Flow, Member, Sink};

/// Bytes of what describes the lock.
const DESCRIPTION: u64 = 1 << 20;

/// Bytes that are encrypted as one.
const SEGMENT: usize = 4096;

/// With this, documents are encrypted that need no password to be read, only to be changed.
pub(super) const DEFAULT: &str = "VelvetSweatshop";

/// Hands over the document, if a password opens it.
pub(super) fn open(file: &Compound<'_>, entry: &Entry, _name: &str, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let description = file.beside(entry, "EncryptionInfo");
    let description = file.stream(description.ok_or_else(|| Trouble::malformed("does not say how it is encrypted"))?);
    let description = description.held(0, DESCRIPTION, sink)?;
    let lock = Lock::read(&description);
    sink.release(description.len() as u64);
    let lock = lock?;
    let mut key = None;
    for password in passwords(DEFAULT, sink) {
        sink.spend(lock.cost())?;
        key = lock.key(&password);
        if key.is_some() {
            break;
        }
    }
    let key = key.ok_or_else(|| closed(sink))?;
    let stream = file.stream(entry);
    let mut document = Document::new(&stream, key)?;
    let size = stream.size();
    Ok(sink.take(Member::only("encrypted document"), Content::Read(&mut document, Some(size))))
}

/// The key of a document up to 2003, if a password opens it.
pub(super) fn find(lock: Option<&rc4::Lock>, default: &str, sink: &mut dyn Sink) -> Result<rc4::Key, Trouble> {
    let Some(lock) = lock else {
        // To give a password is no remedy.
        return Err(Trouble::new(Reason::Encrypted, "is encrypted in a way that is not opened"));
    };
    search(default, sink, |password| lock.key(password))
}

/// The key of a workbook that is locked in the oldest way, if a password opens it. That has letters of one byte, as the
/// Windows has on which it was written.
pub(super) fn find_oldest(lock: &xor::Lock, sink: &mut dyn Sink) -> Result<xor::Key, Trouble> {
    search(DEFAULT, sink, |password| {
        let password = Zeroizing::new(wide(password));
        let (letters, _, unknown) = code_page(1250).encode(&password);
        let letters = Zeroizing::new(letters.into_owned());
        if unknown { None } else { lock.key(&letters) }
    })
}

fn search<K>(default: &str, sink: &mut dyn Sink, unlock: impl Fn(&[u8]) -> Option<K>) -> Result<K, Trouble> {
    for password in passwords(default, sink) {
        sink.spend(rc4::COST)?;
        if let Some(key) = unlock(&password) {
            return Ok(key);
        }
    }
    Err(closed(sink))
}

fn closed(sink: &dyn Sink) -> Trouble {
    let tried = if sink.passwords().is_empty() { "" } else { ", and no password given opens it" };
    Trouble::encrypted(format!("is encrypted{tried}; not opened"))
}

/// All passwords there are to be tried, in UTF-16; first the one that programs know.
#[expect(clippy::disallowed_methods, reason = "to unlock documents")]
fn passwords(default: &str, sink: &dyn Sink) -> Vec<Zeroizing<Vec<u8>>> {
    let given =
        sink.passwords().iter().map(|password| Zeroizing::new(String::from_utf8_lossy(password.expose()).into_owned()));
    let all = std::iter::once(Zeroizing::new(default.to_owned())).chain(given);
    all.map(|word| Zeroizing::new(word.encode_utf16().flat_map(u16::to_le_bytes).collect())).collect()
}

/// Reads a document that is unlocked.
struct Document<'a> {
    source: Cursor<'a>,
    key: Key,
    left: u64,
    index: u32,
    segment: Zeroizing<Vec<u8>>,
    at: usize,
}

impl<'a> Document<'a> {
    fn new(stream: &'a Chain<'a>, key: Key) -> Result<Self, Trouble> {
        let size = stream.piece(0, 8).map_err(|error| Trouble::of(&error))?;
        let left = u64_at(&size, 0).ok_or_else(|| Trouble::malformed("ends early"))?;
        let mut source = Cursor::new(stream);
        source.seek(SeekFrom::Start(8)).map_err(|error| Trouble::of(&error))?;
        Ok(Self { source, key, left, index: 0, segment: Zeroizing::default(), at: 0 })
    }
}

impl Read for Document<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.segment.len() {
            if self.left == 0 {
                return Ok(0);
            }
            self.segment.clear();
            self.at = 0;
            fill(&mut self.source, &mut self.segment, SEGMENT)?;
            if self.segment.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.key.unlock(self.index, &mut self.segment);
            self.index = self.index.wrapping_add(1);
            let count = self.left.min(self.segment.len() as u64);
            self.segment.truncate(usize::try_from(count).unwrap_or(SEGMENT));
            self.left -= count;
        }
        let rest = self.segment.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}
