//! Bad networks and gateways between the library and real S3 servers: what it says was done was
//! done, and what cannot be done ends, and says so.
//!
//! `cargo xtask test` starts the servers and names them to these tests.
#![allow(clippy::unwrap_used)]

#[path = "../../../core/tests/s3/s3_server.rs"]
mod s3_server;

use std::sync::Arc;
use std::time::Duration;

use futures_lite::future::block_on;
use sealwood::blob::{BlobStore, ETag, Precondition, RetryPolicy, S3Config, S3Store};
use sealwood::seal::SlotSecret;
use sealwood::vault::Credential;
use sealwood::{Error, Vault};
use sealwood_fault_proxy::{Fault, Proxy, Rule};

use s3_server::S3Server;

/// Chunk-sized, pack-sized and kept in the root.
const SIZES: [usize; 3] = [200_000, 5_000, 300];

/// A place of its own on a server, behind a proxy of its own.
struct Network {
    server: S3Server,
    proxy: Proxy,
    /// The way through the proxy.
    config: S3Config,
}

impl Network {
    /// One for each server.
    fn each() -> Vec<Self> {
        let each = |server: S3Server| {
            let proxy = Proxy::start(&server.endpoint).unwrap();
            let mut config = server.new_place().unwrap();
            config.endpoint = proxy.endpoint();
            let wait = Duration::from_millis(5);
            config.retry =
                RetryPolicy { attempts_max: 5, base: wait, cap: wait, ..RetryPolicy::default() };
            Self { server, proxy, config }
        };
        S3Server::all().unwrap().into_iter().map(each).collect()
    }

    fn store(&self) -> Arc<S3Store> {
        Arc::new(S3Store::new(self.config.clone()).unwrap())
    }

    fn vault(&self) -> Vault {
        block_on(Vault::create(self.store(), &credential())).unwrap()
    }

    /// A cold session past the proxy.
    fn cold(&self) -> Vault {
        let mut config = self.config.clone();
        config.endpoint = self.server.endpoint.clone();
        let store = Arc::new(S3Store::new(config).unwrap());
        block_on(Vault::open(store, &credential())).unwrap()
    }

    fn name(&self) -> &str {
        &self.server.name
    }
}

fn credential() -> Credential {
    Credential::Secret(SlotSecret::from_bytes([7; 32]))
}

/// Bytes that do not repeat, and differ from one seed to the next.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..len).map(|_| next()).collect()
}

fn put(vault: &Vault, path: &str, bytes: &[u8]) -> Result<(), Error> {
    block_on(vault.put(path, bytes.to_vec())).map(drop)
}

fn code<T>(outcome: Result<T, Error>) -> &'static str {
    outcome.map_or_else(|error| error.code(), |_| "ok")
}

