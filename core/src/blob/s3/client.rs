//! One exchange for each call.

use bytes::Bytes;
use rusty_s3::Bucket;
use url::Url;

use super::answer::{self, failed, refusal};
use super::sign::Request;
use super::{S3Config, S3Credentials};
use crate::blob::{
    BlobStore, ETag, Object, ObjectMeta, ObjectPage, Precondition, check_key, check_length,
    check_limit, check_prefix,
};
use crate::error::{Error, Result};
use crate::platform::{
    BoxFuture, Environment, HttpClient, HttpError, HttpMethod, HttpRequest, HttpResponse,
};

/// Room for a listing of 1,000 of the longest keys, and for any text of an error.
const LISTING_BYTES_MAX: u64 = 4 << 20;

/// The largest position in a range. Larger ones don't fit the signed integers of servers, nor does
/// the one after it, with which some compute the length.
const RANGE_POSITION_MAX: u64 = i64::MAX as u64 - 1;

/// A store whose calls are tried once.
pub(super) struct Client {
    bucket: Bucket,
    credentials: S3Credentials,
    /// What all keys start with; ends in `/` unless empty.
    prefix: String,
    object_bytes_max: u64,
    http: HttpClient,
    environment: Environment,
}

impl Client {
    pub(super) fn new(config: S3Config, environment: Environment) -> Result<Self> {
        let bucket = config.bucket()?;
        let mut prefix = config.prefix;
        if !prefix.is_empty() {
            prefix.push('/');
        }
        let object_bytes_max = config.object_bytes_max;
        let http = HttpClient::new(config.timeout, object_bytes_max.max(LISTING_BYTES_MAX));
        let credentials = config.credentials;
        Ok(Self { bucket, credentials, prefix, object_bytes_max, http, environment })
    }

    fn url_of(&self, key: &str) -> Result<Url> {
        check_key(key)?;
        Ok(self.bucket.object_url(&format!("{}{key}", self.prefix)))
    }

    /// The URL of `request`, signed.
    fn sign(&self, request: Request<'_>) -> Result<String> {
        let now_ms = self.environment.clock.now_ms();
        request
            .signed(&self.credentials, self.bucket.region(), now_ms)
            .ok_or_else(|| failed("the clock is outside the years a signature can name"))
    }

