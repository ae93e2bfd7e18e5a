//! The pages of a column.
//!
//! Holds: reading their headers, unpacking them, and the texts in them. Must not know: the table of contents.

use std::io::Read;
use std::ops::ControlFlow::{Break, Continue};

use zeroize::Zeroizing;

use super::Column;
use super::thrift::{Reader, STRUCT};
use crate::base::{Places, ReadAt, Trouble};
use crate::unpack::{Content, Flow, Member, Sink};

/// The longest header of a page: it may tell the least and the greatest value.
const HEADER: usize = 64 << 10;

/// What most of them have.
const SHORT: usize = 512;

/// Goes through the pages of a column.
pub(super) struct Pages<'p> {
    bytes: &'p dyn ReadAt,
    column: &'p Column,
}

/// What a page says of itself.
#[derive(Default)]
struct Head {
    packed: u64,
    unpacked: u64,
    /// How its values are written: 0 is one behind the other.
    encoding: i64,
    is_dictionary: bool,
    /// Bytes before the values that are not packed, in pages of the second version.
    levels: u64,
    is_plain: bool,
}

impl<'p> Pages<'p> {
    pub(super) fn new(bytes: &'p dyn ReadAt, column: &'p Column) -> Self {
        Self { bytes, column }
    }

    /// Hands over all pages; what goes wrong costs no other column.
    pub(super) fn hand_over(&self, sink: &mut dyn Sink) -> Flow {
        let (mut at, end) = (self.column.begin, self.column.begin.saturating_add(self.column.size));
        while at < end.min(self.bytes.size()) {
            let Some((head, size)) = self.head(at) else {
                self.tell(sink, Trouble::malformed("is damaged"));
                break;
            };
            at = at.saturating_add(size as u64);
            let cost = if size > SHORT { HEADER } else { SHORT };
            let paid = sink.spend(cost as u64);
            match paid.and_then(|()| self.page(&head, at, sink)) {
                Ok(flow) => flow?,
                Err(trouble) => {
                    let is_last = trouble.option.is_some();
                    self.tell(sink, trouble);
                    if is_last {
                        return if sink.left() == 0 { Break(()) } else { Continue(()) };
                    }
                }
            }
            at = at.saturating_add(head.packed);
        }
        Continue(())
    }

    fn tell(&self, sink: &mut dyn Sink, trouble: Trouble) {
        sink.tell(Some(&self.column.name), "parquet column", trouble);
    }

    fn head(&self, at: u64) -> Option<(Head, usize)> {
        Self::read(self.bytes, at, SHORT).or_else(|| Self::read(self.bytes, at, HEADER))
    }

    fn read(bytes: &dyn ReadAt, at: u64, most: usize) -> Option<(Head, usize)> {
        let mut beginning = vec![0; most];
        let count = bytes.read_at(&mut beginning, at).ok()?;
        let mut reader = Reader::new(beginning.get(..count)?);
        let mut head = Head::default();
        reader.fields(|reader, id, kind| {
            match (id, kind) {
                (1, 5) => head.is_dictionary = reader.number()? == 2,
                (2, 5) => head.unpacked = u64::try_from(reader.number()?).ok()?,
                (3, 5) => head.packed = u64::try_from(reader.number()?).ok()?,
                (5 | 7 | 8, STRUCT) => values(reader, id == 8, &mut head)?,
                _ => return Some(false),
            }
            Some(true)
        })?;
        Some((head, reader.at))
    }

    fn page(&self, head: &Head, at: u64, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
        if head.packed > self.bytes.size() || head.levels > head.packed {
            return Err(Trouble::malformed("is damaged"));
        }
        // What was packed and what comes out, with the text that is made of it.
        sink.spend(head.packed)?;
        let memory = head.packed.saturating_add(head.unpacked.saturating_mul(2));
        sink.hold(memory)?;
        let result = self.opened(head, at, sink);
        sink.release(memory);
        result
    }

