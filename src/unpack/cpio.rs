//! cpio archives in their four dialects.
//!
//! Holds: the members one by one. Must not know: what is in them.
//!
//! Written here: the libraries know one dialect each, and stop at the first damage.

use std::io::BufRead;
use std::ops::ControlFlow::Continue;

use super::frames::hand_rest;
use super::passing::{TEXT, UNREAD, hand, hand_unread, say, skip, text};
use super::{Flow, Format, Member, Open, Raw, Sink};
use crate::base::Trouble;

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "cpio",
    scope: "newc, crc, odc and old binary, one archive behind the other; links; what follows the last",
    recognises: |probe| header(probe.head).is_some(),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// The longest header.
const LONGEST: usize = 110;

/// The name of the member that ends an archive.
const TRAILER: &[u8] = b"TRAILER!!!";

/// What a header says.
struct Header {
    /// Its length.
    length: usize,
    mode: u64,
    /// The length of the name with its NUL.
    name: u64,
    size: u64,
    /// To what multiple things are filled up.
    align: u64,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let found = match bytes {
        [b'0', b'7', b'0', b'7', b'0', b'1' | b'2', ..] => {
            let field = |index: usize| digits(bytes.get(6 + 8 * index..14 + 8 * index)?, 16);
            (0..13).all(|index| field(index).is_some()).then_some(())?;
            Header { length: 110, mode: field(1)?, name: field(11)?, size: field(6)?, align: 4 }
        }
        [b'0', b'7', b'0', b'7', b'0', b'7', ..] => {
            digits(bytes.get(6..76)?, 8)?;
            let field = |from: usize, to: usize| digits(bytes.get(from..to)?, 8);
            Header { length: 76, mode: field(18, 24)?, name: field(59, 65)?, size: field(65, 76)?, align: 1 }
        }
        [0xC7, 0x71, ..] => binary(bytes, u16::from_le_bytes)?,
        [0x71, 0xC7, ..] => binary(bytes, u16::from_be_bytes)?,
        _ => return None,
    };
    let file_type = found.mode & 0o170_000;
    let known = matches!(file_type >> 12, 0o1 | 0o2 | 0o4 | 0o6 | 0o10 | 0o11 | 0o12 | 0o14);
    // The trailer has no mode.
    let trailer = found.mode == 0 && found.name == TRAILER.len() as u64 + 1;
    ((known || trailer) && (1..=TEXT).contains(&found.name)).then_some(found)
}

/// Reads the header of the old kind: words, of which two together put the higher first in either order of bytes.
fn binary(bytes: &[u8], word: fn([u8; 2]) -> u16) -> Option<Header> {
    let word = |index: usize| Some(u64::from(word(*bytes.get(2 * index..2 * index + 2)?.first_chunk()?)));
    Some(Header { length: 26, mode: word(3)?, name: word(10)?, size: word(11)? << 16 | word(12)?, align: 2 })
}

fn digits(bytes: &[u8], radix: u32) -> Option<u64> {
    // A number of 70 digits is only looked at for its digits.
    bytes.iter().try_fold(0_u64, |value, byte| {
        let digit = char::from(*byte).to_digit(radix)?;
        Some(value.wrapping_mul(u64::from(radix)).wrapping_add(u64::from(digit)))
    })
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut damaged = 0_u64;
    let result = read(input, sink, &mut damaged);
    if damaged > 0 {
        let text = format!("has {damaged} damaged headers; what follows them was scanned as it is");
        sink.tell(None, "cpio archive", Trouble::malformed(text));
    }
    result
}

fn read(input: &mut dyn BufRead, sink: &mut dyn Sink, damaged: &mut u64) -> Result<(), Trouble> {
    // Behind a trailer may stand anything: padding, another archive, a compressed one.
    let mut ended = false;
    loop {
        let held = input.fill_buf().map_err(|error| Trouble::of(&error))?;
        let flow = match header(held) {
            _ if held.is_empty() => return Ok(()),
            Some(header) => {
                ended = false;
                input.consume(header.length);
                member(input, &header, sink, &mut ended)?
            }
            None if ended && held[0] == 0 => {
                let zeros = held.iter().take_while(|byte| **byte == 0).count();
                input.consume(zeros);
                continue;
            }
            None if ended => return hand_rest(input, sink, "what follows a cpio archive"),
            None => {
                *damaged += 1;
                hand_unread(input, LONGEST, 1, |bytes| header(bytes).is_some(), sink)?
            }
        };
        if flow.is_break() {
            return Ok(());
        }
    }
}

