//! Argon2id (RFC 9106, version 0x13) a few blocks at a time, for a platform without threads.
//!
//! The crate that does the work elsewhere does it in one piece: on a page that is a page that
//! answers nothing, and cannot be cancelled. This one holds its memory between [`step`]s, and
//! takes, fills and wipes it by blocks, so that no step does more than it is asked to. It gives the
//! same key, which is tested.
//!
//! [`step`]: Argon2id::step

use blake2::{Blake2b256, Blake2b512, Digest};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::kdf_params::KdfParams;

/// One KiB, as the algorithm mixes it.
type Block = [u64; BLOCK_WORDS];

const BLOCK_WORDS: usize = 128;
/// A pass waits for all lanes at the end of each quarter of it.
const SLICES: usize = 4;
const VERSION: u32 = 0x13;
const TYPE_ID: u32 = 2;

/// A key that is being computed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Argon2id {
    stage: Stage,
    memory: Vec<Block>,
    /// What the first two blocks of each lane are made of.
    seed: [u8; 64],
    passes: usize,
    lanes: usize,
    /// Blocks of a lane, and of a quarter of it.
    lane: usize,
    segment: usize,
    at: Position,
    /// Addresses that do not depend on memory: those of 128 blocks.
    addresses: Block,
}

/// What is done with the memory.
#[derive(Zeroize)]
enum Stage {
    Take,
    Fill,
    Wipe { key: [u8; 32] },
}

/// The block that is computed next.
#[derive(Clone, Copy, Default, Zeroize)]
struct Position {
    pass: usize,
    slice: usize,
    lane: usize,
    block: usize,
}

impl Argon2id {
    /// Reserves the memory; `None` where there is not enough. The parameters are in range.
    pub(super) fn new(passphrase: &[u8], salt: &[u8; 16], params: KdfParams) -> Option<Self> {
        let KdfParams { memory_kib, passes, lanes } = params;
        let segment = memory_kib as usize / (SLICES * lanes as usize);
        let lane = segment * SLICES;
        let mut memory = Vec::new();
        memory.try_reserve_exact(lane * lanes as usize).ok()?;

        let mut hash = Blake2b512::new();
        for number in [lanes, 32, memory_kib, passes, VERSION, TYPE_ID] {
            hash.update(number.to_le_bytes());
        }
        for text in [passphrase, &salt[..], &[], &[]] {
            hash.update((text.len() as u32).to_le_bytes());
            hash.update(text);
        }
        Some(Self {
            stage: Stage::Take,
            memory,
            seed: hash.finalize().into(),
            passes: passes as usize,
            lanes: lanes as usize,
            lane,
            segment,
            at: Position { block: 2, ..Position::default() },
            addresses: [0; BLOCK_WORDS],
        })
    }

    /// Works on up to `blocks` blocks; returns the key after the last one.
    pub(super) fn step(&mut self, blocks: usize) -> Option<[u8; 32]> {
        match self.stage {
            Stage::Take => self.take(blocks),
            Stage::Fill => self.fill(blocks),
            Stage::Wipe { key } => return self.wipe(blocks).then_some(key),
        }
        None
    }

    fn take(&mut self, blocks: usize) {
        let all = self.lane * self.lanes;
        let taken = self.memory.len().saturating_add(blocks).min(all);
        self.memory.resize(taken, [0; BLOCK_WORDS]);
        if taken < all {
            return;
        }
        for number in 0..self.lanes as u32 {
            for block in 0..2u32 {
                let place = [block.to_le_bytes(), number.to_le_bytes()].concat();
                let at = number as usize * self.lane + block as usize;
                self.memory[at] = long_hash(&self.seed, &place);
            }
        }
        self.stage = Stage::Fill;
    }

    fn fill(&mut self, blocks: usize) {
        for _ in 0..blocks {
            if self.at.pass == self.passes {
                self.stage = Stage::Wipe { key: self.key() };
                return;
            }
            if self.at.block < self.segment {
                self.fill_one();
            }
            self.advance();
        }
    }

    /// Wipes the last blocks that are there; `true` once none is left.
    fn wipe(&mut self, blocks: usize) -> bool {
        let left = self.memory.len().saturating_sub(blocks);
        self.memory[left..].iter_mut().zeroize();
        self.memory.truncate(left);
        left == 0
    }

