//! Zip archives, whole or broken.
//!
//! Holds: which members there are, by the directory and without it. Must not know: what documents make of archives.
//!
//! The directory is read by hand. Crates want it whole, one reader at a time, and know only what it names; here
//! members are also found by their own headers, several threads read, and each range of bytes is paid for once.

mod archive;
mod decode;
mod ending;
mod gaps;
mod header;
mod lock;
mod names;
mod passing;
mod quiet;
mod source;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io;

use self::archive::{Archive, Pages, WHOLE, arrange, is_over};
use self::ending::{Directory, Ending};
use self::gaps::Gap;
use self::header::{Entry, local};
use super::{Format, Open, Probe, Raw, Sink, office};
use crate::base::{ReadAt, Reason, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "zip",
    scope: "members that are stored or packed by deflate, deflate64, bzip2, lzma, xz, zstd or PPMd, also without a \
            directory or behind something else; locked by ZipCrypto, WinZip's AES or as OpenDocument does it \
            (AES, Blowfish), with --password-file; so jar, war, whl, nupkg, apk, vsix; not \
            the methods before deflate, strong encryption, other parts of split archives",
    recognises,
    raw: Raw::Last,
    open: Open::Either(open, passing::open),
};

/// Bytes of memory that are asked for at once.
const STEP: u64 = 1 << 20;

/// Archives of more members are no documents.
const DOCUMENT: usize = 20_000;

fn recognises(probe: &Probe<'_>) -> bool {
    match probe.head {
        // A member, the end of an empty archive, the marks of archives that are or were to be split.
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7 | b'0', 8 | b'0', b'P', b'K', ..] => true,
        _ => ending::ends(probe.tail),
    }
}

fn open(bytes: &dyn ReadAt, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut reading = Reading::new(bytes);
    let result = reading.read(sink);
    sink.release(reading.held);
    result
}

/// An archive that is being read.
struct Reading<'a> {
    bytes: &'a dyn ReadAt,
    /// Members that were found, and not handed over yet. The memory for them has a limit.
    entries: Vec<Entry>,
    weight: u64,
    /// Memory that was asked for.
    held: u64,
    /// Where members stand that the directory names; nothing where there is no memory for that.
    extents: Option<Vec<(u64, u64)>>,
    /// Whether all members may be there that a document needs.
    first: bool,
    /// Whether nothing more is wanted.
    over: bool,
    /// Whether there was any member.
    met: bool,
    /// Members that the directory names at places where none begins.
    missing: u64,
    /// Members that are another once more.
    doubled: usize,
    /// Members of which their own headers tell something else.
    differing: u64,
}

