//! What the bindings rest on: an app's store that answers wrongly, what a tree is read by, and the
//! hook for log messages.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, missing_docs)]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_lite::future::block_on;
use sealwood::blob::{
    BlobStore, ETag, MemoryStore, NotDeleted, Object, ObjectMeta, ObjectPage, Precondition,
    StoreGetOptions, StorePutOptions,
};
use sealwood::bridge::{self, AppStore, ConfigInput, CredentialInput, LogLevel, Tree};
use sealwood::platform::BoxFuture;
use sealwood::vault::ReadOptions;
use sealwood::{CallContext, CancelToken, Error, Result, Vault};

/// A store that gives the same answers whatever it is asked.
#[derive(Default)]
struct Canned {
    object: Vec<u8>,
    etag: String,
    page: ObjectPage,
    head: Option<ObjectMeta>,
    not_deleted: Vec<NotDeleted>,
    /// How many objects each delete of many was of.
    deletes: Mutex<Vec<usize>>,
}

impl BlobStore for Canned {
    fn get_with<'a>(&'a self, _: &'a str, _: &'a StoreGetOptions) -> BoxFuture<'a, Result<Object>> {
        let object = Object { bytes: self.object.clone().into(), etag: ETag(self.etag.clone()) };
        Box::pin(async { Ok(object) })
    }

    fn get_range<'a>(&'a self, _: &'a str, _: u64, length: u64) -> BoxFuture<'a, Result<Bytes>> {
        assert!(length <= 64 << 20, "more than an object holds");
        Box::pin(async { Ok(self.object.clone().into()) })
    }

    fn put_with<'a>(
        &'a self,
        _: &'a str,
        _: Bytes,
        _: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async { Ok(ETag(self.etag.clone())) })
    }

    fn delete<'a>(&'a self, _key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn list<'a>(
        &'a self,
        _prefix: &'a str,
        _start_after: Option<&'a str>,
        _limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        Box::pin(async { Ok(self.page.clone()) })
    }

    fn head<'a>(&'a self, _key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async { Ok(self.head.clone()) })
    }

    fn delete_many<'a>(&'a self, keys: &'a [String]) -> BoxFuture<'a, Vec<NotDeleted>> {
        self.deletes.lock().unwrap().push(keys.len());
        Box::pin(async { self.not_deleted.clone() })
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T>) -> &'static str {
    outcome.unwrap_err().code()
}

fn page(keys: &[&str], next: Option<&str>) -> Canned {
    let meta = |key: &&str| ObjectMeta::new(*key, 1);
    let objects = keys.iter().map(meta).collect();
    Canned { page: ObjectPage { objects, next: next.map(str::to_owned) }, ..Canned::default() }
}

#[test]
fn wrong_answers_of_an_apps_store_are_typed_errors() {
    block_on(async {
        let store = AppStore::new(Canned { object: vec![0; 9], ..Canned::default() });
        assert_eq!(code(store.get("k").await), "store-failed", "a tag of no byte");
        assert_eq!(code(store.put("k", Bytes::new(), Precondition::None).await), "store-failed");
        assert_eq!(
            code(store.compare("k", Bytes::new()).await),
            "store-failed",
            "a tag to rely on"
        );
        assert_eq!(code(store.get_range("k", 0, 8).await), "store-failed", "longer than asked for");
        assert_eq!(store.get_range("k", 0, 9).await.unwrap().len(), 9);
        assert_eq!(store.get_range("k", 0, u64::MAX).await.unwrap().len(), 9);
        let empty = AppStore::new(Canned::default());
        assert_eq!(code(empty.get_range("k", 0, 8).await), "object-truncated");
        let other = ObjectMeta::new("other", 1);
        let store = AppStore::new(Canned { head: Some(other), ..Canned::default() });
        assert_eq!(code(store.head("k").await), "store-failed");
        let untagged = ObjectMeta::new("k", 1).with_etag(ETag(String::new()));
        let store = AppStore::new(Canned { head: Some(untagged), ..Canned::default() });
        assert_eq!(code(store.head("k").await), "store-failed", "a tag of no byte");
        let store = Canned { object: vec![0; 9], etag: "e".into(), ..Canned::default() };
        let store = AppStore::new(store);
        assert_eq!(code(store.get_at_most("k", 8).await), "object-corrupt", "limits are ignored");
        assert_eq!(store.get_at_most("k", 9).await.unwrap().bytes.len(), 9);
        let huge =
            Canned { object: vec![0; (64 << 20) + 1], etag: "e".into(), ..Canned::default() };
        assert_eq!(code(AppStore::new(huge).get("k").await), "store-failed");
        assert_eq!(code(store.get("../k").await), "invalid-argument");
    });
}

