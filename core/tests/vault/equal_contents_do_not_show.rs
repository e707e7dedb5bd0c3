//! Where convergence is off, what a put stores, sends and asks for tells the length of a content
//! and no more of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::{BlobStore, MemoryStore, MeteredStore, Method};
use sealwood::vault::{Convergence, VaultConfig};

use crate::common::*;

type Metered = MeteredStore<MemoryStore>;

const CHUNK: usize = 128 * 1024;
const BOTH: [Convergence; 2] = [Convergence::Vault, Convergence::Off];

async fn vault(convergence: Convergence) -> (Arc<Metered>, Vault) {
    let store = Arc::new(Metered::with_log(MemoryStore::new(), 1000));
    let config = VaultConfig::new()
        .chunk_bytes(CHUNK as u32)
        .extent_bytes_max(2 * CHUNK as u32)
        .convergence(convergence);
    let vault = Vault::create_with(store.clone(), &credential(), &config).await.unwrap();
    (store, vault)
}

/// A session that stores extents of the same size.
async fn session(store: Arc<Metered>) -> Vault {
    open_in_extents(store, 2 * CHUNK as u32).await
}

/// The names of all extents.
async fn extents(store: &Metered) -> BTreeSet<String> {
    let page = store.list("objects/", None, 1000).await.unwrap();
    let extents = page.objects.into_iter().filter(|object| object.size > CHUNK as u64);
    extents.map(|object| object.key).collect()
}

#[test]
fn equal_files_are_stored_once_or_apart() {
    block_on(async {
        for convergence in BOTH {
            let (store, vault) = vault(convergence).await;
            let content = noise(1, 5 * CHUNK + 9);
            put(&vault, "one", &content).await.unwrap();
            let first = extents(&store).await;
            // Into another session, which was told nothing.
            let other = session(store.clone()).await;
            assert_eq!(other.stats().convergence, convergence);
            put(&other, "two", &content).await.unwrap();
            let second: BTreeSet<_> = &extents(&store).await - &first;
            match convergence {
                Convergence::Vault => assert_eq!(second.len(), 0),
                Convergence::Off => assert_eq!(second.len(), first.len()),
            }
            // A copy is the same file: nobody but who has it can ask for one.
            other.copy("two", "three").await.unwrap();
            assert_eq!(extents(&store).await.len(), first.len() + second.len());
            let reader = open(store).await;
            for path in ["one", "two", "three"] {
                assert!(reader.get(path).await.unwrap() == content);
                let from = 2 * CHUNK as u64 + 5;
                let range = reader.get_range(path, from..from + 200_000).await.unwrap();
                assert!(range == content[from as usize..][..200_000]);
            }
        }
    });
}

#[test]
fn a_content_that_repeats_itself_does_not_show() {
    block_on(async {
        for (convergence, objects) in [(Convergence::Vault, 1), (Convergence::Off, 4)] {
            let (store, vault) = vault(convergence).await;
            put(&vault, "zeros", &vec![0; 8 * CHUNK]).await.unwrap();
            assert_eq!(extents(&store).await.len(), objects);
            assert!(open(store).await.get("zeros").await.unwrap() == vec![0; 8 * CHUNK]);
        }
    });
}

/// What a put of `content` at `path` asks of the store, in a fresh session on a vault that has
/// `former` at `former_path`.
async fn asked(
    convergence: Convergence,
    (former_path, former): (&str, &[u8]),
    (path, content): (&str, &[u8]),
) -> Vec<(Method, String, u64)> {
    let (store, vault) = vault(convergence).await;
    put(&vault, former_path, former).await.unwrap();
    let fresh = session(store.clone()).await;
    store.reset();
    put(&fresh, path, content).await.unwrap();
    let log = store.log();
    assert!(open(store).await.get(path).await.unwrap() == content);
    let kind = |key: &str| key.split('/').next().unwrap_or_default().to_owned();
    log.into_iter().map(|call| (call.method, kind(&call.key), call.bytes)).collect()
}

