//! A vault or a shared directory as it was at one moment.

use std::ops::Range;

use flutter_rust_bridge::frb;
use sealwood::bridge;
use sealwood::vault::{self, ListOptions, ReadOptions};

use crate::api::call::Call;
use crate::api::entry::{Entry, Page};
use crate::api::error::Failure;
use crate::api::input::{number, range, whole};
use crate::api::store::Store;
use crate::api::stream::{Entries, Pieces};

/// A vault or a shared directory as it was at one moment.
#[frb(opaque)]
pub struct Snapshot {
    pub(crate) inner: vault::Snapshot,
}

impl Snapshot {
    /// Opens the directory that `link` names.
    #[frb(sync)]
    pub fn open_shared(store: &Store, link: Vec<u8>) -> Result<Snapshot, Failure> {
        Ok(Self { inner: bridge::shared_directory(store.inner.objects().clone(), &link)? })
    }

    /// The entry at `path`.
    pub async fn stat(&self, path: String, call: &Call) -> Result<Entry, Failure> {
        Ok(call.run(self.inner.stat(&path)).await?.into())
    }

    /// Whether there is an entry at `path`.
    pub async fn exists(&self, path: String, call: &Call) -> Result<bool, Failure> {
        call.run(self.inner.exists(&path)).await
    }

    /// The content of the file at `path`, or a range of it.
    pub async fn read(
        &self,
        path: String,
        start: Option<i64>,
        end: Option<i64>,
        call: &Call,
    ) -> Result<Vec<u8>, Failure> {
        Ok(whole(self.inner.read(&path, read_options(start, end, call)?).await?)?)
    }

    /// The same, piece by piece.
    pub async fn get_stream(
        &self,
        path: String,
        start: Option<i64>,
        end: Option<i64>,
        call: &Call,
    ) -> Result<Pieces, Failure> {
        let options = read_options(start, end, call)?;
        let (_, stream) = call.run(self.inner.get_stream(&path, options)).await?;
        Ok(Pieces::new(stream, call))
    }

    /// A sorted page of the entries of the directory at `path`.
    pub async fn list(
        &self,
        path: String,
        after: Option<String>,
        limit: Option<i64>,
        call: &Call,
    ) -> Result<Page, Failure> {
        Ok(call.run(self.inner.list(&path, list_options(after, limit)?)).await?.into())
    }

    /// The entries of the directory at `path`.
    pub async fn entries(&self, path: String, call: &Call) -> Result<Entries, Failure> {
        Ok(Entries::new(call.run(self.inner.list_stream(&path, None)).await?, call))
    }

    /// Every entry below `path`.
    pub async fn entries_recursive(&self, path: String, call: &Call) -> Result<Entries, Failure> {
        Ok(Entries::new(call.run(self.inner.list_recursive(&path)).await?, call))
    }
}

/// Without a range, all; with only one of its ends, that is refused.
pub(crate) fn read_options(
    start: Option<i64>,
    end: Option<i64>,
    call: &Call,
) -> sealwood::Result<ReadOptions> {
    let (start, end) = match (start, end) {
        (None, None) => (0, None),
        (Some(start), Some(end)) => {
            let Range { start, end } = range(start, end)?;
            (start, Some(end))
        }
        _ => return Err(sealwood::Error::InvalidArgument { what: "a range has two ends" }),
    };
    Ok(ReadOptions { start, end, watch: call.watch.clone() })
}

pub(crate) fn list_options(
    after: Option<String>,
    limit: Option<i64>,
) -> sealwood::Result<ListOptions> {
    let limit = number(limit)?.unwrap_or(ListOptions::default().limit);
    Ok(ListOptions { after, limit })
}
