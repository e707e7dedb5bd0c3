//! The work of one process.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use blake3::{Hash, Hasher};
use bytes::Bytes;
use futures_lite::StreamExt;
use futures_lite::future::block_on;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use sealwood::Vault;
use sealwood::blob::{BlobStore, DirectoryStore, MeteredStore, Method, S3Store};
use sealwood::seal::SlotSecret;
use sealwood::vault::Credential;

use super::{Row, Store, Task, Work};
use crate::s3_server::S3Server;

const PATH: &str = "videos/long.mp4";
/// What the source gives at a time.
const SLICE_BYTES: u64 = 64 * 1024;
/// More requests than there are for any content that is measured.
const REQUESTS_MAX: usize = 100_000;

/// Does the work in a session of its own, and checks that what the vault has then is what it should
/// have.
pub(super) fn measure(task: &Task) -> Result<Row> {
    match task.store {
        Store::Directory => measure_in(block_on(DirectoryStore::open(&task.place))?, task),
        Store::S3 => measure_in(S3Store::new(S3Server::all()?[0].config(&task.place)?)?, task),
    }
}

fn measure_in(store: impl BlobStore, task: &Task) -> Result<Row> {
    let store = Arc::new(MeteredStore::with_log(store, REQUESTS_MAX));
    let bytes = task.bytes;
    let first = Source { bytes, changed: None };
    let changed = Source { bytes, changed: Some(bytes / 2) };
    block_on(async {
        let credential = Credential::Secret(SlotSecret::from_bytes([7; 32]));
        let vault = match task.work {
            Work::Put => Vault::create(store.clone(), &credential).await?,
            Work::Get | Work::Change => Vault::open(store.clone(), &credential).await?,
        };
        let opening = store.reset();
        let start = Instant::now();
        let hash = match task.work {
            Work::Put => put(&vault, &first).await?,
            Work::Get => get(&vault).await?,
            Work::Change => put(&vault, &changed).await?,
        };
        let seconds = start.elapsed().as_secs_f64();
        let (metrics, log) = (store.snapshot(), store.log());
        ensure!(log.len() < REQUESTS_MAX, "there were too many requests to know them all");
        let peak_rss_bytes = peak_rss_bytes()?;
        let other = match task.work {
            Work::Put | Work::Change => get(&vault).await?,
            Work::Get => first.hash(),
        };
        ensure!(hash == other, "what came out is not what went in");
        let puts = || log.iter().filter(|it| it.method == Method::Put);
        let beside_root = || puts().filter(|it| it.key != "root");
        let reads = [&opening, &metrics]
            .map(|of| of.calls(Method::Get) + of.calls(Method::GetRange))
            .iter()
            .sum();
        Ok(Row {
            bench: "stream".to_owned(),
            store: task.store,
            work: task.work,
            bytes,
            mb_per_s: bytes as f64 / 1e6 / seconds,
            puts: puts().count() as u64,
            objects: beside_root().count() as u64,
            object_bytes: beside_root().map(|it| it.bytes).sum(),
            reads,
            comparisons: metrics.calls(Method::Compare),
            peak_rss_bytes,
        })
    })
}

/// Pseudo-random bytes.
struct Source {
    bytes: u64,
    /// Which of them is another.
    changed: Option<u64>,
}

impl Source {
    fn slices(&self) -> impl Iterator<Item = Vec<u8>> {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        (0..self.bytes.div_ceil(SLICE_BYTES)).map(move |index| {
            let start = index * SLICE_BYTES;
            let mut slice = vec![0; SLICE_BYTES.min(self.bytes - start) as usize];
            random.fill_bytes(&mut slice);
            let changed = self.changed.and_then(|changed| changed.checked_sub(start));
            if let Some(byte) = changed.and_then(|changed| slice.get_mut(changed as usize)) {
                *byte ^= 1;
            }
            slice
        })
    }

    fn hash(&self) -> Hash {
        let mut hasher = Hasher::new();
        for slice in self.slices() {
            hasher.update(&slice);
        }
        hasher.finalize()
    }
}

async fn put(vault: &Vault, source: &Source) -> Result<Hash> {
    let mut hasher = Hasher::new();
    let slices = source.slices().map(|slice| {
        hasher.update(&slice);
        Ok::<_, sealwood::Error>(Bytes::from(slice))
    });
    vault.put_stream(PATH, futures_lite::stream::iter(slices)).await?;
    Ok(hasher.finalize())
}

async fn get(vault: &Vault) -> Result<Hash> {
    let (_, mut parts) = vault.get_stream(PATH).await?;
    let mut hasher = Hasher::new();
    while let Some(part) = parts.next().await {
        hasher.update(&part?);
    }
    Ok(hasher.finalize())
}

/// The most memory this process had resident, where the system tells.
fn peak_rss_bytes() -> Result<Option<u64>> {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return Ok(None) };
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let line = line.context("the system's status of this process has no VmHWM")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim_end().parse()?;
    Ok(Some(kibibytes * 1024))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_stream_that_is_no_whole_number_of_slices_or_chunks_comes_back_and_is_counted() {
        const BYTES: u64 = 18 * 1024 * 1024 + 17;
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().to_str().unwrap().to_owned();
        let task =
            |work| Task { store: Store::Directory, work, place: place.clone(), bytes: BYTES };
        let [put, get, change] = [Work::Put, Work::Get, Work::Change].map(|work| {
            let row = measure(&task(work)).unwrap();
            assert!(row.mb_per_s > 0.0);
            row
        });
        // Two extents, a pack with the table, and the root.
        assert_eq!((put.puts, put.objects, put.comparisons), (4, 3, 0));
        assert!((BYTES..BYTES + BYTES / 32).contains(&put.object_bytes));
        // The root, the table, and of chunks 1, 2, 4, 8 and 1 of the first extent, 3 of the other.
        assert_eq!((get.puts, get.reads), (0, 8));
        // One chunk, and the pack with the table; the other extent is compared.
        assert_eq!((change.objects, change.comparisons), (2, 1));
        assert!((1 << 20..(1 << 20) + 10_000).contains(&change.object_bytes));
    }
}
