//! Catalogs of the engine's checkpoints.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(again) = fuzzing::engine_catalog(bytes) {
        assert_eq!(again, bytes);
    }
});
