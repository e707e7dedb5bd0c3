//! The Dart and Flutter binding of sealwood.
//!
//! What Dart calls is in [`api`], from which flutter_rust_bridge generates the glue on both sides
//! (`cargo xtask codegen`). The Dart package beside this crate puts the habits of Dart on top.
//! Handles are opaque and every method takes `&self`, so calls may run side by side.

pub mod api;
mod callback;
#[allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    unused_qualifications,
    clippy::all,
    clippy::unimplemented,
    clippy::unwrap_used
)]
#[rustfmt::skip]
mod frb_generated;
mod host;
