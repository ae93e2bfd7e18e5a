//! Inflating, which is a part of many formats.
//!
//! Holds: a reader of deflate and of zlib. Must not know: where streams of them stand.

use std::io::{self, BufRead, Read};

use flate2::{Decompress, FlushDecompress, Status};

/// Reads what was deflated. The readers of the library lose what they made together with an error, which may be all
/// there is before the damage, and take a cut stream for a whole one in places.
pub(super) struct Inflating<R> {
    source: R,
    inflater: Decompress,
    ended: bool,
}

impl<R: BufRead> Inflating<R> {
    /// A stream without a header.
    pub(super) fn bare(source: R) -> Self {
        Self { source, inflater: Decompress::new(false), ended: false }
    }

    /// A stream with the header of zlib, and its checksum.
    pub(super) fn zlib(source: R) -> Self {
        Self { source, inflater: Decompress::new(true), ended: false }
    }

    /// What follows.
    pub(super) fn source(&mut self) -> &mut R {
        &mut self.source
    }

    /// What follows.
    pub(super) fn into_inner(self) -> R {
        self.source
    }
}

impl<R: BufRead> Read for Inflating<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !buffer.is_empty() {
            let input = self.source.fill_buf()?;
            let is_end = input.is_empty();
            let (taken, made, ended) = inflate(&mut self.inflater, input, buffer)?;
            self.source.consume(taken);
            self.ended = ended;
            if made > 0 {
                return Ok(made);
            }
            if is_end && !ended {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if taken == 0 && !ended {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(0)
    }
}

/// Inflates some: how much it took, how much it made, whether that was the last. Where there is damage, it first yields
/// what was made before, and fails when it is asked for more.
pub(super) fn inflate(inflater: &mut Decompress, input: &[u8], buffer: &mut [u8]) -> io::Result<(usize, usize, bool)> {
    let before = (inflater.total_in(), inflater.total_out());
    let status = inflater.decompress(input, buffer, FlushDecompress::None);
    let taken = inflater.total_in().saturating_sub(before.0) as usize;
    let made = inflater.total_out().saturating_sub(before.1) as usize;
    match status {
        Ok(status) => Ok((taken, made, status == Status::StreamEnd)),
        Err(_) if made > 0 => Ok((taken, made, false)),
        Err(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_stands_before_the_damage_comes_out() {
        let text: Vec<u8> = (0..3000_u32).flat_map(|number| format!("line {number}\n").into_bytes()).collect();
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&text).expect("memory takes it");
        let mut packed = encoder.finish().expect("memory takes it");
        let mut out = vec![0; 1 << 20];
        let mut sound = Inflating::zlib(&*packed);
        assert_eq!(sound.read(&mut out).expect("it is sound"), text.len());
        assert_eq!(sound.read(&mut out).expect("it is at its end"), 0);
        let mut short = Inflating::zlib(&packed[..packed.len() / 2]);
        let count = short.read(&mut out).expect("a part of it is there");
        assert_eq!(out[..count], text[..count]);
        assert_eq!(short.read(&mut out).expect_err("it is cut").kind(), io::ErrorKind::UnexpectedEof);
        let half = packed.len() / 2;
        packed[half..half + 40].fill(0xFF);
        let mut broken = Inflating::zlib(&*packed);
        let count = broken.read(&mut out).expect("a part of it is sound");
        assert!(count > text.len() / 3 && out[..1000] == text[..1000], "{count}");
        while broken.read(&mut out).is_ok_and(|count| count > 0) {}
        assert_eq!(broken.read(&mut out).expect_err("it is damaged").kind(), io::ErrorKind::InvalidData);
    }
}
