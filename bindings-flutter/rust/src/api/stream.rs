//! Streams that Dart pulls.

use bytes::Bytes;
use flutter_rust_bridge::frb;
use sealwood::bridge::Pull;
use sealwood::vault::EntryInfo;

use crate::api::entry::Entry;
use crate::api::error::Failure;

/// A content, piece by piece.
#[frb(opaque)]
pub struct Pieces {
    pub(crate) pull: Pull<Bytes>,
}

impl Pieces {
    /// The next piece, or nothing at the end.
    pub async fn next(&self) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.pull.next().await?.map(Vec::from))
    }

    /// Ends the stream, and a call that waits for it.
    #[frb(sync)]
    pub fn close(&self) {
        self.pull.close();
    }
}

/// Entries, page by page.
#[frb(opaque)]
pub struct Entries {
    pub(crate) pull: Pull<EntryInfo>,
}

impl Entries {
    /// The next entries; none at the end.
    pub async fn next(&self) -> Result<Vec<Entry>, Failure> {
        const PAGE_MAX: usize = 256;
        Ok(self.pull.next_page(PAGE_MAX).await?.into_iter().map(Entry::from).collect())
    }

    /// Ends the stream, and a call that waits for it.
    #[frb(sync)]
    pub fn close(&self) {
        self.pull.close();
    }
}
