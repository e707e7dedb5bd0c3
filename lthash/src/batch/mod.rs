//! Many messages at once. Each column of a kernel works on a chunk of one message and takes the
//! next chunk when it is done, so that short and long messages keep all columns busy. Nothing is
//! copied but the block in hand, and what comes out is the root of each message, from which its
//! element is expanded at once.

mod long;
mod placed;
mod tree;

use alloc::vec::Vec;
use core::iter;

use blake3::{BLOCK_LEN, CHUNK_LEN};

use crate::compression::{CHUNK_END, CHUNK_START, Mode, ROOT, Root};
use crate::hash::LtHash;
use crate::kernel::{Columns, Kernel, Portable, Sums, Wide, with_kernel};
use crate::message::Message;
pub(crate) use placed::Placed;
use placed::PlacedSums;
use tree::Tree;

const BLOCK: u64 = BLOCK_LEN as u64;
const CHUNK: u64 = CHUNK_LEN as u64;

impl Kernel {
    /// Calls `merge` once for each place that messages have, in order, with the sum of the elements
    /// of those that are added less those that are removed.
    pub(crate) fn sum_each<M: Message>(
        self,
        mode: &Mode,
        removed: impl Iterator<Item = Placed<M>>,
        added: impl Iterator<Item = Placed<M>>,
        merge: impl FnMut(u8, &LtHash),
    ) {
        with_kernel!(self, sum_each(mode, removed, added, merge));
    }

    /// Returns the sum of the elements of messages.
    pub(crate) fn sum_all<M: Message>(
        self,
        mode: &Mode,
        messages: impl Iterator<Item = M>,
    ) -> LtHash {
        with_kernel!(self, sum_all(mode, messages))
    }

    /// Adds the element of one message.
    pub(crate) fn add_one(self, mode: &Mode, message: impl Message, hash: &mut LtHash) {
        with_kernel!(self, add_one(mode, message, hash));
    }
}

fn sum_each<M: Message, const N: usize>(
    kernel: impl Wide<N>,
    mode: &Mode,
    removed: impl Iterator<Item = Placed<M>>,
    added: impl Iterator<Item = Placed<M>>,
    mut merge: impl FnMut(u8, &LtHash),
) {
    let mut sums = PlacedSums::new();
    Batch::new(kernel, mode).run(removed, |message, root| {
        kernel.expand(root, sums.at(message.place));
    });
    sums.negate();
    Batch::new(kernel, mode).run(added, |message, root| {
        kernel.expand(root, sums.at(message.place));
    });
    for (place, mut sum) in sums.into_each() {
        merge(place, &sum.take::<N>());
    }
}

fn sum_all<M: Message, const N: usize>(
    kernel: impl Wide<N>,
    mode: &Mode,
    messages: impl Iterator<Item = M>,
) -> LtHash {
    let mut sums = Sums::new();
    Batch::new(kernel, mode).run(messages, |_, root| kernel.expand(root, &mut sums));
    sums.take::<N>()
}

fn add_one<const N: usize>(
    kernel: impl Wide<N>,
    mode: &Mode,
    message: impl Message,
    hash: &mut LtHash,
) {
    let mut sums = Sums::new();
    let short = message.length() <= CHUNK;
    let message = iter::once(message);
    let expand = |_: &_, root: &Root| kernel.expand(root, &mut sums);
    if short {
        // There is nothing to do side by side but to expand it.
        Batch::new(Portable, mode).run(message, expand);
    } else {
        Batch::new(kernel, mode).run(message, expand);
    }
    hash.merge(&sums.take::<N>());
}

/// A run over many messages.
struct Batch<'m, K, M, const N: usize> {
    kernel: K,
    mode: &'m Mode,
    columns: Columns<N>,
    /// What each column is at; nothing where it has nothing to do.
    wholes: [Option<Whole<M>>; N],
    /// Where in that its next block begins.
    at: [u64; N],
    /// Where its blocks end; never where it has nothing to do.
    end: [u64; N],
    /// Messages of several chunks.
    trees: Vec<Option<Tree<M>>>,
    /// The tree of which not all chunks are begun, and where the next one begins.
    begun: Option<(usize, u64)>,
}

