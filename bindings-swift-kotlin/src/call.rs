//! One call: how it is cancelled and who hears of its progress.

use std::future::Future;
use std::sync::Arc;

use sealwood::{CallContext, Progress, Result};

use crate::error::CoreError;

/// Hears of progress.
#[uniffi::export(foreign)]
pub trait HostProgress: Send + Sync {
    /// `done` bytes of `total`, where that is known. It may be called on any thread, never twice at
    /// once for one call. That it fails changes nothing.
    fn report(&self, done: u64, total: Option<u64>) -> Result<(), CoreError>;
}

/// A call, or several that are cancelled together.
#[derive(uniffi::Object)]
pub struct CoreCall {
    context: CallContext,
}

#[uniffi::export]
impl CoreCall {
    /// A call that reports to `progress`, if to anybody.
    #[uniffi::constructor]
    pub fn new(progress: Option<Arc<dyn HostProgress>>) -> Arc<Self> {
        let progress = progress.map(|host| {
            let report = move |at: Progress| {
                host.report(at.done, at.total).ok();
            };
            Arc::new(report) as Arc<dyn sealwood::OnProgress>
        });
        let mut context = CallContext::new();
        context.progress = progress;
        Arc::new(Self { context })
    }

    /// Cancels it: it fails with `cancelled`, and so does every later call it is given to.
    pub fn cancel(&self) {
        self.context.cancel.cancel();
    }
}

/// Returns the context of `call`, or that of a call that nobody cancels or hears of.
pub(crate) fn context(call: Option<Arc<CoreCall>>) -> CallContext {
    call.map_or_else(CallContext::default, |call| call.context.clone())
}

/// Runs `work` until it ends or `call` is cancelled.
pub(crate) async fn run<T>(
    call: Option<Arc<CoreCall>>,
    work: impl Future<Output = Result<T>>,
) -> Result<T, CoreError> {
    Ok(context(call).cancel.run(work).await?)
}
