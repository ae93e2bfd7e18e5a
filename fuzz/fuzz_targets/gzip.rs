//! Opening of containers: within its limits, whatever it is given.

#![no_main]

use ksefleaks::{Budget, Limits, Origin};
use ksefleaks::{is_container, open};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // Arbitrary bytes hardly ever begin as a container does.
    let packed = [&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF][..], data].concat();
    for bytes in [data, &packed] {
        let limits = Limits { max_blob: 1 << 20, max_expanded: 2 << 20, ..Limits::default() };
        let opened = open(bytes, &Origin::label("a"), &mut Budget::new(&limits));
        assert_eq!(opened.is_some(), is_container(bytes));
        let held: usize = opened.iter().flat_map(|opened| &opened.children).map(|child| child.bytes.len()).sum();
        assert!(held <= 2 << 20, "{held} bytes are held");
    }
});
