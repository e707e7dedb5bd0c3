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

use super::{Row, Store};
use crate::s3_server::S3Server;

const PATH: &str = "videos/long.mp4";
/// What the source gives at a time.
const SLICE_BYTES: u64 = 64 * 1024;
/// More requests than the work makes of any content that is measured.
const REQUESTS_MAX: usize = 100_000;

/// Streams `bytes` pseudo-random bytes into a new vault in `store`, out again and in with a changed
/// byte, each in a session of its own, and checks that what comes out is what went in.
pub(super) fn measure(store: Store, bytes: u64) -> Result<Row> {
    match store {
        Store::Directory => {
            let directory = tempfile::tempdir()?;
            measure_in(store, block_on(DirectoryStore::open(directory.path()))?, bytes)
        }
        Store::S3 => {
            let servers = S3Server::all()?;
            measure_in(store, S3Store::new(servers[0].new_place()?)?, bytes)
        }
    }
}

fn measure_in(store: Store, blobs: impl BlobStore, bytes: u64) -> Result<Row> {
    let blobs = Arc::new(MeteredStore::with_log(blobs, REQUESTS_MAX));
    block_on(async {
        let credential = Credential::Secret(SlotSecret::from_bytes([7; 32]));
        let vault = Vault::create(blobs.clone(), &credential).await?;
        blobs.reset();
        let start = Instant::now();
        let sent = put(&vault, &Source { bytes, changed: None }).await?;
        let put_seconds = start.elapsed().as_secs_f64();
        let puts = blobs.reset().calls(Method::Put);
        drop(vault);

        let vault = Vault::open(blobs.clone(), &credential).await?;
        let start = Instant::now();
        let received = get(&vault).await?;
        let get_seconds = start.elapsed().as_secs_f64();
        let metrics = blobs.reset();
        let gets = metrics.calls(Method::Get) + metrics.calls(Method::GetRange);
        ensure!(sent == received, "what came out is not what went in");
        drop(vault);

        let vault = Vault::open(blobs.clone(), &credential).await?;
        blobs.reset();
        let sent = put(&vault, &Source { bytes, changed: Some(bytes / 2) }).await?;
        let log = blobs.log();
        ensure!(log.len() < REQUESTS_MAX, "there were too many requests to know them all");
        let change = log.iter().filter(|it| it.method == Method::Put && it.ok && it.key != "root");
        let (change_objects, change_bytes) =
            (change.clone().count() as u64, change.map(|it| it.bytes).sum());
        ensure!(sent == get(&vault).await?, "what came out is not what was changed");

        let megabytes = bytes as f64 / 1e6;
        Ok(Row {
            bench: "stream".to_owned(),
            store,
            bytes,
            put_mb_per_s: megabytes / put_seconds,
            get_mb_per_s: megabytes / get_seconds,
            puts,
            gets,
            change_objects,
            change_bytes,
            peak_rss_bytes: peak_rss_bytes()?,
        })
    })
}

/// Pseudo-random bytes.
struct Source {
    bytes: u64,
    /// Which of them is another.
    changed: Option<u64>,
}

async fn put(vault: &Vault, content: &Source) -> Result<Hash> {
    let bytes = content.bytes;
    let mut hasher = Hasher::new();
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let slices = (0..bytes.div_ceil(SLICE_BYTES)).map(|index| {
        let start = index * SLICE_BYTES;
        let mut slice = vec![0; SLICE_BYTES.min(bytes - start) as usize];
        random.fill_bytes(&mut slice);
        let changed = content.changed.and_then(|changed| changed.checked_sub(start));
        if let Some(byte) = changed.and_then(|changed| slice.get_mut(changed as usize)) {
            *byte ^= 1;
        }
        hasher.update(&slice);
        Ok::<_, sealwood::Error>(Bytes::from(slice))
    });
    let source = futures_lite::stream::iter(slices);
    vault.put_stream(PATH, source).await?;
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
    fn a_stream_that_is_no_whole_number_of_slices_or_chunks_comes_back() {
        let row = measure(Store::Directory, 18 * 1024 * 1024 + 17).unwrap();
        assert_eq!(row.bytes, 18 * 1024 * 1024 + 17);
        assert!(row.put_mb_per_s > 0.0 && row.get_mb_per_s > 0.0);
        // Two extents, a pack with the table, and the root.
        assert_eq!(row.puts, 4);
        // The root, the table, and chunks: 1, 2, 4, 8, the last of the first extent, three more.
        assert_eq!(row.gets, 8);
        // One chunk, and the pack with the table.
        assert_eq!(row.change_objects, 2);
        assert!((1 << 20..(1 << 20) + 10_000).contains(&row.change_bytes));
    }
}
