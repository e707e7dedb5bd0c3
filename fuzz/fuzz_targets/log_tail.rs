//! What a crash may leave of the last segment of the log, behind where to look and what was synced.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|input: (u16, u16, &[u8])| {
    let (from, known_synced, bytes) = input;
    let _ = fuzzing::log_tail(bytes, from.into(), known_synced.into());
});
