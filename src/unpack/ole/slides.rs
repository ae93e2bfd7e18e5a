//! The text of presentations.
//!
//! Holds: the records of `PowerPoint Document`, with the number of the slide where it can be known. What older
//! versions of slides said is still in them and is read as well. Must not know: what slides look like.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};

use flate2::read::ZlibDecoder;
use zeroize::Zeroizing;

use super::chain::Chain;
use super::container::Compound;
use super::directory::Entry;
use super::integers::{u16_at, u32_at};
use super::letters::wide;
use super::records::fill;
use crate::base::{Cursor, Places, ReadAt, Trouble};
use crate::unpack::{Content, Flow, Member, Sink};

/// Slides, and objects of which the place is kept.
const MOST: usize = 100_000;

/// Bytes of text that are read at once; an even number.
const STEP: u64 = 256 << 10;

/// Bytes of text that are handed over at once.
const PIECE: usize = 1 << 20;

/// Containers that mean something: the document, slides, notes, the lists of slides.
const CONTAINERS: [u16; 4] = [1000, 1006, 1008, 4080];

/// What `Current User` says of a presentation that is encrypted.
const ENCRYPTED: u32 = 0xF3D1_C4DF;

/// Hands over the text of all slides, and the objects in them.
pub(super) fn open(file: &Compound<'_>, entry: &Entry, name: &str, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let user = file.beside(entry, "Current User").map(|user| file.stream(user).piece(0, 16));
    if user.and_then(Result::ok).and_then(|user| u32_at(&user, 12)) == Some(ENCRYPTED) {
        return Err(Trouble::encrypted("is encrypted; not opened"));
    }
    let stream = file.stream(entry);
    let order = Order::read(&stream)?;
    let mut show = Show {
        name,
        sink,
        stream: &stream,
        order,
        page: None,
        end: 0,
        objects: 0,
        text: Zeroizing::default(),
        pages: Vec::new(),
        rest: Zeroizing::default(),
    };
    let result = show.read();
    let flow = show.hand_over();
    result.map(|read| if read.is_break() { read } else { flow })
}

/// A record: its kind, its number among those of its kind, where its content begins and ends.
struct Record {
    kind: u16,
    instance: u16,
    at: u64,
    end: u64,
}

/// Reads what stands before the content of the record at a place; nothing at the end. Containers are entered: what
/// they hold simply follows.
fn record_at(source: &mut Cursor<'_>, at: u64, size: u64) -> Result<Option<(Record, u64)>, Trouble> {
    source.seek(SeekFrom::Start(at)).map_err(|error| Trouble::of(&error))?;
    let mut header = Vec::new();
    if !fill(source, &mut header, 8)? {
        return Ok(None);
    }
    let (first, kind) = (u16_at(&header, 0).unwrap_or(0), u16_at(&header, 2).unwrap_or(0));
    let (begin, length) = (at + 8, u64::from(u32_at(&header, 4).unwrap_or(0)));
    let end = begin.saturating_add(length);
    if end > size {
        return Err(Trouble::malformed("has a broken record"));
    }
    let enters = first & 0x0F == 0x0F;
    // What is entered is read record by record; so none is read whole, or each in the next would be read again.
    let kind = if enters && !CONTAINERS.contains(&kind) { 0 } else { kind };
    Ok(Some((Record { kind, instance: first >> 4, at: begin, end }, if enters { begin } else { end })))
}

/// Which slide is the how manieth.
#[derive(Default)]
struct Order {
    by_place: BTreeMap<u64, u32>,
    by_name: BTreeMap<u32, u32>,
}

impl Order {
    /// Reads the list of slides of the last version of the document, and where its objects stand.
    fn read(stream: &Chain<'_>) -> Result<Self, Trouble> {
        let (mut source, mut at) = (Cursor::new(stream), 0);
        let (mut slides, mut places, mut list_end) = (Vec::new(), BTreeMap::new(), 0);
        // What is broken is told when the text is read.
        while let Ok(Some((record, next))) = record_at(&mut source, at, stream.size()) {
            match (record.kind, record.instance) {
                (1000, _) => slides.clear(),
                (4080, 0) => list_end = record.end,
                (1011, _) if record.at < list_end && slides.len() < MOST => {
                    let data = stream.piece(record.at, 16).map_err(|error| Trouble::of(&error))?;
                    slides.extend(u32_at(&data, 0).zip(u32_at(&data, 12)));
                }
                (6002, _) => {
                    let length = usize::try_from(record.end - record.at).unwrap_or(usize::MAX).min(MOST * 4);
                    let data = stream.piece(record.at, length).map_err(|error| Trouble::of(&error))?;
                    places_in(&data, &mut places);
                }
                _ => {}
            }
            at = next;
        }
        let mut order = Self::default();
        for (number, (object, name)) in (1..).zip(slides) {
            order.by_name.insert(name, number);
            if let Some(place) = places.get(&object) {
                order.by_place.insert(u64::from(*place), number);
            }
        }
        Ok(order)
    }
}

