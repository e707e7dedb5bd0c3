//! What must come out the same on every platform: natively under `cargo test`, on wasm32 in Node
//! under `cargo xtask test --only wasm`.

#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use sealwood::blob::{BlobStore, ETag, MemoryStore, Precondition};
use sealwood::path::VaultPath;

/// An async test for every platform.
macro_rules! vector {
    ($(#[$doc:meta])* async fn $name:ident() $body:block) => {
        $(#[$doc])*
        #[cfg(not(target_arch = "wasm32"))]
        #[test]
        fn $name() {
            futures_lite::future::block_on(async $body);
        }

        $(#[$doc])*
        #[cfg(target_arch = "wasm32")]
        #[wasm_bindgen_test::wasm_bindgen_test]
        async fn $name() $body
    };
}

vector! {
    /// Composed and decomposed spellings are one path.
    async fn paths_are_canonical() {
        let composed = VaultPath::new("caf\u{e9}/\u{1e9b}\u{323}").unwrap();
        let decomposed = VaultPath::new("cafe\u{301}/\u{1e9b}\u{323}").unwrap();
        assert_eq!(composed, decomposed);
        assert_eq!(composed.as_str().as_bytes(), b"caf\xc3\xa9/\xe1\xba\x9b\xcc\xa3");
        assert_eq!(VaultPath::new("a//b").unwrap_err().code(), "path-empty-segment");
    }
}

vector! {
    /// The tag is the start of the BLAKE3 hash of the bytes.
    async fn memory_store_keeps_bytes_and_tags_them() {
        let store = MemoryStore::new();
        let abc = Bytes::from_static(b"abc");
        let etag = store.put("packs/1", abc.clone(), Precondition::Absent).await.unwrap();
        assert_eq!(etag, ETag("6437b3ac38465133ffb63b75273a8db5".into()));
        let object = store.get("packs/1").await.unwrap();
        assert_eq!((object.bytes, object.etag), (abc.clone(), etag));
        let refused = store.put("packs/1", abc, Precondition::Absent).await.unwrap_err();
        assert_eq!(refused.code(), "precondition-failed");
    }
}
