//! gzip: opened within its limits, whatever it is given.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| ksefleaks::endure("gzip", data));
