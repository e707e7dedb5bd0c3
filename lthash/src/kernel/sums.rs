//! A sum of elements in the order in which a kernel comes by them.

use crate::hash::LANES;

/// How many words of 32 bits an element has.
const WORDS: usize = LANES / 2;

/// The sum of some elements, each of its words two numbers of 16 bits. Of the 32 blocks of 16 words,
/// a kernel with `N` lanes has `N` in a group, and of each group the first words of all blocks,
/// then the second ones, and so on.
#[repr(align(64))]
pub(crate) struct Sums([u32; WORDS]);

impl Sums {
    pub(crate) fn new() -> Self {
        Self([0; WORDS])
    }

    /// The groups of a kernel, each of 16 vectors.
    #[inline]
    pub(super) fn groups<const N: usize>(&mut self) -> impl Iterator<Item = &mut [[u32; N]; 16]> {
        self.0.as_chunks_mut().0.as_chunks_mut().0.iter_mut()
    }

    /// Adds all to the numbers of a hash, and is zero afterwards.
    pub(crate) fn drain_into<const N: usize>(&mut self, lanes: &mut [u16; LANES]) {
        let mut bytes = [0; 2 * LANES];
        let blocks = bytes.as_chunks_mut::<4>().0.as_chunks_mut::<16>().0.as_chunks_mut::<N>().0;
        for (group, blocks) in self.groups::<N>().zip(blocks) {
            for (place, block) in blocks.iter_mut().enumerate() {
                for (word, row) in block.iter_mut().zip(&*group) {
                    *word = row[place].to_le_bytes();
                }
            }
        }
        for (lane, bytes) in lanes.iter_mut().zip(bytes.as_chunks().0) {
            *lane = lane.wrapping_add(u16::from_le_bytes(*bytes));
        }
        self.0 = [0; WORDS];
    }
}
