//! The host's `fetch`.
//!
//! How far an upload is does not show here: until the first byte of an answer the wait is longer
//! by the time the body takes at the least rate. From then on each piece read starts it anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::super::http::{is_of_origin, is_success, is_too_long, read_bytes_max};
use super::super::{HttpError, HttpMethod, HttpOptions, HttpRequest, HttpResponse, sleep};

/// An HTTP client over the host's `fetch`.
#[derive(Debug, Clone)]
pub(crate) struct HttpClient {
    idle_timeout: Duration,
    upload_rate_min: u64,
    /// What is known of each method, see [`HttpClient::is_withheld`].
    seen: Arc<[AtomicU8; 4]>,
}

/// No request with a method has come to anything.
const NOTHING: u8 = 0;
/// One failed, though the server was there.
const FAILED: u8 = 1;
/// One was answered.
const ANSWERED: u8 = 2;

impl HttpClient {
    /// A client; fails if `options` has certificates, which are the host's to choose.
    pub(crate) fn new(options: &HttpOptions) -> Result<Self, HttpError> {
        if options.ca_bundle.is_some() {
            return Err(HttpError::Failed("the host decides which certificates are good".into()));
        }
        let upload_rate_min = options.upload_rate_min.max(1);
        let seen = Arc::new([const { AtomicU8::new(NOTHING) }; 4]);
        Ok(Self { idle_timeout: options.idle_timeout, upload_rate_min, seen })
    }

    /// Runs an exchange to its end as a task of the host's: makes the request there, and gives
    /// what came of it to `done`.
    pub(crate) fn start(
        &self,
        request: impl FnOnce() -> Result<HttpRequest, HttpError> + 'static,
        done: impl FnOnce(Result<HttpResponse, HttpError>) + 'static,
    ) {
        let client = self.clone();
        spawn_local(async move {
            done(match request() {
                Ok(request) => client.exchange(&request).await,
                Err(error) => Err(error),
            });
        });
    }

    async fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, HttpError> {
        let abort = web_sys::AbortController::new().map_err(failed)?;
        let outcome = self.exchange_until(request, &abort.signal()).await;
        // What has not come by now is of no use; this also closes the connection.
        abort.abort();
        outcome
    }

    async fn exchange_until(
        &self,
        request: &HttpRequest,
        signal: &web_sys::AbortSignal,
    ) -> Result<HttpResponse, HttpError> {
        let upload_seconds = request.body.len() as u64 / self.upload_rate_min;
        let wait = self.idle_timeout + Duration::from_secs(upload_seconds);
        let seen = &self.seen[request.method as usize];
        let before = seen.load(Ordering::Relaxed);
        let response = match within(wait, fetch(request, signal)?).await {
            Err(HttpError::Unavailable(_)) if self.is_withheld(request, before).await => {
                return Err(HttpError::Withheld);
            }
            outcome => outcome?,
        };
        seen.store(ANSWERED, Ordering::Relaxed);
        let response: web_sys::Response = response.dyn_into().map_err(unavailable)?;
        if response.type_() == web_sys::ResponseType::Opaqueredirect {
            return Err(HttpError::Redirected);
        }
        let headers = read_headers(&response.headers());
        let status = response.status();
        if is_success(status) && is_too_long(request, &headers) {
            return Err(HttpError::TooLong);
        }
        let bytes_max = read_bytes_max(request, status);
        let mut body = Vec::new();
        if let Some(stream) = response.body() {
            let reader: web_sys::ReadableStreamDefaultReader =
                stream.get_reader().dyn_into().map_err(|_| failed(JsValue::UNDEFINED))?;
            while let Some(piece) = self.read(&reader).await? {
                let room = bytes_max - body.len() as u64;
                if u64::from(piece.length()) <= room {
                    body.extend_from_slice(&piece.to_vec());
                } else if is_success(status) {
                    return Err(HttpError::TooLong);
                } else {
                    body.extend_from_slice(&piece.subarray(0, room as u32).to_vec());
                    break;
                }
            }
        }
        // Without the room to grow, which caches would hold and not count.
        let body = Bytes::from(body.into_boxed_slice());
        Ok(HttpResponse { status, headers, body })
    }

