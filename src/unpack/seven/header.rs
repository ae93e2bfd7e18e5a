//! The table of contents of a 7z archive.
//!
//! Holds: `Contents` and the reading of it, which asks for the memory it takes before it takes it. Must not know: how
//! anything is decoded.

use std::ops::Range;

use crate::base::Trouble;
use crate::unpack::Sink;

/// Decoders that a block may chain, and streams between them; 7-Zip itself makes seven of them at most.
const MOST_CODERS: u64 = 32;

/// Bytes of memory that a block, a decoder of it, a stream and a file take here, more than less.
const BLOCK: u64 = 320;
const CODER: u64 = 192;
const STREAM: u64 = 16;
const FILE: u64 = 8;

/// What an archive holds.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) blocks: Vec<Block>,
    /// Where each packed stream lies.
    pub(super) packed: Vec<Range<u64>>,
    /// What comes out of the blocks, one after the other.
    pub(super) streams: Vec<Stream>,
    pub(super) files: Vec<File>,
}

/// What was packed at once.
#[derive(Default)]
pub(super) struct Block {
    pub(super) coders: Vec<Coder>,
    /// Which stream that goes into a decoder comes out of which.
    pub(super) binds: Vec<(u64, u64)>,
    /// Which streams that go into decoders lie in the archive.
    pub(super) inputs: Vec<u64>,
    /// What each decoder yields, in bytes.
    pub(super) sizes: Vec<u64>,
    checksum: Option<u32>,
    /// The first of its packed streams.
    pub(super) first_packed: usize,
    /// The first of what comes out of it, and how much that is.
    pub(super) streams: Range<usize>,
}

/// A decoder of a block.
pub(super) struct Coder {
    pub(super) method: u64,
    pub(super) inputs: u64,
    pub(super) properties: Vec<u8>,
}

/// The bytes of one file, in a block.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    pub(super) size: u64,
    pub(super) checksum: Option<u32>,
}

/// A file or a folder.
pub(super) struct File {
    /// Where its name begins in the header.
    pub(super) name: u32,
    pub(super) has_stream: bool,
}

impl Block {
    /// Which decoder comes last: what comes out of it goes into no other.
    pub(super) fn last(&self) -> usize {
        let is_bound = |index: &usize| self.binds.iter().any(|bind| bind.1 == *index as u64);
        (0..self.coders.len()).find(|index| !is_bound(index)).unwrap_or(0)
    }

    fn size(&self) -> u64 {
        self.sizes.get(self.last()).copied().unwrap_or(0)
    }
}

/// Reads a header from its beginning.
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    /// The memory that was asked for, to be released by whoever reads.
    pub(super) held: u64,
}

type Result<T> = std::result::Result<T, Trouble>;

