//! LZ4 frames, of the current and of the old kind.
//!
//! Holds: opening them. Must not know: whether it was a file or stood inside of another.
//!
//! The blocks are decoded by a library; the frames are read here, for its reader takes the end of a cut file for the
//! end of a frame, and clears megabytes for each of a million tiny frames.

use std::hash::Hasher;
use std::io::{self, BufRead, Read};

use lz4_flex::block::{decompress_into, decompress_into_with_dict};
use twox_hash::XxHash32;
use zeroize::Zeroizing;

use super::frames::{Frame, Input, Next, Words, open_frames};
use super::zstd::skippable;
use super::{Format, Open, Raw, Sink};
use crate::base::Trouble;

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "lz4",
    scope: "any number of frames, also of the old kind, and what skippable ones hold; none that needs a dictionary",
    recognises: |probe| recognises(probe.head),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// What bytes before a block its content may repeat.
const WINDOW: usize = 64 << 10;
/// The size of a block of the old kind.
const OLD: usize = 8 << 20;
/// More than any compressed block of that size has.
const OLD_PACKED: usize = OLD + OLD / 255 + 16;

/// What frames may hold that follow one that holds less: blocks of 4 MiB, the largest of the current kind.
const USUAL: u64 = (8 << 20) + WINDOW as u64;

const WORDS: Words = Words { frames: "lz4 stream", behind: "what follows an lz4 stream" };

fn recognises(bytes: &[u8]) -> bool {
    match skippable(bytes) {
        Some(length) => {
            let behind = usize::try_from(length).ok().and_then(|length| bytes.get(8..)?.get(length..));
            behind.and_then(header).is_some()
        }
        None => header(bytes).is_some(),
    }
}

/// What the header of a frame says.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "they are the flags of the format")]
struct Header {
    length: usize,
    old: bool,
    block: usize,
    linked: bool,
    block_checks: bool,
    check: bool,
    dictionary: bool,
}

impl Header {
    /// What its blocks need: one, and what it is made of.
    fn memory(self) -> u64 {
        2 * self.block.max(if self.old { OLD_PACKED } else { 0 }) as u64 + WINDOW as u64
    }
}

fn header(bytes: &[u8]) -> Option<Header> {
    match bytes {
        [0x04, 0x22, 0x4D, 0x18, fields @ ..] => {
            let [flags, block, ..] = *fields else { return None };
            let (sized, dictionary) = (flags & 8 != 0, flags & 1 != 0);
            let length = 2 + if sized { 8 } else { 0 } + if dictionary { 4 } else { 0 };
            let sound = flags & 0xC2 == 0x40 && block & 0x8F == 0 && block >> 4 >= 4;
            let check = (hash(fields.get(..length)?) >> 8) & 0xFF;
            (sound && u32::from(*fields.get(length)?) == check).then_some(Header {
                length: 4 + length + 1,
                old: false,
                block: 1 << (8 + 2 * (block >> 4)),
                linked: flags & 0x20 == 0,
                block_checks: flags & 0x10 != 0,
                check: flags & 4 != 0,
                dictionary,
            })
        }
        // The old kind has no more than that; its first block must begin like one.
        [0x02, 0x21, 0x4C, 0x18, a, b, c, d, ..] => {
            let first = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
            ((1..=OLD_PACKED).contains(&first)).then_some(Header {
                length: 4,
                old: true,
                block: OLD,
                linked: false,
                block_checks: false,
                check: false,
                dictionary: false,
            })
        }
        _ => None,
    }
}

fn hash(bytes: &[u8]) -> u32 {
    XxHash32::oneshot(0, bytes)
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let head = input.fill_buf().map_err(|error| Trouble::of(&error))?;
    let behind = skippable(head).and_then(|length| head.get(8..)?.get(usize::try_from(length).ok()?..));
    let memory = header(behind.unwrap_or(head)).map_or(0, Header::memory);
    open_frames(input, sink, memory.max(USUAL), &WORDS, begin)
}

