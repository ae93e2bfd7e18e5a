//! What is packed in a database, as gzip does it.
//!
//! Holds: unpacking into memory that is asked for once, so that no copies are left behind. Must not know: what it is.

use std::io::Read;

use flate2::bufread::GzDecoder;
use zeroize::Zeroizing;

use super::holding;
use crate::base::{Reason, Trouble};
use crate::unpack::Sink;
use crate::unpack::inflate::Inflating;

/// Bytes that are unpacked at once.
const STEP: usize = 16 << 10;

/// Content of which the ratio is looked at.
const SMALL: u64 = 1 << 20;

/// A reader of what is packed; nothing where it does not begin like that. What follows it, with its sum, is not read:
/// blocks have sums of their own.
pub(super) fn reader(packed: &[u8]) -> Option<Inflating<&[u8]>> {
    let decoder = GzDecoder::new(packed);
    decoder.header().is_some().then(|| Inflating::bare(decoder.into_inner()))
}

/// Does something with what is packed, as far as it comes out, and with why there is no more.
pub(super) fn unpack(
    packed: &[u8],
    sink: &mut dyn Sink,
    work: impl FnOnce(&[u8], Option<Trouble>, &mut dyn Sink) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let damaged = || Trouble::malformed("is damaged");
    let mut source = reader(packed).ok_or_else(damaged)?;
    let (limit, blob) = (sink.limits().max_ratio, sink.limits().max_blob);
    let (mut step, mut size) = (Zeroizing::new(vec![0; STEP]), 0);
    let damage = loop {
        match source.read(&mut step) {
            Ok(0) => break None,
            Ok(count) => size += count as u64,
            Err(error) => break Some(Trouble::of(&error)),
        }
        // Twice: it is unpacked again to be kept.
        sink.spend(2 * STEP as u64)?;
        if size > SMALL && size / (packed.len() as u64).max(1) > limit {
            let text = format!("expands more than --max-ratio {limit} times");
            return Err(Trouble::limit(Reason::Ratio, "--max-ratio", text));
        }
        if size > blob {
            let text = format!("holds more than --max-blob {blob} bytes; not opened");
            return Err(Trouble::limit(Reason::TooLarge, "--max-blob", text));
        }
    };
    holding(size, sink, |sink| {
        let mut content = Zeroizing::new(vec![0; usize::try_from(size).unwrap_or(0)]);
        let mut source = reader(packed).ok_or_else(damaged)?;
        let mut made = 0;
        while let Some(rest) = content.get_mut(made..).filter(|rest| !rest.is_empty()) {
            match source.read(rest) {
                Ok(0) | Err(_) => break,
                Ok(count) => made += count,
            }
        }
        work(&content[..made], damage, sink)
    })
}
