//! The decoders of a block, one behind the other.
//!
//! Holds: what each asks of memory, and putting them together. Must not know: files, names.

use std::io::{self, BufReader, Read};
use std::ops::Range;

use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::bcj2::Bcj2Reader;
use lzma_rust2::filter::delta::DeltaReader;
use lzma_rust2::{Lzma2Reader, LzmaReader};

use super::header::{Block, Coder, Contents};
use super::lock::{Key, Locked};
use crate::base::{ReadAt, Trouble};
use crate::unpack::inflate::Inflating;

/// Bytes that are read ahead between decoders.
const AHEAD: usize = 32 << 10;

/// What a decoder takes besides its window, more than less.
const BESIDES: u64 = 256 << 10;

/// What there is to read from.
type Source<'a> = Box<dyn Read + 'a>;

/// The memory that the decoders of a block need.
pub(super) fn memory(block: &Block) -> Result<u64, Trouble> {
    let windows = block.coders.iter().zip(&block.sizes).map(|(coder, size)| window(coder, *size));
    windows.sum::<Result<u64, Trouble>>()
}

/// Whether a block is locked.
pub(super) fn locked(block: &Block) -> Option<Locked<'_>> {
    block.coders.iter().find(|coder| coder.method == 0x06F1_0701).map(|coder| Locked::of(&coder.properties))
}

fn window(coder: &Coder, size: u64) -> Result<u64, Trouble> {
    Ok(BESIDES
        + match coder.method {
            0x21 => u64::from(dictionary2(coder, size)?),
            0x03_01_01 => u64::from(dictionary(coder, size)?) + (12 << 20 >> tables(coder)),
            0x03_04_01 => u64::from(model(coder)?.1),
            0x04_02_02 => 8 << 20,
            _ => 0,
        })
}

/// By how much the tables of probabilities are smaller than the largest.
fn tables(coder: &Coder) -> u32 {
    let rest = u32::from(coder.properties.first().copied().unwrap_or(0)) % 45;
    12_u32.saturating_sub(rest % 9 + rest / 9)
}

fn unreadable() -> Trouble {
    Trouble::malformed("is damaged: its decoder cannot be set up")
}

/// A window need not be larger than what comes out.
fn dictionary(coder: &Coder, size: u64) -> Result<u32, Trouble> {
    let bytes = coder.properties.get(1..5).and_then(|bytes| bytes.try_into().ok()).ok_or_else(unreadable)?;
    Ok(fitting(u32::from_le_bytes(bytes), size))
}

fn dictionary2(coder: &Coder, size: u64) -> Result<u32, Trouble> {
    match coder.properties.first().map(|bits| u32::from(*bits)) {
        Some(40) => Ok(fitting(u32::MAX, size)),
        Some(bits @ 0..40) => Ok(fitting((2 | (bits & 1)) << (bits / 2 + 11), size)),
        _ => Err(unreadable()),
    }
}

fn fitting(window: u32, size: u64) -> u32 {
    let size = u32::try_from(size.next_multiple_of(4096)).unwrap_or(u32::MAX - 15);
    window.min(size).clamp(4096, u32::MAX - 15)
}

/// Order and memory of `PPMd`.
fn model(coder: &Coder) -> Result<(u32, u32), Trouble> {
    let Some([order, size @ ..]) = coder.properties.first_chunk::<5>() else { return Err(unreadable()) };
    Ok((u32::from(*order), u32::from_le_bytes(*size)))
}

/// The reader of what comes out of a block.
pub(super) fn reader<'a>(
    bytes: &'a dyn ReadAt,
    contents: &Contents,
    block: &Block,
    key: Option<&Key>,
) -> Result<Source<'a>, Trouble> {
    Chain { bytes, contents, block, key }.output(block.last(), block.coders.len())
}

struct Chain<'a, 'c> {
    bytes: &'a dyn ReadAt,
    contents: &'c Contents,
    block: &'c Block,
    key: Option<&'c Key>,
}

