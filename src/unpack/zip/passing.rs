//! An archive read as it passes: one that is too large to be held.
//!
//! Holds: its members one behind the other, by their own headers. Must not know: its directory, which comes last, and
//! documents, which want their parts in another order.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::ops::ControlFlow::Continue;

use super::archive::{WHAT, locked, take};
use super::header::{DEFLATE, DEFLATE64, Entry, LOCAL, LOCAL_SIZE, begins, local};
use super::source::Source;
use crate::base::{Places, Reason, Trouble};
use crate::unpack::passing::{hand, hand_unread, say, skip};
use crate::unpack::{Content, Flow, Member, Sink};

/// Begins the header of a member in the directory, the ends of the directory, and what stands before it.
const DIRECTORY: [&[u8; 4]; 4] = [b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x08"];

/// Begins the sizes behind a member.
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";

/// Marks that stand before the first member of archives that are or were to be split.
const SPLIT: [&[u8; 4]; 2] = [DESCRIPTOR, b"PK00"];

/// How long the sizes behind a member are: narrow and wide ones, without a mark and with one.
const SIZES: [usize; 4] = [16, 24, 12, 20];

/// Hands over the members of an archive, and at last its directory, in which there are comments.
pub(super) fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let (mut met, mut damaged) = (false, 0_u64);
    loop {
        let head = input.fill_buf().map_err(|error| Trouble::of(&error))?;
        if !met && SPLIT.iter().any(|mark| head.starts_with(*mark)) {
            skip(input, 4)?;
        } else if let Some(entry) = member(head) {
            met = true;
            // There may be more than its name in its header.
            let header = Member::only("header of a zip member").made(Places::Verbatim).echo();
            let flow = match usize::try_from(entry.data).ok().and_then(|length| head.get(..length)) {
                Some(head) => say(header, head, sink),
                None => Continue(()),
            };
            if flow.is_break() || give(input, &entry, sink)?.is_break() {
                return Ok(());
            }
        } else if head.is_empty() || DIRECTORY.iter().any(|mark| head.starts_with(*mark)) {
            let rest = Member::only("directory of an archive").made(Places::Verbatim).echo();
            // It is the last there is, whether more is wanted or not.
            let _: Flow = sink.take(rest, Content::Read(&mut &mut *input, None));
            break;
        } else {
            damaged += 1;
            if pass(input, sink)?.is_break() {
                return Ok(());
            }
        }
    }
    match (met, damaged) {
        (false, _) => Err(Trouble::malformed("has no members that can be read")),
        (true, 0) => Ok(()),
        (true, _) => Err(Trouble::malformed(format!("has {damaged} places where a member should begin and none does"))),
    }
}

/// The member whose header stands there. Where it goes on is counted from its header.
fn member(head: &[u8]) -> Option<Entry> {
    if !head.starts_with(LOCAL) {
        return None;
    }
    local(&head, 0).ok().flatten().filter(|found| found.plausible).map(|found| found.entry)
}

/// Hands over a member, whose data come next; what is wrong with it is told, and what was not read of it is passed.
fn give(input: &mut dyn BufRead, entry: &Entry, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    skip(input, entry.data)?;
    if entry.is_folder() {
        skip(input, entry.packed)?;
        return Ok(Continue(()));
    }
    // Where the sizes stand behind the data, those before it are zero or were filled in later.
    let known = !entry.is_streamed() || entry.packed > 0;
    let deflated = matches!(entry.method, DEFLATE | DEFLATE64) && !entry.is_encrypted();
    if !known && !deflated {
        let text = "does not say where it ends; it was scanned as it stands";
        sink.tell(Some(&entry.name), WHAT, closed(entry, sink).unwrap_or(Trouble::unsupported(text)));
        return pass(input, sink);
    }
    let mut entry = entry.clone();
    if !known {
        (entry.open_ended, entry.crc, entry.size, entry.room) = (true, None, None, u64::MAX);
    }
    let taken = Cell::new(0);
    let flow = match closed(&entry, sink) {
        Some(trouble) => {
            sink.tell(Some(&entry.name), WHAT, trouble);
            Continue(())
        }
        None => {
            let counted: Box<dyn BufRead + '_> = Box::new(Counted { input: &mut *input, taken: &taken });
            let packed = (!entry.open_ended).then_some(entry.packed);
            let source = Source::plain(counted.take(entry.limit()));
            take(Ok(source), &entry, Member::named(WHAT, &entry.name), packed, sink)
        }
    };
    let rest = entry.packed.saturating_sub(taken.get());
    if flow.is_continue() && known && rest > 0 && !is_end(input)? {
        let rest_of = Member::named(WHAT, &entry.name).made(Places::Verbatim).echo();
        if hand(input, rest, rest_of, sink)?.is_break() {
            return Ok(Flow::Break(()));
        }
    }
    if flow.is_continue() && entry.is_streamed() {
        pass_sizes(input)?;
    }
    Ok(flow)
}

/// Why a member that is locked is not opened.
fn closed(entry: &Entry, sink: &dyn Sink) -> Option<Trouble> {
    let limit = sink.limits().max_blob;
    let text = format!("is encrypted, and its archive exceeds --max-blob {limit}; its content was not opened");
    entry.is_encrypted().then(|| match sink.passwords() {
        [] => locked(false),
        _ => Trouble::limit(Reason::TooLarge, "--max-blob", text),
    })
}

fn is_end(input: &mut dyn BufRead) -> Result<bool, Trouble> {
    input.fill_buf().map(<[u8]>::is_empty).map_err(|error| Trouble::of(&error))
}

/// Hands over what cannot be told apart, up to the next member.
fn pass(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    hand_unread(input, LOCAL_SIZE, 1, begins, sink)
}

/// Passes over the sizes behind a member: what stands behind them says how long they are.
fn pass_sizes(input: &mut dyn BufRead) -> Result<(), Trouble> {
    let head = input.fill_buf().map_err(|error| Trouble::of(&error))?;
    let marked = head.starts_with(DESCRIPTOR);
    let fits = |size: &&usize| head.get(**size..).is_some_and(|behind| behind.is_empty() || behind.starts_with(b"PK"));
    let sizes = if marked { &SIZES[..2] } else { &SIZES[2..] };
    let size = sizes.iter().find(fits).copied().unwrap_or(if marked { SIZES[0] } else { 0 });
    skip(input, size as u64)
}

/// Counts what is read.
struct Counted<'a> {
    input: &'a mut dyn BufRead,
    taken: &'a Cell<u64>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.taken.set(self.taken.get() + count as u64);
        Ok(count)
    }
}

impl BufRead for Counted<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.taken.set(self.taken.get() + count as u64);
        self.input.consume(count);
    }
}
