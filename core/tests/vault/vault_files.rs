//! What a person does with files: every size, every call, seen from a second, cold client.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_lite::future::block_on;
use futures_util::TryStreamExt;
use sealwood::blob::{BlobStore, Call, MemoryStore, MeteredStore, Method};
use sealwood::path::VaultPath;
use sealwood::vault::{EntryKind, ListCursor, ListOptions, Metadata, PutOptions, VaultConfig};
use sealwood::{CallContext, CancelToken, Error, Vault};

use crate::common::*;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

#[test]
fn every_size_comes_back_whole_in_part_and_as_a_stream() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        let sizes = [
            0,
            1,
            KIB - 1,
            KIB,
            KIB + 1,
            4 * KIB,
            128 * KIB - 1,
            128 * KIB,
            128 * KIB + 1,
            MIB - 1,
            MIB,
            MIB + 1,
            4 * MIB,
            4 * MIB + 1,
            5 * MIB + 77,
        ];
        for (seed, size) in sizes.into_iter().enumerate() {
            let bytes = noise(seed as u64, size);
            put(&vault, &format!("whole/{size}"), &bytes).await.unwrap();
            let pieces =
                bytes.chunks(100_003).map(|piece| Ok::<_, Error>(Bytes::copy_from_slice(piece)));
            let source = futures_util::stream::iter(pieces.collect::<Vec<_>>());
            vault.put_stream(&format!("streamed/{size}"), source).await.unwrap();
        }
        let cold = open(store).await;
        for (seed, size) in sizes.into_iter().enumerate() {
            let bytes = noise(seed as u64, size);
            for path in [format!("whole/{size}"), format!("streamed/{size}")] {
                assert_eq!(cold.stat(&path).await.unwrap().size, size as u64);
                assert!(cold.get(&path).await.unwrap() == bytes, "{path}");
                let (_, parts) = cold.get_stream(&path).await.unwrap();
                let parts: Vec<Bytes> = parts.try_collect().await.unwrap();
                assert!(parts.concat() == bytes, "{path} as a stream");
                for (from, to) in [(0, size), (0, 1), (size / 2, size / 2 + 1), (size / 3, size)] {
                    if to <= size {
                        let range = cold.get_range(&path, from as u64..to as u64).await.unwrap();
                        assert!(range == bytes[from..to], "{path} {from}..{to}");
                    }
                }
                let past = cold.get_range(&path, 0..size as u64 + 1).await;
                assert_eq!(code(past), "range-past-end");
            }
        }
    });
}

#[test]
fn a_reader_of_any_slicing_gives_the_same_content() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        let bytes = noise(1, 3 * MIB + 5);
        for piece in [1_000, MIB - 1, MIB, MIB + 1, 4 * MIB] {
            let slices: Vec<_> = bytes
                .chunks(piece)
                .map(|slice| Ok::<_, Error>(Bytes::copy_from_slice(slice)))
                .collect();
            let source = futures_util::stream::iter(slices);
            vault.put_stream("file", source).await.unwrap();
            assert!(open(store.clone()).await.get("file").await.unwrap() == bytes, "{piece}");
        }
        let cursor = std::io::Cursor::new(bytes.clone());
        vault.put_reader("file", cursor).await.unwrap();
        assert!(vault.get("file").await.unwrap() == bytes);
        // All of them were the same extents.
        let objects = store.list("objects/", None, 1000).await.unwrap().objects;
        let large = objects.iter().filter(|object| object.size > 64 * KIB as u64).count();
        assert!(large <= 4, "{large} extents stored");
    });
}

#[test]
fn identical_extents_are_stored_once_and_a_copy_sends_no_content() {
    block_on(async {
        let store = Arc::new(MeteredStore::new(MemoryStore::new()));
        drop(create(store.clone()).await);
        let vault = open_in_extents(store.clone(), MIB as u32).await;
        let same = [vec![5; MIB], vec![5; MIB], vec![5; MIB]].concat();
        put(&vault, "a", &same).await.unwrap();
        let objects = store.list("objects/", None, 1000).await.unwrap().objects;
        assert_eq!(objects.iter().filter(|object| object.size > MIB as u64).count(), 1);
        store.reset();
        vault.copy("a", "b/c").await.unwrap();
        let sent = store.snapshot();
        assert!(sent.calls(Method::Put) <= 2 && sent.bytes_sent < 4096, "{sent:?}");
        vault.remove("a").await.unwrap();
        assert!(open(store).await.get("b/c").await.unwrap() == same);
    });
}

