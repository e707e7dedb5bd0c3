//! Contents on their way in, piece by piece, and out.

use std::collections::BTreeMap;
use std::rc::Rc;

use bytes::Bytes;
use js_sys::{Function, Promise, Uint8Array};
use sealwood::Result;
use sealwood::bridge::{self, PutInput};
use sealwood::platform::BoxStream;
use sealwood::vault::EntryInfo;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::convert::{bytes, promise};
use crate::error::Thrown;

#[wasm_bindgen]
extern "C" {
    /// What a put is given, checked by the caller.
    pub type PutArguments;

    #[wasm_bindgen(method, getter, js_name = contentType)]
    fn content_type(this: &PutArguments) -> Option<String>;
    /// Keys and values by turns.
    #[wasm_bindgen(method, getter)]
    fn metadata(this: &PutArguments) -> Vec<String>;
    #[wasm_bindgen(method, getter, js_name = modifiedMs)]
    fn modified_ms(this: &PutArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn deferred(this: &PutArguments) -> bool;
    #[wasm_bindgen(method, getter, js_name = sizeHint)]
    fn size_hint(this: &PutArguments) -> Option<f64>;
}

/// The arguments as the core takes them.
pub(crate) fn put_input(arguments: &PutArguments) -> PutInput {
    let pairs = arguments.metadata();
    // One by one: to collect them would sort a list first, by code that nothing else uses.
    let mut metadata = BTreeMap::new();
    metadata.extend(pairs.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())));
    PutInput {
        content_type: arguments.content_type(),
        metadata,
        modified_ms: arguments.modified_ms().map(|millis| millis as i64),
        deferred: arguments.deferred(),
        size_hint: arguments.size_hint().map(|size| size as u64),
    }
}

/// What `next` gives, a promise of a `Uint8Array` at a time, until it gives `undefined`.
pub(crate) fn source(next: Function) -> BoxStream<'static, Result<Bytes>> {
    bridge::source(move || {
        let next = next.clone();
        Box::pin(async move {
            let failed = |thrown: JsValue| {
                let thrown = Thrown::new(&thrown);
                bridge::source_error(thrown.code.as_deref(), &thrown.message)
            };
            let piece = next.call0(&JsValue::UNDEFINED).map_err(failed)?;
            let piece = JsFuture::from(Promise::resolve(&piece)).await.map_err(failed)?;
            let piece = piece.dyn_into::<Uint8Array>().ok();
            Ok(piece.map(|piece| Bytes::from(piece.to_vec())))
        })
    })
}

/// The pieces of a content, pulled one by one.
#[wasm_bindgen]
pub struct Content {
    pull: Rc<bridge::Pull<Bytes>>,
    length: f64,
    content_type: Option<String>,
}

#[wasm_bindgen]
impl Content {
    /// How many bytes all pieces have.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> f64 {
        self.length
    }

    /// The media type that the app gave the file.
    #[wasm_bindgen(getter, js_name = contentType)]
    pub fn content_type(&self) -> Option<String> {
        self.content_type.clone()
    }

    /// A promise of the next piece, or of `undefined` at the end.
    pub fn next(&self) -> Promise {
        let pull = Rc::clone(&self.pull);
        promise(
            async move { Ok(pull.next().await?.map_or(JsValue::UNDEFINED, |piece| bytes(&piece))) },
        )
    }

    /// Stops reading, also under a pending `next`.
    pub fn close(&self) {
        self.pull.close();
    }
}

impl Content {
    pub(crate) fn new(
        info: EntryInfo,
        start: u64,
        end: Option<u64>,
        pull: bridge::Pull<Bytes>,
    ) -> Self {
        let length = end.unwrap_or(info.size) - start;
        Self { pull: Rc::new(pull), length: length as f64, content_type: info.content_type }
    }
}
