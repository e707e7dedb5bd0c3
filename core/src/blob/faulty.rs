//! A store that fails on purpose, so that tests can say what survives.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use sealwood_engine::faults::Schedule;

use super::{
    BlobStore, ETag, Found, Method, Object, ObjectMeta, ObjectPage, Precondition, StoreGetOptions,
    StorePutOptions, slice,
};
use crate::error::{Error, Result};
use crate::forward;
use crate::platform::BoxFuture;
use crate::task::yield_once;

/// How many calls the trace holds; older ones are forgotten.
const TRACE_CALLS_MAX: usize = 65_536;

/// A [`BlobStore`] for tests: it misbehaves as its armed [`Fault`]s say.
#[derive(Debug)]
pub struct FaultyStore<S> {
    inner: S,
    state: Mutex<State>,
}

/// One misbehaviour: what happens, to which calls, and to which of those.
///
/// As made it strikes every call it can; [`on`](Self::on) and [`below`](Self::below) narrow the
/// calls, [`nth`](Self::nth) and [`every`](Self::every) choose among them, counted from arming.
#[derive(Debug, Clone)]
pub struct Fault {
    mode: FaultMode,
    schedule: Schedule<Method>,
}

/// What a struck call does.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum FaultMode {
    /// Fails with this error and does nothing.
    FailBefore(Error),
    /// Takes effect and then fails with this error: the caller can't know.
    FailAfter(Error),
    /// Reads lack the second half of their bytes.
    TruncateReads,
    /// Reads have one bit turned, counted from the first byte's lowest, modulo their length.
    FlipBit(u64),
    /// Reads answer with the bytes at this key instead.
    SwapWith(String),
    /// Reads answer with this object: an older state, or a forgery.
    Serve(Object),
    /// Puts store the first half of their bytes and succeed.
    TruncateSent,
    /// Puts store their bytes with one bit turned, counted as for [`FlipBit`](Self::FlipBit), and
    /// succeed.
    FlipSent(u64),
    /// Puts take effect whether their precondition holds or not.
    IgnorePreconditions,
    /// Puts check their precondition, let other calls go on, and then take effect whatever these
    /// did, as on a server without a lock.
    CheckThenSet,
    /// Puts leave the first half of their bytes and fail with this error, as on a server that
    /// keeps an upload that was cut off.
    CutWrites(Error),
    /// Never answers; the call can only be dropped. It has no effect.
    Hang,
}

/// One call of the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The key, or the prefix of a listing.
    pub key: String,
    /// Whether a fault struck it.
    pub struck: bool,
}

#[derive(Debug, Default)]
struct State {
    armed: Vec<Fault>,
    trace: VecDeque<Call>,
}

impl Fault {
    /// Strikes every call that `mode` can strike: gets for a mode about reads, puts for one about
    /// preconditions or what is sent, everything otherwise.
    pub fn new(mode: FaultMode) -> Self {
        let methods = match mode {
            FaultMode::FailBefore(_) | FaultMode::FailAfter(_) | FaultMode::Hang => {
                Method::ALL.to_vec()
            }
            FaultMode::IgnorePreconditions
            | FaultMode::CheckThenSet
            | FaultMode::CutWrites(_)
            | FaultMode::TruncateSent
            | FaultMode::FlipSent(_) => {
                vec![Method::Put]
            }
            FaultMode::TruncateReads
            | FaultMode::FlipBit(_)
            | FaultMode::SwapWith(_)
            | FaultMode::Serve(_) => vec![Method::Get, Method::GetRange],
        };
        Self { mode, schedule: Schedule::of(methods) }
    }

    /// Every call fails and does nothing, as when the store is out of reach.
    pub fn unavailable() -> Self {
        Self::new(FaultMode::FailBefore(injected()))
    }

    /// Every call takes effect and fails all the same, as when answers are lost.
    pub fn lost_answer() -> Self {
        Self::new(FaultMode::FailAfter(injected()))
    }

    /// Every put fails for want of room.
    pub fn full() -> Self {
        Self::new(FaultMode::FailBefore(Error::StoreFull)).on(Method::Put)
    }

    /// Only calls of `method`.
    pub fn on(self, method: Method) -> Self {
        Self { schedule: self.schedule.on(&[method]), ..self }
    }

    /// Only calls whose key starts with `prefix`.
    pub fn below(self, prefix: &str) -> Self {
        Self { schedule: self.schedule.below(prefix), ..self }
    }

    /// Only the `nth` matching call from now on; 1 is the next.
    pub fn nth(self, nth: u64) -> Self {
        Self { schedule: self.schedule.nth(nth), ..self }
    }

    /// Only every `period`-th matching call from now on.
    pub fn every(self, period: u64) -> Self {
        Self { schedule: self.schedule.every(period), ..self }
    }
}

impl<S: BlobStore> FaultyStore<S> {
    /// A store that behaves as `inner` until a fault is armed.
    pub fn new(inner: S) -> Self {
        Self { inner, state: Mutex::default() }
    }

    /// The store below.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Adds a fault. Of several that strike one call, the one armed first does.
    pub fn arm(&self, fault: Fault) {
        self.state().armed.push(fault);
    }

    /// Removes every fault.
    pub fn disarm(&self) {
        self.state().armed.clear();
    }

    /// The calls so far, oldest first.
    pub fn trace(&self) -> Vec<Call> {
        self.state().trace.iter().cloned().collect()
    }

