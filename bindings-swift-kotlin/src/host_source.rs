//! Content that an app gives piece by piece.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use sealwood::Result;
use sealwood::bridge::source;
use sealwood::platform::BoxStream;

use crate::error::CoreError;

/// A source of bytes.
#[uniffi::export(foreign)]
#[async_trait]
pub trait HostSource: Send + Sync {
    /// The next piece, or nothing at the end. It is not called before its last piece has come.
    async fn next(&self) -> Result<Option<Vec<u8>>, CoreError>;
}

/// What `host` gives, as the core reads it.
pub(crate) fn stream(host: Arc<dyn HostSource>) -> BoxStream<'static, Result<Bytes>> {
    source(move || {
        let host = Arc::clone(&host);
        Box::pin(async move {
            let piece = host.next().await.map_err(CoreError::of_source)?;
            Ok(piece.map(Bytes::from))
        })
    })
}
