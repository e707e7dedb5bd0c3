//! Stands in for the crate `core2`, whose every version was yanked.
//!
//! The peer `wnfs-hamt` reaches it through `cid` 0.10 and `multihash` 0.18, which use it for the
//! traits of `std::io` and `std::error` where there is no `std`. The benchmarks have `std`.

pub use std::{error, io};
