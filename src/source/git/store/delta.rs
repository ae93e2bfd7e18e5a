//! What a delta says: which parts of its base to copy and what to put between them.
//!
//! Holds: reading a delta, building what it describes, and the parts of that which its base does not
//! have. Must not know: where deltas come from, or what the bytes mean. Every number in a delta may be
//! a lie. By hand, since the parts around its seams are wanted, which no library tells.

use std::ops::Range;

/// How far around a seam a part reaches.
pub(in crate::source::git) const REACH: usize = 1024;

/// A delta whose head was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delta<'d> {
    /// Bytes of the base it was made for.
    pub(super) base: u64,
    /// Bytes of what it describes.
    pub(super) size: u64,
    steps: &'d [u8],
}

/// One step of a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step<'d> {
    /// A part of the base.
    Copy(usize, usize),
    /// New bytes.
    Insert(&'d [u8]),
}

impl Step<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Copy(_, count) => *count,
            Self::Insert(bytes) => bytes.len(),
        }
    }
}

/// A delta that cannot be read, or does not fit its base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

impl<'d> Delta<'d> {
    /// Reads the head.
    pub(super) fn read(bytes: &'d [u8]) -> Result<Self, Broken> {
        let mut steps = bytes;
        let base = number(&mut steps)?;
        let size = number(&mut steps)?;
        Ok(Self { base, size, steps })
    }

    /// Builds what it describes into `out`, which has the right size. On an error, tells how many bytes are right.
    pub(super) fn build(&self, base: &[u8], out: &mut [u8]) -> Result<(), usize> {
        let (mut steps, mut at) = (self.steps, 0);
        while !steps.is_empty() {
            let part = match step(&mut steps).map_err(|_| at)? {
                Step::Copy(from, count) => base.get(from..from + count),
                Step::Insert(bytes) => Some(bytes),
            };
            let part = part.ok_or(at)?;
            out.get_mut(at..at + part.len()).ok_or(at)?.copy_from_slice(part);
            at += part.len();
        }
        if at == out.len() { Ok(()) } else { Err(at) }
    }

    /// The parts of what it describes that its base does not have, each with `REACH` bytes on both
    /// sides, in order and apart from each other. Nothing where they are most of it, so that the
    /// whole is as cheap.
    pub(super) fn seams(&self, size: usize, seams: &mut Vec<Range<usize>>) -> Result<bool, Broken> {
        seams.clear();
        let (mut steps, mut at, mut total) = (self.steps, 0_usize, 0);
        let mut goes_on = None;
        while !steps.is_empty() {
            let next = step(&mut steps)?;
            let (is_seam, follows) = match next {
                Step::Copy(from, count) if (from + count) as u64 > self.base => return Err(Broken),
                Step::Copy(from, count) => (at > 0 && goes_on != Some(from), Some(from + count)),
                Step::Insert(_) => (true, None),
            };
            // A beginning or an end that is cut off is a seam as well.
            let is_seam = is_seam || (at == 0 && !matches!(next, Step::Copy(0, _)));
            if is_seam {
                let end = if matches!(next, Step::Insert(_)) { at + next.len() } else { at };
                total += push(seams, at.saturating_sub(REACH)..(end + REACH).min(size));
            }
            at += next.len();
            goes_on = follows;
            if at > size || total > size / 2 {
                return if at > size { Err(Broken) } else { Ok(false) };
            }
        }
        if goes_on.is_none_or(|end| end as u64 != self.base) {
            push(seams, size.saturating_sub(REACH)..size);
        }
        if at == size { Ok(true) } else { Err(Broken) }
    }

