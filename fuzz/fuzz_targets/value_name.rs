//! Names of separated values.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|name: &str| {
    if let Some(again) = fuzzing::value_name(name) {
        assert_eq!(again, name);
    }
});
