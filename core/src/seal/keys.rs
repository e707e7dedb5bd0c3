//! The key tree: key of an epoch → purpose keys → addresses → keys of single messages.

use std::fmt;
use std::sync::LazyLock;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::address::{Address, Link, PackId, Place};
use super::aead;
use super::epoch::{Epoch, EpochKey};
use crate::error::{Error, Result};
use crate::platform;

/// What a sealed unit of a pack is. Each kind has addresses and keys of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// A trie node.
    Node,
    /// A small content.
    Content,
    /// A table of chunks.
    Table,
}

/// The purpose keys of an epoch of a vault. A reader that was handed only a link has none of them.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Keys {
    #[zeroize(skip)]
    epoch: Epoch,
    node_address: [u8; 32],
    content_address: [u8; 32],
    table_address: [u8; 32],
    pub(super) root: [u8; 32],
}

impl Keys {
    /// The keys that come from that of an epoch.
    pub fn derive(epoch: Epoch, key: &EpochKey) -> Self {
        let derive = |purpose| blake3::derive_key(purpose, key.expose());
        Self {
            epoch,
            node_address: derive("sealwood v1 node address"),
            content_address: derive("sealwood v1 content address"),
            table_address: derive("sealwood v1 table address"),
            root: derive("sealwood v1 root"),
        }
    }

    /// The epoch they are of.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The address of `plaintext`.
    pub fn address(&self, kind: UnitKind, plaintext: &[u8]) -> Address {
        let key = match kind {
            UnitKind::Node => &self.node_address,
            UnitKind::Content => &self.content_address,
            UnitKind::Table => &self.table_address,
        };
        Address(*blake3::keyed_hash(key, plaintext).as_bytes())
    }

    /// Checks that `plaintext` has the address it was opened by.
    pub fn check(&self, kind: UnitKind, address: &Address, plaintext: &[u8]) -> Result<()> {
        if self.address(kind, plaintext) == *address { Ok(()) } else { Err(Error::ObjectCorrupt) }
    }
}

/// Seals `buffer[from..]` as the sealed part of a keyring; what is before it is bound to it. `salt`
/// must be fresh random bytes.
pub(crate) fn seal_keyring(
    key: &EpochKey,
    salt: &[u8; 24],
    buffer: &mut Vec<u8>,
    from: usize,
) -> Result<()> {
    let head = buffer[..from].to_vec();
    aead::seal(&keyring_key(key, salt), &head, buffer, from)
}

/// Opens the sealed part of a keyring, which is bound to `head`.
pub(crate) fn open_keyring(
    key: &EpochKey,
    salt: &[u8; 24],
    head: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    aead::open(&keyring_key(key, salt), head, sealed).map(Zeroizing::new)
}

/// 24 random bytes under one key collide after about 2^96 keyrings, so each key is used once.
fn keyring_key(key: &EpochKey, salt: &[u8; 24]) -> Zeroizing<[u8; 32]> {
    let purpose = Zeroizing::new(blake3::derive_key("sealwood v2 keyring", key.expose()));
    Zeroizing::new(*blake3::keyed_hash(&purpose, salt).as_bytes())
}

/// The object name of the keyring with this hash.
pub(crate) fn keyring_name(hash: &[u8; 32]) -> String {
    static DOMAIN: LazyLock<[u8; 32]> = LazyLock::new(|| domain("sealwood v2 keyring name"));
    object_name(&blake3::keyed_hash(&DOMAIN, hash).as_bytes()[..20])
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys([redacted])")
    }
}

/// Appends the sealed form of `plaintext` to `pack` and returns its place there.
pub(super) fn seal_unit(
    kind: UnitKind,
    address: &Address,
    pack: PackId,
    pack_bytes: &mut Vec<u8>,
    plaintext: &[u8],
) -> Result<Place> {
    let over = Error::InvalidArgument { what: "a pack over 4 GiB" };
    let offset = u32::try_from(pack_bytes.len()).map_err(|_| over.clone())?;
    let length = u32::try_from(plaintext.len() + aead::TAG_BYTES).map_err(|_| over)?;
    let from = pack_bytes.len();
    pack_bytes.extend_from_slice(plaintext);
    aead::seal(&unit_key(kind, address, pack, offset), &[], pack_bytes, from)?;
    Ok(Place { pack, offset, length })
}

