//! The scenarios of `conformance/scenarios` and `conformance/engine`, run against the Rust API.
//!
//! A file is read and its variables are filled in ([`read`]); a scenario's steps are taken one
//! after the other, some of them side by side ([`run`]); what a step gives is compared with what
//! the scenario says. The language is described in the README of each of the two, and every other
//! language has a runner of its own. [`golden`] and [`golden_hashes`] make scenarios of the vectors
//! in `conformance/vectors`.

mod content;
mod file;
pub mod golden;
pub mod golden_hashes;
mod host;
mod outcome;
mod report;
mod run;
mod spelled;
mod step;
mod verb;
mod world;

pub use file::{Scenario, Variables, read, read_page};
pub use report::Report;
pub use run::{Failure, run};
