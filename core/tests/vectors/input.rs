//! Reading inputs, and the surroundings every vector is computed in (`conformance/README.md`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use sealwood::Result;
use sealwood::blob::{BlobStore, MemoryStore};
use sealwood::internals::{Epoch, EpochKey, Keys};
use sealwood::platform::{Clock, Entropy, Environment, NoEntropy};
use sealwood::seal::SlotSecret;
use serde_json::{Value, json};

/// Objects up to this size are recorded whole.
const WHOLE_BYTES_MAX: usize = 4096;

/// A new environment: draws are counted from 0, and so are readings of the clock.
pub(crate) fn environment(clock: &Value) -> Environment {
    let clock = Ticks {
        start_ms: clock["start_ms"].as_u64().unwrap_or(0),
        step_ms: clock["step_ms"].as_u64().unwrap_or(1),
        readings: AtomicU64::new(0),
    };
    Environment { clock: Arc::new(clock), entropy: Arc::new(Draws(AtomicU64::new(0))) }
}

struct Draws(AtomicU64);

impl Entropy for Draws {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoEntropy> {
        buffer.copy_from_slice(&noise(self.0.fetch_add(1, Ordering::Relaxed), buffer.len()));
        Ok(())
    }
}

struct Ticks {
    start_ms: u64,
    step_ms: u64,
    readings: AtomicU64,
}

impl Clock for Ticks {
    fn now_ms(&self) -> u64 {
        self.start_ms + self.step_ms * self.readings.fetch_add(1, Ordering::Relaxed)
    }
}

/// The first bytes of the BLAKE3 output for `seed` as 8 bytes, little endian.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

/// `{"text"}`, `{"hex"}`, `{"noise", "length"}`, or any of them `"times"` over, in pieces.
pub(crate) fn pieces(input: &Value) -> Vec<Bytes> {
    let piece = if let Some(text) = input["text"].as_str() {
        text.as_bytes().to_vec()
    } else if let Some(seed) = input["noise"].as_u64() {
        noise(seed, number(input, "length") as usize)
    } else {
        hex::decode(text(input, "hex")).unwrap()
    };
    vec![Bytes::from(piece); input["times"].as_u64().unwrap_or(1) as usize]
}

/// The same as one.
pub(crate) fn bytes(input: &Value) -> Vec<u8> {
    pieces(input).concat()
}

pub(crate) fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input[name].as_str().unwrap_or_else(|| panic!("no text {name:?} in {input}"))
}

pub(crate) fn number(input: &Value, name: &str) -> u64 {
    input[name].as_u64().unwrap_or_else(|| panic!("no number {name:?} in {input}"))
}

pub(crate) fn list<'a>(input: &'a Value, name: &str) -> &'a [Value] {
    input[name].as_array().map_or(&[], Vec::as_slice)
}

/// The cases of a document, of which there are some.
pub(crate) fn cases<'a>(document: &'a mut Value, name: &str) -> &'a mut Vec<Value> {
    let cases = document[name].as_array_mut().unwrap();
    assert!(!cases.is_empty(), "no {name}");
    cases
}

pub(crate) fn array<const N: usize>(input: &Value, name: &str) -> [u8; N] {
    hex::decode(text(input, name)).unwrap().try_into().unwrap()
}

pub(crate) fn secret(input: &Value) -> SlotSecret {
    SlotSecret::from_bytes(array(input, "secret"))
}

/// The keys of a first epoch.
pub(crate) fn keys(input: &Value) -> Keys {
    Keys::derive(Epoch::FIRST, &EpochKey::from_bytes(array(input, "epoch_key")))
}

pub(crate) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// What is recorded of an object: size and hash, and all of it if it is small.
pub(crate) fn object(name: &str, bytes: &[u8]) -> Value {
    let mut object = json!({"name": name, "size": bytes.len(), "blake3": hash(bytes)});
    if bytes.len() <= WHOLE_BYTES_MAX {
        object["hex"] = hex::encode(bytes).into();
    }
    object
}

/// Every object of a store but the reserve, which is noise.
pub(crate) async fn objects(store: &MemoryStore) -> Value {
    let page = store.list("", None, 1000).await.unwrap();
    assert!(page.next.is_none());
    let mut found = Vec::new();
    for meta in page.objects.into_iter().filter(|meta| meta.key != "reserve") {
        found.push(object(&meta.key, &store.get(&meta.key).await.unwrap().bytes));
    }
    found.into()
}
