//! What a device remembers of a vault.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(again) = fuzzing::device_record(bytes) {
        assert_eq!(again, bytes);
    }
});