/// Opens the sealed unit at `link`. The caller checks the address if it holds the vault's keys.
pub fn open_unit(kind: UnitKind, link: &Link, sealed: &[u8]) -> Result<Vec<u8>> {
    if sealed.len() < link.place.length as usize {
        return Err(Error::ObjectTruncated);
    }
    aead::open(&unit_key(kind, &link.address, link.place.pack, link.place.offset), &[], sealed)
}

/// Appends the sealed form of a chunk to `extent`. Equal chunks seal to equal bytes.
pub async fn seal_chunk(address: &Address, plaintext: &[u8], extent: &mut Vec<u8>) -> Result<()> {
    let key = chunk_key(address);
    if let Some(sealed) = platform::seal_with_host(&key, plaintext).await {
        extent.extend_from_slice(&sealed);
        return Ok(());
    }
    let from = extent.len();
    extent.extend_from_slice(plaintext);
    aead::seal(&key, &[], extent, from)
}

/// Opens a chunk. The caller checks the address if it holds the vault's keys.
pub async fn open_chunk(address: &Address, sealed: &[u8]) -> Result<Vec<u8>> {
    let key = chunk_key(address);
    // A host that fails says nothing of why, so the portable cipher has the last word.
    if let Some(plaintext) = platform::open_with_host(&key, sealed).await {
        return Ok(plaintext);
    }
    aead::open(&key, &[], sealed)
}

/// The object name of the pack `id`.
pub fn pack_name(id: PackId) -> String {
    static DOMAIN: LazyLock<[u8; 32]> = LazyLock::new(|| domain("sealwood v1 pack name"));
    object_name(&blake3::keyed_hash(&DOMAIN, &id.0).as_bytes()[..20])
}

/// Packs and extents share one space of names of one shape, so that a store cannot tell them apart
/// by name: `objects/` and 40 hexadecimal digits.
pub(super) fn object_name(hash: &[u8]) -> String {
    format!("objects/{}", hex::encode(hash))
}

fn chunk_key(address: &Address) -> Zeroizing<[u8; 32]> {
    static DOMAIN: LazyLock<[u8; 32]> = LazyLock::new(|| domain("sealwood v1 chunk key"));
    Zeroizing::new(*blake3::keyed_hash(&DOMAIN, &address.0).as_bytes())
}

fn unit_key(kind: UnitKind, address: &Address, pack: PackId, offset: u32) -> Zeroizing<[u8; 32]> {
    static NODE: LazyLock<[u8; 32]> = LazyLock::new(|| domain("sealwood v1 node key"));
    static CONTENT: LazyLock<[u8; 32]> = LazyLock::new(|| domain("sealwood v1 content key"));
    static TABLE: LazyLock<[u8; 32]> = LazyLock::new(|| domain("sealwood v1 table key"));
    let domain = match kind {
        UnitKind::Node => &NODE,
        UnitKind::Content => &CONTENT,
        UnitKind::Table => &TABLE,
    };
    let mut material = [0; 32 + 16 + 4];
    material[..32].copy_from_slice(&address.0);
    material[32..48].copy_from_slice(&pack.0);
    material[48..].copy_from_slice(&offset.to_le_bytes());
    Zeroizing::new(*blake3::keyed_hash(domain, &material).as_bytes())
}

/// A public constant that keeps one use of keyed BLAKE3 apart from the others.
pub(super) fn domain(name: &str) -> [u8; 32] {
    blake3::derive_key(name, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What BLAKE3's authors publish for its keyed mode: bytes that count to 250 and begin anew.
    #[test]
    fn addresses_are_keyed_blake3() {
        let key = *b"whats the Elvish word for friend";
        let keys = Keys {
            epoch: Epoch::FIRST,
            node_address: key,
            content_address: key,
            table_address: key,
            root: [0; 32],
        };
        for (length, expected) in [
            (0, "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26"),
            (1, "6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b"),
            (1_023, "c951ecdf03288d0fcc96ee3413563d8a6d3589547f2c2fb36d9786470f1b9d6e"),
            (1_025, "357dc55de0c7e382c900fd6e320acc04146be01db6a8ce7210b7189bd664ea69"),
            (5_121, "6ccf1c34753e7a044db80798ecd0782a8f76f33563accaddbfbb2e0ea4b2d024"),
        ] {
            let input: Vec<u8> = (0..=250).cycle().take(length).collect();
            for kind in [UnitKind::Node, UnitKind::Content, UnitKind::Table] {
                assert_eq!(hex::encode(keys.address(kind, &input).expose()), expected);
            }
        }
    }
}
