//! The embedded engine and the hashes of rows.

pub mod batch;
pub mod config;
pub mod found;
pub mod handle;
pub mod hash;
pub mod iterations;
pub mod namespace;
pub mod partition;
pub mod partitions;
pub mod snapshot;
pub mod state;
pub mod values;
pub mod write;
