//! BLAKE3 as far as elements need it: its modes, its message schedule, and the node at the root of
//! a message, from which as many bytes as one likes can be expanded.

use blake3::hazmat::ChainingValue;

/// The words of a block.
pub(crate) type Words = [u32; 16];

/// The words of a chaining value, or of a key.
pub(crate) type Chain = [u32; 8];

/// What every state begins with, and the chain where there is no key.
pub(crate) const IV: Chain = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

pub(crate) const CHUNK_START: u32 = 1;
pub(crate) const CHUNK_END: u32 = 2;
pub(crate) const PARENT: u32 = 4;
pub(crate) const ROOT: u32 = 8;
const KEYED_HASH: u32 = 16;

/// Which words of the block each round takes, in the order it takes them.
pub(crate) const SCHEDULE: [[usize; 16]; 7] = schedule();

const fn schedule() -> [[usize; 16]; 7] {
    const NEXT: [usize; 16] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
    let mut rounds = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]; 7];
    let mut round = 1;
    while round < rounds.len() {
        let mut place = 0;
        while place < 16 {
            rounds[round][place] = rounds[round - 1][NEXT[place]];
            place += 1;
        }
        round += 1;
    }
    rounds
}

/// With a key or without.
#[derive(Clone)]
pub(crate) struct Mode {
    /// What every chunk begins with.
    pub(crate) chain: Chain,
    /// What every block is flagged with.
    pub(crate) flags: u32,
}

impl Mode {
    pub(crate) fn plain() -> Self {
        Self { chain: IV, flags: 0 }
    }

    pub(crate) fn keyed(key: &[u8; 32]) -> Self {
        Self { chain: chain(key), flags: KEYED_HASH }
    }

    pub(crate) fn is_keyed(&self) -> bool {
        self.flags == KEYED_HASH
    }

    /// The key, or what stands in its place.
    pub(crate) fn key(&self) -> [u8; 32] {
        bytes(&self.chain)
    }
}

#[cfg(feature = "zeroize")]
impl Drop for Mode {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.chain);
    }
}

/// The last node of a message.
pub(crate) struct Root {
    pub(crate) chain: Chain,
    pub(crate) block: Words,
    /// The bytes of the block that count.
    pub(crate) length: u32,
    pub(crate) flags: u32,
}

impl Root {
    /// The root over two subtrees.
    pub(crate) fn of_subtrees(mode: &Mode, left: &ChainingValue, right: &ChainingValue) -> Self {
        let mut block = [0; 16];
        block[..8].copy_from_slice(&chain(left));
        block[8..].copy_from_slice(&chain(right));
        Self { chain: mode.chain, block, length: 64, flags: mode.flags | PARENT | ROOT }
    }
}

pub(crate) fn chain(bytes: &[u8; 32]) -> Chain {
    let mut chain = [0; 8];
    for (word, bytes) in chain.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    chain
}

pub(crate) fn bytes(chain: &Chain) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(chain) {
        *bytes = word.to_le_bytes();
    }
    bytes
}
