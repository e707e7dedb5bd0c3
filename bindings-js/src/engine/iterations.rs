//! Scans and watches, pulled a page at a time.

use std::rc::Rc;

use js_sys::{Array, Promise};
use sealwood::Result;
use sealwood::bridge::Pull;
use sealwood::bridge::engine::{ScanEntry, ScanKey};
use sealwood::engine::WatchEvent;
use wasm_bindgen::prelude::*;

use super::values;
use crate::convert::promise;

/// The most changes of one page: one crossing into JavaScript for so many.
const CHANGES_MAX: usize = 256;

/// A class of pages, each an array. An empty one ends it.
macro_rules! pages {
    ($name:ident, $about:literal, $item:ty, $value:path) => {
        #[doc = $about]
        #[wasm_bindgen]
        pub struct $name(Rc<Pull<Vec<$item>>>);

        #[wasm_bindgen]
        impl $name {
            /// A promise of the next items, of none at the end.
            #[wasm_bindgen(js_name = nextPage)]
            pub fn next_page(&self) -> Promise {
                let pull = Rc::clone(&self.0);
                promise(async move {
                    let page = pull.next().await?.unwrap_or_default();
                    page.iter().map($value).collect::<Result<Array>>()
                })
            }

            /// Ends it, also under a pending `nextPage`.
            pub fn close(&self) {
                self.0.close();
            }
        }

        impl $name {
            pub(super) fn new(pull: Pull<Vec<$item>>) -> Self {
                Self(Rc::new(pull))
            }
        }
    };
}

pages!(Scan, "Keys and values.", ScanEntry, values::scan_entry);
pages!(Keys, "Keys.", ScanKey, values::scan_key);

/// Changes as they come.
#[wasm_bindgen]
pub struct Changes(Rc<Pull<WatchEvent>>);

#[wasm_bindgen]
impl Changes {
    /// A promise of the next changes.
    #[wasm_bindgen(js_name = nextPage)]
    pub fn next_page(&self) -> Promise {
        let pull = Rc::clone(&self.0);
        promise(async move {
            let page = pull.next_page(CHANGES_MAX).await?;
            Ok(page.iter().map(values::watch_event).collect::<Array>())
        })
    }

    /// Ends it, also under a pending `nextPage`.
    pub fn close(&self) {
        self.0.close();
    }
}

impl Changes {
    pub(super) fn new(pull: Pull<WatchEvent>) -> Self {
        Self(Rc::new(pull))
    }
}