    fn advance(&mut self) {
        let at = &mut self.at;
        at.block += 1;
        if at.block < self.segment {
            return;
        }
        at.lane += 1;
        if at.lane == self.lanes {
            (at.lane, at.slice) = (0, at.slice + 1);
        }
        if at.slice == SLICES {
            (at.slice, at.pass) = (0, at.pass + 1);
        }
        at.block = if at.pass == 0 && at.slice == 0 { 2 } else { 0 };
    }

    fn fill_one(&mut self) {
        let Position { pass, slice, lane, block } = self.at;
        let row = lane * self.lane;
        let column = slice * self.segment + block;
        let before = row + (column + self.lane - 1) % self.lane;
        let random = if pass == 0 && slice < SLICES / 2 {
            let first = if slice == 0 { 2 } else { 0 };
            if block == first || block.is_multiple_of(BLOCK_WORDS) {
                self.addresses = self.addresses_of(block / BLOCK_WORDS);
            }
            self.addresses[block % BLOCK_WORDS]
        } else {
            self.memory[before][0]
        };
        let other = match pass == 0 && slice == 0 {
            true => lane,
            false => (random >> 32) as usize % self.lanes,
        };
        // What is computed already: in the own lane but for the block before, elsewhere the
        // quarters that are done.
        let done = if pass == 0 { slice * self.segment } else { self.lane - self.segment };
        let area = match other == lane {
            true => done + block - 1,
            false => done - usize::from(block == 0),
        };
        let low = random & 0xffff_ffff;
        let back = (area as u64 * ((low * low) >> 32)) >> 32;
        let start = if pass == 0 { 0 } else { (slice + 1) % SLICES * self.segment };
        let reference = other * self.lane + (start + area - 1 - back as usize) % self.lane;
        let mut mixed = mix(&self.memory[before], &self.memory[reference]);
        let here = &mut self.memory[row + column];
        if pass > 0 {
            mixed.iter_mut().zip(&*here).for_each(|(new, old)| *new ^= old);
        }
        *here = mixed;
    }

    /// The addresses of the `group`-th 128 blocks of the segment that is being filled.
    fn addresses_of(&self, group: usize) -> Block {
        let Position { pass, slice, lane, .. } = self.at;
        let mut input = [0; BLOCK_WORDS];
        let blocks = self.memory.len();
        let numbers = [pass, lane, slice, blocks, self.passes, TYPE_ID as usize, group + 1];
        input.iter_mut().zip(numbers).for_each(|(word, number)| *word = number as u64);
        let zero = [0; BLOCK_WORDS];
        mix(&zero, &mix(&zero, &input))
    }

    fn key(&self) -> [u8; 32] {
        let mut last = Zeroizing::new([0; BLOCK_WORDS]);
        for lane in self.memory.chunks(self.lane) {
            let ends = &lane[self.lane - 1];
            last.iter_mut().zip(ends).for_each(|(sum, word)| *sum ^= word);
        }
        let mut hash = Blake2b256::new();
        hash.update(32u32.to_le_bytes());
        last.iter().for_each(|word| hash.update(word.to_le_bytes()));
        hash.finalize().into()
    }
}

/// The hash of 1,024 bytes: halves of hashes in a chain, and the last one whole.
fn long_hash(seed: &[u8], place: &[u8]) -> Block {
    let mut bytes = Zeroizing::new([0; 8 * BLOCK_WORDS]);
    let first = Blake2b512::new().chain_update(1024u32.to_le_bytes()).chain_update(seed);
    let mut link = Zeroizing::new(<[u8; 64]>::from(first.chain_update(place).finalize()));
    let last = bytes.len() - 64;
    for at in (0..last).step_by(32) {
        bytes[at..at + 32].copy_from_slice(&link[..32]);
        *link = Blake2b512::digest(&link[..]).into();
    }
    bytes[last..].copy_from_slice(&link[..]);
    let mut block = [0; BLOCK_WORDS];
    for (word, bytes) in block.iter_mut().zip(bytes.chunks_exact(8)) {
        let mut whole = [0; 8];
        whole.copy_from_slice(bytes);
        *word = u64::from_le_bytes(whole);
    }
    block
}

