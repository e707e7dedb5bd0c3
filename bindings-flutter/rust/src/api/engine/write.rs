//! How keys are written and scanned, as plain values.

use flutter_rust_bridge::frb;
use sealwood::Result;
use sealwood::bridge::engine::ScanInput;
use sealwood::engine::{DeleteOptions, Expiry, Precondition, PutOptions, Revision};

use crate::api::input::number;

pub use sealwood::engine::{Durability, Order as ScanOrder};

/// When a write is acknowledged.
#[frb(mirror(Durability))]
pub enum _Durability {
    /// At once: it is durable after the next sync, whoever asks for it.
    None,
    /// Once a sync has covered it that may be shared with other writers.
    Group,
    /// Once a sync has covered it that begins now.
    Sync,
}

/// In which order a scan goes.
#[frb(mirror(ScanOrder))]
pub enum _ScanOrder {
    /// The smallest key first.
    Ascending,
    /// The greatest key first.
    Descending,
}

/// What must hold of a key: one of the two, or nothing.
#[derive(Debug, Clone, Copy)]
pub struct KeyCondition {
    /// Whether it is there.
    pub exists: Option<bool>,
    /// The revision of its last change.
    pub revision: Option<i64>,
}

impl KeyCondition {
    fn precondition(self) -> Result<Precondition> {
        Ok(match (self.exists, number(self.revision)?) {
            (Some(false), _) => Precondition::Absent,
            (Some(true), _) => Precondition::Present,
            (None, Some(revision)) => Precondition::Revision(Revision::new(revision)),
            (None, None) => Precondition::None,
        })
    }
}

/// How a key is written.
#[derive(Debug, Clone, Copy)]
pub struct WriteSpec {
    /// What must hold of it.
    pub condition: KeyCondition,
    /// When the write is acknowledged.
    pub durability: Durability,
    /// When the key expires, in milliseconds since 1970; nothing for a delete.
    pub expires_at_ms: Option<i64>,
}

impl WriteSpec {
    pub(crate) fn put(self) -> Result<PutOptions> {
        let condition = self.condition.precondition()?;
        let mut options = PutOptions::new().precondition(condition).durability(self.durability);
        options.expires_at = number(self.expires_at_ms)?.map(Expiry::at_ms);
        Ok(options)
    }

    pub(crate) fn delete(self) -> Result<DeleteOptions> {
        let condition = self.condition.precondition()?;
        Ok(DeleteOptions::new().precondition(condition).durability(self.durability))
    }
}

/// What is scanned: all that is given counts.
#[derive(Debug, Clone)]
pub struct ScanSpec {
    /// Only keys that begin with it.
    pub prefix: Vec<u8>,
    /// The first key.
    pub start: Option<Vec<u8>>,
    /// The key before which it ends.
    pub end: Option<Vec<u8>>,
    /// Only what comes after this key, in the order of the scan.
    pub start_after: Option<Vec<u8>>,
    /// In which order.
    pub order: ScanOrder,
    /// The most keys.
    pub limit: Option<i64>,
}

impl ScanSpec {
    pub(crate) fn input(self) -> Result<ScanInput> {
        Ok(ScanInput {
            prefix: self.prefix,
            start: self.start,
            end: self.end,
            start_after: self.start_after,
            order: self.order,
            limit: number(self.limit)?,
        })
    }
}
