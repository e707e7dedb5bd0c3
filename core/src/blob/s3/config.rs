//! Which bucket, where, and on whose behalf.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use rusty_s3::{Bucket, UrlStyle};
use url::Url;
use zeroize::Zeroizing;

use super::S3Access;
use crate::blob::RetryPolicy;
use crate::error::{Error, Result};
use crate::platform::HttpOptions;

/// The longest prefix inside a bucket, in bytes. With a key it stays below S3's limit of 1,024.
const PREFIX_BYTES_MAX: usize = 512;

/// How a bucket is reached.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct S3Config {
    /// The URL of the service, without the bucket.
    pub endpoint: String,
    /// The region that requests are signed for.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// What all keys start with, without the `/` after it; may be empty.
    pub prefix: String,
    /// Where the bucket's name stands in a URL.
    pub style: S3Style,
    /// On whose behalf.
    pub access: S3Access,
    /// How long no byte of an exchange may move before it counts as failed; 20 seconds by default.
    /// An exchange on which bytes move may take any time. Making a connection may take as long.
    /// With the policy of `retry`, a server that never answers fails a call within two minutes.
    pub idle_timeout: Duration,
    /// The slowest upload of one body, in bytes a second, that browsers wait for: they do not show
    /// how far one is, so the idle timeout is longer there by the time a body takes at this rate
    /// (a dead server is noticed that much later). 32 KiB by default. No other platform uses it.
    pub upload_rate_min: u64,
    /// The most requests under way at once, at least 1; 16 by default. A store begins with 4 and
    /// has as many as the way to the server bears.
    pub requests_max: usize,
    /// How calls are repeated.
    pub retry: RetryPolicy,
    /// Where signatures stand.
    pub signing: S3Signing,
    /// Certificates in PEM that are trusted in place of the built-in ones, for a server with a
    /// private authority. Refused on the web, where the host has certificates of its own.
    pub ca_bundle: Option<Bytes>,
    /// The largest object, in bytes; 64 MiB by default. No answer is read beyond it.
    pub object_bytes_max: u64,
    /// Whether an endpoint that is not this machine may be reached without TLS. Objects are
    /// sealed all the same, but credentials' signatures and names of objects are in the open.
    pub allow_http: bool,
}

/// Where the bucket's name stands in a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum S3Style {
    /// First in the path: `https://host/bucket/key`.
    Path,
    /// First in the host: `https://bucket.host/key`.
    VirtualHost,
}

/// Where the signature of a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum S3Signing {
    /// In the header `authorization`; it covers the SHA-256 of the body.
    Header,
    /// In the URL, where servers and proxies may log it with the session's token, and valid for
    /// 15 minutes; it covers the MD5 of a body. For servers that take no other.
    Url,
}

/// An access key. Its secret parts are wiped from memory when dropped and never printed.
#[derive(Clone)]
pub struct S3Credentials {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
}

impl S3Config {
    /// The bucket `bucket` of Amazon S3 in `region`.
    pub fn new(bucket: &str, region: &str, access: impl Into<S3Access>) -> Self {
        // A name with dots is no single label, which is all that the certificate covers.
        let http = HttpOptions::default();
        let style = if bucket.contains('.') { S3Style::Path } else { S3Style::VirtualHost };
        Self {
            endpoint: format!("https://s3.{region}.amazonaws.com"),
            region: region.to_owned(),
            bucket: bucket.to_owned(),
            prefix: String::new(),
            style,
            access: access.into(),
            idle_timeout: http.idle_timeout,
            upload_rate_min: http.upload_rate_min,
            requests_max: 16,
            retry: RetryPolicy::default(),
            signing: S3Signing::Header,
            ca_bundle: None,
            object_bytes_max: 64 << 20,
            allow_http: false,
        }
    }