#[test]
fn directories_move_and_go_as_one() {
    block_on(async {
        let store = Arc::new(MeteredStore::new(MemoryStore::new()));
        let vault = create(store.clone()).await;
        for number in 0..300 {
            let path = format!("photos/{}/img-{number}.jpg", number % 7);
            vault.put_with(&path, noise(number, 2000), &deferred()).await.unwrap();
        }
        vault.mkdir("photos/empty/er").await.unwrap();
        let before = tree(&vault).await;
        store.reset();
        vault.rename("photos", "archive/2026").await.unwrap();
        assert!(store.snapshot().calls(Method::Put) <= 2);
        let moved = |path: &str| path.replacen("photos", "archive/2026", 1);
        let mut expected: BTreeMap<_, _> =
            before.iter().map(|(path, content)| (moved(path), content.clone())).collect();
        expected.insert("archive".into(), None);
        assert_eq!(tree(&vault).await, expected);
        assert_eq!(tree(&open(store.clone()).await).await, expected);

        vault.copy("archive/2026", "twin").await.unwrap();
        vault.remove_all("archive").await.unwrap();
        let twin: BTreeMap<_, _> =
            before.into_iter().map(|(path, it)| (path.replacen("photos", "twin", 1), it)).collect();
        assert_eq!(tree(&open(store).await).await, twin);
    });
}

#[test]
fn names_follow_the_rules_of_a_file_system() {
    block_on(async {
        let (_, vault) = memory_vault().await;
        put(&vault, "dir/file", b"1").await.unwrap();
        vault.mkdir("dir/sub").await.unwrap();
        vault.mkdir("dir/sub").await.unwrap();
        assert_eq!(code(put(&vault, "dir", b"2").await), "is-a-directory");
        assert_eq!(code(put(&vault, "dir/file/below", b"2").await), "not-a-directory");
        assert_eq!(code(vault.mkdir("dir/file").await), "not-a-directory");
        assert_eq!(code(vault.remove("dir").await), "directory-not-empty");
        assert_eq!(code(vault.remove("nowhere").await), "not-found");
        assert_eq!(code(vault.rename("nowhere", "x").await), "not-found");
        assert_eq!(code(vault.rename("dir", "dir/sub/below").await), "into-itself");
        assert_eq!(code(vault.copy("dir", "dir/again").await), "into-itself");
        assert_eq!(code(vault.rename("dir/file", "dir/sub").await), "is-a-directory");
        assert_eq!(code(vault.rename("dir/sub", "dir/file").await), "not-a-directory");
        assert_eq!(code(vault.get("dir").await), "is-a-directory");
        assert_eq!(code(vault.get("").await), "is-a-directory");
        assert_eq!(code(vault.get("dir/file/x").await), "not-found");
        assert_eq!(code(vault.list("dir/file").await), "not-a-directory");
        assert_eq!(code(vault.remove("").await), "path-top");
        assert_eq!(code(put(&vault, "a//b", b"").await), "path-empty-segment");
        vault.rename("dir/file", "dir/file").await.unwrap();
        put(&vault, "other", b"3").await.unwrap();
        vault.rename("other", "dir/file").await.unwrap();
        assert_eq!(vault.get("dir/file").await.unwrap(), "3");
        vault.remove("dir/sub").await.unwrap();
        let error = vault.get("dir/sub").await.unwrap_err();
        assert_eq!(error.path().unwrap().as_str(), "dir/sub");
        assert!(!error.to_string().contains("sub"), "a message shows no path");
    });
}

