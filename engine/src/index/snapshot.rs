//! The keys of one moment.

use std::sync::Arc;

use super::child::Child;
use super::cursor::Cursor;
use super::find;
use super::node::{Meter, Node};
use crate::entry::Entry;
use crate::error::Result;
use crate::frame::FrameSource;

/// The index as it was when the snapshot was taken. Frames of that moment must stay readable for
/// as long as it is used.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    root: Child,
    meter: Arc<Meter>,
}

impl Snapshot {
    pub(super) fn new(root: Child, meter: Arc<Meter>) -> Self {
        Self { root, meter }
    }

    pub(super) fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    /// The root, loaded if need be.
    pub(super) fn root(&self, frames: &dyn FrameSource) -> Result<&Arc<Node>> {
        self.root.load(frames, &self.meter)
    }

    /// Reads the entry of a key.
    ///
    /// # Errors
    /// Those of loading frames.
    pub(crate) fn get<T>(
        &self,
        key: &[u8],
        frames: &dyn FrameSource,
        read: impl FnOnce(Entry<'_>) -> T,
    ) -> Result<Option<T>> {
        let root = self.root(frames)?;
        Ok(find::entry(root, key, |child| child.load(frames, &self.meter))?.map(read))
    }

    /// A cursor that is at no key yet.
    pub(crate) fn cursor(&self, frames: Arc<dyn FrameSource>) -> Cursor {
        Cursor::new(self.clone(), frames)
    }
}
