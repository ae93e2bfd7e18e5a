//! Passwords in text: read at each of their words, whatever is given.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| ksefleaks::endure_passwords(data));
