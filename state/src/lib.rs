//! Rows in named partitions, with versions that can be proven to be the same.
//!
//! A [`StateStore`] lies over one or more engines of `sealwood-engine`. Change sets are applied to
//! the working state and become a version by a commit, with the [`LtHash`] of all rows; two stores
//! of one hash hold the same. `docs/LTHASH.md`, section 7, has the formats and the argument.
//!
//! ```
//! use std::sync::Arc;
//! use sealwood_engine::{Engine, EngineConfig, disk::MemoryDisk};
//! use sealwood_state::{ChangeSet, StateConfig, StateStore};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let [main, large] = [MemoryDisk::new(), MemoryDisk::new()]; // or directories
//! let main = Engine::open(Arc::new(main), EngineConfig::default())?;
//! let large = Engine::open(Arc::new(large), EngineConfig::default())?;
//! let config = StateConfig::new(&main).partition("account").partition_in("storage", &large);
//! let mut store = StateStore::open(config.clone())?;
//!
//! store.apply("account", ChangeSet::new().put("ada", "5").put("grace", "7"))?;
//! store.apply("account", ChangeSet::new().delete("grace"))?;
//! store.apply("storage", ChangeSet::new().put("ada/1", ""))?; // without bytes, and a row
//! assert_eq!(store.get("account", b"grace")?, None); // seen at once
//! let first = store.commit(1)?;
//! assert_eq!(first, store.working_hash()?);
//!
//! store.apply("account", ChangeSet::new().put("ada", "6"))?;
//! store.commit(2)?;
//! let snapshot = store.snapshot()?;
//! assert_eq!(store.rollback(1)?, first);
//! assert_eq!(snapshot.version(), 2); // stays as it was
//! assert_eq!(snapshot.partition("account")?.get(b"ada")?, Some("6".into()));
//! assert!(store.snapshot()?.verify()?.is_empty()); // all rows give the hash
//!
//! drop(store);
//! assert_eq!(StateStore::open(config)?.hash()?, first);
//! # Ok(())
//! # }
//! ```
//!
//! **How it holds together.** The engine of the log has an entry for each version: what it changed,
//! and the checksums of all partitions after it. A version is there from the moment its entry is
//! durable. Each partition keeps its own hash and version with its rows, in one batch, and what
//! takes a version back. So a partition can be told to be ahead or behind, and gets forward by the
//! log and back by itself; in the end version and hash of each must be those of the log. Partitions
//! in the engine of the log are never behind, and ahead only while a rollback is under way.
//!
//! **What it expects.** The namespaces of its partitions, and those whose names begin with
//! `state-`, belong to it alone. That somebody else has left more rows or fewer is noticed when it
//! is opened ([`Error::Drifted`]), other rows or values in the place of as many by
//! [`verify`](StateSnapshot::verify), and a change of the log by the next commit
//! ([`Error::OtherWriter`]). There is one store over a log, and over a partition, at a time: a
//! second one is refused ([`Error::InUse`]).
//!
//! Where to find what, from the ground up:
//!
//! | what | files |
//! |---|---|
//! | errors, names, settings, changes | `error`, `names`, `config`, `change_set` |
//! | who has a partition | `claim` |
//! | what is stored | `codec`, `head`, `entry`, `undo` |
//! | what is not committed | `working` |
//! | a partition, the log | `part`, `version_log` |
//! | bringing them together | `align` |
//! | what an app calls | `store`, `commit`, `rollback`, `import` |
//! | reading versions | `snapshot`, `check` |

mod align;
mod change_set;
mod check;
mod claim;
mod codec;
mod commit;
mod config;
mod entry;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod head;
mod import;
mod names;
mod part;
mod rollback;
mod snapshot;
mod store;
mod undo;
mod version_log;
mod working;

pub use change_set::{CHANGES_MAX, ChangeSet};
pub use check::StateCheck;
pub use config::{PARTITIONS_MAX, StateConfig};
pub use error::{Error, Result};
pub use head::KEPT_VERSIONS_MAX;
pub use import::Import;
pub use snapshot::{PartitionSnapshot, Rows, StateSnapshot};
pub use store::StateStore;

pub use sealwood_lthash::LtHash;
pub use {sealwood_engine as engine, sealwood_lthash as lthash};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
