//! Zstandard, of any number of frames.
//!
//! Holds: opening it. Must not know: whether it was a file or stood inside of another.
//!
//! With the C library: the decoder in Rust takes 2.5 times as long as `zstd -dc`, which leaves too little for the
//! search, and twice the window.

use std::io::{self, BufRead, Read};

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::frames::{Frame, Input, Next, Words, open_frames};
use super::{Format, Open, Raw, Sink};
use crate::base::Trouble;

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "zstd",
    scope: "any number of frames, and what skippable ones hold; none that needs a dictionary of its own",
    recognises: |probe| recognises(probe.head),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// What frames may hold that follow one that holds less: the window of `zstd -19`.
const USUAL: u64 = 8 << 20;

const WORDS: Words = Words { frames: "zstd stream", behind: "what follows a zstd stream" };

fn recognises(bytes: &[u8]) -> bool {
    match skippable(bytes) {
        Some(length) => {
            let behind = usize::try_from(length).ok().and_then(|length| bytes.get(8..)?.get(length..));
            behind.is_some_and(|behind| header(behind).is_some())
        }
        None => header(bytes).is_some(),
    }
}

/// The length of what a skippable frame holds.
pub(super) fn skippable(bytes: &[u8]) -> Option<u64> {
    match *bytes {
        [0x50..=0x5F, 0x2A, 0x4D, 0x18, a, b, c, d, ..] => Some(u64::from(u32::from_le_bytes([a, b, c, d]))),
        _ => None,
    }
}

/// What the header of a frame asks for.
struct Header {
    window: u64,
    dictionary: bool,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let [0x28, 0xB5, 0x2F, 0xFD, flags, fields @ ..] = bytes else { return None };
    if flags & 8 != 0 {
        return None;
    }
    let single = flags & 0x20 != 0;
    let (descriptor, fields) = if single { (0, fields) } else { (*fields.first()?, &fields[1..]) };
    let (dictionary, fields) = fields.split_at_checked([0, 1, 2, 4][usize::from(flags & 3)])?;
    let window = if single {
        match (flags >> 6, fields) {
            (0, [a, ..]) => u64::from(*a),
            (1, [a, b, ..]) => u64::from(u16::from_le_bytes([*a, *b])) + 256,
            (2, [a, b, c, d, ..]) => u64::from(u32::from_le_bytes([*a, *b, *c, *d])),
            (3, _) => u64::from_le_bytes(*fields.first_chunk()?),
            _ => return None,
        }
    } else {
        let base = 1_u64 << (10 + (descriptor >> 3));
        base + base / 8 * u64::from(descriptor & 7)
    };
    Some(Header { window, dictionary: dictionary.iter().any(|byte| *byte != 0) })
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let head = input.fill_buf().map_err(|error| Trouble::of(&error))?;
    let behind = skippable(head).and_then(|length| head.get(8..)?.get(usize::try_from(length).ok()?..));
    let window = header(behind.unwrap_or(head)).map_or(0, |header| header.window);
    open_frames(input, sink, window.max(USUAL), &WORDS, begin)
}

fn begin(input: Input<'_>, window: u64) -> io::Result<Next<'_>> {
    let head = input.fill_buf()?;
    if let Some(length) = skippable(head) {
        input.consume(8);
        return Ok(Next::Beside(input, length));
    }
    if !fits(head, window)? {
        return Ok(Next::Nothing(input));
    }
    let mut decoder = Decoder::new()?;
    // What is too large was told apart before.
    decoder.set_parameter(DParameter::WindowLogMax(if cfg!(target_pointer_width = "64") { 31 } else { 30 }))?;
    Ok(Next::Frame(Box::new(One { input, decoder, window, wanted: 1, full: false })))
}

/// Whether a frame begins there that needs no more than that.
fn fits(head: &[u8], window: u64) -> io::Result<bool> {
    match header(head) {
        Some(header) if header.dictionary => {
            Err(Trouble::unsupported("needs a dictionary, which it does not hold").into())
        }
        Some(header) => Ok(header.window <= window),
        None => Ok(false),
    }
}

/// Frames that follow each other at once, with one decoder.
struct One<'a> {
    input: Input<'a>,
    decoder: Decoder<'static>,
    window: u64,
    /// What the decoder asks for; nothing at the end of a frame.
    wanted: usize,
    /// Whether it may have more to give of what it took.
    full: bool,
}

impl Read for One<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            let held = self.input.fill_buf()?;
            if self.wanted == 0 && !fits(held, self.window)? {
                return Ok(0);
            }
            // What it made is lost where it meets damage: so it gets what it asks for, which is no more than a block,
            // and gives all of that before it gets the next.
            let most = if self.full { 0 } else { held.len().min(self.wanted.max(1)) };
            let (mut from, mut to) = (InBuffer::around(&held[..most]), OutBuffer::around(&mut *buffer));
            self.wanted = self.decoder.run(&mut from, &mut to)?;
            let (used, count, ended) = (from.pos(), to.pos(), held.is_empty() && !self.full);
            self.input.consume(used);
            self.full = count == buffer.len();
            if count > 0 {
                return Ok(count);
            }
            if ended && self.wanted > 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}

