//! One call: how it is cancelled and who hears of its progress.

use std::future::Future;
use std::sync::Arc;

use sealwood::{CancelToken, Progress, Result, Watch};

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
    watch: Watch,
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
        Arc::new(Self { watch: Watch { cancel: CancelToken::new(), progress } })
    }

    /// Cancels it: it fails with `cancelled`, and so does every later call it is given to.
    pub fn cancel(&self) {
        self.watch.cancel.cancel();
    }
}

/// What a call is watched by; nobody if there is none.
pub(crate) fn watch(call: Option<Arc<CoreCall>>) -> Watch {
    call.map_or_else(Watch::default, |call| call.watch.clone())
}

/// Runs `work` until it ends or `call` is cancelled.
pub(crate) async fn run<T>(
    call: Option<Arc<CoreCall>>,
    work: impl Future<Output = Result<T>>,
) -> Result<T, CoreError> {
    Ok(watch(call).cancel.run(work).await?)
}
