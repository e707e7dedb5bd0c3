//! The core's error as the package's class, and what a host's error means to the core.

use js_sys::Reflect;
use sealwood::Error;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "../error.js")]
extern "C" {
    type SealwoodError;

    #[wasm_bindgen(constructor)]
    fn new(code: &str, message: &str, path: Option<&str>) -> SealwoodError;
}

/// `error` as an instance of the package's class.
pub(crate) fn to_js(error: Error) -> JsValue {
    let path = error.path().map(|path| path.as_str());
    SealwoodError::new(error.code(), &error.to_string(), path).into()
}

/// What a callback of the host threw: its `code`, if that is a string, and its message.
pub(crate) struct Thrown {
    pub(crate) code: Option<String>,
    pub(crate) message: String,
}

impl Thrown {
    pub(crate) fn new(value: &JsValue) -> Self {
        let member = |name: &str| Reflect::get(value, &name.into()).ok()?.as_string();
        let message = member("message").or_else(|| value.as_string());
        Self {
            code: member("code"),
            message: message.unwrap_or_else(|| "it gave no message".to_owned()),
        }
    }
}
