//! Many messages at once. Each column of a kernel works on a chunk of one message and takes the
//! next chunk when it is done, so that short and long messages keep all columns busy. Nothing is
//! copied but the block in hand, and what comes out is the root of each message, from which its element is
//! expanded at once.

mod long;
mod tree;

use alloc::vec::Vec;

use blake3::{BLOCK_LEN, CHUNK_LEN};

use crate::compression::{CHUNK_END, CHUNK_START, Mode, ROOT, Root};
use crate::hash::LtHash;
use crate::kernel::{Columns, Kernel, Kind, Sums, Wide};
use crate::message::Message;
use tree::Tree;

const BLOCK: u64 = BLOCK_LEN as u64;
const CHUNK: u64 = CHUNK_LEN as u64;

impl Kernel {
    /// Adds the element of every message to one of `hashes`: the one whose index `place` returns.
    /// It is fastest where neighbours have the same.
    pub(crate) fn add_each<M: Message>(
        self,
        mode: &Mode,
        messages: impl Iterator<Item = M>,
        place: impl Fn(&M) -> usize,
        hashes: &mut [LtHash],
    ) {
        match self.0 {
            Kind::Portable(kernel) => add_each(kernel, mode, messages, place, hashes),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(kernel) => add_each(kernel, mode, messages, place, hashes),
            #[cfg(all(target_arch = "x86_64", not(feature = "no_avx512")))]
            Kind::Avx512(kernel) => add_each(kernel, mode, messages, place, hashes),
            #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
            Kind::Neon(kernel) => add_each(kernel, mode, messages, place, hashes),
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Kind::Simd128(kernel) => add_each(kernel, mode, messages, place, hashes),
        }
    }
}

fn add_each<M: Message, const N: usize>(
    kernel: impl Wide<N>,
    mode: &Mode,
    messages: impl Iterator<Item = M>,
    place: impl Fn(&M) -> usize,
    hashes: &mut [LtHash],
) {
    let mut sums = Sums::new();
    let mut current = None;
    let expand = |message: &M, root: &Root| {
        let place = place(message);
        if let Some(before) = current.replace(place)
            && before != place
        {
            sums.drain_into::<N>(hashes[before].lanes_mut());
        }
        kernel.expand(root, &mut sums);
    };
    Batch::new(kernel, mode).run(messages, expand);
    if let Some(last) = current {
        sums.drain_into::<N>(hashes[last].lanes_mut());
    }
}

/// A run over many messages.
struct Batch<'m, K, M, const N: usize> {
    kernel: K,
    mode: &'m Mode,
    columns: Columns<N>,
    /// What each column is at.
    chunks: [Option<Chunk<M>>; N],
    /// Messages of several chunks.
    trees: Vec<Option<Tree<M>>>,
    /// The tree of which not all chunks are begun, and where the next one begins.
    begun: Option<(usize, u64)>,
}

/// A chunk, or what is left of it.
struct Chunk<M> {
    of: Whole<M>,
    /// Where in the message its next block begins.
    at: u64,
    /// Where it ends.
    end: u64,
}

/// What a chunk belongs to.
enum Whole<M> {
    /// It is a message.
    Message(M),
    /// It is one of several, of the tree with this index.
    Tree(usize),
}

impl<'m, K: Wide<N>, M: Message, const N: usize> Batch<'m, K, M, N> {
    fn new(kernel: K, mode: &'m Mode) -> Self {
        Self {
            kernel,
            mode,
            columns: Columns::new(),
            chunks: core::array::from_fn(|_| None),
            trees: Vec::new(),
            begun: None,
        }
    }

    /// Calls `found` with every message and its root, in no order.
    fn run(mut self, messages: impl Iterator<Item = M>, mut found: impl FnMut(&M, &Root)) {
        // An iterator need not stay at its end.
        let mut messages = messages.fuse();
        loop {
            let mut busy = 0;
            for column in 0..N {
                if self.chunks[column].is_none() {
                    self.begin(column, &mut messages, &mut found);
                }
                busy += usize::from(self.load(column));
            }
            match busy {
                0 => break,
                few if few < K::FEW => (0..N)
                    .filter(|column| self.chunks[*column].is_some())
                    .for_each(|column| self.columns.compress_one(column)),
                _ => self.kernel.compress(&mut self.columns),
            }
            for column in 0..N {
                self.advance(column, &mut found);
            }
        }
    }

