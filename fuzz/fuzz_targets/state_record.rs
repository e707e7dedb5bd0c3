//! What a store of versions keeps: the head of its log, entries, and what takes a version back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood_state::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    for parse in [fuzzing::head, fuzzing::entry, fuzzing::undo] {
        if let Ok(again) = parse(bytes) {
            assert_eq!(again, bytes);
        }
    }
});
