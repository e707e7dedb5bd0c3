//! Streams for hosts that ask for one item after another.

use async_lock::{Mutex, MutexGuard};
use futures_util::{FutureExt, StreamExt};

use crate::error::{Error, Result};
use crate::platform::BoxStream;
use crate::task::CancelToken;

/// A stream that is pulled through a shared reference, one caller at a time.
///
/// It ends with `None`, also after its first error. [`close`](Pull::close) drops the stream and ends a
/// waiting call; calls after it fail with [`Error::Closed`].
pub struct Pull<T> {
    state: Mutex<State<T>>,
    cancel: CancelToken,
    closed: CancelToken,
}

struct State<T> {
    stream: Option<BoxStream<'static, Result<T>>>,
    /// The error that followed the items of the last page.
    failure: Option<Error>,
}

impl<T> Pull<T> {
    /// Pulls from `stream` until `cancel` is cancelled.
    pub fn new(stream: BoxStream<'static, Result<T>>, cancel: CancelToken) -> Self {
        let state = State { stream: Some(stream), failure: None };
        Self { state: Mutex::new(state), cancel, closed: CancelToken::new() }
    }

    /// The next item, or `None` at the end.
    pub async fn next(&self) -> Result<Option<T>> {
        self.next_page(1).await.map(|mut page| page.pop())
    }

    /// The next items: at least one, unless the stream is at its end, and of those that are ready at
    /// once as many as make up `max`.
    pub async fn next_page(&self, max: usize) -> Result<Vec<T>> {
        let page = async {
            let mut turn = Turn { state: self.state.lock().await, closed: &self.closed };
            turn.state.page(max, &self.cancel).await
        };
        match self.closed.run(page).await {
            Err(Error::Cancelled) if self.closed.is_cancelled() => Err(Error::Closed),
            outcome => outcome,
        }
    }

    /// Drops the stream. Does nothing the second time.
    pub fn close(&self) {
        self.closed.cancel();
        // Whoever has the turn instead drops the stream when it ends, which is at once.
        if let Some(mut state) = self.state.try_lock() {
            state.stream = None;
        }
    }
}

impl<T> State<T> {
    async fn page(&mut self, max: usize, cancel: &CancelToken) -> Result<Vec<T>> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let Some(stream) = &mut self.stream else { return Ok(Vec::new()) };
        let first = cancel.run(async { stream.next().await.transpose() }).await;
        let Ok(Some(first)) = first else {
            self.stream = None;
            return first.map(|_| Vec::new());
        };
        let mut page = vec![first];
        while page.len() < max {
            match stream.next().now_or_never() {
                Some(Some(Ok(item))) => page.push(item),
                None => break,
                Some(end) => {
                    self.failure = end.and_then(Result::err);
                    self.stream = None;
                    break;
                }
            }
        }
        Ok(page)
    }
}

impl<T> std::fmt::Debug for Pull<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pull")
    }
}

/// The state while a call has it. A stream that was closed meanwhile goes with the call.
struct Turn<'a, T> {
    state: MutexGuard<'a, State<T>>,
    closed: &'a CancelToken,
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        if self.closed.is_cancelled() {
            self.state.stream = None;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use futures_lite::future::{block_on, poll_once};
    use futures_util::stream;

    use super::*;

    fn pull(stream: impl futures_util::Stream<Item = Result<u8>> + Send + 'static) -> Pull<u8> {
        Pull::new(Box::pin(stream), CancelToken::new())
    }

    #[test]
    fn pages_carry_what_is_ready_and_an_error_comes_after_the_items_before_it() {
        let items = [Ok(1), Ok(2), Ok(3), Err(Error::ObjectMissing), Ok(4)];
        let pull = pull(stream::iter(items));
        block_on(async {
            assert_eq!(pull.next_page(2).await.unwrap(), [1, 2]);
            assert_eq!(pull.next_page(9).await.unwrap(), [3]);
            assert!(matches!(pull.next().await, Err(Error::ObjectMissing)));
            assert_eq!(pull.next().await.unwrap(), None);
        });
    }

    #[test]
    fn closing_ends_a_waiting_call_and_drops_the_stream() {
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        let pull = pull(stream::pending::<Result<u8>>().inspect(move |_| drop(Arc::clone(&held))));
        block_on(async {
            let mut waiting = Box::pin(pull.next());
            assert!(poll_once(&mut waiting).await.is_none());
            pull.close();
            assert!(matches!(waiting.await, Err(Error::Closed)));
            assert_eq!(Arc::strong_count(&alive), 1);
            assert!(matches!(pull.next().await, Err(Error::Closed)));
        });
    }

    #[test]
    fn a_stream_closed_under_a_call_that_is_then_dropped_goes_with_it() {
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        let pull = pull(stream::pending::<Result<u8>>().inspect(move |_| drop(Arc::clone(&held))));
        block_on(async {
            let mut waiting = Box::pin(pull.next());
            assert!(poll_once(&mut waiting).await.is_none());
            pull.close();
            assert_eq!(Arc::strong_count(&alive), 2);
            drop(waiting);
            assert_eq!(Arc::strong_count(&alive), 1);
        });
    }

    #[test]
    fn the_token_cancels_a_waiting_call() {
        let cancel = CancelToken::new();
        let pull = Pull::new(Box::pin(stream::pending::<Result<u8>>()), cancel.clone());
        block_on(async {
            let mut waiting = Box::pin(pull.next());
            assert!(poll_once(&mut waiting).await.is_none());
            cancel.cancel();
            assert!(matches!(waiting.await, Err(Error::Cancelled)));
        });
    }
}
