//! The contract of [`BlobStore`] as a suite any implementation can run.
//!
//! [`check`] tries every [`Promise`] against a store and names the first that does not hold. It
//! needs no test framework and no particular executor, so a host app can run it on its own store
//! from any language's tests, or once at start. It writes about 1,200 objects and 20 MB below a
//! prefix of the caller's choice and removes them again, whatever the outcome.

mod comparing;
mod conditions;
mod deleting;
mod describing;
mod fixture;
mod limits;
mod listing;
mod objects;
mod races;

use sealwood_base::conformance::{Outcome, Promises, Refusal};

use super::{BlobStore, check_prefix};
use crate::error::Error;
use crate::platform::BoxFuture;

use fixture::Fixture;

/// One promise of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Promise {
    /// An object reads back as it was written, under the tag its put returned.
    ReadsWhatWasWritten,
    /// What does not exist is reported as missing by every kind of read.
    MissingIsMissing,
    /// An object of no byte exists.
    EmptyObjects,
    /// An object of 8 MiB is kept whole.
    LargeObjects,
    /// A range gives the bytes asked for, fewer where the object ends, an error past its end.
    Ranges,
    /// A put without precondition replaces the whole object.
    Replaces,
    /// Other bytes have another tag.
    TagsTellStatesApart,
    /// A comparison tells nothing, the same bytes and others apart, cut ones included, and its tag
    /// serves to replace what is wrong.
    ComparesContents,
    /// Delete removes, and succeeds again.
    DeletesTwice,
    /// Every allowed key names an object of its own, also where one key continues another.
    KeysAreDistinct,
    /// A put under `Absent` creates an object, again after a delete.
    AbsentCreates,
    /// A put under `Absent` leaves an existing object alone.
    AbsentRefusesExisting,
    /// A put under `Matches` with the current tag replaces.
    MatchesReplaces,
    /// A put under `Matches` with an older tag leaves the object alone.
    MatchesRefusesStale,
    /// A put under `Matches` creates nothing where there is nothing.
    MatchesRefusesMissing,
    /// Of concurrent puts under `Absent` exactly one succeeds, and its bytes stay.
    OneCreatorWins,
    /// Of concurrent puts under the same `Matches` exactly one succeeds, and its bytes stay.
    OneReplacerWins,
    /// Concurrent read-and-replace loops lose no update.
    NoUpdateIsLost,
    /// A read during a put sees the old object or the new, with the tag that belongs to it.
    ReadsAreWhole,
    /// Concurrent puts of different objects all take effect.
    ConcurrentPutsAllLand,
    /// A listing is in ascending byte order of the whole key.
    ListsInOrder,
    /// A listing has every key that starts with the prefix and no other.
    ListsThePrefix,
    /// A listing goes on after the given key, whether that exists or not.
    ListsAfterAKey,
    /// Pages of any limit from 1 to 1,000 together give every object once.
    ListsInPages,
    /// A flush leaves nothing to flush.
    FlushSettles,
    /// A get with a limit gives what is within it, and refuses what is not.
    KeepsToALimit,
    /// What a head and a listing tell of an object beside its size is true: the tag is that of its
    /// state, and no later put has an earlier time.
    DescribesObjects,
    /// A delete of many removes all of them, those that are not there too, and no other.
    DeletesMany,
}

impl Promise {
    /// Every promise, in the order in which they are tried.
    pub const ALL: [Promise; 28] = [
        Promise::ReadsWhatWasWritten,
        Promise::MissingIsMissing,
        Promise::EmptyObjects,
        Promise::LargeObjects,
        Promise::Ranges,
        Promise::Replaces,
        Promise::TagsTellStatesApart,
        Promise::ComparesContents,
        Promise::DeletesTwice,
        Promise::KeysAreDistinct,
        Promise::AbsentCreates,
        Promise::AbsentRefusesExisting,
        Promise::MatchesReplaces,
        Promise::MatchesRefusesStale,
        Promise::MatchesRefusesMissing,
        Promise::OneCreatorWins,
        Promise::OneReplacerWins,
        Promise::NoUpdateIsLost,
        Promise::ReadsAreWhole,
        Promise::ConcurrentPutsAllLand,
        Promise::ListsInOrder,
        Promise::ListsThePrefix,
        Promise::ListsAfterAKey,
        Promise::ListsInPages,
        Promise::FlushSettles,
        Promise::KeepsToALimit,
        Promise::DescribesObjects,
        Promise::DeletesMany,
    ];

