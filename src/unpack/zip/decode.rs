//! From the packed bytes of a member to its content.
//!
//! Holds: the methods, the memory that each needs, the checks at the end. Must not know: where members stand.

use std::io::{self, BufRead, Read};

use bzip2::bufread::MultiBzDecoder;
use deflate64::InflaterManaged;
use flate2::{Crc, Decompress};
use lzma_rust2::{DICT_SIZE_MAX, LzmaReader, XzReader, lzma_get_memory_usage_by_props};
use ppmd_rust::{Ppmd8Decoder, RestoreMethod};

use super::header::{DEFLATE, DEFLATE64, Entry, STORED, long, short, word};
use super::source::Source;
use crate::base::Trouble;
use crate::unpack::frames::STEP;
use crate::unpack::inflate::inflate;

const BZIP2: u16 = 12;
const LZMA: u16 = 14;
/// An earlier number of zstd.
const ZSTD_EARLY: u16 = 20;
const ZSTD: u16 = 93;
const XZ: u16 = 95;
const PPMD: u16 = 98;

/// Flag of LZMA: a mark ends it.
const MARKED: u16 = 1 << 1;

/// Bytes before an LZMA stream: a version, the length of the properties, and these.
const LZMA_HEADER: usize = 9;

/// Bytes before a `PPMd` stream: its order, its memory, and what it does when that is full.
const PPMD_HEADER: usize = 2;

/// Memory for zstd: what the first frame needs may not be what all need.
const ZSTD_USUAL: u64 = 8 << 20;

/// Less memory than this is of no use to a decoder of xz.
const XZ_LEAST: u64 = 1 << 20;

/// The largest window of zstd, as a power of two.
const ZSTD_WINDOW: u32 = 27;

/// Memory that a decoder needs, and how much more it could use; it says itself when it got too little.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) least: u64,
    pub(super) most: u64,
}

/// The memory that a member needs beyond what is not worth asking for.
pub(super) fn need(entry: &Entry, source: &mut Source<'_>) -> Result<Need, Trouble> {
    let needed = match entry.method {
        STORED | DEFLATE | DEFLATE64 | BZIP2 => Need::default(),
        LZMA => {
            let (_, properties, dictionary) = lzma(entry, source)?;
            let needed = lzma_get_memory_usage_by_props(dictionary, properties).map_err(|_| damaged())?;
            let needed = u64::from(needed) << 10;
            Need { least: needed, most: needed }
        }
        XZ => Need { least: XZ_LEAST, most: u64::MAX },
        PPMD => {
            let memory = u64::from(ppmd(source)?.memory);
            Need { least: memory, most: memory }
        }
        ZSTD | ZSTD_EARLY => {
            let window = zstd_window(source)?;
            Need { least: window, most: window.max(ZSTD_USUAL) }
        }
        method => return Err(Trouble::unsupported(unknown(method))),
    };
    Ok(needed)
}

fn damaged() -> Trouble {
    Trouble::malformed("is damaged")
}

fn unknown(method: u16) -> String {
    let name = match method {
        1 => "shrunk",
        2..=5 => "reduced",
        6 => "imploded",
        10 => "imploded by PKWARE's library",
        16 | 18 | 19 => "compressed by a method of IBM",
        94 => "compressed as MP3",
        96 => "compressed as JPEG",
        97 => "compressed by WavPack",
        _ => return format!("is compressed by method {method}, which is unknown; its content was not opened"),
    };
    format!("is {name}, which cannot be opened; its content was not opened")
}

/// Size, properties and dictionary of an LZMA stream. A dictionary larger than the content is of no use.
fn lzma(entry: &Entry, source: &mut Source<'_>) -> Result<(u64, u8, u32), Trouble> {
    let header = source.peek(LZMA_HEADER).map_err(|error| Trouble::of(&error))?;
    let (5, Some(properties)) = (short(header, 2), header.get(4)) else { return Err(damaged()) };
    let (properties, dictionary) = (*properties, word(header, 5));
    let size = entry.size.filter(|_| entry.flags & MARKED == 0);
    let most = entry.size.and_then(|size| u32::try_from(size).ok()).unwrap_or(DICT_SIZE_MAX);
    Ok((size.unwrap_or(u64::MAX), properties, dictionary.min(most.clamp(4096, DICT_SIZE_MAX))))
}

/// What a `PPMd` stream says of itself.
struct Model {
    order: u32,
    memory: u32,
    full: RestoreMethod,
}

