//! Four blocks side by side, for 64-bit ARM.

#![allow(unsafe_code)]

use core::arch::aarch64::*;

use super::portable::begin;
use super::{Columns, Sums, Wide};
use crate::compression::{IV, Root, SCHEDULE, Words};

type Vector = uint32x4_t;

/// Proof that the processor has NEON.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Neon(());

impl Neon {
    /// Every processor that runs what is compiled for it has NEON, unless the target says
    /// otherwise.
    pub(super) fn detect() -> Option<Self> {
        cfg!(target_feature = "neon").then_some(Self(()))
    }
}

impl Wide<4> for Neon {
    const NAME: &str = "neon";
    const FEW: usize = 2;

    fn compress(self, columns: &mut Columns<4>) {
        // SAFETY: there is a `Neon` only where the processor has it.
        unsafe { compress(columns) }
    }

    fn expand(self, root: &Root, sums: &mut Sums) {
        // SAFETY: there is a `Neon` only where the processor has it.
        unsafe { expand(root, sums) }
    }
}

lanes!(4, #[target_feature(enable = "neon")]);

#[inline]
#[target_feature(enable = "neon")]
fn load(row: &[u32; 4]) -> Vector {
    // SAFETY: the 16 bytes read are those of the row.
    unsafe { vld1q_u32(row.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn store(vector: Vector, row: &mut [u32; 4]) {
    // SAFETY: the 16 bytes written are those of the row.
    unsafe { vst1q_u32(row.as_mut_ptr(), vector) }
}

#[inline]
#[target_feature(enable = "neon")]
fn splat(word: u32) -> Vector {
    vdupq_n_u32(word)
}

#[inline]
#[target_feature(enable = "neon")]
fn count(from: u32) -> Vector {
    add(splat(from), load(&[0, 1, 2, 3]))
}

/// The first words of all blocks, their second words, and so on.
#[inline]
#[target_feature(enable = "neon")]
fn transpose(blocks: &[Words; 4]) -> [Vector; 16] {
    let mut words = [splat(0); 16];
    for (quarter, words) in words.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let [a, b, c, d] = blocks.each_ref().map(|block| &block.as_chunks().0[quarter]);
        let [a, b, c, d] = [load(a), load(b), load(c), load(d)];
        let [ab, cd] = [vtrnq_u32(a, b), vtrnq_u32(c, d)];
        words[0] = vcombine_u32(vget_low_u32(ab.0), vget_low_u32(cd.0));
        words[1] = vcombine_u32(vget_low_u32(ab.1), vget_low_u32(cd.1));
        words[2] = vcombine_u32(vget_high_u32(ab.0), vget_high_u32(cd.0));
        words[3] = vcombine_u32(vget_high_u32(ab.1), vget_high_u32(cd.1));
    }
    words
}

#[inline]
#[target_feature(enable = "neon")]
fn add(a: Vector, b: Vector) -> Vector {
    vaddq_u32(a, b)
}

#[inline]
#[target_feature(enable = "neon")]
fn add_halves(a: Vector, b: Vector) -> Vector {
    vreinterpretq_u32_u16(vaddq_u16(vreinterpretq_u16_u32(a), vreinterpretq_u16_u32(b)))
}

#[inline]
#[target_feature(enable = "neon")]
fn xor(a: Vector, b: Vector) -> Vector {
    veorq_u32(a, b)
}

#[inline]
#[target_feature(enable = "neon")]
fn rotate_16(a: Vector) -> Vector {
    vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(a)))
}

#[inline]
#[target_feature(enable = "neon")]
fn rotate_12(a: Vector) -> Vector {
    vsriq_n_u32::<12>(vshlq_n_u32::<20>(a), a)
}

#[inline]
#[target_feature(enable = "neon")]
fn rotate_8(a: Vector) -> Vector {
    vsriq_n_u32::<8>(vshlq_n_u32::<24>(a), a)
}

#[inline]
#[target_feature(enable = "neon")]
fn rotate_7(a: Vector) -> Vector {
    vsriq_n_u32::<7>(vshlq_n_u32::<25>(a), a)
}
