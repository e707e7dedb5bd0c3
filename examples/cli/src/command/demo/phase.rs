//! What one step of the demo asked of its store.

use std::sync::Arc;
use std::time::Instant;

use sealwood::blob::Metrics;
use sealwood::{Vault, WriteStats};
use serde::Serialize;

use super::place::Metered;

/// The figures of one step.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Phase {
    #[serde(rename = "phase")]
    pub(super) name: &'static str,
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) requests: u64,
    /// Requests that carried no content: directories and roots.
    pub(super) index_requests: u64,
    pub(super) index_bytes: u64,
    pub(super) bytes_sent: u64,
    pub(super) bytes_received: u64,
    /// The most requests one file had to wait for one after the other; of the whole step where
    /// its files went together.
    pub(super) serial_round_trips_max: u64,
    pub(super) differing: u64,
    pub(super) ms: u64,
}

/// Measures one client's steps.
pub(super) struct Measure {
    store: Arc<Metered>,
    vault: Vault,
    phase: Phase,
    started: Instant,
    written: WriteStats,
}

impl Measure {
    pub(super) fn new(store: Arc<Metered>, vault: Vault) -> Self {
        let written = vault.stats().written;
        Self { store, vault, phase: Phase::default(), started: Instant::now(), written }
    }

    pub(super) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Starts a step.
    pub(super) fn start(&mut self, name: &'static str) {
        self.phase = Phase { name, ..Phase::default() };
        self.written = self.vault.stats().written;
        self.store.reset();
        self.started = Instant::now();
    }

    /// One file is done, and the next begins.
    pub(super) fn file(&mut self, bytes: u64) {
        self.files(1, bytes);
        let metrics = self.store.reset();
        self.add(&metrics);
    }

    /// Several files are done.
    pub(super) fn files(&mut self, files: u64, bytes: u64) {
        self.phase.files += files;
        self.phase.bytes += bytes;
    }

    /// One file was not what it should be.
    pub(super) fn differs(&mut self) {
        self.phase.differing += 1;
    }

    /// Ends the step.
    pub(super) fn end(&mut self) -> Phase {
        let metrics = self.store.reset();
        self.add(&metrics);
        let written = self.vault.stats().written;
        self.phase.index_requests = written.index_requests - self.written.index_requests;
        self.phase.index_bytes = written.index_bytes - self.written.index_bytes;
        self.phase.ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.phase.clone()
    }

    /// The step that ended last.
    pub(super) fn last(&self) -> &Phase {
        &self.phase
    }

    fn add(&mut self, metrics: &Metrics) {
        let phase = &mut self.phase;
        phase.requests += metrics.requests();
        phase.bytes_sent += metrics.bytes_sent;
        phase.bytes_received += metrics.bytes_received;
        phase.serial_round_trips_max = phase.serial_round_trips_max.max(metrics.serial_depth);
    }
}
