//! Nodes of the engine's index, behind a byte that says which kind of frame they are in.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, body)) = bytes.split_first() else { return };
    let read = if kind % 2 == 0 { fuzzing::engine_bucket } else { fuzzing::engine_inner };
    if let Ok(again) = read(body) {
        assert_eq!(again, body);
    }
});
