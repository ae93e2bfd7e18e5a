//! lzip, of any number of members.
//!
//! Holds: opening it. Must not know: whether it was a file or stood inside of another.

use std::io::{self, BufRead};

use lzma_rust2::{Action, LzipStream, StreamResult};

use super::lzma::{Coder, open_passing};
use super::{Format, Open, Raw, Sink};
use crate::base::Trouble;

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "lzip",
    scope: "any number of members; what follows the last",
    recognises: |probe| probe.head.starts_with(b"LZIP\x01"),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut probe = LzipStream::new_mem_limit(true, 0);
    let head = input.fill_buf().map_err(|error| Trouble::of(&error))?;
    // It stops where memory is asked for, and says how much.
    let _ = probe.process(head, &mut [], Action::Run);
    // Members that follow may ask for what the usual ones need: 8 MiB.
    let memory = probe.memory_usage().unwrap_or(0).max(9 << 10);
    let coder = LzipStream::new_mem_limit(true, memory);
    open_passing(input, sink, coder, Some(memory), ["lzip stream", "what follows an lzip stream"])
}

impl Coder for LzipStream {
    fn process(&mut self, input: &[u8], output: &mut [u8], action: Action) -> (io::Result<StreamResult>, usize) {
        let before = self.total_out();
        let result = Self::process(self, input, output, action);
        (result, usize::try_from(self.total_out() - before).unwrap_or(0))
    }

    fn unused(&self) -> &[u8] {
        self.unused_input()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use lzma_rust2::{LzipOptions, LzipWriter};

    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{content, recognises, torture};

    fn pack(content: &[u8]) -> Vec<u8> {
        let mut writer = LzipWriter::new(Vec::new(), LzipOptions::with_preset(1));
        writer.write_all(content).expect("memory takes it");
        writer.finish().expect("memory takes it")
    }

    #[test]
    fn all_members_are_read() {
        let packed = [pack(b"one "), pack(b"two")].concat();
        assert!(recognises(&FORMAT, &packed, ""));
        assert_eq!(content(&FORMAT, &packed, &Limits::default()), (b"one two".to_vec(), vec![]));
        let behind = [packed, b" needle-2".to_vec()].concat();
        assert_eq!(content(&FORMAT, &behind, &Limits::default()), (b"one two needle-2".to_vec(), vec![]));
    }

    #[test]
    fn damage_and_limits_are_told() {
        let mut packed = [pack(b"needle-1"), pack(b"needle-2")].concat();
        let last = packed.len() - 20;
        packed[last] ^= 1;
        let (got, reasons) = content(&FORMAT, &packed, &Limits::default());
        assert_eq!((got, reasons), (b"needle-1needle-2".to_vec(), vec![Reason::Malformed]));
        assert_eq!(content(&FORMAT, &pack(&vec![0; 8 << 20]), &Limits::default()).1, [Reason::Ratio]);
        let mut large = pack(b"needle-1");
        large[5] = 29;
        assert_eq!(content(&FORMAT, &large, &Limits::default()), (vec![], vec![Reason::TooLarge]));
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, &[pack(b"one "), pack(&[7; 5000])].concat());
    }
}
