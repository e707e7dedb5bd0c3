//! What the last checkpoint still tells.

use std::sync::Arc;

use super::Reading;
use super::evidence::SINCE_EVER;
use crate::catalog::Catalog;
use crate::checkpoint::read_catalog;
use crate::entry::Entry;
use crate::error::{Error, Result};
use crate::files::MANIFEST;
use crate::finding::{Finding, FindingKind};
use crate::frame::FrameSource;
use crate::frames::FrameStore;
use crate::index::{Snapshot, Tree};
use crate::index_key::IndexKey;
use crate::manifest::{self, Manifest};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;

/// The last checkpoint that can be read, if one can.
pub(super) struct Checkpoint {
    frames: Arc<dyn FrameSource>,
    catalog: Option<Catalog>,
    index: Option<Snapshot>,
}

/// How much of the index there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// A key that it does not have was not there.
    Whole,
    /// It may lack keys.
    Part,
}

impl Checkpoint {
    pub(super) fn read(reading: &Reading, findings: &mut Vec<Finding>) -> Result<Self> {
        let frames: Arc<dyn FrameSource> = Arc::new(FrameStore::new(reading.handles.clone()));
        let mut checkpoint = Self { frames, catalog: None, index: None };
        let mut missing = |error| findings.push(Finding::new(FindingKind::Checkpoint, error));
        let published = match manifest::read(&*reading.disk) {
            Ok(Manifest::Published(published)) => published,
            Ok(Manifest::Empty) => return Ok(checkpoint),
            Ok(Manifest::Missing) => {
                let file = MANIFEST.to_owned();
                missing(Error::StoreCorrupt { what: "manifest", file, offset: 0 });
                return Ok(checkpoint);
            }
            Err(error @ Error::UnsupportedVersion { .. }) => return Err(error),
            Err(error) => {
                missing(error);
                return Ok(checkpoint);
            }
        };
        match read_catalog(&*checkpoint.frames, &published.catalog) {
            Ok(catalog) => {
                let tree = catalog.root.map_or_else(Tree::new, Tree::from_frame);
                checkpoint.index = Some(tree.snapshot());
                checkpoint.catalog = Some(catalog);
            }
            Err(error) => missing(error),
        }
        Ok(checkpoint)
    }

    pub(super) fn catalog(&self) -> Option<&Catalog> {
        self.catalog.as_ref()
    }

    /// The last revision that it includes.
    pub(super) fn revision(&self) -> Revision {
        self.catalog.as_ref().map_or(SINCE_EVER, |catalog| catalog.revision)
    }

    /// Passes every key of every namespace that can be read to `each`, with its entry. What cannot
    /// be read goes into `findings`.
    pub(super) fn for_each(
        &self,
        each: &mut dyn FnMut(NamespaceId, &[u8], &Entry<'_>),
        findings: &mut Vec<Finding>,
    ) -> Result<Extent> {
        let Some(index) = &self.index else { return Ok(Extent::Part) };
        let mut unread = Vec::new();
        let walked = index.verify(
            &*self.frames,
            &mut |full, entry| {
                let (namespace, key) = IndexKey::split(full)?;
                if namespace >= NamespaceId::FIRST {
                    each(namespace, key, &entry);
                }
                Ok(())
            },
            &mut |error| {
                unread.push(error);
                Ok(())
            },
        );
        unread.extend(walked.err());
        let extent = if unread.is_empty() { Extent::Whole } else { Extent::Part };
        findings.extend(unread.into_iter().map(|error| Finding::new(FindingKind::Index, error)));
        Ok(extent)
    }
}
