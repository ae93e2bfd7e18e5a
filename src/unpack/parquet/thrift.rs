//! The compact protocol of Thrift, as far as Parquet writes it.
//!
//! Holds: `Reader`, which reads fields or passes over them. Must not know: what they mean. Written by hand: what reads
//! Parquet brings a hundred crates, and what reads Thrift wants its schema compiled.

/// How deep fields that nobody asked for may lie in each other.
const DEEPEST: u32 = 16;

/// Reads fields; nothing where they are none.
#[derive(Clone, Copy)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    pub(super) at: usize,
}

/// Kinds of values.
pub(super) const BINARY: u8 = 8;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A whole number.
    pub(super) fn number(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }

    /// Bytes, or text.
    pub(super) fn binary(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.varint()?).ok()?;
        let bytes = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(bytes)
    }

    /// The kind of what a list holds, and how much; each takes a byte at least.
    pub(super) fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        (count <= (self.bytes.len() - self.at) as u64).then_some((head & 15, count))
    }

    /// Hands each field of a structure to a function, which reads its value and tells so, or leaves it.
    pub(super) fn fields(&mut self, mut each: impl FnMut(&mut Self, i64, u8) -> Option<bool>) -> Option<()> {
        let mut id = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            id = if head >> 4 == 0 { self.number()? } else { id.checked_add(i64::from(head >> 4))? };
            if !each(self, id, head & 15)? {
                self.pass(head & 15, DEEPEST)?;
            }
        }
    }

    /// Passes over a value.
    fn pass(&mut self, kind: u8, deepest: u32) -> Option<()> {
        let deeper = deepest.checked_sub(1)?;
        match kind {
            1 | 2 => {}
            3 => self.at = self.at.checked_add(1)?,
            4..=6 => drop(self.varint()?),
            7 => self.at = self.at.checked_add(8)?,
            BINARY => drop(self.binary()?),
            LIST | 10 => {
                let (kind, count) = self.list()?;
                // Truths in lists take a byte, which fields do not.
                let kind = if matches!(kind, 1 | 2) { 3 } else { kind };
                (0..count).try_for_each(|_| self.pass(kind, deeper))?;
            }
            STRUCT => loop {
                let head = self.byte()?;
                if head == 0 {
                    break;
                }
                if head >> 4 == 0 {
                    self.varint()?;
                }
                self.pass(head & 15, deeper)?;
            },
            _ => return None,
        }
        Some(())
    }
}
