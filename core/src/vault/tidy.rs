//! Removing what puts that came to nothing have left.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;

use super::Vault;
use crate::blob::HoldMode;
use crate::content::{Claims, Unfinished};
use crate::error::{Error, Result};
use crate::platform::{sleep, to_the_end};
use crate::seal::ExtentName;

/// How long to wait for requests that were under way when their put was given up.
const PATIENCE: Duration = Duration::from_secs(5);

impl Vault {
    /// `outcome`, after removing what a call that failed has left. One that was cancelled ends at
    /// once: the next call removes it.
    pub(super) async fn tidied<T>(&self, outcome: Result<T>) -> Result<T> {
        if !matches!(outcome, Ok(_) | Err(Error::Cancelled)) {
            self.tidy().await;
        }
        outcome
    }

    /// Removes the extents that this session stored for nothing, unless somebody may need them or
    /// is at work on the store; then a later call does, or nobody. What goes wrong concerns no call.
    pub(super) async fn tidy(&self) {
        let claims = self.inner.session.claims();
        if !claims.has_litter() {
            return;
        }
        Driving::take(claims).drive().await;
        // Once one has been asked for, nobody must store what is about to be removed before that
        // has happened.
        let vault = self.clone();
        to_the_end(async move {
            if let Err(error) = vault.remove_litter().await {
                log::info!("extents of a put that failed stay for now: {}", error.code());
            }
        })
        .await;
    }

    async fn remove_litter(&self) -> Result<()> {
        let (store, session) = (self.store(), &self.inner.session);
        let Some(_hold) = store.hold(HoldMode::Alone).await? else { return Ok(()) };
        session.refresh().await?;
        let litter = session.claims().take_litter();
        log::debug!("{} extents are removed", litter.len());
        let names: Vec<_> = litter.iter().map(ExtentName::object).collect();
        for failed in store.delete_many(&names).await {
            log::warn!("an extent of a put that failed stays: {}", failed.error.code());
        }
        if store.needs_flush() { store.flush().await } else { Ok(()) }
    }
}

/// Parts of puts on their way to their end; given back if they do not get there.
struct Driving<'a> {
    claims: &'a Claims,
    work: FuturesUnordered<Unfinished>,
}

impl<'a> Driving<'a> {
    fn take(claims: &'a Claims) -> Self {
        Self { claims, work: claims.take_unfinished().into_iter().collect() }
    }

    async fn drive(mut self) {
        if self.work.is_empty() {
            return;
        }
        let mut patience = Box::pin(sleep(PATIENCE));
        while let Either::Left((Some(()), _)) = select(self.work.next(), &mut patience).await {}
    }
}

impl Drop for Driving<'_> {
    fn drop(&mut self) {
        self.claims.leave_unfinished(std::mem::take(&mut self.work).into_iter().collect());
    }
}
