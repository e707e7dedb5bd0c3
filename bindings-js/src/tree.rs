//! What is read from, whatever is behind it.

use js_sys::Promise;
use sealwood::bridge;
use sealwood::vault::ReadOptions;
use wasm_bindgen::prelude::*;

use crate::content::Content;
use crate::convert;
use crate::error::to_js;
use crate::listing::Listing;
use crate::store::Store;
use crate::watch::Watch;

/// A vault, one state of it, or a directory that was handed over.
#[wasm_bindgen]
pub struct Tree(bridge::Tree);

#[wasm_bindgen]
impl Tree {
    /// The directory that the bytes of a link name.
    pub fn shared(store: &Store, link: &[u8]) -> Result<Self, JsValue> {
        bridge::shared_directory(store.0.clone(), link).map(Self).map_err(to_js)
    }

    /// A promise of the entry at `path`.
    pub fn stat(&self, path: String, watch: &Watch) -> Promise {
        let tree = self.0.clone();
        watch.promise(async move { Ok(convert::entry(&tree.stat(&path).await?)) })
    }

    /// A promise of whether there is an entry at `path`.
    pub fn exists(&self, path: String, watch: &Watch) -> Promise {
        let tree = self.0.clone();
        watch.promise(async move { tree.exists(&path).await })
    }

    /// A promise of a `Content`, from `start` or the first byte to before `end` or to the last.
    pub fn stream(
        &self,
        path: String,
        start: Option<f64>,
        end: Option<f64>,
        watch: &Watch,
    ) -> Promise {
        let tree = self.0.clone();
        let start = start.map_or(0, |start| start as u64);
        let end = end.map(|end| end as u64);
        let mut options = ReadOptions::new().context(watch.0.clone());
        (options.start, options.end) = (start, end);
        watch.promise(async move {
            let (info, pull) = tree.get_stream_with(&path, &options).await?;
            Ok(Content::new(info, start, end, pull))
        })
    }

    /// A promise of `{ entries, next }`.
    pub fn list(
        &self,
        path: String,
        after: Option<String>,
        limit: Option<u32>,
        watch: &Watch,
    ) -> Promise {
        let tree = self.0.clone();
        watch.promise(async move {
            let page = tree.list(&path, after, limit).await?;
            let entries = convert::entries(&page.entries);
            Ok(convert::object(&[("entries", entries), ("next", page.next.into())]))
        })
    }

    /// A promise of a `Listing` of a directory's entries.
    pub fn entries(&self, path: String, watch: &Watch) -> Promise {
        let (tree, cancel) = (self.0.clone(), watch.token());
        watch.promise(async move { tree.entries(&path, cancel).await.map(Listing::new) })
    }

    /// A promise of a `Listing` of all entries below a directory.
    #[wasm_bindgen(js_name = entriesRecursive)]
    pub fn entries_recursive(&self, path: String, watch: &Watch) -> Promise {
        let (tree, cancel) = (self.0.clone(), watch.token());
        watch.promise(async move { tree.entries_recursive(&path, cancel).await.map(Listing::new) })
    }
}

impl Tree {
    pub(crate) fn new(tree: impl Into<bridge::Tree>) -> Self {
        Self(tree.into())
    }
}