    async fn send(
        &self,
        method: HttpMethod,
        url: Url,
        headers: Vec<(&'static str, String)>,
        body: Bytes,
    ) -> Result<HttpResponse> {
        let url = self.sign(Request { method, url, query: Vec::new(), headers: &headers })?;
        self.exchange(method, url, headers, body).await
    }

    async fn exchange(
        &self,
        method: HttpMethod,
        url: String,
        headers: Vec<(&'static str, String)>,
        body: Bytes,
    ) -> Result<HttpResponse> {
        let outcome = self.http.send(HttpRequest { method, url, headers, body }).await;
        outcome.map_err(|error| match error {
            HttpError::Unavailable(reason) => Error::StoreUnavailable { reason },
            // Some say which URL they could not use; it carries the signature.
            HttpError::Failed(reason) if reason.contains("X-Amz-") => failed("unusable URL"),
            HttpError::Failed(reason) => Error::StoreFailed { reason },
        })
    }

    async fn send_get(
        &self,
        key: &str,
        headers: Vec<(&'static str, String)>,
    ) -> Result<HttpResponse> {
        let url = self.url_of(key)?;
        self.send(HttpMethod::Get, url, headers, Bytes::new()).await
    }

    async fn send_head(&self, key: &str) -> Result<Option<HttpResponse>> {
        let url = self.url_of(key)?;
        let response = self.send(HttpMethod::Head, url, Vec::new(), Bytes::new()).await?;
        match response.status {
            200 => Ok(Some(response)),
            404 => Ok(None),
            _ => Err(refusal(&response)),
        }
    }

    /// What a put under `condition` comes to when the server gave up on it because of another
    /// request: lost if the other has decided the condition, otherwise worth another try.
    async fn after_conflict(&self, key: &str, condition: &Precondition) -> Result<Error> {
        let found =
            self.send_head(key).await?.map(|response| answer::etag(&response)).transpose()?;
        let holds = match condition {
            Precondition::None => true,
            Precondition::Absent => found.is_none(),
            Precondition::Matches(etag) => found.as_ref() == Some(etag),
        };
        Ok(if holds {
            Error::StoreUnavailable { reason: "status 409: a conflicting request".into() }
        } else {
            Error::PreconditionFailed
        })
    }
}

impl BlobStore for Client {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            let response = self.send_get(key, Vec::new()).await?;
            if response.status == 200 { answer::object(response) } else { Err(refusal(&response)) }
        })
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            check_length(length)?;
            let first = offset.min(RANGE_POSITION_MAX);
            let last = offset.saturating_add(length - 1).min(RANGE_POSITION_MAX);
            let headers = vec![("range", format!("bytes={first}-{last}"))];
            let response = self.send_get(key, headers).await?;
            match response.status {
                200 | 206 => answer::range(response, offset, length),
                _ => Err(refusal(&response)),
            }
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        precondition: Precondition,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            let url = self.url_of(key)?;
            if bytes.len() as u64 > self.object_bytes_max {
                return Err(Error::InvalidArgument { what: "object: over the configured size" });
            }
            let headers = match &precondition {
                Precondition::None => Vec::new(),
                Precondition::Absent => vec![("if-none-match", "*".to_owned())],
                Precondition::Matches(ETag(etag)) => vec![("if-match", etag.clone())],
            };
            let response = self.send(HttpMethod::Put, url, headers, bytes).await?;
            match response.status {
                200..=299 => return answer::etag(&response),
                409 => return Err(self.after_conflict(key, &precondition).await?),
                _ => {}
            }
            Err(match (refusal(&response), precondition) {
                // There was nothing that could match.
                (Error::ObjectMissing, Precondition::Matches(_)) => Error::PreconditionFailed,
                (Error::ObjectMissing, _) => failed("status 404 for a put"),
                (error, _) => error,
            })
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let url = self.url_of(key)?;
            let response = self.send(HttpMethod::Delete, url, Vec::new(), Bytes::new()).await?;
            match response.status {
                200..=299 => Ok(()),
                _ => match refusal(&response) {
                    Error::ObjectMissing => Ok(()),
                    error => Err(error),
                },
            }
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        Box::pin(async move {
            check_prefix(prefix)?;
            check_limit(limit)?;
            let mut query = vec![
                ("list-type", "2".to_owned()),
                ("encoding-type", "url".to_owned()),
                ("prefix", format!("{}{prefix}", self.prefix)),
                ("max-keys", limit.to_string()),
            ];
            query.extend(start_after.map(|key| ("start-after", format!("{}{key}", self.prefix))));
            let (method, url) = (HttpMethod::Get, self.bucket.base_url().clone());
            let url = self.sign(Request { method, url, query, headers: &[] })?;
            let response = self.exchange(method, url, Vec::new(), Bytes::new()).await?;
            if response.status == 200 {
                let asked = answer::Listing { below: &self.prefix, prefix, start_after };
                asked.page(&response.body)
            } else {
                match refusal(&response) {
                    Error::ObjectMissing => Err(failed("status 404 for a listing")),
                    error => Err(error),
                }
            }
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async move {
            let response = self.send_head(key).await?;
            let size = response.as_ref().map(answer::size).transpose()?;
            Ok(size.map(|size| ObjectMeta { key: key.to_owned(), size }))
        })
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn needs_flush(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use super::*;
    use crate::blob::{S3Credentials, S3Style};
    use crate::platform::{Clock, SystemEntropy};

    struct Fixed(u64);

    impl Clock for Fixed {
        fn now_ms(&self) -> u64 {
            self.0
        }
    }

    /// Expected values from botocore's `S3SigV4QueryAuth` for the same requests.
    #[test]
    fn signatures_are_those_of_another_implementation() {
        let credentials =
            S3Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
                .with_session_token("to/ken+=");
        let mut config = S3Config::new("photos", "eu-north-1", credentials);
        config.endpoint = "https://s.example".into();
        config.prefix = "my/vault".into();
        config.style = S3Style::VirtualHost;
        // 2026-11-21T06:07:08.999Z
        let clock = Arc::new(Fixed(1_795_241_228_999));
        let environment = Environment { clock, entropy: Arc::new(SystemEntropy) };
        let client = Client::new(config, environment).unwrap();
        let url = client.url_of("packs/00-ff_a").unwrap();
        let sign = |method, header: (&'static str, &str)| {
            let headers = [(header.0, header.1.to_owned())];
            client.sign(Request { method, url: url.clone(), query: Vec::new(), headers: &headers })
        };
        let urls = [
            sign(HttpMethod::Put, ("if-none-match", "*")),
            sign(HttpMethod::Put, ("if-match", "\"0123\"")),
            sign(HttpMethod::Get, ("range", "bytes=0-9")),
        ];
        for (url, (header, signature)) in urls.into_iter().zip([
            ("if-none-match", "4bb24e22cf91e3ef7ca6d2cf984e51a2acae62fd07f7a4915323e9b334f35db6"),
            ("if-match", "ea88b674d35555fc78049865353e3942ff1d02826c0a320fdea6ecd00c5e2c51"),
            ("range", "30c37190989c95f8dbb820acb9b57becf301ce1f94b5abd2776fa569d89be145"),
        ]) {
            let url = url.unwrap();
            let (place, query) = url.split_once('?').unwrap();
            assert_eq!(place, "https://photos.s.example/my/vault/packs/00-ff_a");
            for parameter in [
                "X-Amz-Date=20261121T060708Z",
                "X-Amz-Expires=900",
                &format!("X-Amz-SignedHeaders=host%3B{header}"),
                &format!("X-Amz-Signature={signature}"),
            ] {
                assert!(query.split('&').any(|found| found == parameter), "{query}");
            }
        }
    }
}
