//! Filling packs: the small things one flush writes, sealed side by side.

use bytes::Bytes;

use super::address::{Address, PackId, Place};
use super::aead::TAG_BYTES;
use super::epoch::Epoch;
use super::keys::{UnitKind, seal_unit};
use crate::error::Result;
use crate::platform::Environment;

/// The usual limit of a pack, in bytes: it is closed once the next unit would take it over.
pub const PACK_BYTES_MAX: usize = 8 * 1024 * 1024;

/// One pack, ready to be stored under its name.
#[derive(Debug, Clone)]
pub struct Pack {
    /// The pack's id.
    pub id: PackId,
    /// The object's bytes.
    pub bytes: Bytes,
    /// How many of the bytes are sealed nodes.
    pub node_bytes: u64,
}

impl Pack {
    /// How many of the bytes are sealed contents.
    pub fn content_bytes(&self) -> u64 {
        self.bytes.len() as u64 - self.node_bytes
    }
}

/// Seals units into packs of bounded size (a unit larger than the bound gets a pack of its own).
#[derive(Debug)]
pub struct PackWriter<'a> {
    environment: &'a Environment,
    epoch: Epoch,
    bytes_max: usize,
    packs: Vec<Filling>,
}

#[derive(Debug)]
struct Filling {
    id: PackId,
    bytes: Vec<u8>,
    node_bytes: u64,
}

impl<'a> PackWriter<'a> {
    /// A writer that draws pack ids from `environment` and fills packs up to `bytes_max` with what
    /// has addresses of `epoch`.
    pub fn new(environment: &'a Environment, epoch: Epoch, bytes_max: usize) -> Self {
        Self { environment, epoch, bytes_max, packs: Vec::new() }
    }

    /// Seals `plaintext` into the current pack and returns its place.
    pub fn add(&mut self, kind: UnitKind, address: &Address, plaintext: &[u8]) -> Result<Place> {
        self.add_of(self.epoch, kind, address, plaintext)
    }

    /// The same for what has an address of another epoch: a small content that was taken in before
    /// the keys were changed.
    pub(crate) fn add_of(
        &mut self,
        epoch: Epoch,
        kind: UnitKind,
        address: &Address,
        plaintext: &[u8],
    ) -> Result<Place> {
        let needed = plaintext.len() + TAG_BYTES;
        let fits = |pack: &&mut Filling| pack.bytes.len() + needed <= self.bytes_max;
        let current = self.packs.iter_mut().rfind(|pack| pack.id.epoch() == Some(epoch));
        let pack = match current.filter(fits) {
            Some(pack) => pack,
            None => {
                let id = PackId::new(epoch, self.environment.random()?);
                self.packs.push(Filling { id, bytes: Vec::new(), node_bytes: 0 });
                let last = self.packs.len() - 1;
                &mut self.packs[last]
            }
        };
        let place = seal_unit(kind, address, pack.id, &mut pack.bytes, plaintext)?;
        if kind == UnitKind::Node {
            pack.node_bytes += u64::from(place.length);
        }
        Ok(place)
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.packs.is_empty()
    }

    /// The packs, in the order they were filled: a unit names only units of its own or an
    /// earlier pack.
    pub fn finish(self) -> Vec<Pack> {
        let done = |pack: Filling| Pack {
            id: pack.id,
            bytes: pack.bytes.into(),
            node_bytes: pack.node_bytes,
        };
        self.packs.into_iter().map(done).collect()
    }
}
