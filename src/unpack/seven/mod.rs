//! 7z archives.
//!
//! Holds: opening them, block by block. Must not know: whether it was a file or stood inside of another. The table of
//! contents is read by hand: the libraries for it take a hundred times its size in memory, check the window of LZMA2
//! only, and seek a lost table in a time that grows with the square of the file. What decodes is taken from libraries.

mod decode;
mod header;
mod lock;
#[cfg(test)]
mod tests;

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow::{Break, Continue};

use flate2::Crc;
use zeroize::Zeroizing;

use super::{Content, Flow, Format, Member, Open, Raw, Sink};
use crate::base::{Cursor, ReadAt, Trouble};
use header::{Block, Contents, Reader, Stream};
use lock::{Key, Keys};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "7z",
    scope: "LZMA, LZMA2, PPMd, bzip2, deflate, stored, with all filters; locked members and tables of contents with \
            given passwords; not: zstd, brotli, deflate64, archives in several files, programs that unpack themselves",
    recognises: |probe| matches!(probe.head, [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..]),
    raw: Raw::Last,
    open: Open::Random(open),
};

/// Archives from this size on are worth several threads.
const WORTH_SHARING: u64 = 4 << 20;

/// Parts that the blocks of an archive are shared in.
const PARTS: usize = 16;

/// How much of a locked block is opened to see whether a password is right.
const TRIAL: u64 = 16 << 20;

/// How often a table of contents may be packed.
const MOST_PACKED: u32 = 4;

/// Bytes that are read at once where they are not handed over.
const PIECE: usize = 64 << 10;

/// Bytes that are asked of a decoder at once: it keeps to itself what it made before it met damage.
const STEP: usize = 4 << 10;

/// What is known of an archive before its blocks are opened.
struct Archive<'a> {
    bytes: &'a dyn ReadAt,
    contents: Contents,
    header: &'a [u8],
    /// The number of the file of each stream: those without one lie between.
    files: Vec<u32>,
    keys: &'a Keys,
}

fn open(bytes: &dyn ReadAt, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let size = bytes.size().min(start_of(bytes)?.1);
    holding(size, sink, |sink| {
        let header = plain_header(bytes)?;
        with_header(bytes, &header, &Keys::default(), MOST_PACKED, sink)
    })
}

/// Does something while memory is held for it.
fn holding<T>(
    memory: u64,
    sink: &mut dyn Sink,
    work: impl FnOnce(&mut dyn Sink) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let blob = sink.limits().max_blob.max(1);
    // The window of a decoder is no blob: it may take all that may be held at once, and not just as much as one blob.
    // `7z -mx=9` and the like write windows of 64 MiB.
    let first = if memory <= blob.saturating_mul(2) { memory.min(blob) } else { memory };
    sink.hold(first)?;
    let result = match sink.hold(memory - first) {
        Ok(()) => {
            let result = work(sink);
            sink.release(memory - first);
            result
        }
        Err(trouble) => Err(trouble),
    };
    sink.release(first);
    result
}

/// Opens an archive whose table of contents is known; it may be packed itself.
fn with_header(
    bytes: &dyn ReadAt,
    header: &[u8],
    keys: &Keys,
    most_packed: u32,
    sink: &mut dyn Sink,
) -> Result<(), Trouble> {
    let mut reader = Reader::new(header);
    let id = reader.byte()?;
    if id == 0x17 && most_packed > 0 {
        let contents = reader.streams(sink);
        let held = reader.held;
        let opened = contents.and_then(|contents| unpacked_header(bytes, &contents, keys, sink));
        sink.release(held);
        let unpacked = opened?;
        return holding(unpacked.len() as u64, sink, |sink| with_header(bytes, &unpacked, keys, most_packed - 1, sink));
    }
    if id != 1 {
        return Err(damaged());
    }
    let contents = reader.header(sink);
    let held = reader.held;
    let result = contents.map(|contents| {
        let files = (0_u32..).zip(&contents.files).filter(|(_, file)| file.has_stream).map(|(index, _)| index);
        let files = files.collect();
        let archive = Archive { bytes, contents, header, files, keys };
        // Whoever wants no more knows why.
        let _ = archive.hand_over(sink);
    });
    sink.release(held);
    result
}

fn damaged() -> Trouble {
    Trouble::malformed("has a damaged table of contents")
}

