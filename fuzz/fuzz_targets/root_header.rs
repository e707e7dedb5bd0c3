//! The readable start of a root object.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(again) = fuzzing::root_header(bytes) {
        assert!(bytes.starts_with(&again));
    }
});
