//! Databases of `KeePass`: opened within the limits, whatever is given.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| ksefleaks::endure("KeePass database (.kdbx)", data));
