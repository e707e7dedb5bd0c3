//! How far a round is, for every call that waits for it.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many bytes of packs a round has stored, and how many it will have, after each pack: over all
/// its attempts, so that neither falls.
#[derive(Default)]
pub(super) struct Gauge(Mutex<Level>);

#[derive(Default)]
struct Level {
    /// What the attempts before this one stored.
    before: u64,
    reports: Vec<Report>,
}

/// How far a round was at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Report {
    pub(super) done: u64,
    pub(super) total: u64,
}

impl Level {
    fn done(&self) -> u64 {
        self.reports.last().map_or(0, |report| report.done)
    }
}

impl Gauge {
    pub(super) fn report(&self, done: u64, total: u64) {
        let mut level = self.level();
        let report = Report { done: level.before + done, total: level.before + total };
        level.reports.push(report);
    }

    pub(super) fn next_attempt(&self) {
        let mut level = self.level();
        level.before = level.done();
    }

    /// The reports from the `told`-th on, which is moved to the end.
    pub(super) fn reports_from(&self, told: &mut usize) -> Vec<Report> {
        let level = self.level();
        let new = level.reports.get(*told..).unwrap_or_default().to_vec();
        *told = level.reports.len();
        new
    }

    fn level(&self) -> MutexGuard<'_, Level> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