/// What a chunk belongs to.
enum Whole<M> {
    /// It is a message. Its last block is the root, and expanded rather than compressed.
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
            wholes: core::array::from_fn(|_| None),
            at: [0; N],
            end: [u64::MAX; N],
            trees: Vec::new(),
            begun: None,
        }
    }

    /// Calls `found` with every message and its root, in no order.
    fn run(mut self, mut messages: impl Iterator<Item = M>, mut found: impl FnMut(&M, &Root)) {
        let mut more = true;
        loop {
            let mut busy = 0;
            for column in 0..N {
                if more && self.wholes[column].is_none() {
                    more = self.begin(column, &mut messages, &mut found);
                }
                busy += usize::from(self.load(column));
            }
            match busy {
                0 => break,
                few if few < K::FEW => self.compress_few(),
                _ => self.kernel.compress(&mut self.columns),
            }
            for column in 0..N {
                self.at[column] += BLOCK;
                if self.at[column] >= self.end[column] {
                    self.finish(column, &mut found);
                }
            }
        }
    }

    /// Gives a column its next chunk, and returns whether there was one. Messages that need none
    /// are done with at once.
    fn begin(
        &mut self,
        column: usize,
        messages: &mut impl Iterator<Item = M>,
        found: &mut impl FnMut(&M, &Root),
    ) -> bool {
        let (whole, at, end) = loop {
            if let Some((index, at, end)) = self.next_of_tree() {
                break (Whole::Tree(index), at, end);
            }
            let Some(message) = messages.next() else { return false };
            let length = message.length();
            if length <= BLOCK {
                let flags = CHUNK_START | CHUNK_END | ROOT;
                found(&message, &self.root(&message, self.mode.chain, 0, flags));
            } else if length <= CHUNK {
                break (Whole::Message(message), 0, length.next_multiple_of(BLOCK) - BLOCK);
            } else if length <= tree::BYTES_MAX {
                self.plant(Tree::new(message));
            } else {
                found(&message, &long::root(self.mode, &message));
            }
        };
        self.columns.set_chain(column, &self.mode.chain);
        self.columns.counter[column] = (at / CHUNK) as u32;
        self.wholes[column] = Some(whole);
        self.at[column] = at;
        self.end[column] = end;
        true
    }

    /// The next chunk of the tree of which not all are begun: its index, where the chunk begins and
    /// where it ends.
    fn next_of_tree(&mut self) -> Option<(usize, u64, u64)> {
        let (index, at) = self.begun.take()?;
        let length = self.trees[index].as_ref()?.length();
        let end = length.min(at + CHUNK);
        if end < length {
            self.begun = Some((index, end));
        }
        Some((index, at, end))
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
    #[inline]
    fn load(&mut self, column: usize) -> bool {
        let at = self.at[column];
        let block = &mut self.columns.blocks[column];
        let (length, last) = match &self.wholes[column] {
            Some(Whole::Message(message)) => {
                message.read(at, block);
                (BLOCK, 0)
            }
            Some(Whole::Tree(index)) => {
                let Some(tree) = &self.trees[*index] else { return false };
                tree.message().read(at, block);
                let left = self.end[column] - at;
                (left.min(BLOCK), if left <= BLOCK { CHUNK_END } else { 0 })
            }
            None => return false,
        };
        let first = if at.is_multiple_of(CHUNK) { CHUNK_START } else { 0 };
        self.columns.length[column] = length as u32;
        self.columns.flags[column] = self.mode.flags | first | last;
        true
    }

    /// Is done with the chunk of a column, if it has one.
    fn finish(&mut self, column: usize, found: &mut impl FnMut(&M, &Root)) {
        let chain = self.columns.chain(column);
        self.end[column] = u64::MAX;
        match self.wholes[column].take() {
            Some(Whole::Message(message)) => {
                found(&message, &self.root(&message, chain, self.at[column], CHUNK_END | ROOT));
            }
            Some(Whole::Tree(index)) => {
                let place = &mut self.trees[index];
                let number = u64::from(self.columns.counter[column]);
                if let Some(tree) = place
                    && let Some(root) = tree.add(self.mode, number, chain)
                {
                    found(tree.message(), &root);
                    *place = None;
                }
            }
            None => {}
        }
    }

    /// Compresses the blocks of those columns that have one, one by one.
    fn compress_few(&mut self) {
        for column in 0..N {
            if self.wholes[column].is_some() {
                self.columns.compress_one(column);
            }
        }
    }

    /// The root of a message of one chunk, of which the last block begins at `at`.
    fn root(&self, message: &M, chain: [u32; 8], at: u64, flags: u32) -> Root {
        let length = (message.length() - at) as u32;
        let mut root = Root { chain, block: [0; 16], length, flags: self.mode.flags | flags };
        message.read(at, &mut root.block);
        root
    }
}
