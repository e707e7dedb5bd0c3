//! A writer of chains of members and of signatures by `docs/FORMAT.md` alone.

use ed25519_dalek::{Signer, SigningKey};

use crate::forge::{SECRET, bytes, varint};

/// The lane in which every forged root is signed.
const LANE: [u8; 8] = [0x6c; 8];

/// The chain of every forged vault: its owner, whose seed is `SECRET`.
pub(crate) fn chain() -> Vec<u8> {
    let (body, signature, _) = genesis();
    [body, signature.to_vec()].concat()
}

/// The record, its signature and what that is of.
fn genesis() -> (Vec<u8>, [u8; 64], [u8; 32]) {
    let owner = SigningKey::from_bytes(&SECRET);
    let key = owner.verifying_key().to_bytes();
    let body = [&[0][..], &key, &[0; 16], &bytes(&[])].concat();
    let material = [&vault()[..], &body].concat();
    let hash = blake3::derive_key("sealwood v2 member record", &material);
    (body, owner.sign(&hash).to_bytes(), hash)
}

fn vault() -> [u8; 32] {
    let key = SigningKey::from_bytes(&SECRET).verifying_key().to_bytes();
    blake3::derive_key("sealwood v2 vault id", &[&key[..], &[0; 16]].concat())
}

/// The first part of the body of a root: who signed it, after so many commits, and the signature by
/// this seed.
pub(crate) fn carried(commits: u64, seed: &[u8; 32], keyring: &[u8; 32], rest: &[u8]) -> Vec<u8> {
    let previous = [u8::from(commits > 0); 32];
    let rows = if commits == 0 {
        vec![0, 0]
    } else {
        let row = [varint(commits), varint(commits), previous.to_vec()].concat();
        [&[1, 0][..], &row, &LANE, &[0], &[0]].concat()
    };
    let (_, signature, hash) = genesis();
    let chain = blake3::derive_key("sealwood v2 chain", &[&hash[..], &signature].concat());
    let heads = blake3::derive_key("sealwood v2 heads", &rows);
    let content = [&keyring[..], rest].concat();
    let content = blake3::derive_key("sealwood v2 root content", &content);
    let statement = [
        &vault()[..],
        &1u32.to_le_bytes(),
        &(commits + 1).to_le_bytes(),
        &previous,
        &[1, 0, 0, 0, 0],
        &LANE,
        &chain,
        &heads,
        &content,
    ]
    .concat();
    let hash = blake3::derive_key("sealwood v2 root", &statement);
    let signature = SigningKey::from_bytes(seed).sign(&hash).to_bytes();
    [&[1, 0][..], &LANE, &rows, &signature].concat()
}
