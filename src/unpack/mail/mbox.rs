//! Mailboxes in one file (mboxo, mboxrd, mboxcl, mboxcl2).
//!
//! Holds: reading them in batches of whole messages, which all threads work on. Must not know: how a message that has
//! an encoding is opened; it is handed over, and opened as one.
//!
//! Most messages are plain text without anything that a search would look at twice. They are only counted.

use std::io::{self, BufRead, ErrorKind, Read};
use std::ops::ControlFlow::Continue;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use memchr::memmem;

use super::separators::{Cut, LOOK, is_separator};
use super::transfer::Transfer;
use super::{headers, shape, text, uuencode};
use crate::base::{Mail, Places, Reason, Trouble};
use crate::unpack::{Content, Flow, Format, Member, Open, Raw, Sink};

/// How it is recognised and opened.
pub(in crate::unpack) const FORMAT: Format = Format {
    name: "mailbox (mbox)",
    scope: "all dialects, each message by itself; of one larger than --max-blob the text as it stands",
    recognises: |probe| begins(probe.head),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// Bytes that are read at once: few enough to stay in a cache until all threads have looked at them.
const BATCH: usize = 4 << 20;

/// Bytes of messages that one thread takes at once.
const SHARE: usize = 1 << 20;

fn begins(head: &[u8]) -> bool {
    if !head.starts_with(b"From ") || !is_separator(head) {
        return false;
    }
    let rest = &head[headers::line(head).len()..];
    shape::may_be_message(rest) || rest.is_empty()
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let most = usize::try_from(sink.limits().max_blob).unwrap_or(usize::MAX).max(4 * LOOK);
    let room = BATCH.min(most);
    sink.hold(room as u64)?;
    let mut mailbox = Mailbox { input, bytes: Vec::new(), room, most, ended: false, trouble: None, number: 0 };
    let flow = mailbox.read(sink);
    sink.release(mailbox.room as u64);
    match (flow, mailbox.trouble) {
        (Continue(()), Some(trouble)) => Err(trouble),
        _ => Ok(()),
    }
}

/// A mailbox that is being read.
struct Mailbox<'a> {
    input: &'a mut dyn BufRead,
    /// What was read and not yet handed over; a message begins there.
    bytes: Vec<u8>,
    /// How many of them may be held now, and how many at most.
    room: usize,
    most: usize,
    ended: bool,
    /// Why it ended too early.
    trouble: Option<Trouble>,
    /// How many messages were handed over.
    number: u64,
}

impl Mailbox<'_> {
    fn read(&mut self, sink: &mut dyn Sink) -> Flow {
        self.fill();
        let mut cut = Cut::of(&self.bytes);
        while !self.bytes.is_empty() {
            let mut starts = cut.starts(&self.bytes, self.ended, self.room >= self.most);
            if self.ended {
                starts.push(self.bytes.len());
            }
            if starts.len() > 1 {
                hand_over(&self.bytes, &starts, self.number + 1, sink)?;
                self.number += starts.len() as u64 - 1;
                self.bytes.drain(..starts[starts.len() - 1]);
            } else if self.room < self.most {
                self.grow(sink);
            } else {
                self.pass_long(sink)?;
            }
            self.fill();
        }
        Continue(())
    }

    /// Reads as much as may be held.
    fn fill(&mut self) {
        self.bytes.reserve_exact(self.room.saturating_sub(self.bytes.len()));
        while self.bytes.len() < self.room && !self.ended {
            match self.input.fill_buf() {
                Ok([]) => self.ended = true,
                Ok(held) => {
                    let count = held.len().min(self.room - self.bytes.len());
                    self.bytes.extend_from_slice(&held[..count]);
                    self.input.consume(count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.trouble = Some(Trouble::of(&error));
                }
            }
        }
    }

    /// Asks for more memory.
    fn grow(&mut self, sink: &mut dyn Sink) {
        let room = self.room.saturating_mul(2).min(self.most);
        match sink.hold((room - self.room) as u64) {
            Ok(()) => self.room = room,
            Err(_) => self.most = self.room,
        }
    }

    /// Hands over a message of which there is too much to hold, as it stands.
    fn pass_long(&mut self, sink: &mut dyn Sink) -> Flow {
        self.number += 1;
        let name = format!("message {}", self.number);
        let limits = sink.limits();
        let (limit, piece) = (limits.max_blob, (limits.max_expanded / 2).max(1 << 20));
        let text = format!("exceeds --max-blob {limit}; its text was scanned as it is, attachments were not opened");
        sink.tell(Some(&name), "message", Trouble::limit(Reason::TooLarge, "--max-blob", text));
        let header = headers::split(&self.bytes[..self.bytes.len().min(SHARE)]).0.to_vec();
        let mail = OnceLock::new();
        let mail = || Arc::clone(mail.get_or_init(|| headers::mail(&header)));
        let mut ended = false;
        while !ended {
            let mut long = Long { mailbox: self, at: 0, clear: 0, left: piece, ended: false };
            let member = Member { purse: true, mail: Some(&mail), ..Member::named("message", &name) };
            let flow = sink.take(member.made(Places::Lines), Content::Read(&mut long, Some(piece)));
            let mut rest = [0; 4096];
            while flow.is_continue() && long.read(&mut rest).is_ok_and(|count| count > 0) {}
            ended = long.ended;
            let at = long.at;
            self.bytes.drain(..at);
            flow?;
        }
        Continue(())
    }
}

