//! Loose objects of git: the only zlib streams that have a mark.
//!
//! Holds: opening one, wherever it lies. Must not know: repositories.

use std::io::{BufRead, Read};

use flate2::bufread::ZlibDecoder;
use flate2::{Decompress, FlushDecompress};

use super::{Content, Format, Member, Open, Raw, Sink};
use crate::base::{Places, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "zlib",
    scope: "loose objects of git, wherever they lie; other zlib streams have no mark and are not known",
    recognises: |probe| matches!(probe.head, [0x78, ..]) && header(probe.head).is_some(),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// Longer than any header of an object.
const HEADER: usize = 32;

/// The length of the header of an object, where it begins with one.
fn header(bytes: &[u8]) -> Option<usize> {
    let start = bytes.get(..2)?;
    if start[0] != 0x78 || u16::from_be_bytes([start[0], start[1]]) % 31 != 0 || start[1] & 0x20 != 0 {
        return None;
    }
    let mut text = [0; HEADER];
    let mut inflate = Decompress::new(true);
    inflate.decompress(&bytes[..bytes.len().min(4096)], &mut text, FlushDecompress::None).ok()?;
    let count = usize::try_from(inflate.total_out()).ok()?;
    let end = text.get(..count)?.iter().position(|byte| *byte == 0)?;
    let space = text[..end].iter().position(|byte| *byte == b' ')?;
    let size = &text[space + 1..end];
    let known = matches!(&text[..space], b"blob" | b"tree" | b"commit" | b"tag");
    (known && !size.is_empty() && size.iter().all(u8::is_ascii_digit)).then_some(end + 1)
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let head = input.fill_buf().map_err(|error| Trouble::of(&error))?;
    let length = header(head).ok_or_else(|| Trouble::malformed("is damaged"))?;
    let mut decoder = ZlibDecoder::new(input);
    let mut text = [0; HEADER];
    decoder.read_exact(&mut text[..length]).map_err(|error| Trouble::of(&error))?;
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
