//! Sealwood: an end-to-end encrypted, verifiable file store.

pub mod blob;
mod error;
pub mod path;
pub mod platform;

pub use error::{Error, Result};
