//! What is sealed of a root: its body and its padding, behind the length of its header.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    let Some((header_bytes, sealed)) = bytes.split_first() else { return };
    if let Ok(again) = fuzzing::root_padding(*header_bytes, sealed) {
        assert_eq!(again, sealed);
    }
});
