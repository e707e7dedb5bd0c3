//! A message of several chunks, whose chaining values come in one by one.

use blake3::hazmat::{self, ChainingValue};

use super::CHUNK;
use crate::compression::{Chain, Mode, Root, bytes};
use crate::message::Message;

/// The most chunks of a tree. Longer messages are hashed on their own: they fill a kernel.
const CHUNKS_MAX: u64 = 16;

/// The longest message that is made a tree.
pub(super) const BYTES_MAX: u64 = CHUNKS_MAX * CHUNK;

/// Subtrees that wait for their right neighbours: one for each bit of the number of chunks.
const WAITING_MAX: usize = CHUNKS_MAX.ilog2() as usize;

/// A message, and what is known of its tree.
///
/// All chunks but the last are equally long and are begun in order, so their values come in order;
/// the last one may come before others.
pub(super) struct Tree<M> {
    message: M,
    length: u64,
    /// How many chunks came, without the last.
    came: u64,
    waiting: [ChainingValue; WAITING_MAX],
    last: Option<ChainingValue>,
}

impl<M: Message> Tree<M> {
    pub(super) fn new(message: M) -> Self {
        let length = message.length();
        Self { message, length, came: 0, waiting: [[0; 32]; WAITING_MAX], last: None }
    }

    pub(super) fn message(&self) -> &M {
        &self.message
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Takes the value of a chunk, and returns the root once all are there.
    pub(super) fn add(&mut self, mode: &Mode, number: u64, chain: Chain) -> Option<Root> {
        let before_last = (self.length - 1) / CHUNK;
        if number == before_last {
            self.last = Some(bytes(&chain));
        } else {
            debug_assert_eq!(number, self.came);
            self.push(mode, bytes(&chain));
        }
        let last = self.last.filter(|_| self.came == before_last)?;
        self.root(mode, last)
    }

    /// Takes the value of the next chunk, which is not the last: whatever subtree it completes has
    /// a right neighbour.
    fn push(&mut self, mode: &Mode, mut value: ChainingValue) {
        let mut chunks = self.came;
        let mut level = 0;
        while chunks & 1 == 1 {
            value = parent(mode, &self.waiting[level], &value);
            chunks >>= 1;
            level += 1;
        }
        self.waiting[level] = value;
        self.came += 1;
    }

    /// Joins what waits, from the right.
    fn root(&self, mode: &Mode, mut right: ChainingValue) -> Option<Root> {
        let mut levels = (0..WAITING_MAX).filter(|level| self.came >> level & 1 == 1).peekable();
        while let Some(level) = levels.next() {
            let left = &self.waiting[level];
            if levels.peek().is_none() {
                return Some(Root::of_subtrees(mode, left, &right));
            }
            right = parent(mode, left, &right);
        }
        None
    }
}

fn parent(mode: &Mode, left: &ChainingValue, right: &ChainingValue) -> ChainingValue {
    let key = mode.key();
    let kind = if mode.is_keyed() { hazmat::Mode::KeyedHash(&key) } else { hazmat::Mode::Hash };
    hazmat::merge_subtrees_non_root(left, right, kind)
}
