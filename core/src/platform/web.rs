//! wasm32: the JavaScript host's clock and `fetch`.

#[cfg(feature = "s3")]
mod http;

#[cfg(feature = "bridge")]
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
#[cfg(feature = "bridge")]
use std::sync::Arc;
use std::time::Duration;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

#[cfg(feature = "bridge")]
use super::LogHook;

#[cfg(feature = "s3")]
pub(crate) use http::HttpClient;

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
#[cfg(feature = "passphrase")]
pub(crate) const HAS_THREADS: bool = false;

/// Lets the host do what else waits, and goes on when that is done: by a message to itself, as
/// hosts delay timers, on a hidden page by a second and more.
#[cfg(feature = "passphrase")]
pub(crate) async fn let_others_work() {
    let Ok(channel) = web_sys::MessageChannel::new() else {
        return super::sleep(Duration::ZERO).await;
    };
    let here = OpenPort(channel.port1());
    let come = js_sys::Promise::new(&mut |resolve, _| here.0.set_onmessage(Some(&resolve)));
    if channel.port2().post_message(&JsValue::NULL).is_ok() {
        JsFuture::from(come).await.ok();
    }
}

/// A port that keeps Node from leaving while it is open; closed also where nobody waits any more.
#[cfg(feature = "passphrase")]
struct OpenPort(web_sys::MessagePort);

#[cfg(feature = "passphrase")]
impl Drop for OpenPort {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Runs blocking work; there is no other thread to run it on.
pub async fn run_blocking<T: 'static>(work: impl FnOnce() -> T + 'static) -> T {
    work()
}

/// Runs `work`, which goes on to its end, whether or not anybody waits for it.
pub(crate) async fn to_the_end<T: Default + 'static>(work: impl Future<Output = T> + 'static) -> T {
    let (tell, told) = futures_channel::oneshot::channel();
    wasm_bindgen_futures::spawn_local(async move {
        let _ = tell.send(work.await);
    });
    told.await.unwrap_or_default()
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

/// Time that passes, by the host's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(u64);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(sealwood_base::now_ms())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        Duration::from_millis(sealwood_base::now_ms().saturating_sub(self.0))
    }
}
