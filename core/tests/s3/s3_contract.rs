//! The contract against real S3 servers, over real sockets.
//!
//! `cargo xtask test` starts them and names them to these tests.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use futures_lite::future::block_on;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle, actions::PutObject};
use sealwood::blob::conformance::{Promise, check_promise};
use sealwood::blob::{BlobStore, Precondition, S3Store};

use crate::common::*;
use crate::s3_server::{BUCKET, KEY, S3Server};

fn servers() -> Vec<S3Server> {
    let servers = S3Server::all().unwrap();
    for server in &servers {
        println!("{} at {}", server.name, server.endpoint);
    }
    servers
}

/// These use keys below other keys, as no vault does.
const KEYS_BELOW_KEYS: [Promise; 5] = [
    Promise::KeysAreDistinct,
    Promise::ListsInOrder,
    Promise::ListsThePrefix,
    Promise::ListsAfterAKey,
    Promise::ListsInPages,
];

/// What a server can keep: to versitygw keys are paths of a file system, where nothing lies below a
/// file.
fn promises(server: &S3Server) -> impl Iterator<Item = Promise> {
    let is_on_files = server.name == "versitygw";
    Promise::ALL
        .into_iter()
        .filter(move |promise| !(is_on_files && KEYS_BELOW_KEYS.contains(promise)))
}

fn store_of_its_own(server: &S3Server) -> S3Store {
    S3Store::new(server.new_place().unwrap()).unwrap()
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn a_bucket_keeps_the_contract() {
    for server in servers() {
        let store = store_of_its_own(&server);
        for promise in promises(&server) {
            let kept = block_on(check_promise(&store, "conformance/run-1", promise));
            kept.unwrap_or_else(|violation| panic!("{}: {violation}", server.name));
        }
        assert_eq!(block_on(store.list("", None, 1000)).unwrap().objects, []);
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn the_probe_passes_and_leaves_nothing() {
    for server in servers() {
        let store = store_of_its_own(&server);
        block_on(store.probe()).unwrap();
        assert_eq!(block_on(store.list("", None, 1000)).unwrap().objects, []);
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn of_rivals_under_one_condition_one_wins() {
    const RIVALS: usize = 8;
    for server in servers() {
        let store = Arc::new(store_of_its_own(&server));
        let mut last = None;
        for round in 0..25 {
            let condition = last.take().map_or(Precondition::Absent, Precondition::Matches);
            let start = Barrier::new(RIVALS);
            let outcomes: Vec<_> = thread::scope(|scope| {
                let rivals: Vec<_> = (0..RIVALS)
                    .map(|rival| {
                        let (store, start, condition) = (&store, &start, condition.clone());
                        scope.spawn(move || {
                            start.wait();
                            let bytes = format!("{round} {rival}").into();
                            block_on(store.put("race", bytes, condition))
                        })
                    })
                    .collect();
                rivals.into_iter().map(|rival| rival.join().unwrap()).collect()
            });
            let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
            assert_eq!(won.len(), 1, "{} in round {round}", server.name);
            for lost in lost {
                assert_eq!(code(lost), "precondition-failed");
            }
            last = won.into_iter().next().unwrap().ok();
        }
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn sessions_that_race_lose_nothing_acknowledged() {
    const SESSIONS: u64 = 4;
    const FILES: u64 = 8;
    for server in servers() {
        let config = server.new_place().unwrap();
        let store = || Arc::new(S3Store::new(config.clone()).unwrap());
        block_on(create(store()));
        let start = Barrier::new(SESSIONS as usize);
        let acknowledged: BTreeMap<String, Option<Vec<u8>>> = thread::scope(|scope| {
            let sessions: Vec<_> = (0..SESSIONS)
                .map(|session| {
                    let (store, start) = (store(), &start);
                    scope.spawn(move || {
                        let vault = block_on(open(store));
                        start.wait();
                        let mut acknowledged = Vec::new();
                        for number in 0..FILES {
                            // Inline, packed and as a chunk of its own.
                            let size = [300, 5_000, 200_000][number as usize % 3];
                            let bytes = noise(session * FILES + number, size);
                            let path = format!("shared/{session}-{number}");
                            // What was refused may be missing, what was acknowledged may not.
                            if block_on(put(&vault, &path, &bytes)).is_ok() {
                                acknowledged.push((path, Some(bytes)));
                            }
                        }
                        acknowledged
                    })
                })
                .collect();
            sessions.into_iter().flat_map(|session| session.join().unwrap()).collect()
        });
        assert!(acknowledged.len() as u64 >= FILES, "{}: {}", server.name, acknowledged.len());
        let cold = block_on(async { tree(&open(store()).await).await });
        for (path, bytes) in acknowledged {
            assert!(cold.get(&path) == Some(&bytes), "{}: {path} is lost", server.name);
        }
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn prefixes_of_one_bucket_are_stores_of_their_own() {
    for server in servers() {
        let config = server.new_place().unwrap();
        let place = config.prefix.clone();
        let below = |name: &str| {
            let config = server.config(&format!("{BUCKET}/{place}/{name}")).unwrap();
            S3Store::new(config).unwrap()
        };
        let (one, other, whole) =
            (below("one"), below("other"), S3Store::new(config.clone()).unwrap());
        block_on(one.put("a/b", "x".into(), Precondition::Absent)).unwrap();
        assert_eq!(block_on(other.head("a/b")).unwrap(), None);
        assert_eq!(block_on(other.list("", None, 10)).unwrap().objects, []);
        assert_eq!(block_on(whole.get("one/a/b")).unwrap().bytes, "x");
        // What others keep in the bucket is passed over, whatever it is called.
        put_beside(&server, &format!("{place}/one/Not a Key.txt"));
        put_beside(&server, &format!("{place}/one/ZZ"));
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
            assert_eq!(keys, ["a/b"], "{}", server.name);
        }
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn a_missing_bucket_is_no_missing_object() {
    for server in servers() {
        let store = S3Store::new(server.config("nowhere").unwrap()).unwrap();
        let codes = block_on(async {
            [
                store.get("a").await.unwrap_err().code(),
                store.put("a", "x".into(), Precondition::None).await.unwrap_err().code(),
                store.delete("a").await.unwrap_err().code(),
                store.list("", None, 1).await.unwrap_err().code(),
            ]
        });
        assert_eq!(codes, ["store-failed"; 4], "{}", server.name);
    }
}

/// Puts an object whose key no store of ours would use.
fn put_beside(server: &S3Server, key: &str) {
    let endpoint = server.endpoint.parse().unwrap();
    let bucket = Bucket::new(endpoint, UrlStyle::Path, BUCKET, "us-east-1").unwrap();
    let credentials = Credentials::new(KEY, KEY);
    let url = PutObject::new(&bucket, Some(&credentials), key).sign(Duration::from_secs(60));
    let target = &url[url::Position::BeforePath..];
    let host = server.endpoint.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "PUT {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