/// The compression of two blocks: eight rows of 16 words are permuted, then eight columns of
/// pairs.
fn mix(a: &Block, b: &Block) -> Block {
    let mut sum = *a;
    sum.iter_mut().zip(b).for_each(|(a, b)| *a ^= b);
    let mut mixed = sum;
    let (rows, _) = mixed.as_chunks_mut::<16>();
    rows.iter_mut().for_each(permute);
    for column in 0..8 {
        let at = |word: usize| 16 * (word / 2) + 2 * column + word % 2;
        let mut words: [u64; 16] = std::array::from_fn(|word| mixed[at(word)]);
        permute(&mut words);
        words.into_iter().enumerate().for_each(|(word, value)| mixed[at(word)] = value);
    }
    mixed.iter_mut().zip(&sum).for_each(|(a, b)| *a ^= b);
    mixed
}

/// A round of BLAKE2b over 16 words, with multiplications in place of a message. Written out and
/// inlined: this is where the time goes, and the build for the web is one for size.
#[inline(never)]
fn permute(words: &mut [u64; 16]) {
    let mut own = *words;
    quarter(&mut own, 0, 4, 8, 12);
    quarter(&mut own, 1, 5, 9, 13);
    quarter(&mut own, 2, 6, 10, 14);
    quarter(&mut own, 3, 7, 11, 15);
    quarter(&mut own, 0, 5, 10, 15);
    quarter(&mut own, 1, 6, 11, 12);
    quarter(&mut own, 2, 7, 8, 13);
    quarter(&mut own, 3, 4, 9, 14);
    *words = own;
}

#[inline(always)]
fn quarter(words: &mut [u64; 16], a: usize, b: usize, c: usize, d: usize) {
    words[a] = blend(words[a], words[b]);
    words[d] = (words[d] ^ words[a]).rotate_right(32);
    words[c] = blend(words[c], words[d]);
    words[b] = (words[b] ^ words[c]).rotate_right(24);
    words[a] = blend(words[a], words[b]);
    words[d] = (words[d] ^ words[a]).rotate_right(16);
    words[c] = blend(words[c], words[d]);
    words[b] = (words[b] ^ words[c]).rotate_right(63);
}

#[inline(always)]
fn blend(a: u64, b: u64) -> u64 {
    let low = |word: u64| word & 0xffff_ffff;
    a.wrapping_add(b).wrapping_add(2u64.wrapping_mul(low(a) * low(b)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use argon2::{Algorithm, Argon2, Params, Version};

    use super::*;

    #[test]
    fn it_gives_the_key_that_the_crate_gives_whatever_the_steps() {
        for (memory_kib, passes, lanes) in [
            (8, 1, 1),
            (9, 2, 1),
            (64, 3, 1),
            (1200, 2, 1),
            (32, 1, 4),
            (67, 4, 2),
            (2100, 3, 4),
            (128, 2, 16),
        ] {
            let params = Params::new(memory_kib, passes, lanes, Some(32)).unwrap();
            let mut expected = [0; 32];
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into("caf\u{e9}".as_bytes(), &[7; 16], &mut expected)
                .unwrap();
            for blocks in [1, 1000, usize::MAX] {
                let params = KdfParams { memory_kib, passes, lanes };
                let mut work = Argon2id::new("caf\u{e9}".as_bytes(), &[7; 16], params).unwrap();
                let key = std::iter::repeat_with(|| work.step(blocks)).find_map(|key| key);
                assert_eq!(key, Some(expected), "{memory_kib} {passes} {lanes} {blocks}");
            }
        }
    }

    #[test]
    fn no_step_works_on_more_blocks_than_it_is_asked_to() {
        let params = KdfParams { memory_kib: 1200, passes: 3, lanes: 1 };
        for blocks in [1, 7, 100, 1200] {
            let mut work = Argon2id::new(b"p", &[7; 16], params).unwrap();
            let (mut taken, mut steps) = (0, 0);
            loop {
                let place = |work: &Argon2id| {
                    let Position { pass, slice, block, .. } = work.at;
                    pass * 1200 + slice * 300 + block
                };
                let (before, filled) = (work.memory.len(), place(&work));
                let key = work.step(blocks);
                let held = work.memory.len().abs_diff(before);
                let done = place(&work) - filled;
                assert!(held <= blocks && done <= blocks && (held == 0 || done == 0));
                taken += held;
                steps += 1;
                if key.is_some() {
                    break;
                }
            }
            assert_eq!(taken, 2 * 1200);
            // The memory is taken and wiped, and between all is filled but for two blocks.
            let needed = 2 * 1200_usize.div_ceil(blocks) + (3 * 1200 - 2) / blocks + 1;
            assert_eq!(steps, needed);
        }
    }
}
