//! An object of the host as a store of the core.

use bytes::Bytes;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use sealwood::blob::{
    BlobStore, ETag, Hold, HoldMode, NotDeleted, Object, ObjectMeta, ObjectPage, Precondition,
    StoreGetOptions, StorePutOptions,
};
use sealwood::bridge;
use sealwood::platform::BoxFuture;
use sealwood::{Error, Result, forward};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::convert::{SAFE_MAX, figure, object, size, time, whole};
use crate::error::{Thrown, to_js};

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
    #[wasm_bindgen(method, catch, js_name = deleteMany)]
    fn delete_many(this: &HostStore, keys: Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn hold(this: &HostStore, mode: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn flush(this: &HostStore) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = needsFlush)]
    fn needs_flush(this: &HostStore) -> Result<JsValue, JsValue>;
}

/// The adapter. It translates; what may not be answered is for the core to refuse.
pub(crate) struct ForeignStore {
    least: Least,
    author: Author,
}

/// What every store has. Of the methods that it leaves out, the core has bodies.
struct Least(HostStore);

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
        Self { least: Least(host), author }
    }

    fn host(&self) -> &HostStore {
        &self.least.0
    }

    fn lacks(&self, method: &str) -> bool {
        let member = member(self.host(), method);
        member.is_undefined() || member.is_null()
    }
}

impl BlobStore for Least {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        _: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            let answer = settled(self.0.get(key)).await?;
            let bytes = copied(member(&answer, "bytes"), OBJECT_BYTES_MAX);
            let etag = member(&answer, "etag").as_string();
            match (bytes, etag) {
                (Some(bytes), Some(etag)) => Ok(Object { bytes, etag: ETag(etag) }),
                _ => Err(wrong("get", "{ bytes: Uint8Array, etag: string }")),
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
            let precondition = match options.precondition.clone() {
                Precondition::None => JsValue::UNDEFINED,
                Precondition::Absent => "absent".into(),
                Precondition::Matches(etag) => object(&[("matches", etag.0.into())]),
            };
            let bytes = Uint8Array::from(&bytes[..]);
            let answer = settled(self.0.put(key, bytes, precondition)).await?;
            answer.as_string().map(ETag).ok_or_else(|| wrong("put", "a tag"))
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { settled(self.0.delete(key)).await.map(drop) })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        Box::pin(async move {
            let answer = settled(self.0.list(prefix, start_after, limit as u32)).await?;
            page(&answer, limit)
                .ok_or_else(|| wrong("list", "{ objects: { key, size }[], next?: string }"))
        })
    }
}

