//! What must come out the same on every platform and in every language: natively under
//! `cargo test`, on wasm32 in Node under `cargo xtask test --only wasm`.
//!
//! The golden vectors in `conformance/vectors` hold inputs and outputs side by side. Each test
//! computes the outputs anew from the inputs and compares. `cargo xtask vectors` writes them.

#![allow(clippy::unwrap_used)]

mod contents;
mod device;
mod engine;
mod forge;
mod forged_keyring;
mod forged_trust;
mod input;
mod keyrings;
mod keys;
mod negative;
mod nodes;
mod roots;
mod texts;
mod trust;

use bytes::Bytes;
use sealwood::blob::{BlobStore, ETag, MemoryStore, Precondition};
use sealwood::path::VaultPath;
use serde_json::Value;

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

/// A test of one file of vectors, as it was compiled in.
macro_rules! golden {
    ($room:ident, $file:literal) => {{
        let stored = include_str!(concat!("../../../conformance/vectors/", $file));
        let mut computed = parsed(stored);
        $room::fill(&mut computed).await;
        if let Some(difference) = difference("", &parsed(stored), &computed) {
            panic!("{}: {difference}", $file);
        }
        assert_eq!(stored, written(&computed), "{}: another layout", $file);
    }};
}

vector! {
    async fn keys_are_as_recorded() {
        golden!(keys, "keys.json");
    }
}

vector! {
    async fn keyrings_are_as_recorded() {
        golden!(keyrings, "keyrings.json");
    }
}

vector! {
    async fn nodes_are_as_recorded() {
        golden!(nodes, "nodes.json");
    }
}

vector! {
    async fn contents_are_as_recorded() {
        golden!(contents, "contents.json");
    }
}

vector! {
    async fn roots_are_as_recorded() {
        golden!(roots, "roots.json");
    }
}

vector! {
    async fn engines_are_as_recorded() {
        golden!(engine, "engine.json");
    }
}

vector! {
    async fn devices_are_as_recorded() {
        golden!(device, "device.json");
    }
}

vector! {
    async fn trust_is_as_recorded() {
        golden!(trust, "trust.json");
    }
}

vector! {
    async fn texts_are_as_recorded() {
        golden!(texts, "texts.json");
    }
}

vector! {
    /// What somebody signed who may not, or nobody, is refused, by the code that was recorded.
    async fn what_is_not_to_be_trusted_is_refused() {
        let document = parsed(include_str!("../../../conformance/vectors/trust.json"));
        assert!(trust::read(&document) > 60, "hardly a case was recorded");
    }
}

vector! {
    async fn negatives_are_as_recorded() {
        golden!(negative, "negative.json");
    }
}

vector! {
    /// What breaks a rule is refused, by the error that was recorded.
    async fn what_is_not_to_be_written_is_refused() {
        let document = parsed(include_str!("../../../conformance/vectors/negative.json"));
        assert!(negative::read(&document).await > 80, "hardly a case was recorded");
    }
}

vector! {
    /// What a reader would refuse is not written.
    async fn no_root_is_written_past_the_end_of_a_counter() {
        negative::change_at_the_end_of_a_counter().await;
    }
}

vector! {
    /// What an engine wrote once is still read.
    async fn recorded_engines_can_be_read() {
        let document = parsed(include_str!("../../../conformance/vectors/engine.json"));
        assert!(engine::read(&document).await >= 2, "hardly an engine was recorded whole");
    }
}

vector! {
    /// The other direction: what was written once is still read.
    async fn recorded_vaults_can_be_read() {
        let document = parsed(include_str!("../../../conformance/vectors/roots.json"));
        assert!(roots::read(&document).await >= 4, "hardly a vault was recorded whole");
    }
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

/// Writes the outputs of every file anew.
#[cfg(not(target_arch = "wasm32"))]
#[test]
#[ignore = "changes conformance/vectors: `cargo xtask vectors`"]
fn write_vectors() {
    futures_lite::future::block_on(async {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/vectors");
        let files = [
            "keys", "keyrings", "nodes", "contents", "roots", "engine", "negative", "texts",
            "device", "trust",
        ];
        for file in files {
            let path = format!("{directory}/{file}.json");
            let mut document = parsed(&std::fs::read_to_string(&path).unwrap());
            match file {
                "keys" => keys::fill(&mut document).await,
                "keyrings" => keyrings::fill(&mut document).await,
                "nodes" => nodes::fill(&mut document).await,
                "contents" => contents::fill(&mut document).await,
                "engine" => engine::fill(&mut document).await,
                "negative" => negative::fill(&mut document).await,
                "device" => device::fill(&mut document).await,
                "texts" => texts::fill(&mut document).await,
                "trust" => trust::fill(&mut document).await,
                _ => roots::fill(&mut document).await,
            }
            std::fs::write(&path, written(&document)).unwrap();
        }
    });
}

fn parsed(document: &str) -> Value {
    serde_json::from_str(document).unwrap()
}

fn written(document: &Value) -> String {
    format!("{document:#}\n")
}

/// The first place where two documents differ.
fn difference(at: &str, recorded: &Value, computed: &Value) -> Option<String> {
    match (recorded, computed) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            keys.filter_map(|key| {
                let side = |map: &serde_json::Map<_, _>| map.get(key).cloned().unwrap_or_default();
                difference(&format!("{at}/{key}"), &side(a), &side(b))
            })
            .next()
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            pairs.filter_map(|(index, (a, b))| difference(&format!("{at}/{index}"), a, b)).next()
        }
        _ if recorded == computed => None,
        _ => Some(format!("{at}: recorded {recorded}, computed {computed}")),
    }
}
