//! How a call is cancelled and heard of.

use std::future::Future;
use std::sync::Arc;

use js_sys::{Function, Promise};
use sealwood::platform::BoxFuture;
use sealwood::{CancelToken, Progress, Result};
use wasm_bindgen::prelude::*;

use crate::convert::{boxed, figure, promise_of};

/// The watch of one call: cancels it, and passes its progress on as `(done, total)`.
#[wasm_bindgen]
pub struct Watch(pub(crate) sealwood::CallContext);

#[wasm_bindgen]
impl Watch {
    /// A watch that tells `progress`, a function that never throws.
    #[wasm_bindgen(constructor)]
    pub fn new(progress: Option<Function>) -> Self {
        let mut watch = sealwood::CallContext::default();
        if let Some(function) = progress {
            watch.progress = Some(Arc::new(move |Progress { done, total }| {
                let total = total.map_or(JsValue::UNDEFINED, figure);
                function.call2(&JsValue::UNDEFINED, &figure(done), &total).ok();
            }));
        }
        Self(watch)
    }

    /// Cancels the call.
    pub fn cancel(&self) {
        self.0.cancel.cancel();
    }
}

impl Watch {
    pub(crate) fn token(&self) -> CancelToken {
        self.0.cancel.clone()
    }

    /// A promise of what `work` gives, unless the call is cancelled first.
    pub(crate) fn promise<T: Into<JsValue>>(
        &self,
        work: impl Future<Output = Result<T>> + 'static,
    ) -> Promise {
        self.promise_of(boxed(work))
    }

    fn promise_of(&self, work: BoxFuture<'static, Result<JsValue>>) -> Promise {
        let cancel = self.token();
        promise_of(Box::pin(async move { cancel.run(work).await }))
    }
}