fn begin(input: Input<'_>, window: u64) -> io::Result<Next<'_>> {
    let head = input.fill_buf()?;
    if let Some(length) = skippable(head) {
        input.consume(8);
        return Ok(Next::Beside(input, length));
    }
    if header(head).is_none_or(|header| header.memory() > window) {
        return Ok(Next::Nothing(input));
    }
    Ok(Next::Frame(Box::new(Blocks {
        input,
        memory: window,
        header: None,
        packed: Vec::new(),
        content: Zeroizing::default(),
        kept: 0,
        at: 0,
        end: 0,
        check: XxHash32::with_seed(0),
    })))
}

/// Frames that follow each other at once, with one pair of buffers.
struct Blocks<'a> {
    input: Input<'a>,
    memory: u64,
    /// The frame that is being read.
    header: Option<Header>,
    packed: Vec<u8>,
    /// The window, then the block.
    content: Zeroizing<Vec<u8>>,
    /// How much of the window is filled; it ends where the block begins.
    kept: usize,
    /// What of the block was not given yet.
    at: usize,
    end: usize,
    check: XxHash32,
}

impl Blocks<'_> {
    /// Reads the next block; false at the end of the frames.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(frame) = self.header else { return self.begin() };
        if frame.old && self.ends_old()? {
            self.header = None;
            return Ok(true);
        }
        let word = self.word()?;
        if word == 0 && !frame.old {
            self.header = None;
            if frame.check && self.word()? != self.check.finish_32() {
                return Err(io::ErrorKind::InvalidData.into());
            }
            return Ok(true);
        }
        let stored = !frame.old && word & 0x8000_0000 != 0;
        let length = (if frame.old { word } else { word & 0x7FFF_FFFF }) as usize;
        if length > if frame.old { OLD_PACKED } else { frame.block } {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.keep(frame);
        let space = self.content.get_mut(WINDOW..WINDOW + frame.block).ok_or(io::ErrorKind::InvalidData)?;
        self.packed.resize(self.packed.len().max(length), 0);
        let packed = &mut self.packed[..length];
        self.input.read_exact(packed)?;
        let count = if stored {
            space[..length].copy_from_slice(packed);
            length
        } else if self.kept > 0 {
            // The window lies before the block, but a library without `unsafe` wants it by itself.
            let (window, space) = self.content.split_at_mut(WINDOW);
            decompress_into_with_dict(packed, &mut space[..frame.block], &window[WINDOW - self.kept..])
                .map_err(|_| io::ErrorKind::InvalidData)?
        } else {
            decompress_into(packed, space).map_err(|_| io::ErrorKind::InvalidData)?
        };
        if frame.block_checks && hash(&self.packed[..length]) != self.word()? {
            return Err(io::ErrorKind::InvalidData.into());
        }
        (self.at, self.end) = (WINDOW, WINDOW + count);
        if frame.check {
            self.check.write(&self.content[self.at..self.end]);
        }
        Ok(true)
    }

    /// Begins the next frame.
    fn begin(&mut self) -> io::Result<bool> {
        let Some(frame) = header(self.input.fill_buf()?) else { return Ok(false) };
        if frame.memory() > self.memory {
            return Ok(false);
        }
        if frame.dictionary {
            return Err(Trouble::unsupported("needs a dictionary, which it does not hold").into());
        }
        self.input.consume(frame.length);
        self.header = Some(frame);
        let length = self.content.len().max(WINDOW + frame.block);
        self.content.resize(length, 0);
        (self.kept, self.at, self.end) = (0, WINDOW, WINDOW);
        self.check = XxHash32::with_seed(0);
        Ok(true)
    }

    /// The old kind has no mark at its end: it ends with the input, or where another frame begins.
    fn ends_old(&mut self) -> io::Result<bool> {
        let held = self.input.fill_buf()?;
        Ok(held.is_empty() || header(held).is_some() || skippable(held).is_some())
    }

    /// Keeps what the next block may repeat.
    fn keep(&mut self, frame: Header) {
        if frame.linked {
            let kept = (self.kept + self.end - WINDOW).min(WINDOW);
            self.content.copy_within(self.end - kept..self.end, WINDOW - kept);
            self.kept = kept;
        }
        (self.at, self.end) = (WINDOW, WINDOW);
    }

    fn word(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.input.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }
}

