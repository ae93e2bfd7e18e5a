//! Escapes and joints: every byte knows where it came from, and nothing grows.

#![no_main]

use ksefleaks::{Layer, Reading, join, unescape};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for quoted_printable in [false, true] {
        for drop_spaces in [false, true] {
            let plain = unescape(data, Reading { quoted_printable, drop_spaces });
            check(&plain, data);
            let joined = join(&plain);
            check(&joined, data);
            assert!(joined.bytes().len() <= plain.bytes().len());
        }
    }
});

fn check(layer: &Layer, source: &[u8]) {
    let length = layer.bytes().len();
    assert!(length <= source.len());
    let mut before = 0;
    for index in 0..length {
        let from = layer.source_of(index);
        assert!(from >= before && from < source.len(), "byte {index} comes from {from}");
        before = from;
    }
    let _ = layer.clothes_in(0, length);
}
