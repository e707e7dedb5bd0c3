//! Proofs of forks, without their signatures.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(again) = fuzzing::fork_proof(bytes) {
        assert_eq!(again, bytes);
    }
});
