//! ar archives, which are also what `.deb` packages and static libraries are.
//!
//! Holds: the members one by one. Must not know: what is in them.
//!
//! Written here: the crate `ar` stops at the first damage and does not know thin archives.

use std::io::BufRead;
use std::ops::ControlFlow::Continue;

use zeroize::Zeroizing;

use super::passing::{TEXT, UNREAD, hand, hand_unread, skip, text};
use super::{Content, Flow, Format, Member, Open, Raw, Sink};
use crate::base::{Places, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "ar",
    scope: "GNU and BSD names; deb packages come out of it part by part; thin archives hold names alone, which is told",
    recognises: |probe| probe.head.starts_with(MAGIC) || probe.head.starts_with(THIN),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

const MAGIC: &[u8] = b"!<arch>\n";
const THIN: &[u8] = b"!<thin>\n";

/// The size of a header.
const HEADER: usize = 60;

/// What a header says.
struct Header {
    name: [u8; 16],
    size: u64,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let block = bytes.first_chunk::<HEADER>()?;
    if &block[58..] != b"`\n" {
        return None;
    }
    let digits = block[48..58].trim_ascii();
    let size = digits
        .iter()
        .try_fold(0_u64, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u64::from(byte - b'0')))?;
    (!digits.is_empty()).then_some(Header { name: *block.first_chunk()?, size })
}

struct Archive<'a> {
    input: &'a mut dyn BufRead,
    sink: &'a mut dyn Sink,
    /// The long names of GNU.
    names: Zeroizing<Vec<u8>>,
    thin: bool,
    damaged: u64,
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let thin = input.fill_buf().map_err(|error| Trouble::of(&error))?.starts_with(THIN);
    skip(input, MAGIC.len() as u64)?;
    let mut archive = Archive { input, sink, names: Zeroizing::default(), thin, damaged: 0 };
    let result = archive.read();
    let damaged = archive.damaged;
    if damaged > 0 {
        let text = format!("has {damaged} damaged headers; what follows them was scanned as it is");
        sink.tell(None, "ar archive", Trouble::malformed(text));
    }
    if thin {
        let text = "is thin: its members are files of their own, which are scanned where they lie";
        sink.tell(None, "ar archive", Trouble::unsupported(text).harmless());
    }
    result
}

impl Archive<'_> {
    fn read(&mut self) -> Result<(), Trouble> {
        loop {
            let held = self.input.fill_buf().map_err(|error| Trouble::of(&error))?;
            let flow = match (held, header(held)) {
                ([], _) => return Ok(()),
                (_, Some(header)) => {
                    self.input.consume(HEADER);
                    self.member(&header)?
                }
                ([b'\n'], None) => {
                    self.input.consume(1);
                    Continue(())
                }
                _ => {
                    self.damaged += 1;
                    hand_unread(self.input, HEADER, 1, |bytes| header(bytes).is_some(), self.sink)?
                }
            };
            if flow.is_break() {
                return Ok(());
            }
        }
    }

    fn member(&mut self, header: &Header) -> Result<Flow, Trouble> {
        let mut size = header.size;
        let short = header.name.trim_ascii_end();
        let name = match short {
            b"//" if size <= TEXT => return self.long_names(size),
            b"/" | b"//" | b"/SYM64/" => short.to_vec(),
            [b'#', b'1', b'/', digits @ ..] => {
                let length = number(digits).filter(|length| *length <= size.min(TEXT)).unwrap_or(0);
                size -= length;
                let name = text(self.input, length)?;
                name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
            }
            [b'/', digits @ ..] => {
                let place = number(digits).and_then(|place| usize::try_from(place).ok());
                let rest = place.and_then(|place| self.names.get(place..)).unwrap_or_default();
                let name = rest.split(|byte| matches!(byte, b'\n' | 0)).next().unwrap_or_default();
                name.strip_suffix(b"/").unwrap_or(name).to_vec()
            }
            _ => short.strip_suffix(b"/").unwrap_or(short).to_vec(),
        };
        let name = if name.is_empty() { UNREAD.into() } else { String::from_utf8_lossy(&name) };
        // Of a thin archive the tables are there, and nothing else.
        if self.thin && !matches!(short, b"/" | b"//" | b"/SYM64/") {
            return Ok(self.sink.take(Member::named("ar member", &name), Content::Held(&[])));
        }
        let flow = hand(self.input, size, Member::named("ar member", &name), self.sink)?;
        self.align(header.size, flow)
    }

    /// Keeps the table of long names, and hands it over.
    fn long_names(&mut self, size: u64) -> Result<Flow, Trouble> {
        self.names = text(self.input, size)?;
        let table = Member::named("ar member", "//").made(Places::Lines);
        let flow = self.sink.take(table, Content::Held(&self.names));
        self.align(size, flow)
    }

    /// Members begin at even places.
    fn align(&mut self, size: u64, flow: Flow) -> Result<Flow, Trouble> {
        if flow.is_continue() {
            skip(self.input, size % 2)?;
        }
        Ok(flow)
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    let digits = digits.trim_ascii();
    let value = digits.iter().try_fold(0_u64, |value, byte| {
        byte.is_ascii_digit().then(|| value.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
    });
    value.filter(|_| !digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{recognises, record, torture};

    const GNU: &[u8] = include_bytes!("../../corpus/formats/ar/gnu.a");

    #[test]
    fn names_of_all_kinds_are_read() {
        assert!(recognises(&FORMAT, GNU, ""));
        let recorded = record(&FORMAT, GNU, &Limits::default());
        assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
        assert_eq!(recorded.names(), ["//", "a.txt", "b.txt", "a-name-of-more-than-16-bytes.txt"]);
        assert_eq!(recorded.named("a-name-of-more-than-16-bytes.txt").text(), "needle-1\n");
        assert_eq!(recorded.named("b.txt").text(), "needle-22\n");
        let bsd = format!("!<arch>\n{:<48}{:<10}`\na-long-name\0needle-1", "#1/12", 20);
        assert_eq!(record(&FORMAT, bsd.as_bytes(), &Limits::default()).named("a-long-name").text(), "needle-1");
        let deb = record(&FORMAT, include_bytes!("../../corpus/formats/ar/sample.deb"), &Limits::default());
        assert_eq!(deb.names(), ["debian-binary", "control.tar.xz", "data.tar.xz"]);
        assert!(deb.members[2].bytes.starts_with(b"\xFD7zXZ"));
    }

    #[test]
    fn a_thin_archive_is_told() {
        let thin = include_bytes!("../../corpus/formats/ar/thin.a");
        let recorded = record(&FORMAT, thin, &Limits::default());
        assert_eq!(recorded.names(), ["//", "a.txt", "b.txt", "a-name-of-more-than-16-bytes.txt"]);
        let (_, trouble) = &recorded.troubles[0];
        assert_eq!((recorded.troubles.len(), trouble.reason, trouble.incomplete), (1, Reason::Unsupported, false));
    }

    #[test]
    fn damage_costs_one_member() {
        let mut damaged = GNU.to_vec();
        let second = damaged.windows(6).position(|window| window == b"b.txt/").expect("it is there");
        damaged[second + 58] = b'x';
        let recorded = record(&FORMAT, &damaged, &Limits::default());
        let names = ["//", "a.txt", "(unread)", "(unread)", "a-name-of-more-than-16-bytes.txt"];
        assert_eq!(recorded.names(), names);
        assert_eq!(recorded.members[3].text(), "needle-22\n");
        assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
        let recorded = record(&FORMAT, &GNU[..GNU.len() - 3], &Limits::default());
        assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, GNU);
    }
}
