//! Bytes of which there may be too many: the room for them is asked for, in this module's memory
//! and in the host's.

use js_sys::Uint8Array;
use sealwood::{Error, Result};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Uint8Array)]
    type OwnBytes;

    #[wasm_bindgen(catch, constructor, js_class = "Uint8Array")]
    fn new(bytes: &[u8]) -> Result<OwnBytes, JsValue>;
}

/// Bytes as an array of their own, outside this module's memory, for which the host may have no
/// room.
pub(super) fn large(bytes: &[u8]) -> Result<JsValue> {
    let own = OwnBytes::new(bytes).map(Into::into);
    own.map_err(|_| Error::Platform { what: "memory for what was read" })
}

/// The bytes of an array of the host's, for which there may be no room in this module's memory.
pub(super) fn taken(array: &Uint8Array) -> Result<Vec<u8>> {
    let (mut bytes, len) = (Vec::new(), array.length() as usize);
    let what = "memory for the bytes that were given";
    bytes.try_reserve_exact(len).map_err(|_| Error::Platform { what })?;
    bytes.resize(len, 0);
    array.copy_to(&mut bytes);
    Ok(bytes)
}
