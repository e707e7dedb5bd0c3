//! A scan, pulled page by page.

use bytes::Bytes;
use futures_util::stream;

use crate::bridge::Pull;
use crate::engine::{self, Scan, ScanItem};
use crate::error::{Error, Result};
use crate::platform::{MaybeSend, let_others_work, run_blocking};
use crate::task::CancelToken;

/// The most items of a page.
const ITEMS_MAX: usize = 256;
/// How many bytes end a page.
const BYTES_MAX: usize = 1 << 20;

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanEntry {
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: Bytes,
    /// The revision of the key's last change.
    pub revision: u64,
    /// When the key expires, in milliseconds since 1970, if it does.
    pub expires_at_ms: Option<u64>,
}

/// A key and what is known of it without reading its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanKey {
    /// The key.
    pub key: Vec<u8>,
    /// The length of the value, in bytes.
    pub size: u64,
    /// The revision of the key's last change.
    pub revision: u64,
    /// When the key expires, in milliseconds since 1970, if it does.
    pub expires_at_ms: Option<u64>,
}

/// What a scan is of.
pub(super) trait Item: MaybeSend + Sized + 'static {
    /// The item at a key.
    fn of(entry: &engine::ScanEntry<'_>) -> engine::Result<Self>;

    /// What it takes in memory.
    fn bytes(&self) -> usize;
}

impl Item for ScanEntry {
    fn of(entry: &engine::ScanEntry<'_>) -> engine::Result<Self> {
        let ScanKey { key, revision, expires_at_ms, .. } = ScanKey::of(entry)?;
        Ok(Self { key, value: entry.value()?, revision, expires_at_ms })
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.key.len() + self.value.len()
    }
}

impl Item for ScanKey {
    fn of(entry: &engine::ScanEntry<'_>) -> engine::Result<Self> {
        let info = entry.info();
        Ok(Self {
            key: entry.key().to_vec(),
            size: info.len,
            revision: info.revision.get(),
            expires_at_ms: info.expires_at.map(engine::Expiry::as_ms),
        })
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.key.len()
    }
}

/// What is left of a scan.
enum Rest {
    All(Box<Scan>),
    /// After a page.
    Some(Box<Scan>),
    /// The items before were given.
    Failed(Error),
    Nothing,
}

/// The pages of a scan.
pub(super) fn pull<T: Item>(scan: Scan, cancel: CancelToken) -> Pull<Vec<T>> {
    let pages = stream::try_unfold(Rest::All(Box::new(scan)), |rest| async {
        match rest {
            Rest::All(scan) => run_blocking(move || next_page(scan)).await,
            Rest::Some(scan) => {
                // Whoever reads all of it would hold up the host until the end.
                let_others_work().await;
                run_blocking(move || next_page(scan)).await
            }
            Rest::Failed(error) => Err(error),
            Rest::Nothing => Ok(None),
        }
    });
    Pull::new(pages, cancel)
}

/// The next page, which is not empty, and what is left then.
fn next_page<T: Item>(mut scan: Box<Scan>) -> Result<Option<(Vec<T>, Rest)>> {
    let (mut page, mut bytes) = (Vec::new(), 0);
    loop {
        if page.len() == ITEMS_MAX || bytes >= BYTES_MAX {
            return Ok(Some((page, Rest::Some(scan))));
        }
        match next(&mut scan) {
            Ok(Some(item)) => {
                bytes += T::bytes(&item);
                page.push(item);
            }
            Ok(None) => return Ok((!page.is_empty()).then_some((page, Rest::Nothing))),
            Err(error) if page.is_empty() => return Err(error.into()),
            Err(error) => return Ok(Some((page, Rest::Failed(error.into())))),
        }
    }
}

fn next<T: Item>(scan: &mut Scan) -> engine::Result<Option<T>> {
    match scan.next()? {
        Some(ScanItem::Key(entry)) => T::of(&entry).map(Some),
        Some(ScanItem::Damaged(finding)) => Err(finding.error),
        // There is no delimiter.
        Some(ScanItem::CommonPrefix(_)) | None => Ok(None),
    }
}
