//! One exchange for each call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use rusty_s3::Bucket;
use url::Url;

use super::access::Keyring;
use super::answer::{self, failed};
use super::flow::{Asked, Flow};
use super::put::md5;
use super::refusal::{hidden_refusal, may_have_ended, plain, refusal};
use super::sign::{Request, Signer};
use super::{S3Access, S3Config, S3Credentials, S3Signer};
use crate::blob::{
    BlobStore, ETag, Found, Object, ObjectMeta, ObjectPage, StoreGetOptions, StorePutOptions,
    check_at_most, check_key, check_length, check_limit, check_prefix, compare_by_reading,
};
use crate::error::{Error, Result};
use crate::platform::{
    BoxFuture, Clock, Environment, HttpClient, HttpError, HttpMethod, HttpResponse, Reason,
};

/// Room for the text of any error; answers that carry no object are no longer.
const ANSWER_BYTES_MAX: u64 = 64 << 10;

/// Room for a listing of 1,000 of the longest keys.
const LISTING_BYTES_MAX: u64 = 4 << 20;

/// What a page is told by a server whose answers it may not read.
const WITHHELD: &str = "the server is there, but the browser keeps its answers from this page: the \
    bucket's CORS rules must allow the page's origin, the methods GET, PUT, HEAD and DELETE and the \
    headers of the requests, and expose ETag";

/// The largest position in a range. Larger ones don't fit the signed integers of servers, nor does
/// the one after it, with which some compute the length.
const RANGE_POSITION_MAX: u64 = i64::MAX as u64 - 1;

/// A store whose calls are tried once.
pub(super) struct Client {
    bucket: Bucket,
    /// What all keys start with; ends in `/` unless empty.
    prefix: String,
    authority: Authority,
    object_bytes_max: u64,
    flow: Flow,
    idle_timeout: Duration,
    clock: Arc<dyn Clock>,
    tags_are_md5: AtomicBool,
    /// A tag was seen that looks like an MD5 and is none of the object it came with.
    tags_are_odd: AtomicBool,
}

/// Who signs, beside the signer that the flow has.
enum Authority {
    /// Nobody: it has the one key.
    Key,
    /// It, with the keys that this gives it.
    Keys(Box<Keyring>),
    /// Somebody elsewhere.
    Signer(Arc<dyn S3Signer>),
}

impl Client {
    pub(super) fn new(config: S3Config, environment: Environment) -> Result<Self> {
        let bucket = config.bucket()?;
        let http = HttpClient::new(&config.http()).map_err(|error| match error {
            HttpError::Failed(Reason { text, source }) => {
                Error::StoreFailed { reason: text, source }
            }
            _ => failed("no HTTP client"),
        })?;
        let mut prefix = config.prefix;
        if !prefix.is_empty() {
            prefix.push('/');
        }
        let clock = environment.clock;
        let key = match &config.access {
            S3Access::Key(key) => key.clone(),
            // The first one comes before anything is signed, or nothing is signed here.
            S3Access::Keys(_) | S3Access::Signer(_) => S3Credentials::new("", ""),
        };
        let region = bucket.region().to_owned();
        let signer = Arc::new(Signer::new(key, region, config.signing, clock.clone()));
        let authority = match config.access {
            S3Access::Key(_) => Authority::Key,
            S3Access::Keys(source) => {
                Authority::Keys(Box::new(Keyring::new(source, signer.clone(), clock.clone())))
            }
            S3Access::Signer(signer) => Authority::Signer(signer),
        };
        Ok(Self {
            bucket,
            prefix,
            authority,
            object_bytes_max: config.object_bytes_max,
            flow: Flow::new(http, signer, config.idle_timeout, config.requests_max),
            idle_timeout: config.idle_timeout,
            clock,
            tags_are_md5: AtomicBool::new(false),
            tags_are_odd: AtomicBool::new(false),
        })
    }

    pub(super) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    pub(super) fn learn_that_tags_are_md5(&self) {
        self.tags_are_md5.store(true, Ordering::Relaxed);
    }

