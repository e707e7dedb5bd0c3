//! Work on engines in a thread of its own, which tells what is to be printed.
//!
//! Calls of an engine block. The program waits for them and for Ctrl-C, whichever comes first, and
//! what is cut off leaves the engine as a crash would: whole.

use async_channel::Sender;
use futures_lite::future::try_zip;
use sealwood::Error;
use sealwood::platform::run_blocking;

use crate::context::Context;
use crate::failure::{Failure, Result};

/// How many things that were told wait to be printed.
const TOLD_MAX: usize = 16;

/// Where work tells what is to be printed.
pub(super) struct Teller<T>(Sender<T>);

impl<T> Teller<T> {
    /// Tells, once there is room. Fails where nobody listens any more: then the work is to end.
    pub(super) fn tell(&self, told: T) -> Result<()> {
        self.0.send_blocking(told).map_err(|_| Failure::from(Error::Cancelled))
    }
}

/// Does `work` until it ends, what it tells cannot be printed, or Ctrl-C comes. Returns what it
/// gives once all that it told is printed.
pub(super) async fn run<M: Send + 'static, T: Send + 'static>(
    context: &Context,
    work: impl FnOnce(&Teller<M>) -> Result<T> + Send + 'static,
    mut print: impl FnMut(M) -> Result<()>,
) -> Result<T> {
    context.interrupt.listen()?;
    let (sender, receiver) = async_channel::bounded(TOLD_MAX);
    let working = async { Ok(run_blocking(move || work(&Teller(sender))).await) };
    let printing = async {
        while let Ok(told) = receiver.recv().await {
            print(told)?;
        }
        Ok::<_, Failure>(())
    };
    let ended = async {
        let ((), outcome) = try_zip(printing, working).await?;
        outcome
    };
    context.interrupt.race(Box::pin(ended)).await
}