impl<'a> Reading<'a> {
    fn new(bytes: &'a dyn ReadAt) -> Self {
        Self {
            bytes,
            entries: Vec::new(),
            weight: 0,
            held: 0,
            extents: Some(Vec::new()),
            first: true,
            over: false,
            met: false,
            missing: 0,
            doubled: 0,
            differing: 0,
        }
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<(), Trouble> {
        let of = |error: io::Error| Trouble::of(&error);
        let ending = ending::find(self.bytes).map_err(of)?;
        let mut whole = false;
        if let Some(ending) = &ending {
            whole = self.read_directory(ending, sink)?;
        }
        self.read_gaps(sink)?;
        self.flush(sink);
        self.tell(ending.as_ref(), whole, sink);
        if self.met || ending.is_some() { Ok(()) } else { Err(Trouble::malformed("has no members that can be read")) }
    }

    /// Reads what the directory names; whether it is whole.
    fn read_directory(&mut self, ending: &Ending, sink: &mut dyn Sink) -> Result<bool, Trouble> {
        let of = |error: io::Error| Trouble::of(&error);
        let mut directory = Directory::new(self.bytes, ending).map_err(of)?;
        while !self.over
            && let Some((entry, offset)) = directory.next().map_err(of)?
        {
            let shifted = offset.cast_signed().wrapping_add(ending.shift).cast_unsigned();
            self.meet(entry, [shifted, offset], sink)?;
        }
        if directory.is_complete()
            && let Some(extents) = &mut self.extents
        {
            extents.push((ending.start, ending.behind));
        }
        Ok(directory.is_complete())
    }

    /// Takes a member that the directory names, at the first of the places where one begins.
    fn meet(&mut self, mut entry: Entry, places: [u64; 2], sink: &mut dyn Sink) -> Result<(), Trouble> {
        for place in places {
            let Some(own) = local(self.bytes, place).map_err(|error| Trouble::of(&error))? else { continue };
            (entry.header, entry.data) = (own.entry.header, own.entry.data);
            if let Some(extents) = &mut self.extents {
                extents.push((entry.header, entry.end()));
            }
            let differing = entry.differing(&own);
            self.push(entry, sink)?;
            if let Some(differing) = differing {
                self.differing += 1;
                self.push(differing, sink)?;
            }
            return Ok(());
        }
        self.missing += u64::from(!entry.is_folder());
        Ok(())
    }

    /// Reads what the directory does not name.
    fn read_gaps(&mut self, sink: &mut dyn Sink) -> Result<(), Trouble> {
        let Some(mut extents) = self.extents.take() else {
            let text = "names too many members to look for others that it does not name";
            sink.tell(None, WHOLE, Trouble::limit(Reason::TooMany, "--max-blob", text));
            return Ok(());
        };
        let gaps = gaps::between(&mut extents, self.bytes.size());
        // Where places are known no more is to be known.
        self.extents = Some(Vec::new());
        for gap in gaps {
            let mut gap = Gap::new(self.bytes, gap);
            while !self.over
                && let Some(entry) = gap.next().map_err(|error| Trouble::of(&error))?
            {
                self.push(entry, sink)?;
            }
        }
        Ok(())
    }

    /// Keeps a member; hands all over when there is no memory for more of them.
    fn push(&mut self, entry: Entry, sink: &mut dyn Sink) -> Result<(), Trouble> {
        self.met = true;
        if entry.is_folder() {
            return Ok(());
        }
        self.weight = self.weight.saturating_add(entry.weight());
        let step = STEP.min(sink.limits().max_blob / 4);
        loop {
            let extents = self.extents.as_ref().map_or(0, |extents| size_of_val(extents.as_slice()) as u64);
            if self.weight.saturating_add(extents) <= self.held {
                break;
            }
            match sink.hold(step) {
                Ok(()) if step > 0 => self.held += step,
                _ if !self.entries.is_empty() => {
                    self.flush(sink);
                    self.weight = entry.weight();
                }
                _ if self.extents.is_some() => self.extents = None,
                Err(trouble) => return Err(trouble),
                Ok(()) => break,
            }
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Hands over what was found.
    fn flush(&mut self, sink: &mut dyn Sink) {
        let mut entries = std::mem::take(&mut self.entries);
        self.weight = 0;
        if self.over || entries.is_empty() {
            return;
        }
        self.doubled += arrange(&mut entries, self.bytes.size());
        let mut archive = Archive { bytes: self.bytes, entries, echo: false, quiet: HashSet::new() };
        if std::mem::take(&mut self.first) && archive.entries.len() <= DOCUMENT {
            let quiet = quiet::members(&archive, sink);
            archive.echo = office::tell(&Pages::new(&archive, sink.limits().max_blob), &quiet, sink);
            archive.quiet = quiet;
        }
        self.over = is_over(archive.hand_over(sink));
    }

    /// Tells what is wrong with the archive.
    fn tell(&self, ending: Option<&Ending>, whole: bool, sink: &mut dyn Sink) {
        if self.over {
            return;
        }
        let mut say = |trouble| sink.tell(None, WHOLE, trouble);
        if !whole && self.met {
            let lack = if ending.is_some() { "a damaged directory" } else { "no directory" };
            let text = format!("has {lack}; its members were found by their own headers");
            say(Trouble::malformed(text).harmless());
        }
        if ending.is_some_and(|ending| ending.split) {
            say(Trouble::unsupported("is a part of a split archive; what is in other parts, too, was not opened"));
        }
        if self.missing > 0 {
            let text = format!("names {} members at places where none begins", self.missing);
            say(Trouble::malformed(text));
        }
        if self.doubled > 0 {
            let text = format!("names {} members that are others once more; these were read once", self.doubled);
            say(Trouble::malformed(text).harmless());
        }
        if self.differing > 0 {
            let text = format!("describes {} members in two ways; these were read in both", self.differing);
            say(Trouble::malformed(text).harmless());
        }
    }
}
