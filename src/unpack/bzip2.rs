//! bzip2, of any number of streams.
//!
//! Holds: opening it. Must not know: whether it was a file or stood inside of another.

use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;

use super::frames::{Frame, Input, Next, Words, open_frames};
use super::{Format, Open, Raw, Sink};
use crate::base::Trouble;

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "bzip2",
    scope: "any number of streams; padding behind the last",
    recognises: |probe| begins(probe.head),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// What a decoder of the largest blocks holds.
const MEMORY: u64 = 4 << 20;

const WORDS: Words = Words { frames: "bzip2 stream", behind: "what follows a bzip2 stream" };

/// Magic, the size of blocks, and how a block or the end of a stream without blocks begins.
fn begins(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..]
    )
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    open_frames(input, sink, MEMORY, &WORDS, begin)
}

fn begin(input: Input<'_>, _window: u64) -> io::Result<Next<'_>> {
    Ok(if begins(input.fill_buf()?) { Next::Frame(Box::new(One(BzDecoder::new(input)))) } else { Next::Nothing(input) })
}

struct One<'a>(BzDecoder<Input<'a>>);

impl Read for One<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<'a> Frame<'a> for One<'a> {
    fn give_back(self: Box<Self>) -> Input<'a> {
        self.0.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{content, recognises, torture};

    fn pack(content: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        encoder.write_all(content).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    #[test]
    fn all_streams_are_read() {
        let packed = [pack(b"one "), pack(b""), pack(b"two")].concat();
        assert!(recognises(&FORMAT, &packed, "") && recognises(&FORMAT, &pack(b""), ""));
        assert!(!recognises(&FORMAT, b"BZh91 is not enough", "a.bz2"));
        assert_eq!(content(&FORMAT, &packed, &Limits::default()), (b"one two".to_vec(), vec![]));
        let padded = [packed, b"needle-1".to_vec()].concat();
        assert_eq!(content(&FORMAT, &padded, &Limits::default()), (b"one twoneedle-1".to_vec(), vec![]));
    }

    #[test]
    fn what_came_before_the_damage_is_kept() {
        let mut damaged = [pack(b"needle-1"), pack(b"needle-2")].concat();
        let last = damaged.len() - 12;
        damaged[last] ^= 0xFF;
        let (got, reasons) = content(&FORMAT, &damaged, &Limits::default());
        assert!(got.starts_with(b"needle-1"));
        assert_eq!(reasons, [Reason::Malformed]);
    }

    #[test]
    fn limits_are_named() {
        let bomb = pack(&vec![0; 32 << 20]);
        assert_eq!(content(&FORMAT, &bomb, &Limits::default()).1, [Reason::Ratio]);
        let limits = Limits { max_blob: 1 << 20, ..Limits::default() };
        assert_eq!(content(&FORMAT, &pack(b"one"), &limits), (b"one".to_vec(), vec![]));
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, &[pack(b"one "), pack(&[7; 5000])].concat());
    }
}
