//! Whether a store honours preconditions, found out by trying.
//!
//! Some S3-compatible servers accept conditional headers and ignore them; others check them and
//! then write without a lock in between. On either two writers overwrite each other without a
//! sign, and acknowledged changes are lost. So conditions are tried one by one and by puts that
//! race.

use bytes::Bytes;
use futures_util::future::join_all;

use super::{BlobStore, ETag, Precondition};
use crate::error::{Error, Result};
use crate::platform::Environment;

/// What the names of objects that a probe makes and removes start with.
const KEY_PREFIX: &str = "probe-";
/// The object of every probe in a store that lets nothing be deleted; see
/// [`Leftover::SharedObject`].
pub const PROBE_KEY: &str = "probe";
/// How often puts race for each precondition, and how many of them.
const RACES: usize = 2;
const RACERS: usize = 4;
/// How often a probe starts anew because another client's probe changed the shared object.
const ATTEMPTS_MAX: usize = 8;

/// What a probe left in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leftover {
    /// Nothing.
    Nothing,
    /// The store denies the right to delete, which was asked before anything was written: one
    /// object of less than 100 bytes, named [`PROBE_KEY`], that all later probes use again.
    SharedObject,
}

/// Tries preconditions that hold and that don't, on puts in turn and on puts that race, by some
/// thirty small requests. [`Error::ConditionalPutUnsupported`] says what went wrong.
///
/// Its objects have random names that start with `probe-` and are removed again. Where nothing
/// may be deleted there is one object for all probes: [`Leftover::SharedObject`].
pub async fn probe_conditional_puts(
    store: &dyn BlobStore,
    environment: &Environment,
) -> Result<Leftover> {
    probe_as(store, environment.random()?).await
}

/// The same under names made of `id`, which no other client has. What an earlier probe under them
/// left is removed.
pub(super) async fn probe_as(store: &dyn BlobStore, id: [u8; 16]) -> Result<Leftover> {
    let id = hex::encode(id);
    let keys: [String; 1 + RACES] =
        std::array::from_fn(|number| format!("{KEY_PREFIX}{id}-{number}"));
    let delete = || join_all(keys.iter().map(|key| store.delete(key)));
    match delete().await.into_iter().collect() {
        Ok(()) => {
            let outcome = probe_fresh(store, &id, &keys).await;
            let deleted = delete().await.into_iter().collect();
            outcome.and(deleted).map(|()| Leftover::Nothing)
        }
        Err(Error::StoreDenied { .. }) => {
            log::warn!("the store lets nothing be deleted: an object named probe stays in it");
            probe_shared(store, &id).await.map(|()| Leftover::SharedObject)
        }
        Err(error) => Err(error),
    }
}

async fn probe_fresh(
    store: &dyn BlobStore,
    id: &str,
    [first, races @ ..]: &[String; 1 + RACES],
) -> Result<()> {
    let trial = Trial { store, id, key: first };
    trial.run(None).await?;
    for key in races {
        Trial { key, ..trial }.race("created", &Precondition::Absent).await?;
    }
    Ok(())
}

async fn probe_shared(store: &dyn BlobStore, id: &str) -> Result<()> {
    let trial = Trial { store, id, key: PROBE_KEY };
    for _ in 0..ATTEMPTS_MAX {
        let before = trial.look().await?;
        let outcome = trial.run(before.as_ref().map(|(etag, _)| etag.clone())).await;
        let Err(Error::ConditionalPutUnsupported { .. }) = outcome else { return outcome };
        let before = before.map(|(etag, _)| etag);
        match trial.look().await? {
            // Another client's put came in between, so nothing is said about the store.
            Some((etag, bytes)) if !trial.is_own(&bytes) && before.as_ref() != Some(&etag) => {}
            _ => return outcome,
        }
    }
    Err(Error::StoreUnavailable {
        reason: "other clients try its conditional puts as well".into(),
        retry_after: None,
        source: None,
    })
}

/// Puts to one key.
#[derive(Clone, Copy)]
struct Trial<'a> {
    store: &'a dyn BlobStore,
    /// What every body starts with.
    id: &'a str,
    key: &'a str,
}

