//! Whether a store honours preconditions, found out by trying.

use super::{BlobStore, Precondition};
use crate::error::{Error, Result};
use crate::platform::Environment;

/// Writes an object of a random name under preconditions that hold and that don't, and removes
/// it. [`Error::ConditionalPutUnsupported`] says which went wrong.
///
/// Some S3-compatible servers accept conditional headers and ignore them; on such a store two
/// writers overwrite each other without a sign. Run this once before a vault is made.
pub async fn probe_conditional_puts(
    store: &dyn BlobStore,
    environment: &Environment,
) -> Result<()> {
    let key = format!("probe-{}", hex::encode(environment.random::<16>()?));
    let outcome = probe(store, &key).await;
    let removed = store.delete(&key).await;
    outcome.and(removed)
}

async fn probe(store: &dyn BlobStore, key: &str) -> Result<()> {
    let put = |body: &'static str, condition| store.put(key, body.into(), condition);
    let first = must_pass(
        put("first", Precondition::Absent).await,
        "a put under If-None-Match: * was refused for a new key",
    )?;
    must_fail(
        put("again", Precondition::Absent).await,
        "a put under If-None-Match: * replaced an object",
    )?;
    must_pass(
        put("second", Precondition::Matches(first.clone())).await,
        "a put under If-Match was refused for the current tag",
    )?;
    must_fail(
        put("third", Precondition::Matches(first)).await,
        "a put under If-Match replaced an object that had another tag",
    )
}

fn must_pass<T>(outcome: Result<T>, reason: &'static str) -> Result<T> {
    outcome.map_err(|error| match error {
        // What a server says to a header it does not implement.
        Error::PreconditionFailed | Error::StoreFailed { .. } => {
            Error::ConditionalPutUnsupported { reason }
        }
        other => other,
    })
}

fn must_fail<T>(outcome: Result<T>, reason: &'static str) -> Result<()> {
    match outcome {
        Err(Error::PreconditionFailed) => Ok(()),
        Ok(_) => Err(Error::ConditionalPutUnsupported { reason }),
        Err(error) => Err(error),
    }
}
