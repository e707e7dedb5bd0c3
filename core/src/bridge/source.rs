//! Bytes that a host gives piece by piece.

use bytes::Bytes;
use futures_util::stream::try_unfold;

use crate::error::{Error, Result};
use crate::platform::{BoxFuture, BoxStream, MaybeSend};

/// A stream for [`put_stream`](crate::Vault::put_stream) made of a function that gives the next
/// piece, and `None` at the end. The function is not called before its last piece has come.
pub fn source(
    next: impl FnMut() -> BoxFuture<'static, Result<Option<Bytes>>> + MaybeSend + 'static,
) -> BoxStream<'static, Result<Bytes>> {
    Box::pin(try_unfold(
        next,
        |mut next| async move { Ok(next().await?.map(|piece| (piece, next))) },
    ))
}

/// The error of a source that failed with a code of ours or with something of its own.
pub fn source_error(code: Option<&str>, message: &str) -> Error {
    match code {
        Some("cancelled") => Error::Cancelled,
        _ => Error::SourceFailed { reason: message.to_owned(), source: None },
    }
}
