//! Long work: how it is cancelled and how it reports.

use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use event_listener::Event;
use futures_util::FutureExt;
use futures_util::future::{Either, select};

use crate::error::{Error, Result};
use crate::platform::{MaybeSend, MaybeSync};

/// Cancels the operations it was given to. Cloned tokens cancel together.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<Signal>);

#[derive(Debug, Default)]
struct Signal {
    cancelled: AtomicBool,
    event: Event,
}

impl CancelToken {
    /// A token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels, once and for all.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
        self.0.event.notify(usize::MAX);
    }

    /// Whether [`cancel`](CancelToken::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Runs `work` until it ends or the token is cancelled, which drops it and fails with
    /// [`Error::Cancelled`].
    pub async fn run<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let listener = self.0.event.listen();
        self.check()?;
        match select(Box::pin(work), listener).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => Err(Error::Cancelled),
        }
    }
}

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes done. Never falls; ends at `total`.
    pub done: u64,
    /// Bytes in all, where they are known.
    pub total: Option<u64>,
}

/// A callback for progress. It is called between steps, on the task that does the work.
pub trait OnProgress: Fn(Progress) + MaybeSend + MaybeSync {}
impl<F: Fn(Progress) + MaybeSend + MaybeSync> OnProgress for F {}

/// How a long call is cancelled and heard of.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct CallContext {
    /// Cancels the call.
    pub cancel: CancelToken,
    /// Hears of its progress.
    pub progress: Option<Arc<dyn OnProgress>>,
}

impl CallContext {
    /// A call that nobody cancels and nobody hears of.
    pub fn new() -> Self {
        Self::default()
    }

    /// What cancels the call.
    #[must_use]
    pub fn cancel(mut self, token: CancelToken) -> Self {
        self.cancel = token;
        self
    }

    /// What hears of its progress.
    #[must_use]
    pub fn progress(mut self, progress: impl OnProgress + 'static) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    pub(crate) fn report(&self, done: u64, total: Option<u64>) {
        if let Some(progress) = &self.progress {
            progress(Progress { done, total });
        }
    }
}

impl std::fmt::Debug for CallContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallContext").field("cancel", &self.cancel).finish_non_exhaustive()
    }
}

/// Runs work that many calls share and that calls a store, which an app may have brought. If that
/// panics, the work has failed, and no more: a panic would stay with the shared work and strike
/// everyone who waits for it. Where panics abort, there is none to catch.
pub(crate) async fn caught<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    outcome.unwrap_or_else(|_| {
        log::error!("a store panicked");
        Err(Error::StoreFailed { reason: "it panicked".into(), source: None })
    })
}

/// Lets the tasks run that the executor has ready. Waits for nobody.
pub(crate) async fn yield_once() {
    let mut has_yielded = false;
    poll_fn(|context| {
        if has_yielded {
            return Poll::Ready(());
        }
        has_yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
