//! What belongs to no handle.

use std::sync::Arc;

use js_sys::Function;
use sealwood::blob::ETag;
use sealwood::bridge::{self, LogHook, LogLevel};
use wasm_bindgen::prelude::*;

use crate::convert::bytes;
use crate::credential::utf8;
use crate::error::to_js;

/// The version of the core.
#[wasm_bindgen]
pub fn version() -> String {
    sealwood::VERSION.to_owned()
}

/// A new secret.
#[wasm_bindgen(js_name = generateSecret)]
pub fn generate_secret() -> Result<JsValue, JsValue> {
    bridge::generate_secret().map(|secret| bytes(&secret)).map_err(to_js)
}

/// The words of a secret.
#[wasm_bindgen(js_name = phraseOfSecret)]
pub fn phrase_of_secret(secret: Vec<u8>) -> Result<JsValue, JsValue> {
    let phrase = bridge::phrase_of_secret(secret).map_err(to_js)?;
    Ok(phrase.expose().into())
}

/// The secret behind its words.
#[wasm_bindgen(js_name = secretOfPhrase)]
pub fn secret_of_phrase(words: Vec<u8>) -> Result<JsValue, JsValue> {
    bridge::secret_of_phrase(&utf8(words)?).map(|secret| bytes(&secret)).map_err(to_js)
}

/// The tag that stores without tags of their own give to a content.
#[wasm_bindgen(js_name = tagOfContent)]
pub fn tag_of_content(content: &[u8]) -> String {
    ETag::of_content(content).0
}

/// Passes log messages up to a level to a function `(level, message)` that never throws.
#[wasm_bindgen(js_name = setLogger)]
pub fn set_logger(level: &str, hook: Option<Function>) {
    let level = level.parse().unwrap_or(LogLevel::Trace);
    let hook = hook.map(|function| -> Arc<dyn LogHook> {
        Arc::new(move |level: LogLevel, message: &str| {
            let level = level.as_str().to_ascii_lowercase();
            function.call2(&JsValue::UNDEFINED, &level.into(), &message.into()).ok();
        })
    });
    bridge::set_logger(level, hook);
}
