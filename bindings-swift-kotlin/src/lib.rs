//! The Swift and Kotlin binding of sealwood: what both languages call.
//!
//! uniffi's macros export what is here; `uniffi-bindgen` (the crate beside this one) writes a Swift
//! and a Kotlin layer over it, and a thin layer written by hand above each is what an app sees. So
//! names start with `Core` for what the core does and with `Host` for what the app implements, and
//! never meet the names of the API.
//!
//! Every asynchronous call takes a [`CoreCall`], through which the language cancels it: a Swift
//! task that is cancelled does not drop the future it waits for. Dropping works as well. Futures
//! need no executor of their own: the language polls them, and input and output have the core's
//! threads.

mod batch;
mod call;
mod credential;
mod engine;
mod entry;
mod error;
mod host_source;
mod host_store;
mod library;
mod logger;
mod new_vault;
mod object;
mod pull;
mod settings;
mod store;
mod tree;
mod vault;

pub use batch::CoreBatch;
pub use call::{CoreCall, HostProgress};
pub use credential::{
    CoreCredential, core_generate_secret, core_phrase_of_secret, core_secret_of_phrase,
};
pub use engine::*;
pub use entry::{CoreEntry, CoreEntryKind, CoreMetadata, CorePage, CorePutOptions, CoreRange};
pub use error::CoreError;
pub use host_source::HostSource;
pub use host_store::HostStore;
pub use library::core_version;
pub use logger::{CoreLogLevel, HostLogger, core_set_logger};
pub use new_vault::CoreNewVault;
pub use object::{CoreObject, CoreObjectMeta, CoreObjectPage, CorePrecondition};
pub use pull::{CoreContent, CoreEntries};
pub use settings::{CoreConfig, CoreConvergence, CoreS3, CoreStats};
pub use store::CoreStore;
pub use tree::CoreTree;
pub use vault::CoreVault;

uniffi::setup_scaffolding!("sealwood");
