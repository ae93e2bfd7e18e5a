//! Reading a baseline: no panic, and no error that quotes.

#![no_main]

use ksefleaks::Baseline;
use libfuzzer_sys::fuzz_target;

/// What must not be seen in an error; it stands wherever the input has an `@`.
const CANARY: &str = "e7f1c2d3b4a54968b7c6d5e4f3a2b1c0";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let text = text.replace('@', CANARY);
    if let Err(error) = Baseline::parse(&text) {
        let told = format!("{error} {error:?}");
        assert!(!told.contains(&CANARY[..12]), "an error quotes its input");
    }
});
