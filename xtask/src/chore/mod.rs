//! What a person types after `cargo xtask`.

pub(crate) mod bench;
pub(crate) mod demo;
pub(crate) mod fuzz;
pub(crate) mod test;
pub(crate) mod vectors;
