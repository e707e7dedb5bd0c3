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
use sealwood::blob::{BlobStore, DirectoryStore, S3Store};
use sealwood::seal::RootSecret;
use sealwood::vault::Credential;

use super::{Row, Store};
use crate::s3_server::S3Server;

const PATH: &str = "videos/long.mp4";
/// What the source gives at a time.
const SLICE_BYTES: u64 = 64 * 1024;

/// Streams `bytes` pseudo-random bytes into a new vault in `store` and out again, and checks that
/// they are the same.
pub(super) fn measure(store: Store, bytes: u64) -> Result<Row> {
    let directory = tempfile::tempdir()?;
    let blobs: Arc<dyn BlobStore> = match store {
        Store::Directory => Arc::new(block_on(DirectoryStore::open(directory.path()))?),
        Store::S3 => {
            let servers = S3Server::all()?;
            Arc::new(S3Store::new(servers[0].new_place()?)?)
        }
    };
    block_on(async {
        let credential = Credential::Secret(RootSecret::from_bytes([7; 32]));
        let vault = Vault::create(blobs, &credential).await?;
        let start = Instant::now();
        let sent = put(&vault, bytes).await?;
        let put_seconds = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let received = get(&vault).await?;
        let get_seconds = start.elapsed().as_secs_f64();
        ensure!(sent == received, "what came out is not what went in");
        let megabytes = bytes as f64 / 1e6;
        Ok(Row {
            bench: "stream".to_owned(),
            store,
            bytes,
            put_mb_per_s: megabytes / put_seconds,
            get_mb_per_s: megabytes / get_seconds,
            peak_rss_bytes: peak_rss_bytes()?,
        })
    })
}

async fn put(vault: &Vault, bytes: u64) -> Result<Hash> {
    let mut hasher = Hasher::new();
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let slices = (0..bytes.div_ceil(SLICE_BYTES)).map(|index| {
        let length = SLICE_BYTES.min(bytes - index * SLICE_BYTES);
        let mut slice = vec![0; length as usize];
        random.fill_bytes(&mut slice);
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
        let row = measure(Store::Directory, 3 * 1024 * 1024 + 17).unwrap();
        assert_eq!(row.bytes, 3 * 1024 * 1024 + 17);
        assert!(row.put_mb_per_s > 0.0 && row.get_mb_per_s > 0.0);
    }
}
