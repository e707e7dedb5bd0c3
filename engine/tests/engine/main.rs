//! What the embedded engine promises.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used)]

mod access;
mod causes;
mod checkpoint_faults;
mod closing;
mod common;
mod compaction_cuts;
mod concurrency;
mod costs;
mod damage;
mod damaged_values_heal;
mod durable_writes;
mod expired_stays_expired;
mod footers;
mod full_disk;
mod keys_and_values;
mod large_value_faults;
mod large_values;
mod ledger;
mod leftovers;
mod made_durable;
mod missing_log;
mod model;
#[cfg(unix)]
mod moved_directories;
mod power_cuts;
mod rebuilt_from_footers;
mod renames;
mod salvage;
mod salvaged_compactions;
mod scans_as_iterators;
mod scans_of_damage;
mod scarce;
mod snapshots;
mod strays;
mod tracked_checks;
mod tracked_comparisons;
mod tracked_damage;
mod tracked_faults;
mod tracked_namespaces;
mod watches;