    /// Calls back with each of the parts until one is refused; true where none is.
    pub(super) fn parts(
        &self,
        base: &[u8],
        seams: &[Range<usize>],
        part: &mut Vec<u8>,
        mut take: impl FnMut(&[u8], &Range<usize>) -> bool,
    ) -> Result<bool, Broken> {
        let (mut steps, mut at) = (self.steps, 0);
        let mut rest = seams.iter();
        let Some(mut seam) = rest.next() else { return Ok(true) };
        part.clear();
        while !steps.is_empty() {
            let next = step(&mut steps)?;
            let end = at + next.len();
            while seam.start < end {
                let (from, to) = (seam.start.max(at), seam.end.min(end));
                let bytes = match next {
                    Step::Copy(start, _) => base.get(start + from - at..start + to - at),
                    Step::Insert(bytes) => bytes.get(from - at..to - at),
                };
                part.extend_from_slice(bytes.ok_or(Broken)?);
                if seam.end > end {
                    break;
                }
                if !take(part, seam) {
                    return Ok(false);
                }
                part.clear();
                match rest.next() {
                    Some(next) => seam = next,
                    None => return Ok(true),
                }
            }
            at = end;
        }
        Err(Broken)
    }
}

/// What a delta describes, and the parts of it that are looked at closely, if they are.
#[cfg(feature = "fuzzing")]
pub fn described(base: &[u8], delta: &[u8]) -> Option<Described> {
    let delta = Delta::read(delta).ok().filter(|delta| delta.base == base.len() as u64 && delta.size < 1 << 20)?;
    let mut whole = vec![0; delta.size as usize];
    let built = delta.build(base, &mut whole);
    let (mut seams, mut parts) = (Vec::new(), Vec::new());
    let apart = delta.seams(whole.len(), &mut seams);
    if apart == Ok(true) {
        let all = delta.parts(base, &seams, &mut Vec::new(), |part, seam| {
            parts.push((seam.clone(), part.to_vec()));
            true
        });
        // A delta whose parts can be read is one that can be built.
        assert!(all.is_err() || built.is_ok(), "{built:?}");
    }
    built.ok().map(|()| (whole, (apart == Ok(true)).then_some(parts)))
}

/// A whole, and parts of it.
#[cfg(feature = "fuzzing")]
pub type Described = (Vec<u8>, Option<Vec<(Range<usize>, Vec<u8>)>>);

/// Adds a range behind the others, or to the last one; returns by how much they grew.
fn push(seams: &mut Vec<Range<usize>>, seam: Range<usize>) -> usize {
    match seams.last_mut() {
        Some(last) if last.end >= seam.start => {
            let grown = seam.end.saturating_sub(last.end);
            last.end = last.end.max(seam.end);
            grown
        }
        _ => {
            seams.push(seam.clone());
            seam.len()
        }
    }
}

fn take(bytes: &mut &[u8]) -> Result<u8, Broken> {
    let (first, rest) = bytes.split_first().ok_or(Broken)?;
    *bytes = rest;
    Ok(*first)
}