fn member(input: &mut dyn BufRead, header: &Header, sink: &mut dyn Sink, ended: &mut bool) -> Result<Flow, Trouble> {
    let bytes = text(input, header.name)?;
    let filled = |length: u64| (header.align - length % header.align) % header.align;
    skip(input, filled(header.length as u64 + header.name))?;
    let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    if name == TRAILER {
        *ended = true;
        return Ok(Continue(()));
    }
    let name = String::from_utf8_lossy(name);
    let name = if name.is_empty() { UNREAD } else { &name };
    let flow = if header.mode & 0o170_000 == 0o120_000 && header.size <= TEXT {
        let target = text(input, header.size)?;
        say(Member::named("cpio link", name), &target, sink)
    } else {
        hand(input, header.size, Member::named("cpio member", name), sink)?
    };
    if flow.is_continue() {
        skip(input, filled(header.size))?;
    }
    Ok(flow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{Taken, recognises, record, torture};

    const SAMPLES: [&[u8]; 4] = [
        include_bytes!("../../corpus/formats/cpio/newc.cpio"),
        include_bytes!("../../corpus/formats/cpio/crc.cpio"),
        include_bytes!("../../corpus/formats/cpio/odc.cpio"),
        include_bytes!("../../corpus/formats/cpio/bin.cpio"),
    ];

    fn swapped(bytes: &[u8]) -> Vec<u8> {
        // The old kind in the other order of bytes: headers alone are made of words.
        let (mut out, mut at) = (bytes.to_vec(), 0);
        while let Some(found) = header(&bytes[at..]) {
            out[at..at + 26].chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1));
            at += 26 + (found.name as usize).next_multiple_of(2) + (found.size as usize).next_multiple_of(2);
        }
        out
    }

    #[test]
    fn all_dialects_are_read() {
        for sample in SAMPLES.into_iter().map(<[u8]>::to_vec).chain([swapped(SAMPLES[3])]) {
            assert!(recognises(&FORMAT, &sample, ""));
            let recorded = record(&FORMAT, &sample, &Limits::default());
            assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
            assert_eq!(recorded.names(), ["a.txt", "b.txt", "c"]);
            let texts: Vec<String> = recorded.members.iter().map(Taken::text).collect();
            assert_eq!(texts, ["needle-1\n", "needle-22\n", "needle-3"]);
            assert!(recorded.members[2].made);
        }
        assert!(!recognises(&FORMAT, b"070701 is a number", "a.cpio") && !recognises(&FORMAT, b"\xC7\x71", ""));
    }

    #[test]
    fn archives_follow_each_other() {
        let bytes = [SAMPLES[0], SAMPLES[2], &[0; 100], b"needle-4"].concat();
        let recorded = record(&FORMAT, &bytes, &Limits::default());
        assert_eq!(recorded.names(), ["a.txt", "b.txt", "c", "a.txt", "b.txt", "c"]);
        assert_eq!(recorded.members[6].text(), "needle-4");
        assert!(recorded.troubles.is_empty());
    }

    #[test]
    fn damage_costs_one_member() {
        let mut damaged = SAMPLES[0].to_vec();
        let second = damaged.windows(6).rposition(|window| window == b"b.txt\0").expect("it is there") - 110;
        damaged[second] = b'x';
        let recorded = record(&FORMAT, &damaged, &Limits::default());
        assert_eq!(recorded.names(), ["a.txt", "(unread)", "(unread)", "c"]);
        assert!(recorded.members[2].text().contains("needle-22"));
        assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
        let recorded = record(&FORMAT, &SAMPLES[0][..122], &Limits::default());
        assert_eq!(recorded.named("a.txt").text(), "needle");
        assert_eq!(recorded.troubles[0].0.as_deref(), Some("a.txt"));
    }

    #[test]
    fn nothing_breaks_it() {
        SAMPLES.iter().for_each(|sample| torture(&FORMAT, sample));
    }
}
