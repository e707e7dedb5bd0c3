//! Whatever a vault stores has a padded length, so that lengths tell little of what is in them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_lite::future::block_on;
use sealwood::blob::{BlobStore, ETag, StorePutOptions};
use sealwood::forward;
use sealwood::platform::BoxFuture;
use sealwood::seal::{KdfParams, Passphrase};
use sealwood::vault::{Convergence, Credential, VaultConfig};
use sealwood::{Error, Result, Vault};

use crate::common::limited::Limited;
use crate::common::*;

const CHUNK: u64 = 128 * 1024;
const TAG: u64 = 16;

/// Notes the length of everything that is put.
struct Watching {
    inner: Arc<Limited>,
    puts: Mutex<Vec<(String, u64)>>,
}

impl BlobStore for Watching {
    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        self.puts.lock().unwrap().push((key.to_owned(), bytes.len() as u64));
        self.inner.put_with(key, bytes, options)
    }

    forward!(inner: get_with, get_range, delete, list, head, hold, flush, needs_flush,
        confirms_puts, honours_conditions);
}

/// Whether Padmé gives this length, by its definition: of a number of `E + 1` bits all but the
/// first `S + 1` are zeros.
fn is_padded(length: u64) -> bool {
    let exponent = f64::log2(length as f64).floor();
    let kept = f64::log2(exponent).floor() + 1.0;
    exponent <= kept || length.is_multiple_of(1 << (exponent - kept) as u64)
}

/// Whether an extent may be so long: chunks and padding, and a tag for each chunk.
fn is_padded_extent(length: u64) -> bool {
    (1..=64).any(|chunks| {
        let content = length.saturating_sub(chunks * TAG);
        content >= CHUNK && content.div_ceil(CHUNK) == chunks && is_padded(content)
    })
}

/// What is put over the life of a vault.
async fn lived(credential: &Credential, convergence: Convergence) -> Vec<(String, u64)> {
    let limited = Limited::new(u64::MAX / 2);
    let store = Arc::new(Watching { inner: limited.clone(), puts: Mutex::default() });
    let kdf = KdfParams {
        memory_kib: KdfParams::MEMORY_KIB_MIN,
        passes: KdfParams::PASSES_MIN,
        ..KdfParams::default()
    };
    let config = VaultConfig::new().chunk_bytes(CHUNK as u32).kdf(kdf).convergence(convergence);
    let vault = Vault::create_with(store.clone(), credential, &config).await.unwrap();
    // Of every kind of content, one by one, so that tails, nodes and packs have many lengths.
    for number in 0..60 {
        let size = [number * 17, 1_025 + number * 61, 30_001 + number * 1_003][number % 3];
        put(&vault, &format!("dir {}/{number}", number % 7), &noise(number as u64, size))
            .await
            .unwrap();
    }
    for size in [131_072, 131_073, 300_000, 655_361, 1_000_000] {
        put(&vault, &format!("large/{size}"), &noise(size, size as usize)).await.unwrap();
    }
    put(&vault, "large/1000000", &noise(9, 900_000)).await.unwrap();
    // Several packs at once.
    let batch = vault.batch();
    for number in 0..90 {
        batch.put(format!("batch/{number}"), noise(number, 100_000)).await.unwrap();
    }
    batch.commit().await.unwrap();
    vault.link("").await.unwrap();
    // A store that is full, until it is not.
    limited.set_bytes_max(limited.used().await);
    let paths: Vec<_> = (0..50).map(|number| format!("batch/{number}")).collect();
    for path in paths {
        vault.remove(path).await.unwrap();
    }
    assert_eq!(code(put(&vault, "more", &noise(1, 2_000)).await), Error::StoreFull.code());
    limited.set_bytes_max(u64::MAX / 2);
    put(&vault, "more", &noise(1, 2_000)).await.unwrap();
    let puts = store.puts.lock().unwrap();
    puts.clone()
}

#[test]
fn whatever_is_put_has_a_padded_length() {
    let passphrase = Credential::Passphrase(Passphrase::new("open sesame").unwrap());
    for (credential, convergence) in
        [(credential(), Convergence::Vault), (passphrase, Convergence::Off)]
    {
        let puts = block_on(lived(&credential, convergence));
        let mut kinds = BTreeSet::new();
        for (key, length) in &puts {
            let kind = match key.split_once('/') {
                // What is left of a probe is no part of the vault, and says nothing of it.
                None if key.starts_with("probe") => continue,
                None => key.clone(),
                Some(_) if *length > CHUNK && is_padded_extent(*length) => "extent".to_owned(),
                Some(_) => "pack".to_owned(),
            };
            assert!(is_padded(*length) || kind == "extent", "{key}: {length} bytes");
            kinds.insert(kind);
        }
        assert!(kinds.into_iter().eq(["extent", "pack", "reserve", "root"]), "{puts:?}");
        // When the vault is made, in vain while the store is full, and again.
        assert_eq!(puts.iter().filter(|put| put.0 == "reserve").count(), 3);
        // Hardly two of these puts are of the same bytes, and many are of one length.
        let lengths: BTreeSet<_> = puts.iter().map(|put| put.1).collect();
        assert!(lengths.len() * 5 < puts.len() * 3, "{} of {}", lengths.len(), puts.len());
    }
}

/// A reader asks for no padding to check it, and a store cannot tell it from what is sealed.
#[test]
fn padding_is_noise_that_a_pack_has_always() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "a", &noise(1, 30_001)).await.unwrap();
        let objects = packs_and_extents(&*store).await;
        let [pack] = &objects[..] else { panic!("{objects:?}") };
        let whole = store.get(&pack.key).await.unwrap().bytes;
        let units = 30_001 + TAG as usize;
        let padding = &whole[units..];
        assert_eq!(whole.len(), 30_720);
        assert!(padding.chunks(16).all(|part| part.iter().any(|byte| *byte != 0)));
        let ones: u32 = padding.iter().map(|byte| byte.count_ones()).sum();
        let half = padding.len() as u32 * 4;
        assert!(ones.abs_diff(half) < half / 10, "{ones} of {half}");
        // Nobody needs it.
        store.put(&pack.key, whole.slice(..units), Default::default()).await.unwrap();
        assert!(open(store).await.get("a").await.unwrap() == noise(1, 30_001));
    });
}
