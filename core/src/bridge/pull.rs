//! Streams for hosts that ask for one item after another.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::{FutureExt, Stream, StreamExt};

use crate::error::{Error, Result};
use crate::platform::{BoxStream, MaybeSend};
use crate::task::CancelToken;

/// A stream that is pulled through a shared reference.
///
/// Calls that overlap take the items in the order in which they find them ready; one that is not
/// polled holds no other up. The stream ends with `None`, also after its first error.
/// [`close`](Pull::close) drops it and ends waiting calls; calls after it fail with
/// [`Error::Closed`].
pub struct Pull<T> {
    state: Mutex<State<T>>,
    waiting: Arc<Waiting>,
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
    pub fn new(
        stream: impl Stream<Item = Result<T>> + MaybeSend + 'static,
        cancel: CancelToken,
    ) -> Self {
        let state = State { stream: Some(Box::pin(stream)), failure: None };
        let waiting = Arc::default();
        Self { state: Mutex::new(state), waiting, cancel, closed: CancelToken::new() }
    }

    /// The next item, or `None` at the end.
    pub async fn next(&self) -> Result<Option<T>> {
        self.next_page(1).await.map(|mut page| page.pop())
    }

    /// The next items: at least one, unless the stream is at its end, plus whatever is ready
    /// without waiting, up to `max`.
    pub async fn next_page(&self, max: usize) -> Result<Vec<T>> {
        let page = async {
            if self.state().has_ended() {
                return Ok(Vec::new());
            }
            self.cancel.run(poll_fn(|context| self.poll_page(context, max))).await
        };
        let outcome = self.closed.run(page).await;
        if self.closed.is_cancelled() || matches!(outcome, Err(Error::Cancelled)) {
            self.discard();
        }
        match outcome {
            Err(Error::Cancelled) if self.closed.is_cancelled() => Err(Error::Closed),
            // Nobody can say whether this is the stream's end or how `close` has left it.
            Ok(page) if page.is_empty() && self.closed.is_cancelled() => Err(Error::Closed),
            outcome => outcome,
        }
    }

    /// Drops the stream. Does nothing the second time.
    pub fn close(&self) {
        self.closed.cancel();
        self.discard();
    }

