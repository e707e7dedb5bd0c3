#![allow(clippy::unwrap_used)]

mod acceptance;
mod chain;
mod fixture;
mod fork_proof;
mod heads;
#[cfg(not(target_arch = "wasm32"))]
mod model;