/// Where the table of contents is, how long, and its checksum.
fn start_of(bytes: &dyn ReadAt) -> Result<(u64, u64, u32), Trouble> {
    let mut start = [0; 32];
    Cursor::new(bytes).read_exact(&mut start).map_err(|error| Trouble::of(&error))?;
    let number = |at: usize| u64::from_le_bytes(std::array::from_fn(|index| start[at + index]));
    let checksum = |at: usize| u32::from_le_bytes(std::array::from_fn(|index| start[at + index]));
    if start[6] != 0 {
        return Err(Trouble::unsupported("is of a version that is not known"));
    }
    if sum(&start[12..]) != checksum(8) {
        return Err(Trouble::malformed("does not tell where its table of contents is"));
    }
    let (offset, size) = (number(12).saturating_add(32), number(20));
    if offset.saturating_add(size) > bytes.size() {
        let text = "ends before its table of contents; all parts of it are needed, one behind the other";
        return Err(Trouble::malformed(text));
    }
    Ok((offset, size, checksum(28)))
}

/// The table of contents as it stands at the end of the archive.
fn plain_header(bytes: &dyn ReadAt) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let (offset, size, checksum) = start_of(bytes)?;
    if size == 0 {
        // An archive of nothing.
        return Ok(Zeroizing::new(vec![1, 0]));
    }
    let mut header = Zeroizing::new(vec![0; usize::try_from(size).unwrap_or(0)]);
    let mut cursor = Cursor::new(bytes);
    let read = cursor.seek(SeekFrom::Start(offset)).and_then(|_| cursor.read_exact(&mut header));
    read.map_err(|error| Trouble::of(&error))?;
    if sum(&header) == checksum { Ok(header) } else { Err(damaged()) }
}

fn sum(bytes: &[u8]) -> u32 {
    let mut sum = Crc::new();
    sum.update(bytes);
    sum.sum()
}

/// A table of contents that was packed.
fn unpacked_header(
    bytes: &dyn ReadAt,
    contents: &Contents,
    keys: &Keys,
    sink: &mut dyn Sink,
) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let block = contents.blocks.first().ok_or_else(damaged)?;
    let stream = contents.streams.first().copied().ok_or_else(damaged)?;
    holding(decode::memory(block)?.saturating_add(stream.size), sink, |sink| {
        let key = key_of(bytes, contents, block, keys, sink)?;
        let mut source = decode::reader(bytes, contents, block, key.as_ref())?;
        let mut one = One::new(&mut *source, stream);
        let mut header = Zeroizing::new(Vec::new());
        let mut piece = Zeroizing::new(vec![0; PIECE]);
        loop {
            let count = one.read(&mut piece).map_err(|error| Trouble::of(&error))?;
            if count == 0 {
                return Ok(header);
            }
            sink.spend(count as u64)?;
            header.extend_from_slice(&piece[..count]);
        }
    })
}

/// The key of a locked block: that of the first password with which it makes sense.
fn key_of(
    bytes: &dyn ReadAt,
    contents: &Contents,
    block: &Block,
    keys: &Keys,
    sink: &mut dyn Sink,
) -> Result<Option<Key>, Trouble> {
    let Some(locked) = decode::locked(block) else { return Ok(None) };
    let count = sink.passwords().len();
    for index in 0..count {
        let Some(password) = sink.passwords().get(index) else { break };
        let cost = locked.cost(keys, (index, password))?;
        sink.spend(cost)?;
        let Some(password) = sink.passwords().get(index) else { break };
        let key = locked.key(keys, (index, password));
        let stream = contents.streams.get(block.streams.start).copied();
        if opens(bytes, contents, block, stream, &key, sink)? {
            return Ok(Some(key));
        }
    }
    Err(Trouble::encrypted(if count == 0 { "is encrypted; not opened" } else { "is encrypted; no password opens it" }))
}

/// Whether a key opens a block, as far as its first member tells.
fn opens(
    bytes: &dyn ReadAt,
    contents: &Contents,
    block: &Block,
    stream: Option<Stream>,
    key: &Key,
    sink: &mut dyn Sink,
) -> Result<bool, Trouble> {
    let Some(stream) = stream else { return Ok(true) };
    // A wrong key makes the first bytes senseless to most decoders.
    let Ok(mut source) = decode::reader(bytes, contents, block, Some(key)) else { return Ok(false) };
    let (mut one, mut piece) = (One::new(&mut *source, stream), Zeroizing::new(vec![0; PIECE]));
    let mut read = 0;
    while read < TRIAL {
        match one.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => read += count as u64,
            Err(_) => return Ok(false),
        }
        sink.spend(PIECE as u64)?;
    }
    Ok(true)
}