/// Puts a file of every size while one upload of `pattern` meets `fault`. A put that ended well
/// must be readable by anybody; one that did not must leave a vault that opens, and succeed when it
/// is made again.
fn uploads_meet(pattern: &str, fault: &Fault) {
    for network in Network::each() {
        let vault = network.vault();
        put(&vault, "before", &noise(0, 5_000)).unwrap();
        for (number, size) in SIZES.into_iter().enumerate() {
            let bytes = noise(1 + number as u64, size);
            let path = format!("file-{size}");
            let rule = network.proxy.add(Rule::once("PUT", pattern, fault.clone()));
            let first = put(&vault, &path, &bytes);
            let what = format!("{} {fault:?} {pattern} {size}", network.name());
            // What lies in the root is no object of its own.
            assert!(rule.hits() == 1 || (size == 300 && pattern != "*/root"), "{what}: not met");
            network.proxy.clear();
            if first.is_err() {
                put(&vault, &path, &bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
            }
            let cold = network.cold();
            let found = block_on(cold.get(&path)).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(found == bytes, "{what}: {first:?}");
            assert_eq!(block_on(cold.get("before")).unwrap(), noise(0, 5_000), "{what}");
        }
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn a_put_whose_answers_are_lost_is_there() {
    uploads_meet("*/objects/*", &Fault::LoseAnswer);
    uploads_meet("*/root", &Fault::LoseAnswer);
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn overload_is_waited_for() {
    for fault in [Fault::Status(503, Some(0)), Fault::Status(500, None), Fault::Status(429, None)] {
        uploads_meet("*/objects/*", &fault);
        uploads_meet("*/root", &fault);
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn a_get_that_is_cut_off_is_made_again() {
    for network in Network::each() {
        let store = network.store();
        let bytes = noise(1, 100_000);
        block_on(store.put("a", bytes.clone().into(), Precondition::Absent)).unwrap();
        let rule = network.proxy.add(Rule::once("GET", "*/a", Fault::CutAnswer(50_000)));
        assert!(block_on(store.get("a")).unwrap().bytes == bytes, "{}", network.name());
        assert_eq!(rule.hits(), 1);
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn a_redirect_is_not_followed() {
    for network in Network::each() {
        let elsewhere = Proxy::start(&network.server.endpoint).unwrap();
        let store = network.store();
        network.proxy.add(Rule::always(Fault::Redirect(elsewhere.endpoint() + "/elsewhere")));
        let codes = block_on(async {
            [
                code(store.get("a").await),
                code(store.put("a", "x".into(), Precondition::None).await),
                code(store.delete("a").await),
                code(store.list("", None, 1).await),
            ]
        });
        assert_eq!(codes, ["store-failed"; 4], "{}", network.name());
        assert_eq!(elsewhere.totals().requests, 0);
        assert_eq!(network.proxy.totals().requests, 4);
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn a_server_that_never_answers_is_given_up() {
    for mut network in Network::each() {
        network.config.idle_timeout = Duration::from_millis(100);
        network.config.retry.attempts_max = 2;
        let store = network.store();
        let rule = network.proxy.add(Rule::always(Fault::Silence));
        assert_eq!(code(block_on(store.get("a"))), "store-unavailable");
        assert_eq!(rule.hits(), 2);
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn an_upload_that_was_flipped_or_cut_is_never_taken_for_stored() {
    for fault in [Fault::FlipRequest(150), Fault::CutRequest(150)] {
        uploads_meet("*/objects/*", &fault);
        uploads_meet("*/root", &fault);
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn what_an_upload_left_behind_is_put_right_by_the_next() {
    // The session that met the fault is gone, and another puts the same content.
    for fault in [Fault::FlipRequest(150), Fault::CutRequest(150)] {
        for network in Network::each() {
            let mut config = network.config.clone();
            config.retry = RetryPolicy::NONE;
            block_on(Vault::create(network.store(), &credential())).unwrap();
            let bytes = noise(1, 200_000);
            let rule = network.proxy.add(Rule::once("PUT", "*/objects/*", fault.clone()));
            let store = Arc::new(S3Store::new(config).unwrap());
            let first = block_on(Vault::open(store, &credential())).unwrap();
            let outcome = put(&first, "a", &bytes);
            assert_eq!(rule.hits(), 1);
            network.proxy.clear();
            drop(first);
            put(&network.cold(), "b", &bytes).unwrap();
            let what = format!("{} {fault:?}", network.name());
            assert!(block_on(network.cold().get("b")).unwrap() == bytes, "{what}");
            if outcome.is_ok() {
                assert!(block_on(network.cold().get("a")).unwrap() == bytes, "{what}");
            }
        }
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn a_flipped_bit_in_an_answer_is_read_again() {
    for network in Network::each() {
        let vault = network.vault();
        for (number, size) in SIZES.into_iter().enumerate() {
            put(&vault, &format!("file-{size}"), &noise(number as u64, size)).unwrap();
        }
        for (number, size) in SIZES.into_iter().enumerate() {
            for pattern in ["*/objects/*", "*/root"] {
                let rule = network.proxy.add(Rule::once("GET", pattern, Fault::FlipAnswer(150)));
                let what = format!("{} {pattern} {size}", network.name());
                let found = block_on(async {
                    let store = network.store();
                    let cold = Vault::open(store, &credential()).await?;
                    cold.get(&format!("file-{size}")).await
                });
                let found = found.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert!(found == noise(number as u64, size), "{what}");
                assert!(rule.hits() == 1 || (size == 300 && pattern != "*/root"), "{what}");
                network.proxy.clear();
            }
        }
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn a_slow_line_is_no_silent_one() {
    // Eight seconds for each exchange, of which buffers on the way hide one.
    for mut network in Network::each() {
        network.config.idle_timeout = Duration::from_secs(4);
        network.config.retry = RetryPolicy::NONE;
        let (store, bytes) = (network.store(), noise(1, 2_400_000));
        network.proxy.add(Rule::always(Fault::Rate(300_000)));
        block_on(store.put("a", bytes.clone().into(), Precondition::Absent)).unwrap();
        assert!(block_on(store.get("a")).unwrap().bytes == bytes, "{}", network.name());
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn many_small_files_go_over_a_slow_line() {
    for mut network in Network::each() {
        let vault = network.vault();
        drop(vault);
        network.config.idle_timeout = Duration::from_secs(4);
        let store = network.store();
        let vault = block_on(Vault::open(store, &credential())).unwrap();
        network.proxy.add(Rule::always(Fault::Rate(200_000)));
        let batch = vault.batch();
        block_on(async {
            for number in 0..120_u64 {
                let bytes = noise(number, 10_000);
                batch.put(&format!("f/{number}"), bytes).await?;
            }
            batch.commit().await
        })
        .unwrap_or_else(|error| panic!("{}: {error}", network.name()));
        for number in 0..120 {
            let found = block_on(network.cold().get(&format!("f/{number}"))).unwrap();
            assert!(found == noise(number, 10_000));
        }
        // Nothing had to be sent twice for being slow.
        assert!(network.proxy.totals().bytes_up < 1_800_000, "{:?}", network.proxy.totals());
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn the_time_that_an_overloaded_server_asks_for_is_left_to_it() {
    for mut network in Network::each() {
        // By its own policy the store would give up after some milliseconds.
        network.config.retry.attempts_max = 3;
        let store = network.store();
        let busy = network.proxy.add(Rule::once("GET", "*/a", Fault::Status(503, Some(1))));
        block_on(store.put("a", "x".into(), Precondition::None)).unwrap();
        let before = std::time::Instant::now();
        assert_eq!(block_on(store.get("a")).unwrap().bytes, "x");
        assert_eq!(busy.hits(), 1);
        assert!(before.elapsed() >= Duration::from_secs(1), "{}", network.name());
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn a_page_that_asks_for_a_login_is_no_answer() {
    for network in Network::each() {
        let vault = network.vault();
        put(&vault, "a", &noise(1, 5_000)).unwrap();
        network.proxy.add(Rule::always(Fault::Html));
        let (store, credential) = (network.store(), credential());
        let condition = Precondition::Matches(ETag("\"page\"".to_owned()));
        let codes = [
            code(put(&vault, "b", &noise(2, 5_000))),
            code(block_on(Vault::open(store.clone(), &credential))),
            code(block_on(store.put("x", "x".into(), condition))),
            code(block_on(store.get("x"))),
        ];
        // The store is not to be had, whatever the page says; nothing is damaged or stored.
        assert!(
            codes.iter().all(|code| code.starts_with("store-")),
            "{}: {codes:?}",
            network.name()
        );
        network.proxy.clear();
        assert_eq!(block_on(network.cold().get("a")).unwrap(), noise(1, 5_000));
        assert!(!block_on(network.cold().exists("b")).unwrap());
    }
}
