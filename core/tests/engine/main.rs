//! What the embedded engine promises.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used)]

mod access;
mod checkpoint_faults;
mod closing;
mod common;
mod concurrency;
mod costs;
mod damage;
mod durable_writes;
mod keys_and_values;
mod large_value_faults;
mod large_values;
mod ledger;
mod model;
mod power_cuts;
mod scarce;
mod snapshots;
mod watches;
