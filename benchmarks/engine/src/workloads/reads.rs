//! K4, K5, K6: gets, misses and scans of 100,000 keys, hot.

use anyhow::{Result, ensure};

use super::step::Step;
use super::{VALUE_BYTES, Workload, load_small, phase, read_all, seconds};
use crate::data::{KEYS_PER_PREFIX, Key, missing_key, path_key, prefix_of, shuffle, shuffled_keys};
use crate::metric::{Metric, Sample};
use crate::peers::{Puts, Role, Snapshot};

const KEYS: usize = 100_000;
const SCANS: usize = 5;

pub(super) const WORKLOAD: Workload = Workload {
    name: "reads",
    covers: &["K4", "K5", "K6"],
    benches: &["get-loaded", "get", "get-snapshot", "get-miss", "scan", "prefix-scan"],
    keys: KEYS,
    rounds_max: usize::MAX,
    takes: |entrant| matches!(entrant.role, Role::Everything),
    phases: &[phase(measure)],
};

fn measure(step: &Step) -> Result<Vec<Sample>> {
    let mut keys = shuffled_keys(KEYS, path_key);
    let mut peer = (step.entrant.open)(&step.directory, Puts::Buffered)?;
    load_small(peer.as_ref(), &keys)?;
    shuffle(&mut keys, 2);
    let mut value = Vec::new();
    let loaded = gets("get-loaded", &keys, |key| peer.get(key, &mut value))?;
    peer.compact()?;
    read_all(peer.as_ref(), &keys)?;
    let plain = gets("get", &keys, |key| peer.get(key, &mut value))?;
    let misses = misses("get-miss", |key| peer.get(key, &mut value))?;
    let mut snapshot = peer.snapshot()?;
    let in_snapshot = gets("get-snapshot", &keys, |key| snapshot.get(key, &mut value))?;
    let scan = full_scans(snapshot.as_mut())?;
    let prefix_scan = prefix_scans(snapshot.as_mut())?;
    drop(snapshot);
    peer.close()?;
    Ok(vec![loaded, plain, in_snapshot, misses, scan, prefix_scan])
}

fn gets(
    bench: &str,
    keys: &[(usize, Key)],
    mut get: impl FnMut(&Key) -> Result<bool>,
) -> Result<Sample> {
    let seconds = seconds(|| {
        for (number, key) in keys {
            ensure!(get(key)?, "key {number} is missing");
        }
        Ok(())
    })?;
    Ok(per_operation(bench, keys.len(), seconds))
}

fn misses(bench: &str, mut get: impl FnMut(&Key) -> Result<bool>) -> Result<Sample> {
    let keys = shuffled_keys(KEYS, missing_key);
    let seconds = seconds(|| {
        for (number, key) in &keys {
            ensure!(!get(key)?, "key {number} should be missing");
        }
        Ok(())
    })?;
    Ok(per_operation(bench, keys.len(), seconds))
}

/// One operation is one key.
fn full_scans(snapshot: &mut dyn Snapshot) -> Result<Sample> {
    let seconds = seconds(|| {
        for _ in 0..SCANS {
            expect(snapshot, b"", KEYS)?;
        }
        Ok(())
    })?;
    Ok(per_operation("scan", SCANS * KEYS, seconds))
}

/// One operation is one scan of [`KEYS_PER_PREFIX`] keys.
fn prefix_scans(snapshot: &mut dyn Snapshot) -> Result<Sample> {
    let mut prefixes: Vec<_> = (0..KEYS).step_by(KEYS_PER_PREFIX).map(prefix_of).collect();
    shuffle(&mut prefixes, 3);
    let seconds = seconds(|| {
        for prefix in &prefixes {
            expect(snapshot, prefix, KEYS_PER_PREFIX)?;
        }
        Ok(())
    })?;
    Ok(per_operation("prefix-scan", prefixes.len(), seconds))
}

/// Scans and looks at every key and value.
fn expect(snapshot: &mut dyn Snapshot, prefix: &[u8], count: usize) -> Result<()> {
    let mut found = 0;
    let mut bytes = 0;
    snapshot.scan(prefix, &mut |key, value| {
        found += usize::from(key.last() == Some(&b'g'));
        bytes += value.len();
    })?;
    ensure!(found == count && bytes == count * VALUE_BYTES, "a scan found {found} keys");
    Ok(())
}

fn per_operation(bench: &str, operations: usize, seconds: f64) -> Sample {
    Sample::new(bench)
        .with(Metric::OpsPerS, operations as f64 / seconds)
        .with(Metric::UsPerOp, seconds * 1e6 / operations as f64)
}
