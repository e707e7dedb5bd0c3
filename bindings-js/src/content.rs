//! Contents on their way in, piece by piece, and out.

use std::rc::Rc;

use bytes::Bytes;
use futures_util::StreamExt;
use js_sys::{Function, Promise, Uint8Array};
use sealwood::bridge::{self, PutInput};
use sealwood::platform::BoxStream;
use sealwood::vault::EntryInfo;
use sealwood::{ContentStream, Error, Result};
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

    /// An array that the host may have no room for.
    #[wasm_bindgen(js_name = Uint8Array)]
    type Room;

    #[wasm_bindgen(constructor, catch, js_class = "Uint8Array")]
    fn new(length: f64) -> Result<Room, JsValue>;
}

/// The arguments as the core takes them.
pub(crate) fn put_input(arguments: &PutArguments) -> PutInput {
    let pairs = arguments.metadata();
    let metadata = pairs.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
    PutInput {
        content_type: arguments.content_type(),
        metadata: metadata.collect(),
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

/// A whole content, written into an array of the host as it arrives: this module's memory, which
/// never shrinks, holds a few chunks of it at most.
pub(crate) async fn whole(size: u64, mut pieces: ContentStream) -> Result<JsValue> {
    let room = Room::new(size as f64)
        .map_err(|_| Error::Platform { what: "memory for the whole content" })?;
    let array: Uint8Array = room.unchecked_into();
    let mut at = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        let end = at + piece.len() as u32;
        array.subarray(at, end).copy_from(&piece);
        at = end;
    }
    Ok(array.into())
}

/// How many bytes a read gives.
pub(crate) fn length(info: &EntryInfo, range: Option<&std::ops::Range<u64>>) -> u64 {
    range.map_or(info.size, |range| range.end - range.start)
}

/// The pieces of a content, pulled one by one.
#[wasm_bindgen]
pub struct Content(Rc<bridge::Pull<Bytes>>);

#[wasm_bindgen]
impl Content {
    /// A promise of the next piece, or of `undefined` at the end.
    pub fn next(&self) -> Promise {
        let pull = Rc::clone(&self.0);
        promise(
            async move { Ok(pull.next().await?.map_or(JsValue::UNDEFINED, |piece| bytes(&piece))) },
        )
    }

    /// Stops reading, also under a pending `next`.
    pub fn close(&self) {
        self.0.close();
    }
}

impl Content {
    pub(crate) fn new(pull: bridge::Pull<Bytes>) -> Self {
        Self(Rc::new(pull))
    }
}
