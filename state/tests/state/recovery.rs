//! Opening brings partitions together. Wherever that is cut off, and whatever of it fails, opening
//! again does it.

use std::io::ErrorKind;

use sealwood_state::engine::faults::{Fault, FaultMode};
use sealwood_state::{Result, StateStore};

use crate::common::{Machine, Rows, assert_is};
use crate::skew::{History, NEWEST};

/// Disks on which there is something to be done, and the version that all are to have then.
struct Skewed<'h> {
    make: Box<dyn Fn() -> Machine + 'h>,
    version: u64,
    rows: &'h Rows,
}

/// Partitions that are behind, some by several versions; and such as have not heard of a rollback,
/// beside one that is behind even so.
fn skewed(history: &History) -> Vec<Skewed<'_>> {
    let behind = [[0, 1, 2, 3], [3, 0, 3, 1]].map(|parts| Skewed {
        make: Box::new(move || history.at(NEWEST, parts)),
        version: NEWEST,
        rows: history.rows(NEWEST),
    });
    let rolled_back = history.at(NEWEST, [NEWEST; 4]);
    let mut it = rolled_back.run();
    // It comes into the log and no further.
    rolled_back.apart["account"].arm(Fault::new(FaultMode::FailBefore(ErrorKind::Other)));
    assert!(it.store.rollback(1).is_err());
    drop(it);
    let ahead = Skewed {
        make: Box::new(move || Machine {
            log: rolled_back.log.reopen(),
            ..history.at(NEWEST, [3, 0, 2, 1])
        }),
        version: 1,
        rows: history.rows(1),
    };
    behind.into_iter().chain([ahead]).collect()
}

/// Opens a store and makes durable what came of it.
fn recover(disks: &Machine) -> Result<()> {
    let (config, engines) = disks.start()?;
    let store = StateStore::open(config)?;
    for engine in &engines {
        engine.sync()?;
    }
    drop(store);
    Ok(())
}

#[test]
fn a_recovery_that_is_cut_off_is_made_again() {
    let history = History::new(1);
    let mut cuts = 0;
    for Skewed { make, version, rows } in skewed(&history) {
        assert_ne!(make().versions(), [version; 4]);
        for which in 0..5 {
            for cut in 0.. {
                let disks = make();
                disks.disks()[which].cut_at(cut);
                let outcome = recover(&disks);
                let is_cut = disks.disks()[which].is_cut();
                assert!(is_cut || outcome.is_ok(), "{outcome:?}");
                for left in disks.cut_first_at(which) {
                    assert_is(&left.run().store, version, rows);
                }
                if !is_cut {
                    break;
                }
                cuts += 1;
            }
        }
    }
    assert!(cuts > 30, "{cuts}");
}

#[test]
fn a_recovery_of_which_a_call_fails_is_made_again() {
    let history = History::new(1);
    let mut failed = 0;
    for Skewed { make, version, rows } in skewed(&history) {
        for which in 0..5 {
            for kind in [ErrorKind::Other, ErrorKind::StorageFull] {
                for nth in 1.. {
                    let disks = make();
                    let disk = disks.disks()[which];
                    let before = disk.calls();
                    disk.arm(Fault::new(FaultMode::FailBefore(kind)).nth(nth));
                    let outcome = recover(&disks);
                    let is_struck = disk.calls() - before >= nth;
                    assert!(is_struck || outcome.is_ok(), "{outcome:?}");
                    failed += usize::from(outcome.is_err());
                    assert_is(&disks.reopen().run().store, version, rows);
                    if !is_struck {
                        break;
                    }
                }
            }
        }
    }
    assert!(failed > 100, "{failed}");
}