impl<'a> Chain<'a, '_> {
    /// What comes out of a decoder. None stands behind itself: no chain is longer than the number of them.
    fn output(&self, index: usize, left: usize) -> Result<Source<'a>, Trouble> {
        let left = left.checked_sub(1).ok_or_else(unreadable)?;
        let coder = self.block.coders.get(index).ok_or_else(unreadable)?;
        let size = self.block.sizes.get(index).copied().ok_or_else(unreadable)?;
        let first: u64 = self.block.coders.iter().take(index).map(|coder| coder.inputs).sum();
        let inputs = (first..first + coder.inputs).map(|input| self.input(input, left));
        let mut inputs = inputs.collect::<Result<Vec<_>, _>>()?;
        if coder.method == 0x03_03_01_1B {
            let joined = Bcj2Reader::try_new(inputs, size).map_err(|_| unreadable())?;
            return Ok(Box::new(joined.take(size)));
        }
        let (Some(input), true) = (inputs.pop(), inputs.is_empty()) else { return Err(unreadable()) };
        Ok(Box::new(decoder(coder, BufReader::with_capacity(AHEAD, input), size, self.key)?.take(size)))
    }

    fn input(&self, input: u64, left: usize) -> Result<Source<'a>, Trouble> {
        if let Some(index) = self.block.inputs.iter().position(|packed| *packed == input) {
            let place = self.contents.packed.get(self.block.first_packed + index).ok_or_else(unreadable)?;
            return Ok(Box::new(Packed { bytes: self.bytes, place: place.clone() }));
        }
        let bind = self.block.binds.iter().find(|bind| bind.0 == input).ok_or_else(unreadable)?;
        self.output(usize::try_from(bind.1).map_err(|_| unreadable())?, left)
    }
}

fn decoder<'a>(
    coder: &Coder,
    input: BufReader<Source<'a>>,
    size: u64,
    key: Option<&Key>,
) -> Result<Source<'a>, Trouble> {
    let first = coder.properties.first().copied();
    Ok(match coder.method {
        0 => Box::new(input),
        0x21 => Box::new(Lzma2Reader::new(input, dictionary2(coder, size)?, None)),
        0x03_01_01 => {
            let (properties, window) = (first.ok_or_else(unreadable)?, dictionary(coder, size)?);
            let decoder = LzmaReader::new_with_props(input, size, properties, window, None);
            Box::new(decoder.map_err(|error| failed(&error))?)
        }
        0x03_04_01 => {
            let (order, memory) = model(coder)?;
            Box::new(ppmd_rust::Ppmd7Decoder::new(input, order, memory).map_err(|_| unreadable())?)
        }
        0x03 => Box::new(DeltaReader::new(input, usize::from(first.unwrap_or(0)) + 1)),
        0x04 | 0x03_03_01_03 => Box::new(BcjReader::new_x86(input, 0)),
        0x05 | 0x03_03_02_05 => Box::new(BcjReader::new_ppc(input, 0)),
        0x06 | 0x03_03_04_01 => Box::new(BcjReader::new_ia64(input, 0)),
        0x07 | 0x03_03_05_01 => Box::new(BcjReader::new_arm(input, 0)),
        0x08 | 0x03_03_07_01 => Box::new(BcjReader::new_arm_thumb(input, 0)),
        0x09 | 0x03_03_08_05 => Box::new(BcjReader::new_sparc(input, 0)),
        0x0A => Box::new(BcjReader::new_arm64(input, 0)),
        0x0B => Box::new(BcjReader::new_riscv(input, 0)),
        0x04_01_08 => Box::new(Inflating::bare(input)),
        0x04_02_02 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        0x06F1_0701 => Box::new(key.ok_or_else(unreadable)?.reader(input)),
        _ => return Err(Trouble::unsupported("is packed by a method that is not known; not opened")),
    })
}

/// What an error while setting up means: that of reading, or that the beginning is none.
fn failed(error: &io::Error) -> Trouble {
    Trouble::of(error)
}

/// A packed stream.
struct Packed<'a> {
    bytes: &'a dyn ReadAt,
    place: Range<u64>,
}

impl Read for Packed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.place.end.saturating_sub(self.place.start)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let count = self.bytes.read_at(&mut buffer[..most], self.place.start)?;
        self.place.start = self.place.start.saturating_add(count as u64);
        Ok(count)
    }
}
