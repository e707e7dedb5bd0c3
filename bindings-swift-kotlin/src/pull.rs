//! Streams, pulled by the language one step at a time.

use bytes::Bytes;
use sealwood::bridge::Pull;
use sealwood::vault::EntryInfo;

use crate::entry::CoreEntry;
use crate::error::CoreError;

/// The content of a file, piece by piece. Cancelled by the call that opened it.
#[derive(uniffi::Object)]
pub struct CoreContent {
    entry: CoreEntry,
    pull: Pull<Bytes>,
}

impl CoreContent {
    pub(crate) fn new(info: EntryInfo, pull: Pull<Bytes>) -> Self {
        Self { entry: info.into(), pull }
    }
}

#[uniffi::export]
impl CoreContent {
    /// The file that is read.
    pub fn entry(&self) -> CoreEntry {
        self.entry.clone()
    }

    /// The next piece, checked; nothing at the end.
    pub async fn next(&self) -> Result<Option<Vec<u8>>, CoreError> {
        Ok(self.pull.next().await?.map(Into::into))
    }

    /// Ends the stream, also under a waiting `next`, which fails with `closed`.
    pub fn stop(&self) {
        self.pull.close();
    }
}

/// Entries, page by page. Cancelled by the call that opened it.
#[derive(uniffi::Object)]
pub struct CoreEntries {
    pull: Pull<EntryInfo>,
}

impl CoreEntries {
    pub(crate) fn new(pull: Pull<EntryInfo>) -> Self {
        Self { pull }
    }
}

#[uniffi::export]
impl CoreEntries {
    /// At least one entry and at most `max` of those that are ready; none at the end.
    pub async fn next(&self, max: u32) -> Result<Vec<CoreEntry>, CoreError> {
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        Ok(self.pull.next_page(max).await?.into_iter().map(Into::into).collect())
    }

    /// Ends the stream, also under a waiting `next`, which fails with `closed`.
    pub fn stop(&self) {
        self.pull.close();
    }
}
