//! Trying again, in one way for the whole crate.
//!
//! Only [`Error::StoreUnavailable`] is tried again. After it nobody knows whether the request
//! took effect; gets, listings, deletes and plain puts can simply be repeated. A conditional put
//! can't: if the first try landed and its answer was lost, the second meets a precondition that
//! the first made false. So when a repeated put fails on its precondition, the object is read
//! back, and if it holds the bytes of this put then the put succeeded.
//!
//! If another object is there, a put under `Matches` may have landed unseen and been replaced by
//! another writer at once: that is [`Error::OutcomeUnknown`], and what the writer reads then tells.
//! So is any other refusal of a repeated put under `Matches`: it says nothing of the tries before.
//! A put under `Absent` has failed: something is there, which is all that its caller asked.
//!
//! A store may say how long it wants to be left alone
//! ([`Error::StoreUnavailable::retry_after`](Error::StoreUnavailable)); the next try comes no
//! sooner, up to a ceiling. Tries also end in time: none begins once [`RetryPolicy::give_up_after`]
//! has passed since the first failure, not counting the waits that the store asked for.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;

use super::{
    BlobStore, ETag, Found, NotDeleted, Object, ObjectMeta, ObjectPage, Precondition,
    StoreGetOptions, StorePutOptions,
};
use crate::error::{Error, Result};
use crate::forward;
use crate::platform::{BoxFuture, Environment, Stopwatch, sleep};

/// How often and how fast to try again: full jitter, a random wait between nothing and a ceiling
/// that doubles with each failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The most attempts of one call, the first included; at least 1.
    pub attempts_max: u32,
    /// The ceiling of the first wait.
    pub base: Duration,
    /// The highest ceiling.
    pub cap: Duration,
    /// The longest wait that a store may ask for; a longer one is cut to this.
    pub retry_after_max: Duration,
    /// How long after the first failure of a call another attempt may begin, not counting what
    /// the store asked to wait. A call lasts at most its first attempt, this, one more attempt,
    /// and `attempts_max - 1` times `retry_after_max`.
    pub give_up_after: Duration,
}

impl RetryPolicy {
    /// One attempt.
    pub const NONE: Self = Self {
        attempts_max: 1,
        base: Duration::ZERO,
        cap: Duration::ZERO,
        retry_after_max: Duration::ZERO,
        give_up_after: Duration::ZERO,
    };

    /// Whether another attempt may begin after `failures` failed ones, `spent` after the first of
    /// them.
    pub(super) fn allows(&self, failures: u32, spent: Duration) -> bool {
        failures < self.attempts_max && spent <= self.give_up_after
    }

    /// The highest wait after `failures` failed attempts, which is at least 1.
    pub(super) fn ceiling(&self, failures: u32) -> Duration {
        let doubled = 2u32.checked_pow(failures.saturating_sub(1));
        self.cap.min(doubled.and_then(|times| self.base.checked_mul(times)).unwrap_or(self.cap))
    }

    /// How long to wait after `failures` failed attempts.
    fn wait(&self, failures: u32, environment: &Environment) -> Result<Duration> {
        let random = u32::from_le_bytes(environment.random()?);
        Ok(self.ceiling(failures).mul_f64(f64::from(random) / f64::from(u32::MAX)))
    }

    /// How long a store that failed with `error` wants to be left alone.
    fn asked(&self, error: &Error) -> Duration {
        match error {
            Error::StoreUnavailable { retry_after: Some(wait), .. } => {
                self.retry_after_max.min(*wait)
            }
            _ => Duration::ZERO,
        }
    }
}

impl Default for RetryPolicy {
    /// Six attempts over at most 3.1 seconds of waiting, and up to a minute before each where the
    /// store asks for it; none begins later than 30 seconds after the first failure.
    fn default() -> Self {
        Self {
            attempts_max: 6,
            base: Duration::from_millis(100),
            cap: Duration::from_millis(10_000),
            retry_after_max: Duration::from_secs(60),
            give_up_after: Duration::from_secs(30),
        }
    }
}

/// A [`BlobStore`] that tries again when the one below is unavailable.
#[derive(Debug)]
pub struct RetryingStore<S> {
    inner: S,
    policy: RetryPolicy,
    environment: Environment,
}

impl<S: BlobStore> RetryingStore<S> {
    /// Repeats calls to `inner` as `policy` says.
    pub fn new(inner: S, policy: RetryPolicy) -> Self {
        Self::with_environment(inner, policy, Environment::default())
    }

    /// The same, with the randomness of the waits taken from `environment`.
    pub fn with_environment(inner: S, policy: RetryPolicy, environment: Environment) -> Self {
        Self { inner, policy, environment }
    }