    fn url_of(&self, key: &str) -> Result<Url> {
        check_key(key)?;
        Ok(self.bucket.object_url(&format!("{}{key}", self.prefix)))
    }

    /// Asks for something whose answer carries no object.
    pub(super) async fn send(
        &self,
        method: HttpMethod,
        key: &str,
        headers: Vec<(&'static str, String)>,
        body: Bytes,
    ) -> Result<HttpResponse> {
        let (url, query) = (self.url_of(key)?, Vec::new());
        let body_bytes_max = ANSWER_BYTES_MAX;
        self.exchange(Request { method, url, query, headers, body, body_bytes_max }).await
    }

    /// Asks for at most `bytes_max` bytes of an object.
    async fn send_get(
        &self,
        key: &str,
        headers: Vec<(&'static str, String)>,
        bytes_max: u64,
    ) -> Result<Result<HttpResponse, HttpError>> {
        let (method, url) = (HttpMethod::Get, self.url_of(key)?);
        let body_bytes_max = bytes_max.max(ANSWER_BYTES_MAX);
        let (query, body) = (Vec::new(), Bytes::new());
        let request = Request { method, url, query, headers, body, body_bytes_max };
        self.outcome(request).await
    }

    async fn get_once(&self, key: &str, bytes_max: u64) -> Result<Object> {
        let bytes_max = bytes_max.min(self.object_bytes_max);
        let response = match self.send_get(key, Vec::new(), bytes_max).await? {
            Err(HttpError::TooLong) => return Err(Error::ObjectCorrupt),
            outcome => self.understood(outcome)?,
        };
        match response.status {
            200 => {
                let object = answer::object(response)?;
                check_at_most(object.bytes.len() as u64, bytes_max)?;
                Ok(object)
            }
            _ => Err(self.refusal(&response)),
        }
    }

    /// Whether nothing says that the bytes are of another state of the object than the tag. Some
    /// servers read the two one after the other, so that a put may come in between; a put under
    /// such a tag would replace what nobody has read.
    async fn is_of_one_state(&self, object: &Object) -> bool {
        let Some(tag) = answer::md5_of(&object.etag) else { return true };
        if tag == md5(&object.bytes).await {
            self.learn_that_tags_are_md5();
            return true;
        }
        self.tags_are_odd.load(Ordering::Relaxed)
    }

    async fn exchange(&self, request: Request) -> Result<HttpResponse> {
        let outcome = self.outcome(request).await?;
        self.understood(outcome)
    }

    /// What comes of `request`. If its key has ended meanwhile, it is sent again with the next.
    fn outcome(&self, request: Request) -> BoxFuture<'_, Result<Result<HttpResponse, HttpError>>> {
        Box::pin(async move {
            let mut refused = None;
            loop {
                let (asked, number) = match &self.authority {
                    Authority::Key => (Asked::Unsigned(request.clone()), None),
                    Authority::Keys(keyring) => {
                        let number = keyring.ready(refused).await?;
                        (Asked::Unsigned(request.clone()), Some(number))
                    }
                    Authority::Signer(signer) => {
                        (Asked::Signed(signer.sign(request.clone().unsigned()).await?), None)
                    }
                };
                let outcome = self.flow.send(asked).await;
                let has_ended = outcome.as_ref().is_ok_and(may_have_ended);
                if number.is_none() || refused.is_some() || !has_ended {
                    return Ok(outcome);
                }
                refused = number;
            }
        })
    }

    fn understood(&self, outcome: Result<HttpResponse, HttpError>) -> Result<HttpResponse> {
        outcome.map_err(|error| match error {
            HttpError::Unavailable(Reason { text, source }) => {
                Error::StoreUnavailable { reason: plain(&text), retry_after: None, source }
            }
            HttpError::TimedOut => Error::StoreUnavailable {
                reason: format!("no byte moved for {:?}", self.idle_timeout),
                retry_after: None,
                source: None,
            },
            HttpError::TooLong => failed("an answer is longer than what was asked for"),
            HttpError::Redirected => {
                failed("a redirect, which is not followed: to another endpoint or region?")
            }
            HttpError::Withheld => Error::StoreDenied { reason: WITHHELD.to_owned(), source: None },
            HttpError::Failed(Reason { text, source }) => {
                Error::StoreFailed { reason: plain(&text), source }
            }
        })
    }

    fn refusal(&self, response: &HttpResponse) -> Error {
        refusal(response, self.now_ms())
    }

    pub(super) async fn send_head(&self, key: &str) -> Result<Option<HttpResponse>> {
        let response = self.send(HttpMethod::Head, key, Vec::new(), Bytes::new()).await?;
        match response.status {
            200 => match hidden_refusal(&response, self.now_ms()) {
                Some(error) => Err(error),
                None => Ok(Some(response)),
            },
            _ => match self.refusal(&response) {
                Error::ObjectMissing => Ok(None),
                error => Err(error),
            },
        }
    }
}

impl BlobStore for Client {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            let bytes_max = options.bytes_max.unwrap_or(self.object_bytes_max);
            let object = self.get_once(key, bytes_max).await?;
            if self.is_of_one_state(&object).await {
                return Ok(object);
            }
            let again = self.get_once(key, bytes_max).await?;
            if self.is_of_one_state(&again).await {
                return Ok(again);
            }
            if again.etag != object.etag || again.bytes != object.bytes {
                let reason = "an object came with the tag of another state of it".to_owned();
                return Err(Error::StoreUnavailable { reason, retry_after: None, source: None });
            }
            // The same twice: tags here are no MD5, or the object is damaged where it lies.
            self.tags_are_odd.store(true, Ordering::Relaxed);
            Ok(again)
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
            let bytes_max = length.saturating_add(1).min(self.object_bytes_max);
            let response = self.understood(self.send_get(key, headers, bytes_max).await?)?;
            match response.status {
                200 | 206 => answer::range(response, offset, length),
                _ => Err(self.refusal(&response)),
            }
        })
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            if bytes.len() as u64 > self.object_bytes_max {
                return Err(Error::InvalidArgument { what: "object: over the configured size" });
            }
            self.store(key, bytes, options.precondition.clone()).await
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let response = self.send(HttpMethod::Delete, key, Vec::new(), Bytes::new()).await?;
            match response.status {
                200..=299 => hidden_refusal(&response, self.now_ms()).map_or(Ok(()), Err),
                _ => match self.refusal(&response) {
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
            let request = Request {
                method: HttpMethod::Get,
                url: self.bucket.base_url().clone(),
                query,
                headers: Vec::new(),
                body: Bytes::new(),
                body_bytes_max: LISTING_BYTES_MAX,
            };
            let response = self.exchange(request).await?;
            if response.status == 200 {
                let asked = answer::Listing { below: &self.prefix, prefix, start_after };
                asked.page(&response.body)
            } else {
                match self.refusal(&response) {
                    Error::ObjectMissing => Err(failed("status 404 for a listing")),
                    error => Err(error),
                }
            }
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async move {
            let response = self.send_head(key).await?;
            response.map(|response| answer::meta(key, &response)).transpose()
        })
    }

    /// By size and tag; only where the tag does not tell is the object read.
    fn compare<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<Found>> {
        Box::pin(async move {
            let Some(response) = self.send_head(key).await? else { return Ok(Found::Nothing) };
            let etag = answer::etag(&response)?;
            if answer::size(&response)? != bytes.len() as u64 {
                return Ok(Found::Other(etag));
            }
            if answer::md5_of(&etag) == Some(md5(&bytes).await) {
                return Ok(Found::Same);
            }
            compare_by_reading(self, key, &bytes).await
        })
    }

    /// Once a tag was the MD5 of what was sent: from then on each put is checked against its own.
    fn confirms_puts(&self) -> bool {
        self.tags_are_md5.load(Ordering::Relaxed)
    }
}
