//! Ctrl-C: the first ends the command in an orderly way, the second at once.

use std::sync::Arc;

use event_listener::Event;
use sealwood::{CancelToken, Error};

use crate::failure::Result;

/// Hears of Ctrl-C and of a request to terminate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    cancel: CancelToken,
    event: Arc<Event>,
}

impl Interrupt {
    /// The token that cancels what is under way in a vault.
    pub(crate) fn token(&self) -> CancelToken {
        self.cancel.clone()
    }

    /// Starts to listen. Until then Ctrl-C ends the program, which is what a prompt needs.
    pub(crate) fn listen(&self) -> Result<()> {
        let (cancel, event) = (self.cancel.clone(), Arc::clone(&self.event));
        ctrlc::set_handler(move || {
            if cancel.is_cancelled() {
                std::process::exit(130);
            }
            cancel.cancel();
            event.notify(usize::MAX);
        })
        .map_err(|_| Error::Platform { what: "a way to hear of signals" }.into())
    }

    /// Runs `work` until it ends or Ctrl-C drops it. Dropping a vault's future is safe: what it
    /// had not committed has not happened. Work that holds the token has the first word.
    pub(crate) async fn race<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let listener = self.event.listen();
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled.into());
        }
        futures_lite::future::or(work, async {
            listener.await;
            Err(Error::Cancelled.into())
        })
        .await
    }
}
