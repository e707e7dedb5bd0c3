//! Keys of the index: one order for the keys of all namespaces.
//!
//! A key of the index is the id of the namespace (4 bytes, big endian) and the key. What comes from
//! the index is borrowed bytes, which [`IndexKey::split`] parts again.

use std::ops::Deref;

use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;

/// The bytes before the key itself.
const ID_BYTES: usize = NamespaceId::BYTES;

/// A key of the index, or what several begin with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct IndexKey(Vec<u8>);

impl IndexKey {
    /// The key of the index for a key of a namespace, or for what its keys begin with.
    pub(crate) fn new(namespace: NamespaceId, key: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(ID_BYTES + key.len());
        bytes.extend_from_slice(&namespace.to_bytes());
        bytes.extend_from_slice(key);
        Self(bytes)
    }

    /// What all keys of a namespace begin with.
    pub(crate) fn of_all(namespace: NamespaceId) -> Self {
        Self::new(namespace, &[])
    }

    /// The first key after all that begin with `prefix`, if there is one.
    pub(crate) fn after_all(prefix: &[u8]) -> Option<Self> {
        let kept = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
        let mut next = prefix[..=kept].to_vec();
        next[kept] += 1;
        Some(Self(next))
    }

    /// The first key after this one.
    pub(crate) fn successor(mut self) -> Self {
        self.0.push(0);
        self
    }

    /// The namespace and the key that a key of the index stands for.
    pub(crate) fn split(bytes: &[u8]) -> Result<(NamespaceId, &[u8])> {
        let (id, key) =
            bytes.split_first_chunk::<ID_BYTES>().ok_or(Error::Malformed { what: "index key" })?;
        Ok((NamespaceId::from_bytes(*id), key))
    }

    /// The key itself, without the namespace; empty if that is damaged.
    pub(crate) fn key_in(bytes: &[u8]) -> &[u8] {
        bytes.get(ID_BYTES..).unwrap_or_default()
    }

    /// The key itself.
    pub(crate) fn into_key(mut self) -> Vec<u8> {
        self.0.drain(..ID_BYTES.min(self.0.len()));
        self.0
    }
}

impl Deref for IndexKey {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_of_a_namespace_are_together_and_in_their_order() {
        let keys: [(u32, &[u8]); 6] =
            [(1, b"\xff"), (2, b""), (2, b"\0"), (2, b"a"), (256, b""), (u32::MAX, b"z")];
        let keys = keys.map(|(namespace, key)| (NamespaceId::new(namespace), key));
        let full = keys.map(|(namespace, key)| IndexKey::new(namespace, key));
        assert!(full.is_sorted());
        for ((namespace, key), full) in keys.iter().zip(&full) {
            assert_eq!(IndexKey::split(full).unwrap(), (*namespace, *key));
            assert_eq!(IndexKey::key_in(full), *key);
            assert_eq!(full.clone().into_key(), *key);
            assert!(full.starts_with(&IndexKey::of_all(*namespace)));
            assert!(full.clone().successor() > *full);
        }
        assert_eq!(full[1].clone().successor(), full[2]);
        assert!(IndexKey::split(&[0; 3]).is_err());
        assert_eq!(IndexKey::key_in(&[0; 3]), b"");
    }

    #[test]
    fn what_comes_after_a_prefix_begins_with_something_else() {
        let cases: [(&[u8], Option<&[u8]>); 3] =
            [(b"a", Some(b"b")), (b"a\xff\xff", Some(b"b")), (b"\xff", None)];
        for (prefix, next) in cases {
            assert_eq!(IndexKey::after_all(prefix).as_deref(), next);
        }
    }
}