    /// The store below.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    async fn retry<'a, T>(&'a self, call: impl Fn() -> BoxFuture<'a, Result<T>>) -> Result<T> {
        let mut failures = Failures::default();
        loop {
            match call().await {
                Err(error) if is_retried(&error) => self.pause(&mut failures, error).await?,
                outcome => return outcome,
            }
        }
    }

    /// Counts a failure and waits, or gives `error` back if there are no attempts left.
    async fn pause(&self, failures: &mut Failures, error: Error) -> Result<()> {
        let first = *failures.first.get_or_insert_with(Stopwatch::start);
        failures.count += 1;
        let count = failures.count;
        let jitter = self.policy.wait(count, &self.environment)?;
        let spent = first.elapsed().saturating_sub(failures.asked) + jitter;
        if !self.policy.allows(count, spent) {
            log::error!("the store failed {count} times: {}", error.code());
            return Err(error);
        }
        log::warn!("the store failed, attempt {count}: {}", error.code());
        let asked = self.policy.asked(&error);
        failures.asked += asked;
        sleep(asked + jitter).await;
        Ok(())
    }

    /// Whether the object at `key` is what a put of `bytes`, of which an answer was lost, wrote.
    async fn read_back(&self, key: &str, bytes: &Bytes) -> Result<ETag> {
        match self.get(key).await {
            Ok(found) if found.bytes == *bytes => Ok(found.etag),
            Ok(_) | Err(Error::ObjectMissing) => Err(Error::PreconditionFailed),
            Err(_) => Err(Error::OutcomeUnknown),
        }
    }
}

impl<S: BlobStore> BlobStore for RetryingStore<S> {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(self.retry(move || self.inner.get_with(key, options)))
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(self.retry(move || self.inner.get_range(key, offset, length)))
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            let mut failures = Failures::default();
            loop {
                match self.inner.put_with(key, bytes.clone(), options).await {
                    Err(error) if is_retried(&error) => self.pause(&mut failures, error).await?,
                    Err(Error::PreconditionFailed) if failures.count > 0 => {
                        return match self.read_back(key, &bytes).await {
                            Err(Error::PreconditionFailed)
                                if matches!(options.precondition, Precondition::Matches(_)) =>
                            {
                                Err(Error::OutcomeUnknown)
                            }
                            outcome => outcome,
                        };
                    }
                    // Whatever this try met, one before it may have landed, or land later.
                    Err(_)
                        if failures.count > 0
                            && matches!(options.precondition, Precondition::Matches(_)) =>
                    {
                        return Err(Error::OutcomeUnknown);
                    }
                    outcome => return outcome,
                }
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.retry(move || self.inner.delete(key)))
    }

    fn delete_many<'a>(&'a self, keys: &'a [String]) -> BoxFuture<'a, Vec<NotDeleted>> {
        Box::pin(async move {
            let mut failures = Failures::default();
            let (mut given_up, mut left) = (Vec::new(), Cow::Borrowed(keys));
            loop {
                let failed = self.inner.delete_many(&left).await;
                let (again, lost): (Vec<_>, Vec<_>) =
                    failed.into_iter().partition(|failed| is_retried(&failed.error));
                given_up.extend(lost);
                let Some(first) = again.first() else { return given_up };
                if self.pause(&mut failures, first.error.clone()).await.is_err() {
                    given_up.extend(again);
                    return given_up;
                }
                left = again.into_iter().map(|failed| failed.key).collect();
            }
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        Box::pin(self.retry(move || self.inner.list(prefix, start_after, limit)))
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(self.retry(move || self.inner.head(key)))
    }

    fn compare<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<Found>> {
        Box::pin(self.retry(move || self.inner.compare(key, bytes.clone())))
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.retry(move || self.inner.flush()))
    }

    forward!(inner: confirms_puts, honours_conditions, identity, needs_flush);
}

/// What went wrong in one call so far.
#[derive(Default)]
struct Failures {
    count: u32,
    first: Option<Stopwatch>,
    /// What the store asked to wait, in all.
    asked: Duration,
}

fn is_retried(error: &Error) -> bool {
    matches!(error, Error::StoreUnavailable { .. })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use super::*;
    use crate::platform::{Entropy, NoEntropy, SystemClock};

    struct Always(u8);

    impl Entropy for Always {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), NoEntropy> {
            buffer.fill(self.0);
            Ok(())
        }
    }

    #[test]
    fn waits_double_up_to_the_cap_with_full_jitter() {
        let policy = RetryPolicy {
            attempts_max: 9,
            base: Duration::from_secs(1),
            cap: Duration::from_secs(5),
            ..RetryPolicy::default()
        };
        let environment =
            |byte| Environment { clock: Arc::new(SystemClock), entropy: Arc::new(Always(byte)) };
        for (failures, seconds) in [(1, 1), (2, 2), (3, 4), (4, 5), (40, 5), (u32::MAX, 5)] {
            let highest = policy.wait(failures, &environment(0xff)).unwrap();
            assert_eq!(highest, Duration::from_secs(seconds));
            assert_eq!(policy.wait(failures, &environment(0)).unwrap(), Duration::ZERO);
            let middle = policy.wait(failures, &environment(0x80)).unwrap();
            assert!(middle > highest.mul_f64(0.5) && middle < highest.mul_f64(0.51));
        }
    }
}
