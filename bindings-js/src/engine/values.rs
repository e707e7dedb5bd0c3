//! What the engine gives, as plain objects.

use js_sys::{Array, Uint8Array};
use sealwood::Result;
use sealwood::bridge::engine::{
    Compared, ComparedEngines, DifferenceKind, Finding, NamespaceDifferenceKind, RowDifference,
    ScanEntry, ScanKey, Verified, VerifiedNamespace, VerifiedState, VerifiedStates,
};
use sealwood::engine::{EngineStats, EventKind, Expiry, KeyInfo, Vacuum, Value, WatchEvent};
use sealwood::lthash::{Difference, Place};
use wasm_bindgen::JsValue;

use super::large::{large, taken};
use crate::convert::{bytes, figure, object, size};
use crate::error::to_js;

pub(super) fn value(value: Option<&Value>) -> Result<JsValue> {
    let Some(value) = value else { return Ok(JsValue::UNDEFINED) };
    Ok(object(&[
        ("bytes", large(&value.bytes)?),
        ("revision", figure(value.revision.get())),
        ("expiresAtMs", expiry(value.expires_at.map(Expiry::as_ms))),
    ]))
}

pub(super) fn key_info(info: &KeyInfo) -> JsValue {
    object(&[
        ("size", size(info.len)),
        ("revision", figure(info.revision.get())),
        ("expiresAtMs", expiry(info.expires_at.map(Expiry::as_ms))),
    ])
}

pub(super) fn scan_entry(entry: &ScanEntry) -> Result<JsValue> {
    Ok(object(&[
        ("key", bytes(&entry.key)),
        ("value", large(&entry.value)?),
        ("revision", figure(entry.revision)),
        ("expiresAtMs", expiry(entry.expires_at_ms)),
    ]))
}

pub(super) fn scan_key(entry: &ScanKey) -> Result<JsValue> {
    Ok(object(&[
        ("key", bytes(&entry.key)),
        ("size", size(entry.size)),
        ("revision", figure(entry.revision)),
        ("expiresAtMs", expiry(entry.expires_at_ms)),
    ]))
}

pub(super) fn watch_event(event: &WatchEvent) -> JsValue {
    let (kind, to) = match &event.kind {
        EventKind::Put => ("put", JsValue::UNDEFINED),
        EventKind::Delete => ("delete", JsValue::UNDEFINED),
        EventKind::Expire => ("expire", JsValue::UNDEFINED),
        EventKind::Rename { to } => ("rename", bytes(to)),
    };
    object(&[
        ("revision", figure(event.revision.get())),
        ("kind", kind.into()),
        ("key", bytes(&event.key)),
        ("to", to),
    ])
}

pub(super) fn stats(stats: &EngineStats) -> JsValue {
    object(&[
        ("revision", figure(stats.revision.get())),
        ("durableRevision", figure(stats.durable_revision.get())),
        ("keys", figure(stats.keys)),
        ("namespaces", figure(stats.namespaces)),
        ("segments", figure(stats.segments)),
        ("logDiskBytes", figure(stats.log_disk_bytes)),
        ("logLiveBytes", figure(stats.log_live_bytes)),
        ("indexBytes", figure(stats.index_bytes)),
        ("dirtyBytes", figure(stats.dirty_bytes)),
        ("logSinceCheckpoint", figure(stats.log_since_checkpoint)),
        ("leases", figure(stats.leases)),
        ("logBytesWritten", figure(stats.log_bytes_written)),
        ("valueBytesWritten", figure(stats.value_bytes_written)),
        ("relocatedBytes", figure(stats.relocated_bytes)),
        ("logSyncs", figure(stats.log_syncs)),
        ("checkpointsPublished", figure(stats.checkpoints_published)),
    ])
}

pub(super) fn vacuum(vacuum: &Vacuum) -> JsValue {
    object(&[("values", figure(vacuum.values)), ("valueBytes", figure(vacuum.value_bytes))])
}

pub(super) fn verified(verified: Verified) -> JsValue {
    object(&[
        ("keys", figure(verified.keys)),
        ("valueBytes", figure(verified.value_bytes)),
        ("findings", figure(verified.findings)),
        ("first", verified.first.into_iter().map(finding).collect::<Array>().into()),
    ])
}

