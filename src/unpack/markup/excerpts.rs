//! The text of those stretches of a document that are worth it, with what stands around them.
//!
//! Holds: windows over the document, and how much around a place is made text. Must not know: tags.

use std::io::{self, BufRead, Read};
use std::ops::Range;

use zeroize::Zeroizing;

use super::seek::{LONGEST, Place, Sight, seek};
use super::text::Text;

/// Bytes of markup before a place and behind it that are made text with it: most of them are tags.
const BEFORE: usize = 8 << 10;
const BEHIND: usize = 4 << 10;

/// Bytes that are held at once.
const WINDOW: usize = 112 << 10;

/// What is looked at again of what was gone through at first; less than a stream gives that goes on.
const KEPT: usize = (4 << 10) - 1;

/// Less than this is held as it is: a stream that gives little at a time may go on, and what stands before a place
/// must not depend on that.
const LITTLE: usize = 16 << 10;

/// How much of a table is kept for its headings.
const HEADINGS: usize = 4 << 10;

/// Reads as the text of a document where that is worth it, and as empty lines elsewhere.
pub(super) struct Excerpts<'a> {
    input: &'a mut dyn BufRead,
    raw: Vec<u8>,
    ended: bool,
    /// Up to where places were looked for, and up to where text was made.
    sought: usize,
    made: usize,
    /// Line ends before `raw` that were left out.
    ends: usize,
    /// Whether anything was left out since text was made.
    left_out: bool,
    /// Where the last table begins.
    table: Option<usize>,
    /// Its first row, where it begins before `raw`.
    headings: Vec<u8>,
    text: Text,
    out: Zeroizing<Vec<u8>>,
    given: usize,
}

impl<'a> Excerpts<'a> {
    /// Of a document.
    pub(super) fn new(input: &'a mut dyn BufRead) -> Self {
        Self {
            input,
            raw: Vec::new(),
            ended: false,
            sought: 0,
            made: 0,
            ends: 0,
            left_out: false,
            table: None,
            headings: Vec::new(),
            text: Text::default(),
            out: Zeroizing::default(),
            given: 0,
        }
    }

    /// Goes over what there is at first where it stands: most documents are all there, and nothing comes of them.
    pub(super) fn glance(&mut self) -> io::Result<()> {
        let held = self.input.fill_buf()?;
        // Full blocks are what files are read in that go on.
        if held.len() <= LITTLE || held.len().is_multiple_of(4 << 10) {
            return Ok(());
        }
        let (mut found, mut table) = (false, None);
        seek(held, 0..held.len(), &mut |sight| match sight {
            Sight::Table(at) => table = Some(at),
            Sight::Place(_) => found = true,
        });
        if found {
            return Ok(());
        }
        let behind = held.len() - KEPT;
        let ends = memchr::memchr_iter(b'\n', &held[..behind]).count();
        let headings = table.filter(|table| *table < behind).map(|table| first_row(&held[table..]));
        self.input.consume(behind);
        // A stream gives more than that unless it ends.
        if self.input.fill_buf()?.len() <= KEPT {
            self.ended = true;
        }
        (self.ends, self.left_out, self.headings) = (ends, true, headings.unwrap_or_default());
        Ok(())
    }

    /// Goes on until there is text; false at the end.
    pub(super) fn advance(&mut self) -> io::Result<bool> {
        self.out.clear();
        self.given = 0;
        while self.out.is_empty() {
            self.fill()?;
            let end = if self.ended { self.raw.len() } else { self.raw.len().saturating_sub(LONGEST) };
            if self.ended && self.sought >= end {
                return Ok(false);
            }
            let (stretches, places) = self.look(end);
            for stretch in stretches {
                self.write(&stretch, &places);
            }
        }
        Ok(true)
    }

    /// Holds as much as may be held, and some of what was gone through before it.
    fn fill(&mut self) -> io::Result<()> {
        let behind = self.sought.saturating_sub(BEFORE);
        if self.made < behind {
            self.ends += memchr::memchr_iter(b'\n', &self.raw[self.made..behind]).count();
            self.left_out = true;
        }
        if let Some(table) = self.table.take_if(|table| *table < behind) {
            self.headings = first_row(&self.raw[table..]);
        }
        self.table = self.table.map(|table| table - behind);
        self.made = self.made.saturating_sub(behind);
        self.sought -= behind;
        self.raw.drain(..behind);
        while !self.ended && self.raw.len() < WINDOW {
            let held = self.input.fill_buf()?;
            let count = held.len().min(WINDOW - self.raw.len());
            self.raw.extend_from_slice(&held[..count]);
            self.input.consume(count);
            self.ended = count == 0;
        }
        Ok(())
    }

    /// Looks for places in the window, up to its end. Says what to make text of.
    fn look(&mut self, end: usize) -> (Vec<Stretch>, Vec<Range<usize>>) {
        let (mut stretches, mut places) = (Vec::<Stretch>::new(), Vec::new());
        let (made, mut table, headings) = (self.made, self.table, !self.headings.is_empty());
        self.sought = seek(&self.raw, self.sought..end, &mut |sight| {
            let Place { range, alone } = match sight {
                Sight::Table(at) => return table = Some(at),
                Sight::Place(place) => place,
            };
            let near = range.start.saturating_sub(BEFORE);
            let start = if alone { table.map_or(near, |table| table.min(near)) } else { near }.max(made);
            let until = range.end.max(end.min(range.end + BEHIND));
            places.push(range);
            match stretches.last_mut() {
                Some(last) if start <= last.range.end => last.range.end = last.range.end.max(until),
                _ => stretches.push(Stretch { range: start..until, headed: alone && table.is_none() && headings }),
            }
        });
        self.table = table;
        (stretches, places)
    }

    /// Makes text of a stretch, beginning anew at each place in it: what stands before it may look like a tag that
    /// never ends.
    fn write(&mut self, stretch: &Stretch, places: &[Range<usize>]) {
        let Range { start, end } = stretch.range;
        let inside = places.iter().filter(|place| place.start >= start && place.end <= end);
        if start > self.made || self.left_out {
            let first = inside.clone().next().map_or(end, |place| place.start);
            let begin = if stretch.headed { &b"<tr"[..] } else { b"<" };
            let start = start + memchr::memmem::find(&self.raw[start..first], begin).unwrap_or(0);
            let ends = memchr::memchr_iter(b'\n', &self.raw[self.made..start]).count();
            let headings = if stretch.headed { &self.headings[..] } else { &[] };
            self.text.skip(self.ends + ends, headings, &mut self.out);
            (self.ends, self.left_out, self.made) = (0, false, start);
        }
        for place in inside {
            for end in [place.start, place.end] {
                if end > self.made {
                    self.text.write(&self.raw[self.made..end], &mut self.out);
                    self.made = end;
                }
            }
        }
        self.text.write(&self.raw[self.made..end], &mut self.out);
        self.made = end;
    }
}

/// The first row of a table.
fn first_row(table: &[u8]) -> Vec<u8> {
    let rows = &table[..table.len().min(HEADINGS)];
    rows[..memchr::memmem::find(rows, b"</tr").unwrap_or(0)].to_vec()
}

/// What is made text together.
struct Stretch {
    range: Range<usize>,
    /// Whether its headings stand further off.
    headed: bool,
}

impl Read for Excerpts<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.out.len() && !self.advance()? {
            return Ok(0);
        }
        let rest = &self.out[self.given..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}
