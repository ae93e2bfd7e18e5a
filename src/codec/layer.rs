//! Bytes taken out of a dress, each with the place it came from.
//!
//! Holds: `Layer`, what every decoder here returns. Must not know: what is searched for in it.

use crate::base::Clothes;

/// Decoded bytes. For each of them the offset in the source is kept, so that a finding can say
/// where it stands in the file; layers are cut from windows, so this stays small.
#[derive(Debug, Default)]
pub struct Layer {
    bytes: Vec<u8>,
    from: Vec<u32>,
    marks: Vec<(u32, Clothes)>,
}

impl Layer {
    /// An empty layer with room for as much as a source of this length can give.
    pub fn with_capacity(length: usize) -> Self {
        Self { bytes: Vec::with_capacity(length), from: Vec::with_capacity(length), marks: Vec::new() }
    }

    /// The decoded bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds one byte that stands at `from` in the source.
    pub(super) fn push(&mut self, byte: u8, from: usize) {
        self.bytes.push(byte);
        self.from.push(u32::try_from(from).unwrap_or(u32::MAX));
    }

    /// Adds bytes that stand in the source as they are, from `from` on.
    pub(super) fn push_run(&mut self, run: &[u8], from: usize) {
        self.bytes.extend_from_slice(run);
        let start = u32::try_from(from).unwrap_or(u32::MAX);
        self.from.extend((start..).take(run.len()));
    }

    /// The same bytes, traced back through the layer that they were decoded from, beginning at
    /// `start` there. Its dresses come along.
    #[must_use]
    pub fn over(mut self, below: &Self, start: usize) -> Self {
        for (place, clothes) in below.marks.iter().filter(|(place, _)| *place as usize >= start) {
            let here = self.from.partition_point(|from| (*from as usize + start) < *place as usize);
            self.marks.push((u32::try_from(here).unwrap_or(u32::MAX), *clothes));
        }
        for from in &mut self.from {
            *from = u32::try_from(below.source_of(start + *from as usize)).unwrap_or(u32::MAX);
        }
        self.marks.sort_by_key(|(place, _)| *place);
        self
    }

    /// Takes back the last `count` bytes; the source offset of the first of them is returned.
    pub(super) fn pop(&mut self, count: usize) -> usize {
        let length = self.bytes.len().saturating_sub(count);
        let from = self.from.get(length).copied().unwrap_or(0);
        self.bytes.truncate(length);
        self.from.truncate(length);
        from as usize
    }

    /// Notes that a dress was taken off at the place where the next byte will stand.
    pub(super) fn mark(&mut self, clothes: Clothes) {
        let place = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        if self.marks.last() != Some(&(place, clothes)) {
            self.marks.push((place, clothes));
        }
    }

    /// Where in the source the byte at `index` stands; for the end, where the last one stands.
    pub fn source_of(&self, index: usize) -> usize {
        self.from.get(index).or(self.from.last()).map_or(0, |from| *from as usize)
    }

    /// The dresses that were taken off between two bytes, each once, in order of appearance.
    pub fn clothes_in(&self, start: usize, end: usize) -> Vec<Clothes> {
        let mut worn = Vec::new();
        let first = self.marks.partition_point(|(place, _)| (*place as usize) < start);
        for (place, clothes) in &self.marks[first..] {
            if *place as usize >= end {
                break;
            }
            if !worn.contains(clothes) {
                worn.push(*clothes);
            }
        }
        worn
    }

    /// The marks, for a decoder that works on this layer and keeps them.
    pub(super) fn marks(&self) -> &[(u32, Clothes)] {
        &self.marks
    }
}

impl Drop for Layer {
    fn drop(&mut self) {
        // Layers hold credentials in the clear.
        zeroize::Zeroize::zeroize(&mut self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_knows_its_source_and_its_dress() {
        let mut layer = Layer::with_capacity(8);
        layer.push_run(b"ab", 10);
        layer.mark(Clothes::Percent);
        layer.push(b'|', 12);
        layer.push_run(b"cd", 15);
        assert_eq!((layer.source_of(1), layer.source_of(2), layer.source_of(3), layer.source_of(9)), (11, 12, 15, 16));
        assert_eq!(layer.clothes_in(0, 5), [Clothes::Percent]);
        assert_eq!(layer.clothes_in(3, 5), []);
        assert_eq!(layer.pop(2), 15);
        assert_eq!(layer.bytes(), b"ab|");
    }
}
