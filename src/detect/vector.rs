//! The fast way over a text: 32 bytes at a time, all questions at once.
//!
//! Holds: the only unsafe code of the project: instructions of AVX2. The safe way in `search` runs
//! at 0.16 of the speed of `memchr`, since it goes over each byte three times; this one at 0.21: it asks for
//! four bytes of each anchor, for digits and for zeros while the bytes are in a register. Must not
//! know: what the anchors belong to. It tells what the safe way tells, which a test compares.

use super::search::Hint;

/// The fast way, made ready for a set of cores.
pub(super) struct Vector {
    #[cfg(target_arch = "x86_64")]
    tables: avx2::Tables,
    #[cfg(not(target_arch = "x86_64"))]
    never: std::convert::Infallible,
}

impl Vector {
    /// Nothing where the processor cannot go this way.
    pub(super) fn new<'a>(cores: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        {
            avx2::Tables::new(cores).map(|tables| Self { tables })
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            drop(cores);
            None
        }
    }

    /// Goes over a text.
    pub(super) fn sweep(&self, text: &[u8], take: &mut dyn FnMut(Hint)) {
        #[cfg(target_arch = "x86_64")]
        self.tables.sweep(text, take);
        #[cfg(not(target_arch = "x86_64"))]
        match self.never {}
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    #![expect(unsafe_code, reason = "vector instructions need it twice: to be called, and to load")]

    use std::arch::x86_64::{
        __m256i, _mm_loadu_si128, _mm256_alignr_epi8, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
        _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_permute2x128_si256, _mm256_set1_epi8, _mm256_setzero_si256,
        _mm256_shuffle_epi8, _mm256_srli_epi16,
    };

    use super::Hint;
    use crate::detect::anchors::CORE;
    use crate::detect::runs;

    /// Bytes in a register.
    const WIDTH: usize = 32;

    /// Cores are sorted into this many sets, a bit each.
    const SETS: usize = 8;

    /// For each of the two halves of a byte the sets of those bytes that it may be a half of.
    #[derive(Clone, Copy, Default)]
    struct Halves {
        low: [u8; 16],
        high: [u8; 16],
    }

    impl Halves {
        fn add(&mut self, byte: u8, set: u8) {
            self.low[usize::from(byte & 15)] |= set;
            self.high[usize::from(byte >> 4)] |= set;
        }
    }

    /// What is looked for.
    pub(super) struct Tables {
        /// The sets of cores that have a byte at each of their places.
        places: [Halves; CORE],
        digits: Halves,
        /// The cores as numbers, with the numbers they are known by, each in the first free place behind the one that
        /// its hash names: most of what is asked for is no core, and meets an empty place at once.
        cores: Vec<Option<(u32, u32)>>,
    }

    impl Tables {
        pub(super) fn new<'a>(cores: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
            let cores: Vec<[u8; CORE]> = cores.map(|core| core.try_into().ok()).collect::<Option<_>>()?;
            // A zero would be found in the padding at the end of a text.
            if !is_x86_feature_detected!("avx2") || cores.iter().flatten().any(|byte| *byte == 0) {
                return None;
            }
            let mut places = [Halves::default(); CORE];
            for (core, set) in cores.iter().zip(sets(&cores)) {
                for (place, byte) in places.iter_mut().zip(core) {
                    place.add(*byte, 1 << set);
                }
            }
            let mut digits = Halves::default();
            for byte in (0..=u8::MAX).filter(|byte| runs::is_digit(*byte)) {
                // Rows of the code table that have the same digits may share a bit; these do not.
                digits.add(byte, 1 << (byte >> 4));
            }
            Some(Self { places, digits, cores: table_of(&cores)? })
        }

        /// The number by which a core is known.
        fn number_of(&self, core: u32) -> Option<usize> {
            let mut at = hash(core);
            while let Some((known, number)) = self.cores[at] {
                if known == core {
                    return Some(number as usize);
                }
                at = (at + 1) % SLOTS;
            }
            None
        }

        pub(super) fn sweep(&self, text: &[u8], take: &mut dyn FnMut(Hint)) {
            // SAFETY: `new` has seen that the processor has AVX2.
            unsafe { self.sweep_avx2(text, take) }
        }

        #[target_feature(enable = "avx2")]
        fn sweep_avx2(&self, text: &[u8], take: &mut dyn FnMut(Hint)) {
            let places = self.places.map(|halves| (table(&halves.low), table(&halves.high)));
            let digits = (table(&self.digits.low), table(&self.digits.high));
            let (zero, nibble) = (_mm256_setzero_si256(), _mm256_set1_epi8(15));
            let mut before = [zero; CORE - 1];
            let mut way = Way { text, take, tables: self, run: 0, wide_end: 0 };
            let mut step = |bytes: &[u8; WIDTH], base: usize| {
                let vector = load(bytes);
                let low = _mm256_and_si256(vector, nibble);
                let high = _mm256_and_si256(_mm256_srli_epi16::<4>(vector), nibble);
                let sets = |tables: (__m256i, __m256i)| {
                    _mm256_and_si256(_mm256_shuffle_epi8(tables.0, low), _mm256_shuffle_epi8(tables.1, high))
                };
                let found = [sets(places[0]), sets(places[1]), sets(places[2]), sets(places[3])];
                let both = _mm256_and_si256(shifted::<13>(found[0], before[0]), shifted::<14>(found[1], before[1]));
                let all = _mm256_and_si256(both, _mm256_and_si256(shifted::<15>(found[2], before[2]), found[3]));
                before = [found[0], found[1], found[2]];
                let ends = !mask(_mm256_cmpeq_epi8(all, zero));
                let others = mask(_mm256_cmpeq_epi8(sets(digits), zero));
                let zeros = mask(_mm256_cmpeq_epi8(vector, zero));
                way.go(base, ends, others, zeros);
            };
            let (blocks, rest) = text.as_chunks::<WIDTH>();
            for (index, block) in blocks.iter().enumerate() {
                step(block, index * WIDTH);
            }
            let mut last = [b' '; WIDTH];
            last[..rest.len()].copy_from_slice(rest);
            step(&last, blocks.len() * WIDTH);
        }
    }

    /// Places in the table of cores, a power of two: far more than there are cores.
    const SLOTS: usize = 4096;

    fn hash(core: u32) -> usize {
        // The upper bits of a product with a random odd number depend on all bits.
        (core.wrapping_mul(0x9E37_79B1) >> 20) as usize
    }

    /// The table of the cores; nothing where there are too many to look them up fast.
    fn table_of(cores: &[[u8; CORE]]) -> Option<Vec<Option<(u32, u32)>>> {
        if cores.len() > SLOTS / 4 {
            return None;
        }
        let mut table = vec![None; SLOTS];
        for (number, core) in (0..).zip(cores) {
            let core = u32::from_le_bytes(*core);
            let mut at = hash(core);
            while table[at].is_some() {
                at = (at + 1) % SLOTS;
            }
            table[at] = Some((core, number));
        }
        Some(table)
    }

    /// The way over one text.
    struct Way<'a> {
        text: &'a [u8],
        take: &'a mut dyn FnMut(Hint),
        tables: &'a Tables,
        /// How many digits stand in a row before this register.
        run: usize,
        wide_end: usize,
    }

    impl Way<'_> {
        /// Takes the answers about the register that begins at `base`: where cores may end, which
        /// bytes are no digits, which are zero.
        #[inline]
        fn go(&mut self, base: usize, ends: u32, others: u32, zeros: u32) {
            if ends != 0 {
                self.cores(base, ends);
            }
            if zeros != 0 {
                self.wide(base, zeros);
            }
            if others == 0 {
                self.run += WIDTH;
            } else {
                let end = others.trailing_zeros() as usize;
                if self.run + end >= runs::SHORTEST {
                    (self.take)(Hint::Run(base - self.run..base + end));
                }
                self.run = others.leading_zeros() as usize;
            }
        }

        #[cold]
        fn cores(&mut self, base: usize, mut ends: u32) {
            while ends != 0 {
                let end = base + ends.trailing_zeros() as usize;
                ends &= ends - 1;
                let Some(core) = end.checked_sub(CORE - 1).and_then(|at| self.text.get(at..=end)) else { continue };
                let Ok(core) = core.try_into().map(u32::from_le_bytes) else { continue };
                if let Some(number) = self.tables.number_of(core) {
                    (self.take)(Hint::Core { number, at: end + 1 - CORE });
                }
            }
        }

        #[cold]
        fn wide(&mut self, base: usize, zeros: u32) {
            for half in 0..2 {
                let (at, zeros) = (base + half * 16, zeros >> (half * 16) & 0xFFFF);
                if at >= self.wide_end && (zeros == 0x5555 || zeros == 0xAAAA) {
                    let (range, big) = runs::widen(self.text, self.wide_end, at + usize::from(zeros == 0x5555));
                    self.wide_end = range.end.max(at + 16);
                    if range.len() >= runs::SHORTEST_WIDE * 2 - 1 {
                        (self.take)(Hint::Wide { range, big });
                    }
                }
            }
        }
    }

    /// How often bytes are met in what is searched, in a thousand, counted over 200 MB of source text: with numbers
    /// that were guessed three times as much was taken for a core.
    fn commonness(byte: u8) -> u64 {
        match byte {
            b' ' => 140,
            b'e' | b't' => 60,
            b'a' | b'i' | b'n' | b'o' | b'r' | b's' => 40,
            b'\n' | b'c' | b'd' | b'l' | b'm' => 25,
            b'\t' | b'"' | b'-' | b'_' | b'f' | b'g' | b'h' | b'p' | b'u' => 17,
            b'(' | b')' | b',' | b'.' | b'/' | b':' | b'b' | b'y' => 8,
            b'k' | b'v' | b'w' | b'x' => 5,
            b'!'..=b'>' => 3,
            b'?'..=b'~' => 2,
            _ => 1,
        }
    }

    /// The halves of bytes that a set has at one of its places, a bit each.
    type Place = (u16, u16);

    /// How often halves of bytes meet, by the high one and the low one.
    type Common = [[u64; 16]; 16];

    /// The halves that a set has when it has a core as well.
    fn with(places: &[Place; CORE], core: [u8; CORE]) -> [Place; CORE] {
        std::array::from_fn(|place| {
            (places[place].0 | 1 << (core[place] & 15), places[place].1 | 1 << (core[place] >> 4))
        })
    }

    /// How often a set lets something pass, in parts of a thousand to the power of four.
    fn passing(places: &[Place; CORE], common: &Common) -> u64 {
        let bits = |mut halves: u16| {
            std::iter::from_fn(move || {
                let bit = (halves != 0).then(|| halves.trailing_zeros() as usize);
                halves &= halves.wrapping_sub(1);
                bit
            })
        };
        let place = |(low, high): &Place| -> u64 {
            bits(*high).map(|high| bits(*low).map(|low| common[high][low]).sum::<u64>()).sum()
        };
        places.iter().map(place).product()
    }

    /// How often each core is moved to a set where it does less harm; behind the third time little moves.
    const MOVES: usize = 4;

    /// Sorts cores into sets so that they let as little else pass as possible.
    fn sets(cores: &[[u8; CORE]]) -> Vec<usize> {
        let common: Common = std::array::from_fn(|high| std::array::from_fn(|low| commonness((high << 4 | low) as u8)));
        // Those made of common bytes first: what is rare finds its place among them.
        let mut order: Vec<usize> = (0..cores.len()).collect();
        let weight = |core: &[u8; CORE]| core.iter().map(|byte| commonness(*byte)).product::<u64>();
        order.sort_by_key(|index| std::cmp::Reverse(weight(&cores[*index])));
        let mut sets = vec![None; cores.len()];
        for _ in 0..MOVES {
            let before = sets.clone();
            for index in &order {
                sets[*index] = None;
                let members: [[Place; CORE]; SETS] = std::array::from_fn(|set| {
                    let others = cores.iter().zip(&sets).filter(|(_, own)| **own == Some(set));
                    others.fold([(0, 0); CORE], |places, (core, _)| with(&places, *core))
                });
                let cost = |set: &usize| {
                    passing(&with(&members[*set], cores[*index]), &common) - passing(&members[*set], &common)
                };
                sets[*index] = (0..SETS).min_by_key(cost);
            }
            if sets == before {
                break;
            }
        }
        sets.into_iter().map(Option::unwrap_or_default).collect()
    }

    #[target_feature(enable = "avx2")]
    fn load(bytes: &[u8; WIDTH]) -> __m256i {
        // SAFETY: the array has the 32 bytes that are read, and the instruction asks for no alignment.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }

    #[target_feature(enable = "avx2")]
    fn table(halves: &[u8; 16]) -> __m256i {
        // SAFETY: the array has the 16 bytes that are read, and the instruction asks for no alignment.
        _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(halves.as_ptr().cast()) })
    }

    /// The bytes of `now` moved back by 16 - N places, those of `before` coming in.
    #[target_feature(enable = "avx2")]
    fn shifted<const N: i32>(now: __m256i, before: __m256i) -> __m256i {
        _mm256_alignr_epi8::<N>(now, _mm256_permute2x128_si256::<0x21>(before, now))
    }

    #[target_feature(enable = "avx2")]
    fn mask(bytes: __m256i) -> u32 {
        _mm256_movemask_epi8(bytes).cast_unsigned()
    }
}
