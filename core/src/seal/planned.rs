//! Places that units are about to get.

use std::collections::{HashMap, HashSet};

use super::address::{Address, PackId, Place};

/// Where one flush has sealed units that had no place before: small contents and tables of chunks.
/// A unit has its place only when the pack is stored.
#[derive(Debug, Default, Clone)]
pub struct PlannedPlaces(HashMap<Address, Place>);

impl PlannedPlaces {
    /// The place of the unit with this address, if it was sealed.
    pub(crate) fn of(&self, address: &Address) -> Option<Place> {
        self.0.get(address).copied()
    }

    /// The unit was sealed at `place`.
    pub(crate) fn insert(&mut self, address: Address, place: Place) {
        self.0.insert(address, place);
    }

    /// What of it lies in `packs`.
    pub(crate) fn within(&self, packs: &HashSet<PackId>) -> Self {
        let within = self.0.iter().filter(|(_, place)| packs.contains(&place.pack));
        Self(within.map(|(address, place)| (*address, *place)).collect())
    }
}