/// Seven bits a byte, the lowest first.
fn number(bytes: &mut &[u8]) -> Result<u64, Broken> {
    let (mut value, mut shift) = (0_u64, 0);
    loop {
        let byte = take(bytes)?;
        if shift > 56 {
            return Err(Broken);
        }
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
}

/// A step of at least one byte.
fn step<'d>(steps: &mut &'d [u8]) -> Result<Step<'d>, Broken> {
    let code = take(steps)?;
    if code & 0x80 == 0 {
        let count = usize::from(code);
        if count == 0 || count > steps.len() {
            return Err(Broken);
        }
        let (bytes, rest) = steps.split_at(count);
        *steps = rest;
        return Ok(Step::Insert(bytes));
    }
    let (mut from, mut count) = (0, 0);
    for bit in 0..4 {
        if code & 1 << bit != 0 {
            from |= usize::from(take(steps)?) << (8 * bit);
        }
    }
    for bit in 0..3 {
        if code & 0x10 << bit != 0 {
            count |= usize::from(take(steps)?) << (8 * bit);
        }
    }
    Ok(Step::Copy(from, if count == 0 { 0x10000 } else { count }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Sampler;

    /// A delta and what it describes, of random steps.
    fn random(sampler: &mut Sampler, base: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let (mut steps, mut target) = (Vec::new(), Vec::new());
        for _ in 0..=sampler.below(6) {
            if sampler.below(2) == 0 {
                let bytes: Vec<u8> = (0..=sampler.below(100)).map(|_| sampler.below(256) as u8).collect();
                steps.push(u8::try_from(bytes.len()).unwrap());
                steps.extend(&bytes);
                target.extend(bytes);
            } else {
                let from = sampler.below(base.len() as u64 - 1) as usize;
                let count = 1 + sampler.below((base.len() - from) as u64).min(60_000) as usize;
                let count = if count > base.len() - from { 1 } else { count };
                steps.push(0x80 | 0x0f | 0x70);
                steps.extend(&u32::try_from(from).unwrap().to_le_bytes());
                steps.extend(&u32::try_from(count).unwrap().to_le_bytes()[..3]);
                target.extend(&base[from..from + count]);
            }
        }
        let mut delta = Vec::new();
        for mut value in [base.len(), target.len()] {
            while value > 0x7f {
                delta.push(value as u8 & 0x7f | 0x80);
                value >>= 7;
            }
            delta.push(value as u8);
        }
        delta.extend(steps);
        (delta, target)
    }

    #[test]
    fn what_is_built_and_its_parts_are_what_was_described() {
        let mut sampler = Sampler::new(3);
        let base: Vec<u8> = (0..50_000).map(|_| sampler.below(256) as u8).collect();
        for _ in 0..2_000 {
            let (bytes, target) = random(&mut sampler, &base);
            let delta = Delta::read(&bytes).unwrap();
            assert_eq!((delta.base, delta.size), (base.len() as u64, target.len() as u64));
            let mut out = vec![0; target.len()];
            delta.build(&base, &mut out).unwrap();
            assert_eq!(out, target);
            let mut seams = Vec::new();
            if delta.seams(target.len(), &mut seams).unwrap() {
                assert!(seams.windows(2).all(|pair| pair[0].end < pair[1].start), "{seams:?}");
                let mut met = Vec::new();
                let all = delta.parts(&base, &seams, &mut Vec::new(), |part, seam| {
                    assert_eq!(part, &target[seam.clone()]);
                    met.push(seam.clone());
                    true
                });
                assert_eq!((all, met), (Ok(true), seams));
            }
        }
    }

    #[test]
    fn what_no_seam_reaches_stands_in_the_base() {
        let mut sampler = Sampler::new(4);
        let base: Vec<u8> = (0..50_000).map(|_| sampler.below(256) as u8).collect();
        let mut tried = 0;
        for _ in 0..2_000 {
            let (bytes, target) = random(&mut sampler, &base);
            let mut seams = Vec::new();
            if !Delta::read(&bytes).unwrap().seams(target.len(), &mut seams).unwrap() {
                continue;
            }
            for start in (0..target.len().saturating_sub(600)).step_by(97) {
                let piece = &target[start..start + 600];
                // A piece that no part holds whole comes from one copy, unless a seam is in its middle.
                if !seams.iter().any(|seam| seam.start <= start && start + 600 <= seam.end) {
                    tried += 1;
                    assert!(base.windows(600).any(|window| window == piece), "{start} of {seams:?}");
                    break;
                }
            }
        }
        assert!(tried > 100, "{tried}");
    }

    #[test]
    fn lies_are_told() {
        let base = [7; 100];
        for bytes in [
            &[][..],
            &[0x80; 20],
            &[100, 5, 0],
            &[100, 5, 3, 1],
            &[100, 5, 0x91, 99, 5],
            &[100, 5, 0x9f, 0xff, 0xff, 0xff, 0xff, 5],
            &[100, 2, 5, 1, 2, 3, 4, 5],
            &[100, 50, 1, 1],
        ] {
            let Ok(delta) = Delta::read(bytes) else { continue };
            let mut out = vec![0; delta.size as usize];
            assert!(delta.build(&base, &mut out).is_err(), "{bytes:?}");
            let mut seams = Vec::new();
            if delta.seams(out.len(), &mut seams) == Ok(true) {
                assert_eq!(delta.parts(&base, &seams, &mut Vec::new(), |_, _| true), Err(Broken), "{bytes:?}");
            }
        }
    }
}
