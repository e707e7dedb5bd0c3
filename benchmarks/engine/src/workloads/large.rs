//! K8, K9: 200 values of 1 MiB, put and synced, then read twice.

use anyhow::{Result, ensure};

use super::step::Step;
use super::{Workload, phase, seconds};
use crate::data::{self, path_key};
use crate::meter;
use crate::metric::{Metric, Sample};
use crate::peers::{Peer, Puts, Role};

const KEYS: usize = 200;
const VALUE_BYTES: usize = 1 << 20;

pub(super) const WORKLOAD: Workload = Workload {
    name: "large",
    covers: &["K8", "K9"],
    benches: &["large-put", "large-get", "large-get-again"],
    keys: KEYS,
    rounds_max: usize::MAX,
    takes: |entrant| {
        matches!(entrant.role, Role::Everything | Role::LargeValues)
            && entrant.value_bytes_max >= VALUE_BYTES
    },
    phases: &[phase(measure)],
};

fn measure(step: &Step) -> Result<Vec<Sample>> {
    let mut value = vec![0; VALUE_BYTES];
    data::fill(&mut value, 0);
    let resident_before = meter::resident_bytes()?;
    let written_before = meter::written_bytes()?;
    let peer = (step.entrant.open)(&step.directory, Puts::Buffered)?;
    let putting = seconds(|| {
        peer.load(&mut |put| {
            for number in 0..KEYS {
                data::fill(&mut value, number as u64);
                put(&path_key(number), &value)?;
            }
            Ok(())
        })
    })?;
    let first = seconds(|| get_all(peer.as_ref(), &mut value))?;
    let again = seconds(|| get_all(peer.as_ref(), &mut value))?;
    let resident = meter::peak_resident_bytes()?.saturating_sub(resident_before) as f64;
    peer.close()?;
    let written = (meter::written_bytes()? - written_before) as f64;
    let all = (KEYS * VALUE_BYTES) as f64;
    let get = |bench, seconds: f64| {
        Sample::new(bench)
            .with(Metric::MbPerS, all / seconds / 1e6)
            .with(Metric::OpsPerS, KEYS as f64 / seconds)
            .with(Metric::RssBytes, resident)
    };
    let put = Sample::new("large-put")
        .with(Metric::MbPerS, all / putting / 1e6)
        .with(Metric::OpsPerS, KEYS as f64 / putting)
        .with(Metric::BytesWritten, written)
        .with(Metric::WriteAmplification, written / all)
        .with(Metric::DiskBytes, meter::disk_bytes(&step.directory)? as f64)
        .with(Metric::RssBytes, resident);
    Ok(vec![put, get("large-get", first), get("large-get-again", again)])
}

fn get_all(peer: &dyn Peer, value: &mut Vec<u8>) -> Result<()> {
    for number in 0..KEYS {
        let found = peer.get(&path_key(number), value)?;
        ensure!(found && value.len() == VALUE_BYTES, "value {number} is missing");
    }
    Ok(())
}
