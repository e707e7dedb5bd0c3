//! The scenarios of `conformance/scenarios`, run against the Rust API.
//!
//! A file is read and its variables are filled in ([`read`]); a scenario's steps are taken one
//! after the other, some of them side by side ([`run`]); what a step gives is compared with what
//! the scenario says. The language is described in `conformance/scenarios/README.md`, and every
//! other language has a runner of its own. [`golden`] makes scenarios of the golden vaults in
//! `conformance/vectors`.

mod content;
mod file;
pub mod golden;
mod host;
mod outcome;
mod report;
mod run;
mod step;
mod verb;
mod world;

pub use file::{Scenario, Variables, read, read_page};
pub use report::Report;
pub use run::{Failure, run};
