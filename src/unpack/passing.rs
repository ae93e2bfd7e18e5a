//! Members that stand one behind the other in a stream.
//!
//! Holds: how they are handed over while they pass, and what is done where a header is damaged. Must not know: any
//! format.

use std::io::{self, BufRead, Read};
use std::ops::ControlFlow::Continue;

use zeroize::Zeroizing;

use super::{Content, Flow, Member, Sink};
use crate::base::{Places, Trouble};

/// The name of what stands where a header should.
pub(super) const UNREAD: &str = "(unread)";

/// What is held of a text that belongs to a member, such as its long name.
pub(super) const TEXT: u64 = 1 << 20;

/// Hands over so many bytes as a member, and passes over what was not wanted of them.
pub(super) fn hand(
    input: &mut dyn BufRead,
    size: u64,
    member: Member<'_>,
    sink: &mut dyn Sink,
) -> Result<Flow, Trouble> {
    let held = input.fill_buf().map_err(|error| Trouble::of(&error))?;
    if let Some(content) = usize::try_from(size).ok().and_then(|size| held.get(..size)) {
        let flow = sink.take(member, Content::Held(content));
        input.consume(size as usize);
        return Ok(flow);
    }
    let mut part = Part { input, left: size };
    let flow = sink.take(member, Content::Read(&mut part, None));
    let left = part.left;
    if flow.is_continue() {
        skip(input, left)?;
    }
    Ok(flow)
}

/// Passes over bytes, as far as there are any: where they end too early was told by whoever read them.
pub(super) fn skip(input: &mut dyn BufRead, mut count: u64) -> Result<(), Trouble> {
    while count > 0 {
        let held = input.fill_buf().map_err(|error| Trouble::of(&error))?.len();
        let step = held.min(usize::try_from(count).unwrap_or(usize::MAX));
        if step == 0 {
            break;
        }
        input.consume(step);
        count -= step as u64;
    }
    Ok(())
}

/// Takes a text into memory that is at most `TEXT` long.
pub(super) fn text(input: &mut dyn BufRead, size: u64) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let mut text = Zeroizing::new(vec![0; usize::try_from(size.min(TEXT)).unwrap_or(0)]);
    input.read_exact(&mut text).map_err(|error| Trouble::of(&error))?;
    Ok(text)
}

/// Hands over a small text that belongs to a member, unless there is nothing in it.
pub(super) fn say(member: Member<'_>, bytes: &[u8], sink: &mut dyn Sink) -> Flow {
    if bytes.is_empty() || sink.is_still(bytes) {
        return Continue(());
    }
    sink.take(member.made(Places::Lines), Content::Held(bytes))
}

/// Hands over what stands where a header should, up to the next place where one does, in steps. The damaged header is
/// handed over by itself, so that what follows it is known for what it is.
pub(super) fn hand_unread(
    input: &mut dyn BufRead,
    header: usize,
    step: usize,
    sound: fn(&[u8]) -> bool,
    sink: &mut dyn Sink,
) -> Result<Flow, Trouble> {
    let mut unread = Unread { input, header, step, sound, allowed: 0, ended: false };
    unread.first().map_err(|error| Trouble::of(&error))?;
    let length = unread.allowed.min(header);
    let member = || Member::named("unread part", UNREAD).echo();
    let held = unread.input.fill_buf().map_err(|error| Trouble::of(&error))?;
    let beginning = held.get(..length).unwrap_or(held);
    let flow = sink.take(member().made(Places::Verbatim), Content::Held(beginning));
    let count = beginning.len();
    unread.input.consume(count);
    unread.allowed -= count;
    unread.advance().map_err(|error| Trouble::of(&error))?;
    if flow.is_break() || unread.allowed == 0 {
        return Ok(flow);
    }
    let flow = sink.take(member(), Content::Read(&mut unread, None));
    let mut rest = [0; 4096];
    while flow.is_continue() && unread.read(&mut rest).map_err(|error| Trouble::of(&error))? > 0 {}
    Ok(flow)
}

/// So many bytes of a stream; that there are fewer is an error.
pub(super) struct Part<'a> {
    pub(super) input: &'a mut dyn BufRead,
    pub(super) left: u64,
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        let count = self.input.read(&mut buffer[..wanted])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

/// Reads up to the next sound header.
struct Unread<'a> {
    input: &'a mut dyn BufRead,
    header: usize,
    step: usize,
    sound: fn(&[u8]) -> bool,
    /// Bytes that are certainly none.
    allowed: usize,
    ended: bool,
}

impl Unread<'_> {
    /// What stands here is no header.
    fn first(&mut self) -> io::Result<()> {
        self.look(self.step)
    }

    /// Looks for a header, if nothing is known of what comes next.
    fn advance(&mut self) -> io::Result<()> {
        if self.allowed == 0 && !self.ended { self.look(0) } else { Ok(()) }
    }

    fn look(&mut self, from: usize) -> io::Result<()> {
        let held = self.input.fill_buf()?;
        let mut at = from;
        while let Some(place) = held.get(at..).filter(|place| place.len() >= self.header) {
            if (self.sound)(place) {
                self.ended = true;
                break;
            }
            at += self.step;
        }
        // Where less than a header is left, the end is near.
        self.allowed = if at == from && !self.ended { held.len() } else { at.min(held.len()) };
        Ok(())
    }
}

impl Read for Unread<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.advance()?;
        let wanted = buffer.len().min(self.allowed);
        let count = self.input.read(&mut buffer[..wanted])?;
        self.allowed -= count;
        Ok(count)
    }
}