    /// Gives a column its next chunk. Messages that need none are done with at once.
    fn begin(
        &mut self,
        column: usize,
        messages: &mut impl Iterator<Item = M>,
        found: &mut impl FnMut(&M, &Root),
    ) {
        let chunk = loop {
            if let Some(chunk) = self.next_of_tree() {
                break chunk;
            }
            let Some(message) = messages.next() else { return };
            let length = message.length();
            if length <= BLOCK {
                let flags = CHUNK_START | CHUNK_END | ROOT;
                found(&message, &self.root(&message, self.mode.chain, 0, length, flags));
            } else if length <= CHUNK {
                break Chunk { of: Whole::Message(message), at: 0, end: length };
            } else if length <= tree::BYTES_MAX {
                self.plant(Tree::new(message));
            } else {
                found(&message, &long::root(self.mode, &message));
            }
        };
        self.columns.set_chain(column, &self.mode.chain);
        self.columns.counter[column] = (chunk.at / CHUNK) as u32;
        self.chunks[column] = Some(chunk);
    }

    fn next_of_tree(&mut self) -> Option<Chunk<M>> {
        let (index, at) = self.begun.take()?;
        let length = self.trees[index].as_ref()?.length();
        let end = length.min(at + CHUNK);
        if end < length {
            self.begun = Some((index, end));
        }
        Some(Chunk { of: Whole::Tree(index), at, end })
    }

    fn plant(&mut self, tree: Tree<M>) {
        let free = self.trees.iter().position(Option::is_none);
        let index = free.unwrap_or(self.trees.len());
        match free {
            Some(index) => self.trees[index] = Some(tree),
            None => self.trees.push(Some(tree)),
        }
        self.begun = Some((index, 0));
    }

    /// Puts the next block of a column in its place, and returns whether there is one.
    fn load(&mut self, column: usize) -> bool {
        let Some(chunk) = &self.chunks[column] else { return false };
        let block = match &chunk.of {
            Whole::Message(message) => message.block(chunk.at),
            Whole::Tree(index) => match &self.trees[*index] {
                Some(tree) => tree.message().block(chunk.at),
                None => return false,
            },
        };
        self.columns.set_block(column, &block);
        let length = chunk.next_length();
        let first = if chunk.at.is_multiple_of(CHUNK) { CHUNK_START } else { 0 };
        let last = if chunk.at + length == chunk.end { CHUNK_END } else { 0 };
        self.columns.length[column] = length as u32;
        self.columns.flags[column] = self.mode.flags | first | last;
        true
    }

    /// Goes on to the next block of a column's chunk, or is done with the chunk.
    fn advance(&mut self, column: usize, found: &mut impl FnMut(&M, &Root)) {
        let Some(mut chunk) = self.chunks[column].take() else { return };
        let number = chunk.at / CHUNK;
        chunk.at += chunk.next_length();
        match &chunk.of {
            // The last block of a message is its root, and expanded rather than compressed.
            Whole::Message(message) if chunk.end - chunk.at <= BLOCK => {
                let chain = self.columns.chain(column);
                let flags = CHUNK_END | ROOT;
                found(message, &self.root(message, chain, chunk.at, chunk.end, flags));
            }
            Whole::Tree(index) if chunk.at == chunk.end => {
                let chain = self.columns.chain(column);
                let place = &mut self.trees[*index];
                if let Some(tree) = place
                    && let Some(root) = tree.add(self.mode, number, chain)
                {
                    found(tree.message(), &root);
                    *place = None;
                }
            }
            _ => self.chunks[column] = Some(chunk),
        }
    }

    /// The root of a message of one chunk.
    fn root(&self, message: &M, chain: [u32; 8], at: u64, end: u64, flags: u32) -> Root {
        let block = message.block(at);
        Root { chain, block, length: (end - at) as u32, flags: self.mode.flags | flags }
    }
}

impl<M> Chunk<M> {
    fn next_length(&self) -> u64 {
        BLOCK.min(self.end - self.at)
    }
}

/// Adds the element of one message: there is nothing to do side by side but to expand it.
pub(crate) fn add_one<M: Message>(kernel: Kernel, mode: &Mode, message: M, hash: &mut LtHash) {
    let messages = core::iter::once(message);
    kernel.add_each(mode, messages, |_| 0, core::slice::from_mut(hash));
}
