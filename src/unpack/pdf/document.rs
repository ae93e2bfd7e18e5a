//! The objects of one PDF, and what they say of each other.
//!
//! Holds: `Document`, which finds objects by their numbers, decrypts and unpacks them, and keeps account of that work.
//! Must not know: pages, fonts, or what is handed over.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::{self, BufRead};
use std::rc::Rc;

use zeroize::Zeroizing;

use super::crypt::Key;
use super::filters::{DEEPEST, Filter, Source, unpack};
use super::lex::{Lexer, Token};
use super::scan::{Entry, Kind};
use super::value::{Dict, Parsed, Value, object_number, parse};
use crate::base::Trouble;
use crate::unpack::Sink;

/// How many bytes of unpacked streams of objects are kept.
const KEPT: usize = 32 << 20;

/// How many objects may stand in streams; each takes memory.
const MOST_PACKED: usize = 1 << 20;

/// Where an object stands.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// In the file: its entry.
    Plain(u32),
    /// In a stream of objects: the entry of that, and where in it.
    Packed(u32, u32),
}

/// A stream of objects.
pub(super) struct Objects {
    bytes: Zeroizing<Vec<u8>>,
    /// Numbers of objects, and where they begin.
    starts: Vec<(u32, u32)>,
}

/// A stream that was found.
pub(super) struct Stream {
    pub(super) entry: usize,
    pub(super) dict: Dict,
}

/// The objects of a file.
pub(super) struct Document<'a> {
    bytes: &'a [u8],
    pub(super) entries: Vec<Entry>,
    latest: HashMap<u32, Place>,
    pub(super) key: Option<Key>,
    kept: RefCell<HashMap<u32, Rc<Objects>>>,
    kept_bytes: Cell<usize>,
    /// Work that was done and is not paid for.
    due: Cell<u64>,
    /// What may be spent.
    left: Cell<u64>,
    /// Whether an object held more values than are kept, or a stream of objects more bytes.
    pub(super) full: Cell<bool>,
}

impl<'a> Document<'a> {
    /// A document of which the streams of objects are not read yet.
    pub(super) fn new(bytes: &'a [u8], entries: Vec<Entry>, left: u64) -> Self {
        let latest = entries.iter().enumerate();
        let latest = latest.map(|(at, entry)| (entry.number, Place::Plain(at as u32))).collect();
        Self {
            bytes,
            entries,
            latest,
            key: None,
            kept: RefCell::default(),
            kept_bytes: Cell::new(0),
            due: Cell::new(0),
            left: Cell::new(left),
            full: Cell::new(false),
        }
    }

    /// Notes what stands in streams of objects, of which a later one in the file counts more; false where there is
    /// too much of it.
    pub(super) fn note_packed(&mut self) -> bool {
        let mut count = 0;
        let holders = self.entries.iter().enumerate().filter(|(_, entry)| entry.kind == Kind::Objects);
        let holders: Vec<u32> = holders.map(|(at, _)| at as u32).collect();
        for holder in holders {
            let Some(objects) = self.objects(holder) else { continue };
            for (index, (number, _)) in objects.starts.iter().enumerate() {
                count += 1;
                if count > MOST_PACKED {
                    return false;
                }
                let packed = Place::Packed(holder, index as u32);
                let place = self.latest.entry(*number).or_insert(packed);
                if let Place::Packed(other, _) | Place::Plain(other) = *place
                    && other <= holder
                {
                    *place = packed;
                }
            }
        }
        true
    }

    /// Takes note of work; false where no more may be done.
    pub(super) fn work(&self, bytes: usize) -> bool {
        self.due.set(self.due.get().saturating_add(bytes as u64));
        self.due.get() <= self.left.get()
    }

    /// Pays for the work that was done.
    pub(super) fn pay(&self, sink: &mut dyn Sink) -> Result<(), Trouble> {
        let result = sink.spend(self.due.take());
        self.left.set(sink.left());
        result
    }

