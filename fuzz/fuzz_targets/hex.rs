//! Hexadecimal digits.

#![no_main]

use ksefleaks::{hex_decode, hex_spells_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let layer = hex_decode(data);
    for (index, byte) in layer.bytes().iter().enumerate() {
        assert_eq!(layer.source_of(index), index * 2);
        let digits = format!("{byte:02x}");
        assert!(data[index * 2..].get(..2).is_some_and(|pair| pair.eq_ignore_ascii_case(digits.as_bytes())));
    }
    if hex_spells_text(data) {
        assert!(layer.bytes().len() >= 16);
    }
});
