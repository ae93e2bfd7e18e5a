//! Deltas: what is built and the parts that are looked at closely agree, whatever the numbers in them say.

#![no_main]

use ksefleaks::delta_described;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [low, high, delta @ ..] = data else { return };
    // No two places of it look alike.
    let size = usize::from(*low) | usize::from(high & 0x3F) << 8;
    let base: Vec<u8> = (0..size as u32).map(|at| (at.wrapping_mul(0x9E37_79B9) >> 24) as u8).collect();
    let Some((whole, parts)) = delta_described(&base, delta) else { return };
    let Some(parts) = parts else { return };
    let mut end = 0;
    for (range, part) in &parts {
        assert!(range.start >= end && range.end <= whole.len(), "{range:?} of {}", whole.len());
        assert_eq!(whole[range.clone()], part[..]);
        end = range.end;
    }
    // What no part has stands in the base in one piece, with half of what parts reach around it.
    let starts = parts.iter().map(|(range, _)| range.end).chain([0]);
    for start in starts {
        let end = parts.iter().map(|(range, _)| range.start).filter(|at| *at >= start).min().unwrap_or(whole.len());
        let piece = &whole[start.saturating_sub(512).min(end)..(end + 512).min(whole.len())];
        if start < end && parts.iter().all(|(range, _)| range.len() >= 1024) {
            assert!(piece.is_empty() || base.windows(piece.len()).any(|window| window == piece), "{start}..{end}");
        }
    }
});
