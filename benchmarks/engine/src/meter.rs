//! What a process took: memory, bytes written, disk, and time.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

/// The resident memory of this process, in bytes.
pub(crate) fn resident_bytes() -> Result<u64> {
    Ok(number_after("/proc/self/status", "VmRSS:")? * 1024)
}

/// The most resident memory this process has had, in bytes.
pub(crate) fn peak_resident_bytes() -> Result<u64> {
    Ok(number_after("/proc/self/status", "VmHWM:")? * 1024)
}

/// The bytes of all pages this process has dirtied in files: a synced append of 132 bytes counts
/// as one page. A file system's own records are not in it.
pub(crate) fn written_bytes() -> Result<u64> {
    number_after("/proc/self/io", "\nwrite_bytes:")
}

/// What the files below `directory` occupy, in bytes.
pub(crate) fn disk_bytes(directory: &Path) -> Result<u64> {
    let mut total = 0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        total += match metadata.is_dir() {
            true => disk_bytes(&entry.path())?,
            false => allocated_bytes(&metadata),
        };
    }
    Ok(total)
}

/// How long single operations took.
#[derive(Default)]
pub(crate) struct Latencies {
    nanoseconds: Vec<u64>,
}

impl Latencies {
    /// Room for `count` operations, so that measuring allocates nothing.
    pub(crate) fn with_capacity(count: usize) -> Self {
        Latencies { nanoseconds: Vec::with_capacity(count) }
    }

    /// Notes one operation.
    pub(crate) fn push(&mut self, time: Duration) {
        self.nanoseconds.push(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Takes over what another thread noted.
    pub(crate) fn append(&mut self, mut other: Latencies) {
        self.nanoseconds.append(&mut other.nanoseconds);
    }

    /// The time, in microseconds, that `share` of the operations did not exceed; 0 for none.
    pub(crate) fn percentile_us(&mut self, share: f64) -> f64 {
        self.nanoseconds.sort_unstable();
        let rank = (self.nanoseconds.len() as f64 * share).ceil() as usize;
        let at = rank.saturating_sub(1);
        self.nanoseconds.get(at).map_or(0.0, |&nanoseconds| nanoseconds as f64 / 1e3)
    }
}

fn number_after(file: &str, label: &str) -> Result<u64> {
    let text = fs::read_to_string(file).with_context(|| format!("{file}: only Linux has it"))?;
    let (_, rest) = text.split_once(label).with_context(|| format!("no {label} in {file}"))?;
    let word = rest.split_whitespace().next().unwrap_or_default();
    word.parse().with_context(|| format!("{file} says {label} {word}"))
}

#[cfg(unix)]
fn allocated_bytes(metadata: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    metadata.blocks() * 512
}

#[cfg(not(unix))]
fn allocated_bytes(metadata: &fs::Metadata) -> u64 {
    metadata.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.percentile_us(0.5), 0.0);
        for microseconds in (1..=100).rev() {
            latencies.push(Duration::from_micros(microseconds));
        }
        assert_eq!(latencies.percentile_us(0.5), 50.0);
        assert_eq!(latencies.percentile_us(0.99), 99.0);
        assert_eq!(latencies.percentile_us(0.999), 100.0);
    }
}
