//! A block store in memory that seals: 24-byte nonce, XChaCha20-Poly1305, 16-byte tag.
//!
//! This is how an application seals a trie that knows no keys. Blocks are named by their
//! ciphertext, and both peers see one type through the trait each of them wants.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Result, anyhow, bail};
use bytes::Bytes;
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use cid::Cid;
use fvm_ipld_blockstore::{Block, Blockstore};
use multihash_codetable::Code;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use wnfs_common::utils::CondSend;
use wnfs_common::{BlockStore, BlockStoreError};

const NONCE_BYTES: usize = 24;

/// The store. It counts what is read from it.
pub(super) struct SealedStore {
    cipher: XChaCha20Poly1305,
    state: Mutex<State>,
}

struct State {
    nonces: ChaCha8Rng,
    blocks: HashMap<Cid, Vec<u8>>,
    bytes_at_rest: u64,
    reads: Reads,
}

/// What was read from a store so far.
#[derive(Clone, Copy, Default)]
pub(super) struct Reads {
    pub(super) objects: u64,
    pub(super) bytes: u64,
}

impl SealedStore {
    /// An empty store.
    pub(super) fn new() -> Self {
        SealedStore {
            cipher: XChaCha20Poly1305::new(&[9; 32].into()),
            state: Mutex::new(State {
                nonces: ChaCha8Rng::seed_from_u64(1),
                blocks: HashMap::new(),
                bytes_at_rest: 0,
                reads: Reads::default(),
            }),
        }
    }

    /// The bytes of all sealed blocks.
    pub(super) fn bytes_at_rest(&self) -> u64 {
        self.state().bytes_at_rest
    }

    /// What was read since the store was made.
    pub(super) fn reads(&self) -> Reads {
        self.state().reads
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seal(&self, plaintext: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_BYTES];
        self.state().nonces.fill_bytes(&mut nonce);
        let mut sealed = Vec::with_capacity(NONCE_BYTES + plaintext.len() + 16);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let body = &mut sealed[NONCE_BYTES..];
        let tag = self.cipher.encrypt_inout_detached(&XNonce::from(nonce), b"", body.into());
        sealed.extend_from_slice(&tag.map_err(|_| anyhow!("block too long"))?);
        Ok(sealed)
    }

    fn insert(&self, cid: Cid, sealed: Vec<u8>) {
        let mut state = self.state();
        state.bytes_at_rest += sealed.len() as u64;
        state.blocks.insert(cid, sealed);
    }

    fn open(&self, cid: &Cid) -> Result<Option<Vec<u8>>> {
        let mut state = self.state();
        let Some(sealed) = state.blocks.get(cid).cloned() else {
            return Ok(None);
        };
        state.reads.objects += 1;
        state.reads.bytes += sealed.len() as u64;
        drop(state);
        let Some((nonce, rest)) = sealed.split_first_chunk::<NONCE_BYTES>() else {
            bail!("block too short");
        };
        let Some((body, tag)) = rest.split_last_chunk::<16>() else {
            bail!("block too short");
        };
        let mut plaintext = body.to_vec();
        let body = plaintext.as_mut_slice().into();
        self.cipher
            .decrypt_inout_detached(&XNonce::from(*nonce), b"", body, &(*tag).into())
            .map_err(|_| anyhow!("altered block"))?;
        Ok(Some(plaintext))
    }
}

impl Blockstore for SealedStore {
    fn get(&self, cid: &Cid) -> Result<Option<Vec<u8>>> {
        self.open(cid)
    }

    fn put_keyed(&self, _: &Cid, _: &[u8]) -> Result<()> {
        bail!("blocks are named by their ciphertext");
    }

    fn put<D: AsRef<[u8]>>(&self, hash: Code, block: &Block<D>) -> Result<Cid> {
        let sealed = self.seal(block.data.as_ref())?;
        let cid = Block::new(block.codec, &sealed).cid(hash);
        self.insert(cid, sealed);
        Ok(cid)
    }
}

impl BlockStore for SealedStore {
    async fn get_block(&self, cid: &Cid) -> Result<Bytes, BlockStoreError> {
        Ok(self.open(cid)?.ok_or(BlockStoreError::CIDNotFound(*cid))?.into())
    }

    async fn put_block(
        &self,
        bytes: impl Into<Bytes> + CondSend,
        codec: u64,
    ) -> Result<Cid, BlockStoreError> {
        let sealed = self.seal(&bytes.into())?;
        let cid = self.create_cid(&sealed, codec)?;
        self.insert(cid, sealed);
        Ok(cid)
    }

    async fn put_block_keyed(
        &self,
        _: Cid,
        _: impl Into<Bytes> + CondSend,
    ) -> Result<(), BlockStoreError> {
        Err(anyhow!("blocks are named by their ciphertext").into())
    }

    async fn has_block(&self, cid: &Cid) -> Result<bool, BlockStoreError> {
        Ok(self.state().blocks.contains_key(cid))
    }
}
