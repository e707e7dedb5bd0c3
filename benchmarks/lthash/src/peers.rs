//! Who adds elements up.

use std::num::NonZero;

use sealwood_lthash::{Kernel, LtHash};
use solana_lattice_hash::lt_hash;

use crate::PORTABLE;

/// One way to come to the same sum.
pub(crate) enum Peer {
    /// Ours, by one kernel on some threads.
    Ours(Kernel, NonZero<usize>),
    /// The other implementation, one element at a time.
    Solana,
    /// No more than the expansion of each element by BLAKE3, and the sum: what a plain loop takes.
    Blake3,
}

impl Peer {
    /// All that there are in this build.
    pub(crate) fn all() -> Vec<Self> {
        let threads = [1, 2].into_iter().filter_map(NonZero::new);
        let kernels = Kernel::all().filter(|kernel| !PORTABLE || *kernel == Kernel::portable());
        let ours = kernels
            .flat_map(|kernel| threads.clone().map(move |threads| Self::Ours(kernel, threads)));
        ours.chain([Self::Solana, Self::Blake3]).collect()
    }

    /// As rows have it.
    pub(crate) fn name(&self) -> String {
        let portable = if PORTABLE { "-portable" } else { "" };
        match self {
            Self::Ours(kernel, _) => format!("sealwood-{}", kernel.name()),
            Self::Solana => format!("solana-lattice-hash{portable}"),
            Self::Blake3 => format!("blake3-xof{portable}"),
        }
    }

    pub(crate) fn threads(&self) -> usize {
        match self {
            Self::Ours(_, threads) => threads.get(),
            Self::Solana | Self::Blake3 => 1,
        }
    }

    /// The checksum of the sum of all elements.
    pub(crate) fn sum(&self, messages: &[Vec<u8>]) -> [u8; 32] {
        match self {
            Self::Ours(kernel, threads) => {
                *kernel.sum_raw_parallel(messages, *threads).checksum().as_bytes()
            }
            Self::Solana => {
                let mut sum = lt_hash::LtHash::identity();
                for message in messages {
                    let element = lt_hash::LtHash::with(blake3::Hasher::new().update(message));
                    sum.mix_in(&element);
                }
                sum.checksum().0
            }
            Self::Blake3 => {
                let mut sum = [0u16; 1024];
                let mut element = [0; LtHash::BYTES];
                for message in messages {
                    blake3::Hasher::new().update(message).finalize_xof().fill(&mut element);
                    for (sum, pair) in sum.iter_mut().zip(element.as_chunks().0) {
                        *sum = sum.wrapping_add(u16::from_le_bytes(*pair));
                    }
                }
                let bytes: Vec<u8> = sum.iter().flat_map(|lane| lane.to_le_bytes()).collect();
                blake3::hash(&bytes).into()
            }
        }
    }
}
