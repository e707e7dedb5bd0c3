//! Any work: the disks agree about it, and a power cut takes nothing that was made durable.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use proptest::prelude::*;
use sealwood_engine::disk::{DirectoryDisk, Disk, MemoryDisk, OpenMode};
use sealwood_engine::faults::FaultDisk;

use super::{bytes_of, read};

const NAMES: [&str; 5] = ["a", "b", "log/1", "log/2", "missing/1"];

#[derive(Debug, Clone)]
enum Step {
    Create(usize),
    Write(usize, u64, Vec<u8>),
    Append(usize, Vec<u8>),
    SetLen(usize, u64),
    Sync(usize),
    Rename(usize, usize),
    Remove(usize),
    SyncDir(&'static str),
}

fn steps(len: usize) -> impl Strategy<Value = Vec<Step>> {
    let name = || 0..NAMES.len();
    let bytes = || (1..=255u8, 0..1500usize).prop_map(|(byte, len)| vec![byte; len]);
    let step = prop_oneof![
        3 => name().prop_map(Step::Create),
        3 => (name(), 0..1500u64, bytes()).prop_map(|(name, at, all)| Step::Write(name, at, all)),
        3 => (name(), bytes()).prop_map(|(name, bytes)| Step::Append(name, bytes)),
        1 => (name(), 0..1500u64).prop_map(|(name, len)| Step::SetLen(name, len)),
        3 => name().prop_map(Step::Sync),
        2 => (name(), name()).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => name().prop_map(Step::Remove),
        2 => prop_oneof![Just(""), Just("log")].prop_map(Step::SyncDir),
    ];
    prop::collection::vec(step, 0..len)
}

fn run(disk: &dyn Disk, step: &Step) -> io::Result<u64> {
    let open = |name: &usize| disk.open(NAMES[*name], OpenMode::Write);
    match step {
        Step::Create(name) => disk.open(NAMES[*name], OpenMode::CreateNew)?.len(),
        Step::Write(name, offset, bytes) => open(name)?.write_at(*offset, bytes).map(|()| 0),
        Step::Append(name, bytes) => open(name)?.append(bytes),
        Step::SetLen(name, len) => open(name)?.set_len(*len).map(|()| 0),
        Step::Sync(name) => open(name)?.sync().map(|()| 0),
        Step::Rename(from, to) => disk.rename(NAMES[*from], NAMES[*to]).map(|()| 0),
        Step::Remove(name) => disk.remove(NAMES[*name]).map(|()| 0),
        Step::SyncDir(directory) => disk.sync_dir(directory).map(|()| 0),
    }
}

/// Every file and its bytes.
fn files(disk: &dyn Disk) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for directory in ["", "log/"] {
        for file in disk.list(directory.trim_end_matches('/')).unwrap() {
            let name = format!("{directory}{}", file.name);
            let bytes = bytes_of(&*disk.open(&name, OpenMode::Read).unwrap());
            assert_eq!(bytes.len() as u64, file.len);
            files.insert(name, bytes);
        }
    }
    files
}

/// The work as a naive model sees it: which files a cut can neither take nor change.
#[derive(Default)]
struct Safe {
    /// Bytes synced since they were last changed, by name.
    synced: BTreeSet<usize>,
    /// Names whose directory was synced since they were last changed.
    named: BTreeSet<usize>,
}

impl Safe {
    fn after(&mut self, step: &Step) {
        match step {
            // No byte is as durable as none.
            Step::Create(name) => {
                self.synced.insert(*name);
                self.named.remove(name);
            }
            Step::Write(name, _, bytes) | Step::Append(name, bytes) if !bytes.is_empty() => {
                self.synced.remove(name);
            }
            Step::SetLen(name, _) => {
                self.synced.remove(name);
            }
            Step::Write(..) | Step::Append(..) => {}
            Step::Sync(name) => {
                self.synced.insert(*name);
            }
            Step::Rename(from, to) if from != to => {
                let is_synced = self.synced.remove(from);
                self.synced.remove(to);
                self.synced.extend(is_synced.then_some(*to));
                self.named.remove(from);
                self.named.remove(to);
            }
            Step::Rename(..) => {}
            Step::Remove(name) => {
                self.synced.remove(name);
                self.named.remove(name);
            }
            Step::SyncDir(directory) => {
                let in_directory =
                    |name: &&str| name.split_once('/').map_or("", |(found, _)| found) == *directory;
                let names = NAMES.iter().enumerate().filter(|(_, name)| in_directory(name));
                self.named.extend(names.map(|(index, _)| index));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn all_disks_do_the_same(steps in steps(40)) {
        let root = tempfile::tempdir().unwrap();
        let (memory, fault) = (MemoryDisk::new(), FaultDisk::new());
        let directory = DirectoryDisk::open(root.path()).unwrap();
        let disks: [&dyn Disk; 3] = [&memory, &fault, &directory];
        disks.iter().for_each(|disk| disk.create_dir("log").unwrap());
        for step in &steps {
            let outcome = |disk: &&dyn Disk| run(*disk, step).map_err(|error| error.kind());
            let [first, second, third] = [&disks[0], &disks[1], &disks[2]].map(outcome);
            prop_assert_eq!(&first, &second, "{:?}", step);
            prop_assert_eq!(&first, &third, "{:?}", step);
        }
        let expected = files(&memory);
        prop_assert_eq!(&files(&fault), &expected);
        prop_assert_eq!(&files(&directory), &expected);
        prop_assert_eq!(&files(&fault.reopen()), &expected);
        prop_assert_eq!(&files(&DirectoryDisk::open(root.path()).unwrap()), &expected);
    }

    #[test]
    fn a_cut_takes_nothing_that_is_durable(steps in steps(30)) {
        let disk = FaultDisk::new();
        disk.create_dir("log").unwrap();
        disk.sync_dir("").unwrap();
        let mut safe = Safe::default();
        for step in &steps {
            if run(&disk, step).is_ok() {
                safe.after(step);
            }
        }
        let expected = files(&disk);
        let mut has_all = false;
        for (index, left) in disk.crash_states(60).enumerate() {
            let found = files(&left);
            for name in safe.named.iter().map(|index| NAMES[*index]) {
                prop_assert_eq!(found.contains_key(name), expected.contains_key(name), "{}", name);
            }
            for name in safe.named.intersection(&safe.synced).map(|index| NAMES[*index]) {
                prop_assert_eq!(found.get(name), expected.get(name), "{}", name);
            }
            has_all |= found == expected;
            // What a disk at rest has is durable, all of it.
            prop_assert_eq!(left.crash_states(10).count(), 1, "{}", index);
            prop_assert_eq!(read(&left, "a"), found.get("a").cloned());
        }
        prop_assert!(has_all);
    }
}
