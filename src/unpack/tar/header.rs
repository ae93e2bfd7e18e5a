//! The header of a member of a tar archive.
//!
//! Holds: its fields in all dialects, and how a sound one is told from other bytes. Must not know: members.

/// The size of a header, and of all other blocks.
pub(super) const BLOCK: usize = 512;

/// What a header says.
pub(super) struct Header {
    /// The type of the member.
    pub(super) kind: u8,
    pub(super) name: String,
    pub(super) link: Vec<u8>,
    /// How much follows it.
    pub(super) size: u64,
    /// Whether it is of old GNU, which keeps sparse maps in it.
    pub(super) gnu: bool,
}

impl Header {
    /// Reads a sound header.
    pub(super) fn read(block: &[u8; BLOCK]) -> Self {
        let mut name = text(&block[..100]).to_vec();
        if &block[257..263] == b"ustar\0" && block[345] != 0 {
            name = [text(&block[345..500]), b"/", &name].concat();
        }
        Self {
            kind: block[156],
            name: String::from_utf8(name)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            link: text(&block[157..257]).to_vec(),
            size: number(&block[124..136]).unwrap_or(0),
            gnu: &block[257..265] == b"ustar  \0",
        }
    }
}

/// A field up to its end.
pub(super) fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Whether bytes are all zero. None is asked by itself, so that it becomes vector code; there are few of them.
pub(super) fn is_empty(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |all, byte| all | byte) == 0
}

/// A number: octal digits among spaces, or big-endian where the first bit is set. Negative ones are none.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        let start = u64::from(first & 0x7F);
        return rest.iter().try_fold(start, |value, byte| value.checked_mul(256)?.checked_add(u64::from(*byte)));
    }
    let start = field.iter().position(|byte| !matches!(byte, b' ' | 0)).unwrap_or(field.len());
    let digits = field[start..].split(|byte| matches!(byte, b' ' | 0)).next()?;
    digits.iter().try_fold(0_u64, |value, byte| match byte {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

/// Whether a sound header stands there.
pub(super) fn sound(bytes: &[u8]) -> bool {
    let Some(block) = bytes.first_chunk::<BLOCK>() else { return false };
    // Most blocks are known by this alone.
    if !matches!(block[148], b'0'..=b'7' | b' ' | 0) {
        return false;
    }
    let Some(stored) = number(&block[148..156]) else { return false };
    // Plain loops over whole slices: these become vector code.
    let sum = |part: &[u8]| part.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    let high = |part: &[u8]| part.iter().map(|byte| u32::from(byte >> 7)).sum::<u32>();
    let unsigned = i64::from(sum(&block[..148]) + sum(&block[156..])) + 8 * 32;
    let stored = i64::try_from(stored).unwrap_or(-1);
    // Old programs took bytes for signed ones.
    let fits = stored == unsigned || stored == unsigned - 256 * i64::from(high(&block[..148]) + high(&block[156..]));
    fits && number(&block[124..136]).is_some()
}

/// Whether an archive begins there.
pub(super) fn begins(bytes: &[u8]) -> bool {
    let Some(block) = bytes.first_chunk::<BLOCK>() else { return false };
    if matches!(&block[257..265], b"ustar\x0000" | b"ustar  \0") {
        return true;
    }
    // The first dialect has no magic; a few others have their own. What is a header by its sum must also look like one.
    let plain = |field: &[u8]| field.iter().all(|byte| matches!(byte, b'0'..=b'7' | b' ' | 0));
    plain(&block[148..156])
        && matches!(block[156], 0 | b'0'..=b'7' | b'x' | b'g' | b'L' | b'K')
        && block[0] > b' '
        && text(&block[..100]).iter().all(|byte| *byte >= b' ')
        && plain(&block[100..124])
        && sound(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_forms() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"  17 \0\0\0"), Some(0o17));
        assert_eq!(number(b"\0\0\0\0"), Some(0));
        assert_eq!(number(b"12345678"), None);
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x02\0\0\0\0"), Some(2 << 32));
        assert_eq!(number(b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), None);
    }
}
