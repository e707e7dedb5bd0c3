//! The store as an attacker: what `docs/THREATS.md` says is noticed, by whom, and as what.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod branches;
mod devices;
mod lying;
mod old_roots;
mod other_vaults;
