//! The index against a `BTreeMap`, and its promises one by one.

#![allow(clippy::unwrap_used)]

mod buckets;
mod checkpoints;
mod codec;
mod model;
mod support;
mod walks;
