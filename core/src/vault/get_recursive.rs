//! Reading all files below a directory in few requests.

use std::collections::VecDeque;

use super::entry::EntryInfo;
use super::snapshot::watched;
use super::streams::{ContentStream, FileStream};
use super::tree_walk::TreeWalk;
use super::{Snapshot, Vault};
use crate::content::{Content, ContentReader};
use crate::error::Result;
use crate::packs::{Wanted, spans};
use crate::path::VaultPath;
use crate::task::CallContext;

/// The most files that are sorted by where they lie at a time, and the most bytes they take.
const SORTED_FILES_MAX: usize = 32_768;
const SORTED_BYTES_MAX: usize = 32 * 1024 * 1024;

impl Vault {
    /// Every entry below `path` with its content: [`Snapshot::get_recursive`] of the state of this
    /// moment.
    pub async fn get_recursive(&self, path: impl AsRef<str>) -> Result<FileStream> {
        self.get_recursive_with(path, &CallContext::new()).await
    }

    /// The same, in this context.
    pub async fn get_recursive_with(
        &self,
        path: impl AsRef<str>,
        context: &CallContext,
    ) -> Result<FileStream> {
        let path = VaultPath::new(path.as_ref())?;
        self.snapshot_at(&path).await?.get_recursive_with(path, context).await
    }
}

impl Snapshot {
    /// Every entry below `path` with its content; that of a directory is empty. A directory comes
    /// before what it holds. Beside that the order is the one that reads least: small files come
    /// sorted by where they are stored, up to some 32,000 at a time, so that one request serves
    /// many of them.
    ///
    /// Nothing of a content is read before its stream is. The streams may be read one after the
    /// other or several at once, about in the order they come in: what is read for one is kept for
    /// those beside it under the vault's memory budget.
    pub async fn get_recursive(&self, path: impl AsRef<str>) -> Result<FileStream> {
        self.get_recursive_with(path, &CallContext::new()).await
    }

    /// The same, in this context. Its token ends all the streams; no progress is told, since each
    /// stream is read at its reader's pace.
    pub async fn get_recursive_with(
        &self,
        path: impl AsRef<str>,
        context: &CallContext,
    ) -> Result<FileStream> {
        let path = VaultPath::new(path.as_ref())?;
        let directory = self.directory(&path).await?;
        let files = Files {
            walk: Some(TreeWalk::new(path, &directory)),
            reader: self.reader.clone(),
            context: CallContext { cancel: context.cancel.clone(), progress: None },
            packed: Vec::new(),
            packed_bytes: 0,
            ready: VecDeque::new(),
        };
        Ok(FileStream::new(futures_util::stream::try_unfold(files, |mut files| async move {
            Ok(files.next().await?.map(|file| (file, files)))
        })))
    }
}

struct Files {
    /// What is not listed yet.
    walk: Option<TreeWalk>,
    reader: ContentReader,
    context: CallContext,
    /// Files that wait for others to be sorted with.
    packed: Vec<(Wanted, Waiting)>,
    packed_bytes: usize,
    /// Files that come next.
    ready: VecDeque<(Waiting, ContentReader)>,
}

struct Waiting {
    info: EntryInfo,
    content: Content,
}

impl Waiting {
    /// About the bytes of memory it takes.
    fn bytes(&self) -> usize {
        /// What the unit of its content shares with the node it came from.
        const UNIT_BYTES: usize = 128;
        let pairs = self.info.metadata.iter();
        let pairs = pairs.map(|(key, value)| key.len() + value.len() + 2 * size_of::<String>());
        size_of::<(Wanted, Self)>()
            + UNIT_BYTES
            + self.info.path.as_str().len()
            + pairs.sum::<usize>()
    }
}

impl Files {
    async fn next(&mut self) -> Result<Option<(EntryInfo, ContentStream)>> {
        loop {
            self.context.cancel.check()?;
            if let Some((file, reader)) = self.ready.pop_front() {
                let content = self.stream(&file, &reader);
                return Ok(Some((file.info, content)));
            }
            let found = match &mut self.walk {
                Some(walk) => self.context.cancel.run(walk.next()).await?,
                None if self.packed.is_empty() => return Ok(None),
                None => None,
            };
            let Some((info, entry)) = found else {
                self.walk = None;
                self.sort();
                continue;
            };
            let Some(content) = entry.content().cloned() else {
                return Ok(Some((info, ContentStream::new(futures_util::stream::empty()))));
            };
            let file = Waiting { info, content };
            let link = match &file.content {
                Content::Packed(_, unit) => unit.link(),
                Content::Inline(_) | Content::Chunked(_) => None,
            };
            match link {
                None => {
                    let content = self.stream(&file, &self.reader);
                    return Ok(Some((file.info, content)));
                }
                Some(link) => {
                    self.packed_bytes += file.bytes();
                    self.packed.push((Wanted::alone(link.place), file));
                }
            }
            if self.packed.len() >= SORTED_FILES_MAX || self.packed_bytes >= SORTED_BYTES_MAX {
                self.sort();
            }
        }
    }

    /// Puts the waiting files next in line, each to be read with those beside it. One file of the
    /// next span is put into the middle of each span: whoever reads several files at once then has
    /// that span under way before this one is used up.
    fn sort(&mut self) {
        let packed = std::mem::take(&mut self.packed);
        self.packed_bytes = 0;
        let mut in_middle_of_last = 0;
        for (span, files) in spans(packed, self.reader.packs().span_bytes_max()) {
            let reader = self.reader.within(span);
            let mut files = files.into_iter().map(|file| (file, reader.clone()));
            if in_middle_of_last > 0
                && let Some(first) = files.next()
            {
                self.ready.insert(self.ready.len() - in_middle_of_last, first);
            }
            in_middle_of_last = files.len() / 2;
            self.ready.extend(files);
        }
    }

    fn stream(&self, file: &Waiting, reader: &ContentReader) -> ContentStream {
        let size = file.content.size();
        let parts = reader.stream(&file.content, 0..size);
        watched(parts, &file.info.path, 0..size, &self.context)
    }
}
