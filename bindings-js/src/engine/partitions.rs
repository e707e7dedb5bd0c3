//! All partitions together.

use js_sys::Array;
use sealwood::bridge::engine as core;
use wasm_bindgen::prelude::*;

use super::config::detail;
use super::hash::LtHash;
use super::partition::Partition;
use super::values::{difference, optional_bytes, rows};
use crate::convert::{bytes, figure};
use crate::error::to_js;

/// Partitions.
#[wasm_bindgen]
pub struct PartitionedLtHash(core::PartitionedLtHash);

#[wasm_bindgen]
impl PartitionedLtHash {
    /// None yet, with a secret or without one.
    #[wasm_bindgen(constructor)]
    pub fn new(secret: Option<Vec<u8>>) -> Result<Self, JsValue> {
        core::PartitionedLtHash::new(secret).map(Self).map_err(to_js)
    }

    /// Makes one that has no rows.
    pub fn create(&self, name: &[u8], how: &str) -> Result<(), JsValue> {
        self.0.create(name, detail(how)).map_err(to_js)
    }

    /// Takes one up; the version of its record.
    pub fn restore(&self, name: &[u8], record: &[u8]) -> Result<JsValue, JsValue> {
        self.0.restore(name, record).map(figure).map_err(to_js)
    }

    /// Whether there was one.
    pub fn remove(&self, name: &[u8]) -> bool {
        self.0.remove(name)
    }

    /// Their names.
    pub fn names(&self) -> Array {
        self.0.names().iter().map(|name| bytes(name)).collect()
    }

    /// One as it is now, or nothing.
    pub fn partition(&self, name: &[u8]) -> Option<Partition> {
        self.0.partition(name).map(Partition)
    }

    /// Follows changes: keys, values before and values after, one after the other; `undefined` for
    /// none.
    pub fn apply(&self, name: &[u8], flat: &Array) -> Result<(), JsValue> {
        let at = |index| optional_bytes(&flat.get(index));
        let change = |index| {
            Ok(core::RowChange {
                key: at(3 * index)?.unwrap_or_default(),
                before: at(3 * index + 1)?,
                after: at(3 * index + 2)?,
            })
        };
        let changes = (0..flat.length() / 3).map(change).collect::<sealwood::Result<Vec<_>>>();
        self.0.apply(name, &changes.map_err(to_js)?).map_err(to_js)
    }

    /// Begins to count rows.
    #[wasm_bindgen(js_name = beginBackfill)]
    pub fn begin_backfill(&self, name: &[u8], how: &str) -> Result<(), JsValue> {
        self.0.begin_backfill(name, detail(how)).map_err(to_js)
    }

    /// Counts rows, keys and values one after the other.
    pub fn backfill(&self, name: &[u8], flat: &Array) -> Result<(), JsValue> {
        self.0.backfill(name, &rows(flat).map_err(to_js)?).map_err(to_js)
    }

    /// Ends a backfill.
    #[wasm_bindgen(js_name = finishBackfill)]
    pub fn finish_backfill(&self, name: &[u8]) -> Result<(), JsValue> {
        self.0.finish_backfill(name).map_err(to_js)
    }

    /// Forgets all that is known of one.
    pub fn forget(&self, name: &[u8]) -> Result<(), JsValue> {
        self.0.forget(name).map_err(to_js)
    }

    /// The hash of all rows.
    pub fn hash(&self) -> Result<LtHash, JsValue> {
        self.0.hash().map(LtHash).map_err(to_js)
    }

    /// The 32 bytes of its checksum.
    pub fn checksum(&self) -> Result<JsValue, JsValue> {
        self.0.checksum().map(|checksum| bytes(&checksum)).map_err(to_js)
    }

    /// Where another state differs.
    pub fn differences(&self, other: &PartitionedLtHash) -> Result<Array, JsValue> {
        let differences = self.0.differences(&other.0).map_err(to_js)?;
        Ok(differences.iter().map(difference).collect())
    }
}
