//! K7: 600 values of 32 KiB, put once and overwritten 15 times, then compaction and close.

use anyhow::Result;

use super::step::Step;
use super::{Workload, phase, seconds};
use crate::data::{self, KEY_BYTES, path_key};
use crate::meter;
use crate::metric::{Metric, Sample};
use crate::peers::{Puts, Role};

const KEYS: usize = 600;
const VALUE_BYTES: usize = 32 * 1024;
const TIMES: usize = 16;

pub(super) const WORKLOAD: Workload = Workload {
    name: "overwrite",
    covers: &["K7"],
    benches: &["overwrite"],
    keys: KEYS,
    rounds_max: usize::MAX,
    takes: |entrant| matches!(entrant.role, Role::Everything | Role::LargeValues),
    phases: &[phase(measure)],
};

fn measure(step: &Step) -> Result<Vec<Sample>> {
    let written_before = meter::written_bytes()?;
    let mut peer = (step.entrant.open)(&step.directory, Puts::Buffered)?;
    let mut value = vec![0; VALUE_BYTES];
    let seconds = seconds(|| {
        for time in 0..TIMES {
            peer.load(&mut |put| {
                for number in 0..KEYS {
                    data::fill(&mut value, (time * KEYS + number) as u64);
                    put(&path_key(number), &value)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    peer.compact()?;
    let relocated = peer.counts()?.relocated_bytes;
    peer.close()?;
    let written = (meter::written_bytes()? - written_before) as f64;
    let put = (TIMES * KEYS * VALUE_BYTES) as f64;
    let live = (KEYS * (VALUE_BYTES + KEY_BYTES)) as f64;
    let disk = meter::disk_bytes(&step.directory)? as f64;
    Ok(vec![
        Sample::new("overwrite")
            .with(Metric::MbPerS, put / seconds / 1e6)
            .with(Metric::OpsPerS, (TIMES * KEYS) as f64 / seconds)
            .with(Metric::BytesWritten, written)
            .with(Metric::WriteAmplification, written / put)
            .with(Metric::DiskBytes, disk)
            .with(Metric::DiskOverLive, disk / live)
            .with_some(Metric::RelocatedBytes, relocated.map(|bytes| bytes as f64)),
    ])
}