impl Trial<'_> {
    /// Tries every precondition, on the object with the tag `before` or on a new one.
    async fn run(&self, before: Option<ETag>) -> Result<()> {
        let first = match before {
            Some(etag) => etag,
            None => {
                let created = self.put("first", Precondition::Absent).await;
                self.must_pass(created, "a put under If-None-Match: * was refused for a new key")
                    .await?
            }
        };
        self.must_fail(
            self.put("again", Precondition::Absent).await,
            "a put under If-None-Match: * replaced an object",
        )
        .await?;
        let mut etag = first.clone();
        for race in 0..RACES {
            let label = format!("replaced {race}");
            etag = self.race(&label, &Precondition::Matches(etag)).await?;
        }
        self.must_fail(
            self.put("stale", Precondition::Matches(first)).await,
            "a put under If-Match replaced an object that had another tag",
        )
        .await
    }

    /// Races puts under a precondition that holds for the first of them. Returns the winner's tag.
    async fn race(&self, label: &str, condition: &Precondition) -> Result<ETag> {
        let labels: Vec<_> = (0..RACERS).map(|racer| format!("{label} by {racer}")).collect();
        let racing = labels.iter().map(|label| self.put(label, condition.clone()));
        let mut winners = Vec::new();
        let mut failure = None;
        for (label, outcome) in labels.iter().zip(join_all(racing).await) {
            match outcome {
                Ok(etag) => winners.push((label, etag)),
                Err(Error::PreconditionFailed) => {}
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        match (winners.pop(), failure) {
            (Some(_), _) if !winners.is_empty() => {
                Err(unsupported("several puts that raced under one precondition succeeded"))
            }
            // Whether it took effect nobody knows, so neither is it known who should have won.
            (_, Some(error)) => Err(self.refusal(error, "a conditional put was refused").await),
            (None, None) => Err(unsupported("no put that raced under a precondition succeeded")),
            (Some((label, etag)), None) => match self.look().await? {
                Some((_, bytes)) if bytes == self.body(label) => Ok(etag),
                _ => Err(unsupported("a put that lost a race replaced the one that won it")),
            },
        }
    }

    async fn put(&self, label: &str, condition: Precondition) -> Result<ETag> {
        self.store.put(self.key, self.body(label), condition).await
    }

    fn body(&self, label: &str) -> Bytes {
        format!("{} {label}", self.id).into()
    }

    fn is_own(&self, bytes: &Bytes) -> bool {
        bytes.starts_with(self.id.as_bytes())
    }

    async fn look(&self) -> Result<Option<(ETag, Bytes)>> {
        match self.store.get(self.key).await {
            Ok(found) => Ok(Some((found.etag, found.bytes))),
            Err(Error::ObjectMissing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn must_pass(&self, outcome: Result<ETag>, reason: &'static str) -> Result<ETag> {
        match outcome {
            Err(Error::PreconditionFailed) => Err(unsupported(reason)),
            Err(error) => Err(self.refusal(error, reason).await),
            passed => passed,
        }
    }

    async fn must_fail(&self, outcome: Result<ETag>, reason: &'static str) -> Result<()> {
        match outcome {
            Err(Error::PreconditionFailed) => Ok(()),
            Ok(_) => Err(unsupported(reason)),
            Err(error) => Err(self.refusal(error, reason).await),
        }
    }

    /// What a failed put means: a server that refuses a header it does not implement takes the
    /// same put without it, and refuses it again with it.
    async fn refusal(&self, error: Error, reason: &'static str) -> Error {
        if !is_failure(&error) {
            return error;
        }
        let Ok(etag) = self.put("plain", Precondition::None).await else { return error };
        for condition in [Precondition::Absent, Precondition::Matches(etag)] {
            if self.put("plain again", condition).await.is_err_and(|error| is_failure(&error)) {
                return unsupported(reason);
            }
        }
        error
    }
}

fn is_failure(error: &Error) -> bool {
    matches!(error, Error::StoreFailed { .. })
}

fn unsupported(reason: &'static str) -> Error {
    Error::ConditionalPutUnsupported { reason }
}
