//! The contract against a real S3 server process, over real sockets.
//!
//! `cargo xtask test` installs the server, moto, and names its program in
//! `SEALWOOD_MOTO_SERVER`.
#![allow(clippy::unwrap_used)]

mod s3_server;

use futures_lite::future::block_on;
use sealwood::blob::conformance::{Promise, check};
use sealwood::blob::{BlobStore, Precondition, S3Store};

use s3_server::S3Server;

#[test]
#[ignore = "needs the S3 server that cargo xtask test starts"]
fn a_bucket_keeps_the_contract() {
    let server = S3Server::start().unwrap();
    assert_eq!(server.put("vaults", "").unwrap(), 200);
    let store = S3Store::new(server.config("vaults/some/prefix").unwrap()).unwrap();
    let report = block_on(check(&store, "conformance/run-1")).unwrap();
    assert_eq!(report.kept, Promise::ALL);
    assert_eq!(block_on(store.list("", None, 1000)).unwrap().objects, []);
}

#[test]
#[ignore = "needs the S3 server that cargo xtask test starts"]
fn the_probe_passes_and_leaves_nothing() {
    let server = S3Server::start().unwrap();
    assert_eq!(server.put("vaults", "").unwrap(), 200);
    let store = S3Store::new(server.config("vaults").unwrap()).unwrap();
    block_on(store.probe()).unwrap();
    assert_eq!(block_on(store.list("", None, 1000)).unwrap().objects, []);
}

#[test]
#[ignore = "needs the S3 server that cargo xtask test starts"]
fn prefixes_of_one_bucket_are_stores_of_their_own() {
    let server = S3Server::start().unwrap();
    assert_eq!(server.put("vaults", "").unwrap(), 200);
    let one = S3Store::new(server.config("vaults/one").unwrap()).unwrap();
    let other = S3Store::new(server.config("vaults/other").unwrap()).unwrap();
    let whole = S3Store::new(server.config("vaults").unwrap()).unwrap();
    block_on(one.put("a/b", "x".into(), Precondition::Absent)).unwrap();
    assert_eq!(block_on(other.head("a/b")).unwrap(), None);
    assert_eq!(block_on(other.list("", None, 10)).unwrap().objects, []);
    assert_eq!(block_on(whole.get("one/a/b")).unwrap().bytes, "x");
    // What others keep in the bucket is passed over, whatever it is called.
    assert_eq!(server.put("vaults/one/Not%20a%20Key.txt", "x").unwrap(), 200);
    assert_eq!(server.put("vaults/one/ZZ", "x").unwrap(), 200);
    for limit in [1, 10] {
        let (mut keys, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = block_on(one.list("", after.as_deref(), limit)).unwrap();
            keys.extend(page.objects.into_iter().map(|object| object.key));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(keys, ["a/b"]);
    }
}

#[test]
#[ignore = "needs the S3 server that cargo xtask test starts"]
fn a_missing_bucket_is_no_missing_object() {
    let server = S3Server::start().unwrap();
    let store = S3Store::new(server.config("nowhere").unwrap()).unwrap();
    let codes = block_on(async {
        [
            store.get("a").await.unwrap_err().code(),
            store.put("a", "x".into(), Precondition::None).await.unwrap_err().code(),
            store.delete("a").await.unwrap_err().code(),
            store.list("", None, 1).await.unwrap_err().code(),
        ]
    });
    assert_eq!(codes, ["store-failed"; 4]);
}
