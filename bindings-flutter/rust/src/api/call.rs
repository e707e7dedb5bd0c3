//! How a call is cancelled and heard of.

use std::future::Future;

use flutter_rust_bridge::{DartFnFuture, frb};
use sealwood::{CallContext, CancelToken, Progress};

use crate::api::error::Failure;
use crate::callback::send;

/// Cancels the calls it was given to, and may hear of their progress.
#[frb(opaque)]
pub struct Call {
    pub(crate) context: CallContext,
}

impl Call {
    /// A call that nobody has cancelled.
    #[frb(sync)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self { context: CallContext::default() }
    }

    /// One that is cancelled with this one and reports to `on_progress` the bytes done and, where
    /// they are known, the bytes in all.
    #[frb(sync)]
    pub fn watched(
        &self,
        on_progress: impl Fn(i64, Option<i64>) -> DartFnFuture<()> + Send + Sync + 'static,
    ) -> Call {
        let progress = move |Progress { done, total }| {
            send(on_progress(clamp(done), total.map(clamp)));
        };
        Self { context: CallContext::new().cancel(self.context.cancel.clone()).progress(progress) }
    }

    /// Cancels, once and for all.
    #[frb(sync)]
    pub fn cancel(&self) {
        self.context.cancel.cancel();
    }

    pub(crate) fn cancel_token(&self) -> CancelToken {
        self.context.cancel.clone()
    }

    /// Runs `work` until it ends or is cancelled.
    pub(crate) async fn run<T>(
        &self,
        work: impl Future<Output = sealwood::Result<T>>,
    ) -> Result<T, Failure> {
        Ok(self.context.cancel.run(work).await?)
    }
}

/// A count as Dart has it; no count of ours is beyond.
pub(crate) fn clamp(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
