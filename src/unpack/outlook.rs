//! Files of Outlook: messages, data files, and the attachment that Exchange wraps others in.
//!
//! Holds: recognising them, and telling that they are not opened yet. Must not know: what stands in them.

use std::io::BufRead;

use memchr::memmem;

use super::{Format, Open, Raw, Sink};
use crate::base::Trouble;

/// How they are recognised.
pub(super) const FORMAT: Format = Format {
    name: "Outlook (.msg, .pst, .ost, winmail.dat)",
    scope: "told, and searched as it is: not opened yet",
    recognises: |probe| name(probe.head).is_some(),
    raw: Raw::Last,
    open: Open::Stream(open),
};

/// How OLE2 files begin, of which messages are some.
const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Streams that only messages have.
const STREAMS: [&str; 2] = ["__properties_version1.0", "__nameid_version1.0"];

/// What a file is called, if it is one of Outlook.
fn name(head: &[u8]) -> Option<&'static str> {
    match head {
        [b'!', b'B', b'D', b'N', _, _, _, _, b'S', b'O', ..] => Some("Outlook offline data file"),
        [b'!', b'B', b'D', b'N', _, _, _, _, b'S' | b'A', b'M' | b'B', ..] => Some("Outlook data file"),
        [0x78, 0x9F, 0x3E, 0x22, ..] => Some("TNEF attachment (winmail.dat)"),
        _ if head.starts_with(OLE) => STREAMS.iter().any(|name| holds_wide(head, name)).then_some("Outlook message"),
        _ => None,
    }
}

/// Whether a name stands there in UTF-16.
fn holds_wide(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.bytes().flat_map(|byte| [byte, 0]).collect();
    memmem::find(bytes, &wide).is_some()
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    // The name of the stream may stand behind what is seen of it here.
    let head = input.fill_buf().map_err(|error| Trouble::of(&error))?;
    let what = name(head).unwrap_or("Outlook message");
    sink.tell(None, what, Trouble::unsupported("is not opened yet; it was searched as it is"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{recognises, record};

    #[test]
    fn they_are_told() {
        let wide = |name: &str| name.bytes().flat_map(|byte| [byte, 0]).collect::<Vec<u8>>();
        let message = [OLE, &vec![0; 20_000][..], &wide("__nameid_version1.0")].concat();
        let samples =
            [message.as_slice(), b"!BDN\0\0\0\0SM\x17\0", b"!BDN\0\0\0\0SO\x24\0", b"\x78\x9F\x3E\x22\x01\0\x01"];
        for sample in samples {
            assert!(recognises(&FORMAT, sample, ""));
            let recorded = record(&FORMAT, sample, &Limits::default());
            let [(None, trouble)] = recorded.troubles.as_slice() else { panic!("{:?}", recorded.troubles) };
            assert_eq!((trouble.reason, trouble.incomplete), (Reason::Unsupported, true));
            assert!(recorded.members.is_empty());
        }
    }

    #[test]
    fn other_files_are_not() {
        let document = [OLE, &vec![0; 20_000][..], b"W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"].concat();
        for sample in [document.as_slice(), b"!BDN", b"", b"\x78\x9F\x3E", b"__nameid_version1.0"] {
            assert!(!recognises(&FORMAT, sample, "a.msg"));
        }
    }
}