/// One member of a block.
struct One<'s> {
    source: &'s mut dyn Read,
    left: u64,
    sum: Crc,
    /// What the sum must be; nothing once it was compared.
    checksum: Option<u32>,
    /// Whether nothing more comes out of the block.
    broken: bool,
}

impl<'s> One<'s> {
    fn new(source: &'s mut dyn Read, stream: Stream) -> Self {
        Self { source, left: stream.size, sum: Crc::new(), checksum: stream.checksum, broken: false }
    }
}

impl Read for One<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(STEP).min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            let is_sound = buffer.is_empty() || self.checksum.take().is_none_or(|checksum| checksum == self.sum.sum());
            return if is_sound { Ok(0) } else { Err(io::ErrorKind::InvalidData.into()) };
        }
        let result = self.source.read(&mut buffer[..most]);
        let count = result.inspect_err(|error| self.broken = error.kind() != io::ErrorKind::Interrupted)?;
        if count == 0 {
            self.broken = true;
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.sum.update(&buffer[..count]);
        self.left -= count as u64;
        Ok(count)
    }
}

impl Archive<'_> {
    fn hand_over(&self, sink: &mut dyn Sink) -> Flow {
        for file in self.contents.files.iter().filter(|file| !file.has_stream) {
            let name = Reader::name(self.header, file);
            sink.take(Member::named("7z member", &name), Content::Held(&[]))?;
        }
        let blocks = &self.contents.blocks;
        if blocks.len() < 2 || self.bytes.size() < WORTH_SHARING {
            return blocks.iter().try_for_each(|block| self.block(block, sink));
        }
        let parts = PARTS.min(blocks.len());
        sink.share(parts, &|part, sink| {
            // Whoever wants no more of a part knows why.
            let _ = blocks.iter().skip(part).step_by(parts).try_for_each(|block| self.block(block, sink));
        })
    }

    /// Hands over the members of a block; what goes wrong costs no other.
    fn block(&self, block: &Block, sink: &mut dyn Sink) -> Flow {
        let memory = decode::memory(block);
        let result = memory.and_then(|memory| holding(memory, sink, |sink| self.members(block, sink)));
        match result {
            Ok(flow) => flow,
            Err(trouble) => {
                self.tell(block, block.streams.start, trouble, sink);
                Continue(())
            }
        }
    }

    fn members(&self, block: &Block, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
        let key = key_of(self.bytes, &self.contents, block, self.keys, sink)?;
        let mut source = decode::reader(self.bytes, &self.contents, block, key.as_ref())?;
        for index in block.streams.clone() {
            let Some(stream) = self.contents.streams.get(index) else { break };
            let mut one = One::new(&mut *source, *stream);
            let name = self.name(index);
            let member = name.as_deref().map_or(Member::only("7z member"), |name| Member::named("7z member", name));
            if sink.take(member, Content::Read(&mut one, None)).is_break() {
                return Ok(Break(()));
            }
            if let Err(trouble) = pass(&mut one, sink) {
                if index + 1 < block.streams.end {
                    self.tell(block, index + 1, trouble, sink);
                }
                break;
            }
        }
        Ok(Continue(()))
    }

    fn name(&self, stream: usize) -> Option<String> {
        let file = self.contents.files.get(*self.files.get(stream)? as usize)?;
        Some(Reader::name(self.header, file)).filter(|name| !name.is_empty())
    }

    /// Tells what became of the members of a block, from one on.
    fn tell(&self, block: &Block, from: usize, mut trouble: Trouble, sink: &mut dyn Sink) {
        match block.streams.end.saturating_sub(from) {
            // A block without members costs nobody anything.
            0 => return,
            1 => {}
            count => trouble.text = format!("{}; the same is true of {} members behind it", trouble.text, count - 1),
        }
        sink.tell(self.name(from).as_deref(), "7z member", trouble);
    }
}

/// Reads what nobody wanted of a member, so that the next can be had.
fn pass(one: &mut One<'_>, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut piece = Zeroizing::new(vec![0; if one.left > 0 { PIECE } else { 0 }]);
    while one.left > 0 && !one.broken {
        match one.read(&mut piece) {
            Ok(count) => sink.spend(count as u64)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    if one.broken { Err(Trouble::malformed("cannot be had, for what is before it is damaged")) } else { Ok(()) }
}
