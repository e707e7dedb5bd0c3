//! The JavaScript binding of sealwood.
//!
//! Thin classes over the core for the modules in `js`, which are the package's API: those check
//! types, adapt streams, blobs and signals, and call these. Every asynchronous method gives a
//! promise that holds what it needs, so a handle may be freed at any time. Errors are instances of
//! the package's `SealwoodError`.

#![cfg(target_arch = "wasm32")]
// What is exported is reached from JavaScript.
#![allow(unreachable_pub)]

mod access;
mod batch;
mod content;
mod convert;
mod credential;
mod error;
mod foreign_store;
mod library;
mod listing;
mod new_vault;
mod store;
mod tree;
mod vault;
mod watch;
