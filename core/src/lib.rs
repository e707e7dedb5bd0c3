//! Sealwood: an end-to-end encrypted, verifiable file store.
//!
//! Start at [`Vault`]. A vault lives on a [`blob::BlobStore`]; [`seal`] has its secrets, [`path`]
//! the rules of names. `docs/ARCHITECTURE.md` walks a put and a get through the rooms,
//! `docs/FORMAT.md` has the bytes.

pub mod blob;
#[cfg(feature = "bridge")]
pub mod bridge;
mod codec;
mod content;
mod error;
mod forest;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod hamt;
mod packs;
pub mod path;
pub mod platform;
pub mod seal;
mod task;
pub mod vault;

pub use content::{CHUNK_BYTES_DEFAULT, CHUNKED_BYTES_MIN, ContentStream, INLINE_BYTES_MAX};
pub use error::{Damage, Error, Result};
pub use forest::WriteStats;
#[cfg(feature = "engine")]
#[doc(inline)]
pub use sealwood_engine as engine;
pub use task::{CancelToken, OnProgress, Progress, Watch};
pub use vault::Vault;

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
