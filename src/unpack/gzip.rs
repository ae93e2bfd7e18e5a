//! gzip, of any number of members.
//!
//! Holds: opening it. Must not know: whether it was a file or stood inside of another.

use std::io::{self, BufRead, Read};

use flate2::Crc;
use flate2::bufread::GzDecoder;

use super::frames::{Frame, Input, Next, Words, open_frames};
use super::inflate::Inflating;
use super::{Format, Open, Raw, Sink};
use crate::base::Trouble;

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "gzip",
    scope: "any number of members, the names and comments in their headers; padding behind the last",
    recognises: |probe| begins(probe.head),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// What inflating holds.
const MEMORY: u64 = 64 << 10;

const WORDS: Words = Words { frames: "gzip stream", behind: "what follows a gzip stream" };

/// Magic, the only method there is, and no reserved flags.
fn begins(bytes: &[u8]) -> bool {
    matches!(bytes, [0x1F, 0x8B, 8, flags, ..] if flags & 0xE0 == 0)
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    open_frames(input, sink, MEMORY, &WORDS, begin)
}

fn begin(input: Input<'_>, _window: u64) -> io::Result<Next<'_>> {
    if !begins(input.fill_buf()?) {
        return Ok(Next::Nothing(input));
    }
    let mut decoder = GzDecoder::new(input);
    if decoder.header().is_none() {
        // It says what is wrong when it is read.
        decoder.read_exact(&mut [0])?;
    }
    let mut words = Vec::new();
    if let Some(header) = decoder.header() {
        for text in [header.extra(), header.filename(), header.comment()].into_iter().flatten() {
            words.extend_from_slice(text);
            words.push(b'\n');
        }
    }
    let one = Box::new(One { text: Inflating::bare(decoder.into_inner()), crc: Crc::new(), ended: false });
    Ok(if words.is_empty() { Next::Frame(one) } else { Next::Noted(one, words) })
}

struct One<'a> {
    text: Inflating<Input<'a>>,
    crc: Crc,
    ended: bool,
}

impl Read for One<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.text.read(buffer)?;
        self.crc.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() && !self.ended {
            self.ended = true;
            let mut wanted = [0; 8];
            self.text.source().read_exact(&mut wanted)?;
            let found = u64::from(self.crc.amount()) << 32 | u64::from(self.crc.sum());
            if u64::from_le_bytes(wanted) != found {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(count)
    }
}

impl<'a> Frame<'a> for One<'a> {
    fn give_back(self: Box<Self>) -> Input<'a> {
        self.text.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{Recorded, Taken, record, torture};

    fn pack(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn open(bytes: &[u8], limits: &Limits) -> (Vec<u8>, Vec<Reason>) {
        let Recorded { members, troubles } = record(&FORMAT, bytes, limits);
        let content = members.into_iter().flat_map(|member| member.bytes).collect();
        (content, troubles.iter().map(|(_, trouble)| trouble.reason).collect())
    }

    #[test]
    fn all_members_are_read() {
        let packed = [pack(b"one "), pack(b"two")].concat();
        assert_eq!(open(&packed, &Limits::default()), (b"one two".to_vec(), vec![]));
        for padding in [vec![0; 512], b"some text".to_vec()] {
            let padded = [packed.clone(), padding.clone()].concat();
            assert_eq!(open(&padded, &Limits::default()), ([b"one two".to_vec(), padding].concat(), vec![]));
        }
    }

    #[test]
    fn headers_are_searched() {
        let builder = flate2::GzBuilder::new().filename("needle-1").comment("needle-2").extra("needle-3");
        let mut encoder = builder.write(Vec::new(), flate2::Compression::default());
        encoder.write_all(b"text").expect("memory takes it");
        let packed = [encoder.finish().expect("memory takes it"), pack(b" more")].concat();
        let recorded = record(&FORMAT, &packed, &Limits::default());
        assert_eq!(
            recorded.members.iter().map(Taken::text).collect::<Vec<_>>(),
            ["text more", "needle-3\nneedle-1\nneedle-2\n"]
        );
        assert!(recorded.members[1].made && recorded.members[1].echo && recorded.troubles.is_empty());
    }

    #[test]
    fn what_came_before_the_damage_is_kept() {
        let content: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let packed = pack(&content);
        let (got, reasons) = open(&packed[..packed.len() / 2], &Limits::default());
        assert!(content.starts_with(&got) && !got.is_empty());
        assert_eq!(reasons, [Reason::Malformed]);
    }

    #[test]
    fn limits_are_named() {
        let bomb = pack(&vec![0; 8 << 20]);
        let limits = Limits { max_ratio: 100, ..Limits::default() };
        assert_eq!(open(&bomb, &limits).1, [Reason::Ratio]);
        let limits = Limits { max_expanded: 1 << 20, ..Limits::default() };
        assert_eq!(open(&bomb, &limits).1, [Reason::TooLarge]);
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, &[pack(b"one "), pack(&[7; 5000])].concat());
    }
}
