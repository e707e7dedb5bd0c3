//! The arithmetic of BLAKE3, many blocks side by side. Every kernel is made of the same rounds
//! (`rounds.rs`) over vectors of its own width, and has two parts: one compresses a block of each
//! of many messages, the other expands one message into all 32 blocks of its element and adds them
//! to a sum in the same pass.
//!
//! The kernels are the only place with `unsafe` code: loads and stores, and the calls of functions
//! that need a processor which has them.

#[macro_use]
mod rounds;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(all(target_arch = "x86_64", not(feature = "no_avx512")))]
mod avx512;
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod neon;
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
mod sums;

use core::fmt;

use crate::compression::{Chain, Root, Words};

pub(crate) use portable::Portable;
pub(crate) use sums::Sums;

/// How elements are computed. Every kernel comes to the same result; they differ in speed.
///
/// A value exists only where the processor has what it needs. [`Kernel::best`] is what
/// [`LtHash`](crate::LtHash) uses by itself; the others are for tests and measurements.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Kernel(Kind);

/// A kernel that runs here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Portable(portable::Portable),
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    #[cfg(all(target_arch = "x86_64", not(feature = "no_avx512")))]
    Avx512(avx512::Avx512),
    #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
    Neon(neon::Neon),
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    Simd128(simd128::Simd128),
}

/// Calls a function with the kernel that a [`Kernel`] stands for.
macro_rules! with_kernel {
    ($kernel:expr, $call:ident($($argument:expr),*)) => {
        match $crate::kernel::Kernel::kind($kernel) {
            $crate::kernel::Kind::Portable(kernel) => $call(kernel, $($argument),*),
            #[cfg(target_arch = "x86_64")]
            $crate::kernel::Kind::Avx2(kernel) => $call(kernel, $($argument),*),
            #[cfg(all(target_arch = "x86_64", not(feature = "no_avx512")))]
            $crate::kernel::Kind::Avx512(kernel) => $call(kernel, $($argument),*),
            #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
            $crate::kernel::Kind::Neon(kernel) => $call(kernel, $($argument),*),
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            $crate::kernel::Kind::Simd128(kernel) => $call(kernel, $($argument),*),
        }
    };
}
pub(crate) use with_kernel;

/// What a kernel can do, for `N` blocks side by side.
pub(crate) trait Wide<const N: usize>: Copy {
    /// What it is called.
    const NAME: &str;

    /// With fewer blocks than this to compress, they are better done one by one.
    const FEW: usize;

    /// Compresses one block in every column.
    fn compress(self, columns: &mut Columns<N>);

    /// Expands a message and adds its element to a sum, which is in the order of this width.
    fn expand(self, root: &Root, sums: &mut Sums);
}

/// Blocks side by side, and the chaining values they are compressed into.
pub(crate) struct Columns<const N: usize> {
    pub(crate) chain: [[u32; N]; 8],
    /// A block a column, not yet turned to lie across the columns.
    pub(crate) blocks: [Words; N],
    /// Numbers of the chunks.
    pub(crate) counter: [u32; N],
    pub(crate) length: [u32; N],
    pub(crate) flags: [u32; N],
}

impl Kernel {
    /// Returns the one that runs everywhere.
    pub fn portable() -> Self {
        Self(Kind::Portable(Portable))
    }

    /// Returns the fastest that runs here.
    pub fn best() -> Self {
        Self::candidates().into_iter().rev().flatten().next().unwrap_or(Self::portable())
    }

    /// Returns all that run here, the slowest first.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::candidates().into_iter().flatten()
    }

    /// Returns `portable`, `avx2`, `avx512`, `neon` or `simd128`.
    pub fn name(self) -> &'static str {
        with_kernel!(self, name())
    }

    pub(crate) fn kind(self) -> Kind {
        self.0
    }

    fn candidates() -> [Option<Self>; 3] {
        [Some(Kind::Portable(Portable)), narrow(), wide()].map(|kind| kind.map(Self))
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kernel({})", self.name())
    }
}

impl<const N: usize> Columns<N> {
    pub(crate) fn new() -> Self {
        Self {
            chain: [[0; N]; 8],
            blocks: [[0; 16]; N],
            counter: [0; N],
            length: [0; N],
            flags: [0; N],
        }
    }

    pub(crate) fn chain(&self, column: usize) -> Chain {
        core::array::from_fn(|word| self.chain[word][column])
    }

    pub(crate) fn set_chain(&mut self, column: usize, chain: &Chain) {
        for (row, word) in self.chain.iter_mut().zip(chain) {
            row[column] = *word;
        }
    }

    /// Compresses the block of one column alone.
    pub(crate) fn compress_one(&mut self, column: usize) {
        let mut one = Columns::<1> {
            chain: core::array::from_fn(|word| [self.chain[word][column]]),
            blocks: [self.blocks[column]],
            counter: [self.counter[column]],
            length: [self.length[column]],
            flags: [self.flags[column]],
        };
        Portable.compress(&mut one);
        self.set_chain(column, &one.chain(0));
    }
}

fn name<K: Wide<N>, const N: usize>(_: K) -> &'static str {
    K::NAME
}

/// What there is with 4 or 8 lanes.
fn narrow() -> Option<Kind> {
    #[cfg(target_arch = "x86_64")]
    return avx2::Avx2::detect().map(Kind::Avx2);
    #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
    return neon::Neon::detect().map(Kind::Neon);
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    return Some(Kind::Simd128(simd128::Simd128));
    #[allow(unreachable_code)]
    None
}

/// What there is with 16 lanes.
fn wide() -> Option<Kind> {
    #[cfg(all(target_arch = "x86_64", not(feature = "no_avx512")))]
    return avx512::Avx512::detect().map(Kind::Avx512);
    #[allow(unreachable_code)]
    None
}
