//! What is read from, whatever is behind it.

use std::ops::Range;

use flutter_rust_bridge::frb;
use sealwood::bridge;
use sealwood::vault::ReadOptions;

use crate::api::call::Call;
use crate::api::entry::{Entry, Page};
use crate::api::error::Failure;
use crate::api::input::{number, range, whole};
use crate::api::store::Store;
use crate::api::stream::{Entries, Pieces};

/// A tree of directories and files to read from: a vault, one state of it, or a shared directory.
#[frb(opaque)]
pub struct Tree {
    inner: bridge::Tree,
}

impl Tree {
    pub(crate) fn new(inner: impl Into<bridge::Tree>) -> Self {
        Self { inner: inner.into() }
    }

    /// Opens the directory that `link` names.
    #[frb(sync)]
    pub fn open_shared(store: &Store, link: Vec<u8>) -> Result<Tree, Failure> {
        Ok(Self::new(bridge::shared_directory(store.inner.objects().clone(), &link)?))
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
        let bytes = self.inner.get_with(&path, &read_options(start, end, call)?).await?;
        Ok(whole(bytes, "a content beyond 2 GiB is read as a stream")?)
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
        let (_, pull) = call.run(self.inner.get_stream_with(&path, &options)).await?;
        Ok(Pieces { pull })
    }

    /// A sorted page of the entries of the directory at `path`.
    pub async fn list(
        &self,
        path: String,
        after: Option<String>,
        limit: Option<i64>,
        call: &Call,
    ) -> Result<Page, Failure> {
        Ok(call.run(self.inner.list(&path, after, number(limit)?)).await?.into())
    }

    /// The entries of the directory at `path`.
    pub async fn entries(&self, path: String, call: &Call) -> Result<Entries, Failure> {
        let pull = call.run(self.inner.entries(&path, call.cancel_token())).await?;
        Ok(Entries { pull })
    }

    /// Every entry below `path`.
    pub async fn entries_recursive(&self, path: String, call: &Call) -> Result<Entries, Failure> {
        let pull = call.run(self.inner.entries_recursive(&path, call.cancel_token())).await?;
        Ok(Entries { pull })
    }
}

/// Without a range, all; with only one of its ends, that is refused.
fn read_options(
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
    let mut options = ReadOptions::new().context(call.context.clone());
    (options.start, options.end) = (start, end);
    Ok(options)
}