#[test]
fn a_listing_that_would_mislead_is_refused() {
    let list = |canned: Canned, after: Option<&'static str>| {
        block_on(AppStore::new(canned).list("a/", after, 3))
    };
    assert_eq!(list(page(&["a/b", "a/c"], Some("a/c")), None).unwrap().objects.len(), 2);
    assert_eq!(code(list(page(&["a/c", "a/b"], None), None)), "store-failed", "order");
    assert_eq!(code(list(page(&["a/b", "a/b"], None), None)), "store-failed", "twice");
    assert_eq!(code(list(page(&["b/b"], None), None)), "store-failed", "prefix");
    assert_eq!(code(list(page(&["a/b"], None), Some("a/b"))), "store-failed", "start");
    assert_eq!(
        code(list(page(&["a/b", "a/c", "a/d", "a/e"], None), None)),
        "store-failed",
        "limit"
    );
    assert_eq!(code(list(page(&["a/b"], Some("a/a")), None)), "store-failed", "cursor back");
    assert_eq!(code(list(page(&[], Some("a/b")), Some("a/b"))), "store-failed", "cursor stands");
}

#[test]
fn a_delete_of_many_comes_in_parts_and_tells_of_no_other_object() {
    let left = |failed: Vec<NotDeleted>| {
        failed.into_iter().map(|left| (left.key, left.error.code())).collect::<Vec<_>>()
    };
    block_on(async {
        let store = Canned {
            not_deleted: vec![NotDeleted::new("b", Error::StoreFull)],
            ..Canned::default()
        };
        let store = Arc::new(store);
        let guarded = AppStore::new(Arc::clone(&store));
        let keys = ["a", "B", "b"].map(str::to_owned);
        let failed = left(guarded.delete_many(&keys).await);
        let expected = [("B".to_owned(), "invalid-argument"), ("b".to_owned(), "store-full")];
        assert_eq!(failed, expected);
        let others = ["a", "c"].map(str::to_owned);
        let failed = left(guarded.delete_many(&others).await);
        let expected = others.map(|key| (key, "store-failed"));
        assert_eq!(failed, expected, "nobody knows of what was asked");
        assert!(guarded.delete_many(&[]).await.is_empty());
        assert_eq!(*store.deletes.lock().unwrap(), [2, 2]);
        let store = Arc::new(Canned::default());
        let many: Vec<_> = (0..2_001).map(|number| format!("{number}")).collect();
        assert!(AppStore::new(Arc::clone(&store)).delete_many(&many).await.is_empty());
        assert_eq!(*store.deletes.lock().unwrap(), [1_000, 1_000, 1]);
    });
}

#[test]
fn a_guarded_store_keeps_every_promise() {
    let store: Arc<dyn BlobStore> = Arc::new(AppStore::new(MemoryStore::default()));
    assert_eq!(block_on(bridge::check_store(&store, "check")).unwrap(), 28);
    let canned: Arc<dyn BlobStore> = Arc::new(AppStore::new(Canned::default()));
    assert_eq!(code(block_on(bridge::check_store(&canned, "check"))), "store-failed");
}

#[test]
fn a_store_fails_with_the_codes_it_may_use_and_no_others() {
    for code in ["object-missing", "precondition-failed", "store-full", "cancelled"] {
        assert_eq!(bridge::store_error(Some(code), "").code(), code);
    }
    for code in [None, Some("wrong-key"), Some("rollback"), Some("no code")] {
        assert_eq!(bridge::store_error(code, "why").to_string(), "the store failed: why");
    }
}

async fn vault_with(files: &[&str]) -> Vault {
    let credential = CredentialInput::Secret(vec![7; 32]).credential().unwrap();
    let config = ConfigInput::default().config().unwrap();
    let vault =
        Vault::create_with(Arc::new(MemoryStore::default()), &credential, &config).await.unwrap();
    for path in files {
        vault.put(path, format!("content of {path}")).await.unwrap();
    }
    vault
}

/// What all of a tree's methods say of it, in one text.
async fn read_by_every_method(tree: &Tree) -> Result<String> {
    let mut said = format!("{} {}", tree.stat("").await?.path, tree.exists("d/2").await?);
    let all = tree.get_with("d/1", &ReadOptions::new()).await?;
    let part = ReadOptions::new().range(11..14);
    let (info, pieces) = tree.get_stream_with("d/1", &part).await?;
    said += &format!(" {all:?} {}", info.size);
    while let Some(piece) = pieces.next().await? {
        said += &format!(" {piece:?}");
    }
    let page = tree.list("d", Some("0".into()), Some(1)).await?;
    said += &format!(" {:?} {:?}", page.entries[0].name(), page.next);
    let entries = tree.entries("d", CancelToken::new()).await?.next_page(100).await?;
    let below = tree.entries_recursive("", CancelToken::new()).await?;
    Ok(said + &format!(" {} {}", entries.len(), below.next_page(100).await?.len()))
}

