//! A vault's history, and what a device learns of it.

use std::sync::Arc;

use bytes::Bytes;
use futures_lite::future::block_on;
use sealwood::blob::BlobStore;
use sealwood::internals::{
    Author, Chain, ContentHash, DeviceRecord, DeviceSecret, DeviceState, Kept, Label, News,
    Position, RootHash, Sent, Signature, SigningKey, Statement, VaultId,
};
use sealwood::platform::Environment;
use zeroize::Zeroizing;

pub(crate) fn chain() -> Chain {
    let owner = SigningKey::from_seed(&[1; 32]);
    Chain::found(&owner, [9; 16], Label::new("owner").unwrap()).unwrap()
}

pub(crate) fn vault() -> VaultId {
    chain().vault()
}

/// Roots one after the other, by three devices in turn. Nobody here looks at signatures.
pub(crate) fn history(length: usize) -> Vec<Kept> {
    continued(Vec::new(), length, 0)
}

/// The same, after some roots; `content` makes it another history.
pub(crate) fn continued(mut roots: Vec<Kept>, length: usize, content: u8) -> Vec<Kept> {
    let chain = chain();
    while roots.len() < length {
        let last = roots.last().map(|kept| kept.root.after().clone());
        let statement = Statement {
            vault: chain.vault(),
            epoch: 1,
            author: Author::Device(roots.len() as u32 % 3),
            chain: chain.mark().hash,
            content: ContentHash::from_bytes([content; 32]),
            heads: last.unwrap_or_default(),
        };
        let root = statement.signed(Signature::from_bytes([0; 64])).unwrap();
        roots.push(Kept { root, chain: chain.mark() });
    }
    roots
}

pub(crate) fn position(kept: &Kept) -> Position {
    Position {
        line: 0,
        kept: kept.clone(),
        epoch_key: Zeroizing::new([3; 32]),
        keyring: Bytes::from(vec![7; 1_500]),
    }
}

pub(crate) fn accepted(kept: &Kept) -> News {
    News { position: Some(position(kept)), ..News::default() }
}

pub(crate) fn setting(name: &str, value: &str) -> News {
    let value = Some(Bytes::copy_from_slice(value.as_bytes()));
    News { settings: [(name.to_owned(), value)].into(), ..News::default() }
}

pub(crate) fn sent(sequence: u64, hash: u8) -> Sent {
    Sent { sequence, hash: RootHash::from_bytes([hash; 32]) }
}

pub(crate) fn state(store: Arc<dyn BlobStore>) -> DeviceState {
    let secret = DeviceSecret::from_bytes([4; 32]);
    DeviceState::new(store, secret, vault(), Environment::default())
}

/// What a process that starts now finds.
pub(crate) fn found(store: Arc<dyn BlobStore>) -> Option<DeviceRecord> {
    block_on(state(store).load()).unwrap()
}

pub(crate) fn sequence(record: &DeviceRecord) -> u64 {
    record.position.as_ref().map_or(0, |here| here.kept.root.sequence())
}