/// Reads runs of places: the first number and how many, then the place of each.
fn places_in(data: &[u8], places: &mut BTreeMap<u32, u32>) {
    let mut numbers = data.chunks_exact(4).filter_map(|number| u32_at(number, 0));
    while let Some(run) = numbers.next() {
        for (object, place) in (run & 0xF_FFFF..).zip(numbers.by_ref().take((run >> 20) as usize)) {
            if places.len() < MOST {
                places.insert(object, place);
            }
        }
    }
}

struct Show<'a, 's> {
    name: &'a str,
    sink: &'s mut dyn Sink,
    stream: &'a Chain<'a>,
    order: Order,
    /// The slide that is being read, up to an end.
    page: Option<u32>,
    end: u64,
    objects: u32,
    /// Text of which the slide is known, and where each slide begins in it.
    text: Zeroizing<Vec<u8>>,
    pages: Vec<(u64, u32)>,
    /// Text of which it is not.
    rest: Zeroizing<Vec<u8>>,
}

impl Show<'_, '_> {
    fn read(&mut self) -> Result<Flow, Trouble> {
        let (mut source, mut at) = (Cursor::new(self.stream), 0);
        let mut list_end = 0;
        while let Some((record, next)) = record_at(&mut source, at, self.stream.size())? {
            if at >= self.end {
                self.page = None;
            }
            match record.kind {
                1006 => self.turn(self.order.by_place.get(&at).copied(), record.end),
                1008 => self.turn(None, record.end),
                1009 => self.turn(self.slide_named(record.at), self.end),
                4080 => list_end = record.end,
                1011 if at < list_end => self.turn(self.slide_named(record.at + 12), list_end),
                4000 | 4026 => self.letters(&record, true)?,
                4008 => self.letters(&record, false)?,
                4113 if self.object(&record).is_break() => return Ok(Flow::Break(())),
                _ => {}
            }
            if self.text.len() + self.rest.len() >= PIECE {
                self.sink.spend(0)?;
                if self.hand_over().is_break() {
                    return Ok(Flow::Break(()));
                }
            }
            at = next;
        }
        Ok(Flow::Continue(()))
    }

    fn turn(&mut self, page: Option<u32>, end: u64) {
        (self.page, self.end) = (page, end);
    }

    /// The number of the slide of which the name stands at a place.
    fn slide_named(&self, at: u64) -> Option<u32> {
        let name = self.stream.piece(at, 4).ok()?;
        self.order.by_name.get(&u32_at(&name, 0)?).copied()
    }

    fn letters(&mut self, record: &Record, is_wide: bool) -> Result<(), Trouble> {
        let mut at = record.at;
        let out = if self.page.is_some() { &mut self.text } else { &mut self.rest };
        if let Some(page) = self.page
            && self.pages.last().is_none_or(|last| last.1 != page)
        {
            self.pages.push((out.len() as u64, page));
        }
        while at < record.end {
            let length = STEP.min(record.end - at);
            let bytes = self.stream.piece(at, usize::try_from(length).unwrap_or(0)).map_err(|e| Trouble::of(&e))?;
            let text = if is_wide { wide(&bytes) } else { bytes.iter().map(|byte| char::from(*byte)).collect() };
            let text = Zeroizing::new(text);
            out.extend(text.bytes().map(|byte| if matches!(byte, b'\r' | 0x0B) { b'\n' } else { byte }));
            at += length;
        }
        out.push(b'\n');
        Ok(())
    }

    /// An embedded object, which is a compound file itself; compressed ones have their length before them.
    fn object(&mut self, record: &Record) -> Flow {
        self.objects = self.objects.saturating_add(1);
        let name = format!("{}/object {}", self.name, self.objects);
        let begin = if record.instance == 0 { record.at } else { record.at + 4 };
        let length = record.end.saturating_sub(begin);
        let mut cursor = Cursor::new(self.stream);
        if cursor.seek(SeekFrom::Start(begin)).is_err() {
            return Flow::Continue(());
        }
        let mut source = cursor.take(length);
        let member = Member::named("embedded object", &name);
        if record.instance == 0 {
            self.sink.take(member, Content::Read(&mut source, Some(length)))
        } else {
            self.sink.take(member, Content::Read(&mut ZlibDecoder::new(source), Some(length)))
        }
    }

    fn hand_over(&mut self) -> Flow {
        let (text, pages) = (std::mem::take(&mut self.text), std::mem::take(&mut self.pages));
        let rest = std::mem::take(&mut self.rest);
        if !text.is_empty() {
            let member = Member::named("slides", self.name).made(Places::Pages(pages));
            self.sink.take(member, Content::Owned(text))?;
        }
        if !rest.is_empty() {
            let member = Member::named("presentation text", self.name).made(Places::Lines);
            self.sink.take(member, Content::Owned(rest))?;
        }
        Flow::Continue(())
    }
}