fn finding(finding: Finding) -> JsValue {
    object(&[
        ("kind", finding.kind.into()),
        ("isDamage", finding.is_damage.into()),
        ("namespace", finding.namespace.into()),
        ("key", finding.key.as_deref().map_or(JsValue::UNDEFINED, bytes)),
        ("error", to_js(finding.error)),
    ])
}

pub(super) fn verified_state(state: &VerifiedState) -> JsValue {
    let difference = state.difference.as_ref().map_or(JsValue::UNDEFINED, |difference| {
        object(&[("buckets", difference.buckets.as_deref().map_or(JsValue::UNDEFINED, numbers))])
    });
    object(&[
        ("revision", figure(state.revision)),
        ("rows", figure(state.rows)),
        ("isBackfilling", state.is_backfilling.into()),
        ("difference", difference),
    ])
}

pub(super) fn verified_states(states: &VerifiedStates) -> JsValue {
    let namespaces = states.namespaces.iter().map(|VerifiedNamespace { name, state }| {
        object(&[("name", name.as_str().into()), ("state", verified_state(state))])
    });
    object(&[
        ("rows", figure(states.rows)),
        ("differing", figure(states.differing)),
        ("backfilling", figure(states.backfilling)),
        ("namespaces", namespaces.collect::<Array>().into()),
    ])
}

pub(super) fn compared(compared: &Compared) -> JsValue {
    object(&[
        ("differences", figure(compared.differences)),
        ("rowsRead", figure(compared.rows_read)),
        ("first", compared.first.iter().map(row_difference).collect::<Array>().into()),
    ])
}

pub(super) fn compared_engines(compared: &ComparedEngines) -> JsValue {
    let first = compared.first.iter().map(|difference| {
        let kind = match difference.kind {
            NamespaceDifferenceKind::OnlyFirst => "onlyFirst",
            NamespaceDifferenceKind::OnlySecond => "onlySecond",
            NamespaceDifferenceKind::NotCounted => "notCounted",
            NamespaceDifferenceKind::Row => "row",
        };
        object(&[
            ("kind", kind.into()),
            ("namespace", difference.namespace.as_str().into()),
            ("row", difference.row.as_ref().map_or(JsValue::UNDEFINED, row_difference)),
        ])
    });
    object(&[
        ("namespaces", figure(compared.namespaces)),
        ("missing", figure(compared.missing)),
        ("notCounted", figure(compared.not_counted)),
        ("differences", figure(compared.differences)),
        ("rowsRead", figure(compared.rows_read)),
        ("first", first.collect::<Array>().into()),
    ])
}

fn row_difference(difference: &RowDifference) -> JsValue {
    let kind = match difference.kind {
        DifferenceKind::OnlyFirst => "onlyFirst",
        DifferenceKind::OnlySecond => "onlySecond",
        DifferenceKind::Value => "value",
    };
    object(&[("kind", kind.into()), ("key", bytes(&difference.key))])
}

pub(super) fn difference(difference: &Difference) -> JsValue {
    let (place, buckets) = match &difference.place {
        Place::OnlyFirst => ("onlyFirst", JsValue::UNDEFINED),
        Place::OnlySecond => ("onlySecond", JsValue::UNDEFINED),
        Place::Somewhere => ("somewhere", JsValue::UNDEFINED),
        Place::Buckets(buckets) => ("buckets", numbers(buckets)),
    };
    object(&[
        ("partition", bytes(&difference.partition)),
        ("place", place.into()),
        ("buckets", buckets),
    ])
}

/// An array of numbers, and not of bytes.
pub(super) fn numbers(numbers: &[u8]) -> JsValue {
    numbers.iter().map(|number| JsValue::from_f64((*number).into())).collect::<Array>().into()
}

/// Keys and values, one after the other.
pub(super) fn rows(flat: &Array) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let at =
        |index| -> Result<Vec<u8>> { Ok(optional_bytes(&flat.get(index))?.unwrap_or_default()) };
    (0..flat.length() / 2).map(|row| Ok((at(2 * row)?, at(2 * row + 1)?))).collect()
}

/// Bytes, if there are any.
pub(super) fn optional_bytes(value: &JsValue) -> Result<Option<Vec<u8>>> {
    use wasm_bindgen::JsCast;

    value.dyn_ref::<Uint8Array>().map(taken).transpose()
}

fn expiry(ms: Option<u64>) -> JsValue {
    ms.map_or(JsValue::UNDEFINED, size)
}