    /// Drops the stream, unless a call is polling it: that call does, as it is told to end.
    fn discard(&self) {
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(state)) => state.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        state.failure = None;
        let stream = state.stream.take();
        drop(state);
        // Not under the lock: a source may be the host's.
        drop(stream);
    }

    fn poll_page(&self, context: &mut Context<'_>, max: usize) -> Poll<Result<Vec<T>>> {
        if self.closed.is_cancelled() {
            return Poll::Ready(Err(Error::Closed));
        }
        self.waiting.add(context.waker());
        // What the stream wakes is every call that waits: it cannot tell which of them is polled.
        let waker = Waker::from(Arc::clone(&self.waiting));
        let page = self.state().poll_page(&mut Context::from_waker(&waker), max);
        if self.closed.is_cancelled() {
            self.discard();
        }
        if page.is_ready() {
            self.waiting.wake_all();
        }
        match page {
            // It waited when it was cancelled, as others may have who have dropped the stream.
            Poll::Ready(Ok(page)) if page.is_empty() => {
                Poll::Ready(self.cancel.check().map(|()| page))
            }
            page => page,
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn has_ended(&self) -> bool {
        self.stream.is_none() && self.failure.is_none()
    }

    fn poll_page(&mut self, context: &mut Context<'_>, max: usize) -> Poll<Result<Vec<T>>> {
        if let Some(failure) = self.failure.take() {
            return Poll::Ready(Err(failure));
        }
        let Some(stream) = &mut self.stream else { return Poll::Ready(Ok(Vec::new())) };
        let first = match stream.poll_next_unpin(context) {
            Poll::Ready(Some(Ok(first))) => first,
            Poll::Ready(end) => {
                self.stream = None;
                return Poll::Ready(end.transpose().map(|_| Vec::new()));
            }
            Poll::Pending => return Poll::Pending,
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
        Poll::Ready(Ok(page))
    }
}

/// The calls that wait for the stream, all of which it wakes.
#[derive(Default)]
struct Waiting(Mutex<Vec<Waker>>);

impl Waiting {
    fn add(&self, waker: &Waker) {
        let mut wakers = self.wakers();
        if !wakers.iter().any(|known| known.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }

    fn wake_all(&self) {
        let wakers = std::mem::take(&mut *self.wakers());
        wakers.into_iter().for_each(Waker::wake);
    }

    fn wakers(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.wake_all();
    }
}

impl<T> std::fmt::Debug for Pull<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pull")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::{Arc, Weak};

    use futures_lite::future::{block_on, poll_once};
    use futures_util::stream;

    use super::*;

    fn pull(stream: impl futures_util::Stream<Item = Result<u8>> + Send + 'static) -> Pull<u8> {
        Pull::new(stream, CancelToken::new())
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

    /// What a stream gives out as it is put in; it remembers one waker, as streams do.
    #[derive(Default)]
    struct Channel(Mutex<(Vec<u8>, Option<Waker>)>);

    impl Channel {
        fn put(&self, item: u8) {
            let mut inside = self.0.lock().unwrap();
            inside.0.push(item);
            let waker = inside.1.take();
            drop(inside);
            waker.unwrap().wake();
        }
    }

    #[test]
    fn a_call_that_is_not_polled_holds_no_other_up() {
        let channel = Arc::<Channel>::default();
        let source = Arc::clone(&channel);
        let pull = pull(stream::poll_fn(move |context| {
            let mut inside = source.0.lock().unwrap();
            inside.1 = Some(context.waker().clone());
            inside.0.pop().map_or(Poll::Pending, |item| Poll::Ready(Some(Ok(item))))
        }));
        let items = |item| channel.put(item);
        block_on(async {
            let mut left = Box::pin(pull.next());
            assert!(poll_once(&mut left).await.is_none());
            items(1);
            assert_eq!(pull.next().await.unwrap(), Some(1));
            let mut second = Box::pin(pull.next());
            assert!(poll_once(&mut second).await.is_none());
            items(2);
            // Whoever polled last is gone; the one left is woken all the same.
            drop(second);
            assert_eq!(left.await.unwrap(), Some(2));
        });
    }

    #[test]
    fn a_stream_closed_under_a_call_that_is_not_polled_goes_at_once() {
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        let pull = pull(stream::pending::<Result<u8>>().inspect(move |_| drop(Arc::clone(&held))));
        block_on(async {
            let mut waiting = Box::pin(pull.next());
            assert!(poll_once(&mut waiting).await.is_none());
            pull.close();
            assert_eq!(Arc::strong_count(&alive), 1);
            drop(waiting);
        });
    }

    #[test]
    fn a_stream_closed_in_the_middle_of_a_call_is_closed_and_has_not_ended() {
        let pull = Arc::new_cyclic(|pull: &Weak<Pull<u8>>| {
            let pull = Weak::clone(pull);
            Pull::new(
                stream::poll_fn(move |_| {
                    pull.upgrade().unwrap().close();
                    Poll::Ready(None)
                }),
                CancelToken::new(),
            )
        });
        assert!(matches!(block_on(pull.next()), Err(Error::Closed)));
    }

    #[test]
    fn the_token_cancels_every_waiting_call() {
        let cancel = CancelToken::new();
        let pull = Pull::new(stream::pending::<Result<u8>>(), cancel.clone());
        block_on(async {
            let mut waiting = [Box::pin(pull.next()), Box::pin(pull.next())];
            for call in &mut waiting {
                assert!(poll_once(call).await.is_none());
            }
            cancel.cancel();
            for call in waiting {
                assert!(matches!(call.await, Err(Error::Cancelled)));
            }
            assert_eq!(pull.next().await.unwrap(), None);
        });
    }
}
