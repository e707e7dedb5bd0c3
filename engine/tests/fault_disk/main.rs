//! The disk that fails on purpose fails as it says, and loses in a power cut what may be lost.
#![allow(clippy::unwrap_used)]

mod cuts;
mod faults;
mod models;

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use sealwood_engine::disk::{Disk, DiskFile, OpenMode};
use sealwood_engine::faults::FaultDisk;

/// Enough for every state of the small disks here.
const ALL: usize = 10_000;

fn create(disk: &FaultDisk, name: &str) -> Arc<dyn DiskFile> {
    disk.open(name, OpenMode::CreateNew).unwrap()
}

/// A file of `bytes`, all of it durable, name included.
fn durable(disk: &FaultDisk, name: &str, bytes: &[u8]) -> Arc<dyn DiskFile> {
    let file = create(disk, name);
    file.append(bytes).unwrap();
    file.sync().unwrap();
    disk.sync_dir(name.split_once('/').map_or("", |(directory, _)| directory)).unwrap();
    file
}

fn bytes_of(file: &dyn DiskFile) -> Vec<u8> {
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_at(0, &mut bytes).unwrap();
    bytes
}

/// What a file has, if there is one.
fn read(disk: &FaultDisk, name: &str) -> Option<Vec<u8>> {
    match disk.open(name, OpenMode::Read) {
        Ok(file) => Some(bytes_of(&*file)),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("{error}"),
    }
}

/// What `name` may have after a power cut.
fn after_cut(disk: &FaultDisk, name: &str) -> BTreeSet<Option<Vec<u8>>> {
    disk.crash_states(ALL).map(|left| read(&left, name)).collect()
}

fn set<const N: usize>(states: [Option<&[u8]>; N]) -> BTreeSet<Option<Vec<u8>>> {
    states.into_iter().map(|state| state.map(<[u8]>::to_vec)).collect()
}

fn kind<T>(outcome: io::Result<T>) -> ErrorKind {
    outcome.err().unwrap().kind()
}
