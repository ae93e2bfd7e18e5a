//! What stands before the XML in version 4.
//!
//! Holds: reading it. Must not know: the XML.

use super::header::{field, number};
use super::mask::Mask;
use crate::base::Trouble;

/// The content of a database.
pub(super) struct Inner<'c> {
    pub(super) xml: &'c [u8],
    /// The mask on its values.
    pub(super) mask: Mask,
    /// What is attached, by number.
    pub(super) attached: Vec<&'c [u8]>,
    /// Whether it ends before the XML begins.
    pub(super) is_cut: bool,
}

impl<'c> Inner<'c> {
    /// Reads it.
    pub(super) fn read(content: &'c [u8]) -> Result<Self, Trouble> {
        let (mut rest, mut attached) = (content, Vec::new());
        let (mut kind, mut key) = (0, &[][..]);
        loop {
            let Some((id, value, length)) = field(rest, 4) else {
                return Ok(Self { xml: &[], mask: Mask::Open, attached, is_cut: true });
            };
            rest = rest.get(length..).unwrap_or_default();
            match id {
                0 => break,
                1 => kind = number(value).and_then(|kind| u32::try_from(kind).ok()).unwrap_or(u32::MAX),
                2 => key = value,
                // Before the bytes it says whether they were protected in memory.
                3 => attached.push(value.get(1..).unwrap_or_default()),
                _ => {}
            }
        }
        Ok(Self { xml: rest, mask: Mask::of(kind, key)?, attached, is_cut: false })
    }
}
