//! Keys in DER: PKCS#1, PKCS#8, SEC1: read, and opened for what little is to be spent, whatever is given.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| ksefleaks::endure_key("der", data));
