//! tar in all its dialects.
//!
//! Holds: the members one by one, with what stands before, between and behind them. Must not know: what is in them.
//!
//! Read here and not by the crate `tar`: that gives up at the first damaged header, at the end mark, and hides what
//! long names and pax records say.

mod header;
mod pax;
mod sparse;
#[cfg(test)]
mod tests;

use std::io::BufRead;
use std::ops::ControlFlow::Continue;

use zeroize::Zeroizing;

use self::header::{BLOCK, Header, begins, is_empty, sound, text};
use self::pax::Records;
use self::sparse::{Map, Sparse};
use super::passing::{Part, TEXT, hand, hand_unread, say, skip};
use super::{Content, Flow, Format, Member, Open, Raw, Sink, passing};
use crate::base::{Places, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "tar",
    scope: "v7, ustar, GNU, pax and star, with long names, links, pax records, sparse files (long holes are shortened) \
            and what stands behind the end mark; what follows a damaged header is searched up to the next sound one; \
            images of docker save and OCI layouts come out of it layer by layer",
    recognises: |probe| begins(probe.head),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut archive = Archive { input, sink, before: Before::default(), ended: false, damaged: 0 };
    let result = archive.read();
    let damaged = archive.damaged;
    if damaged > 0 {
        let text = format!("has {damaged} damaged headers; what follows them was scanned as it is");
        sink.tell(None, "tar archive", Trouble::malformed(text));
    }
    result
}

struct Archive<'a> {
    input: &'a mut dyn BufRead,
    sink: &'a mut dyn Sink,
    before: Before,
    /// Whether the end mark was met: what follows it may be anything.
    ended: bool,
    damaged: u64,
}

/// What was said of a member before its header.
#[derive(Default)]
struct Before {
    name: Option<String>,
    link: Option<Vec<u8>>,
    records: Records,
    /// All of it as it stands, with what it is.
    texts: Vec<(&'static str, Zeroizing<Vec<u8>>)>,
}

/// A member whose header was read.
struct Entry {
    name: String,
    link: Vec<u8>,
    kind: u8,
    size: u64,
}

impl Archive<'_> {
    fn read(&mut self) -> Result<(), Trouble> {
        loop {
            let held = self.input.fill_buf().map_err(|error| Trouble::of(&error))?;
            let flow = match held.first_chunk::<BLOCK>() {
                Some([0, rest @ ..]) if is_empty(rest) => {
                    self.input.consume(BLOCK);
                    self.ended = true;
                    continue;
                }
                Some(block) if sound(block) => {
                    let block = *block;
                    self.input.consume(BLOCK);
                    self.ended = false;
                    self.entry(&block)?
                }
                None if held.iter().all(|byte| *byte == 0) => {
                    // What was said of a member that did not come.
                    let _ = self.echo(passing::UNREAD);
                    return Ok(());
                }
                _ => {
                    self.damaged += u64::from(!self.ended);
                    hand_unread(self.input, BLOCK, BLOCK, sound, self.sink)?
                }
            };
            if flow.is_break() {
                return Ok(());
            }
        }
    }

    fn entry(&mut self, block: &[u8; BLOCK]) -> Result<Flow, Trouble> {
        let header = Header::read(block);
        match header.kind {
            b'x' | b'X' | b'g' | b'L' | b'K' => self.preface(&header),
            b'S' if header.gnu => self.old_sparse(header, block),
            _ => {
                let records = &self.before.records;
                let size = if records.sparse { header.size } else { records.size.unwrap_or(header.size) };
                let entry = self.name(header, size);
                self.member(entry)
            }
        }
    }

    /// Reads what is said of the member that follows.
    fn preface(&mut self, header: &Header) -> Result<Flow, Trouble> {
        let what = if matches!(header.kind, b'L' | b'K') { "long tar name" } else { "pax header" };
        if header.size > TEXT {
            self.damaged += 1;
            let member = Member::named(what, &header.name).made(Places::Lines).echo();
            let flow = hand(self.input, header.size, member, self.sink)?;
            return self.pad(header.size, &header.name, flow);
        }
        let bytes = passing::text(self.input, header.size)?;
        match header.kind {
            b'L' => self.before.name = Some(String::from_utf8_lossy(text(&bytes)).into_owned()),
            b'K' => self.before.link = Some(text(&bytes).to_vec()),
            b'g' => {}
            _ => self.damaged += u64::from(!self.before.records.read(&bytes)),
        }
        self.before.texts.push((what, bytes));
        // A sound archive has three of them at most, and short ones.
        let held: usize = self.before.texts.iter().map(|(_, bytes)| bytes.len()).sum();
        let flow =
            if self.before.texts.len() > 8 || held as u64 > TEXT { self.echo(&header.name) } else { Continue(()) };
        self.pad(header.size, &header.name, flow)
    }

