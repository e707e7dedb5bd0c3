//! Rows of heads, and roots as devices keep them, which hold such rows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    for read in [fuzzing::heads, fuzzing::kept_root] {
        if let Ok(again) = read(bytes) {
            assert_eq!(again, bytes);
        }
    }
});
