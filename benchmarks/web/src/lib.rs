//! Work for `seal.mjs` and `lthash.mjs` to time. For the first, each program under `src/bin` does
//! one kind of work on [`MESSAGES`] messages of [`BYTES`] bytes whenever its `main` is called; for
//! the second, each adds up [`ELEMENTS`] elements of one size.

use std::hint::black_box;

use sealwood_lthash::Kernel;

/// The size of a message: a chunk of a vault.
pub const BYTES: usize = 1 << 20;

/// Messages per call of `main`.
pub const MESSAGES: usize = 8;

/// Does `work` on every message.
pub fn each_message(mut work: impl FnMut(&mut [u8])) {
    let mut message = vec![0; BYTES];
    for _ in 0..MESSAGES {
        work(black_box(&mut message));
    }
    black_box(message);
}

/// Elements per call of `main`.
pub const ELEMENTS: usize = 500;

/// Adds up the elements of messages of `bytes` bytes.
pub fn add_elements(bytes: usize) {
    let messages = black_box(vec![1; bytes]);
    black_box(Kernel::best().sum_raw(std::iter::repeat_n(&messages, ELEMENTS)));
}
