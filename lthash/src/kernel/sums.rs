//! A sum of elements in the order in which a kernel comes by them.

use crate::hash::LtHash;

/// How many words of 32 bits an element has.
const WORDS: usize = LtHash::BYTES / size_of::<u32>();

/// The sum of some elements, each of its words two numbers of 16 bits. Of the 32 blocks of 16
/// words, a kernel with `N` lanes has `N` in a group, and of each group the first words of all
/// blocks, then the second ones, and so on.
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

    /// Makes the opposite of it.
    pub(crate) fn negate(&mut self) {
        for word in &mut self.0 {
            let [low, high] = [*word as u16, (*word >> 16) as u16].map(u16::wrapping_neg);
            *word = u32::from(high) << 16 | u32::from(low);
        }
    }

    /// Returns the sum as a hash, and is zero afterwards.
    pub(crate) fn take<const N: usize>(&mut self) -> LtHash {
        let mut bytes = [0; LtHash::BYTES];
        let blocks = bytes.as_chunks_mut::<4>().0.as_chunks_mut::<16>().0.as_chunks_mut::<N>().0;
        for (group, blocks) in self.groups::<N>().zip(blocks) {
            for (place, block) in blocks.iter_mut().enumerate() {
                for (word, row) in block.iter_mut().zip(&*group) {
                    *word = row[place].to_le_bytes();
                }
            }
        }
        self.0 = [0; WORDS];
        LtHash::from_bytes(&bytes)
    }
}
