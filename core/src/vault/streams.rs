//! Streams into a vault and out of it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};

use super::entry::EntryInfo;
use crate::error::{Error, Result};
use crate::platform::{BoxStream, MaybeSend};

/// What a stream of the caller's may fail with: an error of any kind.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Items of a vault as they are read, in order. Dropping it ends the reading.
pub struct Items<T>(BoxStream<'static, Result<T>>);

/// The bytes of a content, a chunk at a time.
pub type ContentStream = Items<Bytes>;

/// Entries.
pub type EntryStream = Items<EntryInfo>;

/// Entries, each with its content.
pub type FileStream = Items<(EntryInfo, ContentStream)>;

impl<T> Items<T> {
    pub(super) fn new(items: impl Stream<Item = Result<T>> + MaybeSend + 'static) -> Self {
        Self(Box::pin(items))
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.0.as_mut().poll_next(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> std::fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Items")
    }
}

/// The pieces of a stream of the caller's.
pub(super) fn pieces<'a, E: Into<BoxError>>(
    source: impl Stream<Item = Result<Bytes, E>> + MaybeSend + 'a,
) -> BoxStream<'a, Result<Bytes>> {
    Box::pin(source.map_err(|error| source_error(error.into())))
}

/// What it means that a stream of the caller's failed. An error of ours stays what it is.
fn source_error(error: BoxError) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(ours) => return *ours,
        Err(theirs) => theirs,
    };
    // Its own words may name a file.
    let reason = match error.downcast_ref::<io::Error>() {
        Some(error) => error.kind().to_string(),
        None => "an error of its own".to_owned(),
    };
    Error::SourceFailed { reason, source: Some(Arc::from(error)) }
}