impl Read for Blocks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.end {
            if !self.advance()? {
                return Ok(0);
            }
        }
        let count = buffer.len().min(self.end - self.at);
        buffer[..count].copy_from_slice(&self.content[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

impl<'a> Frame<'a> for Blocks<'a> {
    fn give_back(self: Box<Self>) -> Input<'a> {
        self.input
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};

    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{content, recognises, record, torture};

    fn pack_with(content: &[u8], info: FrameInfo) -> Vec<u8> {
        let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
        encoder.write_all(content).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn pack(content: &[u8]) -> Vec<u8> {
        let info = FrameInfo::new().block_checksums(true).content_checksum(true);
        pack_with(content, info.block_mode(BlockMode::Linked).block_size(BlockSize::Max64KB))
    }

    fn text() -> Vec<u8> {
        (0..60_000_u32).flat_map(|number| format!("line {} of {number}\n", number * 7919 % 977).into_bytes()).collect()
    }

    #[test]
    fn all_kinds_of_blocks_are_read() {
        let text = text();
        for mode in [BlockMode::Linked, BlockMode::Independent] {
            for size in [BlockSize::Max64KB, BlockSize::Max256KB, BlockSize::Max4MB] {
                let info = FrameInfo::new().content_checksum(true).block_mode(mode).block_size(size);
                let packed = pack_with(&text, info);
                assert!(content(&FORMAT, &packed, &Limits::default()) == (text.clone(), vec![]));
            }
        }
        let noise: Vec<u8> =
            (0..9_000_u64).flat_map(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()).collect();
        assert!(content(&FORMAT, &pack(&noise), &Limits::default()) == (noise, vec![]));
    }

    #[test]
    fn all_frames_are_read() {
        let blocks = [lz4_flex::block::compress(b"old "), lz4_flex::block::compress(b"kind ")];
        let old = blocks.iter().fold(vec![0x02, 0x21, 0x4C, 0x18], |frame, block| {
            let length = u32::try_from(block.len()).expect("it is short");
            [frame, length.to_le_bytes().to_vec(), block.clone()].concat()
        });
        let beside = [&[0x53, 0x2A, 0x4D, 0x18, 8, 0, 0, 0], &b"needle-2"[..]].concat();
        let packed = [beside, old.clone(), pack(b"one "), pack(b""), pack(b"two"), old].concat();
        assert!(recognises(&FORMAT, &packed, "") && !recognises(&FORMAT, b"\x04\x22\x4D\x18d@\0", ""));
        let got = content(&FORMAT, &packed, &Limits::default());
        assert_eq!(got, (b"old kind one twoold kind needle-2".to_vec(), vec![]));
        let behind = [pack(b"one"), b"needle-3".to_vec()].concat();
        assert_eq!(record(&FORMAT, &behind, &Limits::default()).members[1].text(), "needle-3");
    }

    #[test]
    fn damage_is_told() {
        let text = text();
        let packed = pack(&text);
        for cut in [packed.len() / 2, packed.len() - 5, packed.len() - 8] {
            let (got, reasons) = content(&FORMAT, &packed[..cut], &Limits::default());
            assert!(text.starts_with(&got) && !got.is_empty());
            assert_eq!(reasons, [Reason::Malformed], "{cut}");
        }
        for at in [packed.len() / 2, packed.len() - 1] {
            let mut damaged = packed.clone();
            damaged[at] ^= 1;
            assert_eq!(content(&FORMAT, &damaged, &Limits::default()).1, [Reason::Malformed], "{at}");
        }
    }

    #[test]
    fn limits_are_named() {
        let bomb = pack_with(&vec![0; 8 << 20], FrameInfo::new().block_size(BlockSize::Max4MB));
        let limits = Limits { max_ratio: 100, ..Limits::default() };
        assert_eq!(content(&FORMAT, &bomb, &limits).1, [Reason::Ratio]);
        let limits = Limits { max_blob: 1 << 20, ..Limits::default() };
        assert_eq!(content(&FORMAT, &pack(b"one"), &limits).1, [Reason::TooLarge]);
        let mut locked = pack(b"one");
        locked[4] |= 1;
        let end = 6 + 4;
        locked.splice(6..6, [1, 2, 3, 4]);
        locked[end] = (hash(&locked[4..end]) >> 8) as u8;
        assert_eq!(content(&FORMAT, &locked, &Limits::default()), (vec![], vec![Reason::Unsupported]));
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, &[pack(b"one "), pack(&b"three four ".repeat(500))].concat());
    }
}
