//! The contract against a real S3 server process, over real sockets.
//!
//! `cargo xtask test` installs the server, moto, and names its program in
//! `SEALWOOD_MOTO_SERVER`.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_lite::future::block_on;
use sealwood::blob::conformance::{Promise, check};
use sealwood::blob::{BlobStore, Precondition, S3Config, S3Credentials, S3Store};
use sealwood::platform::{HttpClient, HttpMethod, HttpRequest};

const SERVER_VARIABLE: &str = "SEALWOOD_MOTO_SERVER";

/// A running server; ends with the test.
struct Server {
    process: Child,
    endpoint: String,
}

impl Server {
    fn start() -> Self {
        let program = std::env::var_os(SERVER_VARIABLE).unwrap_or_else(|| {
            panic!("{SERVER_VARIABLE} does not name an S3 server: run `cargo xtask test`")
        });
        let mut process = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It says where it listens once it does, and goes on writing: a full pipe would stop it.
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut server = Self { process, endpoint: String::new() };
        let mut line = String::new();
        while server.endpoint.is_empty() {
            line.clear();
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "the S3 server did not start");
            if let Some((_, endpoint)) = line.split_once("Running on ") {
                server.endpoint = endpoint.trim().to_owned();
            }
        }
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        server
    }

    fn send(&self, method: HttpMethod, path: &str, body: &str) -> u16 {
        let http = HttpClient::new(Duration::from_secs(60), 1 << 20);
        let url = format!("{}/{path}", self.endpoint);
        let body = body.to_owned().into();
        block_on(http.send(HttpRequest { method, url, headers: Vec::new(), body })).unwrap().status
    }

    fn create_bucket(&self, bucket: &str) {
        assert_eq!(self.send(HttpMethod::Put, bucket, ""), 200);
    }

    fn config(&self, place: &str) -> S3Config {
        let address = format!("s3://{place}?endpoint={}&region=us-east-1", self.endpoint);
        S3Config::from_address(&address, S3Credentials::new("test-id", "test-secret")).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[test]
#[ignore = "needs the S3 server that cargo xtask test starts"]
fn a_bucket_keeps_the_contract() {
    let server = Server::start();
    server.create_bucket("vaults");
    let store = S3Store::new(server.config("vaults/some/prefix")).unwrap();
    let report = block_on(check(&store, "conformance/run-1")).unwrap();
    assert_eq!(report.kept, Promise::ALL);
    assert_eq!(block_on(store.list("", None, 1000)).unwrap().objects, []);
}

#[test]
#[ignore = "needs the S3 server that cargo xtask test starts"]
fn the_probe_passes_and_leaves_nothing() {
    let server = Server::start();
    server.create_bucket("vaults");
    let store = S3Store::new(server.config("vaults")).unwrap();
    block_on(store.probe()).unwrap();
    assert_eq!(block_on(store.list("", None, 1000)).unwrap().objects, []);
}

#[test]
#[ignore = "needs the S3 server that cargo xtask test starts"]
fn prefixes_of_one_bucket_are_stores_of_their_own() {
    let server = Server::start();
    server.create_bucket("vaults");
    let one = S3Store::new(server.config("vaults/one")).unwrap();
    let other = S3Store::new(server.config("vaults/other")).unwrap();
    let whole = S3Store::new(server.config("vaults")).unwrap();
    block_on(one.put("a/b", "x".into(), Precondition::Absent)).unwrap();
    assert_eq!(block_on(other.head("a/b")).unwrap(), None);
    assert_eq!(block_on(other.list("", None, 10)).unwrap().objects, []);
    assert_eq!(block_on(whole.get("one/a/b")).unwrap().bytes, "x");
    // What others keep in the bucket is passed over, whatever it is called.
    assert_eq!(server.send(HttpMethod::Put, "vaults/one/Not%20a%20Key.txt", "x"), 200);
    assert_eq!(server.send(HttpMethod::Put, "vaults/one/ZZ", "x"), 200);
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
    let server = Server::start();
    let store = S3Store::new(server.config("nowhere")).unwrap();
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
