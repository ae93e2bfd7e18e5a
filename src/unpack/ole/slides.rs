//! The text of presentations.
//!
//! Holds: the records of `PowerPoint Document`, with the number of the slide where it can be known. What older
//! versions of slides said is still in them and is read as well. Must not know: what slides look like.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

use zeroize::Zeroizing;

use super::atoms::{Atoms, MOST, Record, TABLE_STYLES, places, places_in};
use super::chain::Chain;
use super::container::Compound;
use super::directory::Entry;
use super::integers::u32_at;
use super::letters::wide;
use super::unseal::unseal;
use crate::base::{Cursor, Places, Trouble};
use crate::unpack::inflate::Inflating;
use crate::unpack::{Content, Flow, Member, Sink};

/// Bytes of text that are read at once; an even number.
const STEP: u64 = 256 << 10;

/// Bytes of text that are handed over at once.
const PIECE: usize = 1 << 20;

/// Containers that mean something: the document, slides, notes, the lists of slides.
const CONTAINERS: [u16; 4] = [1000, 1006, 1008, 4080];

/// Atoms that are archives, in which newer versions keep what older ones do not know.
const ARCHIVES: [u16; 3] = [1038, 1059, TABLE_STYLES];

/// How the stream of that name begins in presentations of `PowerPoint` 95.
const POWERPOINT_95: [u8; 8] = [3, 0, 0, 0, 0xFF, 0xFF, 0, 0];

/// What `Current User` says of a presentation that is encrypted.
const ENCRYPTED: u32 = 0xF3D1_C4DF;

/// Hands over the text of all slides, and the objects in them.
pub(super) fn open(file: &Compound<'_>, entry: &Entry, name: &str, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let stream = file.stream(entry);
    let user = file.beside(entry, "Current User").map(|user| file.stream(user).piece(0, 16));
    if user.and_then(Result::ok).and_then(|user| u32_at(&user, 12)) != Some(ENCRYPTED) {
        return read(file, entry, &stream, name, sink);
    }
    let unlocked = unseal(file, entry, &stream, sink)?;
    let bytes = unlocked.as_slice();
    let result = read(file, entry, &Chain::through(&bytes), name, sink);
    let flow = match result {
        Ok(Flow::Break(())) => Flow::Break(()),
        _ => sink.take(Member::named("stream", name).echo(), Content::Held(bytes)),
    };
    sink.release(unlocked.len() as u64);
    result.map(|_| flow)
}

/// The same with what is not locked, or not any more.
fn read(
    file: &Compound<'_>,
    entry: &Entry,
    stream: &Chain<'_>,
    name: &str,
    sink: &mut dyn Sink,
) -> Result<Flow, Trouble> {
    if stream.piece(0, 8).is_ok_and(|beginning| *beginning == POWERPOINT_95) {
        return Err(Trouble::unsupported("is of PowerPoint 95, which is not read"));
    }
    let places = places(file, entry, sink)?;
    let order = Order::read(stream, &places)?;
    let mut show = Show {
        name,
        sink,
        stream,
        order,
        places,
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

/// The kind of a record, if it is one whose content means something. What is entered is read record by record; so none
/// is read whole, or each in the next would be read again.
fn meaning(record: &Record) -> u16 {
    if record.entered && !CONTAINERS.contains(&record.kind) { 0 } else { record.kind }
}

/// Which slide is the how manieth.
#[derive(Default)]
struct Order {
    by_place: BTreeMap<u64, u32>,
    by_name: BTreeMap<u32, u32>,
}

impl Order {
    /// Reads the list of slides of the last version of the document, and where its objects stand.
    fn read(stream: &Chain<'_>, known: &[u64]) -> Result<Self, Trouble> {
        let mut atoms = Atoms::new(stream, known);
        let (mut slides, mut places, mut list_end) = (Vec::new(), BTreeMap::new(), 0);
        // What is broken is told when the text is read.
        while let Ok(Some(record)) = atoms.advance() {
            match (meaning(&record), record.instance) {
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

struct Show<'a, 's> {
    name: &'a str,
    sink: &'s mut dyn Sink,
    stream: &'a Chain<'a>,
    order: Order,
    /// Where objects begin.
    places: Vec<u64>,
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
        let mut atoms = Atoms::new(self.stream, &std::mem::take(&mut self.places));
        let mut list_end = 0;
        while let Some(record) = atoms.advance()? {
            let at = record.place;
            if at >= self.end {
                self.page = None;
            }
            match meaning(&record) {
                1006 => self.turn(self.order.by_place.get(&at).copied(), record.end),
                1008 => self.turn(None, record.end),
                1009 => self.turn(self.slide_named(record.at), self.end),
                4080 => list_end = record.end,
                1011 if at < list_end => self.turn(self.slide_named(record.at + 12), list_end),
                4000 | 4026 => self.letters(&record, true)?,
                4008 => self.letters(&record, false)?,
                kind if ARCHIVES.contains(&kind) && self.archive(&record).is_break() => return Ok(Flow::Break(())),
                4113 if self.object(&record).is_break() => return Ok(Flow::Break(())),
                _ => {}
            }
            if self.text.len() + self.rest.len() >= PIECE {
                self.sink.spend(0)?;
                if self.hand_over().is_break() {
                    return Ok(Flow::Break(()));
                }
            }
        }
        if atoms.lost { Err(Trouble::malformed("has broken records")) } else { Ok(Flow::Continue(())) }
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
            let announced = self.stream.piece(record.at, 4).ok().and_then(|bytes| u32_at(&bytes, 0));
            let mut object = Object { plain: Inflating::zlib(source), left: announced.map(u64::from) };
            self.sink.take(member, Content::Read(&mut object, Some(length)))
        }
    }

    /// An archive among the records.
    fn archive(&mut self, record: &Record) -> Flow {
        let mut cursor = Cursor::new(self.stream);
        if cursor.seek(SeekFrom::Start(record.at)).is_err() {
            return Flow::Continue(());
        }
        let length = record.end.saturating_sub(record.at);
        let name = format!("{}/part at {}", self.name, record.at);
        let member = Member::named("part of a presentation", &name).echo();
        self.sink.take(member, Content::Read(&mut cursor.take(length), Some(length)))
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

/// A compressed object. `PowerPoint` leaves the last block and the checksum out at times: then it is whole at the length
/// that stands before it.
struct Object<R> {
    plain: Inflating<R>,
    /// What is to come by that length.
    left: Option<u64>,
}

impl<R: BufRead> Read for Object<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.plain.read(buffer) {
            Ok(count) => {
                self.left = self.left.and_then(|left| left.checked_sub(count as u64));
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && self.left == Some(0) => Ok(0),
            Err(error) => Err(error),
        }
    }
}
