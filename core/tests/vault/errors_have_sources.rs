//! What an error comes from is its source, and no source says what must not be said.

use std::error::Error as _;
use std::io::{self, ErrorKind, Read};
use std::net::TcpListener;
use std::sync::Arc;

use bytes::Bytes;
use futures_lite::future::block_on;
use futures_util::stream;
use sealwood::Error;
use sealwood::blob::{
    BlobStore, DirectoryStore, EngineStore, Precondition, RetryPolicy, S3Config, S3Credentials,
    S3Signing, S3Store,
};
use sealwood::engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood::engine::{Background, EngineConfig};

use crate::common::memory_vault;

/// The kind of the error of the system that `error` comes from.
fn kind(error: &Error) -> ErrorKind {
    error.source().unwrap().downcast_ref::<io::Error>().unwrap().kind()
}

#[test]
fn an_error_of_the_engine_comes_from_that_of_the_disk() {
    for (at_disk, code) in
        [(ErrorKind::PermissionDenied, "store-denied"), (ErrorKind::InvalidInput, "store-failed")]
    {
        block_on(async {
            let disk = FaultDisk::new();
            let config = EngineConfig::default().background(Background::Manual);
            let store = EngineStore::open(Arc::new(disk.clone()), config).await.unwrap();
            // So large that it has a file of its own.
            let bytes = Bytes::from(vec![1; 1 << 20]);
            store.put("a", bytes, Precondition::None).await.unwrap();
            disk.arm(Fault::new(FaultMode::FailBefore(at_disk)).on(&[Operation::ReadAt]));
            let error = store.get("a").await.unwrap_err();
            assert_eq!((error.code(), kind(&error)), (code, at_disk));
            assert_eq!(kind(&error.clone()), at_disk);
        });
    }
}

#[test]
fn what_is_scarce_is_told_by_the_disk() {
    block_on(async {
        let disk = FaultDisk::new();
        disk.set_open_max(Some(0));
        let opened = EngineStore::open(Arc::new(disk.clone()), EngineConfig::default()).await;
        let error = opened.map(drop).unwrap_err();
        assert_eq!(error.code(), "store-unavailable");
        assert!(error.source().unwrap().is::<io::Error>());
    });
}

#[test]
fn an_error_of_a_directory_comes_from_the_file_system() {
    block_on(async {
        let root = tempfile::tempdir().unwrap();
        let store = DirectoryStore::open(root.path().join("store")).await.unwrap();
        // A file where the first object's directory is to be.
        std::fs::write(root.path().join("store/objects/a="), "in the way").unwrap();
        let error = store.put("a/b", "1".into(), Precondition::None).await.unwrap_err();
        assert_eq!(error.code(), "store-failed");
        let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
        assert!(source.raw_os_error().is_some(), "{source:?}");
        assert!(!format!("{error:?}").contains(root.path().to_str().unwrap()));
    });
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(ErrorKind::InvalidData, "the tape tore"))
    }
}

#[test]
fn an_error_of_a_reader_is_the_source_and_not_the_message() {
    block_on(async {
        let (_, vault) = memory_vault().await;
        let error = vault.put_reader("a", Broken).await.unwrap_err();
        assert_eq!(error.code(), "source-failed");
        assert_eq!(error.to_string(), "the caller's stream failed: invalid data");
        assert_eq!(error.source().unwrap().to_string(), "the tape tore");
    });
}

/// Nobody listens there; the signature of each request stands in its URL.
#[test]
fn an_error_of_a_connection_is_the_source_and_shows_no_signature() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = format!("s3://bucket?endpoint=http://{closed}&allow_http=true");
    let credentials = S3Credentials::new("THE-KEY-ID", "secret");
    let mut config = S3Config::from_address(&address, credentials).unwrap();
    config.signing = S3Signing::Url;
    config.retry = RetryPolicy::NONE;
    let store = S3Store::new(config).unwrap();
    let error = block_on(store.get("the-object")).unwrap_err();
    assert_eq!(error.code(), "store-unavailable");
    assert_eq!(kind(&error), ErrorKind::ConnectionRefused);
    let mut said = format!("{error} {error:?}");
    let mut next = error.source();
    while let Some(source) = next {
        said += &format!(" {source} {source:?}");
        next = source.source();
    }
    for secret in ["Amz", "THE-KEY-ID", "the-object", "http"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn what_has_no_cause_has_no_source() {
    let error = Error::StoreFailed { reason: "no reason".into(), source: None };
    assert!(error.source().is_none() && Error::Closed.source().is_none());
}

/// What a stream of the caller's fails with, where it is no error of this crate.
#[derive(Debug, thiserror::Error)]
#[error("no more paper in {0}")]
struct NoPaper(&'static str);

#[test]
fn an_error_of_a_stream_is_the_source_and_one_of_ours_stays_what_it_is() {
    block_on(async {
        let (_, vault) = memory_vault().await;
        let first = || Bytes::from_static(b"first");
        let theirs = stream::iter([Ok(first()), Err(NoPaper("/home/ada/tray"))]);
        let error = vault.put_stream("a", theirs).await.unwrap_err();
        assert_eq!(error.code(), "source-failed");
        assert!(!error.to_string().contains("ada"), "{error}");
        assert_eq!(error.source().unwrap().downcast_ref::<NoPaper>().unwrap().0, "/home/ada/tray");

        let system = stream::iter([Ok(first()), Err(io::Error::from(ErrorKind::TimedOut))]);
        let error = vault.batch().put_stream("a", system).await.unwrap_err();
        assert_eq!((error.code(), kind(&error)), ("source-failed", ErrorKind::TimedOut));

        let ours = stream::iter([Ok(first()), Err(Error::Cancelled)]);
        assert!(matches!(vault.put_stream("a", ours).await, Err(Error::Cancelled)));
        assert!(!vault.exists("a").await.unwrap());
    });
}