impl BlobStore for ForeignStore {
    forward!(least: get_with, put_with, delete, list);

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        if self.lacks("getRange") {
            return self.least.get_range(key, offset, length);
        }
        Box::pin(async move {
            // No object is so long that one further on could be meant.
            let offset = offset.min(SAFE_MAX);
            let answer = self.host().get_range(key, offset as f64, length as f64);
            copied(settled(answer).await?, length).ok_or_else(|| wrong("getRange", "a Uint8Array"))
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        if self.lacks("head") {
            return self.least.head(key);
        }
        Box::pin(async move {
            let answer = settled(self.host().head(key)).await?;
            let meta = optional(&answer, |answer| meta(key.to_owned(), answer));
            meta.ok_or_else(|| wrong("head", "{ size: number } or nothing"))
        })
    }

    fn delete_many<'a>(&'a self, keys: &'a [String]) -> BoxFuture<'a, Vec<NotDeleted>> {
        if self.lacks("deleteMany") {
            return self.least.delete_many(keys);
        }
        Box::pin(async move {
            let given = keys.iter().map(|key| JsValue::from(key.as_str())).collect();
            let answer = settled(self.host().delete_many(given)).await.and_then(|answer| {
                not_deleted(&answer, keys.len())
                    .ok_or_else(|| wrong("deleteMany", "{ key, error }[] or nothing"))
            });
            bridge::not_deleted(keys, answer)
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
            if self.author == Author::App || self.lacks("hold") {
                return Ok(None);
            }
            let mode = match mode {
                HoldMode::Shared => "shared",
                HoldMode::Alone => "alone",
            };
            let free = settled(self.host().hold(mode)).await?.dyn_into::<Function>();
            Ok(free.ok().map(|free| Hold::new(Free(free))))
        })
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        if self.lacks("flush") {
            return self.least.flush();
        }
        Box::pin(async move { settled(self.host().flush()).await.map(drop) })
    }

    fn needs_flush(&self) -> bool {
        // A store that cannot tell is flushed, and that tells.
        match self.lacks("needsFlush") {
            true => !self.lacks("flush"),
            false => self.host().needs_flush().map_or(true, |answer| !answer.is_falsy()),
        }
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
    outcome.map_err(|thrown| store_error(&thrown))
}

/// What the host's code threw, as the error of a store.
fn store_error(thrown: &JsValue) -> Error {
    let thrown = Thrown::new(thrown);
    bridge::store_error(thrown.code.as_deref(), &thrown.message)
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
        let answer = objects.get(index);
        meta(member(&answer, "key").as_string()?, &answer)
    });
    let objects = objects.collect::<Option<Vec<_>>>()?;
    let next = optional(&member(answer, "next"), JsValue::as_string)?;
    Some(ObjectPage { objects, next })
}

/// What an answer tells of the object at `key`.
fn meta(key: String, answer: &JsValue) -> Option<ObjectMeta> {
    let meta = ObjectMeta::new(key, whole(&member(answer, "size"))?);
    let modified_ms = optional(&member(answer, "modifiedMs"), time)?;
    let etag = optional(&member(answer, "etag"), JsValue::as_string)?;
    Some(meta.with_modified_ms(modified_ms).with_etag(etag.map(ETag)))
}

/// What is left of a delete of `count` objects. Of too many just enough to see that there are.
fn not_deleted(answer: &JsValue, count: usize) -> Option<Vec<NotDeleted>> {
    let left = optional(answer, |answer| answer.clone().dyn_into::<Array>().ok())?;
    let left = left.unwrap_or_default();
    let length = left.length().min(count as u32 + 1);
    let left = (0..length).map(|index| {
        let left = left.get(index);
        let key = member(&left, "key").as_string()?;
        Some(NotDeleted::new(key, store_error(&member(&left, "error"))))
    });
    left.collect()
}

/// What `read` makes of `value`, if there is one; nothing if that is not as it should be.
fn optional<T>(value: &JsValue, read: impl Fn(&JsValue) -> Option<T>) -> Option<Option<T>> {
    if value.is_null() || value.is_undefined() { Some(None) } else { read(value).map(Some) }
}

fn wrong(method: &str, wanted: &str) -> Error {
    Error::StoreFailed {
        reason: format!("the app's store: {method} must answer {wanted}"),
        source: None,
    }
}

/// A page as the host's code reads it.
pub(crate) fn page_to_js(page: &ObjectPage) -> JsValue {
    let objects = Array::new();
    for meta in &page.objects {
        objects.push(&meta_to_js(meta));
    }
    object(&[("objects", objects.into()), ("next", page.next.as_deref().into())])
}

/// What is known of an object as the host's code reads it.
pub(crate) fn meta_to_js(meta: &ObjectMeta) -> JsValue {
    let mut members = vec![("key", meta.key.as_str().into()), ("size", size(meta.size))];
    members.extend(meta.modified_ms.map(|moment| ("modifiedMs", figure(moment))));
    members.extend(meta.etag.as_ref().map(|ETag(etag)| ("etag", etag.into())));
    object(&members)
}

/// An object that was not deleted as the host's code reads it.
pub(crate) fn not_deleted_to_js(left: NotDeleted) -> JsValue {
    object(&[("key", left.key.into()), ("error", to_js(left.error))])
}
