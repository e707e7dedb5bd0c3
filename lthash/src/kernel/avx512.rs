//! Sixteen blocks side by side, for x86-64 with AVX-512.

#![allow(unsafe_code)]

use core::arch::x86_64::*;

use super::portable::begin;
use super::{Columns, Sums, Wide};
use crate::compression::{IV, Root, SCHEDULE, Words};

cpufeatures::new!(has_avx512, "avx512f", "avx512bw");

type Vector = __m512i;

/// Proof that the processor has AVX-512 for words of 16 and 32 bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Avx512(());

impl Avx512 {
    pub(super) fn detect() -> Option<Self> {
        has_avx512::get().then_some(Self(()))
    }
}

impl Wide<16> for Avx512 {
    const NAME: &str = "avx512";
    const FEW: usize = 2;

    fn compress(self, columns: &mut Columns<16>) {
        // SAFETY: there is an `Avx512` only where the processor has it.
        unsafe { compress(columns) }
    }

    fn expand(self, root: &Root, sums: &mut Sums) {
        // SAFETY: there is an `Avx512` only where the processor has it.
        unsafe { expand(root, sums) }
    }
}

lanes!(16, #[target_feature(enable = "avx512f,avx512bw")]);

#[inline]
#[target_feature(enable = "avx512f")]
fn load(row: &[u32; 16]) -> Vector {
    // SAFETY: the 64 bytes read are those of the row; the instruction asks for no alignment.
    unsafe { _mm512_loadu_si512(row.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(vector: Vector, row: &mut [u32; 16]) {
    // SAFETY: the 64 bytes written are those of the row; the instruction asks for no alignment.
    unsafe { _mm512_storeu_si512(row.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn splat(word: u32) -> Vector {
    _mm512_set1_epi32(word as i32)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn count(from: u32) -> Vector {
    add(splat(from), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
}

/// The first words of all blocks, their second words, and so on.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose(blocks: &[Words; 16]) -> [Vector; 16] {
    // Four words of four neighbours side by side, in each quarter of the vectors.
    let mut fours = [splat(0); 16];
    for (fours, blocks) in fours.as_chunks_mut::<4>().0.iter_mut().zip(blocks.as_chunks::<4>().0) {
        let [a, b, c, d] = [load(&blocks[0]), load(&blocks[1]), load(&blocks[2]), load(&blocks[3])];
        let low = [_mm512_unpacklo_epi32(a, b), _mm512_unpacklo_epi32(c, d)];
        let high = [_mm512_unpackhi_epi32(a, b), _mm512_unpackhi_epi32(c, d)];
        fours[0] = _mm512_unpacklo_epi64(low[0], low[1]);
        fours[1] = _mm512_unpackhi_epi64(low[0], low[1]);
        fours[2] = _mm512_unpacklo_epi64(high[0], high[1]);
        fours[3] = _mm512_unpackhi_epi64(high[0], high[1]);
    }
    // Then the quarters, as a matrix of four by four for each word of the fours.
    let mut words = [splat(0); 16];
    for word in 0..4 {
        let [a, b, c, d] = [fours[word], fours[word + 4], fours[word + 8], fours[word + 12]];
        let even = [_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0x88>(c, d)];
        let odd = [_mm512_shuffle_i32x4::<0xdd>(a, b), _mm512_shuffle_i32x4::<0xdd>(c, d)];
        words[word] = _mm512_shuffle_i32x4::<0x88>(even[0], even[1]);
        words[word + 4] = _mm512_shuffle_i32x4::<0x88>(odd[0], odd[1]);
        words[word + 8] = _mm512_shuffle_i32x4::<0xdd>(even[0], even[1]);
        words[word + 12] = _mm512_shuffle_i32x4::<0xdd>(odd[0], odd[1]);
    }
    words
}

#[inline]
#[target_feature(enable = "avx512f")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm512_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn add_halves(a: Vector, b: Vector) -> Vector {
    _mm512_add_epi16(a, b)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn xor(a: Vector, b: Vector) -> Vector {
    _mm512_xor_si512(a, b)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn rotate_16(a: Vector) -> Vector {
    _mm512_ror_epi32::<16>(a)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn rotate_12(a: Vector) -> Vector {
    _mm512_ror_epi32::<12>(a)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn rotate_8(a: Vector) -> Vector {
    _mm512_ror_epi32::<8>(a)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn rotate_7(a: Vector) -> Vector {
    _mm512_ror_epi32::<7>(a)
}
