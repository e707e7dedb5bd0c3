//! What the store of versions promises.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
mod cuts_and_faults;
mod doubts;
mod imports;
mod model;
mod one_at_a_time;
mod recovery;
mod refusals;
mod skew;
mod snapshots;
mod steps;
mod versions;