fn broken() -> Trouble {
    Trouble::malformed("has a damaged table of contents")
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0, held: 0 }
    }

    fn hold(&mut self, bytes: u64, sink: &mut dyn Sink) -> Result<()> {
        sink.hold(bytes)?;
        self.held += bytes;
        Ok(())
    }

    fn left(&self) -> u64 {
        self.bytes.len().saturating_sub(self.at) as u64
    }

    fn take(&mut self, count: u64) -> Result<&'b [u8]> {
        let count = usize::try_from(count).map_err(|_| broken())?;
        let rest = self.bytes.get(self.at..).ok_or_else(broken)?;
        let taken = rest.get(..count).ok_or_else(broken)?;
        self.at += count;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        self.take(1)?.first().copied().ok_or_else(broken)
    }

    /// A number of one to nine bytes: the first tells how many follow.
    fn number(&mut self) -> Result<u64> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let mut value = [0; 8];
        let rest = self.take(u64::from(more))?;
        value[..rest.len()].copy_from_slice(rest);
        let high = u64::from(first) & (0x7F_u64 >> more);
        let high = if more < 8 { high << (8 * more) } else { 0 };
        Ok(u64::from_le_bytes(value) | high)
    }

    /// A number of things that take at least a byte each.
    fn count(&mut self) -> Result<u64> {
        let count = self.number()?;
        if count > self.left() { Err(broken()) } else { Ok(count) }
    }

    fn expect(&mut self, id: u8) -> Result<()> {
        if self.byte()? == id { Ok(()) } else { Err(broken()) }
    }

    fn bits(&mut self, count: u64) -> Result<Vec<bool>> {
        let bytes = self.take(count.div_ceil(8))?;
        Ok((0..count as usize).map(|index| bytes[index / 8] & (0x80 >> (index % 8)) != 0).collect())
    }

    /// Checksums, for those that have one.
    fn checksums(&mut self, count: u64) -> Result<Vec<Option<u32>>> {
        let known = match self.byte()? {
            0 => self.bits(count)?,
            _ if count * 4 > self.left() => return Err(broken()),
            _ => vec![true; count as usize],
        };
        known.into_iter().map(|known| if known { self.checksum().map(Some) } else { Ok(None) }).collect()
    }

    fn checksum(&mut self) -> Result<u32> {
        let bytes = self.take(4)?.try_into().map_err(|_| broken())?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// A whole header, without the byte that says what it is.
    pub(super) fn header(&mut self, sink: &mut dyn Sink) -> Result<Contents> {
        let mut contents = Contents::default();
        let mut id = self.byte()?;
        if id == 2 {
            while self.number()? != 0 {
                let size = self.number()?;
                self.take(size)?;
            }
            id = self.byte()?;
        }
        if id == 3 {
            self.streams(sink)?;
            id = self.byte()?;
        }
        if id == 4 {
            contents = self.streams(sink)?;
            id = self.byte()?;
        }
        if id == 5 {
            self.files(&mut contents, sink)?;
            id = self.byte()?;
        }
        if id == 0 { Ok(contents) } else { Err(broken()) }
    }

    /// What says where the packed streams lie, and how they are decoded.
    pub(super) fn streams(&mut self, sink: &mut dyn Sink) -> Result<Contents> {
        let mut contents = Contents::default();
        let mut id = self.byte()?;
        if id == 6 {
            self.packed(&mut contents, sink)?;
            id = self.byte()?;
        }
        if id == 7 {
            self.blocks(&mut contents, sink)?;
            id = self.byte()?;
        }
        let is_told = id == 8;
        let counts = self.counts(&contents, &mut id)?;
        self.sizes(&mut contents, &counts, &mut id, sink)?;
        if is_told && id != 0 {
            return Err(broken());
        }
        if is_told {
            id = self.byte()?;
        }
        if id == 0 { Ok(contents) } else { Err(broken()) }
    }

    fn packed(&mut self, contents: &mut Contents, sink: &mut dyn Sink) -> Result<()> {
        // Positions count from behind the first 32 bytes.
        let mut at = self.number()?.checked_add(32).ok_or_else(broken)?;
        let count = self.count()?;
        self.hold(count * STREAM, sink)?;
        let mut id = self.byte()?;
        if id == 9 {
            for _ in 0..count {
                let end = at.checked_add(self.number()?).ok_or_else(broken)?;
                contents.packed.push(at..end);
                at = end;
            }
            id = self.byte()?;
        }
        if id == 10 {
            self.checksums(count)?;
            id = self.byte()?;
        }
        if id == 0 { Ok(()) } else { Err(broken()) }
    }

    fn blocks(&mut self, contents: &mut Contents, sink: &mut dyn Sink) -> Result<()> {
        self.expect(11)?;
        // A block takes three bytes at least, and a fourth for its size.
        let count = self.count()?;
        if count > self.left() / 3 {
            return Err(broken());
        }
        self.hold(count * BLOCK, sink)?;
        self.expect(0)?;
        let mut first_packed = 0_usize;
        for _ in 0..count {
            let block = self.block(first_packed, sink)?;
            first_packed += block.inputs.len();
            contents.blocks.push(block);
        }
        self.expect(12)?;
        for block in &mut contents.blocks {
            block.sizes = (0..block.coders.len()).map(|_| self.number()).collect::<Result<_>>()?;
        }
        let mut id = self.byte()?;
        if id == 10 {
            let checksums = self.checksums(count)?;
            contents.blocks.iter_mut().zip(checksums).for_each(|(block, checksum)| block.checksum = checksum);
            id = self.byte()?;
        }
        if id == 0 { Ok(()) } else { Err(broken()) }
    }

    fn block(&mut self, first_packed: usize, sink: &mut dyn Sink) -> Result<Block> {
        let mut block = Block { first_packed, ..Block::default() };
        let count = self.number()?;
        if count == 0 || count > MOST_CODERS {
            return Err(broken());
        }
        self.hold(count * CODER, sink)?;
        let mut inputs = 0;
        for _ in 0..count {
            let coder = self.coder()?;
            inputs += coder.inputs;
            block.coders.push(coder);
        }
        if inputs > MOST_CODERS || inputs < count {
            return Err(broken());
        }
        for _ in 1..count {
            let bind = (self.number()?, self.number()?);
            // What goes into two decoders would be decoded for each, and what goes into that again.
            if block.binds.iter().any(|other| other.1 == bind.1) {
                return Err(broken());
            }
            block.binds.push(bind);
        }
        let outer = inputs + 1 - count;
        if outer == 1 {
            let is_bound = |input: &u64| block.binds.iter().any(|bind| bind.0 == *input);
            block.inputs.extend((0..inputs).find(|input| !is_bound(input)));
        } else {
            for _ in 0..outer {
                block.inputs.push(self.number()?);
            }
        }
        Ok(block)
    }

    fn coder(&mut self) -> Result<Coder> {
        let flags = self.byte()?;
        let id = self.take(u64::from(flags & 0x0F).min(9))?;
        let method = id.iter().fold(0_u64, |method, byte| (method << 8) | u64::from(*byte));
        let (mut inputs, mut outputs) = (1, 1);
        if flags & 0x10 != 0 {
            (inputs, outputs) = (self.number()?, self.number()?);
        }
        let mut properties = Vec::new();
        if flags & 0x20 != 0 {
            let size = self.number()?;
            // None has more than those of AES, with salt and all.
            if size > 64 {
                return Err(broken());
            }
            properties = self.take(size)?.to_vec();
        }
        if flags & 0x80 != 0 || inputs > MOST_CODERS || outputs != 1 || id.len() > 8 {
            return Err(broken());
        }
        Ok(Coder { method, inputs, properties })
    }

    /// How many streams come out of each block.
    fn counts(&mut self, contents: &Contents, id: &mut u8) -> Result<Vec<u64>> {
        if *id == 8 {
            *id = self.byte()?;
            if *id == 13 {
                let counts = contents.blocks.iter().map(|_| self.number()).collect::<Result<Vec<_>>>()?;
                *id = self.byte()?;
                return Ok(counts);
            }
        }
        Ok(vec![1; contents.blocks.len()])
    }

    fn sizes(&mut self, contents: &mut Contents, counts: &[u64], id: &mut u8, sink: &mut dyn Sink) -> Result<()> {
        // All but the last of a block take a byte each.
        let total = counts.iter().try_fold(0_u64, |total, count| total.checked_add(*count)).ok_or_else(broken)?;
        if total > self.left() + counts.len() as u64 {
            return Err(broken());
        }
        self.hold(total * STREAM * 2, sink)?;
        let told = *id == 9;
        for (block, count) in contents.blocks.iter_mut().zip(counts) {
            let begun = contents.streams.len();
            let mut rest = block.size();
            for index in 0..*count {
                let size = if index + 1 == *count {
                    rest
                } else if told {
                    self.number()?
                } else {
                    return Err(broken());
                };
                rest = rest.checked_sub(size).ok_or_else(broken)?;
                let checksum = block.checksum.filter(|_| *count == 1);
                contents.streams.push(Stream { size, checksum });
            }
            block.streams = begun..contents.streams.len();
        }
        if told {
            *id = self.byte()?;
        }
        if *id == 10 {
            let unknown = contents.streams.iter().filter(|stream| stream.checksum.is_none()).count();
            let checksums = self.checksums(unknown as u64)?;
            let open = contents.streams.iter_mut().filter(|stream| stream.checksum.is_none());
            open.zip(checksums).for_each(|(stream, checksum)| stream.checksum = checksum);
            *id = self.byte()?;
        }
        Ok(())
    }

    fn files(&mut self, contents: &mut Contents, sink: &mut dyn Sink) -> Result<()> {
        let count = self.count()?;
        self.hold(count * FILE * 2, sink)?;
        contents.files.extend((0..count).map(|_| File { name: u32::MAX, has_stream: true }));
        loop {
            let id = self.byte()?;
            if id == 0 {
                return Ok(());
            }
            let size = self.number()?;
            let begun = self.at;
            let mut part = Reader::new(self.take(size)?);
            match id {
                14 => {
                    let bits = part.bits(count)?;
                    contents.files.iter_mut().zip(bits).for_each(|(file, empty)| file.has_stream = !empty);
                }
                // Names in another stream were never written by anything.
                17 if part.byte()? == 0 => {
                    let mut at = part.at;
                    for file in &mut contents.files {
                        file.name = u32::try_from(begun + at).map_err(|_| broken())?;
                        let units = part.bytes.get(at..).unwrap_or_default().as_chunks::<2>().0;
                        let Some(length) = units.iter().position(|unit| *unit == [0, 0]) else { break };
                        at += 2 * (length + 1);
                    }
                }
                _ => {}
            }
        }
    }

    /// The name that begins at a place.
    pub(super) fn name(bytes: &[u8], file: &File) -> String {
        let units = bytes.get(file.name as usize..).unwrap_or_default().as_chunks::<2>().0;
        let units = units.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|unit| *unit != 0);
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    }
}
