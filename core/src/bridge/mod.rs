//! What the language bindings share.
//!
//! A binding translates types and nothing else; this room holds what more than one of them needs:
//! what can be read, vault or snapshot ([`Tree`]), streams that are pulled through a shared
//! reference ([`Pull`], [`source`]), a guard around a store written by the app ([`AppStore`]), a
//! store and how it ends ([`StoreHandle`]), plain inputs as every language spells them
//! ([`CredentialInput`], [`ConfigInput`], [`S3Input`], [`PutInput`]), the embedded engine and
//! hashes of rows ([`engine`]), secrets as bytes, and the hook for log messages ([`set_logger`]).
//! It is compiled with the feature `bridge` and is not part of the API for Rust apps.

mod app_store;
pub mod engine;
mod input;
mod logger;
mod pull;
mod secret;
mod source;
mod store;
mod tree;

use std::sync::Arc;

pub use app_store::{AppStore, not_deleted, store_error};
pub use input::{ConfigInput, CredentialInput, PutInput, S3Input};
pub use logger::set_logger;
pub use pull::Pull;
pub use secret::{generate_secret, phrase_of_secret, secret_of_phrase, slot_secret};
pub use source::{source, source_error};
pub use store::StoreHandle;
pub use tree::Tree;

pub use log::Level as LogLevel;

pub use crate::platform::LogHook;

use crate::blob::{BlobStore, conformance};
use crate::error::{Error, Result};
use crate::seal::Link;
use crate::vault::Snapshot;

/// Returns the directory that the bytes of a link name. [`Error::InvalidArgument`] unless there are
/// 56.
pub fn shared_directory(store: Arc<dyn BlobStore>, link: &[u8]) -> Result<Tree> {
    let link = <&[u8; Link::BYTES]>::try_from(link)
        .map_err(|_| Error::InvalidArgument { what: "a link has 56 bytes" })?;
    Ok(Snapshot::shared(store, &Link::from_bytes(link)).into())
}

/// Runs the conformance suite below `prefix` and returns the number of promises kept. Fails with
/// [`Error::StoreFailed`], which names the first promise that is not.
pub async fn check_store(store: &Arc<dyn BlobStore>, prefix: &str) -> Result<usize> {
    match conformance::check(&**store, prefix).await {
        Ok(report) => Ok(report.kept.len()),
        Err(violation) => Err(Error::StoreFailed { reason: violation.to_string(), source: None }),
    }
}
