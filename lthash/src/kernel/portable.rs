//! One block at a time, in plain Rust: the twin that every other kernel is held against.

use super::{Columns, Sums, Wide};
use crate::compression::{IV, Root, SCHEDULE, Words};

/// Runs everywhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Portable;

impl Wide<1> for Portable {
    const NAME: &str = "portable";
    const FEW: usize = 0;

    #[inline]
    fn compress(self, columns: &mut Columns<1>) {
        compress(columns);
    }

    #[inline]
    fn expand(self, root: &Root, sums: &mut Sums) {
        expand(root, sums);
    }
}

/// The state of a root after what of the first round is the same for all its blocks: the first
/// half, but for most of the column that counts them.
#[inline]
pub(super) fn begin(root: &Root) -> Words {
    let m = &root.block;
    let mut v = [0; 16];
    v[..8].copy_from_slice(&root.chain);
    v[8..12].copy_from_slice(&IV[..4]);
    v[14] = root.length;
    v[15] = root.flags;
    v[0] = add(add(v[0], m[0]), v[4]);
    mix!(v, m, 0, 0, 1: 1 5 9 13, 2: 2 6 10 14, 3: 3 7 11 15);
    v
}

lanes!(1);

#[inline]
fn load(row: &[u32; 1]) -> u32 {
    row[0]
}

#[inline]
fn store(vector: u32, row: &mut [u32; 1]) {
    row[0] = vector;
}

#[inline]
fn splat(word: u32) -> u32 {
    word
}

#[inline]
fn count(from: u32) -> u32 {
    from
}

#[inline]
fn transpose(blocks: &[Words; 1]) -> Words {
    blocks[0]
}

#[inline]
fn add(a: u32, b: u32) -> u32 {
    a.wrapping_add(b)
}

/// Adds the lower and the upper 16 bits, each for itself: no carry crosses their highest bits,
/// which are added without one.
#[inline]
fn add_halves(a: u32, b: u32) -> u32 {
    const HIGHEST: u32 = 0x8000_8000;
    ((a & !HIGHEST).wrapping_add(b & !HIGHEST)) ^ ((a ^ b) & HIGHEST)
}

#[inline]
fn xor(a: u32, b: u32) -> u32 {
    a ^ b
}

#[inline]
fn rotate_16(a: u32) -> u32 {
    a.rotate_right(16)
}

#[inline]
fn rotate_12(a: u32) -> u32 {
    a.rotate_right(12)
}

#[inline]
fn rotate_8(a: u32) -> u32 {
    a.rotate_right(8)
}

#[inline]
fn rotate_7(a: u32) -> u32 {
    a.rotate_right(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_do_not_carry() {
        assert_eq!(add_halves(0xffff_ffff, 0x0001_0001), 0);
        assert_eq!(add_halves(0x0000_ffff, 0x0000_0001), 0);
        assert_eq!(add_halves(0x8000_8000, 0x8000_8000), 0);
        assert_eq!(add_halves(0x7fff_1234, 0x0001_4321), 0x8000_5555);
    }
}
