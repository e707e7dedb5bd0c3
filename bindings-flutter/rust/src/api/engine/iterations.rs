//! Scans and watches, which Dart pulls page by page.

use flutter_rust_bridge::frb;
use sealwood::bridge::Pull;
use sealwood::bridge::engine as core;
use sealwood::engine::WatchEvent;

use crate::api::engine::values::{ChangeRecord, EntryHead, EntryRecord};
use crate::api::error::Failure;

/// Keys and values.
#[frb(opaque)]
pub struct ScanPages {
    pub(crate) pull: Pull<Vec<core::ScanEntry>>,
}

impl ScanPages {
    /// The next of them; none at the end.
    pub async fn next(&self) -> Result<Vec<EntryRecord>, Failure> {
        let page = self.pull.next().await?.unwrap_or_default();
        Ok(page.into_iter().map(EntryRecord::of).collect::<sealwood::Result<_>>()?)
    }

    /// Ends the scan, and a call that waits for it.
    #[frb(sync)]
    pub fn close(&self) {
        self.pull.close();
    }
}

/// Keys.
#[frb(opaque)]
pub struct KeyPages {
    pub(crate) pull: Pull<Vec<core::ScanKey>>,
}

impl KeyPages {
    /// The next of them; none at the end.
    pub async fn next(&self) -> Result<Vec<EntryHead>, Failure> {
        let page = self.pull.next().await?.unwrap_or_default();
        Ok(page.into_iter().map(EntryHead::from).collect())
    }

    /// Ends the scan, and a call that waits for it.
    #[frb(sync)]
    pub fn close(&self) {
        self.pull.close();
    }
}

/// Changes as they come.
#[frb(opaque)]
pub struct Changes {
    pub(crate) pull: Pull<WatchEvent>,
}

impl Changes {
    /// The next of them: one at least, which is waited for.
    pub async fn next(&self) -> Result<Vec<ChangeRecord>, Failure> {
        const PAGE_MAX: usize = 256;
        Ok(self.pull.next_page(PAGE_MAX).await?.into_iter().map(ChangeRecord::from).collect())
    }

    /// Ends the watch, and a call that waits for it.
    #[frb(sync)]
    pub fn close(&self) {
        self.pull.close();
    }
}