fn ppmd(source: &mut Source<'_>) -> Result<Model, Trouble> {
    let header = source.peek(PPMD_HEADER).map_err(|error| Trouble::of(&error))?;
    if header.len() < PPMD_HEADER {
        return Err(Trouble::malformed("ends early"));
    }
    let bits = u32::from(short(header, 0));
    let full = match bits >> 12 {
        0 => RestoreMethod::Restart,
        1 => RestoreMethod::CutOff,
        _ => return Err(Trouble::unsupported("is compressed by a variant of PPMd that is not known; not opened")),
    };
    Ok(Model { order: (bits & 0x0F) + 1, memory: ((bits >> 4 & 0xFF) + 1) << 20, full })
}

/// The window that the first frame of a zstd stream wants.
fn zstd_window(source: &mut Source<'_>) -> Result<u64, Trouble> {
    let header = source.peek(18).map_err(|error| Trouble::of(&error))?;
    if word(header, 0) != 0xFD2F_B528 || header.len() < 6 {
        return Ok(0);
    }
    let (about, window) = (header[4], header[5]);
    let window = if about & 0x20 == 0 {
        let base = 1_u64 << (10 + (window >> 3));
        base + base / 8 * u64::from(window & 7)
    } else {
        let at = 5 + [0, 1, 2, 4][usize::from(about & 3)];
        match about >> 6 {
            0 => u64::from(header.get(at).copied().unwrap_or(0)),
            1 => u64::from(short(header, at)) + 256,
            2 => u64::from(word(header, at)),
            _ => long(header, at),
        }
    };
    if window > 1 << ZSTD_WINDOW {
        let text = format!("needs a window of {window} bytes, which is more than {} bytes", 1 << ZSTD_WINDOW);
        return Err(Trouble::unsupported(text));
    }
    Ok(window)
}

