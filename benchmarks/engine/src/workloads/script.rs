//! K7: 60 values of 32 KiB, all different, overwritten in 15 rounds with a compaction after each.
//!
//! What compaction copies is the point: with values in files of their own it copies their names.

use anyhow::Result;

use super::step::Step;
use super::{Workload, phase};
use crate::data::{self, KEY_BYTES, path_key};
use crate::meter;
use crate::metric::{Metric, Sample};
use crate::peers::{Puts, Role};

const KEYS: usize = 60;
const VALUE_BYTES: usize = 32 * 1024;
const TIMES: usize = 15;

pub(super) const WORKLOAD: Workload = Workload {
    name: "script",
    covers: &["K7"],
    benches: &["script"],
    keys: KEYS,
    rounds_max: usize::MAX,
    takes: |entrant| entrant.role != Role::Tracking,
    phases: &[phase(measure)],
};

fn measure(step: &Step) -> Result<Vec<Sample>> {
    let written_before = meter::written_bytes()?;
    let mut peer = (step.entrant.open)(&step.directory, Puts::Buffered)?;
    let mut value = vec![0; VALUE_BYTES];
    for time in 0..TIMES {
        peer.load(&mut |put| {
            for number in 0..KEYS {
                data::fill(&mut value, (time * KEYS + number) as u64);
                put(&path_key(number), &value)?;
            }
            Ok(())
        })?;
        peer.compact()?;
    }
    let relocated = peer.counts()?.relocated_bytes;
    peer.close()?;
    let written = (meter::written_bytes()? - written_before) as f64;
    let disk = meter::disk_bytes(&step.directory)? as f64;
    let live = (KEYS * (VALUE_BYTES + KEY_BYTES)) as f64;
    Ok(vec![
        Sample::new("script")
            .with(Metric::BytesWritten, written)
            .with(Metric::WriteAmplification, written / (TIMES * KEYS * VALUE_BYTES) as f64)
            .with(Metric::DiskBytes, disk)
            .with(Metric::DiskOverLive, disk / live)
            .with_some(Metric::RelocatedBytes, relocated.map(|bytes| bytes as f64)),
    ])
}
