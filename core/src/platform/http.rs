//! The shape of one HTTP exchange, for adapters that sign requests themselves.
//!
//! A deadline watches progress: an exchange fails when no byte moved for a while, however long it
//! has lasted. Redirects are not followed, and a body is read up to the limit of its request and
//! no further. An exchange runs as a job of the platform's, whether or not anybody polls.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::error::Cause;

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpMethod {
    /// GET.
    Get,
    /// PUT.
    Put,
    /// HEAD.
    Head,
    /// DELETE.
    Delete,
}

impl HttpMethod {
    /// The method's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            HttpMethod::Get => "GET",
            HttpMethod::Put => "PUT",
            HttpMethod::Head => "HEAD",
            HttpMethod::Delete => "DELETE",
        }
    }
}

/// How all exchanges of a client are done.
#[derive(Debug, Clone)]
pub(crate) struct HttpOptions {
    /// How long no byte may move, in either direction; 20 seconds by default. Natively a connection
    /// must be made within it too.
    pub(crate) idle_timeout: Duration,
    /// The slowest upload of a body, in bytes a second, where the platform does not show how far
    /// it is, as in browsers: the wait for an answer is longer by the time a body takes at this
    /// rate. 32 KiB by default; at least 1.
    pub(crate) upload_rate_min: u64,
    /// Certificates in PEM that are trusted in place of the built-in ones. Where the host makes
    /// the connections, as in browsers, it has certificates of its own and takes none.
    pub(crate) ca_bundle: Option<Bytes>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self { idle_timeout: Duration::from_secs(20), upload_rate_min: 32 << 10, ca_bundle: None }
    }
}

/// A request; the body is empty for all but PUT. Printed without its URL, headers and body: they
/// may hold a signature.
#[derive(Clone)]
pub struct HttpRequest {
    /// The method.
    pub method: HttpMethod,
    /// The absolute URL.
    pub url: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub body: Bytes,
    /// The most bytes that the body of a success may have. Of other responses no more than the
    /// first 64 KiB are read, in which they say what they have to.
    pub body_bytes_max: u64,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// A whole response.
#[cfg_attr(not(feature = "fuzzing"), allow(unreachable_pub))]
#[derive(Debug, Clone)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body, no longer than the request's limit; cut short if it is no success.
    pub body: Bytes,
}

#[cfg_attr(not(feature = "fuzzing"), allow(unreachable_pub))]
impl HttpResponse {
    /// The first value of the header `name` (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no response. Not every host tells all of it.
#[allow(dead_code)]
#[derive(Debug, Clone)]
#[non_exhaustive]
pub(crate) enum HttpError {
    /// The connection failed: the request may or may not have arrived.
    Unavailable(Reason),
    /// No byte moved for as long as the client waits: the request may or may not have arrived.
    TimedOut,
    /// The body of a successful response is over the request's limit.
    TooLong,
    /// The server answered with a redirect that the host shows nothing of.
    Redirected,
    /// The server seems to be there, and the browser lets this page read none of its answers.
    Withheld,
    /// The request cannot be sent at all (bad URL, TLS refused).
    Failed(Reason),
}

/// What was seen, and the error that it comes from. No URL, and nothing that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Reason {
    pub(crate) text: String,
    pub(crate) source: Option<Cause>,
}

impl From<&str> for Reason {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), source: None }
    }
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self { text, source: None }
    }
}

/// How much is read of the body of a response that is no success.
const REFUSAL_BYTES_MAX: u64 = 64 << 10;

/// Whether the status is that of a success.
pub(super) fn is_success(status: u16) -> bool {
    (200..=299).contains(&status)
}

/// How many bytes are read of the body of a response with this status.
pub(super) fn read_bytes_max(request: &HttpRequest, status: u16) -> u64 {
    let refusal = if is_success(status) { u64::MAX } else { REFUSAL_BYTES_MAX };
    request.body_bytes_max.min(refusal)
}

/// Whether a successful response with these headers announces a body over the limit.
pub(super) fn is_too_long(request: &HttpRequest, headers: &[(String, String)]) -> bool {
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, length)| length.parse::<u64>().ok());
    request.method != HttpMethod::Head
        && length.is_some_and(|length| length > request.body_bytes_max)
}

/// Whether an absolute URL, written with a path, is of `origin`: another port makes another origin.
#[cfg(any(test, target_arch = "wasm32"))]
pub(super) fn is_of_origin(url: &str, origin: &str) -> bool {
    url.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::is_of_origin;

    #[test]
    fn a_port_makes_another_origin() {
        assert!(is_of_origin("http://localhost/bucket", "http://localhost"));
        assert!(is_of_origin("https://a.example:8443/", "https://a.example:8443"));
        for url in
            ["http://localhost:9000/bucket", "http://localhost.example/", "https://localhost/"]
        {
            assert!(!is_of_origin(url, "http://localhost"), "{url}");
        }
        assert!(!is_of_origin("http://127.0.0.1:12345/b", "http://127.0.0.1:1234"));
    }
}
