//! The index against a `BTreeMap`, and its promises one by one.

#![allow(clippy::unwrap_used)]

mod checkpoints;
mod codec;
mod model;
mod speed;
mod support;
mod walks;
