//! LZMA by itself, as it was before xz.
//!
//! Holds: opening it, and `Passing`, which reads through decoders that are fed. Must not know: whether it was a file or
//! stood inside of another.

use std::io::{self, BufRead, Read};

use lzma_rust2::{Action, LzmaStream, Status, StreamResult};

use super::frames::with_window;
use super::{Content, Format, Member, Open, Raw, Sink};
use crate::base::{Reason, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "lzma",
    scope: "one stream with the usual properties, by its header alone; what follows it",
    recognises: |probe| begins(probe.head),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// It has no magic. So: the properties all programs write, a dictionary of a size they write, a size below 256 GiB or
/// none, and the byte with which the coder always begins.
fn begins(bytes: &[u8]) -> bool {
    let [0x5D, 0, d1, d2, d3, size @ .., 0] = bytes.get(..14).unwrap_or_default() else { return false };
    let dictionary = u32::from_le_bytes([0, *d1, *d2, *d3]);
    let usual = match dictionary.trailing_zeros() {
        zeros @ 11.. => matches!(dictionary.checked_shr(zeros), Some(1 | 3)) && dictionary >= 4096,
        _ => false,
    };
    let none = size == [0xFF; 8];
    let plausible = size.len() == 8 && size[5..] == [0; 3] && size[4] < 0x40 && size[..5] != [0; 5];
    usual && (none || plausible)
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut probe = LzmaStream::new_mem_limit(0, None);
    let head = input.fill_buf().map_err(|error| Trouble::of(&error))?;
    // It stops where memory is asked for, and says how much.
    let _ = probe.process(head, &mut [], Action::Run);
    let coder = LzmaStream::new_mem_limit(u32::MAX, None);
    open_passing(input, sink, coder, probe.memory_usage(), ["lzma stream", "what follows an lzma stream"])
}

/// A decoder that is fed.
pub(super) trait Coder {
    /// Decodes some of the input; what it wrote is told even where it fails.
    fn process(&mut self, input: &[u8], output: &mut [u8], action: Action) -> (io::Result<StreamResult>, usize);

    /// What it took and did not need, once it is done.
    fn unused(&self) -> &[u8];
}

impl Coder for LzmaStream {
    fn process(&mut self, input: &[u8], output: &mut [u8], action: Action) -> (io::Result<StreamResult>, usize) {
        let before = self.total_out();
        let result = Self::process(self, input, output, action);
        (result, usize::try_from(self.total_out() - before).unwrap_or(0))
    }

    fn unused(&self) -> &[u8] {
        self.unused_input()
    }
}

/// Opens what a coder decodes that needs so many KiB; `whats` name it and what follows it.
pub(super) fn open_passing(
    input: &mut dyn BufRead,
    sink: &mut dyn Sink,
    coder: impl Coder,
    memory: Option<u32>,
    whats: [&'static str; 2],
) -> Result<(), Trouble> {
    with_window(sink, u64::from(memory.unwrap_or(0)) << 10, |sink| {
        let mut passing = Passing { input, coder, ended: false, failed: None };
        if sink.take(Member::only(whats[0]), Content::Read(&mut passing, None)).is_break() {
            return Ok(());
        }
        let Passing { input, coder, ended, failed } = passing;
        if let Some(error) = failed {
            return Err(Trouble::of(&error));
        }
        let mut rest = coder.unused().chain(input);
        if ended && !rest.fill_buf().map_err(|error| Trouble::of(&error))?.is_empty() {
            // It is the last there is, whether more is wanted or not.
            let _ = sink.take(Member::only(whats[1]).echo(), Content::Read(&mut rest, None));
        }
        Ok(())
    })
}

struct Passing<'a, C> {
    input: &'a mut dyn BufRead,
    coder: C,
    ended: bool,
    /// What is damaged. It is told of the whole, whose bytes are then searched as they are.
    failed: Option<io::Error>,
}

impl<C: Coder> Passing<'_, C> {
    fn step(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let held = self.input.fill_buf()?;
        let action = if held.is_empty() { Action::Finish } else { Action::Run };
        let (result, count) = self.coder.process(held, buffer, action);
        match result {
            Ok(done) => {
                self.input.consume(done.bytes_consumed);
                self.ended = done.status == Status::StreamEnd;
                if count == 0 && done.bytes_consumed == 0 && !self.ended {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Err(error) => self.failed = Some(error),
        }
        Ok((count > 0 || self.ended || self.failed.is_some()).then_some(count))
    }
}

impl<C: Coder> Read for Passing<'_, C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() && !self.ended && self.failed.is_none() {
            match self.step(buffer) {
                Ok(None) => {}
                Ok(Some(count)) => return Ok(count),
                Err(error) if Trouble::of(&error).reason != Reason::Malformed => return Err(error),
                Err(error) => self.failed = Some(error),
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use lzma_rust2::{LzmaOptions, LzmaWriter};

    use super::*;
    use crate::base::Limits;
    use crate::unpack::recorded::{content, recognises, torture};

    fn pack(content: &[u8], size: Option<u64>, dictionary: u32) -> Vec<u8> {
        let mut options = LzmaOptions::with_preset(1);
        options.dict_size = dictionary;
        let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, size).expect("memory takes it");
        writer.write_all(content).expect("memory takes it");
        writer.finish().expect("memory takes it")
    }

    #[test]
    fn a_stream_is_read_with_its_size_or_without() {
        for size in [None, Some(8)] {
            let packed = pack(b"needle-1", size, 1 << 20);
            assert!(recognises(&FORMAT, &packed, ""));
            assert_eq!(content(&FORMAT, &packed, &Limits::default()), (b"needle-1".to_vec(), vec![]));
            let behind = [packed, b" needle-2".to_vec()].concat();
            assert_eq!(content(&FORMAT, &behind, &Limits::default()), (b"needle-1 needle-2".to_vec(), vec![]));
        }
    }

    #[test]
    fn little_is_like_it() {
        let packed = pack(b"needle-1", None, 3 << 19);
        assert!(recognises(&FORMAT, &packed, ""));
        for (at, byte) in [(0, 0x5E), (1, 1), (2, 0x10), (4, 0x7F), (7, 0), (13, 1)] {
            let mut other = packed.clone();
            other[at] = byte;
            assert!(!recognises(&FORMAT, &other, "a.lzma"), "{at}");
        }
    }

    #[test]
    fn damage_and_limits_are_told() {
        let packed = pack(&b"needle-1 ".repeat(1000), None, 1 << 20);
        let (got, reasons) = content(&FORMAT, &packed[..packed.len() - 8], &Limits::default());
        assert!(got.starts_with(b"needle-1 needle-1"));
        assert_eq!(reasons, [Reason::Malformed]);
        let bomb = pack(&vec![0; 8 << 20], None, 1 << 20);
        assert_eq!(content(&FORMAT, &bomb, &Limits::default()).1, [Reason::Ratio]);
        let large = pack(b"needle-1", None, 256 << 20);
        assert_eq!(content(&FORMAT, &large, &Limits::default()), (vec![], vec![Reason::TooLarge]));
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, &pack(&b"needle-1 needle-2 ".repeat(100), None, 1 << 20));
    }
}