    /// Hands over what was said of a member as it stands.
    fn echo(&mut self, name: &str) -> Flow {
        let texts = std::mem::take(&mut self.before.texts);
        texts.iter().try_for_each(|(what, bytes)| say(Member::named(what, name).echo(), bytes, self.sink))
    }

    fn name(&mut self, header: Header, size: u64) -> Entry {
        let path = self.before.records.path.take();
        let name = path.or(self.before.name.take()).unwrap_or(header.name);
        let link = self.before.records.link.take().or(self.before.link.take()).unwrap_or(header.link);
        let name = if name.is_empty() { passing::UNREAD.to_owned() } else { name };
        Entry { name, link, kind: header.kind, size }
    }

    fn member(&mut self, mut entry: Entry) -> Result<Flow, Trouble> {
        // Links, devices and folders have a size in some dialects that nothing follows.
        if matches!(entry.kind, b'1'..=b'6') && entry.size > 0 {
            let held = self.input.fill_buf().map_err(|error| Trouble::of(&error))?;
            let next = &held[..held.len().min(BLOCK)];
            if sound(next) || next.iter().all(|byte| *byte == 0) {
                entry.size = 0;
            }
        }
        let records = std::mem::take(&mut self.before.records);
        let (name, size) = (entry.name.as_str(), entry.size);
        let flow = match entry.kind {
            b'1' if size == 0 => Continue(()),
            b'2' if size == 0 => say(Member::named("tar link", name), &entry.link, self.sink),
            _ if records.sparse && size > 0 => {
                let map = Map::of(&records.map);
                self.sparse(name, size, (!records.map_inside).then_some(map), records.real.unwrap_or(u64::MAX))?
            }
            _ => hand(self.input, size, Member::named("tar member", name), self.sink)?,
        };
        let flow = self.pad(size, name, flow)?;
        Ok(if flow.is_break() { flow } else { self.echo(name) })
    }

    fn old_sparse(&mut self, header: Header, block: &[u8; BLOCK]) -> Result<Flow, Trouble> {
        let mut map = Map::default();
        let mut more = map.begin(block);
        let real = header::number(&block[483..495]).unwrap_or(u64::MAX);
        while more {
            let mut next = [0; BLOCK];
            self.input.read_exact(&mut next).map_err(|error| Trouble::of(&error))?;
            more = map.go_on(&next);
        }
        let size = header.size;
        let Entry { name, .. } = self.name(header, size);
        self.before.records = Records::default();
        let flow = self.sparse(&name, size, Some(map), real)?;
        let flow = self.pad(size, &name, flow)?;
        Ok(if flow.is_break() { flow } else { self.echo(&name) })
    }

    /// Hands over a file with holes; where no map is given it stands before the content.
    fn sparse(&mut self, name: &str, size: u64, map: Option<Map>, real: u64) -> Result<Flow, Trouble> {
        let member = Member::named("tar member", name);
        let most = self.sink.limits().max_blob;
        let mut part = Part { input: &mut *self.input, left: size };
        let map = match map {
            Some(map) => map,
            None => match Map::read(&mut part) {
                Ok(map) => map,
                Err(_) => {
                    self.damaged += 1;
                    Map::default()
                }
            },
        };
        let left = part.left;
        if !map.fits(left, real) {
            // What is stored is handed over as it is.
            return hand(self.input, left, member, self.sink);
        }
        let mut content = Sparse::new(&mut part, map, real, most);
        let flow = self.sink.take(member, Content::Read(&mut content, None));
        let left = part.left;
        if flow.is_continue() {
            skip(self.input, left)?;
        }
        Ok(flow)
    }

    /// Passes over what fills the last block of a member; some programs leave in it what was in their memory.
    fn pad(&mut self, size: u64, name: &str, flow: Flow) -> Result<Flow, Trouble> {
        let count = (BLOCK - (size % BLOCK as u64) as usize) % BLOCK;
        if flow.is_break() || count == 0 {
            return Ok(flow);
        }
        let held = self.input.fill_buf().map_err(|error| Trouble::of(&error))?;
        let padding = held.get(..count).unwrap_or(held);
        let flow = if is_empty(padding) {
            Continue(())
        } else {
            say(Member::named("padding of a tar member", name).echo(), padding, self.sink)
        };
        let length = padding.len();
        self.input.consume(length);
        Ok(flow)
    }
}
