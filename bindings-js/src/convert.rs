//! Plain values on their way in and out.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use js_sys::{Array, JsString, Object, Promise, Uint8Array};
use sealwood::platform::BoxFuture;
use sealwood::vault::{EntryInfo, EntryKind};
use sealwood::{Error, Result};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::error::to_js;

/// The largest integer that a number of JavaScript holds exactly.
pub(crate) const SAFE_MAX: u64 = (1 << 53) - 1;

thread_local! {
    /// Whether something that was promised is being worked on, which nothing else is meanwhile.
    static IS_AT_WORK: Cell<bool> = const { Cell::new(false) };
}

/// What is promised. Where the host has ended such work in its midst, for a trap or for something
/// thrown through this module, what it was about may be half done: nothing goes on after it.
struct Promised(BoxFuture<'static, Result<JsValue>>);

impl Future for Promised {
    type Output = Result<JsValue, JsValue>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if IS_AT_WORK.replace(true) {
            let what = "a working WebAssembly module: it was ended in the midst of its work";
            return Poll::Ready(Err(to_js(Error::Platform { what })));
        }
        let polled = self.0.as_mut().poll(context);
        IS_AT_WORK.set(false);
        polled.map_err(to_js)
    }
}

/// Whether the host has ended such work in its midst, if nobody asks who is called by it.
#[wasm_bindgen(js_name = wasEnded)]
pub fn was_ended() -> bool {
    IS_AT_WORK.get()
}

/// A promise of what `work` gives. It owns all it needs.
pub(crate) fn promise<T: Into<JsValue>>(
    work: impl Future<Output = Result<T>> + 'static,
) -> Promise {
    promise_of(boxed(work))
}

/// What `work` gives as the host sees it. In a box, what follows is compiled once and not for each
/// call, which saves a tenth of the module.
pub(crate) fn boxed<T: Into<JsValue>>(
    work: impl Future<Output = Result<T>> + 'static,
) -> BoxFuture<'static, Result<JsValue>> {
    Box::pin(async move { work.await.map(Into::into) })
}

pub(crate) fn promise_of(work: BoxFuture<'static, Result<JsValue>>) -> Promise {
    future_to_promise(Promised(work))
}

/// What a call gives that gives nothing.
pub(crate) fn nothing((): ()) -> JsValue {
    JsValue::UNDEFINED
}

/// An object with `members`, none of which can touch a prototype.
pub(crate) fn object(members: &[(&str, JsValue)]) -> JsValue {
    record(members.iter().map(|(name, value)| (*name, value.clone())))
}

/// Bytes as an array of their own, outside this module's memory.
pub(crate) fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// A size as JavaScript counts; the last number it counts exactly stands for that and more.
pub(crate) fn size(size: u64) -> JsValue {
    JsValue::from_f64(size.min(SAFE_MAX) as f64)
}

/// A whole number that the host's code has answered with.
pub(crate) fn whole(value: &JsValue) -> Option<u64> {
    let number = value.as_f64()?;
    let is_whole = (0.0..=SAFE_MAX as f64).contains(&number) && number.fract() == 0.0;
    is_whole.then_some(number as u64)
}

/// A time since 1970 in milliseconds that the host's code has answered with, its fraction cut off.
pub(crate) fn time(value: &JsValue) -> Option<u64> {
    let number = value.as_f64()?;
    (0.0..=SAFE_MAX as f64).contains(&number).then_some(number as u64)
}

/// A figure that is never used to address anything; beyond the exact integers it is rounded.
pub(crate) fn figure(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

/// A time of the vault: dates of JavaScript hold each of them.
pub(crate) fn moment(ms: i64) -> JsValue {
    JsValue::from_f64(ms as f64)
}

/// An entry as a plain object.
pub(crate) fn entry(info: &EntryInfo) -> JsValue {
    let kind = match info.kind {
        EntryKind::File => "file",
        EntryKind::Directory => "directory",
    };
    let metadata = info.metadata.iter().map(|(name, value)| (name.as_str(), value.into()));
    object(&[
        ("path", info.path.as_str().into()),
        ("name", info.name().into()),
        ("kind", kind.into()),
        ("size", size(info.size)),
        ("modifiedMs", moment(info.modified_ms)),
        ("contentType", info.content_type.as_deref().into()),
        ("metadata", record(metadata)),
    ])
}

/// Entries as an array of plain objects.
pub(crate) fn entries(infos: &[EntryInfo]) -> JsValue {
    infos.iter().map(entry).collect::<Array>().into()
}

fn record<'a>(members: impl Iterator<Item = (&'a str, JsValue)>) -> JsValue {
    let pairs = Array::new();
    for (name, value) in members {
        pairs.push(&Array::of2(&JsString::from(name), &value));
    }
    // Defines members, where assigning one called `__proto__` would do something else.
    Object::from_entries(&pairs).map_or(JsValue::UNDEFINED, Into::into)
}
