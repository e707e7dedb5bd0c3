//! What the engine counts of tracked namespaces is what a full scan gives.

use sealwood_engine::{Durability, Tracking};

use super::World;

impl World {
    pub(super) fn track(&mut self, namespace: usize, tracking: Tracking) {
        let Some(namespace) = self.namespace(namespace) else { return };
        let mut is_changed = false;
        self.write(
            Durability::None,
            true,
            |_| (),
            || {
                is_changed = namespace.track(tracking)?;
                Ok(())
            },
        );
        if is_changed {
            self.ledger.acknowledged(self.engine.revision());
        }
    }

    /// Asserts that it is so, as far as rows are counted.
    pub(super) fn check_counted(&self) {
        for name in self.ledger.now().keys() {
            let namespace = self.engine.namespace(name).unwrap();
            let Ok(mut check) = namespace.check_state() else { continue };
            while check.step().unwrap() {}
            assert_eq!(check.difference(), None, "{name}");
            if let Some(counted) = check.counted().partition.statistics() {
                assert_eq!(counted.rows, check.rows());
            }
        }
    }

    /// Asserts that all rows can be counted, and nothing else is.
    pub(super) fn check_all_counted(&self) {
        for (name, keys) in self.ledger.now() {
            let namespace = self.engine.namespace(name).unwrap();
            namespace.backfill().unwrap();
            if let Some(state) = namespace.tracked_state().unwrap() {
                assert!(state.partition.hash().is_ok());
                assert_eq!(state.partition.statistics().unwrap().rows, keys.len() as u64);
            }
        }
        self.check_counted();
    }
}
