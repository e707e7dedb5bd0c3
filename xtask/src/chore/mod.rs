//! What a person types after `cargo xtask`.

pub(crate) mod api;
pub(crate) mod bench;
mod bench_engine;
mod bench_lthash;
mod bench_s3;
mod bench_size;
pub(crate) mod codegen;
pub(crate) mod demo;
pub(crate) mod fault_proxy;
pub(crate) mod fuzz;
pub(crate) mod graph;
pub(crate) mod jar;
pub(crate) mod kernels;
pub(crate) mod kill;
pub(crate) mod mobile;
pub(crate) mod mutants;
pub(crate) mod npm;
pub(crate) mod sid;
pub(crate) mod swift;
pub(crate) mod test;
pub(crate) mod vectors;
