//! One state of a tree, to read from.

use std::ops::Range;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};

use super::entry::EntryInfo;
use super::options::ReadOptions;
use super::streams::ContentStream;
use crate::content::{Content, ContentReader, Pieces};
use crate::error::{Error, Result};
use crate::forest::{Entry, View};
use crate::path::VaultPath;
use crate::task::CallContext;

/// A view of a vault or a shared directory as it was at one moment. Later changes, by anyone, do
/// not show.
#[derive(Clone)]
pub struct Snapshot {
    pub(super) view: View,
    pub(super) reader: ContentReader,
}

impl Snapshot {
    /// The entry at `path`.
    pub async fn stat(&self, path: impl AsRef<str>) -> Result<EntryInfo> {
        let path = VaultPath::new(path.as_ref())?;
        if path.is_top() {
            return Ok(EntryInfo::top());
        }
        let entry = self.entry(&path).await?;
        Ok(EntryInfo::new(path, &entry))
    }

    /// Whether there is an entry at `path`.
    pub async fn exists(&self, path: impl AsRef<str>) -> Result<bool> {
        match self.stat(path).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The whole content of the file at `path`.
    pub async fn get(&self, path: impl AsRef<str>) -> Result<Bytes> {
        self.get_with(path, &ReadOptions::new()).await
    }

    /// A range of the content of the file at `path`, in bytes. Fails with
    /// [`Error::RangePastEnd`] if it ends past the content.
    pub async fn get_range(&self, path: impl AsRef<str>, range: Range<u64>) -> Result<Bytes> {
        self.get_with(path, &ReadOptions::new().range(range)).await
    }

    /// The content of the file at `path`, or a range of it, in memory.
    pub async fn get_with(&self, path: impl AsRef<str>, options: &ReadOptions) -> Result<Bytes> {
        let read = async {
            let Opened { info, content, range } = self.open(path, options).await?;
            let at = |error: Error| error.below(&info.path);
            if options.context.progress.is_some() {
                let parts = self.reader.stream(&content, range.clone());
                let parts = watched(parts, &info.path, range, &options.context);
                return Ok(parts.try_collect::<bytes::BytesMut>().await?.freeze());
            }
            self.reader.bytes(&content, range).await.map_err(at)
        };
        options.context.cancel.run(read).await
    }

    /// The content of the file at `path`, a chunk at a time in bounded memory. Each piece was
    /// checked before it is given out.
    pub async fn get_stream(&self, path: impl AsRef<str>) -> Result<(EntryInfo, ContentStream)> {
        self.get_stream_with(path, &ReadOptions::new()).await
    }

    /// The same, or a range of it, as `options` say.
    pub async fn get_stream_with(
        &self,
        path: impl AsRef<str>,
        options: &ReadOptions,
    ) -> Result<(EntryInfo, ContentStream)> {
        let open = self.open(path, options);
        let Opened { info, content, range } = options.context.cancel.run(open).await?;
        let parts = self.reader.stream(&content, range.clone());
        let parts = watched(parts, &info.path, range, &options.context);
        Ok((info, parts))
    }

    pub(super) async fn entry(&self, path: &VaultPath) -> Result<Entry> {
        let entry = self.view.entry(path).await;
        let entry = entry.map_err(|error| error.below(path))?;
        entry.ok_or_else(|| Error::NotFound { path: path.clone() })
    }

    /// The directory at `path`.
    pub(super) async fn directory(&self, path: &VaultPath) -> Result<View> {
        if path.is_top() {
            return Ok(self.view.clone());
        }
        let directory = self.view.directory(&self.entry(path).await?);
        directory.ok_or_else(|| Error::NotADirectory { path: path.clone() })
    }

    /// The file at `path`, and the range of it that `options` ask for.
    async fn open(&self, path: impl AsRef<str>, options: &ReadOptions) -> Result<Opened> {
        let path = VaultPath::new(path.as_ref())?;
        if path.is_top() {
            return Err(Error::IsADirectory { path });
        }
        let entry = self.entry(&path).await?;
        let info = EntryInfo::new(path.clone(), &entry);
        let content = entry.content().ok_or(Error::IsADirectory { path })?;
        let size = content.size();
        let start = options.start;
        // A start past the end is past it, whatever is asked for from there on.
        let end = options.end.unwrap_or(size.max(start));
        if start > end {
            return Err(Error::InvalidArgument { what: "a range starts before it ends" });
        }
        if end > size {
            return Err(Error::RangePastEnd { end, size });
        }
        Ok(Opened { info, content: content.clone(), range: start..end })
    }
}

/// A file to read, and which of its bytes.
struct Opened {
    info: EntryInfo,
    content: Content,
    range: Range<u64>,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Snapshot")
    }
}

/// A stream that reports what it gives out of the file at `path`, says there what is damaged, and
/// ends with an error once it is cancelled.
pub(super) fn watched(
    parts: Pieces,
    path: &VaultPath,
    range: Range<u64>,
    context: &CallContext,
) -> ContentStream {
    let (context, path) = (context.clone(), path.clone());
    let total = range.end - range.start;
    let mut done = 0;
    if total == 0 {
        context.report(0, Some(0));
    }
    ContentStream::new(parts.map(move |part| {
        context.cancel.check()?;
        let part = part.map_err(|error| error.below(&path))?;
        done += part.len() as u64;
        context.report(done, Some(total));
        Ok(part)
    }))
}