    /// Whether it is the browser that keeps the answer to a request from this page. It does not say
    /// so: it does if no request with this method was ever answered, and one that began after
    /// another had failed fails too, both while the server can be reached by a request whose answer
    /// nobody reads.
    async fn is_withheld(&self, request: &HttpRequest, before: u8) -> bool {
        let seen = &self.seen[request.method as usize];
        if seen.load(Ordering::Relaxed) == ANSWERED
            || !is_elsewhere(&request.url)
            || !self.is_there(&request.url).await
        {
            return false;
        }
        seen.fetch_max(FAILED, Ordering::Relaxed) != ANSWERED && before == FAILED
    }

    /// Whether a server answers at `url`, whatever it says.
    async fn is_there(&self, url: &str) -> bool {
        let init = web_sys::RequestInit::new();
        init.set_method("HEAD");
        init.set_mode(web_sys::RequestMode::NoCors);
        init.set_cache(web_sys::RequestCache::NoStore);
        // A signature that may stand in the query is for another request.
        let place = url.split('?').next().unwrap_or(url);
        match web_sys::Request::new_with_str_and_init(place, &init) {
            Ok(request) => match begin(&request) {
                Ok(promise) => within(self.idle_timeout, promise).await.is_ok(),
                Err(_) => false,
            },
            Err(_) => false,
        }
    }

    /// The next piece of a body, if there is one.
    async fn read(
        &self,
        reader: &web_sys::ReadableStreamDefaultReader,
    ) -> Result<Option<js_sys::Uint8Array>, HttpError> {
        let step = within(self.idle_timeout, reader.read()).await?;
        let field = |name| js_sys::Reflect::get(&step, &JsValue::from_str(name));
        if field("done").map_err(unavailable)?.is_truthy() {
            return Ok(None);
        }
        field("value").and_then(JsCast::dyn_into).map(Some).map_err(unavailable)
    }
}

fn fetch(
    request: &HttpRequest,
    signal: &web_sys::AbortSignal,
) -> Result<js_sys::Promise, HttpError> {
    let init = web_sys::RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_signal(Some(signal));
    // What is asked for is what the server holds now, never what the browser remembers.
    init.set_cache(web_sys::RequestCache::NoStore);
    // A request of ours, with its signature, is for the host it was made for.
    init.set_redirect(web_sys::RequestRedirect::Manual);
    if request.method == HttpMethod::Put {
        init.set_body(&js_sys::Uint8Array::from(&request.body[..]));
    }
    let headers = web_sys::Headers::new().map_err(failed)?;
    for (name, value) in &request.headers {
        headers.append(name, value).map_err(failed)?;
    }
    init.set_headers(&headers);
    // The host's words would quote the URL, in which a signature may stand.
    let unusable = |_| HttpError::Failed("a URL or header that cannot be sent".into());
    let request = web_sys::Request::new_with_str_and_init(&request.url, &init).map_err(unusable)?;
    begin(&request).map_err(failed)
}

fn begin(request: &web_sys::Request) -> Result<js_sys::Promise, JsValue> {
    js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("fetch"))
        .and_then(|fetch| fetch.dyn_into::<js_sys::Function>())
        .and_then(|fetch| fetch.call1(&JsValue::UNDEFINED, request))
        .and_then(|promise| promise.dyn_into::<js_sys::Promise>())
}

/// Whether this is a page, or a worker of one, and `url` is of another origin.
fn is_elsewhere(url: &str) -> bool {
    js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("location"))
        .and_then(|location| js_sys::Reflect::get(&location, &JsValue::from_str("origin")))
        .ok()
        .and_then(|origin| origin.as_string())
        .is_some_and(|origin| !is_of_origin(url, &origin))
}

/// What `promise` comes to, if it does within `wait`.
async fn within(wait: Duration, promise: js_sys::Promise) -> Result<JsValue, HttpError> {
    match select(JsFuture::from(promise), Box::pin(sleep(wait))).await {
        Either::Left((outcome, _)) => outcome.map_err(unavailable),
        Either::Right(_) => Err(HttpError::TimedOut),
    }
}

fn read_headers(headers: &web_sys::Headers) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for pair in headers.entries().into_iter().flatten() {
        let pair = js_sys::Array::from(&pair);
        if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            pairs.push((name, value));
        }
    }
    pairs
}

fn failed(error: JsValue) -> HttpError {
    HttpError::Failed(describe(&error).into())
}

fn unavailable(error: JsValue) -> HttpError {
    HttpError::Unavailable(describe(&error).into())
}

fn describe(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .unwrap_or_else(|| "fetch failed".into())
}
