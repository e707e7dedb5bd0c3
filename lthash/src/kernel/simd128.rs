//! Four blocks side by side, for wasm32 compiled with `-C target-feature=+simd128`: a module that
//! has these instructions loads only where the host knows them, so there is nothing to detect.

#![allow(unsafe_code)]

use core::arch::wasm32::*;

use super::portable::begin;
use super::{Columns, Sums, Wide};
use crate::compression::{IV, Root, SCHEDULE, Words};

type Vector = v128;

/// The module has SIMD.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Simd128;

impl Wide<4> for Simd128 {
    const NAME: &str = "simd128";
    const FEW: usize = 2;

    fn compress(self, columns: &mut Columns<4>) {
        compress(columns);
    }

    fn expand(self, root: &Root, sums: &mut Sums) {
        expand(root, sums);
    }
}

lanes!(4);

#[inline]
fn load(row: &[u32; 4]) -> Vector {
    // SAFETY: the 16 bytes read are those of the row; the instruction asks for no alignment.
    unsafe { v128_load(row.as_ptr().cast()) }
}

#[inline]
fn store(vector: Vector, row: &mut [u32; 4]) {
    // SAFETY: the 16 bytes written are those of the row; the instruction asks for no alignment.
    unsafe { v128_store(row.as_mut_ptr().cast(), vector) }
}

#[inline]
fn splat(word: u32) -> Vector {
    u32x4_splat(word)
}

#[inline]
fn count(from: u32) -> Vector {
    add(splat(from), u32x4(0, 1, 2, 3))
}

/// The first words of all blocks, their second words, and so on.
#[inline]
fn transpose(blocks: &[Words; 4]) -> [Vector; 16] {
    let mut words = [splat(0); 16];
    for (quarter, words) in words.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let [a, b, c, d] = blocks.each_ref().map(|block| load(&block.as_chunks().0[quarter]));
        let low = [u32x4_shuffle::<0, 4, 1, 5>(a, b), u32x4_shuffle::<0, 4, 1, 5>(c, d)];
        let high = [u32x4_shuffle::<2, 6, 3, 7>(a, b), u32x4_shuffle::<2, 6, 3, 7>(c, d)];
        words[0] = u32x4_shuffle::<0, 1, 4, 5>(low[0], low[1]);
        words[1] = u32x4_shuffle::<2, 3, 6, 7>(low[0], low[1]);
        words[2] = u32x4_shuffle::<0, 1, 4, 5>(high[0], high[1]);
        words[3] = u32x4_shuffle::<2, 3, 6, 7>(high[0], high[1]);
    }
    words
}

#[inline]
fn add(a: Vector, b: Vector) -> Vector {
    u32x4_add(a, b)
}

#[inline]
fn add_halves(a: Vector, b: Vector) -> Vector {
    u16x8_add(a, b)
}

#[inline]
fn xor(a: Vector, b: Vector) -> Vector {
    v128_xor(a, b)
}

#[inline]
fn rotate_16(a: Vector) -> Vector {
    u8x16_shuffle::<2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13>(a, a)
}

#[inline]
fn rotate_12(a: Vector) -> Vector {
    v128_or(u32x4_shr(a, 12), u32x4_shl(a, 20))
}

#[inline]
fn rotate_8(a: Vector) -> Vector {
    u8x16_shuffle::<1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12>(a, a)
}

#[inline]
fn rotate_7(a: Vector) -> Vector {
    v128_or(u32x4_shr(a, 7), u32x4_shl(a, 25))
}
