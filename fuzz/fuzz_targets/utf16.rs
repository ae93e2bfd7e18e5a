//! UTF-16 of either order, broken units included.

#![no_main]

use ksefleaks::{Order, utf16_announced, utf16_decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = utf16_announced(data);
    for order in [Order::Little, Order::Big] {
        let layer = utf16_decode(data, order);
        let text = std::str::from_utf8(layer.bytes()).expect("what is decoded is UTF-8");
        let units = data.chunks_exact(2).map(|pair| match order {
            Order::Little => u16::from_le_bytes([pair[0], pair[1]]),
            Order::Big => u16::from_be_bytes([pair[0], pair[1]]),
        });
        assert_eq!(text, String::from_utf16_lossy(&units.collect::<Vec<_>>()));
        for index in 0..text.len() {
            assert!(layer.source_of(index) + 1 < data.len());
        }
    }
});
