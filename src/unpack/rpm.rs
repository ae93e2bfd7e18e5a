//! rpm packages.
//!
//! Holds: their headers and their payload. Must not know: what is in them.
//!
//! Written here: a package is two tables and a payload, and the libraries read all of it into memory.

use std::io::BufRead;

use super::passing::{hand, skip};
use super::{Content, Flow, Format, Member, Open, Raw, Sink};
use crate::base::{Places, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "rpm",
    scope: "versions 3 and 4: the texts of both headers, and the payload, out of which comes a cpio archive",
    recognises: |probe| matches!(probe.head, [0xED, 0xAB, 0xEE, 0xDB, 3..=4, ..]),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// The size of what every package begins with, and which means nothing any more but for the name in it.
const LEAD: u64 = 96;

/// The size of the beginning of a header, and of an entry of its index.
const INTRODUCTION: usize = 16;

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let lead = Member::named("lead of an rpm package", "(lead)").made(Places::Verbatim);
    if hand(input, LEAD, lead, sink)?.is_break() {
        return Ok(());
    }
    for (name, align) in [("(signature)", 8), ("(header)", 1)] {
        let (flow, length) = header(input, name, sink)?;
        if flow.is_break() {
            return Ok(());
        }
        skip(input, (align - length % align) % align)?;
    }
    // It is the last there is, whether more is wanted or not.
    let _ = sink.take(Member::only("payload of an rpm package"), Content::Read(&mut &mut *input, None));
    Ok(())
}

/// Hands over a header: its index is numbers, its store is all the texts there are.
fn header(input: &mut dyn BufRead, name: &str, sink: &mut dyn Sink) -> Result<(Flow, u64), Trouble> {
    let held = input.fill_buf().map_err(|error| Trouble::of(&error))?;
    let Some([0x8E, 0xAD, 0xE8, 1, _, _, _, _, counts @ ..]) = held.first_chunk::<INTRODUCTION>() else {
        return Err(Trouble::malformed("is damaged"));
    };
    let counts = u64::from_be_bytes(*counts);
    let (entries, store) = (counts >> 32, counts & 0xFFFF_FFFF);
    let index = INTRODUCTION as u64 * entries;
    input.consume(INTRODUCTION);
    skip(input, index)?;
    let flow = hand(input, store, Member::named("header of an rpm package", name).made(Places::Verbatim), sink)?;
    Ok((flow, INTRODUCTION as u64 + index + store))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{Taken, recognises, record, torture};

    fn header_of(store: &[u8]) -> Vec<u8> {
        let entry = [0, 0, 3, 232, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1];
        let length = u32::try_from(store.len()).expect("it is short").to_be_bytes();
        [&[0x8E, 0xAD, 0xE8, 1, 0, 0, 0, 0, 0, 0, 0, 1], &length[..], &entry, store].concat()
    }

    fn sample() -> Vec<u8> {
        let mut lead = vec![0xED, 0xAB, 0xEE, 0xDB, 3, 0, 0, 0];
        lead.resize(96, 0);
        lead[10..18].copy_from_slice(b"needle-1");
        [lead, header_of(b"needle-2\0"), vec![0; 7], header_of(b"needle-3\0"), b"needle-4".to_vec()].concat()
    }

    #[test]
    fn all_parts_are_read() {
        assert!(recognises(&FORMAT, &sample(), ""));
        let recorded = record(&FORMAT, &sample(), &Limits::default());
        assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
        assert!(recorded.named("(lead)").text().contains("needle-1"));
        let texts: Vec<String> = recorded.members[1..].iter().map(Taken::text).collect();
        assert_eq!(texts, ["needle-2\0", "needle-3\0", "needle-4"]);
        assert!(recorded.members[2].made && !recorded.members[3].made && !recorded.members[3].echo);
    }

    #[test]
    fn damage_is_told() {
        let mut damaged = sample();
        damaged[96] = 0;
        let recorded = record(&FORMAT, &damaged, &Limits::default());
        assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
        let mut large = sample();
        large[108] = 0xFF;
        let recorded = record(&FORMAT, &large, &Limits::default());
        assert!(recorded.named("(signature)").text().contains("needle-4"));
        assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, &sample());
    }
}