/// A decoder.
enum Decoder<'a> {
    Stored(Source<'a>),
    Inflate(Inflate, Source<'a>),
    Bzip2(Box<MultiBzDecoder<Source<'a>>>),
    Lzma(Box<LzmaReader<Source<'a>>>),
    Xz(Box<XzReader<Source<'a>>>),
    Zstd(Box<zstd::Decoder<'static, Source<'a>>>),
    /// Nothing marks its end, in most cases.
    Ppmd(Box<io::Take<Ppmd8Decoder<Source<'a>>>>),
}

impl<'a> Decoder<'a> {
    /// `memory` is what it may use of it.
    fn new(entry: &Entry, mut source: Source<'a>, memory: u64) -> Result<Self, Trouble> {
        let of = |error: io::Error| Trouble::of(&error);
        Ok(match entry.method {
            STORED => Self::Stored(source),
            DEFLATE => Self::Inflate(Inflate::Usual(Decompress::new(false)), source),
            DEFLATE64 => Self::Inflate(Inflate::Wide(Box::new(InflaterManaged::new())), source),
            BZIP2 => Self::Bzip2(Box::new(MultiBzDecoder::new(source))),
            LZMA => {
                let (size, properties, dictionary) = lzma(entry, &mut source)?;
                source.read_exact(&mut [0; LZMA_HEADER]).map_err(of)?;
                let reader = LzmaReader::new_with_props(source, size, properties, dictionary, None);
                Self::Lzma(Box::new(reader.map_err(of)?))
            }
            XZ => {
                let most = u32::try_from(memory >> 10).unwrap_or(u32::MAX);
                Self::Xz(Box::new(XzReader::new_mem_limit(source, true, most)))
            }
            ZSTD | ZSTD_EARLY => {
                let mut decoder = zstd::Decoder::with_buffer(source).map_err(of)?;
                decoder.window_log_max(memory.max(1).next_power_of_two().ilog2().min(ZSTD_WINDOW)).map_err(of)?;
                Self::Zstd(Box::new(decoder))
            }
            PPMD => {
                let model = ppmd(&mut source)?;
                source.read_exact(&mut [0; PPMD_HEADER]).map_err(of)?;
                let decoder = Ppmd8Decoder::new(source, model.order, model.memory, model.full);
                Self::Ppmd(Box::new(decoder.map_err(|_| damaged())?.take(entry.size.unwrap_or(u64::MAX))))
            }
            method => return Err(Trouble::unsupported(unknown(method))),
        })
    }

    fn source(&self) -> &Source<'a> {
        match self {
            Self::Stored(source) | Self::Inflate(_, source) => source,
            Self::Bzip2(decoder) => decoder.get_ref(),
            Self::Lzma(decoder) => decoder.inner(),
            Self::Xz(decoder) => decoder.inner(),
            Self::Zstd(decoder) => decoder.get_ref(),
            Self::Ppmd(decoder) => decoder.get_ref().get_ref(),
        }
    }

    fn source_mut(&mut self) -> &mut Source<'a> {
        match self {
            Self::Stored(source) | Self::Inflate(_, source) => source,
            Self::Bzip2(decoder) => decoder.get_mut(),
            Self::Lzma(decoder) => decoder.inner_mut(),
            Self::Xz(decoder) => decoder.inner_mut(),
            Self::Zstd(decoder) => decoder.get_mut(),
            Self::Ppmd(decoder) => decoder.get_mut().get_mut(),
        }
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored(source) => source.read(buffer),
            Self::Inflate(inflate, source) => inflate.read(source, buffer),
            Self::Bzip2(decoder) => decoder.read(buffer),
            Self::Lzma(decoder) => decoder.read(buffer),
            Self::Xz(decoder) => decoder.read(buffer),
            Self::Zstd(decoder) => decoder.read(buffer),
            Self::Ppmd(decoder) => decoder.read(buffer),
        }
    }
}

/// Deflate and deflate64. The readers of their crates take a cut stream for a whole one.
enum Inflate {
    Usual(Decompress),
    Wide(Box<InflaterManaged>),
}

impl Inflate {
    fn read(&mut self, source: &mut Source<'_>, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let input = source.fill_buf()?;
            let is_end = input.is_empty();
            let (taken, made, ended) = self.step(input, buffer)?;
            source.consume(taken);
            if made > 0 || ended {
                return Ok(made);
            }
            if is_end {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if taken == 0 {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }

    /// How much it took, how much it made, whether that was the last.
    fn step(&mut self, input: &[u8], buffer: &mut [u8]) -> io::Result<(usize, usize, bool)> {
        match self {
            Self::Usual(inflater) => inflate(inflater, input, buffer),
            Self::Wide(inflater) => {
                if inflater.finished() {
                    return Ok((0, 0, true));
                }
                let result = inflater.inflate(input, buffer);
                if result.data_error {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                Ok((result.bytes_consumed, result.bytes_written, inflater.finished()))
            }
        }
    }
}

/// Reads the content of a member, and says at its end whether it is what it should be.
pub(super) struct Content<'a> {
    decoder: Decoder<'a>,
    crc: Crc,
    wanted: Option<u32>,
    /// How many bytes there must be of what is stored, and ends nowhere by itself.
    stored: Option<u64>,
    /// How many bytes of it are there, as far as is known.
    packed: u64,
    ended: bool,
}

impl<'a> Content<'a> {
    /// The content of a member.
    pub(super) fn new(entry: &Entry, source: Source<'a>, memory: u64) -> Result<Self, Trouble> {
        let stored = (entry.method == STORED && !entry.open_ended && !entry.is_encrypted()).then_some(entry.packed);
        let decoder = Decoder::new(entry, source, memory)?;
        let packed = if entry.open_ended || entry.is_encrypted() { 0 } else { entry.packed };
        Ok(Self { decoder, crc: Crc::new(), wanted: entry.crc, stored, packed, ended: false })
    }

    /// How many bytes stand behind the content that should belong to it; only a few of them mean nothing.
    pub(super) fn rest(&self) -> Option<u64> {
        let rest = self.packed.saturating_sub(self.decoder.source().taken());
        (self.ended && rest > 32).then_some(rest)
    }

    fn check(&mut self) -> io::Result<()> {
        if self.stored.is_some_and(|size| self.decoder.source().taken() < size) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let genuine = self.decoder.source_mut().is_genuine()?;
        if !genuine || self.wanted.is_some_and(|wanted| wanted != self.crc.sum()) {
            return Err(Trouble::malformed("does not match its checksum").into());
        }
        Ok(())
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let most = buffer.len().min(STEP);
        match self.decoder.read(&mut buffer[..most]) {
            Ok(0) => {
                self.ended = true;
                self.check()?;
                Ok(0)
            }
            Ok(count) => {
                self.crc.update(&buffer[..count]);
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                // Nothing good comes of a decoder that has failed.
                (self.ended, self.packed) = (true, 0);
                Err(if error.kind() == io::ErrorKind::OutOfMemory { too_much().into() } else { error })
            }
        }
    }
}

fn too_much() -> Trouble {
    Trouble::limit(
        crate::base::Reason::TooLarge,
        "--max-blob",
        "needs more memory for its dictionary than --max-blob allows",
    )
}
