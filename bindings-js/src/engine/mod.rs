//! The embedded engine and the hashes of rows: a module of their own, which knows nothing of
//! vaults.

mod batch;
mod config;
mod domain;
mod handle;
mod hash;
mod iterations;
mod large;
mod namespace;
mod partition;
mod partitions;
mod snapshot;
mod values;