/// Reads a message that passes.
struct Long<'m, 'a> {
    mailbox: &'m mut Mailbox<'a>,
    at: usize,
    /// Up to where no other message begins.
    clear: usize,
    /// Bytes that may be read yet before it is cut in two.
    left: u64,
    ended: bool,
}

impl Long<'_, '_> {
    /// Reads on, and looks for the end of the message.
    fn look(&mut self) {
        self.mailbox.bytes.drain(..self.at);
        self.at = 0;
        self.mailbox.fill();
        let bytes = &self.mailbox.bytes;
        let found = memmem::find_iter(bytes, b"\nFrom ").find_map(|at| {
            if !self.mailbox.ended && bytes.len() - at <= LOOK {
                return Some((at, false));
            }
            is_separator(&bytes[at + 1..]).then_some((at + 1, true))
        });
        let (clear, ended) = match found {
            Some(found) => found,
            None if self.mailbox.ended => (bytes.len(), true),
            None => (bytes.len().saturating_sub(b"\nFrom".len()), false),
        };
        (self.clear, self.ended) = (clear, ended);
    }
}

impl Read for Long<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.clear && !self.ended {
            self.look();
        }
        let count = out.len().min(self.clear - self.at).min(usize::try_from(self.left).unwrap_or(usize::MAX));
        out[..count].copy_from_slice(&self.mailbox.bytes[self.at..self.at + count]);
        self.at += count;
        self.left -= count as u64;
        Ok(count)
    }
}

/// Hands over the messages between such places, of which the first has that number.
fn hand_over(bytes: &[u8], starts: &[usize], first: u64, sink: &mut dyn Sink) -> Flow {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for (index, start) in starts.iter().enumerate().skip(1) {
        if start - starts[from] >= SHARE || index + 1 == starts.len() {
            parts.push(from..index);
            from = index;
        }
    }
    let work = |part: usize, sink: &mut dyn Sink| {
        if let Some(range) = parts.get(part) {
            // Where nothing more is wanted, nothing more is done.
            let _ = hand_over_part(bytes, &starts[range.start..=range.end], first + range.start as u64, sink);
        }
    };
    if parts.len() > 1 {
        return sink.share(parts.len(), &work);
    }
    hand_over_part(bytes, starts, first, sink)
}

fn hand_over_part(bytes: &[u8], starts: &[usize], first: u64, sink: &mut dyn Sink) -> Flow {
    let (Some(start), Some(end)) = (starts.first(), starts.last()) else { return Continue(()) };
    let all = &bytes[*start..*end];
    let still = sink.is_still(all);
    let special = memmem::find(all, b"\nbegin").is_some() || memmem::find(all, text::SEAL).is_some();
    let mut quiet = 0;
    for (number, range) in (first..).zip(starts.windows(2)) {
        let message = &bytes[range[0]..range[1]];
        let plain = is_plain(message) && !(special && is_special(message));
        if plain && (still || sink.is_still(message)) {
            quiet += 1;
            continue;
        }
        sink.quiet(std::mem::take(&mut quiet))?;
        hand_over_one(message, number, plain, sink)?;
    }
    sink.quiet(quiet)
}

fn hand_over_one(message: &[u8], number: u64, plain: bool, sink: &mut dyn Sink) -> Flow {
    let name = format!("message {number}");
    let mail = OnceLock::new();
    let mail = || -> Arc<Mail> { Arc::clone(mail.get_or_init(|| headers::mail(headers::split(message).0))) };
    let member = Member { purse: true, mail: Some(&mail), ..Member::named("message", &name) };
    if plain {
        return sink.take(member.made(Places::Lines), Content::Held(message));
    }
    // Without its separator it is no mailbox.
    sink.take(member, Content::Held(&message[headers::line(message).len()..]))
}

/// Whether files or sealed text stand in a message.
fn is_special(message: &[u8]) -> bool {
    uuencode::blocks(message).next().is_some() || text::holds_sealed(message)
}

/// Whether there is nothing in a message but text, as it stands.
fn is_plain(message: &[u8]) -> bool {
    let mut at = 0;
    while at < message.len() {
        let line = headers::line(&message[at..]);
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
        if line.len() > 9 && line[..9].eq_ignore_ascii_case(b"content-t") && !is_plain_field(&message[at..]) {
            return false;
        }
        at += line.len();
    }
    // Encoded words are decoded with the message.
    !holds(&message[..at], b"=?")
}

/// Whether a short text holds a word. To make a search ready takes longer than this, and there are many messages.
fn holds(text: &[u8], word: &[u8]) -> bool {
    word.first().is_some_and(|first| memchr::memchr_iter(*first, text).any(|at| text[at..].starts_with(word)))
}

/// Whether the field that bytes begin with says that there is only text.
fn is_plain_field(bytes: &[u8]) -> bool {
    let Some((name, value)) = headers::fields(bytes).next() else { return true };
    if name.eq_ignore_ascii_case(b"Content-Transfer-Encoding") {
        return Transfer::of(value) == Transfer::Plain;
    }
    if !name.eq_ignore_ascii_case(b"Content-Type") {
        return true;
    }
    let value = value[..value.len().min(1000)].to_ascii_lowercase();
    let value = value.trim_ascii_start();
    let begins = value.starts_with(b"text/plain") || value == b"text";
    begins && ![&b"utf-7"[..], b"utf-16", b"delsp"].iter().any(|word| holds(value, word))
}

#[cfg(test)]
mod tests;
