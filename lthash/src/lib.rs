//! LtHash: a hash of a set of rows that follows every change in constant time.
//!
//! Each row, a key and a value, becomes an *element*: 1,024 numbers of 16 bits, expanded by BLAKE3.
//! The [`LtHash`] of a set is the sum of its elements, number by number. So a row is added or
//! removed without looking at the others, order does not matter, and the hash of two sets together
//! is the sum of their hashes. Two sets of rows with the same hash are the same; what that means,
//! and what it does not, is in `docs/LTHASH.md`.
//!
//! ```
//! use sealwood_lthash::{Domain, LtHash};
//!
//! let users = Domain::new("users")?;
//! let mut state = LtHash::identity();
//! state.add(&users, b"ada", b"1815");
//! state.add_batch(&users, [("grace", "1906"), ("edsger", "1930")]);
//!
//! let mut replica = LtHash::identity();
//! replica.add_batch(&users, [("edsger", "1930"), ("ada", "1815"), ("grace", "1906")]);
//! assert_eq!(state, replica);
//!
//! state.remove(&users, b"grace", b"1906");
//! assert_ne!(state, replica);
//! # Ok::<(), sealwood_lthash::Error>(())
//! ```
//!
//! Many rows at once are several times as fast as one by one: a [`Kernel`] hashes and expands 8 or
//! 16 blocks side by side and adds them up as they come. The best one for the processor is chosen
//! at run time.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(rustdoc::broken_intra_doc_links)]

extern crate alloc;

mod batch;
mod change;
mod compression;
mod domain;
mod error;
mod hash;
mod kernel;
mod message;
#[cfg(feature = "std")]
mod parallel;
mod partition;
mod partitioned;
mod rows;

pub use change::{Change, Value};
pub use domain::Domain;
pub use error::{Error, Result};
pub use hash::{Checksum, LtHash};
pub use kernel::Kernel;
pub use partition::{Detail, Partition, Record, State, Statistics, Tally, bucket_of};
pub use partitioned::{Difference, PartitionedLtHash, Place};
