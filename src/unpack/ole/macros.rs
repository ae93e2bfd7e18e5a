//! The source of macros.
//!
//! Holds: finding it in the streams of a VBA project, and its compression. Must not know: the language.

use std::io::{self, Read};

use memchr::memmem;
use zeroize::Zeroizing;

use super::container::Compound;
use super::directory::Entry;
use super::integers::u16_at;
use crate::base::{Places, ReadAt, Trouble};
use crate::unpack::{Content, Flow, Member, Sink};

/// Bytes that a chunk has when it is decompressed.
const CHUNK: usize = 4096;

/// Hands over the source of a module. It begins with the word «Attribute», of which the first eight letters cannot be
/// compressed; so it is found without the list of modules, which may be damaged.
pub(super) fn open(file: &Compound<'_>, entry: &Entry, name: &str, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    let stream = file.stream(entry);
    let bytes = stream.held(0, stream.size(), sink)?;
    let mut flow = Flow::Continue(());
    if let Some(source) = source_in(&bytes) {
        let size = source.len() as u64;
        let mut source = Source { packed: source, chunk: Zeroizing::default(), at: 0 };
        flow = sink.take(Member::named("VBA module", name).made(Places::Lines), Content::Read(&mut source, Some(size)));
    }
    sink.release(bytes.len() as u64);
    Ok(flow)
}

/// The chunks of a source, without the mark before them.
fn source_in(bytes: &[u8]) -> Option<&[u8]> {
    // Before the letters stand the mark, the header of the chunk, and that eight letters follow.
    memmem::find_iter(bytes, b"\0Attribut").find_map(|at| {
        let begin = at.checked_sub(3)?;
        let header = u16_at(bytes, begin + 1)?;
        (bytes.get(begin) == Some(&1) && header >> 12 == 0xB).then(|| bytes.get(begin + 1..))?
    })
}

/// Decompresses chunk by chunk.
struct Source<'a> {
    packed: &'a [u8],
    chunk: Zeroizing<Vec<u8>>,
    at: usize,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.chunk.len() {
            self.chunk.clear();
            self.at = 0;
            let Some(header) = u16_at(self.packed, 0) else { return Ok(0) };
            if header >> 12 & 7 != 3 {
                // What is padded behind the last chunk is none.
                return Ok(0);
            }
            let length = (usize::from(header & 0x0FFF) + 1).min(self.packed.len() - 2);
            let (packed, rest) = self.packed[2..].split_at(length);
            self.packed = rest;
            if header & 0x8000 == 0 {
                self.chunk.extend_from_slice(packed);
            } else if decompress(packed, &mut self.chunk).is_none() && self.chunk.is_empty() {
                return Err(Trouble::malformed("is damaged").into());
            }
        }
        let rest = self.chunk.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

/// Decompresses a chunk: letters, and copies of what came before. Nothing where it is broken; what came before that
/// is kept.
fn decompress(packed: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut at = 0;
    while at < packed.len() {
        let flags = *packed.get(at)?;
        at += 1;
        for bit in 0..8 {
            if at >= packed.len() || out.len() >= CHUNK {
                break;
            }
            if flags >> bit & 1 == 0 {
                out.push(*packed.get(at)?);
                at += 1;
                continue;
            }
            let token = u16_at(packed, at)?;
            at += 2;
            // The more there is to copy from, the more bits say from where.
            let bits = (usize::BITS - out.len().checked_sub(1)?.leading_zeros()).clamp(4, 12);
            let back = usize::from(token >> (16 - bits)) + 1;
            let length = usize::from(token & (0xFFFF >> bits)) + 3;
            let from = out.len().checked_sub(back)?;
            for index in from..(from + length).min(CHUNK - back) {
                let byte = *out.get(index)?;
                out.push(byte);
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(packed: &[u8]) -> Vec<u8> {
        let mut source = Source { packed, chunk: Zeroizing::default(), at: 0 };
        let (mut all, mut buffer) = (Vec::new(), [0; 100]);
        while let Ok(count @ 1..) = source.read(&mut buffer) {
            all.extend_from_slice(&buffer[..count]);
        }
        all
    }

    #[test]
    fn the_samples_of_the_specification_are_read() {
        let normal =
            b"\x2F\xB0\x00\x23\x61\x61\x61\x62\x63\x64\x65\x82\x66\x00\x70\x61\x67\x68\x69\x6A\x01\x38\x08\x61\
            \x6B\x6C\x00\x30\x6D\x6E\x6F\x70\x06\x71\x02\x70\x04\x10\x72\x73\x74\x75\x76\x10\x77\x78\x79\x7A\x00\x3C";
        assert_eq!(unpacked(normal), b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa");
        assert_eq!(unpacked(b"\x03\xB0\x02\x61\x45\x00"), b"a".repeat(73));
        let none = b"\x19\xB0\x00abcdefgh\x00ijklmnop\x00qrstuv.";
        assert_eq!(unpacked(none), b"abcdefghijklmnopqrstuv.");
    }

    #[test]
    fn a_chunk_is_never_longer_than_it_may_be() {
        let packed = [b"\x00\xB2\x02a\xFF\x0F".as_slice(), &[0xFF; 507]].concat();
        assert!(unpacked(&packed).len() <= CHUNK);
    }

    #[test]
    fn a_source_is_found_behind_what_was_compiled() {
        assert_eq!(source_in(b"compiled\x01\x30\xB0\0Attribute"), Some(&b"\x30\xB0\0Attribute"[..]));
        assert_eq!(source_in(b"\0Attribute"), None);
    }
}
