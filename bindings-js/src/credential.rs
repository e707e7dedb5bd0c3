//! What a vault is opened with, and with which settings.

use sealwood::bridge::{ConfigInput, CredentialInput};
use sealwood::{Error, Result};
use wasm_bindgen::prelude::*;

use crate::error::to_js;

/// A checked credential, wiped when freed.
#[wasm_bindgen]
pub struct Credential(pub(crate) sealwood::vault::Credential);

#[wasm_bindgen]
impl Credential {
    /// The 32 bytes of a secret.
    pub fn secret(bytes: Vec<u8>) -> Result<Self, JsValue> {
        Self::new(CredentialInput::Secret(bytes))
    }

    /// 24 recovery words.
    pub fn phrase(words: Vec<u8>) -> Result<Self, JsValue> {
        Self::new(CredentialInput::Phrase(utf8(words)?))
    }

    /// A passphrase.
    pub fn passphrase(text: Vec<u8>) -> Result<Self, JsValue> {
        Self::new(CredentialInput::Passphrase(utf8(text)?))
    }
}

impl Credential {
    fn new(input: CredentialInput) -> Result<Self, JsValue> {
        input.credential().map(Self).map_err(to_js)
    }
}

/// The same bytes as text; no copy is left behind.
pub(crate) fn utf8(bytes: Vec<u8>) -> Result<String, JsValue> {
    String::from_utf8(bytes).map_err(|error| {
        let mut bytes = error.into_bytes();
        bytes.fill(0);
        to_js(Error::InvalidArgument { what: "a phrase or passphrase is UTF-8" })
    })
}

#[wasm_bindgen]
extern "C" {
    /// The settings of a vault, checked by the caller.
    pub type ConfigArguments;

    #[wasm_bindgen(method, getter, js_name = chunkBytes)]
    fn chunk_bytes(this: &ConfigArguments) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = memoryKib)]
    fn memory_kib(this: &ConfigArguments) -> Option<u32>;
    #[wasm_bindgen(method, getter)]
    fn passes(this: &ConfigArguments) -> Option<u32>;
    #[wasm_bindgen(method, getter)]
    fn lanes(this: &ConfigArguments) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = ceilingMemoryKib)]
    fn ceiling_memory_kib(this: &ConfigArguments) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = ceilingPasses)]
    fn ceiling_passes(this: &ConfigArguments) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = memoryBudgetBytes)]
    fn memory_budget_bytes(this: &ConfigArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = packBytesMax)]
    fn pack_bytes_max(this: &ConfigArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = extentBytesMax)]
    fn extent_bytes_max(this: &ConfigArguments) -> Option<u32>;
}

pub(crate) fn config_input(arguments: &ConfigArguments) -> ConfigInput {
    ConfigInput {
        chunk_bytes: arguments.chunk_bytes(),
        memory_kib: arguments.memory_kib(),
        passes: arguments.passes(),
        lanes: arguments.lanes(),
        ceiling_memory_kib: arguments.ceiling_memory_kib(),
        ceiling_passes: arguments.ceiling_passes(),
        memory_budget_bytes: arguments.memory_budget_bytes().map(|bytes| bytes as u64),
        pack_bytes_max: arguments.pack_bytes_max().map(|bytes| bytes as u64),
        extent_bytes_max: arguments.extent_bytes_max(),
    }
}
