//! The name of a value: what it is computed from and how it is spelled.

use super::CHUNK_BYTES;
use crate::files::VALUES;
use crate::value_ref::ValueRef;

const CONTEXT: &str = "sealwood engine 2026 separated value";

/// The length of one hash, in bytes.
pub(super) const HASH_BYTES: usize = 32;

/// The list of the hashes of a content's chunks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ChunkHashes(Vec<u8>);

impl ChunkHashes {
    /// A list that was read, to be checked by [`Self::address`].
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The length of the list for `len` bytes of content, in bytes.
    pub(super) fn bytes_for(len: u64) -> u64 {
        len.div_ceil(CHUNK_BYTES as u64) * HASH_BYTES as u64
    }

    /// Adds the hashes of what follows, which begins with a new chunk.
    pub(super) fn extend(&mut self, content: &[u8]) {
        for chunk in content.chunks(CHUNK_BYTES) {
            self.0.extend_from_slice(blake3::hash(chunk).as_bytes());
        }
    }

    /// Whether `chunk` is the one of this number.
    pub(super) fn is_chunk(&self, number: usize, chunk: &[u8]) -> bool {
        let (hashes, _) = self.0.as_chunks::<HASH_BYTES>();
        hashes.get(number).is_some_and(|hash| blake3::hash(chunk) == *hash)
    }

    /// The name of the content of `len` bytes that has this list.
    pub(super) fn address(&self, len: u64) -> ValueRef {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        hasher.update(&len.to_le_bytes());
        hasher.update(&self.0);
        ValueRef { hash: *hasher.finalize().as_bytes(), len }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The file of a value.
pub(crate) fn file_name(value: &ValueRef) -> String {
    format!("{VALUES}/{}-{:x}", hex_of(&value.hash), value.len)
}

/// Whether a file of this name, without the directory, is that of a value.
pub(crate) fn is_value(name: &str) -> bool {
    parse_file_name(name).is_some()
}

/// The value that a file is named after, if it is; without the directory.
pub(super) fn parse_file_name(name: &str) -> Option<ValueRef> {
    let (hash, len) = name.split_once('-')?;
    let value = ValueRef { hash: hash_of(hash)?, len: u64::from_str_radix(len, 16).ok()? };
    // One value, one spelling.
    (file_name(&value).strip_prefix(VALUES)?.strip_prefix('/')? == name).then_some(value)
}

/// A hash as it is spelled: two hexadecimal digits a byte.
fn hex_of(hash: &[u8; HASH_BYTES]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of a spelling.
fn hash_of(hex: &str) -> Option<[u8; HASH_BYTES]> {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let mut hash = [0; HASH_BYTES];
    if pairs.len() != hash.len() || !rest.is_empty() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(pairs) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}
