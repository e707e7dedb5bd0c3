//! Listings, pulled a page at a time.

use std::rc::Rc;

use js_sys::Promise;
use sealwood::bridge::Pull;
use sealwood::vault::EntryInfo;
use wasm_bindgen::prelude::*;

use crate::convert::{entries, promise};

/// The most entries of one page: one crossing into JavaScript for so many.
const PAGE_MAX: usize = 256;

/// The entries of a directory, or of all below it.
#[wasm_bindgen]
pub struct Listing(Rc<Pull<EntryInfo>>);

#[wasm_bindgen]
impl Listing {
    /// A promise of the next entries, of none at the end.
    #[wasm_bindgen(js_name = nextPage)]
    pub fn next_page(&self) -> Promise {
        let pull = Rc::clone(&self.0);
        promise(async move { Ok(entries(&pull.next_page(PAGE_MAX).await?)) })
    }

    /// Stops listing, also under a pending `nextPage`.
    pub fn close(&self) {
        self.0.close();
    }
}

impl Listing {
    pub(crate) fn new(pull: Pull<EntryInfo>) -> Self {
        Self(Rc::new(pull))
    }
}
