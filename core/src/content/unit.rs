//! A sealed unit of a pack that may not have been written yet.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;

use super::table::encode_table;
use crate::error::{Error, Result};
use crate::hamt::NodeWriter;
use crate::seal::{Address, Link, PackWriter, Place, UnitKind};

/// A small content or a chunk table: its address, and its bytes until it has a place.
///
/// Clones share their state, so when a flush has stored the unit, every entry and operation that
/// names it knows the place.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) kind: UnitKind,
    pub(crate) address: Address,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    place: OnceLock<Place>,
    pending: Mutex<Option<Pending>>,
}

/// The plaintext of a unit without a place.
#[derive(Debug, Clone)]
pub(crate) enum Pending {
    Content(Bytes),
    /// Addresses of chunks.
    Chunks(Arc<[Address]>),
    /// Tables below, which are placed first.
    Tables(Arc<[Unit]>),
}

impl Unit {
    pub(crate) fn stored(kind: UnitKind, address: Address, place: Place) -> Self {
        let state = State { place: OnceLock::from(place), pending: Mutex::new(None) };
        Self { kind, address, state: Arc::new(state) }
    }

    pub(crate) fn pending(kind: UnitKind, address: Address, pending: Pending) -> Self {
        let state = State { place: OnceLock::new(), pending: Mutex::new(Some(pending)) };
        Self { kind, address, state: Arc::new(state) }
    }

    /// The link, once the unit is stored.
    pub(crate) fn link(&self) -> Option<Link> {
        self.state.place.get().map(|place| Link { address: self.address, place: *place })
    }

    /// The plaintext, until the unit is stored.
    pub(crate) fn plaintext(&self) -> Option<Pending> {
        self.state.pending.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The place, stored or planned.
    pub(crate) fn place_in(&self, out: &NodeWriter<'_>) -> Result<Place> {
        self.place_or(|address| out.placed_content(address))
    }

    pub(crate) fn place_or(&self, plan: impl Fn(&Address) -> Option<Place>) -> Result<Place> {
        let place = self.state.place.get().copied().or_else(|| plan(&self.address));
        place.ok_or(Error::Malformed { what: "flush plan: a content has no place" })
    }

    /// Seals the unit and those below it into `packs`, unless they are stored or in `plan`.
    pub(crate) fn plan(
        &self,
        packs: &mut PackWriter<'_>,
        plan: &mut HashMap<Address, Place>,
    ) -> Result<()> {
        if self.state.place.get().is_some() || plan.contains_key(&self.address) {
            return Ok(());
        }
        let Some(pending) = self.plaintext() else { return Ok(()) };
        let place = match &pending {
            Pending::Content(bytes) => packs.add(self.kind, &self.address, bytes)?,
            Pending::Chunks(_) => {
                packs.add(self.kind, &self.address, &encode_table(&pending, plan)?)?
            }
            Pending::Tables(tables) => {
                tables.iter().try_for_each(|table| table.plan(packs, plan))?;
                packs.add(self.kind, &self.address, &encode_table(&pending, plan)?)?
            }
        };
        plan.insert(self.address, place);
        Ok(())
    }

    /// Takes over the place a flush gave the unit, and drops the bytes. A table whose tables are
    /// not all stored is written again: its bytes name where they were to be.
    pub(crate) fn settle(&self, plan: &HashMap<Address, Place>) {
        if let Some(Pending::Tables(tables)) = self.plaintext() {
            tables.iter().for_each(|table| table.settle(plan));
            if !tables.iter().all(Self::is_placed) {
                return;
            }
        }
        if let Some(place) = plan.get(&self.address) {
            let _ = self.state.place.set(*place);
        }
        if self.is_placed() {
            self.state.pending.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }

    /// Whether the unit is stored.
    pub(crate) fn is_placed(&self) -> bool {
        self.state.place.get().is_some()
    }
}