    fn check<'a>(self, fixture: &'a Fixture<'_>) -> BoxFuture<'a, Outcome> {
        match self {
            Promise::ReadsWhatWasWritten => Box::pin(objects::reads_what_was_written(fixture)),
            Promise::MissingIsMissing => Box::pin(objects::missing_is_missing(fixture)),
            Promise::EmptyObjects => Box::pin(objects::empty_objects(fixture)),
            Promise::LargeObjects => Box::pin(objects::large_objects(fixture)),
            Promise::Ranges => Box::pin(objects::ranges(fixture)),
            Promise::Replaces => Box::pin(objects::replaces(fixture)),
            Promise::TagsTellStatesApart => Box::pin(objects::tags_tell_states_apart(fixture)),
            Promise::ComparesContents => Box::pin(comparing::compares_contents(fixture)),
            Promise::DeletesTwice => Box::pin(objects::deletes_twice(fixture)),
            Promise::KeysAreDistinct => Box::pin(objects::keys_are_distinct(fixture)),
            Promise::AbsentCreates => Box::pin(conditions::absent_creates(fixture)),
            Promise::AbsentRefusesExisting => {
                Box::pin(conditions::absent_refuses_existing(fixture))
            }
            Promise::MatchesReplaces => Box::pin(conditions::matches_replaces(fixture)),
            Promise::MatchesRefusesStale => Box::pin(conditions::matches_refuses_stale(fixture)),
            Promise::MatchesRefusesMissing => {
                Box::pin(conditions::matches_refuses_missing(fixture))
            }
            Promise::OneCreatorWins => Box::pin(races::one_creator_wins(fixture)),
            Promise::OneReplacerWins => Box::pin(races::one_replacer_wins(fixture)),
            Promise::NoUpdateIsLost => Box::pin(races::no_update_is_lost(fixture)),
            Promise::ReadsAreWhole => Box::pin(races::reads_are_whole(fixture)),
            Promise::ConcurrentPutsAllLand => Box::pin(races::concurrent_puts_all_land(fixture)),
            Promise::ListsInOrder => Box::pin(listing::lists_in_order(fixture)),
            Promise::ListsThePrefix => Box::pin(listing::lists_the_prefix(fixture)),
            Promise::ListsAfterAKey => Box::pin(listing::lists_after_a_key(fixture)),
            Promise::ListsInPages => Box::pin(listing::lists_in_pages(fixture)),
            Promise::FlushSettles => Box::pin(objects::flush_settles(fixture)),
            Promise::KeepsToALimit => Box::pin(limits::keeps_to_a_limit(fixture)),
            Promise::DescribesObjects => Box::pin(describing::describes_objects(fixture)),
            Promise::DeletesMany => Box::pin(deleting::deletes_many(fixture)),
        }
    }
}

impl Promises for Promise {
    const SUBJECT: &'static str = "the store";
}

impl Refusal for Error {
    type Kind = &'static str;

    fn which(&self) -> &'static str {
        self.code()
    }
}

/// What held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The promises tried, each of which held.
    pub kept: Vec<Promise>,
}

/// What did not hold.
pub type Violation = sealwood_base::conformance::Violation<Promise>;

/// Tries every promise below `prefix`, which is the start of a key without the `/` after it, has
/// at most 64 bytes, and under which the store has no objects.
pub async fn check(store: &dyn BlobStore, prefix: &str) -> Result<Report, Violation> {
    let mut kept = Vec::new();
    for promise in Promise::ALL {
        check_promise(store, prefix, promise).await?;
        kept.push(promise);
    }
    Ok(Report { kept })
}

/// Tries one promise, on the same terms as [`check`].
pub async fn check_promise(
    store: &dyn BlobStore,
    prefix: &str,
    promise: Promise,
) -> Result<(), Violation> {
    let violation = |detail| Violation { promise, detail };
    if prefix.is_empty() || prefix.len() > 64 || check_prefix(prefix).is_err() {
        return Err(violation(format!("{prefix:?} is no prefix of at most 64 bytes")));
    }
    let fixture = Fixture::new(store, prefix, promise);
    let outcome = promise.check(&fixture).await;
    let cleaned = fixture.clean_up().await;
    outcome.and(cleaned).map_err(violation)
}