    /// Forgets the calls so far.
    pub fn clear_trace(&self) {
        self.state().trace.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a call and tells what strikes it.
    fn strike(&self, method: Method, key: &str) -> Option<FaultMode> {
        let mut state = self.state();
        let mut struck = None;
        for fault in &mut state.armed {
            // Each counts the call, though only the first strikes it.
            if fault.schedule.strikes(&method, [key]) && struck.is_none() {
                struck = Some(fault.mode.clone());
            }
        }
        if state.trace.len() == TRACE_CALLS_MAX {
            state.trace.pop_front();
        }
        state.trace.push_back(Call { method, key: key.to_owned(), struck: struck.is_some() });
        struck
    }

    async fn check(&self, key: &str, precondition: &Precondition) -> Result<()> {
        let found = match self.inner.get(key).await {
            Ok(object) => Some(object.etag),
            Err(Error::ObjectMissing) => None,
            Err(error) => return Err(error),
        };
        let holds = match precondition {
            Precondition::None => true,
            Precondition::Absent => found.is_none(),
            Precondition::Matches(etag) => found.as_ref() == Some(etag),
        };
        if holds { Ok(()) } else { Err(Error::PreconditionFailed) }
    }

    /// A call that faults of reading and of preconditions leave alone.
    async fn plain<T>(
        &self,
        method: Method,
        key: &str,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        match self.strike(method, key) {
            Some(FaultMode::FailBefore(error)) => Err(error),
            Some(FaultMode::FailAfter(error)) => {
                drop(call.await);
                Err(error)
            }
            Some(FaultMode::Hang) => std::future::pending().await,
            _ => call.await,
        }
    }
}

impl<S: BlobStore> BlobStore for FaultyStore<S> {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            match self.strike(Method::Get, key) {
                Some(FaultMode::FailBefore(error)) => Err(error),
                Some(FaultMode::FailAfter(error)) => {
                    drop(self.inner.get_with(key, options).await);
                    Err(error)
                }
                Some(FaultMode::Hang) => std::future::pending().await,
                Some(FaultMode::SwapWith(other)) => self.inner.get_with(&other, options).await,
                Some(FaultMode::Serve(object)) => Ok(object),
                Some(mode) => {
                    let Object { bytes, etag } = self.inner.get_with(key, options).await?;
                    Ok(Object { bytes: damaged(&mode, bytes), etag })
                }
                None => self.inner.get_with(key, options).await,
            }
        })
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            let call = self.inner.get_range(key, offset, length);
            match self.strike(Method::GetRange, key) {
                Some(FaultMode::FailBefore(error)) => Err(error),
                Some(FaultMode::FailAfter(error)) => {
                    drop(call.await);
                    Err(error)
                }
                Some(FaultMode::Hang) => std::future::pending().await,
                Some(FaultMode::SwapWith(other)) => {
                    self.inner.get_range(&other, offset, length).await
                }
                Some(FaultMode::Serve(object)) => slice(&object.bytes, offset, length),
                Some(mode) => Ok(damaged(&mode, call.await?)),
                None => call.await,
            }
        })
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            match self.strike(Method::Put, key) {
                Some(FaultMode::FailBefore(error)) => Err(error),
                Some(FaultMode::FailAfter(error)) => {
                    drop(self.inner.put_with(key, bytes, options).await);
                    Err(error)
                }
                Some(FaultMode::Hang) => std::future::pending().await,
                Some(FaultMode::IgnorePreconditions) => {
                    self.inner.put_with(key, bytes, &unconditional(options)).await
                }
                Some(FaultMode::CheckThenSet) => {
                    self.check(key, &options.precondition).await?;
                    yield_once().await;
                    self.inner.put_with(key, bytes, &unconditional(options)).await
                }
                Some(FaultMode::CutWrites(error)) => {
                    let half = bytes.slice(..bytes.len() / 2);
                    drop(self.inner.put_with(key, half, options).await);
                    Err(error)
                }
                Some(mode) => self.inner.put_with(key, damaged(&mode, bytes), options).await,
                None => self.inner.put_with(key, bytes, options).await,
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.plain(Method::Delete, key, self.inner.delete(key)))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        let call = self.inner.list(prefix, start_after, limit);
        Box::pin(self.plain(Method::List, prefix, call))
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(self.plain(Method::Head, key, self.inner.head(key)))
    }

    fn compare<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<Found>> {
        Box::pin(self.plain(Method::Compare, key, self.inner.compare(key, bytes)))
    }

    /// Not while a fault is armed that damages what is sent.
    fn confirms_puts(&self) -> bool {
        let damages =
            |fault: &Fault| matches!(fault.mode, FaultMode::TruncateSent | FaultMode::FlipSent(_));
        self.inner.confirms_puts() && !self.state().armed.iter().any(damages)
    }

    fn honours_conditions(&self) -> bool {
        let breaks = |fault: &Fault| {
            matches!(fault.mode, FaultMode::IgnorePreconditions | FaultMode::CheckThenSet)
        };
        self.inner.honours_conditions() && !self.state().armed.iter().any(breaks)
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.plain(Method::Flush, "", self.inner.flush()))
    }

    // Objects that are deleted together are deleted one by one, so that a fault strikes by key.
    forward!(inner: identity, hold, needs_flush);
}

/// The same put, whatever is there.
fn unconditional(options: &StorePutOptions) -> StorePutOptions {
    options.clone().with_precondition(Precondition::None)
}

fn injected() -> Error {
    Error::StoreUnavailable { reason: "injected fault".into(), retry_after: None, source: None }
}

/// `bytes` as a fault of reading or sending leaves them.
fn damaged(mode: &FaultMode, bytes: Bytes) -> Bytes {
    match mode {
        FaultMode::TruncateReads | FaultMode::TruncateSent => bytes.slice(..bytes.len() / 2),
        FaultMode::FlipBit(bit) | FaultMode::FlipSent(bit) if !bytes.is_empty() => {
            let mut bytes = bytes.to_vec();
            let bit = bit % (bytes.len() as u64 * 8);
            bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
            bytes.into()
        }
        _ => bytes,
    }
}
