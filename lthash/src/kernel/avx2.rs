//! Eight blocks side by side, for x86-64 with AVX2.

#![allow(unsafe_code)]

use core::arch::x86_64::*;

use super::portable::begin;
use super::{Columns, Sums, Wide};
use crate::compression::{IV, Root, SCHEDULE, Words};

cpufeatures::new!(has_avx2, "avx2");

type Vector = __m256i;

/// Proof that the processor has AVX2.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Avx2(());

impl Avx2 {
    pub(super) fn detect() -> Option<Self> {
        has_avx2::get().then_some(Self(()))
    }
}

impl Wide<8> for Avx2 {
    const NAME: &str = "avx2";
    const FEW: usize = 2;

    fn compress(self, columns: &mut Columns<8>) {
        // SAFETY: there is an `Avx2` only where the processor has it.
        unsafe { compress(columns) }
    }

    fn expand(self, root: &Root, sums: &mut Sums) {
        // SAFETY: there is an `Avx2` only where the processor has it.
        unsafe { expand(root, sums) }
    }
}

lanes!(8, #[target_feature(enable = "avx2")]);

#[inline]
#[target_feature(enable = "avx2")]
fn load(row: &[u32; 8]) -> Vector {
    // SAFETY: the 32 bytes read are those of the row; the instruction asks for no alignment.
    unsafe { _mm256_loadu_si256(row.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(vector: Vector, row: &mut [u32; 8]) {
    // SAFETY: the 32 bytes written are those of the row; the instruction asks for no alignment.
    unsafe { _mm256_storeu_si256(row.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(word: u32) -> Vector {
    _mm256_set1_epi32(word as i32)
}

#[inline]
#[target_feature(enable = "avx2")]
fn count(from: u32) -> Vector {
    add(splat(from), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
}

/// The first words of all blocks, their second words, and so on.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose(blocks: &[Words; 8]) -> [Vector; 16] {
    let mut words = [splat(0); 16];
    for (half, words) in words.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let mut rows = [splat(0); 8];
        for (row, block) in rows.iter_mut().zip(blocks) {
            *row = load(&block.as_chunks().0[half]);
        }
        // Two, then four words of neighbours side by side, within each half of the vectors.
        let mut fours = [splat(0); 8];
        for (fours, rows) in fours.as_chunks_mut::<4>().0.iter_mut().zip(rows.as_chunks::<4>().0) {
            let low =
                [_mm256_unpacklo_epi32(rows[0], rows[1]), _mm256_unpacklo_epi32(rows[2], rows[3])];
            let high =
                [_mm256_unpackhi_epi32(rows[0], rows[1]), _mm256_unpackhi_epi32(rows[2], rows[3])];
            fours[0] = _mm256_unpacklo_epi64(low[0], low[1]);
            fours[1] = _mm256_unpackhi_epi64(low[0], low[1]);
            fours[2] = _mm256_unpacklo_epi64(high[0], high[1]);
            fours[3] = _mm256_unpackhi_epi64(high[0], high[1]);
        }
        for word in 0..4 {
            words[word] = _mm256_permute2x128_si256::<0x20>(fours[word], fours[word + 4]);
            words[word + 4] = _mm256_permute2x128_si256::<0x31>(fours[word], fours[word + 4]);
        }
    }
    words
}

#[inline]
#[target_feature(enable = "avx2")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm256_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn add_halves(a: Vector, b: Vector) -> Vector {
    _mm256_add_epi16(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor(a: Vector, b: Vector) -> Vector {
    _mm256_xor_si256(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate_16(a: Vector) -> Vector {
    // SAFETY: vectors are bytes, and any bytes are a vector.
    static PLACES: Vector = unsafe {
        core::mem::transmute([
            0x0504_0706_0100_0302_u64,
            0x0d0c_0f0e_0908_0b0a,
            0x0504_0706_0100_0302,
            0x0d0c_0f0e_0908_0b0a,
        ])
    };
    // SAFETY: it is a reference. Read each time, so that the compiler, which would know the
    // places, does not make two shuffles of one.
    _mm256_shuffle_epi8(a, unsafe { core::ptr::read_volatile(&PLACES) })
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate_12(a: Vector) -> Vector {
    _mm256_or_si256(_mm256_srli_epi32::<12>(a), _mm256_slli_epi32::<20>(a))
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate_8(a: Vector) -> Vector {
    let places = _mm_setr_epi8(1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
    _mm256_shuffle_epi8(a, _mm256_broadcastsi128_si256(places))
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate_7(a: Vector) -> Vector {
    _mm256_or_si256(_mm256_srli_epi32::<7>(a), _mm256_slli_epi32::<25>(a))
}
