//! Pictures that are drawings of Windows or of the Mac: the letters that they show stand in them.
//!
//! Holds: finding them among other records, and inflating them. Must not know: what is drawn.

use std::io::{Read, Seek, SeekFrom};

use super::chain::Chain;
use super::integers::{u16_at, u32_at};
use crate::base::{Cursor, ReadAt, Trouble};
use crate::unpack::inflate::Inflating;
use crate::unpack::{Content, Flow, Member, Sink};

/// Streams in which Word and `PowerPoint` keep pictures.
const STREAMS: [&str; 3] = ["pictures", "data", "worddocument"];

/// Bytes that are looked at at once, and those of the longest header.
const STEP: usize = 256 << 10;
const LONGEST: usize = 8 + 32 + 34;

/// What a picture costs, in bytes that could have been read meanwhile: as many are read ahead.
const COST: u64 = 64 << 10;

/// The kinds of records that are drawings, and the mark of each, which is odd where two checksums stand in it.
const KINDS: [(u16, u16); 3] = [(0xF01A, 0x3D4), (0xF01B, 0x216), (0xF01C, 0x542)];

/// Whether there may be pictures in a stream of that name.
pub(super) fn may_be_in(name: &str) -> bool {
    STREAMS.iter().any(|stream| name.eq_ignore_ascii_case(stream))
}

/// Hands over the drawings in a stream that are packed; others are found in it as it is.
pub(super) fn open(stream: &Chain<'_>, name: &str, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    sink.spend(stream.size())?;
    let mut at = 0;
    loop {
        let piece = stream.piece(at, STEP).map_err(|error| Trouble::of(&error))?;
        let mut from = 0;
        while let Some((header, length, begin)) = find(&piece, from) {
            sink.spend(COST)?;
            let place = at + header as u64;
            let mut cursor = Cursor::new(stream);
            cursor.seek(SeekFrom::Start(at + begin as u64)).map_err(|error| Trouble::of(&error))?;
            let mut picture = Inflating::zlib(cursor.take(length));
            let label = format!("{name}/picture at {place}");
            let member = Member::named("picture", &label).echo();
            if sink.take(member, Content::Read(&mut picture, Some(length))).is_break() {
                return Ok(Flow::Break(()));
            }
            // What it says of its length may be wrong: another may begin where its bytes end.
            let taken = length.saturating_sub(picture.into_inner().limit());
            from = begin.saturating_add(usize::try_from(taken).unwrap_or(usize::MAX));
        }
        if piece.len() < STEP {
            return Ok(Flow::Continue(()));
        }
        at += from.max(piece.len() - LONGEST - 2) as u64;
    }
}

/// The first drawing behind a place: where its header begins, how many bytes it is packed into, where those begin.
fn find(piece: &[u8], mut from: usize) -> Option<(usize, u64, usize)> {
    loop {
        let rest = piece.get(from..)?;
        // The second byte of its kind is the fourth of the header.
        let mark = memchr::memchr(0xF0, rest.get(3..)?)?;
        if let Some((length, begin)) = rest.get(mark..).and_then(header) {
            return Some((from + mark, length, from + mark + begin));
        }
        from += mark + 1;
    }
}

/// The length of what is packed, and where it begins.
fn header(bytes: &[u8]) -> Option<(u64, usize)> {
    let (mark, kind, length) = (u16_at(bytes, 0)?, u16_at(bytes, 2)?, u32_at(bytes, 4)?);
    let instance = mark >> 4;
    if mark & 0xF != 0 || !KINDS.contains(&(kind, instance & !1)) {
        return None;
    }
    let sums = if instance & 1 == 0 { 16 } else { 32 };
    let begin = 8 + sums + 34;
    // Packed, not filtered, and what begins like zlib.
    let is_packed = bytes.get(begin - 2..begin)? == [0, 0xFE];
    let zlib = bytes.get(begin..begin + 2)?;
    let is_zlib = zlib[0] & 0xF == 8 && (u16::from(zlib[0]) << 8 | u16::from(zlib[1])) % 31 == 0;
    let length = u64::from(length).checked_sub(begin as u64 - 8)?;
    (is_packed && is_zlib).then_some((length, begin))
}