    fn opened(&self, head: &Head, at: u64, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
        let mut packed = Zeroizing::new(vec![0; head.packed as usize]);
        let mut length = 0;
        while length < packed.len() {
            match self.bytes.read_at(&mut packed[length..], at.saturating_add(length as u64)) {
                Ok(count) if count > 0 => length += count,
                _ => return Err(Trouble::malformed("ends early")),
            }
        }
        let packed = packed.get(head.levels as usize..).unwrap_or_default();
        let most = head.unpacked.saturating_sub(head.levels) as usize;
        let codec = if head.is_plain { 0 } else { self.column.codec };
        let unpacked = match codec {
            // Whoever takes zstd unpacks it.
            0 | 6 => Zeroizing::new(packed.to_vec()),
            1 => snappy(packed, most)?,
            2 => gathered(&mut flate2::read::MultiGzDecoder::new(packed), most)?,
            7 => lz4(packed, most).ok_or_else(|| Trouble::malformed("is damaged"))?,
            _ => return Err(Trouble::unsupported("is packed by a method that is not known; not opened")),
        };
        let levels = if head.levels > 0 || head.is_dictionary { 0 } else { self.column.levels };
        let texts = (self.column.is_text && codec != 6 && (head.encoding == 0 || head.is_dictionary))
            .then(|| texts(&unpacked, levels))
            .flatten();
        let mut member = Member::named("parquet column", &self.column.name);
        member.words = vec![self.column.name.clone()];
        Ok(match texts {
            // Which rows they belong to is told by levels, which are not read.
            Some(texts) => sink.take(member.made(Places::Lines), Content::Owned(lines(&self.column.name, &texts))),
            None => sink.take(member, Content::Owned(unpacked)),
        })
    }
}

/// A row for each value, under the name of their column. What ends each shows that it is a table, of one column too.
fn lines(name: &str, texts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::new());
    for value in [name.as_bytes()].iter().chain(texts) {
        text.extend_from_slice(value);
        text.extend_from_slice(b"\t\n");
    }
    text
}

/// What a page says of its values.
fn values(reader: &mut Reader<'_>, is_second: bool, head: &mut Head) -> Option<()> {
    reader.fields(|reader, id, kind| {
        match (id, kind) {
            (2, 5) if !is_second => head.encoding = reader.number()?,
            (4, 5) if is_second => head.encoding = reader.number()?,
            (5 | 6, 5) if is_second => head.levels = head.levels.checked_add(u64::try_from(reader.number()?).ok()?)?,
            (7, 2) if is_second => {
                head.is_plain = true;
                return Some(true);
            }
            _ => return Some(false),
        }
        Some(true)
    })
}

/// The values of a page, each behind its length; before them stand lists of levels, behind theirs.
fn texts(page: &[u8], levels: usize) -> Option<Vec<&[u8]>> {
    let mut rest = page;
    for _ in 0..levels {
        rest = prefixed(rest)?.1;
    }
    let mut texts = Vec::new();
    while let Some((text, behind)) = prefixed(rest) {
        texts.push(text);
        rest = behind;
    }
    // What is left over shows that they were no texts.
    rest.is_empty().then_some(texts)
}

fn prefixed(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

fn snappy(packed: &[u8], most: usize) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let damaged = |_| Trouble::malformed("is damaged");
    let length = snap::raw::decompress_len(packed).map_err(damaged)?;
    if length > most {
        return Err(Trouble::malformed("is damaged"));
    }
    let mut unpacked = Zeroizing::new(vec![0; length]);
    snap::raw::Decoder::new().decompress(packed, &mut unpacked).map_err(damaged)?;
    Ok(unpacked)
}

/// What comes out, up to what was told.
fn gathered(source: &mut dyn Read, most: usize) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let mut unpacked = Zeroizing::new(Vec::new());
    let mut piece = Zeroizing::new(vec![0; 64 << 10]);
    while unpacked.len() < most {
        let count = source.read(&mut piece).map_err(|error| Trouble::of(&error))?;
        if count == 0 {
            break;
        }
        let room = most - unpacked.len();
        unpacked.extend_from_slice(&piece[..count.min(room)]);
    }
    Ok(unpacked)
}

/// A block of LZ4 without a frame around it.
fn lz4(packed: &[u8], most: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut unpacked: Zeroizing<Vec<u8>> = Zeroizing::new(Vec::new());
    let mut rest = packed;
    while let Some((token, behind)) = rest.split_first() {
        rest = behind;
        let literal = long(token >> 4, &mut rest)?;
        let (bytes, behind) = rest.split_at_checked(literal)?;
        unpacked.extend_from_slice(bytes);
        // The last piece has nothing to repeat.
        let Some((distance, behind)) = behind.split_first_chunk::<2>() else { break };
        rest = behind;
        let length = long(token & 15, &mut rest)? + 4;
        let from = unpacked.len().checked_sub(usize::from(u16::from_le_bytes(*distance)))?;
        if unpacked.len() + length > most || from == unpacked.len() {
            return None;
        }
        for at in from..from + length {
            let byte = unpacked[at];
            unpacked.push(byte);
        }
    }
    Some(unpacked)
}

/// A length that goes on in the bytes that follow.
fn long(short: u8, rest: &mut &[u8]) -> Option<usize> {
    let mut length = usize::from(short);
    let mut goes_on = short == 15;
    while goes_on {
        let (more, behind) = rest.split_first()?;
        *rest = behind;
        length += usize::from(*more);
        goes_on = *more == 255;
    }
    Some(length)
}
