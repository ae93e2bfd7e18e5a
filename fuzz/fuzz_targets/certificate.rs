//! Certificates in DER, armour and base64: read, whatever is given.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| ksefleaks::endure_certificate(data));
