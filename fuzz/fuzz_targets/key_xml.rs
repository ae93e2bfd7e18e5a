//! `RSAKeyValue`: read, and opened for what little is to be spent, whatever is given.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| ksefleaks::endure_key("xml", data));
