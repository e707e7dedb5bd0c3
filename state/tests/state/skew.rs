//! Partitions that are ahead or behind, each on a disk of its own.

use sealwood_state::Error;
use sealwood_state::engine::Engine;

use crate::common::{Machine, NAMES, Rows, assert_is, set};

/// How many versions the skewed store has.
pub(crate) const NEWEST: u64 = 3;

/// The disks after each version, 0 first, each with what is to be there; all of it is durable.
pub(crate) struct History {
    after: Vec<(Machine, Rows)>,
}

impl History {
    pub(crate) fn new(seed: u8) -> Self {
        let disks = Machine::new(&NAMES);
        let mut rows = Rows::new();
        disks.run().close();
        let mut after = vec![(disks.reopen(), rows.clone())];
        for version in 1..=NEWEST as u8 {
            let mut it = disks.run();
            for (number, name) in (0..).zip(NAMES) {
                // What comes, what changes, what goes, and a value without bytes.
                let changes: [(&[u8], Option<&[u8]>); 4] = [
                    (&[version], Some(&[seed, number])),
                    (b"same", Some(&[version, seed])),
                    (&[version - 1], None),
                    (&[100, version], Some(b"")),
                ];
                it.store.apply(name, &set(&changes)).unwrap();
                for (key, value) in changes {
                    match value {
                        Some(value) => drop(rows.insert((name, key.to_vec()), value.to_vec())),
                        None => drop(rows.remove(&(name, key.to_vec()))),
                    }
                }
            }
            it.store.commit(version.into()).unwrap();
            it.close();
            after.push((disks.reopen(), rows.clone()));
        }
        Self { after }
    }

    /// The log at one version, each partition at another.
    pub(crate) fn at(&self, log: u64, parts: [u64; 4]) -> Machine {
        let disks = |version: u64| &self.after[version as usize].0;
        let apart = NAMES.iter().zip(parts);
        let apart = apart.map(|(name, version)| (*name, disks(version).apart[name].reopen()));
        Machine { log: disks(log).log.reopen(), apart: apart.collect() }
    }

    pub(crate) fn rows(&self, version: u64) -> &Rows {
        &self.after[version as usize].1
    }
}

#[test]
fn every_subset_that_is_ahead_by_any_number_of_versions_recovers() {
    let history = History::new(1);
    let whole = history.at(NEWEST, [NEWEST; 4]);
    assert_is(&whole.run().store, NEWEST, history.rows(NEWEST));
    for ahead in 1..=NEWEST {
        for subset in 0..15_u32 {
            let parts =
                [1, 2, 4, 8].map(|part| if subset & part == 0 { NEWEST - ahead } else { NEWEST });
            let disks = history.at(NEWEST, parts);
            // The skew is there before anybody recovers from it.
            assert_eq!(disks.versions(), parts);
            let mut it = disks.run();
            assert_is(&it.store, NEWEST, history.rows(NEWEST));
            it.store.apply("code", &set(&[(b"next", Some(b"row"))])).unwrap();
            it.store.commit(NEWEST + 1).unwrap();
            it.close();
            assert_eq!(disks.versions(), [NEWEST + 1; 4]);
        }
    }
}

#[test]
fn each_partition_may_be_at_a_version_of_its_own() {
    let history = History::new(1);
    for parts in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [0, 0, 0, 3]] {
        let disks = history.at(NEWEST, parts);
        assert_eq!(disks.versions(), parts);
        let it = disks.run();
        assert_is(&it.store, NEWEST, history.rows(NEWEST));
        it.close();
        assert_eq!(disks.versions(), [NEWEST; 4]);
    }
}

