//! A server whose certificate is of a private authority.
//!
//! The certificates in `tls` are of no use but here; their authority's key was thrown away.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use futures_lite::future::block_on;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sealwood::blob::{BlobStore, RetryPolicy, S3Config, S3Credentials, S3Store};

const AUTHORITY: &[u8] = include_bytes!("tls/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("tls/server.pem");
const KEY: &[u8] = include_bytes!("tls/server.key");

/// Starts a server that answers 404 to all; returns its port.
fn serve() -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            // A client that refuses the certificate closes the connection.
            if stream.read(&mut [0; 4096]).is_ok() {
                let answer = b"HTTP/1.1 404 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
                drop(stream.write_all(answer));
            }
        }
    });
    port
}

fn config(port: u16) -> S3Config {
    let address = format!("s3://bucket?endpoint=https://localhost:{port}");
    let mut config = S3Config::from_address(&address, S3Credentials::new("id", "secret")).unwrap();
    config.retry = RetryPolicy::NONE;
    config
}

#[test]
fn a_private_authority_is_trusted_where_it_is_configured() {
    let port = serve();
    let refused = block_on(S3Store::new(config(port)).unwrap().head("a")).unwrap_err();
    assert_eq!(refused.code(), "store-failed");
    assert!(refused.to_string().contains("certificate"), "{refused}");
    let mut trusting = config(port);
    trusting.ca_bundle = Some(AUTHORITY.into());
    let store = S3Store::new(trusting).unwrap();
    assert_eq!(block_on(store.head("a")).unwrap(), None);
}

#[test]
fn a_bundle_without_certificates_is_refused() {
    for bundle in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nn!\n-----END CERTIFICATE-----"] {
        let mut config = config(1);
        config.ca_bundle = Some(bundle.into());
        assert_eq!(S3Store::new(config).unwrap_err().code(), "store-failed", "{bundle}");
    }
}
