//! One exchange for each call.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Bucket, Credentials, S3Action};

use super::S3Config;
use super::answer::{self, failed, refusal};
use crate::blob::{
    BlobStore, ETag, Object, ObjectMeta, ObjectPage, Precondition, check_key, check_length,
    check_limit, check_prefix,
};
use crate::error::{Error, Result};
use crate::platform::{
    BoxFuture, Environment, HttpClient, HttpError, HttpMethod, HttpRequest, HttpResponse,
};

/// How long a signature is valid: as far as a device's clock may be behind the server's, which
/// is as far as Amazon S3 lets it be ahead.
const SIGNATURE_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Room for a listing of 1,000 of the longest keys, and for any text of an error.
const LISTING_BYTES_MAX: u64 = 4 << 20;

/// The largest position in a range. Larger ones don't fit the signed integers of servers.
const RANGE_POSITION_MAX: u64 = i64::MAX as u64;

/// A store whose calls are tried once.
pub(super) struct Client {
    bucket: Bucket,
    credentials: Credentials,
    /// What all keys start with; ends in `/` unless empty.
    prefix: String,
    object_bytes_max: u64,
    http: HttpClient,
    environment: Environment,
}

impl Client {
    pub(super) fn new(config: S3Config, environment: Environment) -> Result<Self> {
        let bucket = config.bucket()?;
        let (id, secret) =
            (config.credentials.access_key_id(), config.credentials.secret_access_key());
        let credentials = match config.credentials.session_token() {
            Some(token) => Credentials::new_with_token(id, secret, token),
            None => Credentials::new(id, secret),
        };
        let mut prefix = config.prefix;
        if !prefix.is_empty() {
            prefix.push('/');
        }
        let object_bytes_max = config.object_bytes_max;
        let http = HttpClient::new(config.timeout, object_bytes_max.max(LISTING_BYTES_MAX));
        Ok(Self { bucket, credentials, prefix, object_bytes_max, http, environment })
    }

    fn path_of(&self, key: &str) -> Result<String> {
        check_key(key)?;
        Ok(format!("{}{key}", self.prefix))
    }

    /// The URL of `action`, signed with the headers given.
    fn sign<'a>(
        &self,
        mut action: impl S3Action<'a>,
        headers: &[(&'static str, String)],
    ) -> Result<String> {
        for (name, value) in headers {
            action.headers_mut().insert(*name, value.clone());
        }
        let now = i64::try_from(self.environment.clock.now_ms()).unwrap_or(i64::MAX);
        let now = Timestamp::from_millisecond(now)
            .map_err(|_| failed("the clock is outside the years a signature can name"))?;
        Ok(action.sign_with_time(SIGNATURE_LIFETIME, &now).into())
    }

    async fn send<'a>(
        &self,
        method: HttpMethod,
        action: impl S3Action<'a>,
        headers: Vec<(&'static str, String)>,
        body: Bytes,
    ) -> Result<HttpResponse> {
        let url = self.sign(action, &headers)?;
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
        let path = self.path_of(key)?;
        let action = self.bucket.get_object(Some(&self.credentials), &path);
        self.send(HttpMethod::Get, action, headers, Bytes::new()).await
    }

    async fn send_head(&self, key: &str) -> Result<Option<HttpResponse>> {
        let path = self.path_of(key)?;
        let action = self.bucket.head_object(Some(&self.credentials), &path);
        let response = self.send(HttpMethod::Head, action, Vec::new(), Bytes::new()).await?;
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
            let path = self.path_of(key)?;
            if bytes.len() as u64 > self.object_bytes_max {
                return Err(Error::InvalidArgument { what: "object: over the configured size" });
            }
            let headers = match &precondition {
                Precondition::None => Vec::new(),
                Precondition::Absent => vec![("if-none-match", "*".to_owned())],
                Precondition::Matches(ETag(etag)) => vec![("if-match", etag.clone())],
            };
            let action = self.bucket.put_object(Some(&self.credentials), &path);
            let response = self.send(HttpMethod::Put, action, headers, bytes).await?;
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
            let path = self.path_of(key)?;
            let action = self.bucket.delete_object(Some(&self.credentials), &path);
            let response = self.send(HttpMethod::Delete, action, Vec::new(), Bytes::new()).await?;
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
            let mut action = self.bucket.list_objects_v2(Some(&self.credentials));
            action.with_prefix(format!("{}{prefix}", self.prefix));
            action.with_max_keys(limit);
            if let Some(key) = start_after {
                action.with_start_after(format!("{}{key}", self.prefix));
            }
            let response = self.send(HttpMethod::Get, action, Vec::new(), Bytes::new()).await?;
            if response.status == 200 {
                self.page(&response.body)
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

impl Client {
    fn page(&self, body: &[u8]) -> Result<ObjectPage> {
        let text = std::str::from_utf8(body).map_err(|_| failed("a listing is not UTF-8"))?;
        let listing = ListObjectsV2::parse_response(text)
            .map_err(|_| failed("a listing is not the XML it should be"))?;
        let mut page = ObjectPage::default();
        let mut last = None;
        for content in listing.contents {
            let Some(key) = content.key.strip_prefix(&self.prefix) else {
                return Err(failed("a listing has a key outside the prefix asked for"));
            };
            // Objects that others keep in the bucket may have names that are no keys.
            if check_key(key).is_ok() {
                let size = content.size.ok_or_else(|| failed("a listed object has no size"))?;
                page.objects.push(ObjectMeta { key: key.to_owned(), size });
            }
            last = Some(key.to_owned());
        }
        if listing.next_continuation_token.is_some() {
            page.next = Some(last.ok_or_else(|| failed("a listing goes on after no object"))?);
        }
        Ok(page)
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
        let path = client.path_of("packs/00-ff_a").unwrap();
        let put = || client.bucket.put_object(Some(&client.credentials), &path);
        let get = client.bucket.get_object(Some(&client.credentials), &path);
        let urls = [
            client.sign(put(), &[("if-none-match", "*".into())]),
            client.sign(put(), &[("if-match", "\"0123\"".into())]),
            client.sign(get, &[("range", "bytes=0-9".into())]),
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
