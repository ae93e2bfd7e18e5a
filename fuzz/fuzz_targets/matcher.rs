//! The whole matcher on arbitrary bytes: as one window, and across the edge of two.

#![no_main]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ksefleaks::{Context, Detector, Fingerprint, Found, Instant, RuleSet};
use libfuzzer_sys::fuzz_target;

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| {
    let now = Instant::from_day(2026, 11, 21).expect("a real day");
    Detector::new(RuleSet::built_in(), now).expect("the built-in rules can be searched for")
});

/// Larger than twice the margin in which windows overlap.
const WINDOW: usize = 128 << 10;

fuzz_target!(|data: &[u8]| {
    let whole = in_windows(data, usize::MAX);
    let (Some(first), true) = (data.first(), data.len() < 8 << 10) else { return };
    // Sixteen places round the edge; one input in four, since this is a hundred times slower.
    if first % 4 == 0 {
        let before = WINDOW - (48 << 10) - usize::from(first >> 4) * data.len() / 16;
        let text = [&vec![b'\n'; before][..], data, &vec![b'\n'; WINDOW]].concat();
        let (split, whole) = (in_windows(&text, WINDOW), in_windows(&text, usize::MAX));
        assert_eq!(split, whole, "windows make a difference");
    }
    drop(whole);
});

fn in_windows(text: &[u8], size: usize) -> BTreeSet<(u64, u64, u64, String)> {
    let (mut scan, mut start, mut all) = (DETECTOR.begin(&Context::default()), 0_usize, BTreeSet::new());
    loop {
        let end = text.len().min(start.saturating_add(size));
        let step = DETECTOR.window(&mut scan, &text[start..end], end == text.len(), true);
        for found in step.found {
            if let Found::Hit(hit) = found {
                assert!(hit.end <= end - start && hit.place.offset < text.len() as u64);
                let print = Fingerprint::of(&hit.credential.secret).to_string();
                all.insert((hit.place.offset, hit.place.line, hit.place.column, print));
            }
        }
        if end == text.len() {
            return all;
        }
        assert!(step.consumed > 0, "a window that is full must be consumed");
        start += step.consumed;
    }
}
