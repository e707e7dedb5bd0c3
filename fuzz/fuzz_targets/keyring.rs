//! Keyrings: the part that everybody can read, and the sealed part once it is opened.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(again) = fuzzing::keyring(bytes) {
        assert!(bytes.starts_with(&again));
    }
    if let Ok(again) = fuzzing::keyring_contents(bytes) {
        assert_eq!(again, bytes);
    }
});
