//! Runs of chunks, behind how many chunks they are for and a number for each.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    let Some(([low, high], rest)) = bytes.split_first_chunk() else { return };
    let count = usize::from(u16::from_le_bytes([*low, *high]));
    let Some((chunks, runs)) = rest.split_at_checked(count) else { return };
    if let Ok(again) = fuzzing::chunk_runs(chunks, runs) {
        assert_eq!(again, runs);
    }
});
