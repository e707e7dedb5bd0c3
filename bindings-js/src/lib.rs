//! The JavaScript binding of sealwood.
//!
//! Thin classes over the core for the modules in `js`, which are the package's API: those check
//! types, adapt streams, blobs and signals, and call these. Every asynchronous method gives a
//! promise that holds what it needs, so a handle may be freed at any time. Errors are instances of
//! the package's `SealwoodError`.
//!
//! The package has several WebAssembly modules, so that a page loads what it uses. Each has a
//! feature, which exports what is in it, and a crate below `modules`, which builds it.

#![cfg(target_arch = "wasm32")]
// What is exported is reached from JavaScript.
#![allow(unreachable_pub)]
// No module but the first uses all of what they share.
#![cfg_attr(not(feature = "vault"), allow(dead_code))]

#[cfg(feature = "vault")]
mod access;
#[cfg(feature = "vault")]
mod batch;
#[cfg(feature = "vault")]
mod content;
mod convert;
#[cfg(feature = "vault")]
mod credential;
mod error;
mod foreign_store;
#[cfg(feature = "vault")]
mod library;
#[cfg(feature = "vault")]
mod listing;
#[cfg(feature = "vault")]
mod new_vault;
#[cfg(feature = "vault")]
mod store;
#[cfg(feature = "testing")]
mod testing;
#[cfg(feature = "vault")]
mod tree;
#[cfg(feature = "vault")]
mod vault;
mod watch;