    /// The bucket of an address such as
    /// `s3://bucket/prefix?endpoint=http://127.0.0.1:9000&region=us-east-1&style=path`.
    ///
    /// All parameters may be left out: `region` is us-east-1 then, `endpoint` that of Amazon S3,
    /// and `style` (`path` or `virtual-host`) is path style where an endpoint is given.
    /// `allow_http=true` permits an endpoint without TLS. An address never holds credentials.
    pub fn from_address(address: &str, access: impl Into<S3Access>) -> Result<Self> {
        let url = Url::parse(address).map_err(|_| invalid("address: not a URL"))?;
        if url.scheme() != "s3" || url.port().is_some() || url.fragment().is_some() {
            return Err(invalid("address: s3://bucket/prefix?parameters"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("address: credentials do not belong in it"));
        }
        let (mut region, mut endpoint, mut style, mut allow_http) = (None, None, None, false);
        for (name, value) in url.query_pairs() {
            match (name.as_ref(), value.as_ref()) {
                ("region", value) => region = Some(value.to_owned()),
                ("endpoint", value) => endpoint = Some(value.to_owned()),
                ("style", "path") => style = Some(S3Style::Path),
                ("style", "virtual-host") => style = Some(S3Style::VirtualHost),
                ("allow_http", "true") => allow_http = true,
                ("allow_http", "false") => allow_http = false,
                _ => {
                    return Err(invalid(
                        "address: its parameters are region, endpoint, style (path or \
                         virtual-host) and allow_http (true or false)",
                    ));
                }
            }
        }
        let region = region.as_deref().unwrap_or("us-east-1");
        let mut config = Self::new(url.host_str().unwrap_or(""), region, access);
        url.path().trim_matches('/').clone_into(&mut config.prefix);
        config.allow_http = allow_http;
        if let Some(endpoint) = endpoint {
            config.endpoint = endpoint;
            config.style = S3Style::Path;
        }
        if let Some(style) = style {
            config.style = style;
        }
        Ok(config)
    }

    /// How exchanges are done.
    pub(super) fn http(&self) -> HttpOptions {
        HttpOptions {
            idle_timeout: self.idle_timeout,
            upload_rate_min: self.upload_rate_min,
            ca_bundle: self.ca_bundle.clone(),
        }
    }

    /// The bucket as the signer knows it, if everything in the configuration is allowed.
    pub(crate) fn bucket(&self) -> Result<Bucket> {
        let is_name = |text: &str| {
            !text.is_empty()
                && text.len() <= 255
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
                && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
        };
        if !is_name(&self.bucket) {
            return Err(invalid("bucket: letters, digits, '.', '-' and '_'"));
        }
        if !is_name(&self.region) {
            return Err(invalid("region: letters, digits, '.', '-' and '_'"));
        }
        let is_prefix =
            self.prefix.len() <= PREFIX_BYTES_MAX && self.prefix.split('/').all(is_name);
        if !self.prefix.is_empty() && !is_prefix {
            return Err(invalid(
                "prefix: at most 512 bytes of segments of letters, digits, '.', '-' and '_'",
            ));
        }
        let endpoint: Url = self.endpoint.parse().map_err(|_| invalid("endpoint: not a URL"))?;
        let is_bare = endpoint.username().is_empty()
            && endpoint.password().is_none()
            && endpoint.query().is_none()
            && endpoint.fragment().is_none();
        if !is_bare {
            return Err(invalid("endpoint: no credentials, query or fragment in it"));
        }
        if endpoint.scheme() == "http" && !self.allow_http && !is_this_machine(&endpoint) {
            return Err(invalid(
                "endpoint: only this machine is reached by http unless allow_http is set",
            ));
        }
        let style = match self.style {
            S3Style::Path => UrlStyle::Path,
            S3Style::VirtualHost => UrlStyle::VirtualHost,
        };
        Bucket::new(endpoint, style, self.bucket.clone(), self.region.clone()).map_err(|_| {
            invalid("endpoint: an http or https URL with a host that can carry the bucket's name")
        })
    }
}

impl S3Credentials {
    /// A long-lived access key.
    pub fn new(access_key_id: &str, secret_access_key: &str) -> Self {
        Self {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: Zeroizing::new(secret_access_key.to_owned()),
            session_token: None,
        }
    }

    /// The same key as one of a session, which ends; an empty token is none.
    pub fn with_session_token(mut self, session_token: &str) -> Self {
        self.session_token =
            Some(Zeroizing::new(session_token.to_owned())).filter(|token| !token.is_empty());
        self
    }

