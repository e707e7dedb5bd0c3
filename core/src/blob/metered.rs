//! What a piece of work asks of its store: requests, bytes, and how many had to wait in a row.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::{
    BlobStore, ETag, Found, Method, Object, ObjectMeta, ObjectPage, StoreGetOptions,
    StorePutOptions,
};
use crate::error::Result;
use crate::forward;
use crate::platform::BoxFuture;
use crate::task::yield_once;

/// A [`BlobStore`] that counts what passes through it, for tests and benchmarks.
///
/// Counting happens in windows: [`reset`](Self::reset) starts one, [`snapshot`](Self::snapshot)
/// reads it. A request counts where it started; one still under way at a reset stays in the old
/// window.
#[derive(Debug)]
pub struct MeteredStore<S> {
    inner: S,
    log_requests_max: usize,
    state: Mutex<State>,
}

/// The counts of one window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    calls: [u64; Method::ALL.len()],
    /// Calls that failed, a precondition that did not hold included.
    pub failed: u64,
    /// Bytes of the objects given to [`BlobStore::put`].
    pub bytes_sent: u64,
    /// Bytes of the objects and ranges that came back.
    pub bytes_received: u64,
    /// The longest chain of requests of which each started after the one before it had ended:
    /// the round trips the work takes however fast the network is.
    pub serial_depth: u64,
}

/// One request of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// What was asked.
    pub method: Method,
    /// The key, or the prefix of a listing.
    pub key: String,
    /// Bytes of the object or range sent or received.
    pub bytes: u64,
    /// Whether it succeeded.
    pub ok: bool,
}

#[derive(Debug, Default)]
struct State {
    /// Counts the windows, so that a request knows whether it ends in the one it started in.
    window: u64,
    metrics: Metrics,
    depth_completed: u64,
    log: VecDeque<RequestRecord>,
}

/// A request under way.
struct Started {
    window: u64,
    depth: u64,
}

impl Metrics {
    /// How often `method` was called.
    pub fn calls(&self, method: Method) -> u64 {
        self.calls[method as usize]
    }

    /// Requests of every kind; a flush is none.
    pub fn requests(&self) -> u64 {
        self.calls.iter().sum::<u64>() - self.calls(Method::Flush)
    }
}

impl<S: BlobStore> MeteredStore<S> {
    /// Counts what passes to `inner`.
    pub fn new(inner: S) -> Self {
        Self::with_log(inner, 0)
    }

    /// The same, and remembers the last `requests_max` requests one by one.
    pub fn with_log(inner: S, requests_max: usize) -> Self {
        Self { inner, log_requests_max: requests_max, state: Mutex::default() }
    }

    /// The store below.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// The counts since the last reset.
    pub fn snapshot(&self) -> Metrics {
        self.state().metrics.clone()
    }

    /// The last requests of the window, in the order in which they ended.
    pub fn log(&self) -> Vec<RequestRecord> {
        self.state().log.iter().cloned().collect()
    }

    /// Ends the window, returns its counts and starts the next.
    pub fn reset(&self) -> Metrics {
        let mut state = self.state();
        let window = state.window + 1;
        std::mem::replace(&mut *state, State { window, ..State::default() }).metrics
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self, method: Method, bytes_sent: u64) -> Started {
        let mut state = self.state();
        state.metrics.calls[method as usize] += 1;
        state.metrics.bytes_sent += bytes_sent;
        let depth = state.depth_completed + u64::from(method != Method::Flush);
        state.metrics.serial_depth = state.metrics.serial_depth.max(depth);
        Started { window: state.window, depth }
    }

    fn end(&self, started: Started, bytes_received: u64, record: RequestRecord) {
        let mut state = self.state();
        if state.window != started.window {
            return;
        }
        state.depth_completed = state.depth_completed.max(started.depth);
        state.metrics.bytes_received += bytes_received;
        state.metrics.failed += u64::from(!record.ok);
        if self.log_requests_max > 0 {
            if state.log.len() == self.log_requests_max {
                state.log.pop_front();
            }
            state.log.push_back(record);
        }
    }

    async fn metered<T>(
        &self,
        method: Method,
        key: &str,
        bytes_sent: u64,
        call: impl Future<Output = Result<T>>,
        received: impl FnOnce(&T) -> u64,
    ) -> Result<T> {
        let started = self.start(method, bytes_sent);
        // Below may be a store that answers at once; requests sent together must all have started
        // before the first of them ends.
        yield_once().await;
        let outcome = call.await;
        let bytes_received = outcome.as_ref().map_or(0, received);
        let record = RequestRecord {
            method,
            key: key.to_owned(),
            bytes: bytes_sent + bytes_received,
            ok: outcome.is_ok(),
        };
        self.end(started, bytes_received, record);
        outcome
    }
}

impl<S: BlobStore> BlobStore for MeteredStore<S> {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        let call = self.inner.get_with(key, options);
        Box::pin(self.metered(Method::Get, key, 0, call, |found| found.bytes.len() as u64))
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        let call = self.inner.get_range(key, offset, length);
        Box::pin(self.metered(Method::GetRange, key, 0, call, |found| found.len() as u64))
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        let size = bytes.len() as u64;
        let call = self.inner.put_with(key, bytes, options);
        Box::pin(self.metered(Method::Put, key, size, call, |_| 0))
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.metered(Method::Delete, key, 0, self.inner.delete(key), |()| 0))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        let call = self.inner.list(prefix, start_after, limit);
        Box::pin(self.metered(Method::List, prefix, 0, call, |_| 0))
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(self.metered(Method::Head, key, 0, self.inner.head(key), |_| 0))
    }

    fn compare<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<Found>> {
        Box::pin(self.metered(Method::Compare, key, 0, self.inner.compare(key, bytes), |_| 0))
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.metered(Method::Flush, "", 0, self.inner.flush(), |()| 0))
    }

    // Objects that are deleted together are deleted one by one, so that each is counted.
    forward!(inner: confirms_puts, honours_conditions, identity, hold, needs_flush);
}
