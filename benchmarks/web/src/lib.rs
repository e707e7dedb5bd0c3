//! Work for `seal.mjs` to time: each program under `src/bin` does one kind of work on
//! [`MESSAGES`] messages of [`BYTES`] bytes whenever its `main` is called.

use std::hint::black_box;

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
