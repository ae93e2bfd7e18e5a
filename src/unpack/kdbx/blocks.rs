//! The blocks that the content of a database comes in.
//!
//! Holds: checking and joining them, decrypted. Must not know: what the content is. Nothing is handed on of a block
//! whose seal or sum is wrong, nor of what follows it.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::header::{Header, Version};
use super::key::Keys;
use crate::base::Trouble;

type Bytes = Zeroizing<Vec<u8>>;

/// The decrypted content, and why it is not all.
pub(super) fn body(header: &Header<'_>, keys: &Keys) -> Result<(Bytes, Option<Trouble>), Trouble> {
    match header.version {
        Version::Four => {
            // It never grows, so that no copy of it is left behind.
            let mut bytes = Zeroizing::new(Vec::with_capacity(header.body.len()));
            let trouble = sealed(header.body, keys, &mut bytes);
            let whole = header.cipher.whole(bytes.len());
            bytes.truncate(whole);
            header.cipher.decrypt(&keys.cipher, header.start, &mut bytes)?;
            let length = header.cipher.content(&bytes);
            bytes.truncate(length);
            Ok((bytes, trouble))
        }
        Version::Three => {
            let mut bytes = Zeroizing::new(header.body.to_vec());
            header.cipher.decrypt(&keys.cipher, header.start, &mut bytes)?;
            let trouble = summed(&mut bytes, header.proof.len());
            Ok((bytes, trouble))
        }
    }
}

fn ends_early() -> Trouble {
    Trouble::malformed("ends early")
}

/// Joins the blocks of version 4, which are sealed before they are decrypted.
fn sealed(mut rest: &[u8], keys: &Keys, bytes: &mut Vec<u8>) -> Option<Trouble> {
    for number in 0.. {
        let Some((seal, behind)) = rest.split_first_chunk::<32>() else { return Some(ends_early()) };
        let Some((length, behind)) = behind.split_first_chunk::<4>() else { return Some(ends_early()) };
        let Some((block, behind)) = behind.split_at_checked(u32::from_le_bytes(*length) as usize) else {
            return Some(ends_early());
        };
        if !keys.sealed(number, &[&u64::to_le_bytes(number), length, block], seal) {
            return Some(Trouble::malformed("has a damaged block"));
        }
        if block.is_empty() {
            break;
        }
        bytes.extend_from_slice(block);
        rest = behind;
    }
    None
}

/// Joins the blocks of version 3 where they stand, from a place on: each has its number, its sum and its length.
fn summed(bytes: &mut Vec<u8>, from: usize) -> Option<Trouble> {
    let (mut at, mut length) = (from, 0);
    let trouble = loop {
        let Some(head) = bytes.get(at..).and_then(|rest| rest.first_chunk::<40>()) else { break Some(ends_early()) };
        let (sum, size) = (&head[4..36], u32::from_le_bytes([head[36], head[37], head[38], head[39]]) as usize);
        if size == 0 {
            break None;
        }
        let start = at + head.len();
        let Some(block) = start.checked_add(size).and_then(|end| bytes.get(start..end)) else {
            break Some(ends_early());
        };
        if Sha256::digest(block)[..] != *sum {
            break Some(Trouble::malformed("has a damaged block"));
        }
        bytes.copy_within(start..start + size, length);
        (at, length) = (start + size, length + size);
    };
    bytes.truncate(length);
    trouble
}
