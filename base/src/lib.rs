//! What the crates of Sealwood share: what they take from the machine, their compact binary, and
//! what the suites of their contracts are made of.
//!
//! An app finds what it needs of it in `sealwood` and `sealwood-engine`, which pass it on; nothing
//! here is promised to stay.
//!
//! This crate and the room `platform` of `sealwood` own every `cfg(target_arch)`. Natively what is
//! shared is `Send`; on wasm32 nothing is, and the host is JavaScript.

pub mod codec;
pub mod conformance;
mod environment;
mod files;
#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;
#[cfg(not(target_arch = "wasm32"))]
mod worker;

pub use environment::{Clock, Entropy, NoEntropy, SystemClock, SystemEntropy};
pub use files::{create_private_directory, open_regular, private_options, sync_directory};
#[cfg(not(target_arch = "wasm32"))]
pub use native::{MaybeSend, MaybeSync, now_ms, wait_until};
#[cfg(target_arch = "wasm32")]
pub use web::{MaybeSend, MaybeSync, Worker, now_ms, wait_until};
#[cfg(not(target_arch = "wasm32"))]
pub use worker::Worker;