/// Any text is taken as a path, and the path that an entry hands out too.
#[test]
fn the_path_of_an_entry_is_taken_by_every_method() {
    block_on(async {
        let (_, vault) = memory_vault().await;
        put(&vault, "dir/file", b"1").await.unwrap();
        let info = vault.stat(String::from("/dir/file")).await.unwrap();
        assert_eq!(vault.get(&info.path).await.unwrap(), "1");
        assert_eq!(vault.stat(info.path.clone()).await.unwrap(), info);
        let directory = info.path.parent().unwrap();
        let page = vault.list(&directory).await.unwrap();
        assert_eq!(page.entries, std::slice::from_ref(&info));
        let elsewhere = directory.join(&"other".parse().unwrap());
        vault.rename(&info.path, &elsewhere).await.unwrap();
        let snapshot = vault.snapshot().await.unwrap();
        assert!(snapshot.exists(&elsewhere).await.unwrap());
        assert!(!snapshot.exists(info.path.as_str()).await.unwrap());
        let batch = vault.batch();
        batch.copy(&elsewhere, &info.path).unwrap();
        assert_eq!(code(batch.remove("/".parse::<VaultPath>().unwrap())), "path-top");
        batch.commit().await.unwrap();
        assert_eq!(vault.get(info.path).await.unwrap(), "1");
    });
}

#[test]
fn metadata_travels_with_the_entry() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        let metadata = Metadata::new()
            .content_type("image/jpeg")
            .pair("camera", "X100")
            .pair("a", "")
            .modified_ms(1_234_567_890_123);
        let options = PutOptions::new().metadata(metadata.clone());
        let put_info = vault.put_with("a/photo", noise(1, 5000), &options).await.unwrap();
        vault.rename("a/photo", "b").await.unwrap();
        let info = open(store.clone()).await.stat("b").await.unwrap();
        assert_eq!(info.kind, EntryKind::File);
        assert_eq!((info.content_type, info.metadata), (metadata.content_type, metadata.pairs));
        assert_eq!(
            (info.modified_ms, put_info.modified_ms),
            (1_234_567_890_123, 1_234_567_890_123)
        );

        let plain = Metadata::new().modified_ms(5);
        vault.set_metadata("b", &plain).await.unwrap();
        let info = open(store.clone()).await.stat("b").await.unwrap();
        assert_eq!((info.content_type, info.modified_ms, info.size), (None, 5, 5000));
        assert!(open(store).await.get("b").await.unwrap() == noise(1, 5000));
        let heavy = Metadata::new().pair("k", "v".repeat(4096));
        assert_eq!(code(vault.set_metadata("b", &heavy).await), "invalid-argument");
    });
}

#[test]
fn pages_are_sorted_complete_and_survive_changes() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        let batch = vault.batch();
        for number in 0..500 {
            batch.put(&format!("d/{number:04}"), vec![1]).await.unwrap();
        }
        batch.commit().await.unwrap();
        for vault in [vault, open(store).await] {
            let mut names = Vec::new();
            let mut after = None;
            loop {
                let mut options = ListOptions::new().limit(64);
                options.after = after;
                let page = vault.list_with("d", &options).await.unwrap();
                names.extend(page.entries.iter().map(|entry| entry.name().to_owned()));
                // The entry the cursor names goes; the listing goes on.
                if let Some(next) = &page.next {
                    vault.remove(&format!("d/{next}")).await.unwrap();
                    put(&vault, &format!("d/{next}"), b"back").await.unwrap();
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let expected: Vec<_> = (0..500).map(|number| format!("{number:04}")).collect();
            assert_eq!(names, expected);

            let mut streamed = Vec::new();
            let mut cursor: Option<ListCursor> = None;
            loop {
                let mut some = vault.list_stream("d", cursor).await.unwrap();
                let mut taken = 0;
                while let Some(entry) = some.try_next().await.unwrap() {
                    cursor = Some(ListCursor::after(&entry));
                    streamed.push(entry.name().to_owned());
                    taken += 1;
                    if taken == 37 {
                        break;
                    }
                }
                if taken < 37 {
                    break;
                }
            }
            streamed.sort();
            assert_eq!(streamed, expected);
        }
        let (_, vault) = memory_vault().await;
        let none = ListOptions::new().limit(0);
        assert_eq!(code(vault.list_with("", &none).await), "invalid-argument");
        assert!(vault.list("").await.unwrap().entries.is_empty());
    });
}

