//! Sealwood: an end-to-end encrypted, verifiable file store.

pub mod blob;
mod codec;
mod content;
mod error;
mod forest;
pub mod hamt;
pub mod path;
pub mod platform;
pub mod seal;
mod task;
pub mod vault;

pub use content::{CHUNK_BYTES_DEFAULT, CHUNKED_BYTES_MIN, ContentStream, INLINE_BYTES_MAX};
pub use error::{Error, Result};
pub use forest::WriteStats;
pub use task::{CancelToken, OnProgress, Progress, Watch};
pub use vault::Vault;
