//! The hash of a set of rows.

use js_sys::{Array, Uint8Array};
use sealwood::bridge::engine as core;
use wasm_bindgen::prelude::*;

use super::domain::Domain;
use super::large::taken;
use super::values::rows;
use crate::convert::bytes;
use crate::error::to_js;

/// A hash.
#[wasm_bindgen]
pub struct LtHash(pub(super) core::LtHash);

#[wasm_bindgen]
impl LtHash {
    /// That of no rows.
    pub fn identity() -> Self {
        Self(core::LtHash::identity())
    }

    /// That which these bytes are.
    pub fn decode(encoded: &[u8]) -> Result<Self, JsValue> {
        core::LtHash::decode(encoded).map(Self).map_err(to_js)
    }

    /// Adds a row.
    pub fn add(&self, domain: &Domain, key: &[u8], value: &Uint8Array) -> Result<(), JsValue> {
        let value = taken(value).map_err(to_js)?;
        self.0.add(&domain.0, key, &value);
        Ok(())
    }

    /// Removes a row.
    pub fn remove(&self, domain: &Domain, key: &[u8], value: &Uint8Array) -> Result<(), JsValue> {
        let value = taken(value).map_err(to_js)?;
        self.0.remove(&domain.0, key, &value);
        Ok(())
    }

    /// Adds rows, keys and values one after the other.
    #[wasm_bindgen(js_name = addBatch)]
    pub fn add_batch(&self, domain: &Domain, flat: &Array) -> Result<(), JsValue> {
        self.0.add_batch(&domain.0, &rows(flat).map_err(to_js)?);
        Ok(())
    }

    /// Removes rows, keys and values one after the other.
    #[wasm_bindgen(js_name = removeBatch)]
    pub fn remove_batch(&self, domain: &Domain, flat: &Array) -> Result<(), JsValue> {
        self.0.remove_batch(&domain.0, &rows(flat).map_err(to_js)?);
        Ok(())
    }

    /// Adds a message as it is.
    #[wasm_bindgen(js_name = addRaw)]
    pub fn add_raw(&self, message: &Uint8Array) -> Result<(), JsValue> {
        self.0.add_raw(&taken(message).map_err(to_js)?);
        Ok(())
    }

    /// Removes a message as it is.
    #[wasm_bindgen(js_name = removeRaw)]
    pub fn remove_raw(&self, message: &Uint8Array) -> Result<(), JsValue> {
        self.0.remove_raw(&taken(message).map_err(to_js)?);
        Ok(())
    }

    /// Adds all rows of another hash.
    pub fn merge(&self, other: &LtHash) {
        self.0.merge(&other.0);
    }

    /// Removes all rows of another hash.
    pub fn subtract(&self, other: &LtHash) {
        self.0.subtract(&other.0);
    }

    /// Whether it is that of no rows.
    #[wasm_bindgen(js_name = isIdentity)]
    pub fn is_identity(&self) -> bool {
        self.0.is_identity()
    }

    /// Whether both are the same.
    pub fn equals(&self, other: &LtHash) -> bool {
        self.0.equals(&other.0)
    }

    /// Its 2,048 bytes.
    pub fn encode(&self) -> JsValue {
        bytes(&self.0.encode())
    }

    /// The 32 bytes of its checksum.
    pub fn checksum(&self) -> JsValue {
        bytes(&self.0.checksum())
    }

    /// The same in a handle of its own.
    pub fn copy(&self) -> Self {
        Self(self.0.value().into())
    }
}
