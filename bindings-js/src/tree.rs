//! What vaults and snapshots are read by.

/// The reading methods of `$handle`, whose field 0 is cheap to clone.
macro_rules! reading_methods {
    ($handle:ident) => {
        #[wasm_bindgen]
        impl $handle {
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

            /// A promise of a `Content`, from `start` or the first byte to before `end` or to the
            /// last.
            pub fn stream(
                &self,
                path: String,
                start: Option<f64>,
                end: Option<f64>,
                watch: &Watch,
            ) -> Promise {
                let tree = self.0.clone();
                let options = tree::read_options(start, end, watch);
                let cancel = watch.token();
                watch.promise(async move {
                    let (start, end) = (options.start, options.end);
                    let (info, pieces) = tree.get_stream(&path, options).await?;
                    Ok(content::Content::new(info, start, end, Pull::new(pieces, cancel)))
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
                let mut options = ListOptions { after, ..ListOptions::default() };
                if let Some(limit) = limit {
                    options.limit = limit as usize;
                }
                watch.promise(async move {
                    let page = tree.list(&path, options).await?;
                    let entries = convert::entries(&page.entries);
                    Ok(convert::object(&[("entries", entries), ("next", page.next.into())]))
                })
            }

            /// A promise of a `Listing` of a directory's entries, or of all below it.
            pub fn entries(&self, path: String, recursive: bool, watch: &Watch) -> Promise {
                let tree = self.0.clone();
                let cancel = watch.token();
                watch.promise(async move {
                    let entries = if recursive {
                        tree.list_recursive(&path).await?
                    } else {
                        tree.list_stream(&path, None).await?
                    };
                    Ok(Listing::new(Pull::new(entries, cancel)))
                })
            }
        }
    };
}

use sealwood::vault::ReadOptions;

use crate::watch::Watch;

pub(crate) use reading_methods;

/// A whole content, or the bytes from `start` or the first on to before `end` or to the last.
pub(crate) fn read_options(start: Option<f64>, end: Option<f64>, watch: &Watch) -> ReadOptions {
    let start = start.map_or(0, |start| start as u64);
    ReadOptions { start, end: end.map(|end| end as u64), watch: watch.0.clone() }
}