#[test]
fn a_snapshot_and_a_batch_see_one_state() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "kept", b"old").await.unwrap();
        let snapshot = vault.snapshot().await.unwrap();
        let batch = vault.batch();
        batch.put("kept", "new").await.unwrap();
        batch.rename("kept", "moved").unwrap();
        batch.mkdir("made").unwrap();
        assert!(!vault.exists("moved").await.unwrap());
        batch.commit().await.unwrap();
        assert_eq!(vault.get("moved").await.unwrap(), "new");
        assert_eq!(snapshot.get("kept").await.unwrap(), "old");
        assert!(!snapshot.exists("made").await.unwrap());

        let before = tree(&vault).await;
        let bad = vault.batch();
        bad.remove("moved").unwrap();
        bad.remove("nowhere").unwrap();
        assert_eq!(code(bad.commit().await), "not-found");
        assert_eq!(tree(&vault).await, before);
        assert_eq!(tree(&open(store).await).await, before);
    });
}

#[test]
fn deferred_changes_wait_for_one_flush() {
    block_on(async {
        let store = Arc::new(MeteredStore::new(MemoryStore::new()));
        let vault = create(store.clone()).await;
        store.reset();
        for number in 0..1000 {
            vault.put_with(&format!("d/{number}"), noise(number, 4096), &deferred()).await.unwrap();
        }
        assert_eq!(store.snapshot().requests(), 0);
        assert!(vault.needs_flush());
        assert_eq!(vault.get("d/7").await.unwrap(), noise(7, 4096));
        assert!(!open(store.clone()).await.exists("d/7").await.unwrap());
        store.reset();
        vault.flush().await.unwrap();
        assert!(store.snapshot().requests() <= 3);
        assert!(!vault.needs_flush());
        vault.close().await.unwrap();
        assert_eq!(code(vault.get("d/7").await), "closed");
        assert_eq!(code(put(&vault, "x", b"").await), "closed");
        let cold = open(store).await;
        for number in (0..1000).step_by(97) {
            assert_eq!(cold.get(&format!("d/{number}")).await.unwrap(), noise(number, 4096));
        }
    });
}

#[test]
fn concurrent_puts_share_commits() {
    block_on(async {
        let store = Arc::new(MeteredStore::new(MemoryStore::new()));
        let vault = create(store.clone()).await;
        store.reset();
        let puts = (0..100u64).map(|number| {
            let vault = vault.clone();
            async move { put(&vault, &format!("d/{number}"), &noise(number, 4096)).await }
        });
        futures_util::future::try_join_all(puts).await.unwrap();
        let commits = vault.stats().written.commits;
        assert!(commits <= 4, "100 concurrent puts took {commits} commits");
        assert_eq!(tree(&open(store).await).await.len(), 101);
    });
}

#[test]
fn progress_rises_to_the_total_and_cancelling_leaves_the_vault_as_it_was() {
    block_on(async {
        let (store, _) = faulty_vault().await;
        let vault = open_in_extents(store.clone(), MIB as u32).await;
        put(&vault, "here", b"before").await.unwrap();
        let before = tree(&vault).await;
        for stop_after in 0..6 {
            let cancel = CancelToken::new();
            let seen = Arc::new(Mutex::new(Vec::new()));
            let (token, log) = (cancel.clone(), Arc::clone(&seen));
            let context = CallContext::new().cancel(cancel).progress(move |progress| {
                let mut log = log.lock().unwrap();
                log.push(progress);
                if log.len() > stop_after {
                    token.cancel();
                }
            });
            let options = PutOptions::new().context(context);
            store.clear_trace();
            let outcome = vault.put_with("here", noise(stop_after as u64, 6 * MIB), &options).await;
            assert_eq!(code(outcome), "cancelled");
            let is_root_put = |call: &Call| call.method == Method::Put && call.key == "root";
            assert!(!store.trace().iter().any(is_root_put), "the root was written");
            assert_eq!(tree(&vault).await, before);
            assert_eq!(tree(&open(store.clone()).await).await, before);
        }
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let context =
            CallContext::new().progress(move |progress| log.lock().unwrap().push(progress));
        let options = PutOptions::new().context(context);
        vault.put_with("here", noise(9, 6 * MIB), &options).await.unwrap();
        let seen = seen.lock().unwrap().clone();
        assert!(seen.is_sorted_by_key(|progress| progress.done));
        assert_eq!(seen.last().map(|it| (it.done, it.total)), Some((6 << 20, Some(6 << 20))));
        assert_eq!(seen.len(), 6);
    });
}

