//! Keys and signatures of a bucket that the host gives.

use std::sync::Arc;

use js_sys::{Array, JsString, Uint8Array};
use sealwood::Result;
use sealwood::blob::HttpRequest;
use sealwood::blob::{S3Access, S3Credentials, S3KeySource, S3Lease, S3Signer};
use sealwood::platform::BoxFuture;
use wasm_bindgen::prelude::*;

use crate::foreign_store::{member, settled};

#[wasm_bindgen]
extern "C" {
    /// An object with one of the methods, which answers by a promise what the caller has checked.
    pub type HostAccess;

    /// `[accessKeyId, secretAccessKey, sessionToken, endsMs]`, all of them texts, an empty one for
    /// none.
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
            let mut texts = texts(self.0.keys()).await?;
            let mut next = || texts.next().unwrap_or_default();
            let credentials = S3Credentials::new(&next(), &next()).with_session_token(&next());
            Ok(S3Lease { credentials, ends_ms: next().parse().ok() })
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
            let mut texts = texts(signed).await?;
            request.url = texts.next().unwrap_or_default();
            while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
                request.headers.push((name.into(), value));
            }
            Ok(request)
        })
    }
}

/// The texts of an answer, which is an array of them.
async fn texts(answer: Result<JsValue, JsValue>) -> Result<impl Iterator<Item = String>> {
    let answer = Array::from(&settled(answer).await?);
    Ok(answer.into_iter().filter_map(|text| text.as_string()))
}
