//! Places that units are about to get.

use std::collections::{HashMap, HashSet};

use super::address::{Address, PackId, Place};
use super::salt::Salt;

/// What tells a unit from the others of one flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnitName {
    /// The address of its plaintext.
    pub address: Address,
    /// What sets it apart from units of the same plaintext; units that nothing does are one.
    pub salt: Option<Salt>,
}

/// Where one flush has sealed units that had no place before: small contents and tables of chunks.
/// A unit has its place only when the pack is stored.
#[derive(Debug, Default, Clone)]
pub struct PlannedPlaces(HashMap<UnitName, Place>);

impl PlannedPlaces {
    /// The place of the unit, if it was sealed.
    pub(crate) fn of(&self, unit: &UnitName) -> Option<Place> {
        self.0.get(unit).copied()
    }

    /// The unit was sealed at `place`.
    pub(crate) fn insert(&mut self, unit: UnitName, place: Place) {
        self.0.insert(unit, place);
    }

    /// What of it lies in `packs`.
    pub(crate) fn within(&self, packs: &HashSet<PackId>) -> Self {
        let within = self.0.iter().filter(|(_, place)| packs.contains(&place.pack));
        Self(within.map(|(unit, place)| (*unit, *place)).collect())
    }
}
