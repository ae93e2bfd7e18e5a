//! Loose objects of git: the only zlib streams that have a mark.
//!
//! Holds: opening one, wherever it lies. Must not know: repositories.

use std::io::{BufRead, Read};

use flate2::{Decompress, FlushDecompress};

use super::inflate::Inflating;
use super::{Content, Format, Member, Open, Raw, Sink};
use crate::base::{Places, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "zlib",
    scope: "loose objects of git, wherever they lie; other zlib streams have no mark and are not known",
    recognises: |probe| is_object(probe.head),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// Longer than any header of an object.
const HEADER: usize = 32;

/// Whether the header of an object stands there.
fn is_object(bytes: &[u8]) -> bool {
    let [0x78, flags, ..] = *bytes else { return false };
    if !u16::from_be_bytes([0x78, flags]).is_multiple_of(31) || flags & 0x20 != 0 {
        return false;
    }
    let mut text = [0; HEADER];
    let mut inflate = Decompress::new(true);
    if inflate.decompress(&bytes[..bytes.len().min(4096)], &mut text, FlushDecompress::None).is_err() {
        return false;
    }
    let count = usize::try_from(inflate.total_out()).unwrap_or(HEADER);
    let mut ended = text[..count.min(HEADER)].splitn(2, |byte| *byte == 0);
    let (Some(header), Some(_)) = (ended.next(), ended.next()) else { return false };
    let mut words = header.splitn(2, |byte| *byte == b' ');
    let (Some(kind), Some(size)) = (words.next(), words.next()) else { return false };
    let known = matches!(kind, b"blob" | b"tree" | b"commit" | b"tag");
    known && !size.is_empty() && size.iter().all(u8::is_ascii_digit)
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut decoder = Inflating::zlib(input);
    // It was looked at when it was recognised.
    pass_header(&mut decoder)?;
    if sink.take(Member::only("git object"), Content::Read(&mut decoder, None)).is_break() {
        return Ok(());
    }
    let mut probe = [0; 1];
    if !matches!(decoder.read(&mut probe), Ok(0)) {
        // It was not read to its end, which was told.
        return Ok(());
    }
    let rest = decoder.into_inner();
    if !rest.fill_buf().map_err(|error| Trouble::of(&error))?.is_empty() {
        let behind = Member::only("what follows a git object").made(Places::Verbatim).echo();
        // It is the last there is, whether more is wanted or not.
        let _ = sink.take(behind, Content::Read(&mut &mut *rest, None));
    }
    Ok(())
}

/// Reads over the header.
fn pass_header(decoder: &mut dyn Read) -> Result<(), Trouble> {
    let mut byte = [1; 1];
    for _ in 0..HEADER {
        decoder.read_exact(&mut byte).map_err(|error| Trouble::of(&error))?;
        if byte[0] == 0 {
            return Ok(());
        }
    }
    Err(Trouble::malformed("is damaged"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{content, recognises, torture};

    fn pack(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    #[test]
    fn what_was_made_in_the_step_that_meets_damage_is_kept() {
        let text = [&b"blob 900\0"[..], &b"needle-1 ".repeat(100)].concat();
        let length = u16::try_from(text.len()).expect("it is short");
        // A block that is stored, and one of a kind that there is not.
        let stored = [&[0x78, 0x9C, 0][..], &length.to_le_bytes(), &(!length).to_le_bytes(), &text, &[7]].concat();
        assert_eq!(content(&FORMAT, &stored, &Limits::default()), (text[9..].to_vec(), vec![Reason::Malformed]));
    }

    #[test]
    fn only_objects_are_known() {
        for object in [&b"blob 8\0needle-1"[..], b"tree 8\0needle-1", b"commit 8\0needle-1", b"tag 8\0needle-1"] {
            let packed = pack(object);
            assert!(recognises(&FORMAT, &packed, ""));
            assert_eq!(content(&FORMAT, &packed, &Limits::default()), (b"needle-1".to_vec(), vec![]));
            let behind = [packed, b" needle-2".to_vec()].concat();
            assert_eq!(content(&FORMAT, &behind, &Limits::default()), (b"needle-1 needle-2".to_vec(), vec![]));
        }
        for other in [&b"blob\0"[..], b"blob 12", b"blob x\0", b"blog 1\0a", b"blob \0", b""] {
            assert!(!recognises(&FORMAT, &pack(other), ""), "{other:?}");
        }
        assert!(!recognises(&FORMAT, b"x\x9Cnothing", "") && !recognises(&FORMAT, b"x", ""));
    }

    #[test]
    fn damage_and_limits_are_told() {
        let packed = pack(&[b"blob 9000\0".to_vec(), b"needle-1 ".repeat(1000)].concat());
        let (got, reasons) = content(&FORMAT, &packed[..packed.len() - 8], &Limits::default());
        assert!(got.starts_with(b"needle-1"));
        assert_eq!(reasons, [Reason::Malformed]);
        let bomb = pack(&[b"blob 9000\0".to_vec(), vec![0; 8 << 20]].concat());
        let limits = Limits { max_ratio: 100, ..Limits::default() };
        assert_eq!(content(&FORMAT, &bomb, &limits).1, [Reason::Ratio]);
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, &pack(&[b"blob 9000\0".to_vec(), b"needle-1 ".repeat(1000)].concat()));
    }
}
