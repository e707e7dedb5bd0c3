//! Rows of heads, and what holds such rows: the body of a root, and what a device keeps of one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    for read in [fuzzing::heads, fuzzing::carried, fuzzing::kept_root] {
        if let Ok(again) = read(bytes) {
            assert_eq!(again, bytes);
        }
    }
});
