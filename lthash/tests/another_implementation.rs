//! Raw messages have the elements and checksums that another implementation gives them.

#![cfg(not(target_arch = "wasm32"))]
// The crate names itself unstable.
#![allow(deprecated)]

#[path = "common/lengths.rs"]
mod lengths;
#[path = "common/noise.rs"]
mod noise;

use lengths::LENGTHS;
use noise::noise;
use sealwood_lthash::{Kernel, LtHash};
use solana_lattice_hash::lt_hash;

fn theirs(message: &[u8]) -> lt_hash::LtHash {
    lt_hash::LtHash::with(blake3::Hasher::new().update(message))
}

fn bytes(theirs: &lt_hash::LtHash) -> Vec<u8> {
    theirs.0.iter().flat_map(|lane| lane.to_le_bytes()).collect()
}

#[test]
fn adding_and_removing_agree_byte_for_byte() {
    let messages: Vec<_> = LENGTHS.iter().map(|length| noise(5, *length)).collect();
    let mut reference = lt_hash::LtHash::identity();
    let mut state = LtHash::identity();
    for message in &messages {
        reference.mix_in(&theirs(message));
        state.add_raw(message);
        assert_eq!(state.encode().as_slice(), bytes(&reference));
        assert_eq!(state.checksum().as_bytes(), &reference.checksum().0);
    }
    for kernel in Kernel::all() {
        assert_eq!(kernel.sum_raw(&messages).encode().as_slice(), bytes(&reference));
    }
    for message in &messages[3..9] {
        reference.mix_out(&theirs(message));
        state.remove_raw(message);
        assert_eq!(state.encode().as_slice(), bytes(&reference));
    }
}