#[test]
fn a_flush_reports_its_packs_and_can_be_cancelled() {
    block_on(async {
        let (store, _) = faulty_vault().await;
        let config = VaultConfig::new().pack_bytes_max(64 * KIB);
        let vault = Vault::open_with(store.clone(), &credential(), &config).await.unwrap();
        for number in 0..100 {
            vault
                .put_with(&format!("d/{number}"), noise(number, 5_000), &deferred())
                .await
                .unwrap();
        }
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let context =
            CallContext::new().progress(move |progress| log.lock().unwrap().push(progress));
        context.cancel.cancel();
        assert_eq!(code(vault.flush_with(&context).await), "cancelled");
        assert!(vault.needs_flush() && seen.lock().unwrap().is_empty());
        let context = context.cancel(CancelToken::new());
        vault.flush_with(&context).await.unwrap();
        let seen = seen.lock().unwrap().clone();
        assert!(seen.len() > 5 && seen.is_sorted_by_key(|progress| progress.done));
        assert_eq!(seen.last().map(|last| Some(last.done)), seen.last().map(|last| last.total));
        assert_eq!(tree(&open(store).await).await.len(), 101);
    });
}

#[test]
fn a_failing_source_leaves_the_vault_as_it_was() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "here", b"before").await.unwrap();
        let broken = Error::SourceFailed { reason: "disk".into(), source: None };
        for whole in [0, 1, 3] {
            let mut parts: Vec<_> = (0..whole).map(|n| Ok(noise(n, MIB).into())).collect();
            parts.push(Err(broken.clone()));
            let source = futures_util::stream::iter(parts);
            let outcome = vault.put_stream("here", source).await;
            assert_eq!(code(outcome), "source-failed");
        }
        assert_eq!(open(store).await.get("here").await.unwrap(), "before");
    });
}

#[test]
fn a_link_opens_its_directory_and_nothing_else() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "secret/plan", b"no").await.unwrap();
        for number in 0..200 {
            let path = format!("shared/{}/{number}", number % 3);
            vault.put_with(&path, noise(number, 3000), &deferred()).await.unwrap();
        }
        put(&vault, "shared/large", &noise(999, 6 * MIB)).await.unwrap();
        put(&vault, "shared/small", b"inline").await.unwrap();
        let link = vault.link("shared").await.unwrap().unwrap();
        let link = sealwood::seal::Link::from_bytes(&link.to_bytes());
        // Changes after the link do not show.
        put(&vault, "shared/later", b"x").await.unwrap();

        // As it is handed over.
        let link: sealwood::seal::Link = link.to_string().parse().unwrap();
        let seen = sealwood::vault::Snapshot::shared(store.clone(), &link);
        let entries: Vec<_> = seen.list_recursive("").await.unwrap().try_collect().await.unwrap();
        assert_eq!(entries.len(), 200 + 3 + 2);
        assert_eq!(seen.get("1/100").await.unwrap(), noise(100, 3000));
        assert!(seen.get("large").await.unwrap() == noise(999, 6 * MIB));
        assert_eq!(seen.get("small").await.unwrap(), "inline");
        assert_eq!(code(seen.get("later").await), "not-found");
        assert_eq!(code(seen.get("secret/plan").await), "not-found");

        // The link names one range of one pack; it opens no other object.
        let opened = seen.list("").await.unwrap();
        assert_eq!(opened.entries.len(), 5);
        let mut other = link;
        other.place.offset += 1;
        let elsewhere = sealwood::vault::Snapshot::shared(store, &other);
        let refused = elsewhere.list("").await;
        assert!(matches!(code(refused), "object-corrupt" | "object-truncated"));
        assert_eq!(vault.link("secret").await.unwrap().map(|link| link == other), Some(false));
    });
}
