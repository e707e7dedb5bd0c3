//! An object of the host as a store of the core.

use bytes::Bytes;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use sealwood::blob::{
    BlobStore, ETag, Hold, HoldMode, Object, ObjectMeta, ObjectPage, Precondition, StoreGetOptions,
    StorePutOptions,
};
use sealwood::bridge;
use sealwood::platform::BoxFuture;
use sealwood::{Error, Result};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::convert::{figure, object, whole};
use crate::error::Thrown;

/// More bytes of one object than the core accepts are never copied in.
const OBJECT_BYTES_MAX: u64 = 64 << 20;

#[wasm_bindgen]
extern "C" {
    /// An object with the methods of a store, each of which may answer at once or by a promise.
    pub type HostStore;

    #[wasm_bindgen(method, catch)]
    fn get(this: &HostStore, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getRange)]
    fn get_range(this: &HostStore, key: &str, offset: f64, length: f64)
    -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn put(
        this: &HostStore,
        key: &str,
        bytes: Uint8Array,
        precondition: JsValue,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn delete(this: &HostStore, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn list(
        this: &HostStore,
        prefix: &str,
        start_after: Option<&str>,
        limit: u32,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn head(this: &HostStore, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn hold(this: &HostStore, mode: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn flush(this: &HostStore) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = needsFlush)]
    fn needs_flush(this: &HostStore) -> Result<JsValue, JsValue>;
}

/// The adapter. It translates; what may not be answered is for the core to refuse.
pub(crate) struct ForeignStore {
    host: HostStore,
    author: Author,
}

/// Who wrote a store in JavaScript.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Author {
    /// The app: its store is tried before it is relied on.
    App,
    /// This package: a local store, which checks and writes in one step and keeps what it is given.
    Library,
}

impl ForeignStore {
    pub(crate) fn new(host: HostStore, author: Author) -> Self {
        Self { host, author }
    }
}

impl BlobStore for ForeignStore {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        _: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            let answer = settled(self.host.get(key)).await?;
            let bytes = copied(member(&answer, "bytes"), OBJECT_BYTES_MAX);
            let etag = member(&answer, "etag").as_string();
            match (bytes, etag) {
                (Some(bytes), Some(etag)) => Ok(Object { bytes, etag: ETag(etag) }),
                _ => Err(wrong("get", "{ bytes: Uint8Array, etag: string }")),
            }
        })
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            let answer = settled(self.host.get_range(key, offset as f64, length as f64)).await?;
            copied(answer, length).ok_or_else(|| wrong("getRange", "a Uint8Array"))
        })
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            let precondition = match options.precondition.clone() {
                Precondition::None => JsValue::UNDEFINED,
                Precondition::Absent => "absent".into(),
                Precondition::Matches(etag) => object(&[("matches", etag.0.into())]),
            };
            let bytes = Uint8Array::from(&bytes[..]);
            let answer = settled(self.host.put(key, bytes, precondition)).await?;
            answer.as_string().map(ETag).ok_or_else(|| wrong("put", "a tag"))
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { settled(self.host.delete(key)).await.map(drop) })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        Box::pin(async move {
            let answer = settled(self.host.list(prefix, start_after, limit as u32)).await?;
            page(&answer, limit)
                .ok_or_else(|| wrong("list", "{ objects: { key, size }[], next?: string }"))
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async move {
            let answer = settled(self.host.head(key)).await?;
            if answer.is_null() || answer.is_undefined() {
                return Ok(None);
            }
            let size = whole(&member(&answer, "size"))
                .ok_or_else(|| wrong("head", "{ size: number } or nothing"))?;
            Ok(Some(ObjectMeta::new(key, size)))
        })
    }

    fn confirms_puts(&self) -> bool {
        self.author == Author::Library
    }

    fn honours_conditions(&self) -> bool {
        self.author == Author::Library
    }

    fn hold(&self, mode: HoldMode) -> BoxFuture<'_, Result<Option<Hold>>> {
        Box::pin(async move {
            // What an app's store says of it is not relied on.
            if self.author == Author::App || member(&self.host, "hold").is_undefined() {
                return Ok(None);
            }
            let mode = match mode {
                HoldMode::Shared => "shared",
                HoldMode::Alone => "alone",
            };
            let free = settled(self.host.hold(mode)).await?.dyn_into::<Function>();
            Ok(free.ok().map(|free| Hold::new(Free(free))))
        })
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if member(&self.host, "flush").is_undefined() {
                return Ok(());
            }
            settled(self.host.flush()).await.map(drop)
        })
    }

    fn needs_flush(&self) -> bool {
        // A store that cannot tell is flushed, and that tells.
        !member(&self.host, "needsFlush").is_undefined()
            && self.host.needs_flush().is_ok_and(|answer| !answer.is_falsy())
    }
}

/// Lets go of what is held when it is dropped.
struct Free(Function);

impl Drop for Free {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

/// What a call came to in the end.
pub(crate) async fn settled(answer: Result<JsValue, JsValue>) -> Result<JsValue> {
    let outcome = match answer {
        Ok(answer) => JsFuture::from(Promise::resolve(&answer)).await,
        Err(thrown) => Err(thrown),
    };
    outcome.map_err(|thrown| {
        let thrown = Thrown::new(&thrown);
        bridge::store_error(thrown.code.as_deref(), &thrown.message)
    })
}

pub(crate) fn member(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// The bytes of an answer. Of one that is too long just enough to see that it is.
fn copied(answer: JsValue, length_max: u64) -> Option<Bytes> {
    let array = answer.dyn_into::<Uint8Array>().ok()?;
    let length = u64::from(array.length()).min(length_max.saturating_add(1));
    Some(array.subarray(0, length as u32).to_vec().into())
}

/// The page of an answer. Of one that is too long just enough to see that it is.
fn page(answer: &JsValue, limit: usize) -> Option<ObjectPage> {
    let objects = member(answer, "objects").dyn_into::<Array>().ok()?;
    let length = objects.length().min(limit as u32 + 1);
    let objects = (0..length).map(|index| {
        let meta = objects.get(index);
        Some(ObjectMeta::new(member(&meta, "key").as_string()?, whole(&member(&meta, "size"))?))
    });
    let objects = objects.collect::<Option<Vec<_>>>()?;
    let next = member(answer, "next");
    let is_end = next.is_null() || next.is_undefined();
    let next = if is_end { None } else { Some(next.as_string()?) };
    Some(ObjectPage { objects, next })
}

fn wrong(method: &str, wanted: &str) -> Error {
    Error::StoreFailed { reason: format!("the app's store: {method} must answer {wanted}") }
}

/// A page as the host's code reads it.
pub(crate) fn page_to_js(page: &ObjectPage) -> JsValue {
    let objects = Array::new();
    for meta in &page.objects {
        objects.push(&object(&[("key", meta.key.as_str().into()), ("size", figure(meta.size))]));
    }
    object(&[("objects", objects.into()), ("next", page.next.as_deref().into())])
}
