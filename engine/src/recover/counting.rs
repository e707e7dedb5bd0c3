//! Counting what is replayed in the hashes of tracked namespaces.

use bytes::Bytes;
use sealwood_lthash::Detail;

use super::Recovery;
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::frame::FrameKind;
use crate::index;
use crate::lthash_rows;
use crate::lthash_state::{self, Counted, Reader, Waiting};
use crate::namespace_id::NamespaceId;
use crate::read::{read_written, value_in};
use crate::source::Source;
use crate::state::State;
use crate::value_ref::ValueRef;

/// How many bytes of what is uncounted are counted together, at least.
const UNCOUNTED_BYTES_MIN: usize = 1 << 20;

/// What becomes of the hashes of tracked namespaces.
pub(crate) enum Hashes {
    /// They follow the log, from what the checkpoint has of them.
    Followed(Counted),
    /// They are made anew: states in between that never were are seen.
    MadeAnew,
}

impl Reader for Recovery<'_> {
    type Snapshot = index::Snapshot;

    fn read(&self, source: &Source) -> Result<Bytes> {
        match source {
            Source::Here(bytes) => Ok(bytes.clone()),
            Source::Logged(place, _) => value_in(read_written(self.handles, *place)?, *place),
            Source::Separated(value) => self.values.read(value),
        }
    }

    fn name(&self, value: &[u8]) -> ValueRef {
        self.values.address(value)
    }

    fn rows(
        &self,
        snapshot: &index::Snapshot,
        namespace: NamespaceId,
        prefix: &[u8],
        after: Option<&[u8]>,
        max: usize,
    ) -> Result<Vec<(Vec<u8>, Source)>> {
        lthash_rows::rows(snapshot, self.frames, namespace, prefix, after, max)
    }
}

impl Recovery<'_> {
    /// Takes up the hashes of a checkpoint. One that is damaged is made anew.
    pub(super) fn restore_hashes(&self, catalog: &Catalog, state: &mut State) -> Result<Counted> {
        let mut counted = Counted::default();
        for (name, info) in &catalog.namespaces {
            let Some(detail) = info.tracked.tracking.detail() else { continue };
            match self.restore_hash(catalog, name, info.id, detail) {
                Ok(tracked) => counted.restore(info.id, tracked),
                Err(error @ (Error::StoreCorrupt { .. } | Error::Malformed { .. })) => {
                    log::warn!("the hash of namespace {} is made anew: {error}", info.id);
                    state.begin_hash(info.id);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(counted)
    }

    fn restore_hash(
        &self,
        catalog: &Catalog,
        name: &str,
        id: NamespaceId,
        detail: Detail,
    ) -> Result<lthash_state::Tracked> {
        let stored = catalog.hashes.get(&id);
        let stored = stored.ok_or(Error::Malformed { what: "hash of a namespace" })?;
        let body = self.frames.read(&stored.frame, FrameKind::Hash)?;
        lthash_state::decode(name, detail, stored.revision, &body)
    }

    /// Counts what was replayed so far, if it is much. What cannot be read now stays.
    pub(super) fn count_much(&self, state: &mut State) {
        if state.waiting.bytes() < UNCOUNTED_BYTES_MIN {
            return;
        }
        let mut waiting = state.waiting.take();
        match &mut *self.hashes.borrow_mut() {
            Hashes::Followed(counted) => {
                if let Err(error) = counted.count(self, &mut waiting, state.revision) {
                    log::debug!("changes of rows are not in the hash yet: {error}");
                }
            }
            Hashes::MadeAnew => waiting = Waiting::new(),
        }
        state.waiting.give_back(waiting);
        state.bound_uncounted();
    }
}
