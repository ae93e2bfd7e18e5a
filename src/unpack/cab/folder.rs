//! The content of a folder of a cabinet: what its files are cut out of.
//!
//! Holds: its blocks, and their decoders. Must not know: files.

use std::io::{self, Read};

use flate2::{Decompress, FlushDecompress};
use lzxd::{Lzxd, WindowSize};
use zeroize::Zeroizing;

use crate::base::{ReadAt, Trouble};

/// What a block holds at most.
const BLOCK: usize = 32 << 10;

/// What a block takes at most, by the rules of all compressions.
const PACKED: usize = BLOCK + 6144;

/// Where a folder stands and how it is compressed.
#[derive(Clone, Copy)]
pub(super) struct Folder {
    pub(super) start: u64,
    pub(super) blocks: u16,
    pub(super) compression: u16,
    /// Bytes in the header of each block which the cabinet reserved.
    pub(super) reserved: u8,
}

enum Decoder {
    Stored,
    Zip(Box<Decompress>),
    Lzx(Box<Lzxd>),
}

/// What decoding a folder holds.
pub(super) fn memory(folder: Folder) -> u64 {
    let window = if folder.compression & 15 == 3 { 1 << ((folder.compression >> 8) & 31) } else { 0 };
    window + (256 << 10)
}

/// Reads a folder from front to back.
pub(super) struct Content<'a> {
    cabinet: &'a dyn ReadAt,
    decoder: Decoder,
    at: u64,
    left: u16,
    reserved: u8,
    packed: Vec<u8>,
    block: Zeroizing<Vec<u8>>,
    given: usize,
    /// How much was given.
    pub(super) position: u64,
}

impl<'a> Content<'a> {
    pub(super) fn new(cabinet: &'a dyn ReadAt, folder: Folder) -> Result<Self, Trouble> {
        let decoder = match (folder.compression & 15, (folder.compression >> 8) & 31) {
            (0, _) => Decoder::Stored,
            (1, _) => Decoder::Zip(Box::new(Decompress::new(false))),
            (3, bits @ 15..=21) => {
                let sizes = [
                    WindowSize::KB32,
                    WindowSize::KB64,
                    WindowSize::KB128,
                    WindowSize::KB256,
                    WindowSize::KB512,
                    WindowSize::MB1,
                    WindowSize::MB2,
                ];
                Decoder::Lzx(Box::new(Lzxd::new(sizes[usize::from(bits - 15)])))
            }
            (2, _) => return Err(Trouble::unsupported("is compressed with Quantum; not opened")),
            _ => return Err(Trouble::unsupported("is compressed in a way that is not known; not opened")),
        };
        let (at, left, reserved) = (folder.start, folder.blocks, folder.reserved);
        let (packed, block) = (Vec::new(), Zeroizing::default());
        Ok(Self { cabinet, decoder, at, left, reserved, packed, block, given: 0, position: 0 })
    }

    /// Decodes the next block; false behind the last.
    fn advance(&mut self) -> io::Result<bool> {
        if self.left == 0 {
            return Ok(false);
        }
        let mut head = [0; 8];
        self.fill(&mut head)?;
        let [packed, size] = [[head[4], head[5]], [head[6], head[7]]].map(|pair| usize::from(u16::from_le_bytes(pair)));
        if packed > PACKED || size > BLOCK {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if size == 0 {
            return Err(Trouble::unsupported("goes on in another cabinet, which must be joined with it").into());
        }
        self.at += u64::from(self.reserved);
        let mut bytes = std::mem::take(&mut self.packed);
        bytes.resize(packed, 0);
        self.fill(&mut bytes)?;
        self.decode(&bytes, size)?;
        self.packed = bytes;
        self.left -= 1;
        self.given = 0;
        Ok(true)
    }

    fn decode(&mut self, bytes: &[u8], size: usize) -> io::Result<()> {
        let damaged = || io::Error::from(io::ErrorKind::InvalidData);
        match &mut self.decoder {
            Decoder::Stored => {
                self.block.clear();
                self.block.extend_from_slice(bytes.get(..size).ok_or_else(damaged)?);
            }
            Decoder::Zip(inflate) => {
                let bytes = bytes.strip_prefix(b"CK").ok_or_else(damaged)?;
                inflate.reset(false);
                // A block may repeat what the one before it held.
                if !self.block.is_empty() {
                    inflate.set_dictionary(&self.block).map_err(|_| damaged())?;
                }
                self.block.resize(size, 0);
                inflate.decompress(bytes, &mut self.block, FlushDecompress::Finish).map_err(|_| damaged())?;
                if inflate.total_out() != size as u64 {
                    return Err(damaged());
                }
            }
            Decoder::Lzx(lzx) => {
                let content = lzx.decompress_next(bytes, size).map_err(|_| damaged())?;
                self.block.clear();
                self.block.extend_from_slice(content);
            }
        }
        Ok(())
    }

    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let mut length = 0;
        while length < buffer.len() {
            let count = self.cabinet.read_at(&mut buffer[length..], self.at)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            length += count;
            self.at += count as u64;
        }
        Ok(())
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.block.len() {
            if !self.advance()? {
                return Ok(0);
            }
        }
        let count = buffer.len().min(self.block.len() - self.given);
        buffer[..count].copy_from_slice(&self.block[self.given..self.given + count]);
        self.given += count;
        self.position += count as u64;
        Ok(count)
    }
}
