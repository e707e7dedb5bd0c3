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
pub mod device;
mod error;
mod forest;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
// Public names in it are for `internals`.
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
mod hamt;
#[cfg(feature = "internals")]
pub mod internals;
mod keyring;
mod packs;
pub mod path;
pub mod platform;
pub mod seal;
mod session;
mod task;
mod text;
pub mod trust;
pub mod vault;

pub use content::{CHUNK_BYTES_DEFAULT, CHUNKED_BYTES_MIN, EXTENT_BYTES_DEFAULT, INLINE_BYTES_MAX};
pub use error::{Cause, Damage, Error, Result};
#[cfg(feature = "engine")]
#[doc(inline)]
pub use sealwood_engine as engine;
#[cfg(feature = "engine")]
#[doc(inline)]
pub use sealwood_engine::lthash;
pub use session::WriteStats;
pub use task::{CallContext, CancelToken, OnProgress, Progress};
pub use vault::Vault;

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
