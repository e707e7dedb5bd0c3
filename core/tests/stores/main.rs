//! What stores on this machine and the wrappers around stores promise.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

#[cfg(feature = "engine")]
mod blob_contract;
mod blob_wrappers;
mod directory_store;
