//! Records of the log.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(again) = fuzzing::log_record(bytes) {
        assert_eq!(again, bytes);
    }
});
