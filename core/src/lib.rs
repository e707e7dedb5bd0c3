//! Sealwood: an end-to-end encrypted, verifiable file store.

pub mod blob;
mod codec;
mod error;
pub mod hamt;
pub mod path;
pub mod platform;
pub mod seal;

pub use error::{Error, Result};
