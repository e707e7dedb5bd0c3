//! What is signed of a root.

use std::fmt;

use super::author::Author;
use super::heads::Heads;
use super::refusal::RefusalResult;
use super::sign::{Signature, SigningKey};
use super::signed_root::SignedRoot;
use super::vault_id::VaultId;

/// A named 32-byte hash that may be shown.
macro_rules! hash {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 32]);

        impl $name {
            /// One that was written down.
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), hex::encode(self.0))
            }
        }
    };
}

hash! {
    /// What names a root: the hash of its statement.
    RootHash
}
hash! {
    /// What names a chain: the hash of its last record, which covers those before it.
    ChainHash
}
hash! {
    /// The hash of all that a root says besides its statement, and of the keyring it names.
    ContentHash
}

impl ContentHash {
    /// The hash of the rest of a root's body, and of the hash of its keyring.
    pub fn of(body: &[u8], keyring_hash: &[u8; 32]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("sealwood v2 root content");
        Self(*hasher.update(keyring_hash).update(body).finalize().as_bytes())
    }
}

/// A root, as far as it matters for who wrote it and what it follows. It says nothing of what is in
/// the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The vault.
    pub vault: VaultId,
    /// The epoch of the root's keys.
    pub epoch: u32,
    /// Who signs it.
    pub author: Author,
    /// The chain of members in the keyring that it names.
    pub chain: ChainHash,
    /// All else that it says.
    pub content: ContentHash,
    /// The heads before it.
    pub heads: Heads,
}

impl Statement {
    /// The number of the root's commit, from 1.
    pub fn sequence(&self) -> u64 {
        self.heads.commits() + 1
    }

    /// The hash of the root before it; zeros for the first.
    pub fn previous(&self) -> RootHash {
        self.heads.last_hash()
    }

    /// ```text
    /// vault id (32), le32 epoch, le64 sequence, previous (32),
    /// author: 0 and le32 device and 8 zeros, or 1 and le32 member and lane (8),
    /// hash of the chain (32), hash of the heads (32), hash of the content (32)
    /// ```
    pub fn to_bytes(&self) -> [u8; 185] {
        let (kind, number, lane) = match self.author {
            Author::Device(number) => (0, number, [0; 8]),
            Author::Session { member, lane } => (1, member, lane.0),
        };
        let (previous, heads) = (self.previous(), self.heads.hash());
        let parts: [&[u8]; 10] = [
            self.vault.as_bytes(),
            &self.epoch.to_le_bytes(),
            &self.sequence().to_le_bytes(),
            previous.as_bytes(),
            &[kind],
            &number.to_le_bytes(),
            &lane,
            self.chain.as_bytes(),
            &heads,
            self.content.as_bytes(),
        ];
        let (mut bytes, mut at) = ([0; 185], 0);
        for part in parts {
            bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        bytes
    }

    /// What names the root, and what is signed.
    pub fn hash(&self) -> RootHash {
        RootHash(blake3::derive_key("sealwood v2 root", &self.to_bytes()))
    }

    /// Signs it.
    ///
    /// Fails where its sequence number is out of range.
    pub fn sign(self, key: &SigningKey) -> RefusalResult<SignedRoot> {
        let signature = key.sign(self.hash().as_bytes());
        self.signed(signature)
    }

    /// The root that came with this signature, which is not checked yet.
    ///
    /// Fails where its sequence number is out of range.
    pub fn signed(self, signature: Signature) -> RefusalResult<SignedRoot> {
        SignedRoot::new(self, signature)
    }
}
