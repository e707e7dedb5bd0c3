//! Scans and watches, pulled by the language a page at a time. They are cancelled by the call that
//! opened them.

use std::sync::Arc;

use sealwood::bridge::Pull;
use sealwood::bridge::engine::{ScanEntry, ScanKey};
use sealwood::engine::WatchEvent;

use super::values::{CoreScanEntry, CoreScanKey, CoreWatchEvent};
use crate::error::CoreError;

/// Keys and values.
#[derive(uniffi::Object)]
pub struct CoreScan {
    pull: Pull<Vec<ScanEntry>>,
}

impl CoreScan {
    pub(super) fn new(pull: Pull<Vec<ScanEntry>>) -> Arc<Self> {
        Arc::new(Self { pull })
    }
}

#[uniffi::export]
impl CoreScan {
    /// The next page: at most 256 entries, and no further one once there is 1 MiB; none at the end.
    pub async fn next(&self) -> Result<Vec<CoreScanEntry>, CoreError> {
        let page = self.pull.next().await?.unwrap_or_default();
        Ok(page.into_iter().map(Into::into).collect())
    }

    /// Ends the scan, also under a waiting `next`, which fails with `closed`.
    pub fn stop(&self) {
        self.pull.close();
    }
}

/// Keys without their values.
#[derive(uniffi::Object)]
pub struct CoreKeyScan {
    pull: Pull<Vec<ScanKey>>,
}

impl CoreKeyScan {
    pub(super) fn new(pull: Pull<Vec<ScanKey>>) -> Arc<Self> {
        Arc::new(Self { pull })
    }
}

#[uniffi::export]
impl CoreKeyScan {
    /// The next page: at most 256 keys, and no further one once there is 1 MiB; none at the end.
    pub async fn next(&self) -> Result<Vec<CoreScanKey>, CoreError> {
        Ok(self.pull.next().await?.unwrap_or_default())
    }

    /// Ends the scan, also under a waiting `next`, which fails with `closed`.
    pub fn stop(&self) {
        self.pull.close();
    }
}

/// Changes as they come.
#[derive(uniffi::Object)]
pub struct CoreWatch {
    pull: Pull<WatchEvent>,
}

impl CoreWatch {
    pub(super) fn new(pull: Pull<WatchEvent>) -> Arc<Self> {
        Arc::new(Self { pull })
    }
}

#[uniffi::export]
impl CoreWatch {
    /// At least one change and at most `max` of those that are there. None once it has failed.
    pub async fn next(&self, max: u32) -> Result<Vec<CoreWatchEvent>, CoreError> {
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        Ok(self.pull.next_page(max).await?.into_iter().map(Into::into).collect())
    }

    /// Ends the watch, also under a waiting `next`, which fails with `closed`.
    pub fn stop(&self) {
        self.pull.close();
    }
}
