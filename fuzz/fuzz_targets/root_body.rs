//! The body of a root object, its tail of operations included.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(again) = fuzzing::root_body(bytes) {
        assert_eq!(again, bytes);
    }
});