    /// The value that a value stands for.
    pub(super) fn resolve<'v>(&self, value: &'v Value) -> Cow<'v, Value> {
        let Value::Reference(number) = value else { return Cow::Borrowed(value) };
        let mut number = *number;
        for _ in 0..8 {
            match self.get(number) {
                Some(Value::Reference(next)) => number = next,
                Some(value) => return Cow::Owned(value),
                None => break,
            }
        }
        Cow::Owned(Value::Null)
    }

    /// The value of an entry, if it is there.
    pub(super) fn entry<'v>(&self, dict: &'v Dict, key: &[u8]) -> Option<Cow<'v, Value>> {
        dict.get(key).map(|value| self.resolve(value))
    }

    /// The dictionary of an entry, if it is one.
    pub(super) fn dict(&self, dict: &Dict, key: &[u8]) -> Option<Dict> {
        match self.entry(dict, key)?.into_owned() {
            Value::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// The latest value of an object.
    pub(super) fn get(&self, number: u32) -> Option<Value> {
        match *self.latest.get(&number)? {
            Place::Plain(at) => self.plain(at as usize),
            Place::Packed(holder, index) => self.packed(holder, index as usize),
        }
    }

    /// Whether this is what the number stands for, and not an older version.
    pub(super) fn is_latest(&self, at: usize) -> bool {
        let number = self.entries.get(at).map(|entry| entry.number);
        number.and_then(|number| self.latest.get(&number)).is_some_and(|place| match place {
            Place::Plain(latest) => *latest as usize == at,
            Place::Packed(..) => false,
        })
    }

    /// The value of an object that stands in the file; of a stream, its dictionary.
    pub(super) fn plain(&self, at: usize) -> Option<Value> {
        let entry = self.entries.get(at)?;
        let end = entry.stream.as_ref().unwrap_or(&entry.body);
        let end = if entry.stream.is_some() { end.start } else { end.end };
        let mut value = self.read(self.bytes.get(..end as usize)?, entry.body.start as usize)?;
        // The texts of the lock itself are not encrypted, and not of use.
        if let Some(key) = &self.key {
            value.each_text(&mut |text| key.text(entry.number, entry.generation, text));
        }
        Some(value)
    }

    fn packed(&self, holder: u32, index: usize) -> Option<Value> {
        let objects = self.objects(holder)?;
        let (_, begin) = objects.starts.get(index)?;
        // They stand one behind the other most of the time.
        let next = objects.starts.get(index + 1).map(|(_, next)| *next as usize);
        let end = next.filter(|next| next > &(*begin as usize)).unwrap_or(objects.bytes.len());
        self.read(objects.bytes.get(..end.min(objects.bytes.len()))?, *begin as usize)
    }

    fn read(&self, bytes: &[u8], at: usize) -> Option<Value> {
        if !self.work(0) {
            return None;
        }
        let mut lexer = Lexer::new(bytes, at);
        let Parsed { value, full, .. } = parse(&mut lexer);
        self.full.set(self.full.get() | full);
        self.work(lexer.at.saturating_sub(at)).then_some(value)
    }

    /// How many objects a stream of objects holds.
    pub(super) fn packed_count(&self, holder: usize) -> usize {
        self.objects(holder as u32).map_or(0, |objects| objects.starts.len())
    }

    /// The value of one of them.
    pub(super) fn packed_value(&self, holder: usize, index: usize) -> Option<Value> {
        self.packed(holder as u32, index)
    }

    /// The number of one of them.
    pub(super) fn packed_number(&self, holder: usize, index: usize) -> u32 {
        self.objects(holder as u32)
            .and_then(|objects| objects.starts.get(index).copied())
            .map_or(0, |(number, _)| number)
    }

    /// Whether this is what the number stands for, and not an older version.
    pub(super) fn is_latest_packed(&self, number: u32, holder: usize, index: usize) -> bool {
        let place = self.latest.get(&number);
        place.is_some_and(
            |place| matches!(*place, Place::Packed(at, of) if (at as usize, of as usize) == (holder, index)),
        )
    }

    fn objects(&self, holder: u32) -> Option<Rc<Objects>> {
        if let Some(objects) = self.kept.borrow().get(&holder) {
            return Some(Rc::clone(objects));
        }
        let Value::Dict(dict) = self.plain(holder as usize)? else { return None };
        let stream = Stream { entry: holder as usize, dict };
        let first = stream.dict.get(b"First").and_then(Value::count)?;
        let count = stream.dict.get(b"N").and_then(Value::count)?;
        let (bytes, is_cut) = self.unpacked(&stream, KEPT / 2);
        self.full.set(self.full.get() | is_cut);
        let mut lexer = Lexer::new(&bytes[..first.min(bytes.len())], 0);
        let mut starts = Vec::new();
        while let (Token::Number(number), Token::Number(start)) = (lexer.next(), lexer.next()) {
            let start = Value::Number(start).count().and_then(|start| u32::try_from(first.checked_add(start)?).ok());
            if let (Some(number), Some(start)) = (object_number(number), start) {
                starts.push((number, start));
            }
            if starts.len() >= count.min(MOST_PACKED) {
                break;
            }
        }
        let size = bytes.len() + starts.len() * 8;
        let objects = Rc::new(Objects { bytes, starts });
        let mut kept = self.kept.borrow_mut();
        if self.kept_bytes.get() + size > KEPT {
            kept.clear();
            self.kept_bytes.set(0);
        }
        self.kept_bytes.set(self.kept_bytes.get() + size);
        kept.insert(holder, Rc::clone(&objects));
        Some(objects)
    }

    /// The latest stream of a number.
    pub(super) fn stream(&self, number: u32) -> Option<Stream> {
        let Place::Plain(at) = *self.latest.get(&number)? else { return None };
        self.stream_at(at as usize)
    }

    /// The stream of an entry.
    pub(super) fn stream_at(&self, at: usize) -> Option<Stream> {
        self.entries.get(at)?.stream.as_ref()?;
        match self.plain(at)? {
            Value::Dict(dict) => Some(Stream { entry: at, dict }),
            _ => None,
        }
    }

    /// The bytes of a stream as they stand in the file.
    pub(super) fn raw(&self, stream: &Stream) -> &'a [u8] {
        let range = self.entries.get(stream.entry).and_then(|entry| entry.stream.clone()).unwrap_or(0..0);
        self.bytes.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// The filters of a stream.
    pub(super) fn filters(&self, dict: &Dict) -> Vec<Filter> {
        let first = |long: &[u8], short: &[u8]| self.entry(dict, long).or_else(|| self.entry(dict, short));
        let Some(names) = first(b"Filter", b"F") else { return Vec::new() };
        let parameters = first(b"DecodeParms", b"DP").unwrap_or(Cow::Owned(Value::Null));
        let names = names.items().iter().take(DEEPEST + 1).enumerate().map(|(index, name)| {
            let parameters = parameters.items().get(index).map(|value| self.resolve(value));
            Filter {
                name: self.resolve(name).name().unwrap_or_default().to_vec(),
                parameters: parameters.and_then(|value| value.dict().cloned()).unwrap_or_default(),
            }
        });
        names.filter(|filter| !filter.name.is_empty()).collect()
    }

    /// Whether its bytes differ from those in the file for being encrypted.
    pub(super) fn is_locked(&self, stream: &Stream) -> bool {
        let filters = self.filters(&stream.dict);
        let is_open = filters.first().is_some_and(|filter| {
            filter.name == b"Crypt"
                && filter.parameters.get(b"Name").is_none_or(|name| name.name() == Some(b"Identity"))
        });
        let is_table = stream.dict.says(b"Type", b"XRef");
        let is_metadata = stream.dict.says(b"Type", b"Metadata");
        !is_open && !is_table && self.key.as_ref().is_some_and(|key| key.locks_streams(is_metadata))
    }

    /// A reader of its decrypted bytes.
    pub(super) fn source(&self, stream: &Stream) -> Source<'a> {
        let raw = self.raw(stream);
        match (&self.key, self.entries.get(stream.entry)) {
            (Some(key), Some(entry)) if self.is_locked(stream) => {
                let mut bytes = Zeroizing::new(raw.to_vec());
                key.stream(entry.number, entry.generation, &mut bytes);
                Box::new(io::Cursor::new(bytes))
            }
            _ => Box::new(raw),
        }
    }

    /// The bytes of a stream, decrypted and unpacked, of which there may be so many; and whether there are more. What
    /// is damaged is told when the stream is handed over.
    pub(super) fn unpacked(&self, stream: &Stream, most: usize) -> (Zeroizing<Vec<u8>>, bool) {
        let filters = self.filters(&stream.dict);
        let (mut source, stopped) = unpack(self.source(stream), &filters);
        let mut bytes = Zeroizing::new(Vec::new());
        // What yields nothing is work, too.
        if stopped.is_some() || !self.work(self.raw(stream).len()) {
            return (bytes, false);
        }
        while let Ok(chunk) = source.fill_buf()
            && !chunk.is_empty()
        {
            let count = chunk.len().min(most - bytes.len());
            if count == 0 || !self.work(count) {
                return (bytes, true);
            }
            bytes.extend_from_slice(&chunk[..count]);
            source.consume(count);
        }
        (bytes, false)
    }
}