/// Only the log is waited for, so a power cut really leaves partitions behind.
#[test]
fn what_a_power_cut_takes_from_partitions_comes_from_the_log() {
    let disks = Machine::new(&["code", "storage"]);
    let mut it = disks.run();
    let mut rows = Rows::new();
    for version in 1..=5_u8 {
        for name in NAMES {
            it.store.apply(name, &set(&[(&[version], Some(&[version]))])).unwrap();
            rows.insert((name, vec![version]), vec![version]);
        }
        it.store.commit(version.into()).unwrap();
        let cut = disks.cut();
        let versions = cut.versions();
        assert!(versions[1] < versions[0] && versions[3] < versions[2], "{versions:?}");
        assert_is(&cut.run().store, version.into(), &rows);
    }
}

#[test]
fn a_log_that_is_older_than_a_partition_is_refused() {
    let history = History::new(1);
    let disks = history.at(2, [2, 2, 3, 2]);
    let refused = disks.try_run().err().unwrap();
    let Error::Ahead { ref partition, version: 3, newest: 2 } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!((partition.as_str(), refused.code()), ("legacy", "partition-ahead"));
    assert_eq!(disks.versions(), [2, 2, 3, 2]);
}

#[test]
fn a_partition_of_another_store_is_refused() {
    let (ours, theirs) = (History::new(1), History::new(2));
    for version in [2, 3] {
        let mut disks = ours.at(NEWEST, [NEWEST; 4]);
        let other = theirs.after[version as usize].0.apart["code"].reopen();
        disks.apart.insert("code", other);
        let refused = disks.try_run().err().unwrap();
        assert!(
            matches!(&refused, Error::Misaligned { partition, version: it }
                if partition == "code" && *it == version),
            "{refused:?}"
        );
        assert_eq!(disks.versions(), [NEWEST, version, NEWEST, NEWEST]);
    }
}

/// Versions that are not kept by the log cannot be made up for.
#[test]
fn a_gap_in_the_log_is_refused() {
    let history = History::new(1);
    let disks = history.at(NEWEST, [NEWEST; 4]);
    let mut it = disks.run();
    for version in NEWEST + 1..=6 {
        it.store.commit(version).unwrap();
    }
    it.close();
    for behind in [0, 1, 2] {
        let mut old = disks.reopen();
        old.apart.insert("legacy", history.at(0, [behind; 4]).apart["legacy"].clone());
        let refused = old.try_run().err().unwrap();
        let Error::Gap { missing } = refused else { panic!("{refused:?}") };
        assert_eq!((missing, refused.code()), (behind + 1, "version-gap"));
        assert_eq!(old.versions(), [6, 6, behind, 6]);
    }
}

/// Nor can one in the middle.
#[test]
fn a_missing_entry_is_a_gap() {
    let history = History::new(1);
    let disks = history.at(NEWEST, [1, NEWEST, NEWEST, NEWEST]);
    let (_, engines) = disks.start().unwrap();
    engines[0].namespace("state-log").unwrap().delete(&3_u64.to_be_bytes()).unwrap();
    engines.iter().for_each(|engine| engine.close().unwrap());
    assert!(matches!(disks.try_run().err().unwrap(), Error::Gap { missing: 3 }));
    assert_eq!(disks.versions(), [1, NEWEST, NEWEST, NEWEST]);
}

/// What a partition lacks to go back by is missed before the log forgets anything: the store stays
/// at its version.
#[test]
fn a_missing_undo_is_a_gap_and_changes_nothing() {
    for name in ["account", "code"] {
        let history = History::new(1);
        let disks = history.at(NEWEST, [NEWEST; 4]);
        let mut it = disks.run();
        let own = |engine: &&Engine| engine.namespaces().unwrap().contains(&name.to_owned());
        let book = it.engines.iter().find(own).unwrap().namespace(&format!("state-{name}"));
        assert!(book.unwrap().delete(&2_u64.to_be_bytes()).unwrap());
        assert!(matches!(it.store.rollback(1), Err(Error::Gap { missing: 2 })));
        assert_is(&it.store, NEWEST, history.rows(NEWEST));
        it.store.rollback(2).unwrap();
        it.close();
        assert_is(&disks.run().store, 2, history.rows(2));
    }
}
