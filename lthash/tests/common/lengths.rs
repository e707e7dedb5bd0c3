//! Lengths that matter.

/// Lengths at which BLAKE3 changes what it does: blocks of 64 bytes, chunks of 1,024, subtrees;
/// and at which this crate does, at 16 chunks.
pub(crate) const LENGTHS: [usize; 33] = [
    0, 1, 31, 32, 63, 64, 65, 100, 127, 128, 129, 300, 960, 961, 1023, 1024, 1025, 1088, 2047,
    2048, 2049, 3072, 4095, 4096, 4097, 5121, 8192, 15_361, 16_383, 16_384, 16_385, 17_409,
    100_000,
];
