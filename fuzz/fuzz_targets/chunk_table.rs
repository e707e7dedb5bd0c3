//! Tables of chunks, behind the number of chunks they stand for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    let Some((chunks, table)) = bytes.split_first_chunk() else { return };
    if let Ok(again) = fuzzing::chunk_table(u64::from_le_bytes(*chunks), table) {
        assert_eq!(again, table);
    }
});
