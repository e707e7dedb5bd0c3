//! wasm32: the JavaScript host's clock and `fetch`.

#[cfg(feature = "bridge")]
use std::cell::RefCell;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

#[cfg(feature = "bridge")]
use crate::bridge::LogHook;

use super::disk::Disk;
use super::{HttpError, HttpMethod, HttpRequest, HttpResponse};

/// `Send` natively, nothing on wasm32.
pub trait MaybeSend {}
impl<T: ?Sized> MaybeSend for T {}

/// `Sync` natively, nothing on wasm32.
pub trait MaybeSync {}
impl<T: ?Sized> MaybeSync for T {}

/// A boxed future, `Send` natively.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
/// A boxed stream, `Send` natively.
pub type BoxStream<'a, T> = Pin<Box<dyn futures_util::Stream<Item = T> + 'a>>;

#[cfg(feature = "bridge")]
thread_local! {
    static LOG_HOOK: RefCell<Option<Arc<dyn LogHook>>> = const { RefCell::new(None) };
}

/// Who hears of log messages.
#[cfg(feature = "bridge")]
pub(crate) fn log_hook() -> Option<Arc<dyn LogHook>> {
    LOG_HOOK.with(|hook| hook.borrow().clone())
}

/// Replaces who hears of log messages.
#[cfg(feature = "bridge")]
pub(crate) fn set_log_hook(hook: Option<Arc<dyn LogHook>>) {
    let before = LOG_HOOK.with(|cell| cell.replace(hook));
    // A hook's own drop may log.
    drop(before);
}

/// Whether blocking work runs beside the caller's.
pub(crate) const HAS_THREADS: bool = false;

/// Runs blocking work; there is no other thread to run it on.
pub async fn run_blocking<T: 'static>(work: impl FnOnce() -> T + 'static) -> T {
    work()
}

/// Seals with the host's AES-256-GCM under the all-zero nonce, or gives `None` where the host has
/// none (a page that is not a secure context).
pub(crate) async fn seal_with_host(key: &[u8; 32], plaintext: &[u8]) -> Option<Vec<u8>> {
    subtle("encrypt", key, plaintext).await.ok()
}

/// Opens with the host's AES-256-GCM; `None` where the host has none or refuses the bytes.
pub(crate) async fn open_with_host(key: &[u8; 32], sealed: &[u8]) -> Option<Vec<u8>> {
    subtle("decrypt", key, sealed).await.ok()
}

/// Calls WebCrypto through the global object, which windows, workers and Node share.
async fn subtle(usage: &str, key: &[u8; 32], input: &[u8]) -> Result<Vec<u8>, JsValue> {
    let name = JsValue::from_str;
    let crypto = js_sys::Reflect::get(&js_sys::global(), &name("crypto"))?;
    let subtle = js_sys::Reflect::get(&crypto, &name("subtle"))?;
    let call = |method: &str, arguments: &js_sys::Array| -> Result<js_sys::Promise, JsValue> {
        let function: js_sys::Function =
            js_sys::Reflect::get(&subtle, &name(method))?.dyn_into()?;
        js_sys::Reflect::apply(&function, &subtle, arguments)?.dyn_into()
    };
    let algorithm = js_sys::Object::new();
    js_sys::Reflect::set(&algorithm, &name("name"), &name("AES-GCM"))?;
    js_sys::Reflect::set(&algorithm, &name("iv"), &js_sys::Uint8Array::new_with_length(12))?;
    let imported = call(
        "importKey",
        &js_sys::Array::of5(
            &name("raw"),
            &js_sys::Uint8Array::from(&key[..]),
            &name("AES-GCM"),
            &JsValue::FALSE,
            &js_sys::Array::of1(&name(usage)),
        ),
    )?;
    let imported = JsFuture::from(imported).await?;
    let output =
        call(usage, &js_sys::Array::of3(&algorithm, &imported, &js_sys::Uint8Array::from(input)))?;
    Ok(js_sys::Uint8Array::new(&JsFuture::from(output).await?).to_vec())
}

/// There are no directories here.
pub(crate) fn sync_directory(_path: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Nor is there a disk in one.
pub(crate) fn directory_disk(_root: PathBuf) -> std::io::Result<Arc<dyn Disk>> {
    Err(std::io::ErrorKind::Unsupported.into())
}

pub(super) fn now_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// An HTTP client over the host's `fetch`.
#[derive(Debug, Clone)]
pub struct HttpClient {
    timeout: Duration,
    body_bytes_max: u64,
}

impl HttpClient {
    /// A client whose exchanges last at most `timeout` and whose response bodies have at most
    /// `body_bytes_max` bytes.
    pub fn new(timeout: Duration, body_bytes_max: u64) -> Self {
        Self { timeout, body_bytes_max }
    }

    /// Sends `request` and reads the whole response.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let abort = web_sys::AbortController::new().map_err(failed)?;
        let exchange = Box::pin(self.exchange(request, abort.signal()));
        match select(exchange, Box::pin(super::sleep(self.timeout))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => {
                abort.abort();
                Err(HttpError::Unavailable("timeout".into()))
            }
        }
    }

    async fn exchange(
        &self,
        request: HttpRequest,
        signal: web_sys::AbortSignal,
    ) -> Result<HttpResponse, HttpError> {
        let init = web_sys::RequestInit::new();
        init.set_method(request.method.as_str());
        init.set_signal(Some(&signal));
        // What is asked for is what the server holds now, never what the browser remembers.
        init.set_cache(web_sys::RequestCache::NoStore);
        if request.method == HttpMethod::Put {
            init.set_body(&js_sys::Uint8Array::from(&request.body[..]));
        }
        let headers = web_sys::Headers::new().map_err(failed)?;
        for (name, value) in &request.headers {
            headers.append(name, value).map_err(failed)?;
        }
        init.set_headers(&headers);
        let sent = web_sys::Request::new_with_str_and_init(&request.url, &init).map_err(failed)?;
        let fetch = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("fetch"))
            .and_then(|fetch| fetch.dyn_into::<js_sys::Function>())
            .map_err(failed)?;
        let promise = fetch
            .call1(&JsValue::UNDEFINED, &sent)
            .and_then(|promise| promise.dyn_into::<js_sys::Promise>())
            .map_err(failed)?;
        let response: web_sys::Response = JsFuture::from(promise)
            .await
            .and_then(|response| response.dyn_into())
            .map_err(unavailable)?;
        let headers = read_headers(&response.headers());
        let buffer =
            JsFuture::from(response.array_buffer().map_err(failed)?).await.map_err(unavailable)?;
        let body = js_sys::Uint8Array::new(&buffer).to_vec();
        if body.len() as u64 > self.body_bytes_max {
            return Err(HttpError::Failed("the response body is over the limit".into()));
        }
        Ok(HttpResponse { status: response.status(), headers, body: Bytes::from(body) })
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
    HttpError::Failed(describe(&error))
}

fn unavailable(error: JsValue) -> HttpError {
    HttpError::Unavailable(describe(&error))
}

fn describe(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .unwrap_or_else(|| "fetch failed".into())
}

/// There is nothing to wait for: nobody else runs.
pub(crate) fn wait_until(_limit: std::time::Duration, _done: impl Fn() -> bool) {}

/// There are no threads; whoever would wake one works himself.
pub(crate) enum Worker {}

impl Worker {
    pub(crate) fn start(
        _period: std::time::Duration,
        _work: impl FnMut() -> Option<std::time::Duration> + 'static,
    ) -> Option<Self> {
        None
    }

    pub(crate) fn wake(&self) {
        match *self {}
    }

    pub(crate) fn stop(self) {
        match self {}
    }
}
