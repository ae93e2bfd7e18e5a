//! Base64: both decoders agree, and what is decoded can be encoded again.

#![no_main]

use ksefleaks::{base64_bytes, base64_decode, base64_digits_within};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let layer = base64_decode(data);
    assert_eq!(layer.bytes(), base64_bytes(data));
    for index in 0..layer.bytes().len() {
        assert_eq!(layer.source_of(index), index * 8 / 6);
    }
    let (digits, phase) = base64_digits_within(data, 0);
    assert_eq!(phase, 0);
    assert!(data.starts_with(base64_decode(&digits).bytes()));
    for alignment in 0..3 {
        let (digits, phase) = base64_digits_within(data, alignment);
        assert!(phase < 4 && digits.len() <= data.len() * 8 / 6 + 1);
    }
});
