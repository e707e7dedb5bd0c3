//! A sealed unit of a pack that may not have been written yet.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::seal::{
    Address, ChunkLink, Epoch, Keys, Link, PackWriter, Place, PlannedPlaces, SectionWriter,
    UnitKind,
};

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
    /// Whose keys gave the address, of a unit that had no place.
    epoch: Option<Epoch>,
    place: OnceLock<Place>,
    plaintext: Mutex<Option<Plaintext>>,
}

/// The plaintext of a unit without a place.
#[derive(Debug, Clone)]
pub(crate) enum Plaintext {
    Content(Bytes),
    Chunks(Arc<[ChunkLink]>),
    /// Tables below, which are placed first.
    Tables(Arc<[Unit]>),
}

impl Unit {
    pub(crate) fn stored(kind: UnitKind, address: Address, place: Place) -> Self {
        let (place, plaintext) = (OnceLock::from(place), Mutex::new(None));
        let state = State { epoch: None, place, plaintext };
        Self { kind, address, state: Arc::new(state) }
    }

    /// A unit whose address, of what `addressed` is, comes from these keys.
    pub(crate) fn unplaced(
        keys: &Keys,
        kind: UnitKind,
        addressed: &[u8],
        plaintext: Plaintext,
    ) -> Self {
        let (place, plaintext) = (OnceLock::new(), Mutex::new(Some(plaintext)));
        let state = State { epoch: Some(keys.epoch()), place, plaintext };
        Self { kind, address: keys.address(kind, addressed), state: Arc::new(state) }
    }

    /// The link, once the unit is stored.
    pub(crate) fn link(&self) -> Option<Link> {
        self.state.place.get().map(|place| Link { address: self.address, place: *place })
    }

    /// The plaintext, until the unit is stored.
    pub(crate) fn plaintext(&self) -> Option<Plaintext> {
        self.state.plaintext.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The place, stored or planned.
    pub(crate) fn place_in(&self, out: &SectionWriter<'_>) -> Result<Place> {
        let place = self.state.place.get().copied().or_else(|| out.planned(&self.address));
        place.ok_or(Error::Malformed { what: "flush plan: a content has no place" })
    }

    /// Seals the unit and those below it into `packs`, unless they are stored or in `plan`.
    pub(crate) fn plan(&self, packs: &mut PackWriter<'_>, plan: &mut PlannedPlaces) -> Result<()> {
        if self.is_placed() || plan.of(&self.address).is_some() {
            return Ok(());
        }
        let Some(plaintext) = self.plaintext() else { return Ok(()) };
        let encoded;
        let bytes = match &plaintext {
            Plaintext::Content(bytes) => &bytes[..],
            Plaintext::Chunks(rows) => {
                encoded = encode_chunks(rows, plan);
                &encoded
            }
            Plaintext::Tables(tables) => {
                tables.iter().try_for_each(|table| table.plan(packs, plan))?;
                encoded = encode_tables(tables, plan)?;
                &encoded
            }
        };
        let place = match self.state.epoch {
            Some(epoch) => packs.add_of(epoch, self.kind, &self.address, bytes)?,
            None => packs.add(self.kind, &self.address, bytes)?,
        };
        plan.insert(self.address, place);
        Ok(())
    }

    /// Takes over the place a flush gave the unit, and drops the bytes. A table whose tables are
    /// not all stored is written again: its bytes name where they were to be.
    pub(crate) fn settle(&self, plan: &PlannedPlaces) {
        if let Some(Plaintext::Tables(tables)) = self.plaintext() {
            tables.iter().for_each(|table| table.settle(plan));
            if !tables.iter().all(Self::is_placed) {
                return;
            }
        }
        if let Some(place) = plan.of(&self.address) {
            let _ = self.state.place.set(place);
        }
        if self.is_placed() {
            self.state.plaintext.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }

    /// Whether the unit is stored.
    pub(crate) fn is_placed(&self) -> bool {
        self.state.place.get().is_some()
    }
}

/// The plaintext of a table of chunks.
pub(super) fn encode_chunks(rows: &[ChunkLink], plan: &PlannedPlaces) -> Vec<u8> {
    let mut out = SectionWriter::new(plan);
    out.put_chunks(rows);
    out.finish()
}

/// The plaintext of a table of tables, which all have places.
pub(super) fn encode_tables(rows: &[Unit], plan: &PlannedPlaces) -> Result<Vec<u8>> {
    let mut out = SectionWriter::new(plan);
    for row in rows {
        out.addressed().extend_from_slice(row.address.expose());
        let place = row.place_in(&out)?;
        out.put_place_and_length(&place);
    }
    Ok(out.finish())
}