/// Somebody guesses a content, and has it put beside a file or in its place.
#[test]
fn what_a_put_asks_of_the_store_follows_from_its_length() {
    block_on(async {
        for size in [700, 5_000, CHUNK + 9, 5 * CHUNK + 9, 11 * CHUNK] {
            let guess = noise(1, size);
            let mut partly = guess.clone();
            partly[size - 5] ^= 1;
            let others = [partly, noise(2, size)];
            for path in ["beside", "file"] {
                for convergence in BOTH {
                    let right = asked(convergence, ("file", &guess), (path, &guess)).await;
                    let wrong = others.each_ref().map(|other| (convergence, other));
                    for (convergence, other) in wrong {
                        let wrong = asked(convergence, ("file", other), (path, &guess)).await;
                        let shows = convergence == Convergence::Vault
                            && (size >= CHUNK || size > 1_024 && path == "file");
                        assert_eq!(right != wrong, shows, "{convergence:?} {size} {path}");
                    }
                }
            }
        }
    });
}

/// Small files that are committed together share a pack, whose length is their sum.
#[test]
fn equal_small_files_of_one_commit_are_stored_once_or_apart() {
    block_on(async {
        for convergence in BOTH {
            let mut lengths = Vec::new();
            for second in [1, 2] {
                let (store, vault) = vault(convergence).await;
                let batch = vault.batch();
                batch.put("secret", noise(1, 40_000)).await.unwrap();
                batch.put("guess", noise(second, 40_000)).await.unwrap();
                batch.commit().await.unwrap();
                let page = store.list("objects/", None, 10).await.unwrap();
                lengths.push(page.objects.iter().map(|object| object.size).sum::<u64>());
                let reader = open(store.clone()).await;
                store.reset();
                assert!(reader.get("secret").await.unwrap() == noise(1, 40_000));
                assert!(reader.get("guess").await.unwrap() == noise(second, 40_000));
                // Nor are they read from one place.
                let reads = store.log().iter().filter(|call| call.key != "root").count();
                let is_one = second == 1 && convergence == Convergence::Vault;
                assert_eq!(reads, if is_one { 1 } else { 2 }, "{:?}", store.log());
            }
            assert_eq!(lengths[0] == lengths[1], convergence == Convergence::Off, "{lengths:?}");
        }
    });
}

/// A vault has what it was created with, whatever a session would have.
#[test]
fn no_session_changes_what_a_vault_was_created_with() {
    block_on(async {
        for (created, asked_for) in [(BOTH[0], BOTH[1]), (BOTH[1], BOTH[0])] {
            let (store, vault) = vault(created).await;
            put(&vault, "a", &noise(1, CHUNK)).await.unwrap();
            let config = VaultConfig::new().convergence(asked_for);
            let opened = Vault::open_with(store.clone(), &credential(), &config).await.unwrap();
            assert_eq!(opened.stats().convergence, created);
            put(&opened, "b", &noise(1, CHUNK)).await.unwrap();
            assert_eq!(open(store.clone()).await.stats().convergence, created);
            let extents = extents(&store).await.len();
            assert_eq!(extents, if created == Convergence::Vault { 1 } else { 2 });
        }
    });
}

/// A put that fails leaves nothing, though its chunks are nobody's who puts them again.
#[test]
fn what_a_put_given_up_has_stored_is_removed() {
    block_on(async {
        let (store, vault) = vault(Convergence::Off).await;
        let pieces = noise(1, 6 * CHUNK).chunks(CHUNK).map(<[u8]>::to_vec).collect::<Vec<_>>();
        let source = pieces.into_iter().map(|piece| Ok(piece.into()));
        let failure = std::iter::once(Err(std::io::Error::other("no more")));
        let source = futures_util::stream::iter(source.chain(failure));
        assert_eq!(code(vault.put_stream("a", source).await), "source-failed");
        assert_eq!(extents(&store).await.len(), 0);
    });
}
