//! xz, of any number of streams.
//!
//! Holds: opening it. Must not know: whether it was a file or stood inside of another.

use std::io::{self, BufRead, Read};

use lzma_rust2::{Action, XzReader, XzStream};

use super::frames::{Frame, Input, Next, Words, open_frames};
use super::{Format, Open, Raw, Sink};
use crate::base::{Reason, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "xz",
    scope: "any number of streams with their filters and checks; padding behind the last",
    recognises: |probe| begins(probe.head),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// What streams may hold that follow one that holds less: the window of `xz -6`.
const USUAL: u64 = 9 << 20;

/// What the reader holds of its input besides that.
const PIECE: u64 = 128 << 10;

const WORDS: Words = Words { frames: "xz stream", behind: "what follows an xz stream" };

/// Magic, and the first of the two flags, which is reserved.
fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xFD7zXZ\0\0")
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let window = memory(input.fill_buf().map_err(|error| Trouble::of(&error))?);
    open_frames(input, sink, window.max(USUAL), &WORDS, begin)
}

/// What a stream needs, as its first block says.
fn memory(head: &[u8]) -> u64 {
    let mut probe = XzStream::new_mem_limit(false, 0);
    // It stops where memory is asked for, and says how much.
    let _ = probe.process(head, &mut [], Action::Run);
    (u64::from(probe.memory_usage().unwrap_or(0)) << 10) + PIECE
}

fn begin(input: Input<'_>, window: u64) -> io::Result<Next<'_>> {
    while input.fill_buf()?.starts_with(&[0; 4]) {
        input.consume(4);
    }
    let head = input.fill_buf()?;
    if !begins(head) || memory(head) > window {
        return Ok(Next::Nothing(input));
    }
    let limit = u32::try_from(window >> 10).unwrap_or(u32::MAX - 1);
    Ok(Next::Frame(Box::new(One(XzReader::new_mem_limit(input, false, limit)))))
}

struct One<'a>(XzReader<Input<'a>>);

impl Read for One<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::OutOfMemory => {
                let text = "has a part that needs more memory to be opened than its first part and --max-blob allow";
                Trouble::limit(Reason::TooLarge, "--max-blob", text).into()
            }
            _ => error,
        })
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

    use lzma_rust2::{CheckType, FilterConfig, FilterType, XzOptions, XzWriter};

    use super::*;
    use crate::base::Limits;
    use crate::unpack::recorded::{content, recognises, torture};

    fn pack_with(content: &[u8], options: XzOptions) -> Vec<u8> {
        let mut writer = XzWriter::new(Vec::new(), options).expect("memory takes it");
        writer.write_all(content).expect("memory takes it");
        writer.finish().expect("memory takes it")
    }

    fn pack(content: &[u8]) -> Vec<u8> {
        pack_with(content, XzOptions::with_preset(1))
    }

    #[test]
    fn all_streams_are_read() {
        let packed = [pack(b"one "), vec![0; 8], pack(b""), pack(b"two")].concat();
        assert!(recognises(&FORMAT, &packed, "") && !recognises(&FORMAT, &packed[1..], "a.xz"));
        for behind in [&b""[..], &[0; 4], &[0; 3], b"needle-1"] {
            let whole = [&packed, behind].concat();
            let (got, reasons) = content(&FORMAT, &whole, &Limits::default());
            let shown = if behind == [0; 4] { b"" } else { behind };
            assert_eq!((got, reasons), ([b"one two", shown].concat(), vec![]));
        }
    }

    #[test]
    fn checks_and_filters_are_known() {
        for check in [CheckType::None, CheckType::Crc32, CheckType::Crc64, CheckType::Sha256] {
            let mut options = XzOptions::with_preset(0);
            options.check_type = check;
            options.filters =
                vec![FilterConfig { filter_type: FilterType::Delta, property: 4 }].into_iter().collect::<Vec<_>>();
            let packed = pack_with(b"needle-1 needle-2 needle-3", options);
            let (got, reasons) = content(&FORMAT, &packed, &Limits::default());
            assert_eq!((got.as_slice(), reasons), (&b"needle-1 needle-2 needle-3"[..], vec![]));
        }
    }

    #[test]
    fn a_wrong_check_is_told() {
        let packed = pack(b"needle-1");
        for at in [packed.len() - 24, packed.len() - 10] {
            let mut damaged = packed.clone();
            damaged[at] ^= 1;
            let (got, reasons) = content(&FORMAT, &damaged, &Limits::default());
            assert!(got.starts_with(b"needle-1"), "{at}");
            assert_eq!(reasons, [Reason::Malformed], "{at}");
        }
    }

    #[test]
    fn limits_are_named() {
        let bomb = pack(&vec![0; 8 << 20]);
        assert_eq!(content(&FORMAT, &bomb, &Limits::default()).1, [Reason::Ratio]);
        let mut options = XzOptions::with_preset(0);
        options.lzma_options.dict_size = 64 << 20;
        let large = pack_with(b"needle-1", options.clone());
        assert_eq!(content(&FORMAT, &large, &Limits::default()), (b"needle-1".to_vec(), vec![]));
        // One that follows a smaller one is opened by itself.
        let mixed = [pack(b"one"), large.clone()].concat();
        assert_eq!(content(&FORMAT, &mixed, &Limits::default()), ([b"one".to_vec(), large].concat(), vec![]));
        options.lzma_options.dict_size = 256 << 20;
        let larger = pack_with(b"needle-1", options);
        assert_eq!(content(&FORMAT, &larger, &Limits::default()), (vec![], vec![Reason::TooLarge]));
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, &[pack(b"one "), pack(&[7; 5000])].concat());
    }
}
