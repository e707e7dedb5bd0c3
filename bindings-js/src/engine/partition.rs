//! One partition as it was when it was asked for.

use sealwood::bridge::engine as core;
use sealwood::engine::TrackedState;
use sealwood::lthash::{self, Detail, State};
use wasm_bindgen::prelude::*;

use super::config::whole;
use super::hash::LtHash;
use super::values::numbers;
use crate::convert::{bytes, figure, object, size};
use crate::error::to_js;

/// A partition.
#[wasm_bindgen]
pub struct Partition(pub(super) lthash::Partition);

#[wasm_bindgen]
impl Partition {
    /// `{ name, state, cursor, detail, rows, bytes }`.
    pub fn about(&self) -> JsValue {
        let partition = &self.0;
        let (state, cursor) = match partition.state() {
            State::Absent => ("absent", None),
            State::Backfilling { cursor } => ("backfilling", cursor.as_deref()),
            State::Valid => ("valid", None),
        };
        let detail = match partition.detail() {
            Detail::Whole => "whole",
            Detail::Buckets => "buckets",
        };
        let statistics = partition.statistics();
        object(&[
            ("name", bytes(partition.domain().name())),
            ("state", state.into()),
            ("cursor", cursor.map_or(JsValue::UNDEFINED, bytes)),
            ("detail", detail.into()),
            ("rows", statistics.map_or(JsValue::UNDEFINED, |it| figure(it.rows))),
            ("bytes", statistics.map_or(JsValue::UNDEFINED, |it| size(it.bytes))),
        ])
    }

    /// The hash of its rows.
    pub fn hash(&self) -> Result<LtHash, JsValue> {
        let hash = self.0.hash().map_err(|error| to_js(error.into()))?;
        Ok(LtHash(hash.clone().into()))
    }

    /// The numbers of the buckets that have rows.
    pub fn buckets(&self) -> JsValue {
        let buckets: Vec<u8> = self.0.buckets().map(|(bucket, _)| bucket).collect();
        numbers(&buckets)
    }

    /// Its record at a version.
    pub fn encode(&self, version: f64) -> JsValue {
        bytes(&core::record(&self.0, whole(version)))
    }
}

/// `{ revision, partition }`, the second of them a handle.
pub(super) fn tracked_state(state: TrackedState) -> JsValue {
    object(&[
        ("revision", figure(state.revision.get())),
        ("partition", Partition(state.partition).into()),
    ])
}