impl<'a> Frame<'a> for One<'a> {
    fn give_back(self: Box<Self>) -> Input<'a> {
        self.input
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{content, recognises, record, torture};

    fn pack(content: &[u8]) -> Vec<u8> {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).expect("memory takes it");
        encoder.include_checksum(true).expect("it has one");
        encoder.write_all(content).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn beside(content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).expect("it is short");
        [&[0x53, 0x2A, 0x4D, 0x18], &length.to_le_bytes()[..], content].concat()
    }

    #[test]
    fn all_frames_are_read() {
        let packed = [pack(b"one "), pack(b""), beside(b"needle-2"), pack(b"two")].concat();
        assert!(recognises(&FORMAT, &packed, "") && recognises(&FORMAT, &[beside(b"a"), pack(b"b")].concat(), ""));
        assert!(!recognises(&FORMAT, &beside(b"a"), "") && !recognises(&FORMAT, &[0x28, 0xB5, 0x2F, 0xFD], ""));
        assert_eq!(content(&FORMAT, &packed, &Limits::default()), (b"one twoneedle-2".to_vec(), vec![]));
        let behind = [packed, b" needle-3".to_vec()].concat();
        let recorded = record(&FORMAT, &behind, &Limits::default());
        assert_eq!(recorded.members[2].text(), " needle-3");
        assert!(recorded.members[1].echo && recorded.members[1].made && recorded.troubles.is_empty());
    }

    #[test]
    fn what_came_before_the_damage_is_kept() {
        let text: Vec<u8> = (0..100_000_u32).flat_map(|number| (number * 7919).to_le_bytes()).collect();
        let packed = [pack(&text), pack(b"needle-2")].concat();
        let (got, reasons) = content(&FORMAT, &packed[..packed.len() / 2], &Limits::default());
        assert!(text.starts_with(&got) && !got.is_empty());
        assert_eq!(reasons, [Reason::Malformed]);
        let mut damaged = packed;
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        assert_eq!(content(&FORMAT, &damaged, &Limits::default()).1, [Reason::Malformed]);
    }

    #[test]
    fn blocks_before_a_damaged_one_are_read_to_their_end() {
        let text: Vec<u8> = (0..100_000_u32).flat_map(|number| (number * 7919).to_le_bytes()).collect();
        let mut packed = pack(&text);
        // A checksum stands behind the last block, whose header no other makes sense of.
        let at = packed.len() - 4 - 30_000;
        packed[at..].fill(0xFF);
        let read = |step: usize| {
            let mut input = packed.as_slice();
            let Ok(Next::Frame(mut frame)) = begin(&mut input, USUAL) else { panic!("it is a frame") };
            let (mut buffer, mut all) = (vec![0; step], Vec::new());
            while let Ok(count @ 1..) = frame.read(&mut buffer) {
                all.extend_from_slice(&buffer[..count]);
            }
            all
        };
        let all = read(1);
        assert!(text.starts_with(&all) && !all.is_empty());
        for step in [5000, 1 << 20] {
            assert_eq!(read(step).len(), all.len(), "in steps of {step}");
        }
    }

    #[test]
    fn limits_are_named() {
        let bomb = pack(&vec![0; 64 << 20]);
        assert_eq!(content(&FORMAT, &bomb, &Limits::default()).1, [Reason::Ratio]);
        for (log, fits) in [(26, true), (27, false)] {
            let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).expect("memory takes it");
            encoder.window_log(log).expect("it is known");
            encoder.write_all(b"needle-1").expect("memory takes it");
            encoder.flush().expect("memory takes it");
            let packed = encoder.finish().expect("memory takes it");
            let expected = if fits { (b"needle-1".to_vec(), vec![]) } else { (vec![], vec![Reason::TooLarge]) };
            assert_eq!(content(&FORMAT, &packed, &Limits::default()), expected);
            let mixed = [pack(b"one"), packed.clone()].concat();
            assert_eq!(content(&FORMAT, &mixed, &Limits::default()).0, [b"one".to_vec(), packed].concat());
        }
    }

    #[test]
    fn a_dictionary_is_told() {
        let mut packed = pack(b"needle-1");
        packed[4] |= 1;
        packed.insert(6, 7);
        assert_eq!(content(&FORMAT, &packed, &Limits::default()), (vec![], vec![Reason::Unsupported]));
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, &[pack(b"one "), beside(b"two"), pack(&b"three four ".repeat(500))].concat());
    }
}
