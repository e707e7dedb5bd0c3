//! Keys and signatures of a bucket that the host gives.

use std::sync::Arc;

use js_sys::{Array, JsString, Uint8Array};
use sealwood::blob::{S3Access, S3Credentials, S3KeySource, S3Lease, S3Signer};
use sealwood::platform::{BoxFuture, HttpRequest};
use sealwood::{Error, Result};
use wasm_bindgen::prelude::*;

use crate::convert::whole;
use crate::foreign_store::{member, settled};

#[wasm_bindgen]
extern "C" {
    /// An object with one of the methods, which answers by a promise what the caller has checked.
    pub type HostAccess;

    /// `[accessKeyId, secretAccessKey, sessionToken, endsMs or undefined]`.
    #[wasm_bindgen(method, catch)]
    fn keys(this: &HostAccess) -> Result<JsValue, JsValue>;

    /// `[url, name, value, name, value, ...]`, the headers to add after the URL.
    #[wasm_bindgen(method, catch)]
    fn sign(
        this: &HostAccess,
        method: &str,
        url: &str,
        headers: Array,
        body: Uint8Array,
    ) -> Result<JsValue, JsValue>;
}

impl HostAccess {
    pub(crate) fn into_access(self) -> S3Access {
        let signs = !member(&self, "sign").is_undefined();
        let host = Arc::new(Host(self));
        if signs { S3Access::Signer(host) } else { S3Access::Keys(host) }
    }
}

struct Host(HostAccess);

impl S3KeySource for Host {
    fn key(&self) -> BoxFuture<'_, Result<S3Lease>> {
        Box::pin(async move {
            let answer = Array::from(&settled(self.0.keys()).await?);
            let credentials = S3Credentials::new(&text(&answer, 0)?, &text(&answer, 1)?);
            let credentials = credentials.with_session_token(&text(&answer, 2)?);
            Ok(S3Lease { credentials, ends_ms: whole(&answer.get(3)) })
        })
    }
}

impl S3Signer for Host {
    fn sign(&self, mut request: HttpRequest) -> BoxFuture<'_, Result<HttpRequest>> {
        Box::pin(async move {
            let headers = request.headers.iter().flat_map(|(name, value)| [&**name, value]);
            let headers = headers.map(JsString::from).collect::<Array>();
            let body = Uint8Array::from(&request.body[..]);
            let signed = self.0.sign(request.method.as_str(), &request.url, headers, body);
            let answer = Array::from(&settled(signed).await?);
            request.url = text(&answer, 0)?;
            for at in (1..answer.length()).step_by(2) {
                request.headers.push((text(&answer, at)?.into(), text(&answer, at + 1)?));
            }
            Ok(request)
        })
    }
}

fn text(answer: &Array, at: u32) -> Result<String> {
    let text = answer.get(at).as_string();
    text.ok_or_else(|| Error::StoreFailed { reason: "no text for a signature".into() })
}