    pub(super) fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    pub(super) fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    pub(super) fn session_token(&self) -> Option<&str> {
        self.session_token.as_ref().map(|token| token.as_str())
    }
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Credentials")
    }
}

fn is_this_machine(endpoint: &Url) -> bool {
    match endpoint.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn invalid(what: &'static str) -> Error {
    Error::InvalidArgument { what }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn config(address: &str) -> Result<S3Config> {
        S3Config::from_address(address, S3Credentials::new("id", "secret"))
    }

    fn base_url(address: &str) -> Result<String> {
        Ok(config(address)?.bucket()?.base_url().to_string())
    }

    #[test]
    fn an_address_says_everything_but_the_credentials() {
        let found = config(
            "s3://photos/my/vault?endpoint=http://127.0.0.1:9000&region=eu-north-1&style=path",
        )
        .unwrap();
        assert_eq!(found.bucket, "photos");
        assert_eq!(found.prefix, "my/vault");
        assert_eq!(found.region, "eu-north-1");
        assert_eq!(found.endpoint, "http://127.0.0.1:9000");
        assert_eq!(found.style, S3Style::Path);
    }

    #[test]
    fn both_styles_give_the_bucket_its_place() {
        for (address, url) in [
            ("s3://b", "https://b.s3.us-east-1.amazonaws.com/"),
            ("s3://b.c", "https://s3.us-east-1.amazonaws.com/b.c/"),
            ("s3://b?region=eu-west-1&style=path", "https://s3.eu-west-1.amazonaws.com/b/"),
            ("s3://b?endpoint=https://s.example", "https://s.example/b/"),
            ("s3://b?endpoint=https://s.example/x", "https://s.example/x/b/"),
            ("s3://b?endpoint=https://s.example&style=virtual-host", "https://b.s.example/"),
        ] {
            assert_eq!(base_url(address).unwrap(), url, "{address}");
        }
    }

    #[test]
    fn http_is_for_this_machine() {
        for host in ["127.0.0.1:1", "127.9.9.9", "localhost:80", "x.localhost", "[::1]:9000"] {
            assert!(base_url(&format!("s3://b?endpoint=http://{host}")).is_ok(), "{host}");
        }
        for host in ["s.example", "10.0.0.1", "[::2]", "localhost.example", "127.0.0.1.example"] {
            let address = format!("s3://b?endpoint=http://{host}");
            let refused = base_url(&address).unwrap_err();
            assert!(matches!(refused, Error::InvalidArgument { what } if what.contains("http")));
            assert!(base_url(&format!("{address}&allow_http=true")).is_ok());
        }
    }

    #[test]
    fn malformed_addresses_are_refused() {
        for address in [
            "",
            "photos",
            "http://b",
            "s3://",
            "s3://id:secret@b",
            "s3://id@b",
            "s3://b:9000",
            "s3://b#x",
            "s3://b?style=none",
            "s3://b?secret=x",
            "s3://b?allow_http=yes",
            "s3://b?region=",
            "s3://b/a//b",
            "s3://b/a%20b",
            "s3://b?endpoint=nonsense",
            "s3://b?endpoint=https://id:secret@s.example",
            "s3://b?endpoint=https://id@s.example",
            "s3://b?endpoint=https://s.example/?x=y",
            "s3://b?endpoint=https://s.example/%23x",
            "s3://b?endpoint=ftp://127.0.0.1",
            "s3://b?endpoint=http://127.0.0.1:9000&style=virtual-host",
        ] {
            let refused = base_url(address).unwrap_err();
            assert_eq!(refused.code(), "invalid-argument", "{address}");
        }
    }

    #[test]
    fn an_empty_token_is_none() {
        let credentials = S3Credentials::new("id", "secret");
        assert_eq!(credentials.clone().with_session_token("").session_token(), None);
        assert_eq!(credentials.with_session_token("t").session_token(), Some("t"));
    }

    #[test]
    fn credentials_are_not_printed() {
        let credentials = S3Credentials::new("my-id", "my-secret").with_session_token("my-token");
        let printed = format!("{:?}", S3Config::new("b", "r", credentials));
        assert!(!printed.contains("my-"), "{printed}");
    }
}