#[test]
fn a_tree_reads_the_newest_state_of_a_vault_and_the_one_state_of_a_snapshot() {
    block_on(async {
        let vault = vault_with(&["d/1"]).await;
        let then = Tree::from(vault.snapshot().await.unwrap());
        let link = vault.link("").await.unwrap().unwrap();
        let shared = bridge::shared_directory(vault.store().clone(), &link.to_bytes()).unwrap();
        let now = Tree::from(vault.clone());
        let before = r#" false b"content of d/1" 14 b"d/1" "1" None 1 2"#;
        for tree in [&then, &shared, &now] {
            assert_eq!(read_by_every_method(tree).await.unwrap(), before);
        }
        vault.put("d/2", "new").await.unwrap();
        let after = r#" true b"content of d/1" 14 b"d/1" "1" Some("1") 2 3"#;
        assert_eq!(read_by_every_method(&now).await.unwrap(), after);
        for tree in [&then, &shared] {
            assert_eq!(read_by_every_method(tree).await.unwrap(), before);
        }
        vault.close().await.unwrap();
        assert_eq!(code(read_by_every_method(&now).await), "closed");
        assert_eq!(code(now.list("", None, None).await), "closed");
        assert_eq!(read_by_every_method(&shared).await.unwrap(), before);
    });
}

#[test]
fn the_token_of_a_call_ends_the_pulls_of_what_it_opened() {
    block_on(async {
        let tree = Tree::from(vault_with(&["1", "2"]).await);
        let context = CallContext::default();
        let options = ReadOptions::new().context(context.clone());
        let (_, pieces) = tree.get_stream_with("1", &options).await.unwrap();
        let entries = tree.entries("", context.cancel.clone()).await.unwrap();
        let below = tree.entries_recursive("", context.cancel.clone()).await.unwrap();
        context.cancel.cancel();
        assert_eq!(code(pieces.next().await), "cancelled");
        assert_eq!(code(entries.next().await), "cancelled");
        assert_eq!(code(below.next().await), "cancelled");
    });
}

#[test]
fn what_is_added_to_a_batch_that_was_taken_is_refused_and_the_rest_is_committed() {
    block_on(async {
        let vault = vault_with(&[]).await;
        let batch = vault.batch();
        batch.put("a", "1").await.unwrap();
        let taken = batch.take().unwrap();
        assert_eq!(code(batch.put("b", "2").await), "closed");
        assert_eq!(code(batch.mkdir("c")), "closed");
        assert_eq!(code(batch.take()), "closed");
        assert_eq!(code(batch.commit().await), "closed");
        assert_eq!((batch.len(), taken.len()), (0, 1));
        taken.commit().await.unwrap();
        assert_eq!(vault.get("a").await.unwrap(), "1");
        assert!(!vault.exists("b").await.unwrap());
    });
}

#[test]
fn log_messages_reach_the_hook_until_it_is_removed() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hook = {
        let heard = Arc::clone(&heard);
        move |level, message: &str| heard.lock().unwrap().push((level, message.to_owned()))
    };
    bridge::set_logger(LogLevel::Debug, Some(Arc::new(hook)));
    block_on(async {
        let vault = vault_with(&["/secret name"]).await;
        let before = heard.lock().unwrap().len();
        assert!(before > 0);
        bridge::set_logger(LogLevel::Debug, None);
        vault.put("/secret name", "other content").await.unwrap();
        let heard = heard.lock().unwrap();
        assert_eq!(heard.len(), before);
        assert!(heard.iter().all(|(level, _)| *level == LogLevel::Debug));
        assert!(heard.iter().all(|(_, message)| !message.contains("secret")), "{heard:?}");
    });
}

#[test]
fn inputs_out_of_bounds_are_refused() {
    assert_eq!(code(CredentialInput::Secret(vec![0; 31]).credential()), "invalid-argument");
    assert_eq!(code(CredentialInput::Passphrase(String::new()).credential()), "invalid-argument");
    assert_eq!(code(CredentialInput::Phrase("abandon".into()).credential()), "invalid-phrase");
    let secret = bridge::generate_secret().unwrap();
    let phrase = bridge::phrase_of_secret(secret.to_vec()).unwrap();
    assert_eq!(*bridge::secret_of_phrase(phrase.expose()).unwrap(), *secret);
    let error = bridge::secret_of_phrase("nothing").unwrap_err();
    assert!(matches!(error, Error::InvalidPhrase { .. }));
}
