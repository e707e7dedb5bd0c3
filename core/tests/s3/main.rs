//! What vaults in a bucket promise, before servers of ours in this process and before those of
//! others that `cargo xtask test` starts.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod s3_bucket;
mod s3_server;

mod s3_contract;
mod s3_faults;
mod s3_in_flight;
mod s3_processes;
mod s3_tls;
mod s3_uploads_arrive_intact;
