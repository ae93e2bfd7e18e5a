//! Lists of files.

#![no_main]

use ksefleaks::files_from;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut reader = data;
    if let Ok(paths) = files_from(&mut reader) {
        assert!(paths.len() <= data.len());
        assert!(
            paths.iter().all(|path| !path.as_os_str().is_empty() && !path.as_os_str().as_encoded_bytes().contains(&0))
        );
    }
});
