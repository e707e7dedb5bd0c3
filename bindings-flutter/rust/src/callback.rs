//! Calls into Dart that may be given up.

use std::task::{Context, Poll, Waker};

use flutter_rust_bridge::{BaseAsyncRuntime, DartFnFuture};
use sealwood::platform::BoxFuture;
use sealwood::{Error, Result};

use crate::frb_generated::FLUTTER_RUST_BRIDGE_HANDLER;

/// Sends a call to Dart at once and returns its answer. A future of Dart's must not be dropped
/// before it is ready, so it runs on a task of its own; what is returned may be dropped at any
/// time.
///
/// Calls reach Dart in the order in which they are started.
pub(crate) fn start<T: Send + 'static>(
    mut answer: DartFnFuture<T>,
) -> BoxFuture<'static, Result<T>> {
    // The first poll sends the call.
    if let Poll::Ready(answer) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return Box::pin(async { Ok(answer) });
    }
    let task = FLUTTER_RUST_BRIDGE_HANDLER.async_runtime().spawn(answer);
    Box::pin(async {
        task.await.map_err(|_| Error::StoreFailed {
            reason: "the callback broke".to_owned(),
            source: None,
        })
    })
}

/// Sends a call to Dart at once, for its effect alone.
pub(crate) fn send(answer: DartFnFuture<()>) {
    drop(start(answer));
}
