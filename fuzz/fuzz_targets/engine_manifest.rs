//! Slots of the engine's manifest.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(again) = fuzzing::engine_manifest(bytes) {
        assert_eq!(again, bytes);
    }
});
