//! A store that is late with roots.

use std::sync::{Arc, Mutex};
use std::task::Poll;

use bytes::Bytes;
use futures_lite::future::block_on;
use sealwood::blob::{BlobStore, ETag, MemoryStore, Precondition, StorePutOptions};
use sealwood::forward;
use sealwood::platform::BoxFuture;
use sealwood::{Error, Result};

/// What becomes of the put of a root.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Way {
    /// It is answered.
    Straight,
    /// It takes effect, and the answer is lost.
    Unanswered,
    /// It never arrives.
    Lost,
    /// The answer is given up on, and it is on its way until the test lets it arrive.
    Late,
    /// The same, but the answer is given up on only once another way is taken: a call that waits
    /// for it can be dropped.
    LateAndSilent,
}

/// A store whose roots take the ways they are told.
pub(crate) struct Slow {
    inner: Arc<MemoryStore>,
    way: Mutex<Way>,
    pub(crate) on_their_way: Mutex<Vec<(Bytes, Precondition)>>,
}

impl Slow {
    pub(crate) fn new(inner: Arc<MemoryStore>) -> Arc<Self> {
        let way = Mutex::new(Way::Straight);
        Arc::new(Self { inner, way, on_their_way: Mutex::default() })
    }

    /// The way of every root from now on.
    pub(crate) fn take(&self, way: Way) {
        *self.way.lock().unwrap() = way;
    }

    pub(crate) fn count(&self) -> usize {
        self.on_their_way.lock().unwrap().len()
    }

    /// A root that is on its way arrives: the oldest is number 0.
    pub(crate) fn land(&self, number: usize) {
        let (bytes, condition) = self.on_their_way.lock().unwrap().remove(number);
        // Nobody hears of it.
        let _ = block_on(self.inner.put("root", bytes, condition));
    }
}

fn no_answer() -> Error {
    Error::StoreUnavailable { reason: "injected".into(), retry_after: None, source: None }
}

impl BlobStore for Slow {
    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            if key != "root" {
                return self.inner.put_with(key, bytes, options).await;
            }
            let way = *self.way.lock().unwrap();
            match way {
                Way::Straight => self.inner.put_with(key, bytes, options).await,
                Way::Unanswered => {
                    let _ = self.inner.put_with(key, bytes, options).await;
                    Err(no_answer())
                }
                Way::Lost => Err(no_answer()),
                Way::Late | Way::LateAndSilent => {
                    self.on_their_way.lock().unwrap().push((bytes, options.precondition.clone()));
                    let is_silent = || *self.way.lock().unwrap() == Way::LateAndSilent;
                    std::future::poll_fn(|_| match is_silent() {
                        true => Poll::Pending,
                        false => Poll::Ready(()),
                    })
                    .await;
                    Err(no_answer())
                }
            }
        })
    }

    fn confirms_puts(&self) -> bool {
        true
    }

    fn needs_flush(&self) -> bool {
        false
    }

    forward!(inner: get_with, get_range, delete, list, head, flush);
}
